"""Drawings, networks and a class for the tests of the rooms."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from cnn_core.room.limits import MINUTE_S
from cnn_core.room.records import Entry
from cnn_core.room.rooms import Rooms


def drawing(number: int) -> np.ndarray:
    """A drawing that no other number gives: an upright stroke with the number's bits in its ink."""
    pixels = np.zeros((28, 28, 1), np.uint8)
    pixels[4:24, 13:16] = 200
    for bit in range(16):
        pixels[5 + bit, 14] = 255 if number >> bit & 1 else 180
    return pixels


def entry(name: str = "Amber otter", network_id: str = "a", person: str = "ann", parameters: int = 10) -> Entry:
    """A network that may be entered."""
    return Entry(0, name, network_id, 5, parameters, 100, person)


@dataclass
class Clock:
    """A clock that stands still until it is moved."""

    now: float = 1_000_000.0

    def __call__(self) -> float:
        return self.now


@dataclass
class Class:
    """A room with its teacher's key."""

    rooms: Rooms
    clock: Clock
    code: str
    key: str

    def draws(self, count: int, person: str = "ann", label: int | None = None, first: int = 0) -> None:
        """Let somebody draw, slowly enough."""
        for number in range(first, first + count):
            self.clock.now += MINUTE_S / 10
            self.rooms.add_drawing(self.code, person, number % 10 if label is None else label, drawing(number))
