"""One step of training, from the image to the new weights, with every number of one kernel's gradient."""

from __future__ import annotations

from functools import partial

import numpy as np
import streamlit as st

from cnn_core.operations.kernel_gradient import KernelChange, kernel_change, kernel_gradient_steps
from cnn_core.operations.one_step import Backward, Forward, backward, forward, losses_along
from dashboard import state
from dashboard.charts.learning_curves import history_figure, rate_figure
from dashboard.charts.number_text import short_number
from dashboard.charts.output_error import output_error
from dashboard.charts.png import png_address
from dashboard.components.pixel_view import Pictures, pixel_view
from dashboard.components.walk_view import Walk, WalkGrid, walk_view
from dashboard.controls.chart_view import plotly_view
from dashboard.controls.view_choice import view_choice
from dashboard.lessons.learning_record import StepSeen
from dashboard.lessons.learning_source import (
    DIGITS,
    PAGE,
    Material,
    Trained,
    material_controls,
    start_over,
    take_rounds,
    take_step,
)
from dashboard.lessons.learning_words import change_sentences, contribution_sentences, step_sentence
from dashboard.palette import Palette
from dashboard.words import count, percent, plain, some

RATES = (0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0)
FIRST_RATE = 0.1
DRAWN_RATES = np.geomspace(RATES[0], RATES[-1], 61)
ROUNDS = 5
DEAD = "ReLU gives 0 everywhere: nothing comes back to the kernels any more. Start over with a smaller learning rate."


def step_view(palette: Palette) -> StepSeen | None:
    """Draw one step under the microscope, and return what it does."""
    top = st.container()
    with st.expander("Image and network", icon=":material/tune:"):
        given = material_controls()
    if given is None:
        return None
    material, trained = given
    found = backward(trained.network, material.image, material.class_index)
    with top:
        seen = _outcome(material, trained, found, palette)
    if seen is not None:
        _microscope(material, trained, found, seen, palette)
    return seen


def _outcome(material: Material, trained: Trained, found: Backward, palette: Palette) -> StepSeen | None:
    """Draw learning rate and buttons, and what the step does to the losses."""
    picture, controls = st.columns([1, 4], gap="medium", vertical_alignment="center")
    with picture:
        name = DIGITS[material.class_index]
        address = png_address(material.pixels[material.class_index][..., np.newaxis])
        st.html(
            f'<img src="{address}" alt="The image: a {name}" style="width:100%;min-width:6rem;max-width:7.5rem;'
            f'image-rendering:pixelated;display:block">A {name}'
        )
    with controls:
        rate = _rate()
        _buttons(material, trained, rate)
    rates = np.concatenate([[0.0, rate], DRAWN_RATES])
    losses = losses_along(trained.network, found.parameters, rates, material.images, material.labels)
    own = losses[:, material.class_index]
    others = np.delete(losses, material.class_index, axis=1).mean(axis=1)
    numbers = (float(own[0]), float(own[1]), float(others[0]), float(others[1]))
    if not np.isfinite(numbers[0] + numbers[2]):
        st.warning("The steps were too long: the weights have gone beyond all bounds. Start over.")
        return None
    seen = StepSeen(rate, trained.steps, *numbers, float(losses[0].mean()))
    judged = step_sentence(*numbers) if found.at_sums.any() else DEAD
    chance = (f"{100 * np.exp(-loss):.3g}\N{NO-BREAK SPACE}%" for loss in numbers[:2])
    st.markdown(
        f"Step {count(trained.steps + 1)}: **loss {short_number(seen.before)} → {short_number(seen.after)}** for this "
        f"image: “{DIGITS[material.class_index]}” gets {' → '.join(chance)}. Nine other digits: "
        f"{short_number(seen.others_before)} → {short_number(seen.others_after)}. {judged}"
    )
    left, right = st.columns(2, gap="small")
    with left:
        figure = rate_figure(DRAWN_RATES, own[2:], others[2:], seen.before, rate, seen.after, palette)
        alt = (
            f"Loss after one step against the learning rate. Before {short_number(seen.before)}; with the chosen "
            f"{plain(rate)} it is {short_number(seen.after)}, and {short_number(seen.others_after)} for nine others."
        )
        plotly_view(figure, key=f"{PAGE}.rate_chart", alt=alt)
    with right:
        steps, kept, all_ten = (np.array(numbers, np.float64) for numbers in zip(*trained.history, strict=True))
        alt = (
            f"Loss over {some(trained.steps, 'step')}: this image {short_number(seen.before)} now, all ten digits "
            f"{short_number(seen.all_ten)} on average."
        )
        plotly_view(history_figure(steps, kept, all_ten, palette), key=f"{PAGE}.history_chart", alt=alt)
    return seen


def _rate() -> float:
    key = f"{PAGE}.rate"
    rate: float = state.choice(key, FIRST_RATE)
    st.select_slider(
        "Learning rate",
        RATES,
        rate,
        key=state.sync_widget(key, rate),
        format_func=plain,
        on_change=state.keep_choice(key, key),
        help="Every weight moves by the learning rate times its gradient.",
    )
    return rate


def _buttons(material: Material, trained: Trained, rate: float) -> None:
    with st.container(horizontal=True, gap="small", vertical_alignment="center"):
        st.button(
            "Take this step",
            key=f"{PAGE}.take",
            type="primary",
            icon=":material/downhill_skiing:",
            on_click=partial(take_step, trained, material, rate),
        )
        st.button(
            f"Take {ROUNDS * len(DIGITS)} steps, all digits in turn",
            key=f"{PAGE}.rounds",
            on_click=partial(take_rounds, trained, material, rate, ROUNDS),
            help=f"One step with an image of each digit, one after the other, and that {ROUNDS} times.",
        )
        st.button("Start over", key=f"{PAGE}.reset", disabled=not trained.steps, on_click=start_over)


def _microscope(material: Material, trained: Trained, found: Backward, seen: StepSeen, palette: Palette) -> None:
    """Show where the step comes from, station by station."""
    seen_maps = forward(trained.network, material.image)
    filters = trained.network.parameters.kernels.shape[3]
    st.subheader("1 · The network looks, and answers", anchor=False)
    _forward_pictures(seen_maps, palette)
    st.subheader("2 · Probability minus target", anchor=False)
    st.html(output_error(seen_maps.probabilities, material.class_index, DIGITS, palette))
    st.caption(
        f"The loss is −ln({short_number(float(seen_maps.probabilities[material.class_index]))}) = "
        f"{short_number(seen.before)}. The difference is its gradient at the logits, where the way back begins."
    )
    st.subheader("3 · The gradient of a kernel: patch × upstream gradient, added up", anchor=False)
    names = {str(number): f"Kernel {number + 1}" for number in range(filters)}
    chosen = state.choice(f"{PAGE}.kernel_chosen", "0")
    if chosen not in names:
        state.set_choice(f"{PAGE}.kernel_chosen", "0")
    if filters > 1:
        chosen = view_choice("Kernel", f"{PAGE}.kernel", f"{PAGE}.kernel_chosen", names, "0")
    number = int(chosen) if chosen in names else 0
    _gradient_walk(material, found, number, len(trained.network.parameters.kernels), palette)
    st.subheader("4 · The kernel before, the change, and after", anchor=False)
    before = trained.network.parameters.kernels[:, :, 0, number]
    _change_walk(kernel_change(before, found.parameters.kernels[:, :, 0, number], seen.learning_rate), palette)
    total = len(trained.network.parameters)
    st.caption(f"All {count(total)} weights and biases of the network take their step in the same way, at once.")


def _forward_pictures(seen: Forward, palette: Palette) -> None:
    maps = seen.feature_maps.transpose(2, 0, 1)
    pixel_view(
        Pictures(maps, [f"Map {number + 1}" for number in range(len(maps))], (0.0, float(maps.max()))),
        f"{PAGE}.maps_view",
        palette,
        what="feature map",
        columns=len(maps),
        tile_px=112,
    )
    st.caption(
        f"Convolution and ReLU make {some(len(maps), 'feature map')}; their {count(seen.pooled.size)} "
        f"{'pooled ' if seen.pooled.shape != seen.sums.shape else ''}numbers go into a dense layer, and softmax says "
        f"“{DIGITS[int(seen.probabilities.argmax())]}” with {percent(float(seen.probabilities.max()))}."
    )


def _gradient_walk(material: Material, found: Backward, number: int, size: int, palette: Palette) -> None:
    at_sums = found.at_sums[..., number]
    steps = kernel_gradient_steps(material.image, at_sums, size)
    if not len(steps):
        st.info(
            "Nothing comes back to this kernel: its gradient is 0 everywhere. Where ReLU gives 0, no gradient comes "
            "through. Choose another kernel, or start over with a smaller learning rate."
        )
        return
    st.caption(
        f"{len(steps)} of {steps.all_places} places add something, the largest first; elsewhere ReLU gave 0, another "
        "number won the pooling, or the patch is black."
    )
    places = steps.places[:, np.newaxis]
    largest = float(np.abs(steps.sums).max())
    grids = [
        WalkGrid("Image", material.image, "input", steps.cells, scale="grey", limits=(0.0, 1.0)),
        WalkGrid("Upstream", at_sums, "input", places),
        WalkGrid("Patch", steps.patches, "kernel", scale="grey", limits=(0.0, 1.0)),
        WalkGrid("Patch × upstream", steps.products, "product"),
        WalkGrid("Sum so far", steps.sums, "output", limits=(-largest, largest)),
    ]
    walk_view(Walk(grids, contribution_sentences(steps), "places of the image"), f"{PAGE}.walk", palette)


def _change_walk(change: KernelChange, palette: Palette) -> None:
    cells = change.cells[:, np.newaxis]
    both = np.concatenate([change.before, change.after], axis=None)
    most = float(np.abs(both[np.isfinite(both)]).max(initial=0.0))
    grids = [
        WalkGrid("Before", change.before, "input", cells, limits=(-most, most)),
        WalkGrid("Gradient", change.gradient, "kernel", cells),
        WalkGrid("Change", change.change, "product", cells),
        WalkGrid("After", change.after, "output", cells, limits=(-most, most)),
    ]
    walk_view(Walk(grids, change_sentences(change), "weights of the kernel"), f"{PAGE}.change", palette)
