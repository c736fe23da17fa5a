"""Curves of unequal runs have their points at the same places, and each point is a true mean."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnn_core.comparison.alignment import aligned_curves, batch_positions, cell_means
from cnn_core.comparison.smoothing import smoothed
from cnn_core.training.snapshot import EpochResult, RunSnapshot


def snapshot(steps: int, per_epoch: int, *, planned: int | None = None, seed: int = 0) -> RunSnapshot:
    """A run of so many steps; still going on where more are planned."""
    losses = np.random.default_rng(seed).random(steps).astype(np.float32)
    epochs = tuple(
        EpochResult(number, number * per_epoch, 0.0, 0.0, 1 / number, 1 - 1 / (number + 1))
        for number in range(1, steps // per_epoch + 1)
    )
    return RunSnapshot(
        status="running" if planned else "finished",
        step=steps,
        steps_per_epoch=per_epoch,
        total_steps=planned or steps,
        batch_loss=losses,
        batch_accuracy=1 - losses,
        epochs=epochs,
    )


@given(
    st.lists(st.tuples(st.integers(1, 900), st.integers(1, 300)), min_size=1, max_size=4),
    st.sampled_from(["steps", "epochs"]),
)
def test_all_curves_have_their_points_on_one_grid_of_at_most_400_cells(sizes: list[tuple[int, int]], axis: str) -> None:
    runs = [snapshot(min(steps, 20 * per_epoch), per_epoch) for steps, per_epoch in sizes]
    aligned = aligned_curves(runs, "loss", axis, 0.5)  # type: ignore[arg-type]
    assert aligned.cells <= 400
    for curve in aligned.curves:
        for places in (curve.places, curve.validation_places):
            np.testing.assert_allclose(places / aligned.cell, np.round(places / aligned.cell), atol=1e-6)
        assert len(curve.places) == len(curve.means) == len(curve.calm) == len(curve.latest_validation)
        assert (np.diff(curve.places) > 0).all()
        assert curve.places[-1] <= aligned.cells * aligned.cell * (1 + 1e-9)


def test_short_runs_are_shown_batch_by_batch() -> None:
    run = snapshot(30, 10)
    aligned = aligned_curves([run], "loss", "steps", 0.8)
    (curve,) = aligned.curves
    assert aligned.cell == 1
    np.testing.assert_array_equal(curve.places, np.arange(1, 31))
    np.testing.assert_allclose(curve.means, run.batch_loss, rtol=1e-6)
    np.testing.assert_allclose(curve.calm, smoothed(run.batch_loss, 0.8), rtol=1e-6)
    assert curve.validation_places.tolist() == [10, 20, 30]


def test_long_run_is_thinned_by_means_after_it_was_smoothed() -> None:
    run = snapshot(1000, 500)
    aligned = aligned_curves([run], "loss", "steps", 0.9)
    (curve,) = aligned.curves
    assert aligned.cell == 3
    expected = [run.batch_loss[start : start + 3].mean() for start in range(0, 1000, 3)]
    np.testing.assert_allclose(curve.means, expected, rtol=1e-5)
    calm = smoothed(run.batch_loss, 0.9)
    np.testing.assert_allclose(curve.calm[:-1], calm[:999].reshape(-1, 3).mean(axis=1), rtol=1e-6)


def test_epochs_of_runs_with_other_batches_end_at_the_same_place() -> None:
    few, many = snapshot(12, 4), snapshot(600, 200)
    aligned = aligned_curves([few, many], "accuracy", "epochs", 0.0)
    for curve in aligned.curves:
        np.testing.assert_allclose(curve.validation_places, [1, 2, 3])
        np.testing.assert_allclose(curve.validation, [1 / 2, 2 / 3, 3 / 4])
        assert curve.places[-1] == pytest.approx(3)
    assert aligned.extent == pytest.approx(3)


def test_latest_validation_is_that_of_the_last_complete_epoch() -> None:
    (curve,) = aligned_curves([snapshot(9, 4)], "loss", "steps", 0.0).curves
    np.testing.assert_array_equal(curve.latest_validation, [math.nan] * 3 + [1.0] * 4 + [0.5] * 2)


def test_axis_has_room_for_what_a_running_run_has_planned_and_not_for_what_a_stopped_one_had() -> None:
    going = snapshot(10, 10, planned=50)
    assert aligned_curves([going], "loss", "steps", 0.0).extent == 50
    assert aligned_curves([going], "loss", "epochs", 0.0).extent == pytest.approx(5)
    assert aligned_curves([replace(going, status="stopped")], "loss", "steps", 0.0).extent == 10


def test_epochs_are_those_that_were_noted_where_the_batch_size_changed() -> None:
    run = snapshot(30, 20)
    noted = RunSnapshot(step=30, steps_per_epoch=10, batch_loss=run.batch_loss, epochs=run.epochs)
    np.testing.assert_allclose(batch_positions(noted, "epochs")[[9, 19, 24, 29]], [0.5, 1.0, 1.5, 2.0])


def test_diverged_batch_is_a_gap_and_spoils_no_other_point() -> None:
    _, means = cell_means([1, 2, 3], [1.0, math.nan, 3.0], 1.0)
    np.testing.assert_array_equal(means, [1.0, math.nan, 3.0])


def test_runs_that_have_not_begun_are_empty_curves() -> None:
    aligned = aligned_curves([RunSnapshot(), snapshot(5, 5)], "loss", "epochs", 0.6)
    assert [len(curve.places) for curve in aligned.curves] == [0, 5]
    assert aligned_curves([RunSnapshot()], "loss", "epochs", 0.6).cells == 1
    assert aligned_curves([], "loss", "steps", 0.6).curves == ()
