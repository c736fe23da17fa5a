"""A training from elsewhere becomes one of this machine: on disk, or in memory where there is no disk."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from cnn_core.errors import ClassroomError
from cnn_core.networks import network_of_run
from cnn_core.store.store import RunStore
from cnn_core.training import adoption, runs
from cnn_core.training.adoption import copy_run
from cnn_core.training.snapshot import RunSnapshot, WeightsSnapshot
from tests.cnn_core.export.run_samples import sample_copy, weights


@pytest.fixture(autouse=True)
def own_list(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    forget(monkeypatch)
    monkeypatch.setenv("CNN_CLASSROOM_RUNS", str(tmp_path / "runs"))


def forget(monkeypatch: pytest.MonkeyPatch) -> None:
    """As after a new start of the server."""
    monkeypatch.setattr(runs, "_runs", {})
    monkeypatch.setattr(runs, "_is_open", False)
    monkeypatch.setattr(runs, "_store", None)
    monkeypatch.setattr(runs, "_storage_problem", "")


def assert_same_numbers(one: RunSnapshot, other: RunSnapshot) -> None:
    for name, value in vars(one).items():
        np.testing.assert_array_equal(getattr(other, name), value, err_msg=name)


def test_an_adopted_training_is_there_after_a_new_start(monkeypatch: pytest.MonkeyPatch) -> None:
    copy = sample_copy()
    run_id = runs.adopt_run(copy).id
    forget(monkeypatch)
    run = runs.find_run(run_id)
    assert run is not None
    assert (run.title, run.spec, run.settings, run.class_names) == (
        copy.title,
        copy.spec,
        copy.settings,
        copy.class_names,
    )
    assert_same_numbers(copy.snapshot, run.snapshot)
    record = runs.stored_record(run_id)
    assert record is not None
    assert (record.note, record.versions, record.started_at) == (copy.note, copy.versions, copy.started_at)


def test_a_taught_copy_is_known_after_a_new_start_whatever_its_remark(monkeypatch: pytest.MonkeyPatch) -> None:
    copy = sample_copy(snapshot=replace(sample_copy().snapshot, taught_with=3))
    run_id = runs.adopt_run(copy).id
    forget(monkeypatch)
    run = runs.find_run(run_id)
    assert run is not None
    assert_same_numbers(copy.snapshot, run.snapshot)
    assert copy_run(run).snapshot.taught_with == 3


def test_one_that_was_stored_before_is_known_by_its_remark(monkeypatch: pytest.MonkeyPatch) -> None:
    remark = "It is a copy of “First network”, taught with 12 drawings."
    run_id = runs.adopt_run(sample_copy(snapshot=replace(sample_copy().snapshot, remark=remark))).id
    forget(monkeypatch)
    run = runs.find_run(run_id)
    assert run is not None
    assert run.snapshot.taught_with == 12


def test_its_weights_are_those_of_the_file() -> None:
    run = runs.adopt_run(sample_copy())
    network = network_of_run(run)
    assert network is not None
    assert network.step == 7
    for mine, theirs in zip(network.weights, weights(7).arrays, strict=True):
        np.testing.assert_array_equal(mine, theirs)
    assert run.moments() == (0, 7)
    assert run.first_weights is not None
    np.testing.assert_array_equal(run.first_weights.arrays[0], weights(0).arrays[0])


def test_the_result_may_be_older_than_the_newest_weights(monkeypatch: pytest.MonkeyPatch) -> None:
    run_id = runs.adopt_run(sample_copy(moments=(weights(0), weights(4), weights(7)), result_step=4)).id
    forget(monkeypatch)
    run = runs.find_run(run_id)
    assert run is not None
    assert run.weights is not None
    assert run.weights.step == 4


def test_each_adoption_is_a_training_of_its_own_and_the_newest() -> None:
    first, second = runs.adopt_run(sample_copy()), runs.adopt_run(sample_copy())
    assert first.id != second.id
    assert runs.all_runs() == (second, first)


def test_without_a_disk_it_lives_in_memory(tmp_path: Path) -> None:
    (tmp_path / "runs").write_text("a file where the folder should be")
    run = runs.adopt_run(sample_copy())
    assert runs.find_run(run.id) is run
    assert run.weights is not None
    assert run.weights.step == 7
    assert run.moments() == (0, 7)
    assert run.first_weights is not None
    assert_same_numbers(sample_copy().snapshot, run.snapshot)


@pytest.mark.parametrize("method", ["create", "append_batches", "add_epoch", "save_weights", "save"])
def test_what_cannot_be_stored_is_not_in_any_list(method: str, monkeypatch: pytest.MonkeyPatch) -> None:
    runs.all_runs()

    def full(*_: object, **__: object) -> None:
        raise ClassroomError("The disk is full.", "Make room.")

    with monkeypatch.context() as patch:
        patch.setattr(RunStore, method, full)
        with pytest.raises(ClassroomError, match="The disk is full"):
            runs.adopt_run(sample_copy())
    assert runs.all_runs() == ()
    if method != "save":  # where even that is not written, the next start finds it interrupted
        assert runs._store is not None
        assert runs._store.all() == ()


def test_what_was_adopted_can_be_passed_on_again() -> None:
    copy = sample_copy()
    run = runs.adopt_run(copy)
    again = copy_run(run, runs.stored_record(run.id))
    bare = {"snapshot": RunSnapshot(), "moments": ()}
    assert replace(again, **bare) == replace(copy, **bare)
    assert_same_numbers(copy.snapshot, again.snapshot)
    assert [moment.step for moment in again.moments] == [0, 7]


def test_a_copy_without_weights_reads_none() -> None:
    copy = copy_run(runs.adopt_run(sample_copy()), has_moments=False)
    assert (copy.moments, copy.result_step) == ((), None)


def test_of_many_moments_some_go_along_and_always_the_first_and_the_result(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(adoption, "MOST_MOMENTS", 3)
    moments = tuple(weights(step) for step in range(8))
    run = runs.adopt_run(sample_copy(moments=moments, result_step=5))
    steps = [moment.step for moment in copy_run(run).moments]
    assert {0, 5} <= set(steps)
    assert len(steps) <= 4


@pytest.mark.parametrize(
    ("room", "result", "steps"), [(900, 5, [0, 5]), (100, 5, [5]), (900, 7, [0, 7]), (100, 7, [7]), (100, 0, [0])]
)
def test_of_large_weights_the_first_goes_along_where_it_fits_and_the_result_always(
    room: int, result: int, steps: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(adoption, "MOST_MOMENT_BYTES", room)
    moments = tuple(weights(step) for step in range(8))
    run = runs.adopt_run(sample_copy(moments=moments, result_step=result))
    assert [moment.step for moment in copy_run(run).moments] == steps


def test_weights_that_cannot_be_read_are_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    run = runs.adopt_run(sample_copy())
    result = run.weights
    assert result is not None

    def damaged(step: int) -> WeightsSnapshot | None:
        return None

    run.look_back_with(lambda: (0, 7), damaged)
    assert [moment.step for moment in copy_run(run).moments] == [7]
