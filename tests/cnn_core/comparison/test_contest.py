"""Two rivals on equal terms, and signs that stay with their run."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnn_core.architecture.shapes import network_figures
from cnn_core.comparison import contest
from cnn_core.comparison.contest import contest_settings, start_contest
from cnn_core.comparison.facts import run_facts
from cnn_core.comparison.slots import assigned_slots
from cnn_core.data.dataset import Dataset
from cnn_core.data.entry import Availability
from cnn_core.data.registry import DATASETS
from cnn_core.errors import ClassroomError
from cnn_core.training.run import Run
from cnn_core.training.settings import TrainingSettings
from tests.cnn_core.training.fakes import SPEC


def no_data(slug: str) -> Dataset:
    raise AssertionError(slug)


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[Run]:
    """Runs that are made but never begin to learn."""
    made: list[Run] = []

    def start(spec: object, settings: TrainingSettings, title: str, owner: str, *, beside: str) -> Run:
        assert beside == (made[0].id if made else "")
        made.append(Run(spec, settings, title, no_data))  # type: ignore[arg-type]
        return made[-1]

    monkeypatch.setattr(contest, "start_run", start)
    return made


def test_rivals_are_the_two_networks_and_differ_in_nothing_but_their_layers(started: list[Run]) -> None:
    runs = start_contest(TrainingSettings(seed=7, batch_size=32, epochs=50, learning_rate=1.0))
    assert [network_figures(run.spec).parameters for run in runs] == [669_706, 3_274_634]
    assert runs[0].settings == runs[1].settings
    assert (runs[0].settings.seed, runs[0].settings.batch_size, runs[0].settings.epochs) == (7, 32, 3)
    assert runs == tuple(started)


def test_data_set_of_the_session_is_taken_where_it_is_there_and_fits(monkeypatch: pytest.MonkeyPatch) -> None:
    for is_ready, slug in ((True, "mnist"), (False, "digits")):
        entry = replace(DATASETS["mnist"], availability=lambda is_ready=is_ready: Availability(is_ready, ""))
        monkeypatch.setitem(DATASETS, "mnist", entry)
        assert {own.dataset for own in contest_settings(TrainingSettings(dataset="mnist"))} == {slug}
    monkeypatch.setitem(DATASETS, "mnist", replace(DATASETS["digits"], image_shape=(32, 32, 3)))
    assert contest_settings(TrainingSettings(dataset="mnist"))[0].dataset == "digits"
    assert contest_settings(TrainingSettings(dataset="gone"))[0].dataset == "digits"


def test_rival_that_cannot_start_stops_the_other_one(started: list[Run], monkeypatch: pytest.MonkeyPatch) -> None:
    start = contest.start_run

    def refuse_second(*args: object, **named: object) -> Run:
        if started:
            raise ClassroomError("Too many.", "Wait.")
        return start(*args, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(contest, "start_run", refuse_second)
    with pytest.raises(ClassroomError, match="Too many"):
        start_contest(TrainingSettings())
    assert started[0].control.is_stopped


@given(
    st.lists(st.sampled_from("abcdefgh"), unique=True), st.lists(st.sampled_from("abcdefghij"), unique=True, max_size=8)
)
def test_run_keeps_its_sign_and_no_two_share_one(before: list[str], now: list[str]) -> None:
    first = assigned_slots(before, {})
    assert sorted(first.values()) == list(range(len(before)))
    second = assigned_slots(now, first)
    assert set(second) == set(now)
    assert len(set(second.values())) == len(now)
    assert all(second[run_id] == first[run_id] for run_id in now if run_id in first)
    assert max(second.values(), default=0) < 8, "there are eight signs"
    assert list(second.values()) == sorted(second.values())


def test_facts_of_a_run_that_has_not_begun() -> None:
    facts = run_facts(Run(SPEC, TrainingSettings(epochs=4), "small", no_data))
    assert (facts.status, facts.epochs, facts.planned_epochs, facts.accuracy) == ("preparing", 0, 4, None)
    assert facts.parameters == facts.multiply_adds + 3 == 36 * 3 + 3
