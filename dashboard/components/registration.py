"""Registers components from their files."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import streamlit as st

if TYPE_CHECKING:
    from streamlit.components.v2.types import ComponentRenderer

ASSETS = Path(__file__).resolve().parents[2] / "assets" / "components"


def register(name: str, html: str, before: Sequence[str] = (), styles: Sequence[str] = ()) -> ComponentRenderer:
    """Register the component whose files are `assets/components/<name>.js` and `.css`.

    Args:
        name: Its name; Streamlit gets it with the project's name before it.
        html: What it is made of before its JavaScript runs.
        before: Names of further JavaScript files that come before `<name>.js`, in one module with it.
        styles: Names of further style sheets that come before `<name>.css`.
    """

    def joined(names: Sequence[str], ending: str) -> str:
        return "\n".join((ASSETS / f"{part}.{ending}").read_text(encoding="utf-8") for part in names)

    return st.components.v2.component(
        f"cnn_classroom.{name}",
        html=html,
        css=joined((*styles, name), "css"),
        js=joined((*before, name), "js"),
    )
