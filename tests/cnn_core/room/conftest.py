"""A folder of rooms with a clock that the tests turn."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from cnn_core.room.rooms import Rooms
from tests.cnn_core.room.samples import Class, Clock


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def rooms(tmp_path: Path, clock: Clock) -> Iterator[Rooms]:
    going = Rooms(tmp_path, clock)
    yield going
    going.close()


@pytest.fixture
def room(rooms: Rooms, clock: Clock) -> Class:
    return Class(rooms, clock, *rooms.open_room())
