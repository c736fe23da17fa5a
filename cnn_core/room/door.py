"""The door of the rooms: who types wrong codes one after the other has to wait."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable

from cnn_core.errors import ClassroomError

MINUTE_S = 60.0
MOST_WRONG = 6
MOST_WRONG_BY_ALL = 120
"""Wrong codes within a minute: of one person, and of everybody on this server, as new tabs are new people."""


class Door:
    """Counts wrong codes; one for each server.

    Args:
        clock: Gives the seconds.

    Example:
        >>> door = Door()
        >>> for _ in range(6):
        ...     door.note_wrong("ann")
        >>> door.check("bob")
        >>> door.check("ann")
        Traceback (most recent call last):
        ...
        cnn_core.errors.ClassroomError: Too many wrong codes one after the other. Wait a minute, then try again.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._wrong: deque[tuple[float, str]] = deque()
        self._lock = threading.Lock()

    def check(self, person: str) -> None:
        """Refuse whoever has tried too often.

        Args:
            person: Who is at the door.

        Raises:
            ClassroomError: If they, or all together, typed too many wrong codes within the last minute.
        """
        with self._lock:
            self._forget_old()
            by_person = sum(who == person for _, who in self._wrong)
            if by_person >= MOST_WRONG or len(self._wrong) >= MOST_WRONG_BY_ALL:
                raise ClassroomError("Too many wrong codes one after the other.", "Wait a minute, then try again.")

    def note_wrong(self, person: str) -> None:
        """Note that somebody typed a code that no room has."""
        with self._lock:
            self._forget_old()
            self._wrong.append((self._clock(), person))

    def _forget_old(self) -> None:
        now_s = self._clock()
        while self._wrong and now_s - self._wrong[0][0] > MINUTE_S:
            self._wrong.popleft()
