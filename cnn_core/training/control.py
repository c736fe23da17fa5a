"""How pages steer a training thread: one small object between the two."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Literal


class StopTraining(Exception):  # noqa: N818  a signal, not an error
    """Raised in the training thread when the person has asked it to end."""


Mode = Literal["run", "epoch", "pause", "stop"]


class Control:
    """Commands from any thread, obeyed by the training thread before each batch.

    Changes of settings are values that the thread compares with what it has: a change that comes twice is one change,
    and a newer one takes the place of an older one that has not been seen yet.
    """

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._mode: Mode = "run"
        self._allowed_until = 0
        self._delay_s = 0.0
        self._changes: dict[str, float] = {}
        self._is_halted = False

    def pause(self) -> None:
        """Ask for a halt before the next batch."""
        self._command("pause")

    def resume(self) -> None:
        """Ask to go on."""
        self._command("run")

    def single_step(self, after: int) -> None:
        """Ask for one batch and then a halt.

        Args:
            after: The steps that whoever asks has seen. A click that arrives twice asks for the same step twice.
        """
        self._command("pause", after + 1)

    def single_epoch(self) -> None:
        """Ask to go on to the end of the epoch, and then for a halt."""
        self._command("epoch")

    def stop(self) -> None:
        """Ask for the end; nothing undoes it."""
        self._command("stop")

    def slow_down(self, delay_s: float) -> None:
        """Ask for a rest after every batch: slow motion.

        Args:
            delay_s: How long, in seconds; 0 for none.
        """
        with self._changed:
            self._delay_s = delay_s
            self._changed.notify_all()

    def change(self, name: str, value: float) -> None:
        """Ask for another value of a setting from the next batch on.

        Args:
            name: `"learning_rate"`, `"dropout"` or `"batch_size"`.
            value: The new value; who calls has checked it.
        """
        with self._changed:
            self._changes[name] = value

    def take_changes(self) -> dict[str, float]:
        """Return the changes that were asked for since the last call; called by the training thread only."""
        with self._changed:
            changes, self._changes = self._changes, {}
        return changes

    @property
    def delay_s(self) -> float:
        """How long training rests after every batch, in seconds."""
        return self._delay_s

    @property
    def is_stopped(self) -> bool:
        """Whether the end has been asked for."""
        return self._mode == "stop"

    def note_epoch_end(self) -> None:
        """Halt if only one epoch was asked for; called by the training thread only."""
        with self._changed:
            if self._mode == "epoch":
                self._mode = "pause"

    def wait_for_permission(self, step: int, when_halted: Callable[[], None], when_resumed: Callable[[], None]) -> bool:
        """Return when the next batch may be learned; called by the training thread only.

        Args:
            step: Steps taken so far.
            when_halted: Called before waiting.
            when_resumed: Called after waiting, where training goes on and not just by one step.

        Returns:
            Whether it had to wait.

        Raises:
            StopTraining: If the end has been asked for.
        """
        waited = False
        while not self._is_permitted(step):
            when_halted()
            waited = self._is_halted = True
            with self._changed:
                self._changed.wait_for(lambda: self._mode != "pause" or step < self._allowed_until)
        # The halt outlasts single steps: whoever goes on may do so before the next halt is noticed.
        if self._is_halted and self._mode in ("run", "epoch"):
            self._is_halted = False
            when_resumed()
        return waited

    def rest(self) -> bool:
        """Wait as slow motion asks for; a command ends the waiting. Called by the training thread only.

        Returns:
            Whether there was anything to wait for.
        """
        if not self._delay_s:
            return False
        with self._changed:
            self._changed.wait(self._delay_s)
        return True

    def _is_permitted(self, step: int) -> bool:
        with self._changed:
            if self._mode == "stop":
                raise StopTraining
            return self._mode in ("run", "epoch") or step < self._allowed_until

    def _command(self, mode: Mode, allowed_until: int = 0) -> None:
        with self._changed:
            if self._mode != "stop":
                self._mode = mode
                self._allowed_until = allowed_until
            self._changed.notify_all()
