"""What every page opens with, whichever way it was reached.

Streamlit runs a page of a folder named `pages/` without `app.py` when its address is the first that a fresh server
sees. So nothing that a page needs is done in `app.py`: it is all here, and the menu is drawn here too.
"""

from __future__ import annotations

import sys
from functools import cache
from itertools import groupby

import streamlit as st
from streamlit.runtime.scriptrunner import StopException

from cnn_core import warm_up
from dashboard import state
from dashboard.charts.base import CONFIG, base_figure
from dashboard.controls.type_size import large_type_switch
from dashboard.lesson_texts import lesson_sections
from dashboard.navigation import PAGES, PROJECT, page
from dashboard.palette import Palette, palette_for
from dashboard.panels.status_panel import status_panel
from dashboard.panels.teach.plan_bar import go_to_page, plan_bar
from dashboard.teaching import session
from dashboard.teaching.hiding import hiding_style

ICON = PROJECT / "assets" / "icons" / "icon.png"
STYLE = PROJECT / "assets" / "style.css"
NAME = "CNN Classroom"
SWITCH_INTERVAL_S = 0.0005
"""How long Python lets one thread go on while another waits.

Streamlit sends a page's elements from a thread of its own, one after another, and waits at each for the thread that
draws the page. With Python's usual 5 ms a third of the time until a control is answered is this waiting
(docs/adr/0013).
"""


def open_page(slug: str, *, is_polling: bool = True) -> Palette:
    """Set a page up: its title, the menu, the status line, the head.

    Args:
        slug: The page's address in `navigation.PAGES`.
        is_polling: Whether the status line may refresh itself; not on a page with a canvas, whose state would travel
            with every refresh.

    Returns:
        The colours that the browser's theme asks for.
    """
    entry = page(slug)
    st.set_page_config(page_title=f"{entry.title} · {NAME}", page_icon=str(ICON), layout="wide")
    sys.setswitchinterval(SWITCH_INTERVAL_S)
    warm_up.start()
    place = session.read_address()
    if place not in ("", slug):
        go_to_page(place)
    st.html(_style())
    state.read_address()
    with st.sidebar:
        _menu()
        status_panel(is_polling=is_polling)
        large_type_switch("shell.large")
    plan_bar(slug)
    st.title(entry.question, anchor=False)
    st.markdown(entry.summary)
    if state.take_lost_run():
        st.warning(
            "The training in this address is not known here: it ran on another machine, or was deleted. "
            "Train again; the starter network is ready meanwhile."
        )
    lost = state.take_lost_dataset()
    if lost:
        st.warning(f"Somebody has deleted “{lost}”, which you trained on. Choose another data set, or bring it again.")
    refusal = state.take_refused_design()
    if refusal:
        st.warning(refusal)
    return palette_for(st.context.theme.type)


def require_backend() -> None:
    """Let a page go on only when TensorFlow is there; until then show how far loading is.

    What the page has drawn so far stays; the page runs again by itself as soon as loading has ended.

    It does not end by `st.stop()`: that also throws away a click, or a stroke, that has come in during this run.
    """
    loading = warm_up.state()
    if loading.failure:
        st.error(loading.failure)
        raise StopException
    if not loading.is_ready:
        warm_up.hurry()
        _loading_progress()
        raise StopException


def close_page(slug: str) -> None:
    """End a page: its text from `assets/lessons` (what you see, try this, why it matters), and what later pages need.

    A lesson has its text beside what one operates (`lessons.frame`), and none here.

    Args:
        slug: The page's address in `navigation.PAGES`.
    """
    sections = {} if page(slug).is_lesson else lesson_sections(slug)
    with st.container(key="shell.reading"):
        for column, (heading, body) in zip(st.columns(max(1, len(sections))), sections.items(), strict=False):
            with column, st.container(border=True, height="stretch"):
                st.markdown(f"### {heading}\n\n{body}")
    _load_charts_early()


@cache
def _style_sheet() -> str:
    return STYLE.read_text(encoding="utf-8")


def _style() -> str:
    """Write what Streamlit's theme cannot say, large type, and what a lesson puts out of sight: one element for all."""
    large = session.LARGE_STYLE if session.is_large() else ""
    return f"<style>{_style_sheet()}\n{large}\n{hiding_style(session.hidden_groups())}</style>"


def _menu() -> None:
    st.markdown(f"**{NAME}**")
    parameters = state.address_parameters()
    with st.container(key="shell.menu"):
        for group, entries in groupby(PAGES, key=lambda entry: entry.group):
            st.caption(group)
            for entry in entries:
                st.page_link(entry.path, label=entry.title, icon=entry.icon, query_params=parameters)


def _load_charts_early() -> None:
    """Let the browser fetch the charting libraries (6 MB) now, behind the page, and not when a curve is to grow.

    Once a session is enough. The charts are empty and take no room: `assets/style.css` hides their container.
    """
    if state.choice("shell.charts_loaded", False):
        return
    state.set_choice("shell.charts_loaded", True)
    with st.container(key="shell.early_charts"):
        st.echarts_chart({"series": []}, key="shell.echarts", height=10)
        st.plotly_chart(base_figure(palette_for(None), 10), key="shell.plotly", theme=None, config=CONFIG)


@st.fragment(run_every=0.5)
def _loading_progress() -> None:
    loading = warm_up.state()
    if loading.is_ready or loading.failure:
        st.rerun()
    left_s = max(1, round(warm_up.TYPICAL_DURATION_S - loading.elapsed_s))
    words = f"about {left_s} s left" if loading.elapsed_s < warm_up.TYPICAL_DURATION_S else "nearly there"
    share = 1 - 0.5 ** (2 * loading.elapsed_s / warm_up.TYPICAL_DURATION_S)
    st.progress(min(share, 0.99), text=f"Loading TensorFlow, which computes the networks: {words}")
