"""Numbers as people say them."""

from __future__ import annotations

from cnn_core.architecture.layers import Conv2D, Dense, Pooling2D
from cnn_core.architecture.spec import NetworkSpec


def some(number: int, singular: str) -> str:
    """Write how many there are of something.

    Example:
        >>> some(1, "stroke"), some(1200, "image")
        ('1 stroke', '1,200 images')
    """
    return f"{number:,} {singular}{'' if number == 1 else 's'}"


def percent(share: float) -> str:
    r"""Write a share as a percentage with one decimal; number and sign stay on one line.

    Example:
        >>> percent(0.97418)
        '97.4\xa0%'
    """
    return f"{100 * share:.1f}\N{NO-BREAK SPACE}%"


def duration(seconds: float) -> str:
    """Write a duration as people say it.

    Example:
        >>> duration(0.4), duration(43), duration(150), duration(7300)
        ('under 1 s', '43 s', '2 min 30 s', '2 h 1 min')
    """
    whole = round(seconds)
    if whole < 1:
        return "under 1 s"
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60} s"
    return f"{whole // 3600} h {whole % 3600 // 60} min"


def time_left(seconds: float) -> str:
    """Write how long something will go on, as far as one can tell.

    Example:
        >>> time_left(0.2), time_left(43)
        ('nearly done', 'about 43 s left')
    """
    return f"about {duration(seconds)} left" if seconds >= 0.5 else "nearly done"


def count(number: float) -> str:
    """Write a count with its thousands grouped.

    Example:
        >>> count(669706)
        '669,706'
    """
    return f"{number:,.0f}"


def plain(number: float) -> str:
    """Write a small number without an exponent.

    Example:
        >>> plain(0.00001), plain(0.002), plain(3.0)
        ('0.00001', '0.002', '3')
    """
    return f"{number:.6f}".rstrip("0").rstrip(".")


def magnitude(number: float) -> str:
    """Write a large count with three significant digits and a word.

    Example:
        >>> magnitude(333056), magnitude(13883904), magnitude(512)
        ('333 thousand', '13.9 million', '512')
    """
    for size, word in ((1e9, "billion"), (1e6, "million"), (1e3, "thousand")):
        if number >= size:
            scaled = number / size
            digits = 2 if scaled < 9.995 else 1 if scaled < 99.95 else 0
            return f"{scaled:.{digits}f} {word}"
    return f"{number:.0f}"


def network_line(spec: NetworkSpec) -> str:
    """Write a network in one line.

    Example:
        >>> from cnn_core.architecture.design import NetworkDesign
        >>> network_line(NetworkDesign().to_spec())
        'conv 16 → max pool → conv 32 → max pool → dense 64 → dense 10'
    """
    parts = []
    for layer in spec.layers:
        if isinstance(layer, Conv2D):
            parts.append(f"conv {layer.filters}")
        elif isinstance(layer, Dense):
            parts.append(f"dense {layer.units}")
        elif isinstance(layer, Pooling2D):
            parts.append(f"{layer.pooling} pool")
    return " → ".join(parts)
