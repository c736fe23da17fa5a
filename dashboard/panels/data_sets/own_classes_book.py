"""The session's drawings of own classes: kept when the page is left, and on the server until they are given up."""

from __future__ import annotations

import streamlit as st

from cnn_core.data.drawn.drawings import Drawings, no_drawings
from cnn_core.data.drawn.keeping import forget_drawings, keep_drawings, kept_drawings, new_book
from dashboard import state

PARAMETER = "drawn"
"""The address's name for the drawings: after a reload they are found by it."""
FIRST_NAMES = ("circle", "square", "triangle")

_DRAWINGS = "own_classes.drawings"
_SAID = "own_classes.said"


def book() -> Drawings:
    """Return what has been drawn, in this session or by the address."""
    drawings: Drawings | None = state.choice(_DRAWINGS, None)
    if drawings is None:
        name = st.query_params.get(PARAMETER, "")
        drawings = kept_drawings(name)
        if drawings is not None:
            state.carry(PARAMETER, name)
        drawings = drawings or no_drawings(FIRST_NAMES)
        state.set_choice(_DRAWINGS, drawings)
    return drawings


def change(drawings: Drawings) -> None:
    """Keep changed drawings, in the session and on the server; for a callback."""
    state.set_choice(_DRAWINGS, drawings)
    name = state.carried().get(PARAMETER, "")
    if not name:
        name = new_book()
        state.carry(PARAMETER, name)
        state.write_address()  # only a part of the page is run again, and the rest would have done it
    keep_drawings(name, drawings)


def begin_anew() -> None:
    """Give up all drawings; the names of the classes stay."""
    forget_drawings(state.carried().get(PARAMETER, ""))
    state.carry(PARAMETER, "")
    state.set_choice(_DRAWINGS, no_drawings(book().class_names))


def say(words: str) -> None:
    """Have something said once, when the page is drawn again."""
    state.set_choice(_SAID, words)


def is_something_said() -> bool:
    """Whether there is something that `take_said` would return."""
    return bool(state.choice(_SAID, ""))


def take_said() -> str:
    """Return what is to be said; once."""
    words: str = state.choice(_SAID, "")
    if words:
        say("")
    return words
