"""Answers are read as people write them, and nothing else is taken for one."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnn_core.architecture.spec import shape_text
from cnn_core.errors import ClassroomError
from cnn_core.exercises.typed_answer import read_number, read_shapes

SEPARATORS = ["x", "X", "×", "*", ",", ", ", " x ", " × ", " ", "  ", ";", "/", " by "]


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("416", 416),
        (" 416 ", 416),
        ("1,234", 1234),
        ("1.234", 1234),
        ("1 234", 1234),
        ("1\N{NO-BREAK SPACE}234", 1234),
        ("1'234'567", 1234567),
        ("1_234", 1234),
        ("= 26", 26),
        ("≈26", 26),
        ("26.", 26),
        ("26.0", 26),
        ("26 pixels", 26),
        ("903,168 multiply-adds", 903168),
        ("(26)", 26),
        ("0", 0),
    ],
)
def test_a_number_may_be_written_in_many_ways(text: str, number: int) -> None:
    assert read_number(text) == number


@pytest.mark.parametrize(
    "text",
    ["abc", "2.5", "1,23", "12,34", "1,234.5", "1.234,567", "-3", "3x", "x3", "3 4", "1e3", "26 2", "½", "²", "3+4"],
)
def test_what_is_no_whole_number_is_refused_in_one_sentence(text: str) -> None:
    with pytest.raises(ClassroomError, match="is not a whole number"):
        read_number(text)


@pytest.mark.parametrize("read", [read_number, read_shapes])
@pytest.mark.parametrize("text", ["", "   ", "\n"])
def test_nothing_is_not_an_answer(read: object, text: str) -> None:
    with pytest.raises(ClassroomError, match="no answer yet"):
        read(text)  # type: ignore[operator]


@pytest.mark.parametrize("read", [read_number, read_shapes])
def test_a_long_text_is_refused_without_being_repeated(read: object) -> None:
    with pytest.raises(ClassroomError, match="too long") as caught:
        read("1 " * 5000)  # type: ignore[operator]
    assert len(str(caught.value)) < 100


@given(st.lists(st.integers(1, 9999), min_size=1, max_size=3), st.sampled_from(SEPARATORS))
def test_a_shape_is_read_back_however_it_is_written(sizes: list[int], separator: str) -> None:
    assert tuple(sizes) in read_shapes(separator.join(map(str, sizes)))
    assert tuple(sizes) in read_shapes(shape_text(tuple(sizes)))


@pytest.mark.parametrize(
    ("text", "shape"),
    [
        ("(26, 26, 16)", (26, 26, 16)),
        ("[26,26,16]", (26, 26, 16)),
        ("None, 26, 26, 16", (26, 26, 16)),
        ("(None, 26, 26, 16)", (26, 26, 16)),
        ("? x 26 x 26 x 16", (26, 26, 16)),
        ("26x26x1,024", (26, 26, 1024)),
        ("26 x 26 x 16 channels", (26, 26, 16)),
        ("5408", (5408,)),
        ("5,408", (5408,)),
        ("(5408,)", (5408,)),
        ("5408 numbers", (5408,)),
        ("128,128,128", (128, 128, 128)),
    ],
)
def test_a_shape_may_be_written_in_many_ways(text: str, shape: tuple[int, ...]) -> None:
    assert shape in read_shapes(text)


@pytest.mark.parametrize("text", ["abc", "26xbx16", "26..26", "-26x26", "26x26x", "x26", "2.5x3", "26+26", "ab 26"])
def test_what_is_no_shape_is_refused_in_one_sentence(text: str) -> None:
    with pytest.raises(ClassroomError, match="is not a shape"):
        read_shapes(text)


@given(st.text(alphabet=st.characters() | st.sampled_from("0123456789 ×x,.()"), max_size=80))
def test_any_text_is_read_or_refused(text: str) -> None:
    for read in (read_number, read_shapes):
        with suppress(ClassroomError):
            assert read(text) is not None  # type: ignore[operator]
