"""The glossary: what the words of the field mean, read from `assets/lessons/terms`."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

TERMS = Path(__file__).resolve().parents[1] / "assets" / "lessons" / "terms"


@dataclass(frozen=True)
class Term:
    """One word and its explanation.

    Args:
        slug: Its name in addresses, as `"receptive-field"`.
        title: The word, as `"Receptive field"`.
        text: One or two paragraphs of Markdown.
        source: Where to read more, with the year.
    """

    slug: str
    title: str
    text: str
    source: str

    @property
    def inline(self) -> str:
        """The word within a sentence: in small letters, but for a name such as ReLU.

        Example:
            >>> term("receptive-field").inline, term("relu").inline, term("l2").inline
            ('receptive field', 'ReLU', 'L2 regularisation')
        """
        first = self.title.split()[0]
        return self.title if first[1:] != first[1:].lower() or first[-1].isdigit() else self.title.lower()


@cache
def terms() -> tuple[Term, ...]:
    """Return every term, in the order of the alphabet; the files are read once."""
    found = (_read(path) for path in TERMS.glob("*.md"))
    return tuple(sorted(found, key=lambda entry: entry.title.casefold()))


def term(slug: str) -> Term:
    """Return the term of that name.

    Raises:
        KeyError: If there is none.

    Example:
        >>> term("receptive-field").title
        'Receptive field'
    """
    return {entry.slug: entry for entry in terms()}[slug]


def find_terms(words: str) -> tuple[Term, ...]:
    """Return the terms that hold all of some words: those with the words in their title first.

    Args:
        words: What somebody typed; empty for every term.

    Example:
        >>> [entry.slug for entry in find_terms("pool")][:2]
        ['global-pooling', 'pooling']
    """
    wanted = words.casefold().split()
    found = [entry for entry in terms() if _holds(f"{entry.title} {entry.text}", wanted)]
    return tuple(sorted(found, key=lambda entry: not _holds(entry.title, wanted)))


def _holds(text: str, wanted: list[str]) -> bool:
    return all(word in text.casefold() for word in wanted)


def _read(path: Path) -> Term:
    title, *paragraphs, source = path.read_text(encoding="utf-8").strip().split("\n\n")
    return Term(path.stem, title.removeprefix("# "), "\n\n".join(paragraphs), source.removeprefix("Source: "))
