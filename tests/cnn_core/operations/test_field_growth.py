"""The receptive field around a pixel: by the formula, by changing pixels, and at the edge."""

from __future__ import annotations

import numpy as np
import pytest

from cnn_core.architecture.layers import Conv2D, Dense, Flatten, Layer, Pooling2D
from cnn_core.architecture.spec import NetworkSpec
from cnn_core.errors import ClassroomError
from cnn_core.operations.convolution import cross_correlate2d
from cnn_core.operations.field_growth import field_growth
from tests import oracles


def growth(side: int, *layers: Layer, pixel: tuple[int, int] = (7, 7)) -> list[tuple[int, int, int]]:
    """For each layer: the size by formula, and how many rows and columns are really seen."""
    steps = field_growth(NetworkSpec((side, side, 1), layers), pixel)
    return [(step.size.value, step.height, step.width) for step in steps]


def test_each_convolution_of_3_by_3_adds_two_rows() -> None:
    assert growth(15, Conv2D(), Conv2D(), Conv2D()) == [(3, 3, 3), (5, 5, 5), (7, 7, 7)]


def test_stride_and_pooling_make_it_grow_faster() -> None:
    """Conv 3, pool 2, conv 3: the worked example of the glossary."""
    assert [size for size, *_ in growth(15, Conv2D(), Pooling2D(), Conv2D())] == [3, 4, 8]
    assert [size for size, *_ in growth(15, Conv2D(stride=2), Conv2D(stride=2))] == [3, 7]


def test_at_the_edge_padding_takes_a_part_of_it() -> None:
    spec = NetworkSpec((9, 9, 1), (Conv2D(padding="same"), Conv2D(padding="same")))
    first, second = field_growth(spec, (0, 4))
    assert (first.rows, first.columns, first.is_cut) == ((0, 1), (3, 5), True)
    assert (second.rows, second.columns, second.is_cut) == ((0, 2), (2, 6), True)
    assert not any(step.is_cut for step in field_growth(spec, (4, 4)))


@pytest.mark.parametrize("pixel", [(0, 0), (6, 5), (12, 12)])
def test_only_pixels_of_the_field_change_the_number(pixel: tuple[int, int]) -> None:
    """Change one pixel after the other, and see which ones any number of that field depends on."""
    layers = (Conv2D(stride=2, padding="same"), Conv2D(padding="valid"))
    (_, last) = field_growth(NetworkSpec((13, 13, 1), layers), pixel)
    assert last.places == (5, 5)

    def output(image: np.ndarray) -> np.ndarray:
        return cross_correlate2d(cross_correlate2d(image, np.ones((3, 3)), 2, "same"), np.ones((3, 3)))

    seen = []
    for place in np.ndindex(13, 13):
        image = np.zeros((13, 13))
        image[place] = 1
        seen.append(output(image) != 0)
    by_place = np.array(seen).reshape(13, 13, 5, 5)
    boxes = {}
    for row, column in np.ndindex(5, 5):
        rows, columns = np.nonzero(by_place[:, :, row, column])
        boxes[row, column] = ((rows.min(), rows.max()), (columns.min(), columns.max()))
    assert (last.rows, last.columns) in boxes.values()
    nearest = min(
        boxes.values(), key=lambda box: sum(abs(sum(ends) / 2 - at) for ends, at in zip(box, pixel, strict=True))
    )
    assert (last.rows, last.columns) == nearest


def test_places_are_the_output_of_each_layer() -> None:
    steps = field_growth(NetworkSpec((28, 28, 1), (Conv2D(), Pooling2D())), (3, 3))
    maps = oracles.pool2d(np.zeros((26, 26, 1)), "max", 2, 2)
    assert [(step.name, step.places) for step in steps] == [("conv_1", (26, 26)), ("pool_1", maps.shape[:2])]


def test_what_has_no_field_is_refused() -> None:
    with pytest.raises(ValueError, match=r"pixel=\(9, 0\)"):
        field_growth(NetworkSpec((9, 9, 1), (Conv2D(),)), (9, 0))
    with pytest.raises(ValueError, match="flatten"):
        field_growth(NetworkSpec((9, 9, 1), (Conv2D(), Flatten(), Dense())), (0, 0))
    with pytest.raises(ClassroomError, match="does not fit"):
        field_growth(NetworkSpec((3, 3, 1), (Conv2D(), Conv2D())), (0, 0))
