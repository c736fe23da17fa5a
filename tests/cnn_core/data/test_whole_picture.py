"""A picture of which nothing is cut away: a network that judges it gets what it would have learned from."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image

from cnn_core.data.image_file import KEPT_SIDE, Picture, read_picture, read_whole_picture
from cnn_core.data.image_fit import fit_whole_picture, middle_square
from cnn_core.data.own.fitting import Fit, fit_file
from cnn_core.errors import ClassroomError

CELL = np.random.default_rng(3).integers(0, 256, (60, 84, 3), np.uint8)


def png(pixels: np.ndarray) -> bytes:
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "PNG")
    return file.getvalue()


@pytest.mark.parametrize("shape", [(64, 64, 3), (64, 64, 1), (16, 40, 3)])
@pytest.mark.parametrize("keeps_aspect", [True, False])
def test_a_judged_image_is_made_just_as_an_imported_one(shape: tuple[int, int, int], keeps_aspect: bool) -> None:
    judged = fit_whole_picture(read_whole_picture(png(CELL)), shape, keeps_aspect=keeps_aspect)
    np.testing.assert_array_equal(judged.pixels, fit_file(png(CELL), Fit(shape, keeps_aspect)))
    assert ("stretched" in judged.steps[0]) == (not keeps_aspect)


def test_nothing_is_cut_away_and_large_pictures_keep_their_proportions() -> None:
    np.testing.assert_array_equal(read_whole_picture(png(CELL)).pixels, CELL)
    large = np.zeros((300, 900, 3), np.uint8)
    large[:, :90] = 255
    kept = read_whole_picture(png(large)).pixels
    assert kept.shape == (round(KEPT_SIDE / 3), KEPT_SIDE, 3)
    assert kept[:, :20].min() == 255, "its left end is still there"
    assert read_whole_picture(png(large), 512).pixels.shape == (171, 512, 3)


def test_the_middle_square_is_that_of_the_other_reader() -> None:
    assert middle_square(read_whole_picture(png(CELL))).steps == read_picture(png(CELL)).steps
    np.testing.assert_array_equal(middle_square(read_whole_picture(png(CELL))).pixels, read_picture(png(CELL)).pixels)


def test_what_fits_already_is_not_touched() -> None:
    fitted = fit_whole_picture(Picture(CELL, ()), (60, 84, 3))
    np.testing.assert_array_equal(fitted.pixels, CELL)
    assert fitted.steps == ()


def test_bad_files_and_networks_with_other_channels_are_refused_in_words() -> None:
    with pytest.raises(ClassroomError, match="empty"):
        read_whole_picture(b"")
    with pytest.raises(ClassroomError, match="damaged"):
        read_whole_picture(png(CELL)[:200])
    with pytest.raises(ClassroomError, match="2 channels"):
        fit_whole_picture(Picture(CELL, ()), (8, 8, 2))
