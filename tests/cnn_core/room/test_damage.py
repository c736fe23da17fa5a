"""A damaged file is said in a sentence, and new rooms can be opened; many may write at once, also from elsewhere."""

from __future__ import annotations

import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from cnn_core.data.folder import PROJECT_ROOT
from cnn_core.errors import ClassroomError
from cnn_core.room import here
from cnn_core.room.rooms import Rooms
from tests.cnn_core.room.samples import Class, Clock, drawing, entry

DAMAGES: dict[str, Callable[[bytes], bytes]] = {
    "text": lambda content: b"These are no drawings.\n" * 100,
    "cut": lambda content: content[: len(content) // 2],
    "first page": lambda content: bytes(4096) + content[4096:],
    "table": lambda content: content.replace(b"is_frozen INTEGER", b"is_froten INTEGER"),
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_damaged_file_is_set_aside_and_new_rooms_can_be_opened(room: Class, damage: str) -> None:
    room.draws(20)
    path = room.rooms._database._path
    room.rooms.close()
    path.write_bytes(DAMAGES[damage](path.read_bytes()))
    again = Rooms(path.parent, Clock())
    (aside,) = path.parent.glob("rooms-damaged-*.sqlite")
    assert again.notice.startswith(f"The drawings of all rooms were damaged; the file is kept as {aside.name}.")
    code, _ = again.open_room()
    again.add_drawing(code, "ann", 1, drawing(1))
    again.close()


def test_rooms_of_a_later_version_are_left_alone(room: Class) -> None:
    path = room.rooms._database._path
    room.rooms.close()
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA user_version = 2")
        connection.execute("CREATE TABLE later (id INTEGER)")
    connection.close()
    with pytest.raises(ClassroomError, match="stored by a later version"):
        Rooms(path.parent, Clock())
    assert not list(path.parent.glob("*damaged*"))


def test_damaged_drawing_is_said_and_not_shown(room: Class) -> None:
    room.draws(2)
    connection = sqlite3.connect(room.rooms._database._path)
    connection.execute("UPDATE drawings SET pixels = zeroblob(784) WHERE id = 1")
    connection.commit()
    connection.close()
    with pytest.raises(ClassroomError, match=r"The list of rooms in .* is damaged\. Start the app again"):
        room.rooms.drawings(room.code)


def test_file_where_the_folder_should_be_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "rooms").write_text("no folder")
    monkeypatch.setenv("CNN_CLASSROOM_DATA", str(tmp_path))
    with pytest.raises(ClassroomError, match=r"Rooms cannot be kept in .* CNN_CLASSROOM_DATA"):
        here.rooms()
    (tmp_path / "rooms").unlink()
    assert here.rooms().open_room()
    here.forget()


def test_thirty_people_draw_at_once_and_nothing_is_lost_or_mixed_up(room: Class) -> None:
    def draw(person: int) -> None:
        for number in range(6):
            room.rooms.add_drawing(room.code, f"person {person}", person % 10, drawing(person * 10 + number))
            room.rooms.counts(room.code, f"person {person}")

    with ThreadPoolExecutor(30) as pool:
        list(pool.map(draw, range(30)))
    drawings = room.rooms.drawings(room.code)
    assert np.bincount(drawings.labels).tolist() == [18] * 10
    assert len(np.unique(drawings.images, axis=0)) == 180


def test_of_thirty_who_want_one_name_one_has_it(room: Class) -> None:
    def enter(person: int) -> bool:
        try:
            room.rooms.enter(room.code, entry(network_id=f"run {person}", person=f"person {person}"))
        except ClassroomError:
            return False
        return True

    with ThreadPoolExecutor(30) as pool:
        assert sum(pool.map(enter, range(30))) == 1


CHILD = """
import sys
import time
from pathlib import Path
from cnn_core.room.rooms import Rooms
from tests.cnn_core.room.samples import Clock, drawing
clock = Clock()
rooms = Rooms(Path(sys.argv[1]), clock)
for number in range(1, 1_000):  # the room has place for all of them, and for those of the other server
    clock.now += 10
    rooms.add_drawing(sys.argv[2], f"person {number // 50}", number % 10, drawing(number))
    print(number, flush=True)
time.sleep(300)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="SIGKILL is a signal of POSIX systems")
def test_a_killed_server_loses_no_drawing_and_another_one_draws_beside_it(room: Class) -> None:
    child = subprocess.Popen(
        [sys.executable, "-c", CHILD, str(room.rooms._database._folder), room.code],
        cwd=PROJECT_ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert child.stdout is not None
    said = [int(child.stdout.readline()) for _ in range(20)]
    room.clock.now += 500_000  # what the other one draws is no part of this minute
    room.draws(20, "here", first=20_000)
    child.send_signal(signal.SIGKILL)
    said += [int(line) for line in child.stdout.read().split()]
    child.stdout.close()
    child.wait(20)
    images = room.rooms.drawings(room.code).images
    assert all((images == drawing(number)).all(axis=(1, 2, 3)).any() for number in (*said, *range(20_000, 20_020)))
