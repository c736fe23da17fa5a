"""Labelled drawings on disk: per person, bounded, whole or not at all."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest

from cnn_core.correction import kept
from cnn_core.correction.kept import forget_drawings, keep_drawing, kept_drawings, new_drawing
from cnn_core.errors import ClassroomError
from tests.cnn_core.correction.drawings import ANN, BEN, drawing, own_data

__all__ = ["own_data"]
pytestmark = pytest.mark.usefixtures("own_data")


def test_what_was_kept_comes_back_as_it_was() -> None:
    first, second = drawing("7", "1", 1), drawing("Größe/√", "Größe/√", 2)
    keep_drawing(ANN, first)
    keep_drawing(ANN, second)
    found = kept_drawings(ANN)
    assert [vars(one) | {"image": 0} for one in found] == [vars(one) | {"image": 0} for one in (first, second)]
    np.testing.assert_array_equal(found[1].image, second.image)
    assert [one.is_right for one in found] == [False, True]


def test_everybody_has_their_own() -> None:
    keep_drawing(ANN, drawing())
    assert kept_drawings(BEN) == ()


def test_the_same_drawing_is_kept_once() -> None:
    one = drawing()
    keep_drawing(ANN, one)
    keep_drawing(ANN, one)
    assert len(kept_drawings(ANN)) == 1


def test_where_there_are_too_many_the_oldest_goes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept, "MOST_DRAWINGS", 3)
    made = [drawing(seed=seed) for seed in range(5)]
    for one in made:
        keep_drawing(ANN, one)
    assert [one.id for one in kept_drawings(ANN)] == [one.id for one in made[2:]]


def test_some_or_all_can_be_deleted(own_data: Path) -> None:
    made = [drawing(seed=seed) for seed in range(3)]
    for one in made:
        keep_drawing(ANN, one)
    forget_drawings(ANN, frozenset({made[1].id}))
    assert [one.id for one in kept_drawings(ANN)] == [made[0].id, made[2].id]
    forget_drawings(ANN)
    assert kept_drawings(ANN) == ()
    assert list((own_data / "drawings").iterdir()) == []


def test_a_damaged_file_is_said_and_can_be_deleted(own_data: Path) -> None:
    keep_drawing(ANN, drawing())
    (path,) = (own_data / "drawings").glob("*.npz")
    path.write_bytes(path.read_bytes()[:200])
    with pytest.raises(ClassroomError, match="cannot be read"):
        kept_drawings(ANN)
    with pytest.raises(ClassroomError, match="cannot be read"):
        keep_drawing(ANN, drawing())
    forget_drawings(ANN)
    assert kept_drawings(ANN) == ()


def test_a_file_of_something_else_is_no_drawing(own_data: Path) -> None:
    keep_drawing(ANN, drawing())
    (path,) = (own_data / "drawings").glob("*.npz")
    np.savez(
        path, ids=np.array(["a"]), images=np.zeros((1, 5, 5, 1)), class_names=["a"], guesses=["a"], probabilities=[0]
    )
    with pytest.raises(ClassroomError, match="damaged"):
        kept_drawings(ANN)


@pytest.mark.parametrize("person", ["", "../../etc", "A" * 16, "a" * 17, "a" * 15 + "/"])
def test_nobody_gets_into_another_folder(person: str) -> None:
    with pytest.raises(ValueError, match="sixteen"):
        keep_drawing(person, drawing())


def test_a_disk_that_refuses_loses_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    before = drawing()
    keep_drawing(ANN, before)

    def refuse(_: int) -> None:
        raise OSError("full")

    monkeypatch.setattr(os, "fsync", refuse)
    with pytest.raises(ClassroomError, match="disk refuses"):
        keep_drawing(ANN, drawing(seed=1))
    monkeypatch.undo()


def test_old_people_make_room(monkeypatch: pytest.MonkeyPatch, own_data: Path) -> None:
    people = [f"{number:016x}" for number in range(4)]
    for age, person in enumerate(people):
        keep_drawing(person, drawing())
        path = own_data / "drawings" / f"{person}.npz"
        changed_at = path.stat().st_mtime - 1000 + 10 * age
        os.utime(path, (changed_at, changed_at))
    monkeypatch.setattr(kept, "MOST_PEOPLE", 3)
    keep_drawing(ANN, drawing())
    assert [len(kept_drawings(person)) for person in (*people, ANN)] == [0, 0, 1, 1, 1]
    monkeypatch.setattr(kept, "KEPT_FOR_S", 985.0)
    keep_drawing(BEN, drawing())
    assert [len(kept_drawings(person)) for person in (*people, ANN, BEN)] == [0, 0, 0, 1, 1, 1]


def test_only_images_as_a_network_sees_them_are_drawings() -> None:
    with pytest.raises(ValueError, match="image must be"):
        new_drawing(np.zeros((28, 28), np.uint8), "7", "7", 1.0)
    assert len(new_drawing(np.zeros((28, 28, 1), np.uint8), "x" * 500, "y", 1.0).class_name) == kept.MOST_NAME
