"""Exercises on paper: one HTML file with a sheet for everyone, and each sheet's solutions on a page of their own.

The file holds all it shows, runs nothing and fetches nothing. A sheet's number is its seed: the same network and the
same number give the same sheet, so a teacher can print the solutions later.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

import numpy as np
import numpy.typing as npt

from cnn_core.exercises.record import Exercise, Picture, Working
from cnn_core.exercises.series import next_exercise
from cnn_core.exercises.sheet_style import SHEET_STYLE
from cnn_core.exercises.subject import Subject
from cnn_core.export.report_style import STYLE
from cnn_core.export.report_svg import png_address

MOST_EXERCISES = 12
MOST_SHEETS = 40
LARGEST_TABLE = 7
"""A kernel of up to so many rows and columns is printed with its numbers; signs can be read in black and white too."""

Tables = Mapping[str, npt.NDArray[np.uint8]]
"""The colours of a scale from its lower to its upper end, `(count, 3)`, for `"amount"` and `"diverging"`."""

_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"


def sheet_exercises(subject: Subject, number: int, count: int) -> tuple[Exercise, ...]:
    """Choose the exercises of a sheet: all kinds in turn, none twice as long as there are others.

    Args:
        subject: The network; kinds that need images are left out where it has seen none.
        number: The sheet's number, which is its seed.
        count: How many.
    """
    chosen: list[Exercise] = []
    for place in range(count):
        asked = [exercise.name for exercise in chosen]
        chosen.append(next_exercise(subject, f"sheet {number}", place, asked))
    return tuple(chosen)


def exercise_sheets(subject: Subject, title: str, numbers: Sequence[int], count: int, tables: Tables) -> str:
    """Write sheets of exercises, and behind them all their solutions.

    Args:
        subject: The network that they ask about.
        title: Its name; it is escaped, as all text is.
        numbers: The sheets' numbers, each a seed; 1 to 40 different ones.
        count: Exercises on a sheet, 1 to 12.
        tables: The colours of the pictures.

    Returns:
        A page of HTML.

    Raises:
        ValueError: If there are too few or too many sheets or exercises.
    """
    if not (1 <= len(set(numbers)) == len(numbers) <= MOST_SHEETS and 1 <= count <= MOST_EXERCISES):
        raise ValueError(
            f"There may be 1 to {MOST_SHEETS} different sheets of 1 to {MOST_EXERCISES} exercises. "
            f"Received: numbers={list(numbers)!r}, count={count}."
        )
    sheets = {number: sheet_exercises(subject, number, count) for number in numbers}
    questions = [_page(title, number, exercises, tables) for number, exercises in sheets.items()]
    solutions = [_solutions(title, number, exercises) for number, exercises in sheets.items()]
    head = (
        '<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">'
        f"<title>Exercises: {escape(title)}</title><style>{STYLE}{SHEET_STYLE}</style>"
    )
    body = "\n".join([*questions, *solutions])
    return f'<!DOCTYPE html>\n<html lang="en"><head>{head}</head>\n<body>\n{body}\n</body></html>\n'


def picture_pixels(picture: Picture, tables: Tables, high: float = 0.0) -> npt.NDArray[np.uint8]:
    """Colour a picture's numbers.

    Args:
        picture: The picture.
        tables: The colours of its scale.
        high: The number at the scale's upper end; 0 for the picture's own largest one.

    Returns:
        `(height, width, 1)` or `(height, width, 3)`.

    Example:
        >>> ends = {"diverging": np.array([[0, 0, 255], [255, 255, 255], [255, 128, 0]], np.uint8)}
        >>> picture_pixels(Picture("A kernel", np.array([[-2.0, 0.0, 1.0]]), "diverging"), ends).tolist()
        [[[0, 0, 255], [255, 255, 255], [255, 128, 0]]]
    """
    values: npt.NDArray[Any] = picture.values
    if values.ndim == 3:
        return values.astype(np.uint8)
    if picture.scale == "grey":
        return values.astype(np.uint8)[..., np.newaxis]
    table = tables[picture.scale]
    is_diverging = picture.scale == "diverging"
    high = high or float(np.abs(values).max() if is_diverging else values.max()) or 1.0
    low = -high if is_diverging else 0.0
    shares = np.clip((values.astype(np.float64) - low) / (high - low), 0, 1)
    colours: npt.NDArray[np.uint8] = table[np.round(shares * (len(table) - 1)).astype(int)]
    return colours


def _page(title: str, number: int, exercises: Sequence[Exercise], tables: Tables) -> str:
    items = "".join(f"<li>{_question(exercise, tables)}</li>" for exercise in exercises)
    return (
        f'<section class="page questions" id="sheet-{number}"><div class="head"><h1>Exercises, sheet {number}</h1>'
        f'<p>Name: <span class="blank">&nbsp;</span></p></div><p class="faint">Network: {escape(title)}. Shapes are '
        f'height × width × channels.</p><ol class="tasks">{items}</ol></section>'
    )


def _question(exercise: Exercise, tables: Tables) -> str:
    texts = f'<p>{escape(exercise.given)}</p><p class="ask">{escape(exercise.question)}</p>'
    pictures = _row([_figure(picture, tables) for picture in exercise.pictures])
    # What is to be compared has one scale.
    high = max((float(np.abs(picture.values).max()) for picture in exercise.choice_pictures), default=0.0)
    choices = _row([_figure(picture, tables, high) for picture in exercise.choice_pictures])
    return texts + pictures + choices + f'<p class="answer">{_answer_place(exercise)}</p>'


def _answer_place(exercise: Exercise) -> str:
    if not exercise.choices:
        unit = f" {escape(exercise.unit)}" if exercise.unit else ""
        return f'Answer: <span class="blank">&nbsp;</span>{unit}'
    boxes = "".join(
        f'<span class="choice"><span class="box"></span>{escape(choice)}</span> ' for choice in exercise.choices
    )
    return f'<span class="choices">{boxes}</span>'


def _row(figures: Sequence[str]) -> str:
    return f'<div class="row">{"".join(figures)}</div>' if figures else ""


def _figure(picture: Picture, tables: Tables, high: float = 0.0) -> str:
    pixels = picture_pixels(picture, tables, high)
    title = escape(picture.title)
    if picture.scale == "diverging" and max(pixels.shape[:2]) <= LARGEST_TABLE:
        return (
            f"<figure>{_number_table(picture, pixels, 1 if high >= 1 else 2)}<figcaption>{title}</figcaption></figure>"
        )
    return f'<figure><img alt="{title}" src="{png_address(pixels)}"><figcaption>{title}</figcaption></figure>'


def _number_table(picture: Picture, pixels: npt.NDArray[np.uint8], digits: int) -> str:
    rows = []
    for values, colours in zip(picture.values, pixels, strict=True):
        cells = (
            f'<td style="background: rgb({_rgb(colour)}); color: {_ink(colour)}">{_weight(value, digits)}</td>'
            for value, colour in zip(values, colours, strict=True)
        )
        rows.append(f"<tr>{''.join(cells)}</tr>")
    return f'<table class="kernel">{"".join(rows)}</table>'


def _ink(colour: npt.NDArray[np.uint8]) -> str:
    """Choose black or white, whichever is easier to read on a colour."""
    red, green, blue = (float(part) for part in colour)
    return "#000" if 0.299 * red + 0.587 * green + 0.114 * blue > 120 else "#fff"


def _rgb(pixel: npt.NDArray[np.uint8]) -> str:
    return ", ".join(str(int(part)) for part in pixel)


def _weight(value: float, digits: int) -> str:
    return f"{round(float(value), digits) + 0.0:.{digits}f}".replace("-", "−")


def _solutions(title: str, number: int, exercises: Sequence[Exercise]) -> str:
    items = "".join(f"<li>{_solution(exercise)}</li>" for exercise in exercises)
    return (
        f'<section class="page solutions" id="solutions-{number}"><div class="head"><h1>Solutions of sheet {number}'
        f'</h1><p class="faint">{escape(title)}</p></div><ol class="tasks">{items}</ol></section>'
    )


def _solution(exercise: Exercise) -> str:
    remark = f'<p class="faint">{escape(exercise.remark)}</p>' if exercise.remark else ""
    rows = "".join(_line(line) for line in exercise.worked)
    return f'<p class="ask">{escape(exercise.answer_text)}</p><table class="worked">{rows}</table>{remark}'


def _line(line: Working) -> str:
    worked = f"{escape(line.numbers)} = " if line.numbers else ""
    words = f"<small>{escape(line.words)}</small>" if line.words else ""
    return f"<tr><td>{escape(line.title)}</td><td>{words}{worked}<b>{escape(line.value)}</b></td></tr>"
