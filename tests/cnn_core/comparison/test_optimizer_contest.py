"""Several optimisers train one network: alike in all else, and one sentence on what came out."""

from __future__ import annotations

from dataclasses import replace
from itertools import count

import pytest

from cnn_core.architecture.presets import preset
from cnn_core.comparison import optimizer_contest
from cnn_core.comparison.optimizer_contest import NETWORK, contest_settings, contest_verdict, start_optimizers
from cnn_core.errors import ClassroomError
from cnn_core.training import runs
from cnn_core.training.optimizers import OPTIMIZERS
from cnn_core.training.run import Run
from cnn_core.training.snapshot import RunSnapshot, TestResult
from tests.cnn_core.training.fakes import FakeTrainer, fake_trainer, own_runs

__all__ = ["fake_trainer", "own_runs"]


def verdict(**accuracies: float | None) -> str:
    tests = {name: None if share is None else TestResult(1.0, share, 3000) for name, share in accuracies.items()}
    return contest_verdict({name: RunSnapshot("finished", test=test) for name, test in tests.items()})


def test_all_differ_in_their_rule_and_learning_rate_only(own_runs: None, fake_trainer: type[FakeTrainer]) -> None:
    begun = start_optimizers(["sgd", "adam"], "somebody")
    assert [run.settings.optimizer for run in begun] == ["sgd", "adam"]
    assert [run.settings.learning_rate for run in begun] == [0.05, 0.001]
    alike = [replace(run.settings, optimizer="sgd", learning_rate=1.0) for run in begun]
    assert alike[0] == alike[1]
    assert {run.spec for run in begun} == {preset(NETWORK).spec}
    assert {run.owner for run in begun} == {"somebody"}


def test_one_learning_rate_for_all_can_be_asked_for() -> None:
    assert {contest_settings(name, 0.01).learning_rate for name in OPTIMIZERS} == {0.01}


def test_where_one_cannot_begin_the_others_are_stopped(
    own_runs: None, fake_trainer: type[FakeTrainer], monkeypatch: pytest.MonkeyPatch
) -> None:
    calls = count()

    def refuse_second(*given: object) -> Run:
        if next(calls):
            raise ClassroomError("No room.", "Wait.")
        return runs.start_run(*given)  # type: ignore[arg-type]

    fake_trainer.gate.clear()
    monkeypatch.setattr(optimizer_contest, "start_run", refuse_second)
    with pytest.raises(ClassroomError, match="No room"):
        start_optimizers(["sgd", "adam"])
    fake_trainer.gate.set()
    [left] = runs.all_runs()
    assert left.join(20)
    assert left.snapshot.status == "stopped"


def test_best_is_named_first_and_a_close_end_is_called_close() -> None:
    said = verdict(sgd=0.7, adam=0.9, momentum=0.8).replace("\N{NO-BREAK SPACE}", " ")
    assert said == "Adam reads 90.0 % of 3,000 test images rightly, SGD with momentum 80.0 %, SGD 70.0 %."
    assert verdict(sgd=0.895, adam=0.9).endswith("another seed could swap them.")
    assert "swap" not in verdict(adam=0.9)


def test_nothing_is_said_before_all_have_ended() -> None:
    ended = RunSnapshot("finished", test=TestResult(1.0, 0.9, 3000))
    assert contest_verdict({"sgd": ended, "adam": RunSnapshot("running")}) == ""
    assert contest_verdict({}) == ""
    assert verdict(sgd=None, adam=0.9) == "SGD did not come to an end. Train again to compare."
