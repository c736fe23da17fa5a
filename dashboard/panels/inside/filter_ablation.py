"""A card of one filter: what switching it off does to the accuracy."""

from __future__ import annotations

import streamlit as st

from cnn_core.inspection.ablation import Ablation, ablate, check_switchable
from cnn_core.inspection.attribution.settings import batch_for
from dashboard import resources
from dashboard.charts.filter_accuracy import accuracy_csv, accuracy_figure, most_moved
from dashboard.controls.chart_view import plotly_view
from dashboard.controls.filter_choice import unit_noun
from dashboard.controls.progress import progress_teller
from dashboard.panels.inside.filter_work import SampleImages, is_asked_for
from dashboard.panels.inside.scene import Scene
from dashboard.panels.term_link import term_link
from dashboard.words import percent, some

MOST_IMAGES = 1000
PASSES = 3
"""Each image goes through the whole network, and twice through what comes after the layer."""


def ablation_card(scene: Scene, sample: SampleImages) -> None:
    """Switch the unit off, and say what becomes of the accuracy.

    Raises:
        ClassroomError: If the unit is the network's answer itself, or an answer is no number.
    """
    st.markdown("**What switching it off does**")
    network, unit = scene.network, scene.unit
    check_switchable(network.spec, unit.layer)
    if sample.class_names != network.class_names:
        st.info(
            f"The accuracy cannot be measured: the classes of {sample.words} are not those of this network. "
            f"{sample.notice}"
        )
        return
    few = sample.sample(MOST_IMAGES)
    details = (unit.layer, unit.channel, sample.slug)
    if not is_asked_for(network, "off", details, PASSES * len(few.images), "Switch it off"):
        return
    found = _found(scene, few, details)
    moved = f"**{percent(found.accuracy_before)} → {percent(found.accuracy_after)}**"
    st.markdown(f"Accuracy {moved} on {few.words}{_worst_words(found, network.class_names)}")
    st.markdown(_changes_words(found))
    classes = found.by_class()
    if found.lost or found.gained:
        shown = most_moved(classes)
        plotly_view(
            accuracy_figure(shown, network.class_names, scene.palette),
            key="inside.filter.classes",
            alt="Accuracy of each class with the filter and without it.",
            file_name=f"{unit.layer}-{unit.channel + 1}-switched-off",
        )
        which = "" if len(shown) == len(classes) else f" The {len(shown)} classes that move most are shown."
        st.caption(f"By class. Ring: with it. Dot: without it.{which}")
    st.download_button(
        "Save the numbers (CSV)",
        lambda: accuracy_csv(classes, network.class_names),
        f"{unit.layer}-{unit.channel + 1}-switched-off.csv",
        "text/csv",
        key="inside.filter.off.csv",
        on_click="ignore",
    )
    noun = unit_noun(network.spec, unit.layer)
    what = "Its output is" if noun == "unit" else "Its feature map is"
    st.caption(f"{what} set to 0, the rest of the network goes on as it is; nothing is trained again.")
    term_link("ablation")


def _found(scene: Scene, sample: SampleImages, details: tuple[object, ...]) -> Ablation:
    slot, unit = st.empty(), scene.unit

    def find() -> Ablation:
        tell = progress_teller(slot, f"Asking the network about {sample.words} without it")
        network, batch = resources.gradients(scene.network), batch_for(scene.network.spec)
        for found in ablate(network, sample.images, sample.labels, unit.layer, unit.channel, batch):
            tell(found.done / found.total)
        return found

    return resources.answer("filter.off", scene.network, None, details, find)


def _worst_words(found: Ablation, names: tuple[str, ...]) -> str:
    """Say which class loses most: the first of equals."""
    worst = min(found.by_class(), key=lambda one: one.change)
    if worst.change >= 0:
        return "."
    name = names[worst.class_index]
    return f"; most lost: class “{name}”, {percent(worst.before)} → {percent(worst.after)}."


def _changes_words(found: Ablation) -> str:
    """Say how many answers change, and whether that may be chance."""
    if not found.changed:
        return "No answer changes: the rest of the network does without it."
    if not found.lost and not found.gained:
        return f"{some(found.changed, 'answer')} changed from one wrong class to another."
    words = (
        f"{found.lost} right {'answer' if found.lost == 1 else 'answers'} became wrong, "
        f"{found.gained} wrong {'one' if found.gained == 1 else 'ones'} became right."
    )
    if found.is_within_chance:
        coins = f": a coin for each of them would tip as far to one side in {percent(found.chance)} of all tries"
        return f"{words} So small a difference may be chance{coins if found.chance < 1 else ''}."
    return f"{words} That is more than chance."
