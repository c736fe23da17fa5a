"""One network trained by several optimisers, alike in all else, and what came of it in one sentence."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from cnn_core.architecture.presets import preset
from cnn_core.errors import ClassroomError
from cnn_core.training.optimizers import OPTIMIZERS
from cnn_core.training.run import Run
from cnn_core.training.runs import start_run
from cnn_core.training.settings import TrainingSettings
from cnn_core.training.snapshot import RunSnapshot

NETWORK = "first"
"""The network, by its name among the ready-made ones."""
EPOCHS, TRAIN_COUNT, BATCH_SIZE = 2, 6000, 64
MARK = " (lesson on learning)"
"""Ends the trainings' names, so that they are known again on other pages."""
CLOSE = 0.01
"""Accuracies that differ by less may come out the other way round with another seed."""


def contest_settings(optimizer: str, learning_rate: float | None = None) -> TrainingSettings:
    """Say how one takes part: the same images in the same order from the same first weights.

    Args:
        optimizer: Its name among `OPTIMIZERS`.
        learning_rate: Its learning rate; the one that suits it in most networks where left out.

    Example:
        >>> contest_settings("adam").learning_rate, contest_settings("sgd").learning_rate
        (0.001, 0.05)
    """
    return TrainingSettings(
        epochs=EPOCHS,
        batch_size=BATCH_SIZE,
        train_count=TRAIN_COUNT,
        optimizer=optimizer,
        learning_rate=OPTIMIZERS[optimizer].learning_rate if learning_rate is None else learning_rate,
    )


def start_optimizers(optimizers: Sequence[str], owner: str = "", learning_rate: float | None = None) -> tuple[Run, ...]:
    """Begin to train the network once with each optimiser, in the background.

    Args:
        optimizers: Their names among `OPTIMIZERS`.
        owner: Who asks for it.
        learning_rate: One for all; each its own where left out.

    Returns:
        The runs, in the same order.

    Raises:
        ClassroomError: If one cannot be started. Then those that were are stopped.
    """
    runs: list[Run] = []
    for name in optimizers:
        title = f"{OPTIMIZERS[name].title}{MARK}"
        try:
            runs.append(start_run(preset(NETWORK).spec, contest_settings(name, learning_rate), title, owner))
        except ClassroomError:
            for run in runs:
                run.control.stop()
            raise
    return tuple(runs)


def contest_verdict(snapshots: Mapping[str, RunSnapshot]) -> str:
    r"""Say in one sentence or two how it ended.

    Args:
        snapshots: How each training stands, by its optimiser's name among `OPTIMIZERS`.

    Returns:
        The sentence; `""` while any of them trains.

    Example:
        >>> from cnn_core.training.snapshot import TestResult
        >>> ended = {
        ...     name: RunSnapshot("finished", test=TestResult(0.5, accuracy, 3000))
        ...     for name, accuracy in (("sgd", 0.8), ("adam", 0.92))
        ... }
        >>> print(contest_verdict(ended).replace("\N{NO-BREAK SPACE}", " "))
        Adam reads 92.0 % of 3,000 test images rightly, SGD 80.0 %.
    """
    if not snapshots or any(snapshot.is_active for snapshot in snapshots.values()):
        return ""
    tested = {name: snapshot.test for name, snapshot in snapshots.items() if snapshot.test is not None}
    if len(tested) < len(snapshots):
        missing = [OPTIMIZERS[name].title for name in snapshots if name not in tested]
        return f"{' and '.join(missing)} did not come to an end. Train again to compare."
    ranked = sorted(tested.items(), key=lambda entry: -entry[1].accuracy)
    (winner, best), *rest = ranked
    said = f"{OPTIMIZERS[winner].title} reads {_percent(best.accuracy)} of {best.count:,} test images rightly"
    said += "".join(f", {OPTIMIZERS[name].title} {_percent(test.accuracy)}" for name, test in rest) + "."
    if rest and best.accuracy - rest[0][1].accuracy < CLOSE:
        said += " The first two are so close that another seed could swap them."
    return said


def _percent(share: float) -> str:
    return f"{100 * share:.1f}\N{NO-BREAK SPACE}%"
