"""Two designs on equal terms: the same images in the same batches, trained pair by pair, found again by their ids."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from cnn_core.architecture.presets import preset
from cnn_core.architecture.shapes import network_figures
from cnn_core.comparison import fair
from cnn_core.comparison.fair import (
    ALIKE,
    FairComparison,
    Planned,
    fair_from_runs,
    is_of_fair_comparison,
    on_equal_terms,
    ready_made,
    resume_fair,
    start_fair,
    stop_fair,
    why_convolution,
)
from cnn_core.comparison.fair_time import expected_duration_s, fair_progress, learning_s, pace
from cnn_core.data.dataset import LabelledImages
from cnn_core.errors import ClassroomError
from cnn_core.training import runs
from cnn_core.training.queue import TrainingQueue
from cnn_core.training.run import Run
from cnn_core.training.settings import TrainingSettings
from cnn_core.training.snapshot import RunSnapshot
from tests.cnn_core.comparison.fair_runs import comparison_of, ended, rivals, run_of, trainings_of, with_settings
from tests.cnn_core.training.fakes import FakeTrainer, fake_trainer

__all__ = ["fake_trainer"]

TERMS = TrainingSettings(epochs=2, train_count=200, batch_size=32, validation_share=0.2)


@pytest.fixture(autouse=True)
def own_runs(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    """Runs of this test's own, one at a time, in a folder of its own."""
    forget_server(monkeypatch)
    monkeypatch.setenv("CNN_CLASSROOM_RUNS", str(tmp_path / "runs"))
    yield
    for run in runs.all_runs():
        run.control.stop()
        run.join(20)


def forget_server(monkeypatch: pytest.MonkeyPatch) -> None:
    """As if a server had just been started: nothing in memory, and the folder not opened."""
    for name, value in (("_runs", {}), ("_queue", TrainingQueue(1)), ("_is_open", False), ("_store", None)):
        monkeypatch.setattr(runs, name, value)


def small(seeds: int = 3) -> FairComparison:
    """With numbers that are decided already: a start decides them where they are left open."""
    first, second = (ready_made(preset(slug), TERMS) for slug in ("fully-connected", "first"))
    contestants = with_settings(first, precision="float32"), with_settings(second, precision="float32")
    return FairComparison(contestants, ("digits",), tuple(range(seeds)))


def test_pairs_follow_one_another_and_seed_follows_seed() -> None:
    plan = comparison_of(("digits", "mnist"), seeds=2).plan()
    assert [(one.contestant, one.dataset, one.seed) for one in plan] == [
        (0, "digits", 0),
        (1, "digits", 0),
        (0, "mnist", 0),
        (1, "mnist", 0),
        (0, "digits", 1),
        (1, "digits", 1),
        (0, "mnist", 1),
        (1, "mnist", 1),
    ]


def test_trainings_begin_in_the_order_of_the_plan(fake_trainer: type[FakeTrainer]) -> None:
    begun: list[tuple[int, int]] = []

    class Noting(fake_trainer):  # type: ignore[misc, valid-type]
        def __init__(self, spec: object, settings: TrainingSettings, train: LabelledImages) -> None:
            super().__init__(spec, settings, train)
            begun.append((settings.seed, int(spec == preset("first").spec)))

    import sys

    sys.modules["cnn_core.training.trainer"].Trainer = Noting  # type: ignore[attr-defined]
    trainings = start_fair(small())
    assert all(run.join(30) for run in trainings.runs.values())
    assert begun == [(0, 0), (0, 1), (1, 0), (1, 1), (2, 0), (2, 1)]


def test_both_designs_see_the_same_images_in_the_same_batches(fake_trainer: type[FakeTrainer]) -> None:
    """What each trainer was really given, batch by batch: equal for the two of a seed, other for the next seed."""
    made: list[tuple[int, FakeTrainer]] = []

    class Noting(fake_trainer):  # type: ignore[misc, valid-type]
        def __init__(self, spec: object, settings: TrainingSettings, train: LabelledImages) -> None:
            super().__init__(spec, settings, train)
            made.append((settings.seed, self))

    import sys

    sys.modules["cnn_core.training.trainer"].Trainer = Noting  # type: ignore[attr-defined]
    trainings = start_fair(small())
    assert all(run.join(30) for run in trainings.runs.values())
    seen = {seed: [trainer for own, trainer in made if own == seed] for seed in range(3)}
    for first, second in seen.values():
        assert len(first.batches) == len(second.batches) == 2 * 5, "two epochs of 160 images in batches of 32"
        for one, other in zip(first.batches, second.batches, strict=True):
            np.testing.assert_array_equal(first.train.images[one], second.train.images[other])
            np.testing.assert_array_equal(first.train.labels[one], second.train.labels[other])
    one, other = (seen[seed][0] for seed in (0, 1))
    assert (one.train.images[one.batches[0]] != other.train.images[other.batches[0]]).any()


@pytest.mark.parametrize("name", ALIKE)
def test_designs_that_are_not_trained_alike_are_refused(name: str) -> None:
    first, second = rivals()
    changed = {
        "patience": 3,
        "keeps_best": True,
        "precision": "bfloat16",
        "validation_share": 0.3,
        "augmentation": replace(TERMS.augmentation, shift=0.1),
    }
    with pytest.raises(ValueError, match=rf"trained alike\. Received: other values of {name}"):
        FairComparison((first, with_settings(second, **{name: changed.get(name, 100)})), ("digits",), (0, 1, 2))


def test_own_settings_stay_where_they_need_not_be_alike() -> None:
    own = TrainingSettings(learning_rate=0.03, optimizer="sgd", epochs=50, seed=9, dataset="mnist", batch_size=8)
    equal = on_equal_terms(own, TERMS)
    assert (equal.learning_rate, equal.optimizer) == (0.03, "sgd")
    assert (equal.epochs, equal.batch_size, equal.seed, equal.dataset) == (2, 32, 0, "digits")


@pytest.mark.parametrize(("datasets", "seeds"), [((), (0,)), (("digits",), ()), (("digits", "digits"), (0,))])
def test_data_sets_and_seeds_must_be_there_once(datasets: tuple[str, ...], seeds: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="must be there, each once"):
        FairComparison(rivals(), datasets, seeds)


def test_same_design_twice_is_refused_in_a_sentence() -> None:
    one = rivals()[0]
    with pytest.raises(ClassroomError, match="Both designs are the same"):
        start_fair(FairComparison((one, replace(one, title="Other name")), ("digits",), (0, 1, 2)))
    assert runs.all_runs() == ()


def test_comparison_is_found_again_by_its_ids(fake_trainer: type[FakeTrainer]) -> None:
    trainings = start_fair(small(), "me")
    found = fair_from_runs(trainings.ids)
    assert found == trainings
    assert {run.owner for run in trainings.runs.values()} == {"me"}
    assert all(is_of_fair_comparison(run) for run in runs.all_runs())
    assert trainings.runs[Planned(1, "digits", 2)].title == "First network, Digits, seed 2 (fair comparison)"


def test_ended_comparison_is_found_after_the_server_was_started_anew(
    fake_trainer: type[FakeTrainer], monkeypatch: pytest.MonkeyPatch
) -> None:
    trainings = start_fair(small())
    assert all(run.join(30) for run in trainings.runs.values())
    before = {planned: run.snapshot.test for planned, run in trainings.runs.items()}
    forget_server(monkeypatch)
    found = fair_from_runs(trainings.ids)
    assert found is not None
    assert found.comparison == trainings.comparison
    assert found.ids == trainings.ids
    assert {planned: run.snapshot.test for planned, run in found.runs.items()} == before


def test_deleted_training_is_passed_over_and_other_ids_are_no_comparison(fake_trainer: type[FakeTrainer]) -> None:
    trainings = start_fair(small())
    assert all(run.join(30) for run in trainings.runs.values())
    runs.delete_runs((trainings.ids[3],))
    found = fair_from_runs(trainings.ids)
    assert found is not None
    assert found.comparison == trainings.comparison
    assert len(found.runs) == 5
    assert fair_from_runs(trainings.ids[::2]) is None, "all of one design"
    assert fair_from_runs(("", "../..", "deadbeef")) is None
    assert fair_from_runs(()) is None


def test_runs_that_were_not_trained_alike_are_no_comparison(monkeypatch: pytest.MonkeyPatch) -> None:
    comparison = comparison_of()
    one = run_of(comparison, Planned(0, "digits", 0), ended(0.9))
    other = run_of(comparison, Planned(1, "digits", 0), ended(0.9))
    other.settings = replace(other.settings, epochs=9)
    known = {one.id: one, other.id: other}
    monkeypatch.setattr(fair, "find_run", known.get)
    assert fair_from_runs((one.id, other.id)) is None


def test_stop_ends_those_that_learn_and_those_that_wait(fake_trainer: type[FakeTrainer]) -> None:
    fake_trainer.gate.clear()
    trainings = start_fair(small())
    assert trainings.is_active
    stop_fair(trainings)
    fake_trainer.gate.set()
    assert all(run.join(20) for run in trainings.runs.values())
    assert not trainings.is_active
    assert {run.snapshot.status for run in trainings.runs.values()} == {"stopped"}


def test_training_that_cannot_start_stops_the_others(
    fake_trainer: type[FakeTrainer], monkeypatch: pytest.MonkeyPatch
) -> None:
    fake_trainer.gate.clear()
    monkeypatch.setattr(runs, "MAX_ACTIVE_RUNS", 3)
    with pytest.raises(ClassroomError, match="are running or waiting"):
        start_fair(small())
    assert len(runs.all_runs()) == 3
    assert all(run.control.is_stopped for run in runs.all_runs())


def test_only_interrupted_trainings_go_on(monkeypatch: pytest.MonkeyPatch) -> None:
    trainings = trainings_of({"digits": ((0.9, 0.9, 0.9), (0.8, 0.8, 0.8))})
    cut = trainings.runs[Planned(1, "digits", 2)]
    cut.snapshot = replace(cut.snapshot, status="interrupted", test=None)
    resumed: list[tuple[str, str]] = []
    monkeypatch.setattr(fair, "resume_run", lambda run_id, owner: resumed.append((run_id, owner)))
    resume_fair(trainings, "me")
    assert resumed == [(cut.id, "me")]
    assert fair_progress(trainings).interrupted == 1


def test_why_convolution_is_the_pair_on_three_kinds_of_images() -> None:
    comparison = why_convolution(3, terms=TERMS)
    assert comparison.datasets == ("digits", "digits-shifted", "digits-shuffled")
    assert [contestant.title for contestant in comparison.contestants] == ["Fully connected, 128", "First network"]
    first, second = comparison.contestants
    assert first.settings == second.settings
    sizes = [network_figures(one.spec).parameters for one in comparison.contestants]
    assert sizes == [101_770, 105_866]
    assert len(comparison.plan()) == 18


def test_progress_counts_and_foresees_from_what_the_trainings_took() -> None:
    trainings = trainings_of({"digits": ((0.9, 0.9, 0.9), (0.8, 0.8, 0.8))})
    assert fair_progress(trainings).share == 1
    assert fair_progress(trainings).time_left_s == 0
    waiting, learning, broken = (trainings.runs[Planned(1, "digits", seed)] for seed in range(3))
    waiting.snapshot = RunSnapshot(status="queued")
    learning.snapshot = RunSnapshot(status="running", step=3, total_steps=10, time_left_s=0.5)
    broken.snapshot = RunSnapshot(status="failed", message="It broke.")
    progress = fair_progress(trainings)
    assert (progress.ended, progress.total, progress.finished) == (4, 6, 3)
    assert progress.failures == ("It broke.",)
    assert progress.current == (learning.title,)
    whole = 1 + learning_s(waiting.spec, waiting.settings)
    assert progress.time_left_s == pytest.approx(whole + 0.5)
    for planned, run in trainings.runs.items():
        if planned.contestant == 0:  # twice as slow as expected
            steps = 375
            took = 2 * learning_s(run.spec, run.settings)
            run.snapshot = replace(run.snapshot, step=steps, elapsed_s=took)
    assert pace(trainings.runs.values()) == pytest.approx(2)
    assert fair_progress(trainings).time_left_s == pytest.approx(2 * whole - 1 + 0.5)


def test_expected_duration_follows_the_number_of_trainings_and_this_machine_s_pace() -> None:
    short, long = comparison_of(seeds=3), comparison_of(seeds=5)
    assert expected_duration_s(long) == pytest.approx(expected_duration_s(short) * 5 / 3)
    slow: Run = run_of(short, Planned(0, "digits", 0), ended(0.9))
    slow.snapshot = replace(slow.snapshot, step=375, elapsed_s=10 * learning_s(slow.spec, slow.settings))
    assert expected_duration_s(short, [slow]) > 5 * expected_duration_s(short)
