"""Where one number came from, as plain records: each holds every term that it was made of."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from cnn_core.inspection.records import _Frozen

Doubles = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
Places = npt.NDArray[np.int64]

IMAGE = "image"
"""What positions call the image, as `network_nodes` does."""


@dataclass(frozen=True)
class Position:
    """One number of a network; everything counts from 0.

    Args:
        node: The Keras layer that gives it out, as `"conv_1"` or `"residual_1_conv_a"`; `"image"` for a pixel.
        channel: Which feature map; of a list of numbers, which of them.
        row: Row in the map; 0 where there is no height.
        column: Column in the map; 0 where there is no width.
    """

    node: str
    channel: int = 0
    row: int = 0
    column: int = 0


@dataclass(frozen=True)
class Term:
    """One of the numbers that another one was made of.

    Args:
        source: Where it stands; nothing for a place beyond the edge, where padding puts a zero.
        value: It.
        weight: What it was multiplied with; nothing where it was not.
    """

    source: Position | None
    value: float
    weight: float | None = None


@dataclass(frozen=True, eq=False)
class ActivationStep(_Frozen):
    """What an activation made of one number.

    Args:
        name: The activation, as `"relu"`.
        before: The number that went in.
        result: The number that came out.
        vector: Softmax weighs a number against others: all of them, `(count,)`, the number itself among them. Empty for
            every other activation.
    """

    name: str
    before: float
    result: float
    vector: Doubles

    @property
    def exponentials(self) -> Doubles:
        """`exp` of each number of a softmax, after the largest was subtracted from all; their share is the result."""
        powers: Doubles = np.exp(self.vector - self.vector.max()) if self.vector.size else self.vector
        return powers


@dataclass(frozen=True, eq=False)
class Origin(_Frozen):
    """Where one number came from; each way to make one is a subclass.

    Args:
        position: Where the number stands.
        result: The number, computed from the record's terms.
    """

    position: Position
    result: float

    @property
    def main_source(self) -> Position | None:
        """The number that contributed most; nothing where there is nothing to follow."""
        return None

    def has_source(self, position: Position) -> bool:
        """Whether the number was made of the one at `position`, among others."""
        return any(term.source == position for term in self.terms())

    def terms(self) -> Iterator[Term]:
        """All numbers that it was made of."""
        yield from ()


@dataclass(frozen=True, eq=False)
class PixelOrigin(Origin):
    """A pixel: here the way ends.

    Args:
        stored: The pixel as a data set keeps it, 0 to 255; nothing for an image of fractions.
    """

    stored: int | None


@dataclass(frozen=True, eq=False)
class Unexplained(Origin):
    """A number of a kind of layer that this package does not know. The way ends here, too."""


@dataclass(frozen=True, eq=False)
class _Patch(Origin):
    """A number made of a patch.

    Args:
        source: What the patch was cut from.
        rows: `(height,)`, the row of each row of the patch in its source; beyond the edge where padding is.
        columns: `(width,)`, the same for the columns.
        is_inside: `(height, width)`, false where padding is.
    """

    source: str
    rows: Places
    columns: Places
    is_inside: Flags

    def _at(self, row: int, column: int, channel: int) -> Position | None:
        if not self.is_inside[row, column]:
            return None
        return Position(self.source, channel, int(self.rows[row]), int(self.columns[column]))


@dataclass(frozen=True, eq=False)
class WeightedSum(_Patch):
    """A convolution's or a dense layer's number: numbers times weights, their sum, the bias, the activation.

    A dense layer is a patch of one place with as many channels as numbers come in.

    Args:
        kind: Which layer: `"convolution"`, `"depthwise"` (one channel alone, and nothing summed over channels) or
            `"dense"`.
        channels: `(channels,)`, which channels of the source the patch has.
        inputs: `(height, width, channels)`, the patch; 0 where padding is.
        weights: The same shape, the kernel.
        bias: What is added; nothing where the layer has none.
        activation: What comes after.
    """

    kind: Literal["convolution", "depthwise", "dense"]
    channels: Places
    inputs: Doubles
    weights: Doubles
    bias: float | None
    activation: ActivationStep

    @property
    def products(self) -> Doubles:
        """`(height, width, channels)`, each number times its weight."""
        return np.where(self.is_inside[:, :, np.newaxis], self.inputs * self.weights, 0.0)

    @property
    def channel_sums(self) -> Doubles:
        """`(channels,)`, the sum of the products of each input channel."""
        sums: Doubles = self.products.sum(axis=(0, 1))
        return sums

    @property
    def main_source(self) -> Position | None:
        """The number whose product is the largest, whatever its sign."""
        sizes = np.where(self.is_inside[:, :, np.newaxis], np.abs(self.products), -1.0)
        return self.source_at(*(int(place) for place in np.unravel_index(np.argmax(sizes), sizes.shape)))

    def source_at(self, row: int, column: int, channel: int) -> Position | None:
        """Where a number of the patch stands; nothing for padding. Row, column and channel count within the patch."""
        return self._at(row, column, int(self.channels[channel]))

    def has_source(self, position: Position) -> bool:
        """Whether the patch holds the number at `position`."""
        places = ((self.rows, position.row), (self.columns, position.column), (self.channels, position.channel))
        if position.node != self.source or not all((known == wanted).any() for known, wanted in places):
            return False
        return bool(self.is_inside[np.argmax(self.rows == position.row), np.argmax(self.columns == position.column)])

    def terms(self) -> Iterator[Term]:
        """Every number of the patch with its weight."""
        for place in np.ndindex(*self.inputs.shape):
            yield Term(self.source_at(*place), float(self.inputs[place]), float(self.weights[place]))


@dataclass(frozen=True, eq=False)
class Pooled(_Patch):
    """A pooling's number: the largest, the smallest or the mean of a patch, or of a whole map.

    Args:
        pooling: `"max"`, `"min"` or `"average"`.
        is_global: Whether the patch is the whole map.
        channel: Which channel of the source.
        patch: `(height, width)`; 0 where padding is, which counts in no way.
        winners: `(height, width)`, which numbers are the result; none of them for the mean.
    """

    pooling: str
    is_global: bool
    channel: int
    patch: Doubles
    winners: Flags

    @property
    def main_source(self) -> Position | None:
        """The winner, the first if there are several; for the mean the number that is largest, whatever its sign."""
        sizes = np.where(self.is_inside, np.abs(self.patch), -1.0)
        first = np.argmax(self.winners) if self.winners.any() else np.argmax(sizes)
        return self.source_at(*(int(place) for place in np.unravel_index(first, self.patch.shape)))

    def source_at(self, row: int, column: int) -> Position | None:
        """Where a number of the patch stands; nothing for padding. Row and column count within the patch."""
        return self._at(row, column, self.channel)

    def terms(self) -> Iterator[Term]:
        """Every number of the patch."""
        for place in np.ndindex(*self.patch.shape):
            yield Term(self.source_at(*place), float(self.patch[place]))


@dataclass(frozen=True, eq=False)
class _One(Origin):
    """A number made of one other.

    Args:
        source: Where that stands.
        value: It.
    """

    source: Position
    value: float

    @property
    def main_source(self) -> Position:
        """Where the number before stands."""
        return self.source

    def terms(self) -> Iterator[Term]:
        """The number before."""
        yield Term(self.source, self.value)


@dataclass(frozen=True, eq=False)
class Passed(_One):
    """A number that was handed on unchanged.

    Args:
        how: What the layer does: `"flatten"` writes maps into a list, `"dropout"` acts in training alone, and `"pick"`
            leaves out other places.
    """

    how: Literal["flatten", "dropout", "pick"]


@dataclass(frozen=True, eq=False)
class Normalized(_One):
    """A number of batch normalisation: `gamma · (value − mean) / √(variance + epsilon) + beta`.

    Args:
        mean: The channel's mean, as training has measured it.
        variance: The channel's variance, as training has measured it.
        gamma: The learned scale.
        beta: The learned shift.
        epsilon: A small number that keeps the root from being zero.
    """

    mean: float
    variance: float
    gamma: float
    beta: float
    epsilon: float


@dataclass(frozen=True, eq=False)
class Activated(_One):
    """A number after an activation that is a layer of its own."""

    activation: ActivationStep

    def has_source(self, position: Position) -> bool:
        """Whether the activation looked at the number at `position`; softmax looks at a whole vector."""
        if position == self.source:
            return True
        same_place = (position.node, position.row, position.column) == (
            self.source.node,
            self.source.row,
            self.source.column,
        )
        return same_place and 0 <= position.channel < self.activation.vector.size

    def terms(self) -> Iterator[Term]:
        """The number before, or all numbers of a softmax."""
        if not self.activation.vector.size:
            yield from super().terms()
        for channel, value in enumerate(self.activation.vector):
            yield Term(Position(self.source.node, channel, self.source.row, self.source.column), float(value))


@dataclass(frozen=True, eq=False)
class Added(Origin):
    """A sum of numbers at the same place, as where a residual block's skip comes back.

    Args:
        parts: The numbers, and where they stand.
    """

    parts: tuple[Term, ...]

    @property
    def main_source(self) -> Position | None:
        """The larger part, whatever its sign."""
        sizes = np.abs([part.value for part in self.parts])
        return self.parts[int(np.argmax(sizes))].source

    def terms(self) -> Iterator[Term]:
        """The parts."""
        yield from self.parts
