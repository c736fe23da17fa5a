"""What every lesson looks like: the stage, and beside it what one sees, what to try, and why it matters."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import streamlit as st

from dashboard import state
from dashboard.lesson_texts import lesson_sections
from dashboard.lessons.lesson import Lesson, OwnPlace, Task
from dashboard.navigation import page
from dashboard.palette import Palette

S = TypeVar("S")


@st.fragment
def lesson_panel(lesson: Lesson[S], palette: Palette, require_backend: Callable[[], None]) -> None:
    """Show a lesson. A fragment: a control draws the lesson anew, and neither the menu nor the head.

    Args:
        lesson: The lesson.
        palette: The theme's colours.
        require_backend: Ends the drawing here, with a progress bar, until TensorFlow is there.
    """
    stage, reading = st.columns([7, 3], gap="large")
    texts = lesson_sections(lesson.slug)
    with reading:
        _section("What you see", texts)
        tasks = st.container(key="lesson.tasks")
        _section("Why it matters", texts)
        _own_network(lesson.own)
    with stage, st.container(key="lesson.stage"):
        if lesson.needs_backend:
            require_backend()
        seen = lesson.stage(palette)
    with tasks:
        _tasks(lesson, seen)


def _section(heading: str, texts: dict[str, str]) -> None:
    st.subheader(heading, anchor=False)
    st.markdown(texts[heading])


def _tasks(lesson: Lesson[S], seen: S | None) -> None:
    """List what to try. What has been done once stays done."""
    name = f"lesson.{lesson.slug}.done"
    done: frozenset[str] = state.choice(name, frozenset())
    if seen is not None:
        done |= {task.slug for task in lesson.tasks if task.slug not in done and task.is_done(seen)}
        state.set_choice(name, done)
    st.subheader("Try this", anchor=False)
    for task in lesson.tasks:
        _task(task, is_done=task.slug in done)


def _task(task: Task[S], *, is_done: bool) -> None:
    with st.container(key=f"lesson.task.{task.slug}", gap="xxsmall"):
        if is_done:
            st.markdown(f":green[:material/check_circle:] **Done:** {task.words}")
            st.markdown(task.found)
        else:
            st.markdown(f":material/radio_button_unchecked: {task.words}")


def _own_network(own: OwnPlace) -> None:
    entry = page(own.slug)
    if st.button(own.words, key="lesson.own", icon=entry.icon):
        for name, value in own.choices.items():
            state.set_choice(name, value)
        st.switch_page(entry.path, query_params=state.address_parameters())
