"""Which files are images of which class, how names are cleaned, and how they are grouped."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnn_core.data.own.folder import MOST_CLASS_NAME, clean_name, is_own_slug, new_slug
from cnn_core.data.own.grouping import find_groups, group_key, natural_key, suggested_pattern
from cnn_core.data.own.listing import Skipped, arrange, shown_name
from cnn_core.errors import ClassroomError


def paths(*names: str) -> list[tuple[str, ...]]:
    return [tuple(name.split("/")) for name in names]


@pytest.mark.parametrize("outer", ["", "pets/", "download/pets/"])
def test_class_folders_lie_at_the_top_or_within_outer_folders(outer: str) -> None:
    found = arrange(paths(f"{outer}dog/1.png", f"{outer}cat/2.jpg", f"{outer}cat/sub/3.TIFF"))
    assert found.class_names == ("cat", "dog")
    assert [image.place for image in found.images] == [1, 2, 0]
    assert [image.file_name for image in found.images] == ["2.jpg", "3.TIFF", "1.png"]
    assert found.counts().tolist() == [2, 1]
    assert not found.has_split


def test_what_systems_leave_lying_about_is_no_word_worth() -> None:
    junk = ("__MACOSX/cat/._1.png", "cat/.DS_Store", "cat/Thumbs.db", ".hidden/x/1.png", "dog/desktop.ini")
    found = arrange(paths("cat/1.png", "dog/1.png", *junk))
    assert len(found.images) == 2
    assert found.skipped.count == 0


def test_other_files_are_named_with_the_reason() -> None:
    found = arrange(paths("cat/1.png", "dog/1.png", "dog/notes.txt", "dog/more.zip", "lost.png"))
    assert found.skipped.named == [
        ("dog/notes.txt", "not an image file"),
        ("dog/more.zip", "an archive inside is not opened"),
        ("lost.png", "it lies in no class folder"),
    ]


@pytest.mark.parametrize("outer", ["", "set/"])
def test_folders_for_training_and_testing_are_honoured(outer: str) -> None:
    names = ("Train/a/1.png", "train/b/2.png", "validation/a/3.png", "TEST/a/4.png", "test/b/5.png", "test/new/6.png")
    found = arrange(paths(*(outer + name for name in names)))
    assert found.has_split
    assert found.class_names == ("a", "b")
    assert {image.place: image.part for image in found.images} == {
        0: "train", 1: "train", 2: "train", 3: "test", 4: "test"
    }  # fmt: skip
    assert found.skipped.named[0][1] == "its class is not in the training folder"


@pytest.mark.parametrize(
    ("names", "has_split", "left_out"),
    [
        (("train/a/1.png", "train/b/1.png"), False, 0),
        (("set/Train/a/1.png", "set/Train/b/1.png"), False, 0),
        (("train/a/1.png", "train/b/1.png", "val/a/2.png", "val/b/2.png"), True, 0),
        (("train/a/1.png", "train/b/1.png", "test/2.png"), False, 1),
    ],
    ids=["training alone", "within another", "validation for test", "test without classes"],
)
def test_what_has_no_test_part_of_classes_is_split_here(names: tuple[str, ...], has_split: bool, left_out: int) -> None:
    found = arrange(paths(*names))
    assert (found.class_names, found.has_split, found.skipped.count) == (("a", "b"), has_split, left_out)
    expected = ["test" if name.startswith("val") else "train" for name in names] if has_split else ["", ""]
    assert [image.part for image in sorted(found.images, key=lambda image: image.place)] == expected


def test_folder_that_holds_the_class_folders_once_more_is_left_out() -> None:
    twice = [f"{outer}{name}/1.png" for outer in ("cells/", "cells/cells/") for name in ("ill", "well")]
    found = arrange(paths(*twice))
    assert found.class_names == ("ill", "well")
    assert found.skipped.named == [
        (f"cells/{name}/1.png", "its folder holds the class folders once more") for name in ("ill", "well")
    ]
    assert arrange(paths("all/a/1.png", "all/c/1.png", "a/1.png", "b/1.png")).class_names == ("a", "all", "b")


def test_class_that_is_called_test_among_others_is_a_class() -> None:
    found = arrange(paths("test/1.png", "train/2.png", "other/3.png"))
    assert found.class_names == ("other", "test", "train")
    assert not found.has_split


@pytest.mark.parametrize(
    ("names", "words"),
    [
        ((), "No images in class folders"),
        (("1.png", "2.png"), "No images in class folders"),
        (("cat/1.png", "cat/2.png", "dog/read.txt"), "Only one class folder with images was found: “cat”"),
        (tuple(f"{number}/1.png" for number in range(101)), "101 folders with images; 100 classes"),
    ],
)
def test_what_is_no_set_of_classes_is_refused_in_a_sentence(names: tuple[str, ...], words: str) -> None:
    with pytest.raises(ClassroomError, match=words) as caught:
        arrange(paths(*names))
    assert caught.value.remedy


def test_folders_whose_names_become_alike_stay_apart() -> None:
    found = arrange(paths("a*/1.png", "a?/1.png", "**/1.png"))
    assert len(set(found.class_names)) == 3
    assert all(clean_name(name, MOST_CLASS_NAME) == name for name in found.class_names)


def test_long_lists_of_skipped_files_are_cut_and_counted() -> None:
    skipped = Skipped()
    for number in range(1000):
        skipped.add(f"{number}", "bad")
    assert (len(skipped.named), skipped.count) == (200, 1000)


@given(st.text(max_size=80))
def test_cleaned_names_hold_nothing_that_formats_or_steers(text: str) -> None:
    name = clean_name(text, 40)
    assert len(name) <= 40
    assert not set(name) & set('*`[]<>$|\\#~:\n\r\t/@!"{}=^;?%\0')
    assert clean_name(name, 40) == name
    assert shown_name(text).isprintable()


@given(st.text(max_size=80))
def test_no_title_leads_out_of_the_folder(text: str) -> None:
    slug = new_slug(text)
    assert is_own_slug(slug)
    assert not is_own_slug(f"{slug}/..")
    assert slug != new_slug(text)


@given(st.lists(st.text(max_size=12), min_size=1, max_size=20), st.text(min_size=1, max_size=3), st.integers(1, 3))
def test_names_with_the_same_beginning_are_one_group(names: list[str], pattern: str, nth: int) -> None:
    found = find_groups(names, pattern, nth)
    for one, first in zip(names, found.numbers, strict=True):
        for other, second in zip(names, found.numbers, strict=True):
            keys = [group_key(name, pattern, nth) for name in (one, other)]
            wholes = [name if key is None else key for name, key in zip((one, other), keys, strict=True)]
            assert (first == second) == (wholes[0] == wholes[1])
    assert found.largest == np.bincount(found.numbers).max()


def test_hostile_pattern_is_only_a_text_and_quick() -> None:
    assert group_key("a" * 5000 + "b", "(a+)+$") is None
    assert group_key("x(a+)+$y", "(a+)+$") == "x"


def test_capital_and_small_letters_are_one_group() -> None:
    assert find_groups(["p1ThinA.png", "p1thinB.png"], "Thin").groups == ("p1",)


def test_names_that_are_all_different_suggest_no_groups() -> None:
    assert suggested_pattern([f"cat_{number}.png" for number in range(40)]) == ""
    assert suggested_pattern([f"C{number}thin_{cell}.png" for number in range(9) for cell in range(5)]) == "Thin"


@given(st.lists(st.text(max_size=8)))
def test_any_names_can_be_sorted(names: list[str]) -> None:
    keys = [natural_key(name) for name in sorted(names, key=natural_key)]
    assert all(one <= other for one, other in pairwise(keys))
