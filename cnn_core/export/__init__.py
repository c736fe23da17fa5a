"""Taking it away: a network and its training as plain Keras code, as a script, a notebook and a zip.

The exported code needs nothing of this app, and for the same seed it gives the same network. Nothing here imports
TensorFlow: the code is written from `Layer.keras_nodes`, from which `architecture.build` builds.
"""
