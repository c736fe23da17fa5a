"""The last hidden layer of a network: where it has its last own picture of an image, before it names a class."""

from __future__ import annotations

from dataclasses import dataclass
from math import prod

from cnn_core.architecture.layers import BatchNormalization, Dropout, Flatten
from cnn_core.architecture.shapes import network_figures
from cnn_core.architecture.spec import NetworkSpec


@dataclass(frozen=True)
class HiddenLayer:
    """The numbers that go into a network's output layer.

    Args:
        name: The layer that gives them; `""` where it is the image itself that goes in.
        size: How many numbers there are for one image, at least 1.
        is_image: Whether they are just the image's pixels, because there is no layer in between that changes them.
    """

    name: str
    size: int
    is_image: bool


def hidden_layer(spec: NetworkSpec) -> HiddenLayer:
    """Find the last hidden layer: the one whose numbers go into the output layer.

    The output layer is the last one with weights; batch normalisation does not count. Dropout before it is looked
    through, since after training it passes everything on. Feature maps count as one flat list.

    Args:
        spec: A network that can be built.

    Raises:
        ClassroomError: If it cannot.

    Example:
        >>> from cnn_core.architecture.presets import preset
        >>> hidden_layer(preset("first").spec)
        HiddenLayer(name='dense_1', size=64, is_image=False)
    """
    rows = network_figures(spec).layers
    weighty = [i for i, row in enumerate(rows) if row.parameters and not isinstance(row.layer, BatchNormalization)]
    before = (weighty[-1] if weighty else len(rows) - 1) - 1
    while before >= 0 and isinstance(rows[before].layer, Dropout):
        before -= 1
    shape = rows[before].output_shape if before >= 0 else spec.input_shape
    is_image = all(isinstance(row.layer, Dropout | Flatten) for row in rows[: before + 1])
    return HiddenLayer(rows[before].name if before >= 0 else "", prod(shape), is_image)
