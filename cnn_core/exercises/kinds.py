"""The registry of the kinds of exercises."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from zlib import crc32

import numpy as np

from cnn_core.exercises.record import Exercise
from cnn_core.exercises.subject import Subject

Maker = Callable[[Subject, np.random.Generator], Exercise]


@dataclass(frozen=True)
class ExerciseKind:
    """One kind of question.

    Args:
        slug: Its name in files and addresses.
        title: Its name on the screen.
        make: Makes an exercise; raises `ClassroomError` where none can be found.
        missing: Why a network has no exercise of this kind, in a sentence; `""` where it has. It looks at the layers
            alone, and takes no time.
        needs_images: Whether the network has to look at test images first.
    """

    slug: str
    title: str
    make: Maker
    missing: Callable[[Subject], str]
    needs_images: bool = False


EXERCISE_KINDS: dict[str, ExerciseKind] = {}
"""Every kind of exercise by its slug, in the order of the menu."""


def exercise_kind(
    slug: str, title: str, missing: Callable[[Subject], str] = lambda subject: "", *, needs_images: bool = False
) -> Callable[[Maker], Maker]:
    """Enter a function that makes exercises into the registry; the arguments are those of `ExerciseKind`."""

    def enter(make: Maker) -> Maker:
        EXERCISE_KINDS[slug] = ExerciseKind(slug, title, make, missing, needs_images)
        return make

    return enter


def make_exercise(kind: str, subject: Subject, seed: int) -> Exercise:
    """Make an exercise; the same network and seed give the same one.

    Args:
        kind: A slug of `EXERCISE_KINDS`.
        subject: The network.
        seed: Which one, 0 or more.

    Raises:
        ClassroomError: If the network has none of this kind; the message says why.
    """
    return EXERCISE_KINDS[kind].make(subject, np.random.default_rng([seed, crc32(kind.encode())]))
