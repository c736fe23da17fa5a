"""Numbers of any size as people write them: a true minus, three digits that count, powers of ten."""

from __future__ import annotations

from math import floor, isfinite, isnan, log10

SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
LEAST_WRITTEN, MOST_WRITTEN = 1e-3, 1e6
"""Numbers nearer to zero, and numbers further from it, are written with a power of ten."""

NEARLY_ONE = 1e-12
"""A probability that lacks less is written as 1."""


def short_number(number: float) -> str:
    """Write a number with three digits that count.

    Example:
        >>> short_number(-2.0), short_number(0.66524), short_number(1234.5), short_number(0.0)
        ('−2', '0.665', '1,234', '0')
        >>> short_number(4.1e-7), short_number(-2.5e22)
        ('4.1 × 10⁻⁷', '−2.5 × 10²²')
        >>> short_number(float("inf")), short_number(float("nan"))
        ('infinity', 'not a number')
    """
    if not isfinite(number):
        return "not a number" if isnan(number) else "infinity" if number > 0 else "−infinity"
    mantissa, exponent = _parts(number)
    if exponent:
        return f"{mantissa} × 10{str(exponent).translate(SUPERSCRIPTS)}".replace("-", "−")
    return mantissa.replace("-", "−")


def latex_number(number: float) -> str:
    r"""Write a number with three digits that count, for a formula in LaTeX.

    Example:
        >>> latex_number(-2.0), latex_number(1234.5), latex_number(2.5e22)
        ('-2', '1{,}234', '2.5 \\cdot 10^{22}')
    """
    mantissa, exponent = _parts(number)
    mantissa = mantissa.replace(",", "{,}")
    return rf"{mantissa} \cdot 10^{{{exponent}}}" if exponent else mantissa


def latex_probability(share: float) -> str:
    """Write a probability for a formula in LaTeX: near 1 with so many digits that one sees what is lacking.

    Example:
        >>> latex_probability(0.66524), latex_probability(0.999096), latex_probability(1 - 1.5e-8)
        ('0.665', '0.99910', '0.999999985')
        >>> latex_probability(1.0), latex_probability(1 - 1e-16)
        ('1', '1')
    """
    lacking = 1 - share
    if not NEARLY_ONE < lacking < 0.01:
        return latex_number(share)
    return f"{share:.{1 - floor(log10(lacking))}f}"


def bracketed(number: float) -> str:
    """Write a number for a place behind a sign: below zero it gets brackets.

    Example:
        >>> bracketed(1.5), bracketed(-1.5)
        ('1.5', '(−1.5)')
    """
    text = short_number(number)
    return f"({text})" if text.startswith("−") else text


def _parts(number: float) -> tuple[str, int]:
    """The digits, and the power of ten; 0 where none is needed."""
    size = abs(number)
    if size == 0:
        return "0", 0
    if LEAST_WRITTEN <= size < MOST_WRITTEN:
        text = f"{number:,.0f}" if size >= 100 else f"{number:.3g}"
        return text, 0
    exponent = floor(log10(size))
    mantissa = f"{number / 10.0**exponent:.3g}"
    return ("1" if number > 0 else "-1", exponent + 1) if mantissa in ("10", "-10") else (mantissa, exponent)
