"""Drawings to take along: the sheet shows each of them, and the zip comes back as the same images."""

from __future__ import annotations

import io
import zipfile

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from cnn_core.correction.sheet import COLUMNS, class_folders, drawings_sheet, drawings_zip
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
