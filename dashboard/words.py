"""Numbers as people say them."""

from __future__ import annotations

import re
from collections.abc import Sequence

from cnn_core.architecture.layers.base import some as some
from cnn_core.architecture.spec import NetworkSpec


def percent(share: float) -> str:
    r"""Write a share as a percentage with one decimal; number and sign stay on one line.

    Example:
        >>> percent(0.97418)
        '97.4\xa0%'
    """
    return f"{100 * share:.1f}\N{NO-BREAK SPACE}%"


def fine_percent(share: float) -> str:
    r"""Write a share as a percentage, near 0 and 1 with so many digits that it is not taken for nothing or all.

    Example:
        >>> fine_percent(0.97418), fine_percent(0.99983), fine_percent(1.0), fine_percent(0.0002)
        ('97.4\xa0%', '99.98\xa0%', '100.0\xa0%', '0.02\xa0%')
        >>> fine_percent(0.9999999)
        'over 99.99\xa0%'
    """
    for digits in (1, 2):
        text = f"{100 * share:.{digits}f}"
        if share in (0, 1) or float(text) not in (0, 100):
            return f"{text}\N{NO-BREAK SPACE}%"
    return f"{'over 99.99' if share > 0.5 else 'under 0.01'}\N{NO-BREAK SPACE}%"


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


def share(part: int, total: int) -> str:
    """Write a part of a whole as a percentage; what is there but rounds to nothing as below one.

    Example:
        >>> share(0, 100), share(1, 1000), share(25, 100)
        ('–', '< 1 %', '25 %')
    """
    if part == 0:
        return "–"
    return f"{100 * part / total:.0f} %" if 100 * part >= total else "< 1 %"


def memory(size_bytes: int) -> str:
    """Write an amount of memory as people say it, in thousands.

    Example:
        >>> memory(40), memory(12168), memory(3211264), memory(40000000)
        ('40 B', '12.2 kB', '3.21 MB', '40.0 MB')
    """
    for size, unit in ((1e9, "GB"), (1e6, "MB"), (1e3, "kB")):
        if size_bytes >= size:
            scaled = size_bytes / size
            digits = 2 if scaled < 9.995 else 1 if scaled < 99.95 else 0
            return f"{scaled:.{digits}f} {unit}"
    return f"{size_bytes} B"


def literal(text: str) -> str:
    r"""Write a text that somebody else has chosen so that markdown shows it as it is.

    Example:
        >>> literal("a_b [c](d)")
        'a\\_b \\[c\\]\\(d\\)'
    """
    return re.sub(r"([!-/:-@\[-`{-~])", r"\\\1", text)


def short_names(names: Sequence[str], most: int) -> tuple[str, ...]:
    """Shorten long names so that they can still be told apart: those that begin alike keep their ends.

    Args:
        names: The names.
        most: Letters that a short one has at most, at least 3.

    Example:
        >>> short_names(["cat", "red blood cell", "red blood cell with a parasite", "red brick"], 9)
        ('cat', 'red …cell', 'red …site', 'red brick')
        >>> short_names(["automobile"], 7)
        ('automo…',)
    """
    cut = [name if len(name) <= most else f"{name[: most - 1]}…" for name in names]
    end = (most - 1) // 2
    return tuple(
        f"{name[: most - 1 - end]}…{name[-end:]}" if len(name) > most and cut.count(short) > 1 else short
        for name, short in zip(names, cut, strict=True)
    )


def network_line(spec: NetworkSpec, most: int = 12) -> str:
    """Write a network in one line; of a long one the first and the last layers.

    Example:
        >>> from cnn_core.architecture.presets import preset
        >>> network_line(preset("first").spec)
        'conv 16 → max pool → conv 32 → max pool → dense 64 → dense 10'
    """
    parts = [layer.brief() for layer in spec.layers if layer.brief()]
    if len(parts) > most:
        parts = [*parts[: most - 3], "…", *parts[-2:]]
    return " → ".join(parts)
