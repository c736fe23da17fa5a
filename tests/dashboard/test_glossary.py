"""The glossary's texts: short, with numbers and a source, and found by their words."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from dashboard.glossary import TERMS, find_terms, term, terms

MOST_WORDS = 110
"""What a student can read aloud in less than a minute."""

FILES = sorted(TERMS.glob("*.md"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_term_is_a_title_two_short_paragraphs_with_numbers_and_a_source(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    title, *paragraphs, source = text.strip().split("\n\n")
    assert re.fullmatch(r"# ([A-Z]|t-)[\w -]+", title)
    assert re.fullmatch(r"Source: .+ (19|20)\d\d, \*.+\*.*\.", source)
    assert 1 <= len(paragraphs) <= 2
    assert sum(len(paragraph.split()) for paragraph in paragraphs) <= MOST_WORDS
    assert re.search(r"\d", "".join(paragraphs)), "an example with numbers"
    assert re.fullmatch("[a-z0-9-]+", path.stem)
    for paragraph in paragraphs:
        assert paragraph.endswith(".")
        assert not re.search(r"^(\d+[.)]|[-+*#>]) ", paragraph, re.MULTILINE), "no line looks like a list"


def test_no_title_is_there_twice() -> None:
    assert len({entry.title.casefold() for entry in terms()}) == len(FILES)
    assert [entry.slug for entry in terms()] == [entry.slug for entry in find_terms("")]


def test_words_are_found_wherever_they_stand_and_in_titles_first() -> None:
    assert find_terms("  BATCH norm ")[0].slug == "batch-normalisation"
    assert "vanishing-gradients" in [entry.slug for entry in find_terms("gradient first layers")]
    assert find_terms("gradient qqq") == ()


def test_unknown_term_is_a_mistake_of_the_code() -> None:
    with pytest.raises(KeyError):
        term("nonsense")
