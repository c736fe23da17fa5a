"""The code of a room: short, easy to read from the last row and to type on a phone, and never a word."""

from __future__ import annotations

import secrets
import string

LETTERS = "CDFHJKMNPRTVWX"
DIGITS = "256789"
"""Letters and digits take turns, there is no vowel, and no digit that people read as one (0, 1, 3, 4): no word arises.
Of signs that look alike (B and 8, S and 5, Z and 2, G and 6) only one is used."""

LENGTH = 6
"""Some 590,000 codes: one who guesses does not get far before the door asks for patience (`door.Door`)."""

LOOKALIKES = str.maketrans("BSZG", "8526")
KEY_BYTES = 16


def new_code() -> str:
    """Draw a code by chance.

    Example:
        >>> code = new_code()
        >>> read_code(code) == code
        True
    """
    return "".join(secrets.choice(_signs_at(place)) for place in range(LENGTH))


def new_key() -> str:
    """Draw the key that only a room's teacher has."""
    return secrets.token_hex(KEY_BYTES)


def read_code(text: str) -> str:
    """Read a code as people type it: small letters, blanks and hyphens, and signs that look like the right ones.

    Args:
        text: What was typed.

    Returns:
        The code; `""` if this can be none.

    Example:
        >>> read_code(" k7m-2p9 "), read_code("K7MZP9"), read_code("hello")
        ('K7M2P9', 'K7M2P9', '')
    """
    signs = "".join(sign for sign in text[:40].upper() if sign not in string.whitespace + "-–·.").translate(LOOKALIKES)
    is_code = len(signs) == LENGTH and all(sign in _signs_at(place) for place, sign in enumerate(signs))
    return signs if is_code else ""


def spoken(code: str) -> str:
    """Write a code in two halves, as one reads it out.

    Example:
        >>> spoken("K7M2P9")
        'K7M 2P9'
    """
    half = LENGTH // 2
    return f"{code[:half]} {code[half:]}"


def _signs_at(place: int) -> str:
    return DIGITS if place % 2 else LETTERS
