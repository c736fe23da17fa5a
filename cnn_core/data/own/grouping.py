"""Which images belong together, read from the beginnings of their names."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby, islice

import numpy as np
import numpy.typing as npt

MOST_PATTERN = 40
MOST_NTH = 9
FEWEST_GROUPS = 2


@dataclass(frozen=True)
class Grouping:
    """The groups that were found in names.

    Args:
        numbers: `(count,)` int64, the group of each name.
        groups: What the groups are called, in the order of their numbers.
        without: How many names the text is not in, or not often enough; each stands for itself.
        example: A name with its group, to be shown: `("C39P4ThinF_1.png", "C39P4")`; empty without any names.
        largest: Names in the largest group.
    """

    numbers: npt.NDArray[np.int64]
    groups: tuple[str, ...]
    without: int
    example: tuple[str, str]
    largest: int


def group_key(name: str, pattern: str, nth: int = 1) -> str | None:
    """Return the beginning of a name, up to where a text stands in it for the n-th time.

    The text is no regular expression: one that somebody mistypes can take hours for a single name. Capital and small
    letters are the same, because the names of one data set are often not of one mind about them.

    Args:
        name: A file's name without its folder.
        pattern: The text, as `"Thin"` or `"_"`.
        nth: Which time it stands there, from 1.

    Returns:
        The beginning, or None where the text is not there so often.

    Example:
        >>> group_key("C39P4thinF_original_cell_1.png", "Thin"), group_key("a_b_c.png", "_", 2), group_key("a.png", "_")
        ('C39P4', 'a_b', None)
    """
    places = re.finditer(re.escape(pattern), name, re.IGNORECASE)
    found = next(islice(places, nth - 1, None), None)
    return name[: found.start()] if found is not None else None


def find_groups(names: Sequence[str], pattern: str, nth: int = 1) -> Grouping:
    """Group names by their beginnings.

    Args:
        names: File names without their folders.
        pattern: The text that ends the beginning; not empty.
        nth: Which time it stands there, from 1.

    Example:
        >>> found = find_groups(["p1_a.png", "p1_b.png", "p2_a.png", "other.png"], "_")
        >>> found.numbers.tolist(), found.groups, found.without, found.example
        ([1, 1, 2, 0], ('other.png', 'p1', 'p2'), 1, ('p1_a.png', 'p1'))
    """
    keys = [group_key(name, pattern, nth) for name in names]
    whole = [name if key is None else key for name, key in zip(names, keys, strict=True)]
    groups = sorted(set(whole))
    places = {key: place for place, key in enumerate(groups)}
    numbers = np.fromiter((places[key] for key in whole), np.int64, len(whole))
    examples = ((name, key) for name, key in zip(names, keys, strict=True) if key is not None)
    largest = int(np.bincount(numbers).max()) if len(numbers) else 0
    return Grouping(numbers, tuple(groups), keys.count(None), next(examples, ("", "")), largest)


def suggested_pattern(names: Sequence[str]) -> str:
    """Suggest a text by which names might be grouped: one that leaves a few dozen groups or so, each of some images.

    Args:
        names: File names without their folders.

    Returns:
        A text, or `""` where the names show no groups.

    Example:
        >>> names = [f"patient{number}_scan{scan}.png" for number in range(5) for scan in range(8)]
        >>> suggested_pattern(names), suggested_pattern([f"img_{number}.png" for number in range(20)])
        ('_', '')
    """
    for pattern in ("Thin", "_", "-", " "):
        found = find_groups(names, pattern)
        if 20 * found.without <= len(names) and FEWEST_GROUPS * 2 < len(found.groups) <= len(names) / 3:
            return pattern
    return ""


def group_words(pattern: str, nth: int) -> str:
    """Say how images were grouped.

    Example:
        >>> group_words("Thin", 1), group_words("_", 2)
        ('the name up to “Thin”', 'the name up to the 2nd “_”')
    """
    ordinal = {1: "", 2: "the 2nd ", 3: "the 3rd "}.get(nth, f"the {nth}th ")
    return f"the name up to {ordinal}“{pattern}”" if pattern else ""


def natural_key(text: str) -> tuple[tuple[bool, int, str], ...]:
    """A key by which names are sorted as people do: “class 2” before “class 10”.

    Example:
        >>> sorted(["class 10", "Class 2", "b"], key=natural_key)
        ['b', 'Class 2', 'class 10']
    """
    runs = ("".join(run) for _, run in groupby(text.casefold(), key=_is_digit))
    return tuple((not _is_digit(run[0]), int(run) if _is_digit(run[0]) else 0, run) for run in runs)


def _is_digit(letter: str) -> bool:
    return letter in "0123456789"
