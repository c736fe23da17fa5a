"""What tests of lessons do again and again."""

from __future__ import annotations

from streamlit.testing.v1 import AppTest

from tests.pages.helpers import checked


def lesson_app(slug: str) -> AppTest:
    """A lesson alone, without its page.

    Args:
        slug: The name of its module in `dashboard.lessons`.
    """

    def page(slug: str) -> None:
        from importlib import import_module

        import streamlit as st

        from dashboard.lessons.frame import lesson_panel
        from dashboard.palette import LIGHT

        lesson_panel(import_module(f"dashboard.lessons.{slug}").LESSON, LIGHT, st.stop)

    return checked(AppTest.from_function(page, args=(slug,), default_timeout=60).run())
