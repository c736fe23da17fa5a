"""How pages steer a training thread: one small object between the two."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Literal


class StopTraining(Exception):  # noqa: N818  a signal, not an error
    """Raised in the training thread when the person has asked it to end."""


class Control:
    """Commands from any thread, obeyed by the training thread before each batch."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._mode: Literal["run", "pause", "stop"] = "run"
        self._steps_allowed = 0

    def pause(self) -> None:
        """Ask for a halt before the next batch."""
        self._command("pause", 0)

    def resume(self) -> None:
        """Ask to go on."""
        self._command("run", 0)

    def single_step(self) -> None:
        """Ask for one batch and then a halt."""
        self._command("pause", 1)

    def stop(self) -> None:
        """Ask for the end; nothing undoes it."""
        self._command("stop", 0)

    @property
    def is_stopped(self) -> bool:
        """Whether the end has been asked for."""
        return self._mode == "stop"

    def wait_for_permission(self, when_halted: Callable[[], None], when_resumed: Callable[[], None]) -> bool:
        """Return when the next batch may be learned; called by the training thread only.

        Args:
            when_halted: Called before waiting.
            when_resumed: Called after waiting, where training goes on and not just by one step.

        Returns:
            Whether training was halted in between.

        Raises:
            StopTraining: If the end has been asked for.
        """
        was_halted = False
        while not self._take_permission():
            when_halted()
            was_halted = True
            with self._changed:
                self._changed.wait_for(lambda: self._mode != "pause" or self._steps_allowed > 0)
        if was_halted and self._mode == "run":
            when_resumed()
        return was_halted

    def _take_permission(self) -> bool:
        with self._changed:
            if self._mode == "stop":
                raise StopTraining
            if self._mode == "run":
                return True
            if self._steps_allowed:
                self._steps_allowed -= 1
                return True
            return False

    def _command(self, mode: Literal["run", "pause", "stop"], steps_allowed: int) -> None:
        with self._changed:
            if self._mode != "stop":
                self._mode = mode
                self._steps_allowed = steps_allowed
            self._changed.notify_all()
