"""What a setting of a layer may be: the range or the choices that controls, checks and tests all read.

Each field of a layer record is declared with one of the functions here, so that a control can be drawn for it, a
value from outside can be checked, and a random valid value can be made, without a second list anywhere.
"""

from __future__ import annotations

from dataclasses import MISSING, Field, dataclass, field, fields
from typing import Any, cast


@dataclass(frozen=True)
class WholeNumber:
    """A whole number from `low` to `high`, both included."""

    low: int
    high: int

    def describe(self) -> str:
        """Say in words what is allowed."""
        return f"a whole number from {self.low} to {self.high}"

    def admits(self, value: object) -> bool:
        """Whether `value` is allowed."""
        return isinstance(value, int) and not isinstance(value, bool) and self.low <= value <= self.high


@dataclass(frozen=True)
class Fraction:
    """A number from `low` to `high`, both included."""

    low: float
    high: float

    def describe(self) -> str:
        """Say in words what is allowed."""
        return f"a number from {self.low:g} to {self.high:g}"

    def admits(self, value: object) -> bool:
        """Whether `value` is allowed."""
        return isinstance(value, int | float) and not isinstance(value, bool) and self.low <= value <= self.high


@dataclass(frozen=True)
class Choice:
    """One word of a list."""

    options: tuple[str, ...]

    def describe(self) -> str:
        """Say in words what is allowed."""
        return "one of " + ", ".join(self.options)

    def admits(self, value: object) -> bool:
        """Whether `value` is allowed."""
        return isinstance(value, str) and value in self.options


@dataclass(frozen=True)
class YesNo:
    """True or false."""

    def describe(self) -> str:
        """Say in words what is allowed."""
        return "true or false"

    def admits(self, value: object) -> bool:
        """Whether `value` is allowed."""
        return isinstance(value, bool)


Domain = WholeNumber | Fraction | Choice | YesNo


def whole_number(default: int, low: int, high: int) -> Any:
    """Declare a field that holds a whole number."""
    return field(default=default, metadata={"domain": WholeNumber(low, high)})


def fraction(default: float, low: float, high: float) -> Any:
    """Declare a field that holds a number."""
    return field(default=default, metadata={"domain": Fraction(low, high)})


def choice(default: str, options: tuple[str, ...]) -> Any:
    """Declare a field that holds one word of a list."""
    return field(default=default, metadata={"domain": Choice(options)})


def yes_no(default: bool) -> Any:
    """Declare a field that holds true or false."""
    return field(default=default, metadata={"domain": YesNo()})


def domain_of(record: Any, name: str) -> Domain:
    """Return what the field `name` of a record (or record class) may hold.

    Raises:
        KeyError: If the record has no such field, or the field has no declared domain.
    """
    declared = {f.name: f for f in fields(record)}
    return cast(Domain, declared[name].metadata["domain"])


def check_record(record: Any) -> None:
    """Raise if a field of a record holds something that its domain does not admit.

    A `Fraction` that was given as a whole number becomes a float, so that equal records are also written alike.

    Raises:
        ValueError: Naming the field, what is allowed, and what was received.
    """
    for f in fields(record):
        domain = f.metadata.get("domain")
        value = getattr(record, f.name)
        if domain is not None and not domain.admits(value):
            raise ValueError(
                f"{type(record).__name__}.{f.name} must be {domain.describe()}. Received: {f.name}={short_repr(value)}."
            )
        if isinstance(domain, Fraction):
            object.__setattr__(record, f.name, float(value) + 0.0)  # + 0.0 turns −0.0 into 0.0


def short_repr(value: object, most: int = 80) -> str:
    """Write a value from outside as it may stand in a message: escaped, and cut where it is long.

    Example:
        >>> short_repr("same"), short_repr("x" * 200, most=8)
        ("'same'", "'xxxxxx…")
    """
    text = repr(value)
    return text if len(text) <= most else text[: most - 1] + "…"


def has_default(f: Field[Any]) -> bool:
    """Whether a record's field may be left out."""
    return f.default is not MISSING or f.default_factory is not MISSING
