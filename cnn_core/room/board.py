"""The board: the networks of a room, ranked on its frozen test set, and the drawings that most of them misread."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from cnn_core.architecture.layers.base import some
from cnn_core.evaluation.interval import Interval, is_wide, wilson_interval
from cnn_core.room.ranking import rank
from cnn_core.room.records import Answers, Drawings, Entry, Room

HARDEST = 24


@dataclass(frozen=True)
class Row:
    """A network on the board.

    Args:
        entry: The network.
        place: Its place, from 1; 0 where it is not ranked.
        is_shared: Whether others may be as good.
        right: How many drawings it read rightly.
        count: How many there are; 0 while its answers are not there.
        interval: Between what and what its accuracy lies; nothing while its answers are not there.
        remark: Why it is not ranked; `""` if it is.
        is_waiting: Whether its answers are being found.
    """

    entry: Entry
    place: int
    is_shared: bool
    right: int
    count: int
    interval: Interval | None
    remark: str
    is_waiting: bool = False

    @property
    def accuracy(self) -> float:
        """The share of drawings that it read rightly, 0 to 1."""
        return self.right / self.count if self.count else 0.0


@dataclass(frozen=True)
class Hard:
    """A drawing that networks misread.

    Args:
        index: Its place among the drawings of the version.
        label: What it is said to be.
        guess: What most of those say that misread it.
        wrong: How many misread it.
        asked: How many were asked.
    """

    index: int
    label: int
    guess: int
    wrong: int
    asked: int


def is_answered(room: Room, entry: Entry) -> bool:
    """Whether a network's answers, or why there are none, are known for the version that counts.

    Args:
        room: The room.
        entry: The network.
    """
    return entry.answers is not None and entry.answers.version == room.version.number


def board_rows(room: Room, entries: Sequence[Entry], labels: npt.NDArray[np.int64]) -> tuple[Row, ...]:
    """Rank the networks of a room.

    Args:
        room: The room.
        entries: Its networks.
        labels: `(count,)`, the labels of the version that counts.

    Returns:
        The ranked ones, the best first; then those above the limit, the best first; then those that wait or cannot be
        judged.
    """
    ranked, outside, rest = [], [], []
    for entry in entries:
        answers = _sound_answers(room, entry, len(labels))
        complaint = room.limit.complaint(entry.parameters, entry.multiply_adds)
        if answers is None:
            problem = entry.answers.problem if is_answered(room, entry) and entry.answers is not None else ""
            rest.append(Row(entry, 0, False, 0, 0, None, problem or complaint, is_waiting=not problem))
        elif complaint:
            outside.append(_row(entry, answers, labels, complaint))
        else:
            ranked.append((entry, answers))
    places = rank([answers.guesses == labels for _, answers in ranked])
    rows = [_row(*ranked[place.index], labels, "", place.number, place.is_shared) for place in places]
    return (*rows, *sorted(outside, key=lambda row: -row.right), *rest)


def chance_words(rows: Sequence[Row]) -> str:
    """Say how well an accuracy is known, where the drawings are too few to tell networks apart; else `""`.

    Args:
        rows: The networks, as `board_rows` ranks them.
    """
    best = next((row for row in rows if row.interval is not None), None)
    if best is None or best.interval is None or not is_wide(best.interval):
        return ""
    return (
        f"On {some(best.count, 'drawing')} an accuracy is known to ± {100 * best.interval.margin:.0f} points: "
        "the more the room draws, the better networks are told apart."
    )


def hardest_drawings(
    room: Room, entries: Sequence[Entry], labels: npt.NDArray[np.int64], most: int = HARDEST
) -> tuple[Hard, ...]:
    """Find the drawings that most networks misread: the hardest ones, and those with a wrong label.

    Args:
        room: The room.
        entries: Its networks, ranked or not.
        labels: `(count,)`, the labels of the version that counts.
        most: How many at most.

    Returns:
        The drawings, the one that most misread first; of equal ones first that whose label they found least likely.
    """
    found = [answers for entry in entries if (answers := _sound_answers(room, entry, len(labels))) is not None]
    if not found:
        return ()
    guesses = np.stack([answers.guesses for answers in found])
    is_wrong = guesses != labels
    wrong, sureness = is_wrong.sum(axis=0), np.mean([answers.sureness for answers in found], axis=0)
    order = np.lexsort((sureness, -wrong))
    return tuple(
        Hard(
            index=int(index),
            label=int(labels[index]),
            guess=int(np.bincount(guesses[is_wrong[:, index], index]).argmax()),
            wrong=int(wrong[index]),
            asked=len(found),
        )
        for index in order[:most]
        if wrong[index]
    )


def answers_of(room: Room, drawings: Drawings, probabilities: npt.NDArray[np.float32]) -> Answers:
    """Keep of a network's probabilities what the board needs.

    Args:
        room: The room.
        drawings: The drawings of the version that counts.
        probabilities: `(count, classes)`.
    """
    sureness = probabilities[np.arange(len(drawings)), drawings.labels]
    guesses = np.argmax(probabilities, axis=1).astype(np.int64)
    if not np.isfinite(probabilities).all():
        return no_answers(room, "It gives out what is no number: its training has broken down.")
    return Answers(room.version.number, guesses, sureness.astype(np.float32))


def no_answers(room: Room, problem: str) -> Answers:
    """Note why a network cannot be judged.

    Args:
        room: The room.
        problem: Why, in a sentence.
    """
    return Answers(room.version.number, np.empty(0, np.int64), np.empty(0, np.float32), problem)


def _sound_answers(room: Room, entry: Entry, count: int) -> Answers | None:
    if entry.answers is None or not is_answered(room, entry) or entry.answers.problem or not count:
        return None
    return entry.answers if len(entry.answers.guesses) == count else None


def _row(
    entry: Entry,
    answers: Answers,
    labels: npt.NDArray[np.int64],
    remark: str,
    place: int = 0,
    is_shared: bool = False,
) -> Row:
    right, count = int((answers.guesses == labels).sum()), len(labels)
    return Row(entry, place, is_shared, right, count, wilson_interval(right, count), remark)
