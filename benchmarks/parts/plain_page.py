"""The least that Streamlit can do: one slider and one text that follows it. The reference of `design_speed`."""

import streamlit as st


@st.fragment
def slider_and_text() -> None:
    """Draw the slider, and its value."""
    value = st.slider("Value", 1, 9, 3, key="plain.slider")
    with st.container(key="design.picture"):
        st.html(f"<h2>{value}</h2>")


st.title("One slider")
slider_and_text()
