"""Photos of digits on paper, made up, each with its own trouble: what is found is compared with what was written."""

from __future__ import annotations

import io
from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pytest
from PIL import Image

from cnn_core.data.image_file import read_whole_picture
from cnn_core.drawing.photo import PhotoInk, ink_of_photo
from tests.cnn_core.drawing.photos import Scene, photo_of, photo_of_two, written

CLEAN = Scene()
TROUBLES = {
    "clean": CLEAN,
    "one lamp": replace(CLEAN, gradient=0.5),
    "a hard shadow across it": replace(CLEAN, shadow=0.5, shadow_edge_px=2),
    "a soft shadow": replace(CLEAN, shadow=0.55, shadow_edge_px=30, shadow_degrees=200),
    "blurred and noisy": replace(CLEAN, blur_px=2.0, noise=0.04, quality=60),
    "a dark room and a pencil": replace(CLEAN, paper=0.45, ink=0.22, noise=0.01),
    "ruled paper": replace(CLEAN, ruled_px=45, turn_degrees=6, rule_strength=0.95),
    "small, in a corner": replace(CLEAN, digit_px=80, row=70, column=250, gradient=0.3),
}


def three() -> npt.NDArray[np.uint8]:
    """A 3 of two bows, in the data sets' 28 × 28 pixels."""
    digit = np.zeros((28, 28), np.float64)
    rows, columns = np.mgrid[0:28, 0:28]
    for middle, radius in ((9.0, 4.5), (18.5, 5.0)):
        ring = np.abs(np.hypot(rows - middle, columns - 13.0) - radius)
        digit = np.maximum(digit, np.clip(2.0 - ring, 0, 1) * ((columns > 11) | (np.abs(rows - 14) > 7)))
    return np.rint(255 * digit).astype(np.uint8)


def overlap(found: PhotoInk, scene: Scene) -> float:
    """Ink that was written and found, as a share of what was written or found."""
    sheet = Image.fromarray(np.rint(255 * written(three(), scene)).astype(np.uint8)).resize((256, 256))
    truth, ink = np.asarray(sheet) > 127, found.subject.ink > 0.5
    return float((truth & ink).sum() / (truth | ink).sum())


@pytest.mark.parametrize("scene", TROUBLES.values(), ids=TROUBLES)
def test_the_ink_is_found_under_every_light(scene: Scene) -> None:
    found = ink_of_photo(photo_of(three(), scene))
    assert found.digits == 1
    assert overlap(found, scene) > 0.75
    assert ("ruled lines were taken out" in found.notes) == bool(scene.ruled_px)


def test_chalk_on_a_board_is_ink_too() -> None:
    found = ink_of_photo(255 - photo_of(three(), replace(CLEAN, gradient=0.3)))
    assert found.notes[0] == "light ink on a dark ground"
    assert overlap(found, CLEAN) > 0.75


def test_specks_are_taken_out() -> None:
    photo = photo_of(three(), CLEAN).copy()
    photo[20:26, 30:36] = photo[290:294, 280:290] = 30
    found = ink_of_photo(photo)
    assert "specks were taken out" in found.notes
    assert overlap(found, CLEAN) > 0.75


def test_of_two_digits_the_larger_one_is_taken() -> None:
    scene = replace(CLEAN, column=110)
    found = ink_of_photo(photo_of_two(three(), three(), scene))
    assert found.digits == 2
    assert overlap(found, scene) > 0.75


def test_a_detached_bar_belongs_to_its_digit() -> None:
    digit = np.zeros((28, 28), np.uint8)
    digit[4:7, 8:20] = 255  # the bar of a 5
    digit[9:24, 8:11] = 255
    digit[21:24, 8:18] = 255
    ink = ink_of_photo(photo_of(digit, CLEAN)).subject.ink
    assert ink[:102].any()
    assert ink[112:].any()


@pytest.mark.parametrize("noise", [0.0, 0.02])
def test_blank_paper_has_no_ink(noise: float) -> None:
    found = ink_of_photo(photo_of(np.zeros((28, 28), np.uint8), replace(CLEAN, gradient=0.4, noise=noise)))
    assert found.subject.is_empty
    assert found.digits == 0


def test_a_sheet_lying_on_a_dark_table_is_not_the_digit() -> None:
    photo = photo_of(three(), CLEAN).copy()
    photo[:, :20] = photo[:12] = 25
    assert overlap(ink_of_photo(photo), CLEAN) > 0.7


def test_a_photo_is_turned_as_the_camera_noted() -> None:
    upright = photo_of(three(), CLEAN)
    exif = Image.Exif()
    exif[0x0112] = 6  # "turn it a quarter to the right"
    file = io.BytesIO()
    Image.fromarray(np.rot90(upright)).save(file, "JPEG", quality=92, exif=exif)
    assert overlap(ink_of_photo(read_whole_picture(file.getvalue()).pixels), CLEAN) > 0.75


def test_only_photos_in_colour_are_taken() -> None:
    with pytest.raises(ValueError, match=r"\(height, width, 3\) uint8"):
        ink_of_photo(np.zeros((5, 5), np.uint8))
