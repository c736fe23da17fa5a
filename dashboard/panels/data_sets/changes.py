"""What augmentation makes of the chosen image, with the settings that the next training will use."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import streamlit as st

from cnn_core import warm_up
from cnn_core.augmentation.settings import Augmentation
from cnn_core.data.dataset import Dataset
from cnn_core.data.entry import DatasetEntry
from dashboard import state
from dashboard.components.pixel_view import image_pictures, pixel_view
from dashboard.controls.training_controls import augmentation_controls
from dashboard.palette import Palette
from dashboard.panels.data_sets.image import chosen_image
from dashboard.panels.training.augmentation import DRAW, augmentation_panel

VERSIONS = 11
USUAL = Augmentation(shift=0.1, rotation_degrees=15.0, zoom=0.1)
"""Amounts at which people still recognise every digit."""
TILE_PX = 84


def changes_panel(dataset: Dataset, entry: DatasetEntry, palette: Palette) -> None:
    """Show the chosen image changed at random again and again, and one image of each class."""
    with st.expander("How far images may be changed: this holds for the next training, too", expanded=True):
        augmentation_controls()
    augmentation = state.settings().augmentation
    if not augmentation.is_active:
        st.info("Every image is learned as it is. Set one of the amounts above, or take some that are usual.")
        st.button("Take usual amounts", key="data_sets.usual", type="primary", on_click=_take_usual)
        return
    if warm_up.state().is_ready:
        # Imported here because it brings TensorFlow along: pages never wait for it.
        from cnn_core.augmentation.graph import augment_arrays

        image = chosen_image(dataset, entry)
        copies = np.repeat(image.pixels[np.newaxis], VERSIONS, axis=0)
        changed = augment_arrays(copies, augmentation, (state.choice(DRAW, 0), 1))
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(f"**{image.origin[0].upper()}{image.origin[1:]}**, first as it is, then changed by chance.")
            st.button("Draw other versions", key="data_sets.redraw", icon=":material/casino:", on_click=_draw_others)
        pixel_view(
            image_pictures(
                np.concatenate([image.pixels[np.newaxis], changed]),
                ["as it is", *(f"version {number}" for number in range(1, VERSIONS + 1))],
            ),
            "data_sets.versions",
            palette,
            what="image",
            tile_px=TILE_PX,
            has_scale_bar=False,
            has_names=False,
            file_name=f"{entry.slug}-augmented",
        )
        st.caption("Choose another image under Samples. Below, one training image of each class.")
    augmentation_panel(augmentation, entry.slug)


def _take_usual() -> None:
    state.set_settings(replace(state.settings(), augmentation=USUAL))


def _draw_others() -> None:
    state.set_choice(DRAW, state.choice(DRAW, 0) + 1)
