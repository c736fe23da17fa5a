"""TIFF files, and grey pictures of more than 8 bits: both readers, that of pictures and that of data sets, agree."""

from __future__ import annotations

import io
import struct
import zlib
from typing import Any

import numpy as np
import pytest
from PIL import Image, TiffImagePlugin

from cnn_core.data import image_file
from cnn_core.data.image_file import FORMAT_WORDS, FORMATS, SUFFIXES, read_picture, read_whole_picture
from cnn_core.data.own.fitting import BadImageError, Fit, fit_file, measured_file
from cnn_core.data.tiff_limits import MOST_NUMBERS
from cnn_core.errors import ClassroomError

RNG = np.random.default_rng(8)
COLOURS = RNG.integers(0, 256, (20, 20, 3), np.uint8)


def file_of(pixels: np.ndarray, kind: str = "TIFF", **more: Any) -> bytes:
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, kind, **more)
    return file.getvalue()


def greys(data: bytes) -> list[list[int]]:
    """What both readers make of a grey square."""
    pixels = read_picture(data).pixels
    np.testing.assert_array_equal(pixels, read_whole_picture(data).pixels)
    np.testing.assert_array_equal(pixels, fit_file(data, Fit(pixels.shape)))
    assert (pixels == pixels[..., :1]).all()
    return pixels[..., 0].tolist()


def tiff(entries: dict[int, tuple[int, int, int]], blob: bytes = b"") -> bytes:
    """A TIFF of entries (kind, count, value); a value of -1 is the place of the blob behind them."""
    place = 8 + 2 + 12 * len(entries) + 4
    body = b"".join(
        struct.pack("<HHII", tag, kind, count, place if value < 0 else value)
        for tag, (kind, count, value) in sorted(entries.items())
    )
    return struct.pack("<2sHIH", b"II", 42, 8, len(entries)) + body + bytes(4) + blob


def described(width: int, height: int, bits: int = 8, compression: int = 1) -> dict[int, tuple[int, int, int]]:
    numbers = {256: width, 257: height, 258: bits, 259: compression, 262: 1, 277: 1, 278: height, 279: 100}
    return {tag: (4, 1, value) for tag, value in numbers.items()} | {258: (3, 1, bits), 273: (4, 1, -1)}


# --- more than 8 bits ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["TIFF", "PNG"])
@pytest.mark.parametrize(
    ("numbers", "expected", "bits"),
    [
        ([[0, 2048], [1024, 4095]], [[0, 127], [63, 255]], 12),
        ([[0, 256], [0, 256]], [[0, 15], [0, 15]], 12),
        ([[0, 4096], [257, 257]], [[0, 15], [1, 1]], 16),
        ([[0, 25700], [51400, 65535]], [[0, 100], [200, 255]], 16),
        ([[0, 200], [7, 255]], [[0, 200], [7, 255]], 8),
        ([[0, 0], [0, 0]], [[0, 0], [0, 0]], 8),
    ],
)
def test_white_is_that_of_8_12_or_16_bits(
    kind: str, numbers: list[list[int]], expected: list[list[int]], bits: int
) -> None:
    data = file_of(np.array(numbers, np.uint16), kind)
    assert greys(data) == expected
    assert read_picture(data).steps == (() if bits == 16 else (f"taken to have {bits} bits a pixel",))
    assert measured_file(data, Fit((2, 2, 1))).taken_bits == bits


def test_whole_numbers_of_32_bits_are_scaled_too_and_cut_off_at_both_ends() -> None:
    assert greys(file_of(np.array([[-5, 4095], [0, 2048]], np.int32))) == [[0, 255], [0, 127]]
    assert greys(file_of(np.array([[-5, 2**31 - 1], [0, 25700]], np.int32))) == [[0, 255], [0, 100]]


@pytest.mark.parametrize(("named", "expected"), [(65535, 11), (4095, 186), (3500, 186), (2**32 - 1, 11)])
def test_a_tiff_that_names_its_white_is_believed(named: int, expected: int) -> None:
    tags = TiffImagePlugin.ImageFileDirectory_v2()
    tags[281] = named
    tags.tagtype[281] = 4
    assert greys(file_of(np.full((4, 4), 3000, np.uint16), tiffinfo=tags)) == [[expected] * 4] * 4


def test_a_dark_tiff_with_12_bits_a_pixel_stays_dark() -> None:
    # Two numbers of 12 bits in three bytes: 160 and 80, which would be taken for 8 bits in a file of 16.
    data = tiff(described(2, 2, bits=12), bytes([0x0A, 0x00, 0x50] * 2))
    assert greys(data) == [[160 * 255 // 4095, 80 * 255 // 4095]] * 2


def test_a_dark_tiff_is_scaled_alike_when_it_is_turned() -> None:
    tags = TiffImagePlugin.ImageFileDirectory_v2()
    tags[281], tags[274] = 65535, 6
    tags.tagtype[281], tags.tagtype[274] = 4, 3
    data = file_of(np.array([[2570, 257], [257, 257], [257, 257]], np.uint16), tiffinfo=tags)
    assert read_whole_picture(data).pixels[..., 0].tolist() == [[1, 1, 10], [1, 1, 1]]
    assert measured_file(data, Fit((2, 3, 1))).original == (2, 3)
    assert measured_file(data, Fit((2, 3, 1))).pixels[..., 0].tolist() == [[1, 1, 10], [1, 1, 1]]


def test_fractions_are_scaled_or_refused_in_words() -> None:
    assert greys(file_of(np.array([[0, 0.5], [1, 0.2]], np.float32))) == [[0, 128], [255, 51]]
    assert greys(file_of(np.array([[0, 77], [200, 3]], np.float32))) == [[0, 77], [200, 3]]
    outside = file_of(np.full((2, 2), 900, np.float32))
    with pytest.raises(ClassroomError, match="outside 0 to 255") as caught:
        read_picture(outside)
    assert "8 bits" in caught.value.remedy
    with pytest.raises(BadImageError, match="outside 0 to 255"):
        fit_file(outside, Fit((2, 2, 1)))


# --- TIFF ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("compression", [None, "tiff_lzw", "tiff_adobe_deflate", "packbits"])
@pytest.mark.parametrize("big_tiff", [False, True])
def test_a_tiff_comes_through_pixel_by_pixel(compression: str | None, big_tiff: bool) -> None:
    more = {"compression": compression} if compression else {}
    data = file_of(COLOURS, big_tiff=big_tiff, **more)
    np.testing.assert_array_equal(read_picture(data).pixels, COLOURS)
    deep = file_of(np.array([[0, 25700], [51400, 65535]], np.uint16), big_tiff=big_tiff, **more)
    assert greys(deep) == [[0, 100], [200, 255]]


def test_of_several_pages_the_first_is_taken() -> None:
    pages = [Image.new("L", (9, 9), level) for level in (50, 150)]
    file = io.BytesIO()
    pages[0].save(file, "TIFF", save_all=True, append_images=pages[1:])
    assert np.unique(read_picture(file.getvalue()).pixels).tolist() == [50]


def test_every_format_is_named_to_people_and_to_the_browser() -> None:
    assert FORMAT_WORDS == "PNG, JPEG, GIF, WebP, BMP or TIFF"
    assert all(name in FORMAT_WORDS.upper() for name in FORMATS)
    known = Image.registered_extensions()
    assert {known[f".{suffix}"] for suffix in SUFFIXES} == set(FORMATS)


def refusal(data: bytes) -> str:
    """The sentence of the reader of pictures; that of data sets refuses the file, too."""
    with pytest.raises(BadImageError):
        fit_file(data, Fit((4, 4, 1)))
    with pytest.raises(ClassroomError) as caught:
        read_picture(data)
    return caught.value.problem


@pytest.mark.parametrize("compression", [5, 8, 7, 34712])
def test_a_tiff_of_rubbish_is_refused_in_a_sentence(compression: int) -> None:
    problem = refusal(tiff(described(16, 16, compression=compression), b"\x81\xff" * 50))
    assert "damaged" in problem


@pytest.mark.parametrize(
    "changes",
    [
        {258: (2, 1, 0)},
        {256: (5, 1, -1)},
        {273: (4, 1, 9_999_999)},
        {259: (3, 1, 999)},
        {322: (11, 1, 1), 323: (3, 1, 1)},
    ],
    ids=["bits in letters", "width is a fraction", "pixels beyond the end", "no such compression", "tile of fractions"],
)
def test_damaged_tags_are_refused_in_a_sentence(changes: dict[int, tuple[int, int, int]]) -> None:
    assert "damaged" in refusal(tiff(described(16, 16) | changes, bytes(100)))


def test_a_small_picture_in_a_huge_tile_is_refused_before_it_is_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(TiffImagePlugin.TiffImageFile, "load", lambda _image: pytest.fail("unpacked"))
    packed = zlib.compress(bytes(1000))
    tile = {322: (4, 1, 40_000), 323: (4, 1, 40_000), 324: (4, 1, -1), 325: (4, 1, len(packed))}
    entries = {tag: entry for tag, entry in described(16, 16, compression=8).items() if tag not in (273, 278, 279)}
    assert "more than 40 million pixels" in refusal(tiff(entries | tile, packed))


@pytest.mark.parametrize("size", [(6325, 6325), (2**31 - 1, 2**31 - 1)])
def test_a_tiff_that_claims_too_many_pixels_is_refused(size: tuple[int, int]) -> None:
    assert "more than 40 million pixels" in refusal(tiff(described(*size), bytes(100)))


def test_endless_lists_are_refused_before_they_are_read(monkeypatch: pytest.MonkeyPatch) -> None:
    count = MOST_NUMBERS + 1
    data = tiff(described(16, count) | {273: (4, count, -1)}, struct.pack("<I", 8) * count)
    monkeypatch.setattr(image_file.Image, "open", lambda *_, **__: pytest.fail("read"))
    assert "no picture that can be read" in refusal(data)
    big = struct.pack("<2sHHHQQ", b"II", 43, 8, 0, 16, 1) + struct.pack("<HHQQ", 273, 16, count, 8)
    assert "no picture that can be read" in refusal(big)


def test_long_texts_are_no_endless_lists() -> None:
    tags = TiffImagePlugin.ImageFileDirectory_v2()
    tags[700] = bytes(2 * MOST_NUMBERS)  # what editors note of a picture
    np.testing.assert_array_equal(read_picture(file_of(COLOURS, tiffinfo=tags)).pixels, COLOURS)
