"""Networks as values: their description, their arithmetic, and how Keras builds them.

Only `build` and `keras_layers` need TensorFlow.
"""
