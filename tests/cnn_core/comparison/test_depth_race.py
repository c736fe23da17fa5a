"""The race of two deep networks: both are trained alike, and the verdict says what came out."""

from __future__ import annotations

from itertools import count

import pytest

from cnn_core.architecture.deep_stack import DeepStack
from cnn_core.comparison import depth_race
from cnn_core.comparison.depth_race import RACE, race_title, race_verdict, start_race
from cnn_core.errors import ClassroomError
from cnn_core.training import runs
from cnn_core.training.run import Run
from cnn_core.training.settings import steps_per_epoch
from cnn_core.training.snapshot import RunSnapshot, TestResult
from tests.cnn_core.training.fakes import FakeTrainer, fake_trainer, own_runs

__all__ = ["fake_trainer", "own_runs"]

PAIR = (DeepStack(3, "sigmoid"), DeepStack(3, "relu", has_batch_norm=True))


def ended(share: float | None) -> RunSnapshot:
    test = None if share is None else TestResult(1.0, share, 3000)
    return RunSnapshot("failed" if share is None else "finished", test=test)


def verdict(first: float | None, second: float | None) -> str:
    return race_verdict((ended(first), ended(second)))


def test_both_are_trained_alike_and_belong_to_whoever_asked(own_runs: None, fake_trainer: type[FakeTrainer]) -> None:
    pair = start_race(PAIR, "somebody")
    assert [run.spec for run in pair] == [stack.to_spec() for stack in PAIR]
    assert {run.settings for run in pair} == {RACE}
    assert {run.owner for run in pair} == {"somebody"}
    assert pair[1].turn is not None
    assert pair[1].turn.beside == pair[0].id, "at the same time, on a machine for one training as well"
    assert pair[1].title == race_title(PAIR[1]) == "3 layers, ReLU, batch norm (vanishing gradients)"


def test_both_see_so_many_images_that_a_minute_is_enough() -> None:
    assert RACE.epochs * steps_per_epoch(RACE, 30_000) < 1000, "measured: 40 steps a second at the very least"


def test_without_its_rival_none_is_trained(
    own_runs: None, fake_trainer: type[FakeTrainer], monkeypatch: pytest.MonkeyPatch
) -> None:
    calls = count()

    def refuse_second(*given: object, **named: object) -> Run:
        if next(calls):
            raise ClassroomError("No room.", "Wait.")
        return runs.start_run(*given, **named)  # type: ignore[arg-type]

    fake_trainer.gate.clear()
    monkeypatch.setattr(depth_race, "start_run", refuse_second)
    with pytest.raises(ClassroomError, match="No room"):
        start_race(PAIR)
    fake_trainer.gate.set()
    [left] = runs.all_runs()
    assert left.join(20)
    assert left.snapshot.status == "stopped"


def test_nothing_is_said_while_one_still_trains() -> None:
    assert race_verdict((ended(0.9), RunSnapshot("running"))) == ""
    assert race_verdict((RunSnapshot("queued"), ended(0.9))) == ""


def test_verdict_tells_learning_from_guessing() -> None:
    assert verdict(0.1, 0.9).startswith("B has learned to read digits (90.0 % of 3,000 test images), and A")
    assert verdict(0.9, 0.1).startswith("A has learned to read digits (90.0 % of 3,000 test images), and B")
    assert verdict(0.1, 0.11) == (
        "Neither has learned anything: 11.0 % and 10.0 % of 3,000 test images are no better than guessing."
    )


def test_verdict_on_two_that_learned_gives_the_difference_in_points() -> None:
    assert verdict(0.95, 0.9) == (
        "Both have learned: A reads 95.0 % of 3,000 test images rightly, B 90.0 %, which is 5.0 points fewer."
    )
    assert verdict(0.9, 0.9) == "Both have learned: each reads 90.0 % of 3,000 test images rightly."


def test_verdict_on_one_that_failed_says_which() -> None:
    assert verdict(None, 0.9).startswith("A did not come to an end")
    assert verdict(None, None).startswith("A and B did not come to an end")
