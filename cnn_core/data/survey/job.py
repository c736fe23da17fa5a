"""Looking through a whole data set in a thread of its own: pages go on, and two who ask the same share the work."""

from __future__ import annotations

import threading
from collections.abc import Callable, Hashable
from concurrent.futures import CancelledError
from time import monotonic
from typing import Generic, TypeVar, cast

T = TypeVar("T")
Tell = Callable[[float], None]

AT_ONCE = 1
"""So many searches go on at a time; others wait in line, so that trainings keep most of the machine."""

_turns = threading.Semaphore(AT_ONCE)
_going: dict[Hashable, SurveyJob[object]] = {}
_lock = threading.RLock()


class SurveyJob(Generic[T]):
    """A search that is going on, or has ended.

    Args:
        work: What is to be done. It gets a function to be told which share is done.
    """

    def __init__(self, work: Callable[[Tell], T]) -> None:
        self._work = work
        self._share = 0.0
        self._began_s: float | None = None
        self._result: T | None = None
        self._failure: Exception | None = None
        self._ended = threading.Event()
        self._waiting: set[str] = set()
        self._is_cancelled = False

    @property
    def share(self) -> float:
        """Which share is done, 0 to 1."""
        return self._share

    @property
    def time_left_s(self) -> float | None:
        """How long it will go on, as far as one can tell; nothing while it waits in line or has just begun."""
        share, began_s = self._share, self._began_s
        return None if began_s is None or share <= 0 else (monotonic() - began_s) * (1 - share) / share

    @property
    def is_waiting(self) -> bool:
        """Whether another search has to end first."""
        return self._began_s is None and not self._ended.is_set()

    @property
    def is_cancelled(self) -> bool:
        """Whether nobody wants it any more."""
        return self._is_cancelled

    def is_wanted_by(self, person: str) -> bool:
        """Whether somebody waits for what is found, as noted by `join` and `leave`."""
        return person in self._waiting

    def join(self, person: str) -> None:
        """Note that somebody waits for what is found.

        Args:
            person: Who it is; `""` for somebody who never leaves.
        """
        with _lock:
            self._waiting.add(person)

    def leave(self, person: str) -> None:
        """Note that somebody wants it no more; when nobody else waits for it, it ends soon, and nothing is found.

        Args:
            person: Who it is, as for `join`.
        """
        with _lock:
            self._waiting.discard(person)
            self._is_cancelled = not self._waiting

    def wait(self, most_s: float) -> bool:
        """Wait for the end, but not longer than this; say whether it has come."""
        return self._ended.wait(most_s)

    def result(self) -> T:
        """Return what was found; waits for it.

        Raises:
            CancelledError: If everybody has left.
            Exception: What the work has raised.
        """
        self._ended.wait()
        if self._failure is not None:
            raise self._failure
        return cast(T, self._result)

    def run(self) -> None:
        """Do the work, as soon as it is its turn. Called once, in a thread of its own."""
        try:
            with _turns:
                self._began_s = monotonic()
                self._tell(0.0)
                self._result = self._work(self._tell)
        except Exception as error:  # noqa: BLE001  # whoever asks for the result gets it
            self._failure = error
        self._ended.set()

    def _tell(self, share: float) -> None:
        if self._is_cancelled:
            raise CancelledError
        self._share = share


def start_survey(key: Hashable, work: Callable[[Tell], T], person: str = "") -> SurveyJob[T]:
    """Begin a search, or join the one that is going on.

    Args:
        key: What is asked about which data set: equal keys are the same search.
        work: What is to be done; it may hold nothing of a page or a session. It can be stopped where it tells its
            share.
        person: Who asks, for `SurveyJob.leave`.

    Returns:
        The search. Whoever wants to have its result later keeps it: what has ended is forgotten here.

    Example:
        >>> job = start_survey("example", lambda tell: 6 * 7)
        >>> job.wait(10), job.result()
        (True, 42)
    """
    with _lock:
        going = _going.get(key)
        if going is not None and not going.is_cancelled:
            going.join(person)
            return cast("SurveyJob[T]", going)
        job = SurveyJob(work)
        job.join(person)
        _going[key] = cast("SurveyJob[object]", job)

    def run() -> None:
        try:
            job.run()
        finally:
            with _lock:
                if _going.get(key) is job:  # one that was cancelled may have been begun anew meanwhile
                    del _going[key]

    threading.Thread(target=run, name="survey", daemon=True).start()
    return job
