"""How the receptive field grows from layer to layer, around one pixel of the image."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from cnn_core.architecture.formula import Formula
from cnn_core.architecture.receptive_field import network_reach
from cnn_core.architecture.shapes import network_figures
from cnn_core.architecture.spec import NetworkSpec


@dataclass(frozen=True)
class FieldStep:
    """What the number of one layer that lies nearest to a pixel sees of the image.

    Args:
        name: The layer's name.
        places: Height and width of the layer's output.
        size: Side of the receptive field by formula, as if the image went on beyond its edge.
        rows: The first and the last row of the image that the number sees.
        columns: The first and the last column.
    """

    name: str
    places: tuple[int, int]
    size: Formula
    rows: tuple[int, int]
    columns: tuple[int, int]

    @property
    def height(self) -> int:
        """Rows from the first to the last, both included."""
        return self.rows[1] - self.rows[0] + 1

    @property
    def width(self) -> int:
        """Columns from the first to the last, both included."""
        return self.columns[1] - self.columns[0] + 1

    @property
    def is_cut(self) -> bool:
        """Whether the image's edge cuts the field: what lies beyond is padding."""
        return min(self.height, self.width) < self.size.value


def field_growth(spec: NetworkSpec, pixel: tuple[int, int]) -> tuple[FieldStep, ...]:
    """Follow the receptive field around a pixel through a stack of convolutions and poolings.

    Args:
        spec: A network that can be built, of layers with one window each.
        pixel: Row and column of the image.

    Returns:
        One step for each layer: the number whose field has its middle nearest to the pixel.

    Raises:
        ClassroomError: If the network cannot be built.
        ValueError: If the pixel is outside the image, or a layer has no window, or several.

    Example:
        >>> from cnn_core.architecture.layers import Conv2D
        >>> steps = field_growth(NetworkSpec((9, 9, 1), (Conv2D(), Conv2D())), (4, 4))
        >>> [(step.size.numbers, step.size.value, step.rows) for step in steps]
        [('1 + (3 − 1) × 1', 3, (3, 5)), ('3 + (3 − 1) × 1', 5, (2, 6))]

    Reference:
        Araujo, Norris & Sim 2019, *Computing receptive fields of convolutional neural networks*, Distill.
    """
    height, width = spec.input_shape[:2]
    if not (0 <= pixel[0] < height and 0 <= pixel[1] < width):
        raise ValueError(f"pixel must lie in an image of {height}×{width}. Received: pixel={pixel}.")
    steps = []
    for figures, reach in zip(network_figures(spec).layers, network_reach(spec), strict=True):
        windows = figures.layer.windows()
        if len(windows) != 1 or figures.fields_before is None:
            raise ValueError(f"Each layer must have one window. Received: {figures.name}.")
        steps.append(
            FieldStep(
                figures.name,
                (figures.output_shape[0], figures.output_shape[1]),
                figures.fields_before[0].size_formula(windows[0], 0),
                _nearest(reach.rows, pixel[0]),
                _nearest(reach.columns, pixel[1]),
            )
        )
    return tuple(steps)


def _nearest(masks: Sequence[int], pixel: int) -> tuple[int, int]:
    """Of all places of an axis the one whose field has its middle nearest to the pixel; of two the first."""
    ends = [((mask & -mask).bit_length() - 1, mask.bit_length() - 1) for mask in masks if mask]
    return min(ends, key=lambda end: abs(end[0] + end[1] - 2 * pixel))
