"""What the lesson on learning reports: what is set, and what came out, in each of its views."""

from __future__ import annotations

from dataclasses import dataclass

from cnn_core.operations.optimizer_race import RacePath

STEP, RACE, REAL = "step", "race", "real"
VIEWS = {STEP: "One step", RACE: "Optimisers raced", REAL: "On a real network"}


@dataclass(frozen=True)
class StepSeen:
    """The step that would be taken, and those that were.

    Args:
        learning_rate: How far it goes.
        taken: Steps taken so far.
        before: Loss of the image before the step.
        after: Its loss after the step.
        others_before: Mean loss of the nine other digits before the step.
        others_after: Theirs after the step.
        all_ten: Mean loss of all ten before the step.
    """

    learning_rate: float
    taken: int
    before: float
    after: float
    others_before: float
    others_after: float
    all_ten: float


@dataclass(frozen=True)
class RaceSeen:
    """A race.

    Args:
        surface: Where, by its name among `SURFACES`.
        paths: Everyone's way.
    """

    surface: str
    paths: tuple[RacePath, ...]

    def outcomes(self) -> dict[str, str]:
        """How it ended for each rule."""
        return {path.rule: path.outcome for path in self.paths}


@dataclass(frozen=True)
class RealSeen:
    """Trainings of one network by several optimisers.

    Args:
        finished: The optimisers that have trained to the end.
    """

    finished: tuple[str, ...]


@dataclass(frozen=True)
class LearningSeen:
    """What the person has set, and what came out; of the views that are not shown there is nothing.

    Args:
        step: The view of one step.
        race: The race.
        real: The trainings.
    """

    step: StepSeen | None = None
    race: RaceSeen | None = None
    real: RealSeen | None = None
