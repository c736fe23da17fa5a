"""A network that has seen the drawings is said to have seen them, under whatever name they were brought back."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from cnn_core.data.own.sets import delete_own, save_own
from cnn_core.errors import ClassroomError
from cnn_core.networks import TrainedNetwork, starter_network
from cnn_core.room import acquaintance
from cnn_core.room.acquaintance import check_origin, drawings_seen
from cnn_core.room.glance import Glances
from cnn_core.room.judging import Judge
from cnn_core.room.rooms import DIGITS
from cnn_core.room.take_away import labelled_images
from tests.cnn_core.room.samples import Class, entry
from tests.cnn_core.room.test_judging import ask, reads_all_as

STARTER = starter_network()
HALVES = (slice(0, 10), slice(10, 20))


@pytest.fixture
def copied(room: Class, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> TrainedNetwork:
    """A network that learned from half of a room's twenty drawings, brought back under another name."""
    monkeypatch.setenv("CNN_CLASSROOM_DATA", str(tmp_path / "data"))
    monkeypatch.setattr(acquaintance, "find_run", lambda _: None)
    room.draws(20)
    room.rooms.freeze(room.code, room.key)
    images = labelled_images(room.rooms.drawings(room.code))
    train, test = (replace(images, images=images.images[part], labels=images.labels[part]) for part in HALVES)
    return replace(STARTER, id="x", dataset=save_own("Mine", DIGITS, train, test, source="Us.").slug)


def test_who_has_seen_drawings_stands_below_the_ranking_with_the_reason(room: Class, copied: TrainedNetwork) -> None:
    room.rooms.enter(room.code, entry("Amber otter", "x"))
    room.rooms.enter(room.code, entry("Jade newt", "honest"))
    ask(Judge(lambda slug, _: copied if slug == "x" else STARTER, reads_all_as({})), room)
    rows = Glances().board(room.rooms, room.rooms.find(room.code)).rows
    assert [(row.entry.name, row.place) for row in rows] == [("Jade newt", 1), ("Amber otter", 0)]
    assert rows[1].remark == "It has seen the answers: 10 of these 20 drawings are among the images of its training."


def test_only_images_of_its_own_training_count(
    room: Class, copied: TrainedNetwork, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawings = room.rooms.drawings(room.code)
    monkeypatch.setattr(acquaintance, "find_run", lambda _: SimpleNamespace(settings=None))
    monkeypatch.setattr(acquaintance, "chosen_places", lambda *_: (np.array([0, 1, 2]), np.array([7])))
    assert drawings_seen(copied, drawings) == 4, "those that it was chosen by count too"
    assert drawings_seen(STARTER, drawings) == 0


def test_whose_data_set_is_gone_is_not_entered_as_nobody_can_tell(room: Class, copied: TrainedNetwork) -> None:
    found, drawings = room.rooms.find(room.code), room.rooms.drawings(room.code)
    check_origin(found, copied)
    delete_own(copied.dataset)
    with pytest.raises(ClassroomError, match=r"nobody can tell whether it has seen these drawings.*Enter one"):
        check_origin(found, copied)
    assert drawings_seen(copied, drawings) == 0
    check_origin(found, STARTER)
