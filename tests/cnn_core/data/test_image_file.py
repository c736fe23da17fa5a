"""Pictures from files, good and hostile, and what a network gets to see of them."""

from __future__ import annotations

import io
import struct
import warnings
import zlib
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from cnn_core.data import image_file
from cnn_core.data.generated_image import generated_image
from cnn_core.data.image_file import Picture, read_picture
from cnn_core.data.image_fit import fit_picture, has_light_background
from cnn_core.drawing import preprocess_drawing
from cnn_core.errors import ClassroomError

RNG = np.random.default_rng(5)
COLOURS = RNG.integers(0, 256, (20, 20, 3), np.uint8)
GREYS = RNG.integers(0, 256, (28, 28), np.uint8)


def file_of(image: Image.Image, kind: str = "PNG", **more: Any) -> bytes:
    """Write an image as a file's bytes."""
    file = io.BytesIO()
    image.save(file, kind, **more)
    return file.getvalue()


def picture_of(grey: np.ndarray) -> Picture:
    """What is kept of a grey picture."""
    return Picture(np.repeat(grey[..., np.newaxis].astype(np.uint8), 3, axis=2), ())


def png_with_head(width: int, height: int) -> bytes:
    """A PNG file of a few dozen bytes that claims any size."""
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)

    def chunk(name: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"\0" * 99)) + chunk(b"IEND", b"")


# --- formats ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("kind", "more"), [("PNG", {}), ("BMP", {}), ("WEBP", {"lossless": True})])
def test_a_small_square_comes_through_pixel_by_pixel(kind: str, more: dict[str, Any]) -> None:
    picture = read_picture(file_of(Image.fromarray(COLOURS), kind, **more))
    assert picture.pixels.dtype == np.uint8
    np.testing.assert_array_equal(picture.pixels, COLOURS)
    assert picture.steps == ()


def test_jpeg_is_read_in_its_colours_also_from_cmyk() -> None:
    orange = Image.new("RGB", (40, 40), (230, 120, 20))
    for image in (orange, orange.convert("CMYK")):
        pixels = read_picture(file_of(image, "JPEG", quality=95)).pixels
        assert abs(pixels[20, 20].astype(int) - [230, 120, 20]).max() < 6


def test_a_large_jpeg_is_shrunk_to_what_is_kept_and_keeps_its_middle() -> None:
    halves = np.zeros((3000, 4000, 3), np.uint8)
    halves[:, 2000:] = 200
    picture = read_picture(file_of(Image.fromarray(halves), "JPEG"))
    assert picture.pixels.shape == (256, 256, 3)
    assert picture.steps == ("cut to the middle square",)
    assert picture.pixels[:, :120].max() < 12
    assert picture.pixels[:, 136:].min() > 188


def test_more_pixels_are_kept_for_a_network_that_takes_more() -> None:
    assert read_picture(file_of(Image.new("L", (600, 600))), side=400).pixels.shape == (400, 400, 3)


def test_of_a_moving_gif_the_first_picture_is_taken() -> None:
    frames = [Image.new("L", (9, 9), level) for level in (50, 150)]
    pixels = read_picture(file_of(frames[0], "GIF", save_all=True, append_images=frames[1:])).pixels
    assert np.unique(pixels).tolist() == [50]


def test_a_palette_is_looked_up_and_what_is_transparent_becomes_white() -> None:
    image = Image.fromarray(np.array([[0, 1], [2, 0]], np.uint8)).convert("P")
    image.putpalette([10, 20, 30, 40, 50, 60, 70, 80, 90])
    pixels = read_picture(file_of(image, transparency=2)).pixels
    assert pixels.tolist() == [[[10, 20, 30], [40, 50, 60]], [[255, 255, 255], [10, 20, 30]]]


def test_half_transparent_black_becomes_grey() -> None:
    assert read_picture(file_of(Image.new("RGBA", (3, 3), (0, 0, 0, 128)))).pixels[0, 0].tolist() == [127] * 3


def test_sixteen_bits_are_scaled_and_not_cut_off() -> None:
    ramp = np.array([[0, 257 * 100], [257 * 200, 65535]], np.uint16)
    assert read_picture(file_of(Image.fromarray(ramp))).pixels[..., 0].tolist() == [[0, 100], [200, 255]]


def test_one_bit_and_one_pixel_are_pictures_too() -> None:
    assert read_picture(file_of(Image.new("1", (1, 1), 1))).pixels.tolist() == [[[255, 255, 255]]]


def test_a_photo_is_turned_as_its_camera_noted() -> None:
    corner = np.zeros((16, 16), np.uint8)
    corner[:8, :8] = 255
    exif = Image.Exif()
    exif[0x0112] = 6  # turn it by a quarter clockwise to see it upright
    pixels = read_picture(file_of(Image.fromarray(corner), "PNG", exif=exif)).pixels[..., 0]
    assert pixels[2, 13] == 255
    assert pixels[2, 2] == 0


# --- hostile files ------------------------------------------------------------------------------------------------


def refusal(data: bytes) -> ClassroomError:
    """The one sentence, with its remedy, that a file is refused with."""
    with pytest.raises(ClassroomError) as caught:
        read_picture(data)
    assert caught.value.problem.endswith(".")
    assert caught.value.remedy
    return caught.value


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "empty"),
        (b"<svg onload='alert(1)'/>", "no picture that can be read"),
        (bytes(image_file.MOST_BYTES + 1), "10.0 MB; 10 MB are the most"),
        (png_with_head(0, 5), "picture"),
    ],
)
def test_what_is_no_picture_is_refused(data: bytes, words: str) -> None:
    assert words in refusal(data).problem


def test_formats_that_are_not_named_are_refused() -> None:
    for kind in ("PPM", "ICO", "TGA"):
        assert "HEIC" in refusal(file_of(Image.new("L", (16, 16)), kind)).remedy


@pytest.mark.parametrize("size", [(6325, 6325), (30_000, 30_000), (2**31 - 1, 2**31 - 1)])
def test_a_bomb_is_refused_before_it_is_unpacked(size: tuple[int, int], monkeypatch: pytest.MonkeyPatch) -> None:
    def explode(_image: object) -> None:
        raise AssertionError("unpacked")

    monkeypatch.setattr("PIL.ImageFile.ImageFile.load", explode)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # as in the running app, where Pillow only warns of a picture twice the limit
        assert "more than 40 million pixels" in refusal(png_with_head(*size)).problem


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "GIF", "WEBP", "BMP", "TIFF"])
def test_a_file_that_is_cut_off_is_refused_or_read_but_never_breaks(kind: str) -> None:
    whole = file_of(Image.fromarray(RNG.integers(0, 256, (30, 30, 3), np.uint8)), kind)
    assert "damaged" in refusal(whole[: len(whole) * 2 // 3]).problem
    for length in range(1, len(whole), max(1, len(whole) // 25)):
        read_or_refuse(whole[:length])


WHOLE = [
    file_of(Image.fromarray(COLOURS), "PNG", exif=Image.Exif()),
    file_of(Image.fromarray(COLOURS), "JPEG", exif=Image.Exif()),
    file_of(Image.fromarray(COLOURS), "WEBP"),
    file_of(Image.fromarray(COLOURS).quantize(8), "GIF"),
    file_of(Image.fromarray(COLOURS).quantize(8), "BMP"),
    file_of(Image.fromarray(COLOURS), "TIFF"),
    file_of(Image.fromarray(COLOURS), "TIFF", compression="tiff_lzw"),
]


def read_or_refuse(data: bytes) -> None:
    try:
        picture = read_picture(data)
    except ClassroomError:
        refusal(data)
        return
    assert picture.pixels.dtype == np.uint8
    assert picture.pixels.shape[0] == picture.pixels.shape[1] > 0


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(WHOLE), st.lists(st.tuples(st.integers(0, 4000), st.integers(0, 255)), min_size=1, max_size=8))
def test_random_damage_is_read_or_refused(whole: bytes, damage: list[tuple[int, int]]) -> None:
    broken = bytearray(whole)
    for place, byte in damage:
        broken[place % len(broken)] = byte
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        read_or_refuse(bytes(broken))


@settings(max_examples=40, deadline=None)
@given(
    st.binary(max_size=200),
    st.sampled_from([b"", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff\xe0", b"GIF89a", b"BM", b"II*\0\x08\0\0\0"]),
)
def test_random_bytes_are_read_or_refused(noise: bytes, start: bytes) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Pillow warns of a TIFF that ends in the middle of a list
        read_or_refuse(start + noise)


# --- fitted to a network ------------------------------------------------------------------------------------------


def test_an_image_of_a_data_set_comes_back_as_it_was() -> None:
    picture = read_picture(file_of(Image.fromarray(GREYS)))
    fitted = fit_picture(picture, (28, 28, 1))
    np.testing.assert_array_equal(fitted.pixels[..., 0], GREYS)
    assert fitted.steps == ()


def test_what_was_done_is_said_in_order() -> None:
    photo = np.full((30, 60, 3), (250, 240, 230), np.uint8)
    fitted = fit_picture(read_picture(file_of(Image.fromarray(photo))), (14, 14, 1), is_light_on_dark=True)
    assert ", ".join(fitted.steps) == (
        "cut to the middle square, made grey, scaled to 14×14, inverted because the background is light"
    )
    assert np.unique(fitted.pixels).tolist() == [255 - 242]  # 0.299 · 250 + 0.587 · 240 + 0.114 · 230 = 241.8


def test_shrinking_takes_the_mean_and_loses_no_fine_line() -> None:
    stripes = picture_of(np.tile(np.array([0, 200]), (64, 32)))
    assert fit_picture(stripes, (8, 8, 1)).pixels[2:-2, 2:-2].tolist() == [[[100]] * 4] * 4


@pytest.mark.parametrize("shape", [(1, 1, 1), (5, 9, 3), (40, 12, 1), (64, 64, 3)])
def test_every_shape_is_met(shape: tuple[int, int, int]) -> None:
    fitted = fit_picture(Picture(COLOURS, ()), shape)
    assert (fitted.pixels.shape, fitted.pixels.dtype) == (shape, np.uint8)
    assert ("cut to the network’s proportions" in fitted.steps) == (shape[0] != shape[1])
    is_larger = max(shape[:2]) > 20
    assert fitted.steps[-1] == f"{'enlarged' if is_larger else 'scaled'} to {shape[0]}×{shape[1]}"


def test_a_picture_on_black_is_not_inverted() -> None:
    dark = fit_picture(picture_of(np.full((8, 8), 20)), (8, 8, 1), is_light_on_dark=True)
    assert dark.pixels.max() == 20
    assert not dark.steps


def test_networks_with_other_channels_say_so() -> None:
    with pytest.raises(ClassroomError, match="with 2 channels"):
        fit_picture(Picture(COLOURS, ()), (8, 8, 2))


def test_the_background_is_that_of_the_rim() -> None:
    light = np.full((6, 6, 1), 255, np.uint8)
    light[1:-1, 1:-1] = 0
    assert has_light_background(light)
    assert not has_light_background(255 - light)
    assert not has_light_background(np.stack([light, 255 - light, 255 - light]))


def canvas_with_a_seven(paper: int, ink: int) -> np.ndarray:
    grey = np.full((200, 200), paper, np.float64)
    grey[40:54, 60:150] = ink
    for row in range(54, 160):
        column = int(145 - (row - 54) * 0.5)
        grey[row, column - 14 : column] = ink
    return grey


def test_a_photo_of_a_digit_becomes_what_a_drawing_of_it_would() -> None:
    clean = canvas_with_a_seven(255, 0)
    rgba = np.dstack([clean.astype(np.uint8)] * 3 + [np.full((200, 200), 255, np.uint8)])
    drawing = preprocess_drawing(rgba)
    assert drawing is not None
    # Paper under a lamp at one side: on the far side it is as dark as half grey, and the camera adds noise.
    lamp = np.linspace(1.0, 0.55, 200)[np.newaxis, :] * np.linspace(1.0, 0.8, 200)[:, np.newaxis]
    for seed in range(40):
        noise = np.random.default_rng(seed).normal(0, 3, (200, 200))
        photo = np.clip(canvas_with_a_seven(235, 45) * lamp + noise, 0, 255)
        fitted = fit_picture(picture_of(photo), (28, 28, 1), is_light_on_dark=True, is_digit=True)
        assert "strokes found" in fitted.steps[-1]
        assert np.corrcoef(fitted.pixels.ravel(), drawing.network_input.ravel())[0, 1] > 0.98, seed


def test_chalk_on_a_board_is_found_too_and_blank_paper_has_no_strokes() -> None:
    chalk = fit_picture(picture_of(canvas_with_a_seven(40, 220)), (28, 28, 1), is_light_on_dark=True, is_digit=True)
    assert "strokes found" in chalk.steps[-1]
    assert not has_light_background(chalk.pixels)
    blank = fit_picture(picture_of(np.full((90, 90), 240)), (28, 28, 1), is_light_on_dark=True, is_digit=True)
    assert blank.steps == ("scaled to 28×28", "inverted because the background is light")


# --- generated ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("shape", [(28, 28, 1), (32, 32, 3), (7, 20, 2), (1, 1, 1)])
def test_generated_images_are_the_same_for_the_same_seed_only(shape: tuple[int, int, int]) -> None:
    first, again, other = (generated_image(shape, seed) for seed in (4, 4, 5))
    assert (first.shape, first.dtype) == (shape, np.uint8)
    np.testing.assert_array_equal(first, again)
    assert (first != other).any()


@pytest.mark.parametrize("seed", range(12))
def test_generated_images_have_edges_an_even_disc_and_a_gradient(seed: int) -> None:
    image = generated_image((64, 64, 1), seed)[..., 0].astype(int)
    levels, counts = np.unique(image, return_counts=True)
    assert len(levels) > 40, "a gradient has many levels"
    assert (counts > 200).sum() >= 2, "square and disc are even"
    assert abs(np.diff(image)).max() >= 60, "an edge is a jump"
