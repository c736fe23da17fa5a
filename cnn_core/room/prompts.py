"""Whom a room asks for what: each person for a class that has few drawings, so that the set gets balanced."""

from __future__ import annotations

import threading
import time
import zlib
from collections import OrderedDict
from collections.abc import Callable, Sequence

ASKED_FOR_S = 180.0
"""So long a class that somebody was asked for counts as on its way."""
MOST_PEOPLE = 2_000


class Prompts:
    """What everybody has been asked for; one for each server.

    Were all asked for the class that has fewest at that moment, thirty people would draw the same. So what others have
    been asked for and not yet added counts as if it were there.

    Args:
        clock: Gives the seconds.

    Example:
        >>> prompts = Prompts()
        >>> a, b = prompts.ask("K7M2P9", "ann", [2, 0, 0]), prompts.ask("K7M2P9", "bob", [2, 0, 0])
        >>> sorted([a, b]), prompts.ask("K7M2P9", "ann", [2, 0, 0]) == a
        ([1, 2], True)
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._asked: OrderedDict[tuple[str, str], tuple[int, float]] = OrderedDict()
        self._lock = threading.Lock()

    def ask(self, code: str, person: str, counts: Sequence[int]) -> int:
        """Return the class that somebody is to draw; the same one until they have added or passed it.

        Args:
            code: The room.
            person: Who is asked.
            counts: How many drawings each class has.
        """
        with self._lock:
            known = self._asked.get((code, person))
            if known is not None and known[0] < len(counts):
                self._asked[code, person] = known[0], self._clock()
                return known[0]
            return self._choose(code, person, counts, passed=None)

    def pass_on(self, code: str, person: str, counts: Sequence[int]) -> int:
        """Ask somebody for another class than before.

        Args:
            code: The room.
            person: Who is asked.
            counts: How many drawings each class has.
        """
        with self._lock:
            before = self._asked.pop((code, person), None)
            return self._choose(code, person, counts, passed=before[0] if before is not None else None)

    def done(self, code: str, person: str) -> None:
        """Note that somebody has drawn what they were asked for."""
        with self._lock:
            self._asked.pop((code, person), None)

    def _choose(self, code: str, person: str, counts: Sequence[int], passed: int | None) -> int:
        now_s = self._clock()
        expected = list(counts)
        for (room, _), (asked, at_s) in self._asked.items():
            if room == code and asked < len(expected) and now_s - at_s < ASKED_FOR_S:
                expected[asked] += 1
        # Of equal ones not always the first: else a room would draw in the order of the classes.
        start = zlib.crc32(f"{person}{sum(counts)}".encode()) % len(expected)
        order = [(start + place) % len(expected) for place in range(len(expected))]
        chosen = min((at for at in order if at != passed or len(order) == 1), key=expected.__getitem__)
        self._asked[code, person] = chosen, now_s
        while len(self._asked) > MOST_PEOPLE:
            self._asked.popitem(last=False)
        return chosen
