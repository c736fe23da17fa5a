"""What of a race goes to the browser, and what is taken from there; its other half is in `tests/browser`."""

from __future__ import annotations

import base64
import json
from typing import Any

import numpy as np
import pytest

from cnn_core.operations.optimizer_race import race
from cnn_core.operations.surfaces import SURFACES
from dashboard.charts.run_comparison import RUN_STYLES
from dashboard.components.race_view import Runner, _take, view_data
from dashboard.palette import LIGHT

VALLEY = SURFACES["valley"]


def runners(rate: float, steps: int = 30) -> list[Runner]:
    paths = race(VALLEY, ["sgd", "adam"], (-4.0, 1.0), rate, steps)
    return [Runner(path.rule, path, style, "ended") for path, style in zip(paths, RUN_STYLES, strict=False)]


def numbers(text: str) -> np.ndarray:
    return np.frombuffer(base64.b64decode(text), "<f4")


def test_every_step_of_every_path_arrives() -> None:
    given = runners(0.03)
    data = view_data(VALLEY, given, LIGHT)
    json.dumps(data, allow_nan=False)
    assert data["steps"] == 30
    for runner, sent in zip(given, data["runners"], strict=True):
        np.testing.assert_allclose(numbers(sent["points"]).reshape(-1, 2), runner.path.points, rtol=1e-6)
        np.testing.assert_allclose(numbers(sent["losses"]), runner.path.losses, rtol=1e-6)
        assert (sent["letter"], sent["colour"]) == (runner.style.letter, runner.style.colour)
        assert sent["since"] == runner.path.outcome_step
    heights = numbers(data["heights"]).reshape(data["rows"], data["columns"])
    np.testing.assert_allclose(heights, VALLEY.grid(data["columns"], data["rows"]), rtol=1e-6, atol=1e-6)
    assert data["levels"] == sorted(data["levels"])


def test_a_race_is_as_long_as_its_longest_path() -> None:
    given = runners(1.0)
    assert len(given[0].path.points) < 31
    assert view_data(VALLEY, given, LIGHT)["steps"] == 30


def test_a_race_of_nobody_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one runner"):
        view_data(VALLEY, [], LIGHT)


@pytest.mark.parametrize(
    ("sent", "taken"),
    [
        ([1.5, -0.5], [(1.5, -0.5)]),
        ([99, -99], [(4.5, -2.25)]),
        ([1.0], []),
        ([1.0, None], []),
        (["1", 2], []),
        ([float("nan"), 0.0], []),
        ("start", []),
        (None, []),
    ],
)
def test_only_places_on_the_map_are_taken(sent: Any, taken: list[tuple[float, float]]) -> None:
    got: list[tuple[float, float]] = []
    _take(VALLEY, got.append)({"start": sent})
    assert got == taken
