"""What somebody types as an answer: a whole number, or a shape; the ways of writing them are many."""

from __future__ import annotations

import re

from cnn_core.architecture.fields import short_repr
from cnn_core.architecture.layers import Shape
from cnn_core.errors import ClassroomError

LONGEST_TEXT = 60
_MOST_SHOWN = 24

_PLAIN = re.compile(r"\d{1,12}(?:[.,]0)?")
_GROUPED = re.compile(r"\d{1,3}(?P<sign>[ .,'’_\u00a0\u202f])\d{3}(?:(?P=sign)\d{3}){0,3}")
_UNIT = re.compile(r"(?<=[\d)\]])\s+[a-z][a-z \-]*$")
"""A word behind the number, as in “26 pixels”."""
_BETWEEN = (r"\s*(?:[×x*]|\bby\b)\s*", r"\s*[,;/]\s*", r"(?:\s|[×x*,;/])+")
"""What stands between the sizes of a shape; the first of these can stand between numbers with grouped thousands."""
_BATCH = re.compile(r"^(?:none|\?)(?:\s*[×x*,;/]\s*|\s+)")
"""The batch axis, as Keras writes it in front of a shape."""


def read_number(text: str) -> int:
    """Read a whole number; thousands may be grouped by a comma, a point, a blank or an apostrophe.

    Args:
        text: What somebody typed.

    Raises:
        ClassroomError: If there is nothing, or it is no whole number.

    Example:
        >>> [read_number(text) for text in ("1234", "1,234", " 1 234 ", "= 1.234", "26 pixels", "26.0")]
        [1234, 1234, 1234, 1234, 26, 26]
    """
    found = _whole(_body(text))
    if found is None:
        raise ClassroomError(f"“{_shown(text)}” is not a whole number.", "Type one in digits, as 416 or 1,234.")
    return found


def read_shapes(text: str) -> tuple[Shape, ...]:
    """Read a shape in every way in which it may be meant: “5,408” may be 5×408, and it may be 5408 units.

    Args:
        text: What somebody typed.

    Returns:
        The possible shapes, at least one.

    Raises:
        ClassroomError: If there is nothing, or it is no shape.

    Example:
        >>> {read_shapes(text) for text in ("26x26x16", "26, 26, 16", "(26 26 16)", "None, 26, 26, 16", "26×26×16")}
        {((26, 26, 16),)}
        >>> read_shapes("5,408")
        ((5408,), (5, 408))
    """
    body = _BATCH.sub("", _body(text))
    found: dict[Shape, None] = {}
    for between in _BETWEEN:
        sizes = [_whole(part) for part in re.split(between, body)]
        known = tuple(size for size in sizes if size is not None)
        if len(known) == len(sizes):
            found[known] = None
    if not found:
        raise ClassroomError(
            f"“{_shown(text)}” is not a shape.",
            "Type the sizes one after the other, as 26×26×16; of a flat list only how many numbers it has.",
        )
    return tuple(found)


def _body(text: str) -> str:
    """Take away what may stand around an answer."""
    body = text.strip().lower()
    if not body:
        raise ClassroomError("There is no answer yet.", "Type one, or have the answer shown.")
    if len(body) > LONGEST_TEXT:
        raise ClassroomError("That is too long for an answer.", "Type the result alone.")
    body = _UNIT.sub("", body.lstrip("=≈~ "))
    return body.strip(" ()[]{}").rstrip(",;. ")


def _whole(text: str) -> int | None:
    if _PLAIN.fullmatch(text):
        return int(re.split(r"[.,]", text)[0])
    if _GROUPED.fullmatch(text):
        return int(re.sub(r"\D", "", text))
    return None


def _shown(text: str) -> str:
    return short_repr(text.strip(), _MOST_SHOWN)[1:-1]
