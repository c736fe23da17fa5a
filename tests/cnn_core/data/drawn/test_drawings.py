"""Drawings of own classes: named, split, and kept."""

from __future__ import annotations

import os
import time
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cnn_core.data.drawn import drawings as drawings_module
from cnn_core.data.drawn import keeping
from cnn_core.data.drawn.drawings import LEAST_EACH, Drawings, no_drawings
from cnn_core.data.drawn.keeping import forget_drawings, keep_drawings, kept_drawings, new_book
from cnn_core.errors import ClassroomError


def drawn(*counts: int, names: tuple[str, ...] = ("cat", "dog", "owl")) -> Drawings:
    """So many drawings of each class; the n-th drawing of all has the number n in its first pixel."""
    labels = np.repeat(np.arange(len(counts)), counts).astype(np.int64)
    images = np.zeros((len(labels), 28, 28, 1), np.uint8)
    images[:, 0, 0, 0] = np.arange(len(labels)) % 256
    return Drawings(names[: len(counts)], images, labels)


def test_drawings_are_added_and_taken_out() -> None:
    first, second = (np.full((28, 28, 1), value, np.uint8) for value in (7, 9))
    book = no_drawings(["cat", "dog"]).with_drawing(first, 1).with_drawing(second, 0)
    assert book.counts == (1, 1)
    after = book.without(0)
    assert (after.counts, after.images[0, 0, 0, 0]) == ((1, 0), 9)
    assert after.without(5).counts == (1, 0)


def test_new_names_at_the_same_places_are_the_same_classes() -> None:
    assert drawn(1, 2).renamed(["cat", "wolf"]).counts == (1, 2)
    assert drawn(1, 2).renamed(["lion", "wolf"]).class_names == ("lion", "wolf")


def test_names_that_move_take_their_drawings_along() -> None:
    assert drawn(1, 2, 3).renamed(["owl", "cat", "dog"]).counts == (3, 1, 2)
    assert drawn(1, 2).renamed(["bee", "dog", "cat"]).counts == (0, 2, 1)
    assert drawn(1, 0, 3).renamed(["owl", "cat"]).counts == (3, 1)


@pytest.mark.parametrize("names", [["dog", "bee"], ["dog", "owl"], ["bee", "dog", "owl", "ant"]])
def test_drawings_never_lose_their_class(names: list[str]) -> None:
    with pytest.raises(ClassroomError, match="“cat” has 1 drawings, and no class of that name"):
        drawn(1, 2, 3).renamed(names)


@pytest.mark.parametrize(
    ("names", "words"),
    [
        (["cat"], "2 to 10 classes, and here are 1"),
        ([str(number) for number in range(11)], "and here are 11"),
        (["cat", " cat "], "Two classes are called “cat”"),
    ],
)
def test_names_that_are_no_good_are_refused_in_words(names: list[str], words: str) -> None:
    with pytest.raises(ClassroomError, match=words):
        drawn(1, 2).renamed(names)


@settings(max_examples=40)
@given(st.lists(st.integers(LEAST_EACH, 40), min_size=2, max_size=3), st.integers(20, 50), st.integers(0, 99))
def test_split_leaves_every_class_in_both_parts_and_loses_no_drawing(counts: list[int], share: int, seed: int) -> None:
    book = drawn(*counts)
    train, test = book.split(share / 100, seed)
    numbers = np.concatenate([train.images[:, 0, 0, 0], test.images[:, 0, 0, 0]])
    assert sorted(numbers) == list(range(len(book)))
    for index, count in enumerate(counts):
        judged = int((test.labels == index).sum())
        assert 1 <= judged < count
        assert abs(judged - count * share / 100) <= 1
    assert (train.labels == book.labels[train.images[:, 0, 0, 0]]).all()


def test_too_few_drawings_are_said_class_by_class() -> None:
    assert drawn(5, 3, 0).lacking() == "Each class needs 5 drawings at least: “dog” lacks 2, “owl” lacks 5."
    with pytest.raises(ClassroomError, match="“dog” lacks 2"):
        drawn(5, 3).split(0.2, 0)
    with pytest.raises(ValueError, match=r"test_share=0\.1"):
        drawn(5, 5).split(0.1, 0)


def test_there_is_an_end_to_drawing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drawings_module, "MOST_DRAWINGS", 3)
    with pytest.raises(ClassroomError, match="Make a data set of these"):
        drawn(2, 1).with_drawing(np.zeros((28, 28, 1), np.uint8), 0)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("CNN_CLASSROOM_DATA", str(tmp_path))
    return tmp_path / "drawn"


def test_drawings_come_back_as_they_were(folder: Path) -> None:
    book, name = drawn(2, 3), new_book()
    keep_drawings(name, book)
    back = kept_drawings(name)
    assert back is not None
    assert (back.class_names, back.labels.tolist()) == (book.class_names, book.labels.tolist())
    assert (back.images == book.images).all()
    assert [path.name for path in folder.iterdir()] == [f"{name}.npz"]
    forget_drawings(name)
    assert kept_drawings(name) is None


@pytest.mark.parametrize("name", ["", "../../etc/passwd", "0" * 15, "G" * 16, "0" * 16 + "/x", "0123456789abcdef"])
def test_a_name_from_an_address_is_no_path_and_may_be_unknown(folder: Path, name: str) -> None:
    assert kept_drawings(name) is None
    forget_drawings(name)
    if name != "0123456789abcdef":
        keep_drawings(name, drawn(1, 1))
        assert not folder.exists()


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04rubbish", b"x" * 900_001])
def test_a_damaged_file_is_no_drawings(folder: Path, content: bytes) -> None:
    folder.mkdir()
    (folder / "0123456789abcdef.npz").write_bytes(content)
    assert kept_drawings("0123456789abcdef") is None


def test_a_file_of_other_arrays_is_no_drawings(folder: Path) -> None:
    folder.mkdir()
    np.savez(folder / "0123456789abcdef.npz", names=np.array(["a", "b"]), images=np.zeros((1, 9, 9, 1)), labels=[0])
    assert kept_drawings("0123456789abcdef") is None


def test_a_disk_that_refuses_costs_nothing(folder: Path) -> None:
    folder.write_text("a file where the folder should be")
    keep_drawings(new_book(), drawn(1, 1))
    assert folder.read_text().startswith("a file")


def test_old_drawings_make_room(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keeping, "MOST_KEPT", 3)
    names = [f"{number:016x}" for number in range(5)]
    for age, name in enumerate(names):
        keep_drawings(name, drawn(1, 1))
        written_s = time.time() - 100 + age - (40 * 24 * 3600 if age == 3 else 0)
        os.utime(folder / f"{name}.npz", (written_s, written_s))
    left = sorted(path.stem for path in folder.iterdir())
    assert left == [names[1], names[2], names[4]]
