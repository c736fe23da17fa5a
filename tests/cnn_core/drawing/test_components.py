"""Connected pieces against a flood fill that looks at every neighbour."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from cnn_core.drawing.components import connected_pieces


def flood_fill(is_ink: npt.NDArray[np.bool_]) -> set[frozenset[tuple[int, int]]]:
    left = {(int(row), int(column)) for row, column in np.argwhere(is_ink)}
    found = set()
    while left:
        waiting, piece = [left.pop()], set()
        while waiting:
            row, column = waiting.pop()
            piece.add((row, column))
            near = {(row + down, column + across) for down in (-1, 0, 1) for across in (-1, 0, 1)} & left
            left -= near
            waiting.extend(near)
        found.add(frozenset(piece))
    return found


@settings(max_examples=40)
@given(arrays(np.bool_, array_shapes(min_dims=2, max_dims=2, max_side=9), elements=st.booleans()))
def test_pieces_are_those_of_a_flood_fill(is_ink: npt.NDArray[np.bool_]) -> None:
    labels, pieces = connected_pieces(is_ink)
    found = {frozenset((int(r), int(c)) for r, c in np.argwhere(labels == piece.label)) for piece in pieces}
    assert found == flood_fill(is_ink)
    assert [piece.area for piece in pieces] == sorted((len(one) for one in found), reverse=True)
    for piece in pieces:
        rows, columns = np.nonzero(labels == piece.label)
        assert (piece.top, piece.bottom, piece.height) == (rows.min(), rows.max() + 1, np.ptp(rows) + 1)
        assert (piece.left, piece.right, piece.width) == (columns.min(), columns.max() + 1, np.ptp(columns) + 1)
