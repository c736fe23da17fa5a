"""What a setting of a layer may be: the range or the choices that controls, checks and tests all read.

Each field of a layer record is declared with one of the functions here, so that a control can be drawn for it, a
value from outside can be checked, a random valid value can be made, and it can be written into an address, without a
second list anywhere.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import MISSING, Field, dataclass, field, fields
from types import MappingProxyType
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
    """One word of a list.

    Args:
        options: The words. New ones are added at the end: addresses name them by their position.
        titles: How people read a word, where that differs from the word itself.
    """

    options: tuple[str, ...]
    titles: Mapping[str, str] = field(default_factory=dict, compare=False)

    def title(self, option: str) -> str:
        """Write a word as people read it: `leaky_relu` as leaky ReLU."""
        return self.titles.get(option, option.replace("_", " "))

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


@dataclass(frozen=True)
class Presentation:
    """How a field is shown and abbreviated.

    Args:
        label: Its name on the screen.
        help: One or two sentences on what it does.
        code: The letter that stands for it in addresses; it never changes.
        usual: The numbers that a control offers; the field may hold others of its range too.
    """

    label: str = ""
    help: str = ""
    code: str = ""
    usual: range | tuple[float, ...] = ()


def whole_number(
    default: int,
    low: int,
    high: int,
    *,
    label: str = "",
    help: str = "",
    code: str = "",
    usual: range | tuple[float, ...] = (),
) -> Any:
    """Declare a field that holds a whole number."""
    return _declare(default, WholeNumber(low, high), Presentation(label, help, code, usual))


def fraction(
    default: float,
    low: float,
    high: float,
    *,
    label: str = "",
    help: str = "",
    code: str = "",
    usual: tuple[float, ...] = (),
) -> Any:
    """Declare a field that holds a number."""
    return _declare(default, Fraction(low, high), Presentation(label, help, code, usual))


def choice(
    default: str,
    options: tuple[str, ...],
    *,
    label: str = "",
    help: str = "",
    code: str = "",
    titles: Mapping[str, str] = MappingProxyType({}),
) -> Any:
    """Declare a field that holds one word of a list."""
    return _declare(default, Choice(options, titles), Presentation(label, help, code))


def yes_no(default: bool, *, label: str = "", help: str = "", code: str = "") -> Any:
    """Declare a field that holds true or false."""
    return _declare(default, YesNo(), Presentation(label, help, code))


def _declare(default: Any, domain: Domain, presentation: Presentation) -> Any:
    return field(default=default, metadata={"domain": domain, "presentation": presentation})


def domain_of(record: Any, name: str) -> Domain:
    """Return what the field `name` of a record (or record class) may hold.

    Raises:
        KeyError: If the record has no such field, or the field has no declared domain.
    """
    declared = {f.name: f for f in fields(record)}
    return cast(Domain, declared[name].metadata["domain"])


def presentation_of(record: Any, name: str) -> Presentation:
    """Return how the field `name` of a record (or record class) is shown.

    Raises:
        KeyError: If the record has no such field, or the field was declared otherwise than with this module.
    """
    declared = {f.name: f for f in fields(record)}
    return cast(Presentation, declared[name].metadata["presentation"])


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
