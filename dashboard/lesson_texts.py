"""The texts that stand on pages, read from `assets/lessons`."""

from __future__ import annotations

from functools import cache
from pathlib import Path

LESSONS = Path(__file__).resolve().parents[1] / "assets" / "lessons"


def lesson_path(slug: str) -> Path:
    """Return the file of a page's text.

    Args:
        slug: The page's address in `navigation.PAGES`.
    """
    return LESSONS / f"{slug.lower()}.md"


@cache
def lesson_sections(slug: str) -> dict[str, str]:
    """Return the text of each of a page's sections by its heading; the file is read once.

    Args:
        slug: The page's address in `navigation.PAGES`.

    Example:
        >>> list(lesson_sections("Start"))
        ['What you see', 'Try this', 'Why it matters']
    """
    text = lesson_path(slug).read_text(encoding="utf-8")
    parts = (section.strip().partition("\n") for section in text.split("\n## ")[1:])
    return {heading: body.strip() for heading, _, body in parts}
