"""What the network reads in a drawing: first and second guess, every probability, and what it really saw.

One element each: every one more is another message, ten times a second, and the browser puts the page together anew
for it.
"""

from __future__ import annotations

import streamlit as st

from dashboard import state
from dashboard.charts.probability_bars import probability_bars
from dashboard.components.pixel_view import image_pictures, pixel_view
from dashboard.palette import Palette
from dashboard.panels.draw.drawings import Reading, label, label_of, left_out_words, own_drawings, take_problem
from dashboard.words import fine_percent, literal, some


def guess_panel(reading: Reading) -> None:
    """Say the first and the second guess in words.

    Args:
        reading: What was read.
    """
    if not reading.is_sound:
        st.warning(
            "The network gives no numbers any more: training has diverged. Go back to an earlier moment, or train "
            "again with a smaller learning rate."
        )
        return
    names, chances = reading.class_names, reading.probabilities
    off = left_out_words()
    st.markdown(
        f"## It reads “{literal(names[reading.first])}”\n\n"
        f"Sure to {fine_percent(chances[reading.first])}; its second guess is “{literal(names[reading.second])}” "
        f"with {fine_percent(chances[reading.second])}." + (f" Left out on the way: {off}." if off else "")
    )


def label_panel(reading: Reading) -> None:
    """Let the person say what the drawing is; it is kept as that.

    Args:
        reading: What was read.
    """
    said = label_of(reading)
    key = state.sync_widget("draw.label", said)
    st.pills(
        "Wrong? Say what it is",
        reading.class_names,
        default=said,
        key=key,
        wrap=True,
        on_change=lambda: label(reading, state.widget_value(key)),
        help="The drawing is kept with what you say, without a name, so that you can teach it to a copy of the "
        "network. Press it again to take it back.",
    )
    problem = take_problem()
    if problem:
        st.warning(problem)
    elif said is not None:
        count = len(own_drawings())
        st.caption(f"Kept as “{said}”; {some(count, 'drawing')} kept. Clear the canvas for the next one.")


def bars_panel(reading: Reading, palette: Palette) -> None:
    """Show the probability of every class.

    Args:
        reading: What was read.
        palette: The theme's colours.
    """
    if not reading.is_sound:
        st.empty()
        return
    title = "How sure it is of each class"
    st.html(probability_bars(reading.probabilities, reading.class_names, palette, title))


def seen_panel(reading: Reading, palette: Palette) -> None:
    """Show the 28×28 image that the network sees.

    Args:
        reading: What was read.
        palette: The theme's colours.
    """
    pixel_view(
        image_pictures(reading.image[None], ("What it sees, 28×28",)),
        "draw.seen",
        palette,
        what="",
        tile_px=180,
        has_scale_bar=False,
    )
