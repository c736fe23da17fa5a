"""One exercise after the other: everyone has another series, and what has been asked comes again as late as can be."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256

import numpy as np

from cnn_core.errors import ClassroomError
from cnn_core.exercises.kinds import EXERCISE_KINDS, make_exercise
from cnn_core.exercises.record import Exercise
from cnn_core.exercises.subject import Subject

MOST_TRIES = 40
"""So often another exercise is looked for, where one has been asked before; small networks have few of a kind."""


def series_seed(name: str, number: int) -> int:
    """Make a seed of the name of a series and a number within it.

    Example:
        >>> series_seed("sheet 1", 0) == series_seed("sheet 1", 0) != series_seed("sheet 2", 0)
        True
    """
    return int.from_bytes(sha256(f"{name}/{number}".encode()).digest()[:6], "big")


def kind_order(name: str) -> tuple[str, ...]:
    """Order all kinds for one series. It begins with two that need no images, and so no waiting.

    Args:
        name: The series' name.
    """
    rng = np.random.default_rng(series_seed(name, 0))
    with_images = [slug for slug, kind in EXERCISE_KINDS.items() if kind.needs_images]
    order = [str(slug) for slug in rng.permutation([slug for slug in EXERCISE_KINDS if slug not in with_images])]
    for place, slug in enumerate(rng.permutation(with_images)):
        order.insert(2 + 3 * place, str(slug))
    return tuple(order)


def fresh_exercise(kind: str, subject: Subject, name: str, number: int, asked: Sequence[str] = ()) -> Exercise:
    """Make the exercise that a series has at a place: one that has not been asked yet, or not for the longest time.

    Args:
        kind: A slug of `EXERCISE_KINDS`.
        subject: The network.
        name: The series' name, as whose it is.
        number: The place in the series, from 0.
        asked: The names of the exercises before it, the newest last.

    Raises:
        ClassroomError: If the network has none of this kind.
    """
    age = {known: place for place, known in enumerate(asked, start=1)}
    best: Exercise | None = None
    for attempt in range(MOST_TRIES):
        exercise = make_exercise(kind, subject, series_seed(name, number * MOST_TRIES + attempt))
        if best is None or age.get(exercise.name, 0) < age.get(best.name, 0):
            best = exercise
        if best.name not in age:
            break
    assert best is not None
    return best


def next_kind(subject: Subject, name: str, number: int) -> str:
    """Return the kind that a mixed series has at a place: all that the network has, in turn.

    Args:
        subject: The network; whether it has seen images does not matter.
        name: The series' name.
        number: The place in the series, from 0.
    """
    usable = [slug for slug in kind_order(name) if not EXERCISE_KINDS[slug].missing(subject)]
    return usable[number % len(usable)]


def next_exercise(subject: Subject, name: str, number: int, asked: Sequence[str] = ()) -> Exercise:
    """Make the exercise that a mixed series has at a place; where its kind cannot be had, one of the next kind.

    Args:
        subject: The network.
        name: The series' name.
        number: The place in the series, from 0.
        asked: The names of the exercises before it, the newest last.
    """
    for ahead in range(len(EXERCISE_KINDS)):
        kind = next_kind(subject, name, number + ahead)
        if EXERCISE_KINDS[kind].needs_images and subject.seen is None:
            continue
        try:
            return fresh_exercise(kind, subject, name, number, asked)
        except ClassroomError:  # as a network whose maps are all empty
            continue
    raise AssertionError("the size of a feature map can be asked for without any network")
