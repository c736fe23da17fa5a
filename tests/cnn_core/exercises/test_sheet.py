"""Sheets on paper: read as HTML, with their pictures taken out again."""

from __future__ import annotations

import base64
import io
import re
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from cnn_core.exercises import Picture, subject_of
from cnn_core.exercises.sheet import exercise_sheets, picture_pixels, sheet_exercises
from cnn_core.exercises.sheet_style import SHEET_STYLE
from tests.cnn_core.exercises.networks import NAMES, network_of, seeing
from tests.cnn_core.export.test_report import EVIL, Reader

TABLES = {
    "amount": np.stack([np.arange(256)] * 3, axis=1).astype(np.uint8),
    "diverging": np.concatenate(
        [np.linspace([0, 0, 255], [255, 255, 255], 129), np.linspace([255, 255, 255], [255, 128, 0], 129)[1:]]
    ).astype(np.uint8),
}


def page(numbers: tuple[int, ...] = (1, 2), count: int = 8, title: str = "Small network") -> str:
    return exercise_sheets(seeing(), title, numbers, count, TABLES)


def sections(html: str) -> dict[str, str]:
    found = re.findall(r'<section class="page \w+" id="([\w-]+)">(.*?)</section>', html, re.DOTALL)
    return dict(found)


def items(section: str) -> list[str]:
    return re.findall(r"<li>(.*?)</li>", section, re.DOTALL)


def words(html: str) -> str:
    return " ".join(Reader(f"<div>{html}</div>").text.split())


def test_the_page_is_well_formed_and_runs_and_fetches_nothing() -> None:
    read = Reader(page())
    assert read.open == []
    assert not {tag for tag, _ in read.tags} & {"script", "link", "iframe", "object", "form", "base"}
    for _, attributes in read.tags:
        assert not [name for name in attributes if name.startswith("on")]
        assert (attributes.get("src") or "data:").startswith("data:image/png;base64,") or "src" not in attributes
    assert "url(" not in SHEET_STYLE


def test_questions_come_first_and_all_solutions_last_on_pages_of_their_own() -> None:
    html = page((3, 4, 9))
    assert list(sections(html)) == ["sheet-3", "sheet-4", "sheet-9", "solutions-3", "solutions-4", "solutions-9"]
    assert re.search(r"@media print {[^@]*\.page { break-before: page", SHEET_STYLE)
    for text in sections(html).values():
        assert text.count("<li>") == 8


@pytest.mark.parametrize("number", [1, 7])
def test_a_sheet_asks_what_its_number_says_and_the_solutions_answer_it(number: int) -> None:
    exercises = sheet_exercises(seeing(), number, 8)
    parts = sections(page((number,)))
    asked = [words(item) for item in items(parts[f"sheet-{number}"])]
    solved = [words(item) for item in items(parts[f"solutions-{number}"])]
    for exercise, question, solution in zip(exercises, asked, solved, strict=True):
        assert " ".join(exercise.given.split()) in question
        assert exercise.question in question
        assert solution.startswith(exercise.answer_text)
        for line in exercise.worked:
            assert " ".join(f"{line.title} {line.words} {line.numbers}".split()) in solution
            assert " ".join(line.value.split()) in solution
        for choice in exercise.choices:
            assert choice in question
        if not exercise.choices:
            assert "Answer:" in question
    assert len({exercise.kind for exercise in exercises}) == 8


def test_no_answer_stands_on_the_questions_page() -> None:
    for number in range(1, 6):
        text = words(sections(page((number,)))[f"sheet-{number}"])
        for exercise in sheet_exercises(seeing(), number, 8):
            if exercise.answer_kind == "number" and int(exercise.answer) > 999:  # type: ignore[arg-type]
                assert exercise.answer_text not in text
            if exercise.remark:
                assert exercise.remark not in text


def test_the_same_number_gives_the_same_sheet_and_another_one_another() -> None:
    assert page((5,)) == page((5,))
    bodies = [re.sub(r"sheet.\d+", "", sections(page((number,)))[f"sheet-{number}"]) for number in range(1, 9)]
    assert len(set(bodies)) == 8
    assert sections(page((5, 6)))["sheet-6"] == sections(page((6,)))["sheet-6"]


def test_nothing_is_asked_twice_on_a_sheet() -> None:
    for number in range(12):
        names = [exercise.name for exercise in sheet_exercises(seeing(), number, 12)]
        assert len(set(names)) == 12


def test_the_pictures_are_the_exercises_own() -> None:
    (exercise,) = [one for one in sheet_exercises(seeing(), 1, 8) if one.kind == "kernel"]
    text = sections(page((1,)))["sheet-1"]
    (item,) = [item for item in items(text) if "Which of these kernels" in item]
    shown = [
        np.asarray(Image.open(io.BytesIO(base64.b64decode(address))))
        for address in re.findall(r"base64,([^\"]+)", item)
    ]
    np.testing.assert_array_equal(shown[0], exercise.pictures[0].values)
    brightest = np.unravel_index(np.asarray(exercise.pictures[1].values).argmax(), exercise.pictures[1].values.shape)
    assert shown[1][brightest].tolist() == [255, 255, 255]
    tables = re.findall(r'<table class="kernel">(.*?)</table>', item)
    assert len(tables) == len(exercise.choices)
    for table, picture in zip(tables, exercise.choice_pictures, strict=True):
        cells = [float(text.replace("−", "-")) for text in re.findall(r">([−\d.]+)</td>", table)]
        np.testing.assert_allclose(cells, np.asarray(picture.values).ravel(), atol=0.0501)
        assert "−0.0<" not in table


def test_a_large_kernel_is_a_picture() -> None:
    from cnn_core.exercises.sheet import _figure

    large = Picture("Kernel A", np.linspace(-1, 1, 81).reshape(9, 9), "diverging")
    assert "<img" in _figure(large, TABLES, 1.0)
    assert "<table" in _figure(Picture("Kernel A", np.ones((7, 7)), "diverging"), TABLES, 1.0)


def test_colours_are_those_of_the_scale() -> None:
    kernel = Picture("Kernel", np.array([[-1.0, 0.0, 2.0]]), "diverging")
    assert picture_pixels(kernel, TABLES).tolist()[0][1:] == [[255, 255, 255], [255, 128, 0]]
    assert picture_pixels(kernel, TABLES, 4.0)[0, 2].tolist()[2] in range(120, 136)
    amounts = Picture("Map", np.array([[0.0, 1.0, 4.0]]), "amount")
    assert picture_pixels(amounts, TABLES)[0, :, 0].tolist() == [0, 64, 255]
    grey = Picture("Image", np.array([[7, 9]], np.uint8))
    assert picture_pixels(grey, TABLES).tolist() == [[[7], [9]]]
    assert picture_pixels(Picture("Map", np.zeros((2, 2)), "amount"), TABLES).max() == 0
    colours = Picture("Image", np.full((2, 2, 3), 9, np.uint8))
    assert picture_pixels(colours, TABLES).shape == (2, 2, 3)


def test_names_that_people_gave_are_text_and_no_code() -> None:
    network = network_of(names=(EVIL, f"{EVIL}2", *NAMES[2:]))
    html = exercise_sheets(seeing(network), EVIL, [1, 2], 8, TABLES)
    read = Reader(html)
    assert EVIL in read.text
    assert f"{EVIL}2" in read.text
    assert "script" not in {tag for tag, _ in read.tags}
    assert "<fish>" in read.text
    calm = network_of(names=("a", "b", *NAMES[2:]))
    plain = exercise_sheets(seeing(calm), "Title", [1, 2], 8, TABLES)
    assert [tag for tag, _ in read.tags] == [tag for tag, _ in Reader(plain).tags]


def test_without_images_only_what_the_layers_say_is_asked() -> None:
    html = exercise_sheets(subject_of(network_of()), "Small", [1], 12, TABLES)
    assert "<img" not in html
    assert html.count("<li>") == 24


@pytest.mark.parametrize(("numbers", "count"), [([], 6), ([1, 1], 6), (list(range(41)), 6), ([1], 0), ([1], 13)])
def test_too_many_or_too_few_are_refused(numbers: list[int], count: int) -> None:
    with pytest.raises(ValueError, match="1 to 40 different sheets of 1 to 12 exercises"):
        exercise_sheets(seeing(), "Small", numbers, count, TABLES)


def test_a_dull_network_has_a_sheet_too() -> None:
    network = network_of()
    dull = replace(network, weights=tuple(np.zeros_like(array) for array in network.weights))
    html = exercise_sheets(seeing(dull), "Dull", [1], 12, TABLES)
    assert html.count("<li>") == 24
