"""Two deep networks trained for up to a minute, side by side: does what a first layer gets decide what is learned?"""

from __future__ import annotations

from cnn_core.architecture.deep_stack import CLASSES, DeepStack
from cnn_core.errors import ClassroomError
from cnn_core.training.run import Run
from cnn_core.training.runs import start_run
from cnn_core.training.settings import FLOAT32, TrainingSettings
from cnn_core.training.snapshot import RunSnapshot

RACE = TrainingSettings(
    epochs=6,
    batch_size=64,
    optimizer="sgd",
    learning_rate=0.05,
    train_count=10_000,
    validation_share=0.1,
    precision=FLOAT32,
)
"""How both are trained. Plain gradient descent: what has no gradient does not move. Even twenty layers with batch norm
need no more than half a minute for it on two cores."""

MARK = " (vanishing gradients)"
"""What the titles of these trainings end in."""

GUESSING = 1.5 / CLASSES
"""Below this share of images read rightly, a network has learned nothing to speak of."""


def race_title(stack: DeepStack) -> str:
    """Name a training of the race, also where all trainings are listed."""
    return f"{stack.words}{MARK}"


def start_race(stacks: tuple[DeepStack, DeepStack], owner: str = "") -> tuple[Run, Run]:
    """Begin to train both in the background, at the same time.

    Args:
        stacks: The two networks.
        owner: Who asks for it.

    Returns:
        Their runs.

    Raises:
        ClassroomError: If one of them cannot be started. Then the other one is stopped: it has no rival.
    """
    first = start_run(stacks[0].to_spec(), RACE, race_title(stacks[0]), owner)
    try:
        return first, start_run(stacks[1].to_spec(), RACE, race_title(stacks[1]), owner, beside=first.id)
    except ClassroomError:
        first.control.stop()
        raise


def race_verdict(snapshots: tuple[RunSnapshot, RunSnapshot]) -> str:
    """Say in a sentence what came out; `""` while one of them still trains.

    Args:
        snapshots: The trainings of A and of B.

    Example:
        >>> from cnn_core.training.snapshot import TestResult
        >>> one, other = (RunSnapshot("finished", test=TestResult(1.0, share, 3000)) for share in (0.1, 0.9))
        >>> print(race_verdict((one, other)))  # doctest: +NORMALIZE_WHITESPACE
        B has learned to read digits (90.0 % of 3,000 test images), and A has learned nothing: its 10.0 % are no better
        than guessing.
    """
    if any(snapshot.is_active for snapshot in snapshots):
        return ""
    known = [(letter, snapshot.test) for letter, snapshot in zip("AB", snapshots, strict=True)]
    missing = [letter for letter, test in known if test is None]
    if missing:
        return f"{' and '.join(missing)} did not come to an end, so there is nothing to compare. Train both again."
    ranked = sorted(((test.accuracy, letter, test.count) for letter, test in known if test), reverse=True)
    (best, winner, count), (worst, loser, _) = ranked
    if best < GUESSING:
        return (
            f"Neither has learned anything: {_percent(best)} and {_percent(worst)} of {count:,} test images are no "
            "better than guessing."
        )
    lead = f"{winner} has learned to read digits ({_percent(best)} of {count:,} test images)"
    if worst < GUESSING:
        return f"{lead}, and {loser} has learned nothing: its {_percent(worst)} are no better than guessing."
    points = 100 * (best - worst)
    if points < 0.05:
        return f"Both have learned: each reads {_percent(best)} of {count:,} test images rightly."
    return (
        f"Both have learned: {winner} reads {_percent(best)} of {count:,} test images rightly, {loser} "
        f"{_percent(worst)}, which is {points:.1f} points fewer."
    )


def _percent(share: float) -> str:
    return f"{100 * share:.1f} %"
