"""The classroom without its screen: networks, data, training and inspection.

Nothing here imports Streamlit or Plotly. TensorFlow is imported by `cnn_core.backend` alone, and only when a
network is really built, so that reading this package costs nothing.
"""
