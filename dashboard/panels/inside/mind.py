"""What would change a network's mind: change the image by hand, and sweep through every change."""

from __future__ import annotations

from functools import partial

import numpy as np
import numpy.typing as npt
import streamlit as st

from cnn_core.inspection.perturbation import PERTURBATIONS, Perturbation, Place, perturb, perturb_many
from cnn_core.inspection.robustness import NO_CLASS, Sweep, Turn, smallest_turn, sweep
from dashboard import resources, state
from dashboard.charts.probability_bars import probability_bars
from dashboard.charts.probability_sweep import sweep_figure
from dashboard.components.pixel_view import Cell, Frame, image_pictures, pixel_view
from dashboard.controls.chart_view import plotly_view
from dashboard.controls.lesson_controls import menu_choice
from dashboard.controls.progress import progress_teller
from dashboard.panels.inside.mind_words import amount, smallest_words, sweep_csv, sweep_words, verdict_words
from dashboard.panels.inside.scene import Scene

NAME = "inside.mind"
PLACE = f"{NAME}.place"
SEED = f"{NAME}.seed"
SWEPT = f"{NAME}.sweep"
IMAGE_PX = 184
STRIP = 5
"""Pictures of the strip below a sweep, evenly spread, besides those where the verdict turns."""
STRIP_PX = 64


def mind_panel(scene: Scene) -> None:
    """Show sliders that change the image with the verdict following, and where each change turns the verdict."""
    before = scene.probe.probabilities(scene.image.pixels[np.newaxis])[0]
    if not np.isfinite(before).all():
        st.info("A network that gives no numbers has no mind to change. Go back to an earlier moment.")
        return
    # Only this part of the page is run again when a slider moves.
    st.fragment(_mind)(scene, before)


def _mind(scene: Scene, before: npt.NDArray[np.float32]) -> None:
    shape = scene.image.pixels.shape
    place, seed = _place(shape), state.choice(SEED, 0)
    controls, picture = st.columns([6, 5], gap="medium")
    with controls:
        with st.container(key=f"{NAME}.grid"):  # two in a row, by assets/style.css
            amounts = {slug: _slider(entry, shape) for slug, entry in PERTURBATIONS.items()}
        changed = [slug for slug, value in amounts.items() if value != PERTURBATIONS[slug].neutral]
        _buttons(bool(changed), "noise" in changed)
    with picture:
        _changed_image(scene, before, amounts, place, seed)
    st.divider()
    _sweeps(scene, amounts, place, seed)


def _slider(entry: Perturbation, shape: tuple[int, ...]) -> int:
    """Let people choose how much; what is kept from larger images is brought into this one's range."""
    span, name = entry.span(shape), f"{NAME}.{entry.slug}"
    kept = state.choice(name, int(entry.neutral))
    value = int(min(max(kept, span.low), span.high))
    key = state.sync_widget(name, value)
    unit = {"%": " %%", "°": "°"}.get(entry.unit, f" {entry.unit}")
    st.slider(
        entry.title,
        int(span.low),
        int(span.high),
        value,
        step=int(span.step),
        format=f"%d{unit}",
        key=key,
        on_change=state.keep_choice(key, name),
        help=entry.help,
    )
    return value


def _buttons(is_changed: bool, is_noisy: bool) -> None:
    with st.container(horizontal=True):
        st.button(
            "Undo all changes",
            key=f"{NAME}.reset",
            icon=":material/restart_alt:",
            on_click=_set_only,
            disabled=not is_changed,
        )
        st.button(
            "Draw other noise",
            key=f"{NAME}.again",
            icon=":material/casino:",
            on_click=_draw_again,
            disabled=not is_noisy,
        )


def _changed_image(
    scene: Scene, before: npt.NDArray[np.float32], amounts: dict[str, int], place: Place, seed: int
) -> None:
    names = scene.network.class_names
    pixels = perturb(scene.image.pixels, amounts, place, seed)
    now = scene.probe.probabilities(pixels[np.newaxis])[0]
    is_changed = any(value != PERTURBATIONS[slug].neutral for slug, value in amounts.items())
    is_sound = bool(np.isfinite(now).all())
    if is_sound:
        st.markdown(verdict_words(before, now, names, is_changed=is_changed))
    else:
        st.warning("Of this image the network gives no numbers: they grew too large. Change it less.")
    is_erased = amounts["erase"] > 0
    pixel_view(
        image_pictures(pixels[np.newaxis]),
        f"{NAME}.picture",
        scene.palette,
        what="changed image",
        tile_px=IMAGE_PX,
        frames=_square(pixels.shape, amounts["erase"], place) if is_erased else (),
        has_scale_bar=False,
        file_name="changed-image",
        on_choose=_choose_place if is_erased else None,
    )
    if is_erased:
        st.caption("Choose a pixel to erase the square around it.")
    if is_sound:
        with st.container(key=f"{NAME}.probabilities"):
            st.html(probability_bars(now, names, scene.palette))


def _sweeps(scene: Scene, amounts: dict[str, int], place: Place, seed: int) -> None:
    names, found = scene.network.class_names, _find_sweeps(scene, place, seed)
    turn, verdict = smallest_turn(found.values()), names[found["right"].verdict]
    with st.container(horizontal=True, vertical_alignment="center"):
        words = "Changes of every kind are compared by how much the pixels differ: the root of their mean square."
        st.markdown(smallest_words(turn, names, verdict, scene.image.class_name), help=words)
        if turn is not None:
            st.button("Show it", key=f"{NAME}.show", on_click=partial(_show_turn, turn))
    slug = _swept()
    entry, swept = PERTURBATIONS[slug], found[slug]
    sentence = sweep_words(swept, names)
    st.markdown(sentence)
    now = amounts[slug] if amounts[slug] != entry.neutral else None
    plotly_view(
        sweep_figure(swept, names, entry.title, entry.unit, scene.palette, now=now),
        key=f"{NAME}.chart",
        alt=f"Probability of each class over the change. {sentence}",
        file_name=f"sweep-{slug}",
    )
    _strip(scene, swept, entry, amounts, place, seed)
    st.download_button(
        "Save the numbers (CSV)",
        partial(sweep_csv, swept, names),
        f"sweep-{slug}.csv",
        "text/csv",
        key=f"{NAME}.csv",
        on_click="ignore",
        icon=":material/download:",
    )


def _find_sweeps(scene: Scene, place: Place, seed: int) -> dict[str, Sweep]:
    """Return what the network says over the whole range of every change; what is known is not asked again."""
    tell = progress_teller(st.empty(), "Trying every change of the image")
    found: dict[str, Sweep] = {}
    for done, (slug, entry) in enumerate(PERTURBATIONS.items()):
        details = (slug, place if slug == "erase" else None, seed if slug == "noise" else None)
        find = partial(sweep, scene.probe.probabilities, scene.image.pixels, entry, place, seed)
        found[slug] = resources.answer("sweep", scene.network, scene.image.pixels, details, find)
        tell((done + 1) / len(PERTURBATIONS))
    return found


def _swept() -> str:
    titles = {slug: entry.title for slug, entry in PERTURBATIONS.items()}
    words = "This change alone goes through its whole range; all others stay off."
    return menu_choice("Sweep through", SWEPT, titles, "right", words)


def _strip(scene: Scene, swept: Sweep, entry: Perturbation, amounts: dict[str, int], place: Place, seed: int) -> None:
    """Show some of the changed images, also those around each turn; choosing one sets its slider."""
    spread = np.linspace(0, len(swept.values) - 1, STRIP).round().astype(int)
    ends = [turn.value for turn in swept.turns if turn is not None]
    places = np.unique([*spread, *np.flatnonzero(np.isin(swept.values, [*ends, *swept.stays]))])
    values, guesses = swept.values[places], swept.guesses[places]
    images = perturb_many(scene.image.pixels, {swept.slug: values}, place, seed)
    names = scene.network.class_names
    at_hand = [number for number, value in enumerate(values) if value == amounts[swept.slug]]
    pixel_view(
        image_pictures(
            images,
            [amount(entry, value) for value in values],
            ["no number" if guess == NO_CLASS else f"“{names[guess]}”" for guess in guesses],
        ),
        f"{NAME}.strip",
        scene.palette,
        what="changed image",
        tile_px=STRIP_PX,
        frames=[Frame(number, 0, 0, *images.shape[1:3]) for number in at_hand],
        has_scale_bar=False,
        file_name=f"sweep-{swept.slug}",
        on_choose=lambda cell: _set_only(swept.slug, values[cell.picture]),
    )


def _square(shape: tuple[int, ...], side: int, place: Place) -> list[Frame]:
    top, left = place[0] - side // 2, place[1] - side // 2
    return [Frame(0, max(top, 0), max(left, 0), min(top + side, shape[0]), min(left + side, shape[1]))]


def _place(shape: tuple[int, ...]) -> Place:
    """Return the middle of the erased square; in an image that is too small for what was chosen, its last pixel."""
    row, column = state.choice(PLACE, (shape[0] // 2, shape[1] // 2))
    return min(row, shape[0] - 1), min(column, shape[1] - 1)


def _choose_place(cell: Cell) -> None:
    state.set_choice(PLACE, (cell.row, cell.column))


def _draw_again() -> None:
    state.set_choice(SEED, state.choice(SEED, 0) + 1)


def _show_turn(turn: Turn) -> None:
    state.set_choice(SWEPT, turn.slug)
    _set_only(turn.slug, turn.value)


def _set_only(slug: str = "", value: float = 0.0) -> None:
    """Change the image in this one way; without one, in none."""
    for entry in PERTURBATIONS.values():
        state.set_choice(f"{NAME}.{entry.slug}", int(value if entry.slug == slug else entry.neutral))
