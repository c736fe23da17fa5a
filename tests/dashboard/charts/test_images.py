"""Mosaics put every pixel where it belongs, and name it."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.charts.images import feature_map_figure, kernel_figure, mosaic, picture_figure, vector_figure
from dashboard.charts.probabilities import probability_figure
from dashboard.palette import LIGHT


@given(st.integers(1, 12), st.integers(1, 5), st.integers(1, 5), st.integers(1, 6), st.integers(0, 3))
def test_every_pixel_of_a_mosaic_is_in_its_place(count: int, height: int, width: int, columns: int, gap: int) -> None:
    tiles = np.arange(count * height * width, dtype=np.float32).reshape(count, height, width)
    picture = mosaic(tiles, columns, gap)
    for index in range(count):
        top, left = index // columns * (height + gap), index % columns * (width + gap)
        np.testing.assert_array_equal(picture[top : top + height, left : left + width], tiles[index])
    assert np.count_nonzero(~np.isnan(picture)) == tiles.size


def test_kernels_are_drawn_symmetrically_about_zero() -> None:
    kernels = np.array([[[-1.0, 0.5], [0.0, 0.25]]], np.float32)
    heatmap = kernel_figure(kernels, 1.0, LIGHT).data[0]
    assert (heatmap.zmin, heatmap.zmax) == (-1.0, 1.0)
    assert heatmap.colorscale[1] == (0.5, LIGHT.background)
    np.testing.assert_array_equal(heatmap.z, kernels[0])


def test_feature_maps_carry_their_numbers_and_name_each_pixel() -> None:
    maps = np.arange(2 * 3 * 4, dtype=np.float32).reshape(2, 3, 4)
    figure = feature_map_figure(maps, first_number=5, limits=(0.0, 23.0), palette=LIGHT)
    heatmap = figure.data[0]
    places = np.asarray(heatmap.customdata)
    row, column = np.argwhere(np.asarray(heatmap.z) == maps[1, 2, 3])[0]
    assert places[row, column].tolist() == [6, 2, 3]
    assert [note.text for note in figure.layout.annotations] == ["5", "6"]


def test_one_long_row_of_units_keeps_them_all() -> None:
    values = np.arange(70, dtype=np.float32)
    heatmap = vector_figure(values, (0.0, 69.0), LIGHT).data[0]
    assert heatmap.z.shape == (2, 64)
    assert np.nansum(heatmap.z) == values.sum()
    assert heatmap.customdata[1][5].tolist() == [70, 0, 0]


@pytest.mark.parametrize("channels", [1, 3])
def test_picture_keeps_its_pixels(channels: int) -> None:
    image = np.random.default_rng(0).integers(0, 256, (5, 6, channels), dtype=np.uint8)
    trace = picture_figure(image, LIGHT).data[0]
    shown = np.asarray(trace.z).reshape(image.shape)
    np.testing.assert_array_equal(shown, image)


def test_first_guess_stands_out_among_the_bars() -> None:
    bars = probability_figure(np.array([0.1, 0.7, 0.2], np.float32), ["a", "b", "c"], LIGHT).data[0]
    assert list(bars.marker.color) == [LIGHT.muted, LIGHT.primary, LIGHT.muted]
    assert list(bars.text) == ["10.0 %", "70.0 %", "20.0 %"]
