"""Views of one page: each with a sentence, what it draws, and the links to what explains it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

import streamlit as st

from dashboard.panels.term_link import lesson_link, term_link

Subject = TypeVar("Subject")


@dataclass(frozen=True)
class View(Generic[Subject]):
    """One way to look at something.

    Args:
        title: Its name on the button.
        sentence: What one sees.
        term: The glossary's entry that explains it.
        draw: Draws it.
        lesson: The address of the lesson that it belongs to, if there is one.
    """

    title: str
    sentence: str
    term: str
    draw: Callable[[Subject], None]
    lesson: str = ""


def show_view(view: View[Subject], key: str, subject: Subject) -> None:
    """Draw a view, its sentence above it and the links below.

    Args:
        view: The view.
        key: The key of the container around it.
        subject: What is looked at.
    """
    with st.container(key=key):
        st.markdown(view.sentence)
        view.draw(subject)
        with st.container(horizontal=True):
            term_link(view.term)
            if view.lesson:
                lesson_link(view.lesson)
