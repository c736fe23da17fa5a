"""Draw a digit: the network reads what is drawn as soon as the pen is lifted."""

import streamlit as st

from dashboard import resources, shell
from dashboard.controls.network_choice import network_controls
from dashboard.panels.drawing_canvas import drawing_canvas, pen_controls
from dashboard.panels.reading_panel import first_maps_panel, guess_panel, reading_panel

# No refreshing on this page: with every refresh the whole drawing would travel to the server again.
palette = shell.open_page("Draw_a_digit", is_polling=False)
left, right = st.columns([2, 3], gap="large")
with left:
    image = drawing_canvas()
    verdict = st.container()
    pen_controls()
    network = network_controls("draw", input_shape=(28, 28, 1))
if image is None:
    with right:
        st.info("Draw a digit on the black square: what the network makes of it will appear here.")
else:
    with verdict:
        shell.require_backend()
        probe = resources.probe(network)
        probabilities = probe.probabilities(image[None])[0]
        guess_panel(probabilities, network.class_names)
    with right:
        reading_panel(probabilities, network.class_names, image, palette)
        first_maps_panel(probe, image, palette)
shell.close_page("Draw_a_digit")
