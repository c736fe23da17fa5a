"""Which pixels of the image a number deep inside a network depends on.

Two answers: by formula, the size of the square that grows from layer to layer; and exactly, the rows and columns of the
image that a unit at a given place can see, with what padding cuts off and what strides and dilations leave out.

Rows and columns can be followed apart from each other: a unit sees a pixel if it sees the pixel's row and its column.

Reference:
    Araujo, Norris & Sim 2019, *Computing receptive fields of convolutional neural networks*, Distill.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache, reduce
from operator import or_

from cnn_core.architecture.formula import Formula, constant, quantity
from cnn_core.architecture.layers import Layer, Shape, Window
from cnn_core.architecture.spec import NetworkSpec


@dataclass(frozen=True)
class AxisField:
    """The receptive field along one axis, by formula: as if the image went on beyond its edge.

    Args:
        size: How many pixels a unit sees from the first to the last, at least 1.
        jump: How many pixels apart two neighbouring units look, at least 1.
    """

    size: int = 1
    jump: int = 1

    def after(self, window: Window, axis: int) -> AxisField:
        """Return the field after one more window."""
        return AxisField(self.size_formula(window, axis).value, self.jump * window.stride)

    def size_formula(self, window: Window, axis: int) -> Formula:
        """Write the field's size after one more window as a formula."""
        before, jump = quantity("field before", self.size), quantity("jump before", self.jump)
        return before + (window.reach_formula(axis) - constant(1)) * jump


@dataclass(frozen=True)
class Reach:
    """The rows and columns of the image that each place of a layer's output can see, as bit masks.

    Args:
        rows: One mask for each row of the output; bit `i` stands for row `i` of the image. A layer whose numbers see
            everything has one mask.
        columns: The same for the columns.
    """

    rows: tuple[int, ...]
    columns: tuple[int, ...]

    @property
    def all_rows(self) -> int:
        """The rows that any place can see."""
        return reduce(or_, self.rows)

    @property
    def all_columns(self) -> int:
        """The columns that any place can see."""
        return reduce(or_, self.columns)

    @property
    def pixel_count(self) -> int:
        """How many pixels of the image any place can see."""
        return self.all_rows.bit_count() * self.all_columns.bit_count()


def image_reach(image_shape: Shape) -> Reach:
    """Return the reach of the image itself: every pixel sees itself.

    Args:
        image_shape: `(height, width, channels)`.
    """
    return Reach(*(tuple(1 << place for place in range(size)) for size in image_shape[:2]))


def reach_after(reach: Reach, layer: Layer, shape: Shape) -> Reach:
    """Return what each place can see after one more layer, which has to fit what comes in, of the given shape."""
    if layer.mixes_places(shape):
        return Reach((reach.all_rows,), (reach.all_columns,))
    rows, columns = reach.rows, reach.columns
    for window in layer.windows():
        rows, columns = _after_window(rows, window, 0), _after_window(columns, window, 1)
    return Reach(rows, columns)


@lru_cache(maxsize=64)
def network_reach(spec: NetworkSpec) -> tuple[Reach, ...]:
    """Return the reach of every layer of a network that can be built.

    Example:
        >>> from cnn_core.architecture.layers import Conv2D
        >>> spec = NetworkSpec((5, 5, 1), (Conv2D(stride=2),))
        >>> [mask_runs(mask) for mask in network_reach(spec)[0].rows]
        [((0, 2),), ((2, 4),)]
    """
    reach = image_reach(spec.input_shape)
    shape: Shape = spec.input_shape
    result = []
    for layer in spec.layers:
        reach = reach_after(reach, layer, shape)
        shape = layer.output_shape(shape)
        result.append(reach)
    return tuple(result)


def mask_runs(mask: int) -> tuple[tuple[int, int], ...]:
    """Write a mask as runs of neighbouring pixels, each as its first and its last.

    Example:
        >>> mask_runs(0b1011100)
        ((2, 4), (6, 6))
    """
    runs = []
    place = 0
    while mask:
        skipped = (mask & -mask).bit_length() - 1
        mask >>= skipped
        length = (~mask & (mask + 1)).bit_length() - 1
        runs.append((place + skipped, place + skipped + length - 1))
        mask >>= length
        place += skipped + length
    return tuple(runs)


def _after_window(masks: Sequence[int], window: Window, axis: int) -> tuple[int, ...]:
    size = len(masks)
    result = []
    for place in range(window.places(size, axis)):
        first = window.first_tap(size, axis, place)
        taps = (first + tap * window.dilation_rate for tap in range(window.taps(axis)))
        result.append(reduce(or_, (masks[tap] for tap in taps if 0 <= tap < size), 0))
    return tuple(result)
