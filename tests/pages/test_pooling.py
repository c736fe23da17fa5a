"""The lesson on pooling: what is said of the numbers, what a shift changes, and when a task is done."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from dashboard.components.walk_view import Walk
from dashboard.lessons import pooling
from dashboard.lessons.pooling_source import FEW, PoolingSource
from tests import oracles
from tests.pages.helpers import open_page, texts


@pytest.fixture
def walks(monkeypatch: pytest.MonkeyPatch) -> list[Walk]:
    """What is shown in the stepping view, the newest last."""
    shown: list[Walk] = []
    monkeypatch.setattr(pooling, "walk_view", lambda walk, key, palette: shown.append(walk))
    return shown


def set_to(app: AppTest, **choices: Any) -> str:
    """Press one of a row of buttons each, and return all that is said."""
    for name, value in choices.items():
        next(group for group in app.button_group if group.key == f"pooling.{name}").set_value(value)
    app.run()
    assert not app.exception
    return texts(app)


def done(app: AppTest) -> list[str]:
    said = texts(app)
    return [task.slug for task in pooling.TASKS if task.found in said]


def test_numbers_are_pooled_as_set_and_each_step_is_said(walks: list[Walk]) -> None:
    app = open_page("Pooling")
    assert "6×6 = 36 numbers become 3×3 = 9: ⌊(6 − 2) / 2⌋ + 1 = 3" in texts(app)
    source, window, pooled = walks[-1].grids
    np.testing.assert_array_equal(source.values, FEW)
    assert pooled.values.tolist() == [[6, 5, 3], [3, 4, 8], [9, 5, 6]]
    assert walks[-1].sentences[0] == "The largest of 1, 3, 4 and 6 is 6."
    assert source.winners is not None
    assert window.winners is not None
    assert (source.winners[5, 0].tolist(), window.winners[5, 0].tolist()) == ([3, 5], [1, 1])
    set_to(app, kind="average", size="3", stride="3")
    assert walks[-1].sentences[0] == "(1 + 3 + 2 + 4 + 6 + 5 + 3 + 1 + 1) / 9 = 2.89"
    assert walks[-1].grids[1].winners is not None
    assert (walks[-1].grids[1].winners == -1).all()
    said = set_to(app, kind="min", size="4", stride="4", padding="same")
    assert "6×6 = 36 numbers become 2×2 = 4: ⌈6 / 4⌉ = 2" in said
    # Of the window at the lower right, only what is not padding counts.
    assert walks[-1].grids[0].padding == (1, 1, 1, 1)
    assert walks[-1].sentences[-1] == "The smallest of 4, 5, 8, 2, 6, 1, 5, 3 and 4 is 1."


def test_shift_is_said_in_numbers_and_shuffling_inside_windows_changes_nothing(walks: list[Walk]) -> None:
    app = open_page("Pooling")
    moved = np.zeros_like(FEW)
    moved[:, 1:] = FEW[:, :-1]
    changed = np.count_nonzero(moved != FEW)
    share = 100 * np.abs(moved - FEW).sum() / FEW.sum()
    assert f"**Input**: {changed} of 36 numbers changed, by {share:.1f}\xa0% of their sum" in texts(app)
    was, now = (oracles.pool2d(values[..., np.newaxis], "max", 2, 2)[..., 0] for values in (FEW, moved))
    share = 100 * np.abs(now - was).sum() / was.sum()
    pooled = f"**Pooled map**: {np.count_nonzero(now != was)} of 9 numbers changed, by {share:.1f}\xa0%"
    assert pooled in texts(app)
    said = set_to(app, move="0")
    assert "**Input**: none of 36 numbers changed" in said
    assert done(app) == []
    said = set_to(app, move="shuffle")
    assert "**Pooled map**: none of 9 numbers changed" in said
    assert done(app) == ["lost"]
    assert "At stride 2 they are the same" not in said
    assert "At stride 2 they are the same" in set_to(app, stride="1")


def test_tasks_are_done_by_doing_them(walks: list[Walk]) -> None:
    app = open_page("Pooling")
    set_to(app, kind="min")
    assert done(app) == []
    set_to(app, source="image")
    assert done(app) == ["min"]
    set_to(app, kind="max")
    assert done(app) == ["min"]
    set_to(app, size="3")
    assert done(app) == ["min", "overlap", "steady"]
    # What has been done stays.
    set_to(app, kind="average", stride="4")
    assert done(app) == ["min", "overlap", "steady"]


def test_feature_map_is_the_starter_network_s_own(walks: list[Walk]) -> None:
    app = open_page("Pooling")
    set_to(app, source="map")
    (slider,) = (one for one in app.slider if one.key == "pooling.map")
    assert (slider.min, slider.max) == (1, 16)
    first = walks[-1].grids[0]
    assert first.values.shape == (28, 28)
    assert first.values.min() == 0
    slider.set_value(2).run()
    assert walks[-1].grids[0].name == "Feature map 2"
    assert not np.array_equal(walks[-1].grids[0].values, first.values)


def test_without_an_image_there_is_a_way_to_one_and_nothing_is_lost(walks: list[Walk]) -> None:
    app = open_page("Pooling")
    set_to(app, source="image", size="3")
    app.selectbox("pooling.image").set_value("drawing").run()
    assert not app.exception
    assert [info.value for info in app.info] == ["There is no drawing yet."]
    before = len(walks)
    said = set_to(app, source="numbers")
    assert len(walks) == before + 1
    assert "become 2×2 = 4" in said


def test_window_that_does_not_fit_is_said_with_one_that_does(
    walks: list[Walk], monkeypatch: pytest.MonkeyPatch
) -> None:
    small = PoolingSource("Image", np.ones((3, 5)), "grey", (0, 255))
    monkeypatch.setattr(pooling, "source_controls", lambda chosen: small)
    app = open_page("Pooling")
    set_to(app, size="4")
    assert [warning.value for warning in app.warning] == [
        "A window of 4×4 does not fit into 3×5 numbers. Choose a window of at most 3×3, or padding “same”."
    ]
    said = set_to(app, padding="same", stride="3")
    assert "become 1×2 = 2: ⌈3 / 3⌉ = 1, ⌈5 / 3⌉ = 2" in said
