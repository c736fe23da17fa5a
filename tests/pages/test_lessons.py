"""What holds for every lesson."""

from __future__ import annotations

from importlib import import_module
from typing import Any

import pytest

from cnn_core import warm_up
from dashboard.lesson_texts import lesson_sections
from dashboard.lessons.lesson import Lesson
from dashboard.navigation import PAGES, page
from tests.pages.helpers import open_page, texts

pytestmark = pytest.mark.slow  # TensorFlow is there: what waits for it is shown

LESSONS = [entry.slug for entry in PAGES if entry.is_lesson]
MOST_WORDS = 140


def lesson(slug: str) -> Lesson[Any]:
    """The lesson stands in the module of its name."""
    found = import_module(f"dashboard.lessons.{slug.lower()}").LESSON
    assert isinstance(found, Lesson)
    return found


@pytest.mark.parametrize("slug", LESSONS)
def test_lesson_begins_at_work_with_nothing_done_yet(slug: str) -> None:
    warm_up.start()
    assert warm_up.wait(120)
    app = open_page(slug)
    words = texts(app)
    assert not app.error
    assert not app.warning
    for task in lesson(slug).tasks:
        assert task.words in words
        assert task.found not in words
    assert lesson(slug).own.words in [button.label for button in app.button]


@pytest.mark.parametrize("slug", LESSONS)
def test_lesson_has_a_few_tasks_and_leads_to_ones_own_network(slug: str) -> None:
    found = lesson(slug)
    assert found.slug == slug
    assert 2 <= len(found.tasks) <= 4
    assert len({task.slug for task in found.tasks}) == len(found.tasks)
    assert not page(found.own.slug).is_lesson


@pytest.mark.parametrize("slug", LESSONS)
def test_prose_is_short(slug: str) -> None:
    for text in lesson_sections(slug).values():
        assert len(text.split()) <= MOST_WORDS
