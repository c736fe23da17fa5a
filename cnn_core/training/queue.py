"""Who trains next, where more people want to than the machine can serve at once."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from cnn_core.training.control import StopTraining

SLOTS_VARIABLE = "CNN_CLASSROOM_TRAININGS"
MOST_SLOTS = 64
MOST_IN_MEMORY = 16
"""Trainings that have begun and not ended, halted ones included: each holds its images and its network."""

POLL_S = 0.2
"""A waiting training looks so often whether it was stopped."""


def usual_slots() -> int:
    """Return how many trainings go on at once: `$CNN_CLASSROOM_TRAININGS`, else one for every two processors."""
    chosen = os.environ.get(SLOTS_VARIABLE, "")
    if chosen.isdecimal() and int(chosen) > 0:
        return min(int(chosen), MOST_SLOTS)
    return max(1, (os.cpu_count() or 1) // 2)


@dataclass(frozen=True)
class _Waiting:
    run_id: str
    owner: str
    arrival: int
    is_going_on: bool
    pair: str


class TrainingQueue:
    """A line in which every person has one turn after the other, however many trainings each has asked for.

    A training that was halted gives its place to the next one. When it is to go on, it comes before those that have
    not begun: who explains something before a class need not wait for the class.

    Two trainings that are to be watched side by side can share one place: both go on at the same time, each at about
    half the speed. The second begins as soon as the first does.

    Args:
        slots: How many trainings go on at once.
        most_in_memory: How many may have begun without having ended.
    """

    def __init__(self, slots: int, most_in_memory: int = MOST_IN_MEMORY) -> None:
        self._slots = slots
        self._most_in_memory = max(most_in_memory, slots)
        self._changed = threading.Condition()
        self._waiting: list[_Waiting] = []
        self._training: dict[str, str] = {}  # and of which pair
        self._in_memory: set[str] = set()
        self._last_turns: dict[str, int] = {}
        self._arrivals = 0
        self._turns = 0

    def join(self, run_id: str, owner: str, beside: str = "") -> None:
        """Stand in line.

        Args:
            run_id: The training.
            owner: Whose it is; trainings of the same owner wait for one another.
            beside: The training with which it shares a place; `""` for a place of its own.
        """
        with self._changed:
            self._arrivals += 1
            is_going_on = run_id in self._in_memory
            self._waiting.append(_Waiting(run_id, owner, self._arrivals, is_going_on, beside or run_id))

    def wait(self, run_id: str, is_stopped: Callable[[], bool]) -> None:
        """Return when it is the training's turn; called by its own thread after `join`.

        Args:
            run_id: The training.
            is_stopped: Whether it is no longer wanted; asked a few times a second.

        Raises:
            StopTraining: If it is no longer wanted.
        """
        with self._changed:
            while not self._take_turn(run_id):
                if is_stopped():
                    self._waiting = [one for one in self._waiting if one.run_id != run_id]
                    self._changed.notify_all()
                    raise StopTraining
                self._changed.wait(POLL_S)

    def leave(self, run_id: str, *, is_over: bool) -> None:
        """Let the next one begin.

        Args:
            run_id: The training.
            is_over: Whether it has ended; one that is only halted still takes memory.
        """
        with self._changed:
            self._training.pop(run_id, None)
            if is_over:
                self._in_memory.discard(run_id)
                self._waiting = [one for one in self._waiting if one.run_id != run_id]
            self._changed.notify_all()

    def place(self, run_id: str) -> int | None:
        """Return a training's place in the line as it is now, 1 for the next; nothing if it does not wait."""
        with self._changed:
            order = [one.run_id for one in self._in_order()]
        return order.index(run_id) + 1 if run_id in order else None

    def __len__(self) -> int:
        """How many trainings wait."""
        return len(self._waiting)

    def _take_turn(self, run_id: str) -> bool:
        can_begin = len(self._in_memory) < self._most_in_memory
        able = [one for one in self._waiting if one.is_going_on or can_begin]
        together = [one for one in able if self._shares_a_place(one)]
        has_room = len(set(self._training.values())) < self._slots
        in_line = together if together or not has_room else able
        first = min(in_line, key=lambda one: _rank(one, self._last_turns), default=None)
        if first is None or first.run_id != run_id:
            return False
        self._waiting.remove(first)
        self._training[run_id] = first.pair
        self._in_memory.add(run_id)
        self._turns += 1
        self._last_turns[first.owner] = self._turns
        self._changed.notify_all()  # there may be room for one more
        return True

    def _shares_a_place(self, one: _Waiting) -> bool:
        """Whether the other of a pair trains, alone in its place."""
        return list(self._training.values()).count(one.pair) == 1

    def _in_order(self) -> list[_Waiting]:
        """Play out the turns."""
        left, last_turns, turns, order = list(self._waiting), dict(self._last_turns), self._turns, []
        while left:
            first = min(left, key=lambda one: _rank(one, last_turns))
            left.remove(first)
            order.append(first)
            turns += 1
            last_turns[first.owner] = turns
        return order


def _rank(one: _Waiting, last_turns: Mapping[str, int]) -> tuple[bool, int, int]:
    """Rank the waiting: first what goes on after a halt, then whoever has not had a turn for longest."""
    return not one.is_going_on, last_turns.get(one.owner, 0), one.arrival


@dataclass(frozen=True)
class Turn:
    """One training's dealings with the queue.

    Args:
        queue: The line.
        run_id: The training.
        owner: Whose it is.
        beside: The training with which it shares a place; `""` for a place of its own.
    """

    queue: TrainingQueue
    run_id: str
    owner: str
    beside: str = ""

    def ask(self) -> None:
        """Stand in line."""
        self.queue.join(self.run_id, self.owner, self.beside)

    def wait(self, is_stopped: Callable[[], bool]) -> None:
        """Return when it is this training's turn, as `TrainingQueue.wait` does."""
        self.queue.wait(self.run_id, is_stopped)

    def give_up(self, *, is_over: bool) -> None:
        """Let the next one begin, as `TrainingQueue.leave` does."""
        self.queue.leave(self.run_id, is_over=is_over)

    @property
    def place(self) -> int | None:
        """Its place in the line, 1 for the next; nothing if it does not wait."""
        return self.queue.place(self.run_id)
