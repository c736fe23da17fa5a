"""Draw a digit: the network reads what is drawn as soon as the pen is lifted."""

import streamlit as st

from dashboard import resources, shell
from dashboard.controls.network_choice import network_controls
from dashboard.panels.drawing_canvas import drawing_canvas
from dashboard.panels.reading_panel import first_maps_panel, reading_panel

# No refreshing on this page: with every refresh the whole drawing would travel to the server again.
palette = shell.open_page("Draw_a_digit", is_polling=False)
left, right = st.columns([2, 3], gap="large")
with left:
    network = network_controls("draw", input_shape=(28, 28, 1))
    stroke_width_px = st.slider("Pen width", 6, 40, 20, key="draw.stroke_width", help="In pixels of the canvas.")
    image = drawing_canvas(stroke_width_px)
with right:
    if image is None:
        st.info("Draw a digit on the black square: what the network makes of it will appear here.")
    else:
        shell.require_backend()
        reading_panel(resources.probe(network), network, image, palette)
if image is not None:
    first_maps_panel(resources.probe(network), image, palette)
shell.reading("Draw_a_digit")
