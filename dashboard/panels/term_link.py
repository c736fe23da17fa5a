"""The links from a word to its explanation, and from a view to its lesson."""

from __future__ import annotations

import streamlit as st

from dashboard import state
from dashboard.glossary import term, terms
from dashboard.navigation import page


def term_link(slug: str) -> None:
    """Link to the glossary's entry of that name."""
    st.page_link(
        page("Glossary").path,
        label=f"What is meant: {term(slug).inline}",
        icon=":material/menu_book:",
        query_params={**state.address_parameters(), "term": slug},
    )


def lesson_link(slug: str) -> None:
    """Link to the lesson at that address, by its question."""
    entry = page(slug)
    st.page_link(
        entry.path, label=f"Lesson: {entry.question}", icon=entry.icon, query_params=state.address_parameters()
    )


def open_term(slug: str) -> None:
    """Go to the glossary's entry of that name; where there is none, as in what a browser made up, stay."""
    if any(entry.slug == slug for entry in terms()):
        st.switch_page(page("Glossary").path, query_params={**state.address_parameters(), "term": slug})
