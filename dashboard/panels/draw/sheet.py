"""A sheet of one's own drawings: what they were, what was read; to take along, or to delete."""

from __future__ import annotations

from functools import partial

import numpy as np
import streamlit as st

from cnn_core.correction.kept import KeptDrawing
from cnn_core.correction.sheet import drawings_sheet, drawings_zip
from dashboard import state
from dashboard.components.pixel_view import Cell, image_pictures, pixel_view
from dashboard.palette import Palette
from dashboard.panels.draw.drawings import forget, own_drawings, take_problem
from dashboard.words import percent, some

TILE_PX = 64
_CHOSEN = "draw.sheet_chosen"


def drawing_sheet_panel(palette: Palette) -> None:
    """Show all kept drawings in one picture."""
    drawings = own_drawings()
    problem = take_problem()
    if problem:
        st.warning(problem)
    if not drawings:
        st.info("Your labelled drawings will appear here. Draw, then say below the verdict what it is.")
        if problem:
            st.button("Delete all", key="draw.sheet.delete_all", on_click=forget)
        return
    right = sum(one.is_right for one in drawings)
    st.markdown(f"**{some(len(drawings), 'drawing')}**, {right} read rightly. Choose one to see or delete it.")
    chosen = next((place for place, one in enumerate(drawings) if one.id == state.choice(_CHOSEN, "")), None)
    pixel_view(
        image_pictures(
            np.stack([one.image for one in drawings]),
            [one.class_name for one in drawings],
            [f"read “{one.guess}”" for one in drawings],
        ),
        "draw.sheet",
        palette,
        what="drawing",
        tile_px=TILE_PX,
        chosen=None if chosen is None else Cell(chosen, 14, 14),
        has_scale_bar=False,
        on_choose=lambda cell: state.set_choice(_CHOSEN, drawings[cell.picture].id),
    )
    if chosen is not None:
        one = drawings[chosen]
        st.caption(f"Chosen: a “{one.class_name}”, read as “{one.guess}” with {percent(one.probability)}.")
    _buttons(drawings, chosen)


def _buttons(drawings: tuple[KeptDrawing, ...], chosen: int | None) -> None:
    with st.container(horizontal=True):
        _download("Save the sheet (PNG)", "png", partial(drawings_sheet, drawings), "my-drawings.png", "image/png")
        zipped = partial(drawings_zip, drawings)
        _download("Save as a data set (zip)", "zip", zipped, "my-drawings.zip", "application/zip")
        st.button(
            "Delete this one",
            key="draw.sheet.delete",
            icon=":material/delete:",
            disabled=chosen is None,
            on_click=forget,
            args=(frozenset() if chosen is None else frozenset({drawings[chosen].id}),),
        )
        with st.popover("Delete all", icon=":material/delete_sweep:"):
            st.markdown("All your drawings on this server are deleted for good.")
            st.button("Delete all of them", key="draw.sheet.delete_all", on_click=forget)


def _download(label: str, name: str, make: object, file_name: str, mime: str) -> None:
    st.download_button(
        label,
        make,  # type: ignore[arg-type]
        file_name,
        mime,
        key=f"draw.sheet.{name}",
        on_click="ignore",
        icon=":material/download:",
    )
