"""The strip from stroke to number: every step as a picture, with what the network would say."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import streamlit as st

from cnn_core.data.scaling import PIXEL_MAX
from cnn_core.drawing.way import STEPS, Strip, Telling, framed, tellings
from dashboard import state
from dashboard.components.pixel_stack import Row, pixel_stack
from dashboard.components.pixel_view import Pictures
from dashboard.palette import Palette
from dashboard.panels.draw.drawings import WAY, chosen_way
from dashboard.words import percent

TITLES = {step.name: step.title for step in STEPS}
TILE_PX = 84
FIRST = "As it came"


def step_switches() -> None:
    """Let the person choose which steps are taken."""
    taken = [step.name for step in STEPS if step.name in chosen_way()]
    key = state.sync_widget("draw.steps", taken)
    st.pills(
        "Steps that are taken",
        list(TITLES),
        selection_mode="multi",
        default=taken,
        format_func=TITLES.__getitem__,
        key=key,
        wrap=True,
        on_change=lambda: state.set_choice(WAY, tuple(state.widget_value(key) or ())),
        help="Switch a step off, and the network on this page reads what comes out without it.  \n"
        + "  \n".join(f"**{step.title}**: {step.words}" for step in STEPS),
    )


def strip_panel(
    strip: Strip,
    probabilities: npt.NDArray[np.float32],
    class_names: Sequence[str],
    palette: Palette,
    said: str | None = None,
) -> None:
    """Show the pictures on the way, and what each step does to the answer.

    Args:
        strip: The pictures.
        probabilities: `(count, classes)`, what the network says of `strip.images`.
        class_names: One name a class.
        palette: The theme's colours.
        said: What the person says that the drawing is, if anything.
    """
    read = class_names[int(np.argmax(probabilities[strip.seen]))]
    st.markdown(telling_sentence(tellings(strip, probabilities), class_names, strip, read, said))
    guesses = [f"“{class_names[int(np.argmax(one))]}” {percent(one.max())}" for one in probabilities]
    words = [step.title if step.name in strip.way else f"{step.title}: off" for step in STEPS]
    turned = [f"{'Without' if step.name in strip.way else 'With'}: {step.title.lower()}" for step in STEPS]
    stages = np.stack([framed(stage) for stage in strip.stages])
    limits = (0.0, PIXEL_MAX)
    pixel_stack(
        [
            Row(
                "The way",
                ["The way", "above each picture what would be read if the way ended there"],
                Pictures(stages, [FIRST, *words], limits, "grey", [guesses[index] for index in strip.ended]),
                what="step",
                tile_px=TILE_PX,
                file_name="from-stroke-to-number",
            ),
            Row(
                "One step changed",
                ["One step changed, all others as above", "what the network would see, and read"],
                Pictures(
                    strip.images[list(strip.turned), :, :, 0],
                    turned,
                    limits,
                    "grey",
                    [guesses[index] for index in strip.turned],
                ),
                what="picture",
                tile_px=TILE_PX,
                file_name="one-step-changed",
            ),
        ],
        "draw.strip",
        palette,
    )


def telling_sentence(
    found: Sequence[Telling], class_names: Sequence[str], strip: Strip, read: str, said: str | None
) -> str:
    """Say which step changes the answer most; where the answer is wrong, which one would put it right.

    Args:
        found: The steps, the one that changes most first.
        class_names: One name a class.
        strip: The pictures.
        read: What is read now.
        said: What the person says that the drawing is, if anything.
    """
    first, blame = found[0], ""
    if said is not None and said != read:
        cured = next((one for one in found if one.changes_answer and class_names[one.guess] == said), None)
        if cured is not None:
            return f"**{cured.step.title}** is why it was misread: {_what_if(cured, class_names, strip)}"
        blame = (
            f"**No single step** is why it was misread: whichever one is changed, it is not read as “{said}”. "
            f"It is the network that takes such a drawing for a “{read}”; you can teach it. "
        )
    if first.changes_answer:
        return f"{blame}**{first.step.title}** matters most here: {_what_if(first, class_names, strip)}"
    return blame or (
        f"Whichever single step is changed, it reads the same. **{first.step.title}** counts most: "
        f"{_changed(first, strip)}, it would be sure to {percent(first.after)} instead of {percent(first.before)}."
    )


def _what_if(one: Telling, class_names: Sequence[str], strip: Strip) -> str:
    return (
        f"{_changed(one, strip)}, it would read “{class_names[one.guess]}”, sure to {percent(one.probability)}. "
        f"{_what_then(one, strip)}"
    )


def _changed(one: Telling, strip: Strip) -> str:
    return "left out" if one.step.name in strip.way else "taken"


def _what_then(one: Telling, strip: Strip) -> str:
    return one.step.without_words if one.step.name in strip.way else one.step.words
