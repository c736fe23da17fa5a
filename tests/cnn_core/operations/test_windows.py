"""Where a window stops: padding, output size with its formula, and the nearest setting that works."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnn_core.errors import ClassroomError
from cnn_core.operations.windows import (
    AxisWindow,
    axis_windows,
    check_window,
    misfit_remedy,
    pad_amounts,
    padded2d,
    window_misfit,
)
from tests.oracles import window_places

sides = st.integers(1, 12)


@given(sides, st.integers(1, 5), st.integers(1, 4), st.sampled_from(["valid", "same"]), st.integers(1, 3))
def test_places_and_padding_are_those_of_layers(size: int, taps: int, stride: int, padding: Any, dilation: int) -> None:
    window = AxisWindow(size, taps, stride, dilation, padding)
    stops = window_places(size, taps, stride, padding, dilation)
    assert max(window.places, 0) == len(stops)
    assert window.fits == bool(stops)
    before, after = window.before_and_after
    if padding == "valid":
        assert (before, after) == (0, 0)
    else:
        last = stops[-1] + dilation * (taps - 1)
        assert before == max(-stops[0], 0)
        assert after == max(last - (size - 1), 0)


@given(sides, st.integers(1, 5), st.integers(1, 4), st.integers(0, 4), st.integers(1, 3))
def test_any_number_of_padding_is_a_larger_image(
    size: int, taps: int, stride: int, padding: int, dilation: int
) -> None:
    window = AxisWindow(size, taps, stride, dilation, padding)
    assert max(window.places, 0) == len(window_places(size + 2 * padding, taps, stride, "valid", dilation))
    assert window.before_and_after == (padding, padding)


@given(sides, st.integers(1, 5), st.integers(1, 4), st.sampled_from(["valid", "same", 0, 1, 3]), st.integers(1, 3))
def test_the_formula_gives_the_number_of_places(size: int, taps: int, stride: int, padding: Any, dilation: int) -> None:
    window = AxisWindow(size, taps, stride, dilation, padding)
    assert window.formula.value == window.places
    assert ("padding" in window.formula.words) == (isinstance(padding, int) and padding > 0)


def test_formula_with_everything() -> None:
    formula = AxisWindow(28, 3, 2, 2, 1, 0).formula
    assert formula.numbers == "⌊(28 + 2 × 1 − (2 × (3 − 1) + 1)) / 2⌋ + 1"
    assert formula.words == "⌊(height + 2 × padding − (dilation × (window height − 1) + 1)) / stride⌋ + 1"
    assert formula.value == 13


@given(sides, sides, st.integers(1, 7), st.integers(1, 7), st.integers(0, 2), st.integers(1, 4))
def test_the_nearest_setting_that_is_named_works_and_is_the_nearest(
    height: int, width: int, tall: int, wide: int, padding: int, dilation: int
) -> None:
    size, kernel = (height, width), (tall, wide)
    fits = all(window.fits for window in axis_windows(size, kernel, 1, padding, dilation))
    misfit = window_misfit(size, kernel, padding, dilation)
    assert (misfit is None) == fits
    if misfit is None:
        check_window(size, kernel, padding, dilation)
        return
    with pytest.raises(ClassroomError) as caught:
        check_window(size, kernel, padding, dilation)
    assert str(caught.value) == f"{misfit.message} {misfit_remedy(misfit, size)}"
    nearest: Any = misfit.nearest
    if misfit.field == "dilation":
        assert nearest < dilation
        assert window_misfit(size, kernel, padding, nearest) is None
        assert window_misfit(size, kernel, padding, nearest + 1) is not None
    else:
        assert nearest > padding
        assert window_misfit(size, kernel, nearest, dilation) is None
        assert window_misfit(size, kernel, nearest - 1, dilation) is not None


def test_with_same_padding_everything_fits() -> None:
    assert window_misfit((2, 2), (7, 7), "same", 3) is None


def test_one_value_for_each_axis() -> None:
    rows, columns = axis_windows((9, 9), (3, 2), (1, 2), ("same", 3), (2, 1))
    assert (rows.before_and_after, columns.before_and_after) == ((2, 2), (3, 3))
    assert (rows.stride, columns.stride, rows.dilation, columns.dilation) == (1, 2, 2, 1)


def test_padded() -> None:
    image = np.arange(6, dtype=np.uint8).reshape(2, 3)
    padded = padded2d(image, ((1, 0), (0, 2)), fill=9)
    assert padded.tolist() == [[9, 9, 9, 9, 9], [0, 1, 2, 9, 9], [3, 4, 5, 9, 9]]
    assert padded.dtype == np.uint8
    assert padded2d(image[..., np.newaxis], ((1, 1), (1, 1))).shape == (4, 5, 1)
    with pytest.raises(ValueError, match=r"image.shape=\(3,\)"):
        padded2d(np.ones(3), ((1, 1), (1, 1)))


@pytest.mark.parametrize(
    ("wrong", "named"),
    [
        ({"size": 0}, "size=0"),
        ({"kernel": 0}, "taps=0"),
        ({"stride": 0}, "stride=0"),
        ({"dilation": 1.5}, "dilation=1.5"),
        ({"padding": -1}, "padding=-1"),
        ({"padding": "full"}, "padding='full'"),
        ({"padding": True}, "padding=True"),
    ],
)
def test_wrong_settings_are_named(wrong: dict[str, Any], named: str) -> None:
    with pytest.raises(ValueError, match=f"Received: {named}"):
        pad_amounts(**{"size": 5, "kernel": 3} | wrong)
    with pytest.raises(ValueError, match="stride must be one value, or one for height and width"):
        axis_windows((5, 5), (3, 3), (1, 2, 3))  # type: ignore[arg-type]
