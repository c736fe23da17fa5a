"""A record as a few letters and numbers, for addresses: only what differs from the defaults.

Each field is written as the letter that `cnn_core.architecture.fields` declares for it, followed by its value:
`f16p1` is 16 filters and the second sort of padding. Values never hold a lower-case letter, so each one begins a field.
Everything is made of letters, digits, `.` and `-`, which addresses carry as they are.

    whole number   decimal                      f16
    yes or no      1 or 0                       b0
    choice         its place in the options     p1
    number         as Python writes it exactly  r0.3, l1E-05
"""

from __future__ import annotations

import re
from dataclasses import fields
from typing import Any, TypeVar

from cnn_core.architecture.fields import Choice, Domain, Fraction, WholeNumber, YesNo, domain_of, presentation_of

_FIELD = re.compile(r"([a-z])([0-9.E-]*)")
_WHOLE = re.compile(r"0|-?[1-9][0-9]{0,8}")
_NUMBER = re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?(E-?[0-9]{1,3})?")

R = TypeVar("R")


def record_to_text(record: Any) -> str:
    """Write the fields of a record that differ from their defaults, in the order of their declaration.

    Fields that were declared without `cnn_core.architecture.fields` are left out; whoever uses the text keeps them.

    Example:
        >>> from cnn_core.architecture.layers import Conv2D, Dropout
        >>> record_to_text(Conv2D(filters=16, padding="same")), record_to_text(Dropout(rate=0.00001))
        ('f16p1', 'r1E-05')
    """
    default = {f.name: f.default for f in fields(record)}
    return "".join(
        letter + _value_to_text(domain_of(record, name), getattr(record, name))
        for letter, name in field_letters(type(record)).items()
        if getattr(record, name) != default[name]
    )


def record_from_text(kind: type[R], text: str, **others: Any) -> R:
    """Read what `record_to_text` wrote; fields that are not mentioned have their defaults.

    A field that is mentioned with its default value, and fields in another order, are read too: people write
    addresses by hand. All else that `record_to_text` would not write is refused.

    Args:
        kind: The record's class.
        text: The record; empty for the defaults.
        others: Fields that the text does not hold, by name.

    Raises:
        ValueError: If the text is not such a record, in one sentence that quotes nothing but letters and numbers.

    Example:
        >>> from cnn_core.architecture.layers import Conv2D
        >>> record_from_text(Conv2D, "f16p1") == Conv2D(filters=16, padding="same")
        True
        >>> record_from_text(Conv2D, "f0")
        Traceback (most recent call last):
        ...
        ValueError: “f” (filters) must be a whole number from 1 to 1024. Received: f0.
    """
    names = field_letters(kind)
    values: dict[str, Any] = {}
    end = 0
    for found in _FIELD.finditer(text):
        letter, value = found.groups()
        if found.start() != end:
            break
        if letter not in names:
            raise ValueError(f"There is no setting “{letter}” here.")
        name = names[letter]
        if name in values:
            raise ValueError(f"“{letter}” ({_spoken(name)}) is there twice.")
        values[name] = _value_from_text(domain_of(kind, name), value, f"“{letter}” ({_spoken(name)})", letter)
        end = found.end()
    if end != len(text):
        raise ValueError("A setting is one small letter, followed by its value.")
    return kind(**values, **others)


def field_letters(kind: type[Any]) -> dict[str, str]:
    """Return the letters of a record's fields, each with the name of its field, in the order of their declaration.

    Example:
        >>> from cnn_core.architecture.layers import Pooling2D
        >>> field_letters(Pooling2D)
        {'t': 'pooling', 'k': 'pool_size', 's': 'stride', 'p': 'padding'}
    """
    return {presentation_of(kind, f.name).code: f.name for f in fields(kind) if "domain" in f.metadata}


def _value_to_text(domain: Domain, value: Any) -> str:
    match domain:
        case WholeNumber():
            return str(value)
        case YesNo():
            return str(int(value))
        case Choice(options):
            return str(options.index(value))
        case Fraction():
            return repr(float(value)).replace("e", "E").replace("+", "")


def _value_from_text(domain: Domain, text: str, what: str, letter: str) -> int | float | str | bool:
    value: int | float | str | bool | None = None
    if isinstance(domain, Fraction):
        value = float(text) if _NUMBER.fullmatch(text) else None
    elif _WHOLE.fullmatch(text):
        number = int(text)
        match domain:
            case YesNo():
                value = bool(number) if number in (0, 1) else None
            case Choice(options):
                value = options[number] if 0 <= number < len(options) else None
            case _:
                value = number
    if value is None or not domain.admits(value):
        shown = text if len(text) <= 12 else text[:11] + "…"
        raise ValueError(f"{what} must be {_allowed(domain)}. Received: {letter}{shown}.")
    return value


def _allowed(domain: Domain) -> str:
    match domain:
        case YesNo():
            return "0 or 1"
        case Choice(options):
            return f"a whole number from 0 to {len(options) - 1}"
    return domain.describe()


def _spoken(name: str) -> str:
    return name.replace("_", " ")
