"""The glossary on the screen: the term that the address names, a search box, and the list of all terms."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from dashboard import state
from dashboard.components.bring_into_view import bring_into_view
from dashboard.glossary import Term, find_terms, term, terms
from dashboard.navigation import page
from dashboard.words import some

TERM_PARAMETER = "term"
"""The address's name for the term that is opened at the top."""

COLUMNS = 4
_SEARCH = "glossary.search"
_OPENED = "glossary.term"


def glossary_panel() -> None:
    """Show the term that the address names, and below it the list that a search box makes shorter."""
    # A link from a page to itself reaches the server, but leaves the browser's address as it was. Saying the address
    # again brings it up to date; where it is right already, the browser does nothing.
    st.query_params.from_dict(st.query_params.to_dict())
    named = st.query_params.get(TERM_PARAMETER, "")
    is_known = named in {entry.slug for entry in terms()}
    if is_known:
        _open_term(term(named))
    elif named:
        st.info("The address names a term that is not in this glossary; here are all that are.")
    _search(named)
    if is_known:
        bring_into_view(_OPENED, named)


def _open_term(entry: Term) -> None:
    with st.container(border=True, key=_OPENED):
        st.header(entry.title, anchor=False)
        st.markdown(entry.text)
        st.caption(f"Source: {entry.source}")
        st.page_link(
            page("Glossary").path,
            label="All terms",
            icon=":material/arrow_back:",
            query_params=state.address_parameters(),
        )


@st.fragment
def _search(opened: str) -> None:
    """List the terms that hold what is typed; a fragment, so that typing draws nothing else anew."""
    narrow, _ = st.columns([2, 3])
    with narrow:
        words = st.text_input(
            "Find a word",
            state.choice(_SEARCH, ""),
            key=_SEARCH,
            type="search",
            placeholder="for example: gradient",
            live=True,
        )
        state.set_choice(_SEARCH, words)
        found = find_terms(words or "")
        st.caption(f"{len(found)} of {some(len(terms()), 'term')}")
    if found:
        _list_terms(found, opened)
    else:
        st.info("No term holds these words. Try fewer letters, or empty the box for the whole list.")


def _list_terms(found: Sequence[Term], opened: str) -> None:
    """Link to terms, down one column after the other, so that they are in order on a phone too."""
    length = -(-len(found) // COLUMNS)
    for number, column in enumerate(st.columns(COLUMNS)):
        with column:
            for entry in found[number * length : (number + 1) * length]:
                st.page_link(
                    page("Glossary").path,
                    label=entry.title,
                    disabled=entry.slug == opened,
                    query_params={**state.address_parameters(), TERM_PARAMETER: entry.slug},
                )
