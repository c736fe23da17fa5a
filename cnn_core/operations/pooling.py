"""Pooling: a window slides over a feature map and keeps one number of each patch; and what a shift does to that.

Nothing is learned here. Where a window with `"same"` padding hangs over the edge, there is nothing to count: an average
is over the numbers that are there.

Reference:
    LeCun et al. 1998, *Gradient-based learning applied to document recognition* (sub-sampling); Goodfellow, Bengio &
    Courville 2016, *Deep Learning*, section 9.3.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from cnn_core.errors import ClassroomError
from cnn_core.operations.windows import AxisWindow, Floats, Numbers, axis_windows, padded2d

PoolingKind = Literal["max", "average", "min"]
PoolingPadding = Literal["valid", "same"]
KINDS: tuple[PoolingKind, ...] = ("max", "average", "min")
NO_WINNER = -1


@dataclass(frozen=True, eq=False)
class PoolingSteps:
    """All steps of a window's walk over one feature map, row by row of the output.

    Args:
        padded: `(height, width)`, the map with its padding, which is NaN: there is no number.
        padding: Rows of padding above and below, columns of it at the left and at the right.
        patches: `(steps, size, size)`, what lies under the window.
        cells: `(steps, size × size, 2)`, the rows and columns of the patch in `padded`.
        winners: `(steps, 1, 2)`, the cell of `padded` whose number is kept, of equal ones the first, as in TensorFlow;
            `NO_WINNER` twice for an average, to which all add.
        kept: `(steps,)`, the number that each patch becomes.
        output_cells: `(steps, 2)`, the row and column of the output where it lands.
        output: `(output height, output width)`, the same in their places.
    """

    padded: Floats
    padding: tuple[int, int, int, int]
    patches: Floats
    cells: npt.NDArray[np.int64]
    winners: npt.NDArray[np.int64]
    kept: Floats
    output_cells: npt.NDArray[np.int64]
    output: Floats

    def __len__(self) -> int:
        return len(self.kept)


@dataclass(frozen=True)
class Change:
    """How much numbers differ from what they were.

    Args:
        changed: How many differ.
        count: How many there are.
        share: The sum of all differences without their signs, as a part of the sum of all numbers before, without
            theirs; 0 where nothing differs, infinity where all were 0.
    """

    changed: int
    count: int
    share: float


def pool2d(
    values: Numbers,
    size: int = 2,
    stride: int | None = None,
    padding: PoolingPadding = "valid",
    kind: PoolingKind = "max",
) -> Floats:
    """Keep one number of each patch: its largest, its average or its smallest.

    Args:
        values: `(height, width)`.
        size: Side of the square window, at least 1.
        stride: How far it moves each time, at least 1; by default its own size, so that windows lie side by side.
        padding: `"valid"` keeps the window inside; `"same"` lets it hang over the edge, where nothing is counted.
        kind: `"max"`, `"average"` or `"min"`.

    Returns:
        `(output height, output width)`, float64.

    Raises:
        ClassroomError: If the window is larger than the map.
        ValueError: If shapes or settings are of another kind.

    Example:
        >>> values = np.array([[1, 3, 2, 1], [4, 6, 5, 0], [3, 1, 1, 0], [1, 2, 2, 4]])
        >>> pool2d(values).tolist(), pool2d(values, kind="average").tolist()
        ([[6.0, 5.0], [3.0, 4.0]], [[3.5, 2.0], [1.75, 1.75]])

    Reference:
        Dumoulin & Visin 2016, *A guide to convolution arithmetic for deep learning*, section 1.2.
    """
    return pooling_steps(values, size, stride, padding, kind).output


def pooling_steps(
    values: Numbers,
    size: int = 2,
    stride: int | None = None,
    padding: PoolingPadding = "valid",
    kind: PoolingKind = "max",
) -> PoolingSteps:
    """Take pooling apart into its steps; the arguments are those of `pool2d`.

    Raises:
        ClassroomError: If the window is larger than the map.
        ValueError: If shapes or settings are of another kind.

    Example:
        >>> steps = pooling_steps(np.array([[1, 8, 2], [5, 0, 9]]), size=2, stride=1)
        >>> steps.kept.tolist(), steps.winners.tolist()
        ([8.0, 9.0], [[[0, 1]], [[1, 2]]])
    """
    rows, columns = _windows(values, size, stride, padding, kind)
    around = (rows.before_and_after, columns.before_and_after)
    padded = padded2d(values.astype(np.float64), around, np.nan)
    starts = [np.arange(window.places) * window.stride for window in (rows, columns)]
    corners = np.stack(np.meshgrid(*starts, indexing="ij"), axis=-1).reshape(-1, 1, 2)
    inside = np.stack(np.meshgrid(np.arange(size), np.arange(size), indexing="ij"), axis=-1).reshape(1, -1, 2)
    cells = (corners + inside).astype(np.int64)
    numbers = padded[cells[..., 0], cells[..., 1]]
    kept, winners = _kept(numbers, cells, kind)
    places = (rows.places, columns.places)
    return PoolingSteps(
        padded=padded,
        padding=(*around[0], *around[1]),
        patches=numbers.reshape(-1, size, size),
        cells=cells,
        winners=winners,
        kept=kept,
        output_cells=np.stack(np.unravel_index(np.arange(len(kept)), places), axis=1).astype(np.int64),
        output=kept.reshape(places),
    )


def shifted(values: Numbers, right: int, fill: float = 0.0) -> Numbers:
    """The image moved to the right; what comes in at the left is empty, what goes out at the right is gone.

    Args:
        values: `(height, width)`.
        right: By how many pixels, at least 0.
        fill: What comes in.

    Example:
        >>> shifted(np.array([[1, 2, 3]]), 1).tolist()
        [[0, 1, 2]]
    """
    if right < 0:
        raise ValueError(f"right must be at least 0. Received: right={right}.")
    moved = np.full_like(values, fill)
    if right < values.shape[1]:
        moved[:, right:] = values[:, : values.shape[1] - right]
    return moved


def shuffled_inside(values: Numbers, size: int, seed: int = 0) -> Numbers:
    """The image with the pixels of each window in another order; the windows lie side by side.

    Args:
        values: `(height, width)`.
        size: Side of a window; rows and columns that fill none stay as they are.
        seed: Which order.

    Example:
        >>> sorted(shuffled_inside(np.array([[1, 2], [3, 4]]), 2).ravel().tolist())
        [1, 2, 3, 4]
    """
    random = np.random.default_rng(seed)
    moved = values.copy()
    for top in range(0, values.shape[0] - size + 1, size):
        for left in range(0, values.shape[1] - size + 1, size):
            patch = values[top : top + size, left : left + size]
            moved[top : top + size, left : left + size] = random.permutation(patch.ravel()).reshape(patch.shape)
    return moved


def change(before: Numbers, after: Numbers) -> Change:
    """Measure how much numbers have changed.

    Args:
        before: Any shape.
        after: The same shape.

    Example:
        >>> change(np.array([4, 0, 4]), np.array([4, 1, 3]))
        Change(changed=2, count=3, share=0.25)
    """
    if before.shape != after.shape:
        raise ValueError(f"Both must have one shape. Received: {before.shape} and {after.shape}.")
    differences = np.abs(after.astype(np.float64) - before.astype(np.float64))
    total, moved = float(np.abs(before.astype(np.float64)).sum()), float(differences.sum())
    share = 0.0 if moved == 0 else moved / total if total > 0 else float("inf")
    return Change(int(np.count_nonzero(differences)), int(differences.size), share)


def _windows(
    values: Numbers, size: int, stride: int | None, padding: PoolingPadding, kind: PoolingKind
) -> tuple[AxisWindow, AxisWindow]:
    if values.ndim != 2 or 0 in values.shape:
        raise ValueError(f"values must be (height, width), none of them 0. Received: values.shape={values.shape}.")
    if kind not in KINDS:
        raise ValueError(f"kind must be one of {', '.join(KINDS)}. Received: kind={kind!r}.")
    if padding not in ("valid", "same"):
        raise ValueError(f'padding must be "valid" or "same". Received: padding={padding!r}.')
    shape = (int(values.shape[0]), int(values.shape[1]))
    windows = axis_windows(shape, (size, size), size if stride is None else stride, padding)
    if not all(window.fits for window in windows):
        raise ClassroomError(
            f"A window of {size}×{size} does not fit into {shape[0]}×{shape[1]} numbers.",
            f"Choose a window of at most {min(shape)}×{min(shape)}, or padding “same”.",
        )
    return windows


def _kept(
    numbers: npt.NDArray[Any], cells: npt.NDArray[np.int64], kind: PoolingKind
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.int64]]:
    """Keep one number of each row of `(steps, size × size)`; no window lies wholly on padding."""
    if kind == "average":
        kept: npt.NDArray[np.float64] = np.nanmean(numbers, axis=1)
        return kept, np.full((len(numbers), 1, 2), NO_WINNER, np.int64)
    best = (np.nanargmax if kind == "max" else np.nanargmin)(numbers, axis=1)
    steps = np.arange(len(numbers))
    return numbers[steps, best], cells[steps, best][:, np.newaxis]
