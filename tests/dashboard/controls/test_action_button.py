"""What a button starts is made of what the controls say when it is pressed, not of what they said before."""

from __future__ import annotations

from streamlit.testing.v1 import AppTest

from tests.pages.helpers import checked


def naming() -> None:
    """Name something and save it; the page says above what was saved last."""
    from functools import partial

    import streamlit as st

    from dashboard.controls.action_button import action_button

    saved = st.session_state.setdefault("saved", [])
    st.markdown(f"Saved: {saved}")
    name = st.text_input("Name", "old", key="name")
    action_button("Save", partial(saved.append, name), key="save", is_disabled=not name)


def test_what_is_typed_right_before_the_press_counts_and_the_page_tells_of_it() -> None:
    app = AppTest.from_function(naming).run()
    app.text_input("name").set_value("new")
    app = checked(app.button("save").click().run())
    assert app.markdown[0].value == "Saved: ['new']"
    assert checked(app.run()).markdown[0].value == "Saved: ['new']", "one press is one action"


def test_nothing_is_done_where_the_button_cannot_be_pressed_any_more() -> None:
    app = AppTest.from_function(naming).run()
    app.text_input("name").set_value("")
    app = checked(app.button("save").click().run())
    assert app.button("save").disabled
    assert app.markdown[0].value == "Saved: []"
