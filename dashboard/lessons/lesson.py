"""What every lesson consists of: a stage, tasks whose result is checked, and the same thing in one's own network."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from dashboard.palette import Palette

S = TypeVar("S")


@dataclass(frozen=True)
class Task(Generic[S]):
    """Something to try, whose result the app checks.

    Args:
        slug: Its name within the lesson.
        words: What to do, in one sentence, without saying what comes out.
        is_done: Whether what the person has set, and what came out, is what was asked for. Not with what a lesson
            begins with.
        found: What there is to see in it; it is shown once the task is done.
    """

    slug: str
    words: str
    is_done: Callable[[S], bool]
    found: str


@dataclass(frozen=True)
class OwnPlace:
    """Where the lesson's concept stands in the person's own network.

    Args:
        words: What the button says, beginning with a verb.
        slug: The page's address in `navigation.PAGES`.
        choices: What is chosen there, by the names of `state.choice`.
    """

    words: str
    slug: str
    choices: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class Lesson(Generic[S]):
    """One lesson. Its texts are in `assets/lessons`, its question and summary in `navigation.PAGES`.

    Args:
        slug: The page's address in `navigation.PAGES`.
        stage: Draws what one operates, and returns what the person has set and what came out of it, as one frozen
            record; nothing while what is set cannot be worked out.
        tasks: What to try, the easiest first.
        own: Where it stands in the person's own network.
        needs_backend: Whether the stage needs TensorFlow.
    """

    slug: str
    stage: Callable[[Palette], S | None]
    tasks: tuple[Task[S], ...]
    own: OwnPlace
    needs_backend: bool = False
