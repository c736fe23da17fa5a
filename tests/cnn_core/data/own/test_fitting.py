"""Image files of all kinds become images of one size; what is no image becomes a reason in words."""

from __future__ import annotations

import io
import zlib
from contextlib import suppress

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from cnn_core.data.image_file import MOST_PIXELS, Picture
from cnn_core.data.image_fit import fit_whole_picture
from cnn_core.data.own.fitting import BadImageError, Fit, fit_file, fit_pixels, measured_file
from tests.cnn_core.data.own.making import image_bytes

COLOUR = Fit((16, 16, 3))


def saved(image: Image.Image, kind: str, **options: object) -> bytes:
    file = io.BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "BMP", "GIF", "WEBP", "TIFF"])
@pytest.mark.parametrize("mode", ["L", "RGB"])
def test_every_format_in_grey_and_colour(kind: str, mode: str) -> None:
    pixels = fit_file(image_bytes(120, (40, 40), kind, mode), COLOUR)
    assert pixels.shape == (16, 16, 3)
    assert abs(pixels.astype(int) - 120).max() <= 2
    assert fit_file(image_bytes(120, (40, 40), kind, mode), Fit((16, 16, 1))).shape == (16, 16, 1)


@pytest.mark.parametrize("mode", ["1", "P", "LA", "RGBA", "CMYK"])
def test_palettes_opacity_and_print_colours(mode: str) -> None:
    kind = "TIFF" if mode == "CMYK" else "PNG"
    assert (fit_file(image_bytes(255, (8, 8), kind, mode), COLOUR) == 255).all()


def test_what_is_transparent_becomes_white() -> None:
    clear = Image.new("RGBA", (8, 8), (10, 20, 30, 0))
    assert (fit_file(saved(clear, "PNG"), COLOUR) == 255).all()


@pytest.mark.parametrize(
    ("array", "expected"),
    [
        (np.full((8, 8), 257 * 77, np.uint16), 77),
        (np.full((8, 8), 0.5, np.float32), 128),
        (np.full((8, 8), 200.0, np.float32), 200),
        (np.full((8, 8), np.nan, np.float32), 0),
    ],
)
def test_sixteen_bits_and_fractions(array: np.ndarray, expected: int) -> None:
    assert (fit_file(saved(Image.fromarray(array), "TIFF"), COLOUR) == expected).all()


def test_proportions_are_kept_between_black_borders_or_stretched() -> None:
    wide = saved(Image.new("RGB", (40, 10), (200, 100, 50)), "PNG")
    kept = fit_file(wide, COLOUR)
    assert (kept[:6] == 0).all()
    assert (kept[10:] == 0).all()
    assert (kept[6:10] == (200, 100, 50)).all()
    assert (fit_file(wide, Fit((16, 16, 3), keeps_aspect=False)) == (200, 100, 50)).all()


@given(st.integers(1, 60), st.integers(1, 60), st.booleans(), st.sampled_from([1, 3]))
@settings(max_examples=30)
def test_an_uploaded_image_is_fitted_in_the_same_way(width: int, height: int, keeps: bool, channels: int) -> None:
    pixels = np.random.default_rng(width * height).integers(0, 256, (height, width, 3), np.uint8)
    shape = (20, 12, channels)
    theirs = fit_whole_picture(Picture(pixels, ()), shape, keeps_aspect=keeps).pixels
    np.testing.assert_array_equal(fit_pixels(pixels, Fit(shape, keeps)), theirs)
    np.testing.assert_array_equal(fit_file(saved(Image.fromarray(pixels), "PNG"), Fit(shape, keeps)), theirs)


def test_photo_is_turned_as_its_camera_noted() -> None:
    image = Image.new("RGB", (20, 10), "black")
    image.paste("white", (0, 0, 10, 10))
    exif = Image.Exif()
    exif[0x0112] = 6  # a quarter turn to the right
    pixels = fit_file(saved(image, "PNG", exif=exif), Fit((20, 10, 1), keeps_aspect=False))
    assert pixels[0].min() > 200
    assert pixels[-1].max() < 50
    assert measured_file(saved(image, "PNG", exif=exif), COLOUR).original == (20, 10), "the size that people see"


def test_size_before_is_the_file_s_though_large_jpegs_are_unpacked_at_a_part_of_it() -> None:
    assert measured_file(image_bytes(9, (400, 300), "JPEG"), COLOUR).original == (300, 400)


def test_of_moving_images_the_first_one_is_taken() -> None:
    frames = [Image.new("L", (8, 8), value) for value in (40, 200)]
    for kind in ("GIF", "TIFF"):
        data = saved(frames[0], kind, save_all=True, append_images=frames[1:])
        assert (fit_file(data, COLOUR) == 40).all()


def bomb() -> bytes:
    data = bytearray(image_bytes(0, (8, 8)))
    data[16:24] = MOST_PIXELS.to_bytes(4, "big") + (2).to_bytes(4, "big")
    data[29:33] = zlib.crc32(data[12:29]).to_bytes(4, "big")
    return bytes(data)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "empty"),
        (b"not an image", "no image of a format that is read here"),
        (saved(Image.fromarray(np.full((8, 8), 900, np.float32)), "TIFF"), "outside 0 to 255"),
        (b"%PDF-1.4 and so on", "no image of a format that is read here"),
        (saved(Image.effect_noise((60, 60), 90), "PNG")[:-500], "damaged or cut off"),
        (bomb(), "more than 40 million pixels"),
    ],
    ids=["empty", "text", "fractions", "pdf", "cut off", "bomb"],
)
def test_what_is_no_image_becomes_a_reason(data: bytes, reason: str) -> None:
    with pytest.raises(BadImageError, match=reason):
        fit_file(data, COLOUR)


@given(st.sampled_from(["PNG", "JPEG", "GIF", "WEBP", "BMP", "TIFF"]), st.integers(0, 2000), st.binary(max_size=6))
@settings(max_examples=60)
@pytest.mark.filterwarnings("ignore")
def test_damaged_file_is_an_image_or_a_reason(kind: str, place: int, junk: bytes) -> None:
    data = bytearray(image_bytes(9, (20, 20), kind))
    place %= len(data)
    data[place : place + len(junk)] = junk
    with suppress(BadImageError):
        assert fit_file(bytes(data), COLOUR).shape == (16, 16, 3)
