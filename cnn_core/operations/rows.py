"""Rows of numbers and short kernels to begin with: convolution in one dimension."""

from __future__ import annotations

from dataclasses import dataclass

TAPS = 3
LEAST_NUMBERS, MOST_NUMBERS = 3, 24


@dataclass(frozen=True)
class NamedRow:
    """A row of numbers with a name.

    Args:
        slug: Its short name.
        title: Its name on the screen.
        values: The numbers.
        words: What is to be seen in it, or what it does as a kernel.
    """

    slug: str
    title: str
    values: tuple[float, ...]
    words: str = ""


def _named(*rows: NamedRow) -> dict[str, NamedRow]:
    return {row.slug: row for row in rows}


ROWS = _named(
    NamedRow("step", "Up and down", (0, 0, 0, 0, 5, 5, 5, 5, 5, 0, 0, 0)),
    NamedRow("spike", "A spike", (0, 0, 0, 0, 0, 6, 0, 0, 0, 0, 0, 0)),
    NamedRow("ramp", "A ramp", (0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 8, 8)),
    NamedRow("zigzag", "A zigzag", (4, 0, 4, 0, 4, 0, 4, 0, 4, 0, 4, 0)),
    NamedRow("wave", "A wave", (0, 3, 5, 6, 5, 3, 0, -3, -5, -6, -5, -3)),
)
"""Lines of numbers, in the order of the menu."""

ROW_KERNELS = _named(
    NamedRow("slope", "Slope: −1 0 1", (-1, 0, 1), "Right minus left: it answers where the numbers change."),
    NamedRow("mean", "Mean: ¼ ½ ¼", (0.25, 0.5, 0.25), "A mean in which the middle counts most: it smooths."),
    NamedRow("bend", "Bend: 1 −2 1", (1, -2, 1), "Both neighbours minus twice the middle: it answers to corners."),
    NamedRow("copy", "Copy: 0 1 0", (0, 1, 0), "It takes the middle and nothing else."),
    NamedRow(
        "shift", "Shift: 0 0 1", (0, 0, 1), "It takes the number at the right, so all move one place to the left."
    ),
)
"""Kernels of three taps, in the order of the menu."""
