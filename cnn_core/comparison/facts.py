"""The figures of one run that a comparison shows."""

from __future__ import annotations

from dataclasses import dataclass

from cnn_core.architecture.shapes import network_figures
from cnn_core.training.run import Run
from cnn_core.training.snapshot import Change, Status


@dataclass(frozen=True)
class RunFacts:
    """What a run has come to, at one moment.

    Args:
        id: The run's id.
        title: Its name for people.
        status: Where it is.
        parameters: Numbers that the network holds.
        multiply_adds: Multiplications with a weight for one image.
        test_accuracy: Share of the test images that it reads rightly, 0 to 1; nothing before the end.
        test_count: How many test images there were; 0 before the end.
        val_accuracy: The same on the validation images after the last complete epoch; nothing before the first.
        duration_s: Seconds of training, without pauses.
        epochs: Complete epochs.
        planned_epochs: Epochs that it was asked for.
        changes: Settings that were changed while it ran.
    """

    id: str
    title: str
    status: Status
    parameters: int
    multiply_adds: int
    test_accuracy: float | None
    test_count: int
    val_accuracy: float | None
    duration_s: float
    epochs: int
    planned_epochs: int
    changes: tuple[Change, ...]

    @property
    def accuracy(self) -> float | None:
        """The accuracy on the test images; on the validation images while there is none."""
        return self.val_accuracy if self.test_accuracy is None else self.test_accuracy


def run_facts(run: Run) -> RunFacts:
    """Read a run's figures from one snapshot, so that they belong together."""
    snapshot = run.snapshot
    test = snapshot.test
    return RunFacts(
        id=run.id,
        title=run.title,
        status=snapshot.status,
        parameters=run.parameters,
        multiply_adds=network_figures(run.spec).multiply_adds,
        test_accuracy=test.accuracy if test is not None else None,
        test_count=test.count if test is not None else 0,
        val_accuracy=snapshot.epochs[-1].val_accuracy if snapshot.epochs else None,
        duration_s=snapshot.elapsed_s,
        epochs=len(snapshot.epochs),
        planned_epochs=run.settings.epochs,
        changes=snapshot.changes,
    )
