"""From arrays to Plotly figures. Nothing here knows Streamlit."""
