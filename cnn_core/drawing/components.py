"""Pieces of ink that hang together."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt


@dataclass(frozen=True)
class Piece:
    """One piece of ink and the box around it.

    Args:
        label: Its number in the picture of pieces, from 1.
        area: Its pixels.
        top: First row.
        left: First column.
        bottom: The row after the last one.
        right: The column after the last one.
    """

    label: int
    area: int
    top: int
    left: int
    bottom: int
    right: int

    @property
    def height(self) -> int:
        """Rows that it spans."""
        return self.bottom - self.top

    @property
    def width(self) -> int:
        """Columns that it spans."""
        return self.right - self.left


def connected_pieces(is_ink: npt.NDArray[np.bool_]) -> tuple[npt.NDArray[np.int32], tuple[Piece, ...]]:
    """Find the pieces of ink that hang together, corners included.

    Each row is cut into runs of ink; runs that touch one in the row above belong to the same piece.

    Args:
        is_ink: `(height, width)`.

    Returns:
        `(height, width)` with each pixel's piece, 0 for paper, and the pieces, the largest first.

    Example:
        >>> labels, pieces = connected_pieces(np.array([[1, 0, 0], [0, 1, 0], [0, 0, 0], [1, 0, 0]], bool))
        >>> [(piece.area, piece.top, piece.height) for piece in pieces]
        [(2, 0, 2), (1, 3, 1)]

    Reference:
        Rosenfeld & Pfaltz 1966, *Sequential operations in digital picture processing*.
    """
    height, _ = is_ink.shape
    edges = np.diff(np.pad(is_ink, ((0, 0), (1, 1))).astype(np.int8), axis=1)
    rows, starts = np.nonzero(edges == 1)
    _, stops = np.nonzero(edges == -1)
    parent = list(range(len(rows)))

    def root(run: int) -> int:
        while parent[run] != run:
            parent[run] = parent[parent[run]]
            run = parent[run]
        return run

    first_of = np.searchsorted(rows, np.arange(height + 1)).tolist()
    begins, ends = starts.tolist(), stops.tolist()
    for row in range(1, height):
        above, last_above = first_of[row - 1], first_of[row]
        for run in range(first_of[row], first_of[row + 1]):
            while above < last_above and ends[above] < begins[run]:
                above += 1
            other = above
            while other < last_above and begins[other] <= ends[run]:
                parent[root(other)] = root(run)
                other += 1
    roots = np.array([root(run) for run in range(len(rows))], np.int64)
    return _describe(is_ink.shape, rows, starts, stops, roots)


def _describe(
    shape: tuple[int, ...],
    rows: npt.NDArray[np.int64],
    starts: npt.NDArray[np.int64],
    stops: npt.NDArray[np.int64],
    roots: npt.NDArray[np.int64],
) -> tuple[npt.NDArray[np.int32], tuple[Piece, ...]]:
    """Number the pieces by their area, and paint the numbers."""
    names, member = np.unique(roots, return_inverse=True)
    area = np.bincount(member, weights=stops - starts, minlength=len(names)).astype(np.int64)
    number = np.empty(len(names), np.int32)
    order = np.argsort(-area, kind="stable")
    number[order] = np.arange(1, len(names) + 1)
    labels = np.zeros(shape, np.int32)
    for row, start, stop, piece in zip(rows, starts, stops, number[member], strict=True):
        labels[row, start:stop] = piece
    pieces = []
    for name in order:
        runs = member == name
        pieces.append(
            Piece(
                int(number[name]),
                int(area[name]),
                int(rows[runs].min()),
                int(starts[runs].min()),
                int(rows[runs].max()) + 1,
                int(stops[runs].max()),
            )
        )
    return labels, tuple(pieces)
