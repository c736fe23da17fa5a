"""Numbers that somebody types: a row of them, or a grid with one row a line."""

from __future__ import annotations

import re
from collections.abc import Sequence
from fractions import Fraction
from math import isfinite

import numpy as np
import numpy.typing as npt

from cnn_core.architecture.fields import short_repr
from cnn_core.errors import ClassroomError

Grid = npt.NDArray[np.float64]

MOST_SIZE = 1000
"""How far from zero a typed number may be: enough for every example, and sums can still be read."""
LONGEST_TEXT = 2000
_BETWEEN = re.compile(r"[\s,;|\[\]]+")
_NUMBER = re.compile(r"[+-]?(\d{1,20}\.?\d{0,40}|\.\d{1,40})")


def grid_from_text(text: str) -> Grid:
    r"""Read a grid of numbers, one row a line; a semicolon ends a row too.

    Args:
        text: What somebody typed.

    Returns:
        `(height, width)`.

    Raises:
        ClassroomError: If there is nothing, something is no number or too large, or rows differ in length.

    Example:
        >>> grid_from_text("1, 0\n0.5 −1/4").tolist()
        [[1.0, 0.0], [0.5, -0.25]]
    """
    if len(text) > LONGEST_TEXT:
        raise ClassroomError("That is too long a text for a kernel.", "Type a few rows of numbers.")
    rows = [numbers for line in text.replace(";", "\n").splitlines() if (numbers := _numbers(line))]
    if not rows:
        raise ClassroomError("There are no numbers here.", "Type one row of numbers a line.")
    lengths = [len(row) for row in rows]
    if len(set(lengths)) > 1:
        odd = next(place for place, length in enumerate(lengths) if length != lengths[0])
        raise ClassroomError(
            f"Row 1 has {lengths[0]} numbers and row {odd + 1} has {lengths[odd]}.",
            "Type equally many in each row.",
        )
    return np.array(rows, np.float64)


def row_from_text(text: str, least: int, most: int) -> Grid:
    """Read one row of numbers, however many lines it was typed on.

    Args:
        text: What somebody typed.
        least: So many numbers there must be at least.
        most: So many numbers there may be.

    Returns:
        `(n,)`.

    Raises:
        ClassroomError: If there are too few or too many, or something is no number.

    Example:
        >>> row_from_text("0 0 5, 5", 3, 40).tolist()
        [0.0, 0.0, 5.0, 5.0]
    """
    numbers = _numbers(text[: LONGEST_TEXT + 1])
    if not least <= len(numbers) <= most:
        allowed = f"exactly {least}" if least == most else f"from {least} to {most}"
        short = len(numbers) < least
        missing = least - len(numbers) if short else len(numbers) - most
        raise ClassroomError(
            f"Here are {len(numbers)} numbers, and there must be {allowed}.",
            f"{'Type' if short else 'Take away'} {missing} {'more' if short else 'of them'}.",
        )
    return np.array(numbers, np.float64)


def numbers_text(values: npt.ArrayLike) -> str:
    r"""Write numbers as they can be typed in again: those of a row with blanks between, a grid with one row a line.

    Example:
        >>> numbers_text([[1.0, 0.5], [-2, 0]])
        '1 0.5\n-2 0'
        >>> numbers_text([0, 0.1])
        '0 0.1'
    """
    rows: Sequence[Sequence[float]] = np.atleast_2d(np.asarray(values, np.float64)).tolist()
    return "\n".join(" ".join(np.format_float_positional(number, trim="-") for number in row) for row in rows)


def _numbers(text: str) -> list[float]:
    typed = text.replace("−", "-").replace("–", "-")
    return [_number(word) for word in _BETWEEN.split(typed) if word]


def _number(word: str) -> float:
    over, _, under = word.partition("/")
    parts = [over, under] if "/" in word else [over]
    if not all(_NUMBER.fullmatch(part) for part in parts):
        raise ClassroomError(
            f"“{short_repr(word, 20)[1:-1]}” is not a number.",
            "Write numbers as 2, -1, 0.5 or 1/9, with blanks between.",
        )
    if len(parts) == 2 and Fraction(under) == 0:
        raise ClassroomError(f"“{word}” divides by zero.", "Write another number there.")
    number = float(Fraction(over) / Fraction(under)) if len(parts) == 2 else float(over)
    if not isfinite(number) or abs(number) > MOST_SIZE:
        raise ClassroomError(f"{word} is too far from zero.", f"Choose numbers from −{MOST_SIZE:,} to {MOST_SIZE:,}.")
    return number + 0.0  # turns −0.0 into 0.0
