"""A number together with how it is worked out, so that what is shown and what is computed cannot differ.

A layer's costs are written once, with named quantities; the same expression gives the number for the code, the formula
in words and the formula with this layer's numbers for the screen.
"""

from __future__ import annotations

from enum import IntEnum
from math import prod


class _Rank(IntEnum):
    """How tightly an expression holds together; a looser part inside a tighter one is put in brackets."""

    SUM = 0
    PRODUCT = 1
    ATOM = 2


class Formula:
    """A whole number and the expression that gives it.

    Build one from `quantity` and `constant` with `+`, `-` and `*`, `floor_divided` and `ceil_divided`.

    Example:
        >>> filters = quantity("filters", 32)
        >>> weights = quantity("kernel height", 3) * quantity("kernel width", 3) * filters + filters
        >>> weights.value
        320
        >>> weights.words
        'kernel height × kernel width × filters + filters'
        >>> weights.numbers
        '3 × 3 × 32 + 32'
    """

    __slots__ = ("_parts", "_rank", "_template", "value")

    def __init__(self, value: int, template: str, rank: _Rank = _Rank.ATOM, parts: tuple[Formula, ...] = ()) -> None:
        self.value = value
        self._template = template
        self._rank = rank
        self._parts = parts

    def __add__(self, other: Formula) -> Formula:
        return Formula(self.value + other.value, "{} + {}", _Rank.SUM, (self, other))

    def __sub__(self, other: Formula) -> Formula:
        return Formula(self.value - other.value, "{} − {}", _Rank.SUM, (self, other))

    def __mul__(self, other: Formula) -> Formula:
        return Formula(self.value * other.value, "{} × {}", _Rank.PRODUCT, (self, other))

    def floor_divided(self, other: Formula) -> Formula:
        """Divide and round down."""
        return Formula(self.value // other.value, "⌊{} / {}⌋", _Rank.ATOM, (self, other))

    def ceil_divided(self, other: Formula) -> Formula:
        """Divide and round up."""
        return Formula(-(-self.value // other.value), "⌈{} / {}⌉", _Rank.ATOM, (self, other))

    @property
    def words(self) -> str:
        """The formula with the names of its quantities."""
        return self._text(has_numbers=False)

    @property
    def numbers(self) -> str:
        """The formula with the numbers filled in."""
        return self._text(has_numbers=True)

    def __repr__(self) -> str:
        return f"{self.words} = {self.numbers} = {self.value:,}"

    def _text(self, *, has_numbers: bool) -> str:
        if not self._parts:
            return f"{self.value:,}" if has_numbers else self._template
        texts = []
        is_division = "/" in self._template
        for position, part in enumerate(self._parts):
            text = part._text(has_numbers=has_numbers)
            is_loose = part._rank < (_Rank.PRODUCT if is_division else self._rank)
            is_subtracted = position == 1 and "−" in self._template and part._rank == _Rank.SUM
            is_divisor = position == 1 and is_division and part._rank == _Rank.PRODUCT
            texts.append(f"({text})" if is_loose or is_subtracted or is_divisor else text)
        return self._template.format(*texts)


def quantity(name: str, value: int) -> Formula:
    """Name a number that is known, as `quantity("filters", 32)`."""
    return Formula(value, name)


def constant(value: int) -> Formula:
    """Use a number that has no name, as the 1 in “kernel − 1”."""
    return Formula(value, f"{value:,}")


def product_of(*factors: Formula) -> Formula:
    """Multiply several quantities; the product of none is 1.

    Example:
        >>> product_of(quantity("height", 4), quantity("width", 5)).numbers
        '4 × 5'
    """
    if not factors:
        return constant(1)
    result = factors[0]
    for factor in factors[1:]:
        result = result * factor
    return result


def shape_formula(shape: tuple[int, ...], prefix: str = "") -> Formula:
    """Count the numbers of a shape: height × width × channels, or units.

    Example:
        >>> shape_formula((13, 13, 32)).words, shape_formula((10,)).value
        ('height × width × channels', 10)
    """
    names = ("height", "width", "channels") if len(shape) == 3 else ("units",)
    formula = product_of(*(quantity(prefix + name, n) for name, n in zip(names, shape, strict=True)))
    assert formula.value == prod(shape)
    return formula
