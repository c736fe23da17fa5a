"""The kinds of layers: for each its settings, its arithmetic, and the Keras layers it is made of.

Adding a kind is one record class with the decorator `@layer_kind` in one of these modules. Menus, controls, shapes,
checks, costs, building, pictures, addresses, exported code and random tests are all derived from the registry
`LAYER_KINDS`. Nothing here needs TensorFlow.
"""

from cnn_core.architecture.layers.base import (
    ACTIVATION_TITLES,
    ACTIVATIONS,
    BLOCK_INPUT,
    LAYER_KINDS,
    MAX_FILTERS,
    MAX_KERNEL_SIZE,
    MAX_STRIDE,
    MAX_UNITS,
    PADDINGS,
    KerasCall,
    KerasNode,
    Layer,
    Misfit,
    Shape,
    Window,
    layer_kind,
    window_output_size,
)
from cnn_core.architecture.layers.convolution import Conv2D, SeparableConv2D
from cnn_core.architecture.layers.initializers import INITIALIZERS
from cnn_core.architecture.layers.pooling import GLOBAL_POOLINGS, POOLINGS, GlobalPooling2D, Pooling2D
from cnn_core.architecture.layers.residual import ResidualBlock
from cnn_core.architecture.layers.vectors import Activation, BatchNormalization, Dense, Dropout, Flatten

__all__ = [
    "ACTIVATIONS",
    "ACTIVATION_TITLES",
    "BLOCK_INPUT",
    "GLOBAL_POOLINGS",
    "INITIALIZERS",
    "LAYER_KINDS",
    "MAX_FILTERS",
    "MAX_KERNEL_SIZE",
    "MAX_STRIDE",
    "MAX_UNITS",
    "PADDINGS",
    "POOLINGS",
    "Activation",
    "BatchNormalization",
    "Conv2D",
    "Dense",
    "Dropout",
    "Flatten",
    "GlobalPooling2D",
    "KerasCall",
    "KerasNode",
    "Layer",
    "Misfit",
    "Pooling2D",
    "ResidualBlock",
    "SeparableConv2D",
    "Shape",
    "Window",
    "layer_kind",
    "window_output_size",
]
