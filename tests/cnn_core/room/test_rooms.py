"""A room is opened, drawn in, frozen, closed, deleted; what it refuses it refuses in a sentence."""

from __future__ import annotations

import sqlite3

import numpy as np
import pytest

from cnn_core.errors import ClassroomError
from cnn_core.room import limits
from cnn_core.room import rooms as rooms_module
from cnn_core.room.base import NoRoomError
from cnn_core.room.limits import ROOM_LASTS_S
from cnn_core.room.records import Limit, Version
from cnn_core.room.rooms import Rooms
from cnn_core.room.schema import DATABASE_NAME
from tests.cnn_core.room.samples import Class, Clock, drawing, entry


def test_what_is_drawn_is_there_with_its_label_after_the_server_was_closed(room: Class, clock: Clock) -> None:
    room.draws(3)
    folder = room.rooms._database._folder
    room.rooms.close()
    again = Rooms(folder, clock)
    kept = again.drawings(room.code)
    np.testing.assert_array_equal(kept.images, [drawing(number) for number in range(3)])
    assert (kept.labels.tolist(), kept.is_frozen.any()) == ([0, 1, 2], False)
    assert again.is_teacher(room.code, room.key)
    again.close()


def test_counts_are_by_class_and_by_person(room: Class) -> None:
    room.draws(4, label=7)
    room.draws(2, "bob", label=0, first=10)
    counts = room.rooms.counts(room.code, "bob")
    assert (counts.by_class, counts.own) == ((2, 0, 0, 0, 0, 0, 0, 4, 0, 0), (2, 0, 0, 0, 0, 0, 0, 0, 0, 0))
    assert (counts.total, counts.late, counts.newest_own) == (6, 6, True)


@pytest.mark.parametrize(
    ("pixels", "words"),
    [
        (np.zeros((28, 28, 1), np.uint8), "nothing on this drawing"),
        (np.full((28, 28, 1), 255, np.uint8), "a blot"),
        (drawing(0), "in the room already"),
    ],
)
def test_what_is_no_new_drawing_is_refused(room: Class, pixels: np.ndarray, words: str) -> None:
    room.draws(1)
    with pytest.raises(ClassroomError, match=words):
        room.rooms.add_drawing(room.code, "bob", 3, pixels)
    assert room.rooms.counts(room.code, "bob").total == 1


def test_every_digit_of_mnist_s_kind_has_the_right_amount_of_ink() -> None:
    """From its lightest (20) to its heaviest digit (312), as measured over the 60,000 that people learn from."""
    for ink in (20, 312):
        pixels = np.zeros(784, np.uint8)
        pixels[:ink] = 255
        limits.check_drawing(pixels.reshape(28, 28, 1))


def test_a_person_can_neither_flood_a_room_nor_fill_it(room: Class, monkeypatch: pytest.MonkeyPatch) -> None:
    assert (limits.MOST_BY_PERSON, limits.MOST_BY_PERSON_A_MINUTE) == (60, 15)
    monkeypatch.setattr(limits, "MOST_BY_PERSON", 6)
    monkeypatch.setattr(limits, "MOST_BY_PERSON_A_MINUTE", 3)
    for number in range(3):
        room.rooms.add_drawing(room.code, "ann", 1, drawing(number))
    with pytest.raises(ClassroomError, match="That was fast: 3 drawings"):
        room.rooms.add_drawing(room.code, "ann", 1, drawing(100))
    room.rooms.add_drawing(room.code, "bob", 1, drawing(100))
    room.clock.now += 61
    for number in range(200, 203):
        room.clock.now += 30
        room.rooms.add_drawing(room.code, "ann", 1, drawing(number))
    with pytest.raises(ClassroomError, match="You have given 6 drawings"):
        room.draws(1, first=900)
    monkeypatch.setattr(limits, "MOST_A_MINUTE", 2)
    with pytest.raises(ClassroomError, match="whole room is drawing very fast"):
        room.rooms.add_drawing(room.code, "eve", 1, drawing(901))
    monkeypatch.setattr(limits, "MOST_DRAWINGS", 7)
    with pytest.raises(ClassroomError, match="This room is full: it holds 7 drawings"):
        room.rooms.add_drawing(room.code, "eve", 1, drawing(902))


def test_one_takes_back_one_s_own_newest_drawing_until_it_is_frozen(room: Class) -> None:
    room.draws(2)
    room.draws(1, "bob", first=10)
    room.rooms.take_back(room.code, "ann")
    assert room.rooms.drawings(room.code).labels.tolist() == [0, 0]
    room.rooms.freeze(room.code, room.key)
    assert not room.rooms.counts(room.code, "ann").newest_own
    with pytest.raises(ClassroomError, match="part of the frozen test set"):
        room.rooms.take_back(room.code, "ann")
    with pytest.raises(ClassroomError, match="You have no drawing"):
        room.rooms.take_back(room.code, "eve")


def test_a_frozen_set_stays_as_it_is_until_the_next_version(room: Class) -> None:
    room.draws(3)
    first = room.rooms.freeze(room.code, room.key)
    room.draws(2, first=50)
    assert room.rooms.find(room.code).version == first == Version(1, first.fingerprint, 3)
    assert len(room.rooms.drawings(room.code).frozen) == 3
    assert room.rooms.counts(room.code, "ann").late == 2
    second = room.rooms.freeze(room.code, room.key)
    assert (second.number, second.count) == (2, 5)
    assert second.fingerprint != first.fingerprint
    with pytest.raises(ClassroomError, match="no new drawing"):
        room.rooms.freeze(room.code, room.key)


def test_the_fingerprint_follows_from_drawings_and_labels_alone(rooms: Rooms, clock: Clock) -> None:
    def fingerprint(label: int) -> str:
        one = Class(rooms, clock, *rooms.open_room())
        one.draws(2)
        one.draws(1, label=label, first=9)
        return rooms.freeze(one.code, one.key).fingerprint

    assert fingerprint(9) == fingerprint(9) != fingerprint(4)


def test_a_removed_drawing_leaves_the_frozen_set_at_once(room: Class) -> None:
    room.draws(2, "ann")
    room.draws(3, "bob", first=10)
    room.rooms.freeze(room.code, room.key)
    room.draws(1, "ann", first=20)
    ids = room.rooms.drawings(room.code).ids
    assert room.rooms.remove_drawings(room.code, room.key, [ids[-1]]) == 1
    assert room.rooms.find(room.code).version.number == 1, "it was not part of the set"
    assert room.rooms.remove_drawings(room.code, room.key, [ids[0]], all_of_person=True) == 2
    version = room.rooms.find(room.code).version
    assert (version.number, version.count) == (2, 3)
    assert room.rooms.counts(room.code, "ann").own == (0,) * 10


@pytest.mark.parametrize("key", ["", "0" * 32, "'; DROP TABLE rooms; --"])
def test_without_the_key_nobody_is_the_teacher(room: Class, key: str) -> None:
    room.draws(1)
    rooms, code = room.rooms, room.code
    number = int(rooms.enter(code, entry()))
    for act in (
        lambda: rooms.freeze(code, key),
        lambda: rooms.set_open(code, key, False),
        lambda: rooms.set_limit(code, key, Limit("parameters", 1)),
        lambda: rooms.remove_drawings(code, key, [1]),
        lambda: rooms.delete_room(code, key),
        lambda: rooms.withdraw(code, number, person="bob", key=key),
    ):
        with pytest.raises(ClassroomError, match=r"Only the teacher|not yours to withdraw"):
            act()
    assert not rooms.is_teacher(code, key)
    assert (rooms.find(code).is_open, len(rooms.entries(code)), rooms.counts(code, "").total) == (True, 1, 1)


def test_another_room_s_key_opens_nothing_here(room: Class) -> None:
    _, other_key = room.rooms.open_room()
    assert not room.rooms.is_teacher(room.code, other_key)


def test_a_closed_room_takes_no_drawing(room: Class) -> None:
    room.rooms.set_open(room.code, room.key, False)
    with pytest.raises(ClassroomError, match="closed this room"):
        room.draws(1)
    room.rooms.set_open(room.code, room.key, True)
    room.draws(1)


def test_a_room_ends_by_itself_with_everything_in_it(room: Class, clock: Clock) -> None:
    room.draws(2)
    room.rooms.enter(room.code, entry())
    clock.now = room.rooms.find(room.code).expires_at - 1
    assert room.rooms.find(room.code).version.number == 0
    clock.now += 2
    for ask in (room.rooms.find, room.rooms.drawings, room.rooms.entries):
        with pytest.raises(NoRoomError, match="No room on this server"):
            ask(room.code)
    room.rooms.open_room()
    with sqlite3.connect(room.rooms._database._path) as connection:
        assert [connection.execute(f"SELECT count(*) FROM {name}").fetchone() for name in ("drawings", "entries")] == [
            (0,),
            (0,),
        ]
    connection.close()


def test_a_deleted_room_is_gone(room: Class) -> None:
    room.draws(1)
    room.rooms.delete_room(room.code, room.key)
    with pytest.raises(NoRoomError):
        room.draws(1)


def test_too_many_rooms_make_way_only_where_nobody_has_drawn(
    room: Class, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rooms_module, "MOST_ROOMS", 2)
    room.draws(1)
    empty, _ = room.rooms.open_room()
    with pytest.raises(ClassroomError, match="2 rooms on this server"):
        room.rooms.open_room()
    clock.now += rooms_module.EMPTY_FOR_S + 1
    fresh, _ = room.rooms.open_room()
    assert room.rooms.counts(room.code, "ann").total == 1
    with pytest.raises(NoRoomError):
        room.rooms.find(empty)
    assert room.rooms.find(fresh).expires_at == clock.now + ROOM_LASTS_S


def test_each_change_can_be_seen_by_its_stamp(room: Class) -> None:
    seen = room.rooms.find(room.code)
    room.draws(1)
    drawn = room.rooms.find(room.code)
    assert (drawn.drawings_stamp != seen.drawings_stamp, drawn.board_stamp != seen.board_stamp) == (True, False)
    room.rooms.enter(room.code, entry())
    entered = room.rooms.find(room.code)
    assert (entered.drawings_stamp != drawn.drawings_stamp, entered.board_stamp != drawn.board_stamp) == (False, True)
    room.rooms.freeze(room.code, room.key)
    frozen = room.rooms.find(room.code)
    assert frozen.drawings_stamp != entered.drawings_stamp
    assert frozen.board_stamp != entered.board_stamp


def test_names_that_people_choose_stay_text(rooms: Rooms, clock: Clock) -> None:
    names = ("<img src=x onerror=alert(1)>", "'; DROP TABLE rooms; --", "é\u202e")
    code, _ = rooms.open_room(names)
    assert rooms.find(code).class_names == names
    with pytest.raises(ValueError, match="2 to 20 names"):
        rooms.open_room(("one",))


def test_the_key_is_not_stored_and_nothing_else_says_who_drew(room: Class) -> None:
    room.draws(1, "0123456789abcdef")
    folder = room.rooms._database._folder
    room.rooms.close()
    stored = (folder / DATABASE_NAME).read_bytes()
    assert room.key.encode() not in stored
    with sqlite3.connect(folder / DATABASE_NAME) as connection:
        columns = [row[1] for row in connection.execute("PRAGMA table_info(drawings)")]
    connection.close()
    assert columns == ["id", "code", "label", "pixels", "checksum", "digest", "person", "added_at", "is_frozen"]
