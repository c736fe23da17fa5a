"""Which exercise a person has before them, and what they have answered: kept as long as the session."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from cnn_core.errors import ClassroomError
from cnn_core.exercises import EXERCISE_KINDS, Exercise
from cnn_core.networks import TrainedNetwork
from dashboard import state
from dashboard.components.score_keeper import Result

MIXED = "mixed"
KIND = "exercises.kind"
NUMBER = "exercises.number"
_POSED = "exercises.posed"
_NEWEST = "exercises.newest_result"
_REFUSAL = "exercises.refusal"

MOST_KEPT = 60
"""So many exercises are known again when one comes back to them."""

Place = tuple[str, int | None, str, int]
"""Where an exercise stands: the network, its moment or nothing for the newest one, the chosen kind, the number."""


@dataclass(frozen=True, eq=False)
class Posed:
    """An exercise that has been asked, and what came of it.

    Args:
        place: Where it stands.
        exercise: The exercise; it stays the same also while its network goes on learning.
        given: What was answered; `""` where the answer was only shown, nothing while it is open.
        is_right: Whether that was right.
    """

    place: Place
    exercise: Exercise
    given: str | None = None
    is_right: bool = False

    @property
    def id(self) -> str:
        """Tells it from all other exercises that anyone has been asked."""
        network, step, kind, number = self.place
        return f"{state.person()}-{network}-{'newest' if step is None else step}-{kind}-{number}"


def chosen_kind() -> str:
    """Return the kind of exercises that was chosen, or `MIXED`."""
    kept = state.choice(KIND, MIXED)
    return kept if kept in EXERCISE_KINDS else MIXED


def current_place(network: TrainedNetwork) -> Place:
    """Return the place of the exercise to be shown."""
    return network.id, None if network.is_newest else network.step, chosen_kind(), state.choice(NUMBER, 0)


def posed_exercise(place: Place, make: Callable[[list[str]], Exercise]) -> Posed:
    """Return the exercise at a place, as it was asked and answered; the first time it is made.

    Args:
        place: Where it stands.
        make: Makes it; gets the names of those asked before, the newest last.

    Raises:
        ClassroomError: If it cannot be made.
    """
    posed = _all_posed()
    if place not in posed:
        _keep(Posed(place, make([one.exercise.name for one in posed.values()])))
    return _all_posed()[place]


def give_answer(posed: Posed, given: str) -> None:
    """Take an answer; what cannot be read is refused, and can be put right."""
    try:
        is_right = posed.exercise.marks(given)
    except ClassroomError as error:
        state.set_choice(_REFUSAL, (posed.place, str(error)))
        return
    _close(replace(posed, given=given.strip(), is_right=is_right))


def give_up(posed: Posed) -> None:
    """Take that somebody wants to see the answer without giving one: it counts as not solved."""
    _close(replace(posed, given=""))


def refusal(posed: Posed) -> str:
    """Return why the last answer to an exercise could not be read; `""` if there is nothing to say."""
    place, sentence = state.choice(_REFUSAL, (None, ""))
    return sentence if place == posed.place else ""


def newest_result() -> Result | None:
    """Return how the last answered exercise went."""
    return state.choice(_NEWEST, None)


def go_on() -> None:
    """Turn to the next exercise."""
    state.set_choice(NUMBER, state.choice(NUMBER, 0) + 1)


def _close(posed: Posed) -> None:
    if _all_posed()[posed.place].given is not None:
        return  # a second click that was already under way
    _keep(posed)
    state.set_choice(_REFUSAL, (None, ""))
    state.set_choice(_NEWEST, Result(posed.id, posed.exercise.kind, posed.is_right))


def _all_posed() -> dict[Place, Posed]:
    return state.choice(_POSED, {})


def _keep(posed: Posed) -> None:
    kept = {**_all_posed(), posed.place: posed}
    state.set_choice(_POSED, dict(list(kept.items())[-MOST_KEPT:]))
