"""Places that a page has laid out outside of the fragment that writes to them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import streamlit as st
from streamlit.errors import StreamlitInvalidLayoutContextError


@contextmanager
def outside_places() -> Iterator[None]:
    """Let a fragment write to places outside of it for as long as they are the page's.

    When the whole page is asked for, or another one, Streamlit draws it in another thread and gives the old places up
    at once. The fragment that is still at work learns of it when it writes to one: as of an error, which would be
    written to the server's log. Here it ends as silently as it would have at a place of its own.

    Raises:
        StopException: Where another run has taken this one's place.
        StreamlitInvalidLayoutContextError: Where none has: the place was not written to with the whole page.
    """
    try:
        yield
    except StreamlitInvalidLayoutContextError:
        st.empty()  # whatever is written ends a run whose place another one has taken
        raise
