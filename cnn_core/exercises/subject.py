"""What exercises are about: a network, and what it makes of some test images."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from cnn_core.architecture.layers import Conv2D
from cnn_core.architecture.shapes import NetworkFigures, network_figures
from cnn_core.architecture.spec import NetworkSpec
from cnn_core.inspection.kernels import network_kernels
from cnn_core.inspection.records import FloatArray, LayerKernels, LayerOutput
from cnn_core.networks import TrainedNetwork

BATCH = 200
"""So many images go through the network between two words about the progress."""


class Seeing(Protocol):
    """A network that can be asked about images, as `cnn_core.inspection.probe.NetworkProbe`."""

    def feature_maps(self, image: npt.NDArray[Any]) -> tuple[LayerOutput, ...]:
        """Return what each layer gives out for one image."""
        ...

    def probabilities(self, images: npt.NDArray[Any]) -> FloatArray:
        """Return `(count, classes)`."""
        ...


@dataclass(frozen=True, eq=False)
class SeenImages:
    """Test images, and what a network makes of them.

    Args:
        images: `(count, height, width, channels)`, uint8.
        class_names: `(count,)`, what each image shows.
        probabilities: `(count, classes)`, what the network says of each.
        first_maps: What the first layer makes of one image, `(height, width, filters)`.
    """

    images: npt.NDArray[np.uint8]
    class_names: tuple[str, ...]
    probabilities: FloatArray
    first_maps: Callable[[npt.NDArray[np.uint8]], FloatArray]


@dataclass(frozen=True, eq=False)
class Subject:
    """A network to ask about.

    Args:
        spec: Its layers.
        class_names: One name a class.
        kernels: Those of its first layer, where that is a convolution; nothing otherwise.
        seen: What it makes of test images; nothing where there are none.
    """

    spec: NetworkSpec
    class_names: tuple[str, ...]
    kernels: LayerKernels | None = None
    seen: SeenImages | None = None

    @property
    def figures(self) -> NetworkFigures:
        """Every layer's shapes, costs and receptive field."""
        return network_figures(self.spec)


def subject_of(network: TrainedNetwork) -> Subject:
    """Make a network something to ask about, as far as its layers and weights go. Needs no TensorFlow.

    Args:
        network: A network that can be built.
    """
    is_convolution = isinstance(network.spec.layers[0], Conv2D)
    kernels = network_kernels(network.spec, network.weights)[0] if is_convolution else None
    return Subject(network.spec, network.class_names, kernels)


def ask_about(
    network: Seeing, images: npt.NDArray[np.uint8], tell: Callable[[float], None] = lambda share: None
) -> FloatArray:
    """Let a network look at test images.

    Args:
        network: The network.
        images: `(count, height, width, channels)`, of the network's input shape; at least one.
        tell: Is told which share is done.

    Returns:
        `(count, classes)`, how likely it finds each class.
    """
    answers = []
    for start in range(0, len(images), BATCH):
        answers.append(network.probabilities(images[start : start + BATCH]))
        tell(min(1.0, (start + BATCH) / len(images)))
    return np.concatenate(answers)


def see_images(
    subject: Subject,
    network: Seeing,
    images: npt.NDArray[np.uint8],
    class_names: tuple[str, ...],
    probabilities: FloatArray,
) -> Subject:
    """Add what a network makes of test images, so that questions about them can be asked.

    Args:
        subject: The network's description.
        network: The network itself.
        images: `(count, height, width, channels)`.
        class_names: `(count,)`, what each image shows.
        probabilities: `(count, classes)`, as `ask_about` gives them.
    """
    seen = SeenImages(images, class_names, probabilities, lambda image: network.feature_maps(image)[0].values)
    return replace(subject, seen=seen)
