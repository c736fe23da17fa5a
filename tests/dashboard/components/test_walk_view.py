"""What of a walk goes to the browser, and what is refused; its other half is in `tests/browser`."""

from __future__ import annotations

import base64
import json
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from dashboard.components.walk_view import NO_CELL, Walk, WalkGrid, view_data
from dashboard.palette import DARK, LIGHT
from tests.oracles import STEADY

KINDS = {"uint8": "u1", "int16": "<i2", "int32": "<i4", "float32": "<f4"}
IMAGE = WalkGrid("Input", np.arange(9).reshape(3, 3), "input")
WRITTEN = np.array([[[0, 0]], [[0, 1]]])


def array(sent: list[Any]) -> np.ndarray:
    kind, text = sent
    return np.frombuffer(base64.b64decode(text), dtype=KINDS[kind])


def sent(grid: WalkGrid, steps: int = 2) -> dict[str, Any]:
    data = view_data(Walk([grid], ["a"] * steps, "walk"), LIGHT)
    json.dumps(data, allow_nan=False)
    (only,) = data["grids"]
    return only


@STEADY
@given(arrays(np.float32, array_shapes(min_dims=2, max_dims=2, max_side=4)))
def test_every_number_arrives_as_it_is(values: np.ndarray) -> None:
    np.testing.assert_array_equal(
        array(sent(WalkGrid("", np.asfortranarray(values), "input"))["values"]), values.ravel()
    )


@pytest.mark.parametrize(
    ("numbers", "kind"),
    [
        ([0, 255], "uint8"),
        ([-1, 255], "int16"),
        ([0, 256.0], "int16"),
        ([0, 32768], "float32"),
        ([0.5, 1], "float32"),
        ([np.nan, 1], "float32"),
        ([np.inf, 1], "float32"),
    ],
)
def test_numbers_take_no_more_bytes_than_they_need(numbers: list[float], kind: str) -> None:
    got = sent(WalkGrid("", np.array([numbers]), "input"))["values"]
    assert got[0] == kind
    np.testing.assert_array_equal(array(got), numbers)


@given(st.integers(1, 300), st.integers(1, 300), st.data())
def test_cells_are_numbered_row_by_row(height: int, width: int, data: st.DataObject) -> None:
    cells = [data.draw(st.tuples(st.integers(0, height - 1), st.integers(0, width - 1))) for _ in range(2)]
    marks = np.array([[cells[0], (NO_CELL, NO_CELL)], [cells[1], cells[0]]])
    count, kind, text = sent(WalkGrid("", np.zeros((height, width)), "input", marks, winners=marks[:, :1]))["marks"]
    numbers = [row * width + column for row, column in cells]
    assert (count, array([kind, text]).tolist()) == (2, [numbers[0], -1, numbers[1], numbers[0]])


def test_grid_without_lit_cells_has_none() -> None:
    assert sent(IMAGE)["marks"] is None
    assert sent(replace(IMAGE, winners=np.zeros((2, 0, 2), int)))["winners"] is None


def test_steps_products_padding_and_words_are_sent() -> None:
    patches, kernel = np.arange(8).reshape(2, 2, 2), np.array([[-1, 0], [1, 2]])
    grid = WalkGrid("Products", patches * kernel, "product", factors=(patches, kernel))
    got = sent(grid)
    assert (got["isStepwise"], got["height"], got["width"], got["role"]) == (True, 2, 2, "product")
    assert [array(factor).tolist() for factor in got["factors"]] == [patches.ravel().tolist(), kernel.ravel().tolist()]
    padded = sent(replace(IMAGE, padding=(1, 1, 0, 2), scale="grey", limits=(0, 255)))
    assert (padded["padding"], padded["limits"], padded["isStepwise"]) == ([1, 1, 0, 2], [0, 255], False)
    data = view_data(Walk([IMAGE, replace(IMAGE, scale="grey")], ["one", "two"], "kernel over the image"), DARK)
    assert (data["steps"], data["sentences"], data["name"]) == (2, ["one", "two"], "kernel over the image")
    assert sorted(data["tables"]) == ["diverging", "grey"]
    assert data["colours"]["paper"] == DARK.background


def test_limits_are_those_of_all_values_and_symmetric_on_the_diverging_scale() -> None:
    values = np.array([[[-1.0, np.nan]], [[3.0, np.inf]]])
    assert sent(WalkGrid("", values, "output", scale="amount"))["limits"] == [-1, 3]
    assert sent(WalkGrid("", values, "output"))["limits"] == [-3, 3]
    assert sent(WalkGrid("", np.full((1, 1), np.nan), "output", scale="amount"))["limits"] == [0, 1]


def test_walk_over_a_whole_digit_with_a_kernel_of_five_is_small_enough() -> None:
    random, steps = np.random.default_rng(0), 784
    places = np.stack(np.meshgrid(range(28), range(28), indexing="ij"), -1).reshape(steps, 1, 2)
    around = np.stack(np.meshgrid(range(5), range(5), indexing="ij"), -1).reshape(1, 25, 2)
    products = random.normal(size=(steps, 5, 5))
    grids = [
        WalkGrid("Input", random.normal(size=(32, 32)), "input", places + around, padding=(2, 2, 2, 2)),
        WalkGrid("Products", products, "product", factors=(products, products[0])),
        WalkGrid("Output", random.normal(size=(28, 28)), "output", places, is_filling=True),
    ]
    sentence = " + ".join(["0.123 × −0.456"] * 25) + " = 1.23"
    assert len(json.dumps(view_data(Walk(grids, [sentence] * steps, "walk"), LIGHT))) < 1e6


@pytest.mark.parametrize(
    ("grid", "message"),
    [
        (WalkGrid("a", np.zeros(3), "input"), r"2 steps.*Received: 'a' with values\.shape=\(3,\)"),
        (WalkGrid("a", np.zeros((0, 3)), "input"), r"values\.shape=\(0, 3\)"),
        (WalkGrid("a", np.zeros((3, 2, 2)), "input"), r"values\.shape=\(3, 2, 2\)"),
        (replace(IMAGE, marks=WRITTEN[:1]), r"marks must be .* with 2 steps\. Received: 'Input' with marks of shape"),
        (replace(IMAGE, marks=WRITTEN[0]), r"marks of shape \(1, 2\)"),
        (replace(IMAGE, marks=WRITTEN.astype(float)), r"float64"),
        (replace(IMAGE, marks=WRITTEN + 2), r"grid of 3×3.* marks at \[2, 3\]"),
        (replace(IMAGE, winners=WRITTEN - 1), r"winners at \[-1, 0\]"),
        (replace(IMAGE, is_filling=True), r"being filled needs marks"),
        (replace(IMAGE, padding=(2, 2, 0, 0)), r"padding=\(2, 2, 0, 0\)"),
        (replace(IMAGE, padding=(0, 0, -1, 0)), r"padding=\(0, 0, -1, 0\)"),
        (replace(IMAGE, factors=(np.zeros((2, 3, 3)), np.zeros((3, 3)))), r"values\.shape=\(3, 3\) in 2 steps"),
        (
            replace(IMAGE, values=np.zeros((2, 3, 3)), factors=(np.zeros((2, 3, 3)), np.zeros((3, 2)))),
            r"shapes \(2, 3, 3\), \(3, 2\)",
        ),
    ],
)
def test_what_does_not_belong_together_is_refused(grid: WalkGrid, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        sent(grid)


def test_walk_needs_a_step_and_a_grid() -> None:
    with pytest.raises(ValueError, match="0 sentences, 1 grids"):
        view_data(Walk([IMAGE], [], "walk"), LIGHT)
    with pytest.raises(ValueError, match="1 sentences, 0 grids"):
        view_data(Walk([], ["a"], "walk"), LIGHT)
