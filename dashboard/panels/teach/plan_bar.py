"""The bar at the top of every page while a lesson plan runs, or while something is out of sight."""

from __future__ import annotations

from html import escape

import streamlit as st

from dashboard import state
from dashboard.navigation import page
from dashboard.state import DESIGN_PARAMETERS
from dashboard.teaching import session
from dashboard.teaching.hiding import BAR, GROUPS
from dashboard.teaching.session import Place

NEXT_KEY, PREVIOUS_KEY = "PageDown", "PageUp"
"""What presenters' clickers send."""


def go_to_page(slug: str) -> None:
    """Open a page, with all that the address carries."""
    design = {name: text for name, text in st.query_params.to_dict().items() if name in DESIGN_PARAMETERS}
    st.switch_page(page(slug).path, query_params=design | state.address_parameters())


def plan_bar(slug: str) -> None:
    """Show the step, and the buttons that lead on; nothing where no plan runs and all is in sight.

    Args:
        slug: The address of the page that is shown.
    """
    refusal = session.take_refusal()
    if refusal:
        st.warning(refusal)
    place, hidden = session.place(), session.hidden_groups()
    if place is None and not hidden:
        return
    with st.container(key=BAR, horizontal=True, vertical_alignment="center"):
        st.html(_words(place, hidden))
        if hidden:
            st.button("Show controls", key="teach.show", icon=":material/visibility:", on_click=_show_all)
        if place is not None:
            _buttons(place, slug)


def _words(place: Place | None, hidden: tuple[str, ...]) -> str:
    if place is None:
        return f"<p>Out of sight: {', '.join(GROUPS[group].title.lower() for group in hidden)}.</p>"
    head = f"Step {place.number} of {len(place.plan.steps)} · {place.step.minutes} min"
    return f"<p><strong>{head}</strong> · {escape(place.step.text)}</p>"


def _buttons(place: Place, slug: str) -> None:
    steps = len(place.plan.steps)
    back = st.button(
        "Back", key="teach.back", icon=":material/arrow_back:", shortcut=PREVIOUS_KEY, disabled=place.number == 1
    )
    forward = st.button(
        "Next",
        key="teach.next",
        icon=":material/arrow_forward:",
        shortcut=NEXT_KEY,
        type="secondary" if place.number == steps else "primary",
        disabled=place.number == steps,
    )
    if slug != place.step.page and st.button(f"Return to {page(place.step.page).title}", key="teach.return"):
        go_to_page(place.step.page)
    st.button("End plan", key="teach.end", icon=":material/close:", on_click=session.end_plan)
    if back or forward:
        open_step(place.name, place.number + (1 if forward else -1))


def open_step(name: str, number: int) -> None:
    """Take a step of a plan and open its page."""
    slug = session.begin_step(name, number)
    if slug:
        go_to_page(slug)
    st.rerun()


def _show_all() -> None:
    session.hide_groups(())
