"""Drawings to take along: the sheet shows each of them, and the zip comes back as the same images."""

from __future__ import annotations

import io
import zipfile

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageFont

from cnn_core.correction import sheet as sheet_module
from cnn_core.correction.sheet import (
    COLUMNS,
    FONT,
    LINE_PX,
    TILE_PX,
    TYPE_PX,
    class_folders,
    drawings_sheet,
    drawings_zip,
)
from tests.cnn_core.correction.drawings import drawing


def opened(data: bytes) -> Image.Image:
    with Image.open(io.BytesIO(data)) as image:
        image.load()
        return image


def test_the_sheet_shows_every_drawing_dark_on_white_in_rows() -> None:
    drawings = [drawing(seed=seed) for seed in range(COLUMNS + 2)]
    sheet = np.asarray(opened(drawings_sheet(drawings)).convert("L"))
    assert sheet.shape == (2 * 168 + 16, 8 * 128 + 16)
    for place, one in enumerate(drawings):
        top, left = 16 + place // COLUMNS * 168, 16 + place % COLUMNS * 128
        np.testing.assert_array_equal(
            sheet[top + 2 : top + 112 : 4, left + 2 : left + 112 : 4], 255 - one.image[..., 0]
        )
        assert sheet[top + 113 : top + 150, left : left + 112].min() < 150  # its words
    assert (sheet[16 + 168 :, 16 + 2 * 128 :] == 255).all()  # no third one in the second row


def test_a_misread_drawing_is_told_from_the_others_by_its_colour_too() -> None:
    right, wrong = (np.asarray(opened(drawings_sheet([drawing("7", guess)])).convert("RGB"), int) for guess in "71")
    red = [(sheet[..., 0] - sheet[..., 1] > 90).sum() for sheet in (right, wrong)]
    assert red[0] == 0
    assert red[1] > 20


def words(class_name: str, guess: str = "7") -> np.ndarray:
    """The two lines of words below a drawing, with what is left and right of them: 1 where there is ink."""
    sheet = np.asarray(opened(drawings_sheet([drawing(class_name, guess)])).convert("L"))
    return (sheet[16 + TILE_PX + 2 :] < 200).astype(np.uint8)


def test_letters_of_many_languages_are_printed_as_themselves() -> None:
    unknown = words("\U0010ffff")
    assert unknown.any(), "a letter that the font lacks is a box"
    pictures = [words(letter) for letter in "eéñşöŁΩжĞשق"]
    for place, picture in enumerate(pictures):
        assert not np.array_equal(picture, unknown)
        assert not any(np.array_equal(picture, other) for other in pictures[:place])


@pytest.mark.parametrize(
    ("name", "is_cut"),
    [("automobile", False), ("i" * 20, False), ("W" * 13, True), ("i" * 60, True), ("Щ" * 60, True), ("a" * 999, True)],
)
def test_names_are_cut_by_their_width(name: str, is_cut: bool) -> None:
    font = ImageFont.truetype(FONT, TYPE_PX)
    for before in ("", "read: "):
        shown = sheet_module._shortened(before, name, font)
        assert shown == (name if not is_cut else shown.rstrip("…") + "…")
        assert font.getlength(before + shown) <= TILE_PX
        if is_cut:
            assert font.getlength(before + shown + name[0]) > TILE_PX - font.getlength("…"), "no room is wasted"


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=60) | st.sampled_from(["a\nb\nc\nd", "W" * 40, "Z" + "\u0301" * 30, "", "ق" * 40]))
def test_words_stay_below_their_drawing(name: str) -> None:
    ink = words(name, name)
    assert not ink[:, :16].any()
    assert not ink[:, 16 + TILE_PX :].any()
    assert not ink[1 + 2 * LINE_PX :].any()


def test_an_empty_sheet_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one"):
        drawings_sheet([])


def test_the_zip_has_a_folder_for_each_class_and_the_pixels_as_they_are() -> None:
    drawings = [drawing("7", seed=1), drawing("../up", seed=2), drawing("7", seed=3)]
    with zipfile.ZipFile(io.BytesIO(drawings_zip(drawings))) as archive:
        names = archive.namelist()
        assert [name.split("/")[0] for name in names] == ["7", "___up", "7"]
        for name, one in zip(names, drawings, strict=True):
            np.testing.assert_array_equal(np.asarray(opened(archive.read(name))), one.image[..., 0])
    assert drawings_zip(drawings) == drawings_zip(drawings)


@settings(max_examples=40)
@given(st.lists(st.text(max_size=8), max_size=6))
def test_no_name_leaves_the_folder_and_no_two_classes_share_one(names: list[str]) -> None:
    folders = class_folders(names)
    assert set(folders) == set(names)
    assert len({folder.lower() for folder in folders.values()}) == len(set(names))
    for folder in folders.values():
        assert folder.strip() == folder != ""
        assert not set(folder) & set("/\\:.\0\n")
