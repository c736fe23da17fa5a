"""The feature maps of a network's first layer, worked out without a deep-learning library."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from cnn_core.data.scaling import to_network_input
from cnn_core.operations.convolution import conv_layer
from cnn_core.operations.windows import Floats


def first_feature_maps(image: npt.NDArray[np.uint8], kernels: Floats, bias: Floats) -> Floats:
    """What a first layer with `"same"` padding and ReLU makes of an image.

    Each filter looks for one pattern; its feature map is large where the pattern is, and 0 where it is not.

    Args:
        image: `(height, width, channels)`, uint8.
        kernels: `(kernel height, kernel width, channels, filters)`, as Keras keeps them.
        bias: `(filters,)`.

    Returns:
        `(height, width, filters)`, float32, at least 0.

    Raises:
        ValueError: If the shapes do not belong together.

    Example:
        >>> image = np.array([[[0], [255], [255]]], np.uint8)
        >>> edge = np.array([-1, 0, 1], np.float32).reshape(1, 3, 1, 1)
        >>> first_feature_maps(image, edge, np.zeros(1, np.float32))[0, :, 0].tolist()
        [1.0, 1.0, 0.0]

    Reference:
        Goodfellow, Bengio & Courville 2016, *Deep Learning*, sections 9.1 and 9.3.
    """
    maps: Floats = np.maximum(conv_layer(to_network_input(image), kernels, bias, padding="same"), 0)
    return maps
