"""Grad-CAM: the feature maps of a convolution, weighed by what each means for a class."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from cnn_core.architecture.shapes import network_figures
from cnn_core.architecture.spec import NetworkSpec
from cnn_core.errors import ClassroomError
from cnn_core.inspection.attribution.protocol import ClassGradients
from cnn_core.inspection.records import FloatArray

CONVOLUTIONS = ("Conv2D", "SeparableConv2D")
"""Keras's classes that slide kernels over the image."""


def grad_cam(network: ClassGradients, image: npt.NDArray[Any], layer: str, class_index: int) -> FloatArray:
    """Return where a convolution finds what speaks for a class.

    Each feature map counts as much as the class's logit grows with it, averaged over all its places. The weighed maps
    are added up, and what is below zero, because it speaks for other classes, is set to zero.

    Args:
        network: The network.
        image: `(height, width, channels)`; `uint8`, or a float type from 0 to 1.
        layer: Name of a layer that gives out feature maps.
        class_index: The class, from 0.

    Returns:
        `(map height, map width)`, 0 and more: as many places as the layer has.

    Raises:
        ValueError: If the layer gives out no feature maps.

    Reference:
        Selvaraju, Cogswell, Das, Vedantam, Parikh & Batra 2017, *Grad-CAM: visual explanations from deep networks via
        gradient-based localization*.
    """
    outputs, gradients = network.layer_gradients(image[np.newaxis], layer, class_index)
    if outputs.ndim != 4:
        raise ValueError(f"layer must give out (height, width, channels). Received: layer={layer!r}.")
    weights = gradients[0].mean(axis=(0, 1))
    found: FloatArray = np.maximum((outputs[0] * weights).sum(axis=2), np.float32(0))
    return found


def grad_cam_layers(spec: NetworkSpec) -> tuple[str, ...]:
    """Name the layers that Grad-CAM can look at: convolutions whose maps have more than one place, first to last.

    Args:
        spec: A network that can be built.

    Example:
        >>> from cnn_core.architecture.presets import preset
        >>> grad_cam_layers(preset("first").spec)
        ('conv_1', 'conv_2')
    """
    return tuple(
        row.name
        for row in network_figures(spec).layers
        if any(node.call.class_name in CONVOLUTIONS for node in row.layer.keras_nodes(row.input_shape))
        and row.output_shape[:2] != (1, 1)
    )


def usual_grad_cam_layer(spec: NetworkSpec) -> str:
    """Name the layer that Grad-CAM usually looks at: the last convolution whose maps have height and width.

    Args:
        spec: A network that can be built.

    Raises:
        ClassroomError: If there is none.
    """
    layers = grad_cam_layers(spec)
    if not layers:
        raise ClassroomError(
            "Grad-CAM weighs the feature maps of a convolution, and this network has no convolution whose maps have "
            "more than one place.",
            "The other methods work without; to see Grad-CAM, choose a network with convolutions.",
        )
    shapes = {row.name: row.output_shape for row in network_figures(spec).layers}
    wide = [name for name in layers if min(shapes[name][:2]) > 1]
    return (wide or layers)[-1]
