"""Test images as points: where the last hidden layer puts them, which of them stray, and where one's own lies."""

from __future__ import annotations

import numpy as np
import streamlit as st

from cnn_core.data.dataset import Dataset
from cnn_core.data.registry import DATASETS
from cnn_core.errors import ClassroomError
from cnn_core.inspection.embedding_layer import HiddenLayer, hidden_layer
from cnn_core.inspection.embedding_survey import Newcomers, Survey
from dashboard.charts.embedding_map import MapPoint, map_csv
from dashboard.components.image_map import image_map
from dashboard.controls.image_reference import look_at
from dashboard.controls.map_controls import Method, map_controls, map_method, map_settings
from dashboard.panels.inside.map_findings import (
    Guest,
    MapData,
    find_guests,
    find_newcomers,
    find_points,
    find_survey,
    map_data,
)
from dashboard.panels.inside.scene import Scene
from dashboard.words import count, percent

PROGRESS_PX = 56


def map_panel(scene: Scene) -> None:
    """Show some hundred test images as points of a plane, and let people choose one of them."""
    choice, progress = st.columns([2, 5], vertical_alignment="center")
    with choice:
        method = map_method()
    # Its place is kept, so that nothing jumps when it comes and goes.
    slot = progress.container(height=PROGRESS_PX, border=False).empty()
    settings = map_settings()
    try:
        data = map_data(scene, settings)
        survey = find_survey(scene, data, slot)
        guests = find_guests(scene, data)
        newcomers = find_newcomers(scene, data, survey, guests)
        points = find_points(scene, data, survey, guests, newcomers, method, settings, slot)
    except ClassroomError as error:
        st.warning(str(error))
        return
    entries = [*_entries(scene, data.dataset, survey), *_guest_entries(scene, data.dataset, survey, guests, newcomers)]
    images = np.concatenate([data.images, *(guest.pixels[np.newaxis] for guest in guests)])
    image_map(
        points,
        entries,
        images,
        data.dataset.class_names,
        _marks(data, guests),
        scene.palette,
        "inside.map",
        file_name=f"map-{method}",
        on_choose=lambda number: look_at(data.slug, number - 1),
    )
    st.download_button(
        "Save the numbers (CSV)",
        lambda: map_csv(points, entries, data.dataset.class_names),
        f"map-{method}.csv",
        "text/csv",
        key="inside.map.csv",
        on_click="ignore",
    )
    layer = hidden_layer(scene.network.spec)
    st.markdown(_separation_words(layer, survey))
    for words in _guest_words(data.dataset, survey, guests, newcomers):
        st.markdown(words)
    st.caption("  \n".join([_what_words(data, layer, settings.count), _method_words(method, survey)]))
    with st.expander("More", key="inside.map.more"):
        map_controls(method)


def _entries(scene: Scene, dataset: Dataset, survey: Survey) -> list[MapPoint]:
    around = survey.around
    names = scene.network.class_names
    entries = []
    for place, index in enumerate(survey.indices.tolist()):
        label, verdict = int(survey.labels[place]), names[int(survey.guesses[place])]
        neighbours, main = around.neighbours[place], int(around.class_indices[place])
        entries.append(
            MapPoint(
                title=f"test image {count(index + 1)}",
                number=index + 1,
                class_index=label,
                verdict=verdict,
                sureness=float(survey.sureness[place]),
                is_right=verdict == dataset.class_names[label],
                neighbours=tuple(neighbours.tolist()),
                around=dataset.class_names[main],
                around_count=int((survey.labels[neighbours] == main).sum()),
                is_astray=bool(around.is_astray[place]),
            )
        )
    return entries


def _guest_entries(
    scene: Scene, dataset: Dataset, survey: Survey, guests: list[Guest], newcomers: Newcomers | None
) -> list[MapPoint]:
    if newcomers is None:
        return []
    entries = []
    for place, guest in enumerate(guests):
        verdict = scene.network.class_names[int(newcomers.guesses[place])]
        main, neighbours = int(newcomers.class_indices[place]), newcomers.neighbours[place]
        own = guest.class_index
        same = int((survey.labels[neighbours] == own).sum())
        entries.append(
            MapPoint(
                title=guest.title,
                number=guest.number,
                class_index=own,
                verdict=verdict,
                sureness=float(newcomers.sureness[place]),
                is_right=None if own is None else verdict == dataset.class_names[own],
                neighbours=tuple(neighbours.tolist()),
                around=dataset.class_names[main],
                around_count=int((survey.labels[neighbours] == main).sum()),
                is_astray=own is not None and 2 * same < len(neighbours),
            )
        )
    return entries


def _marks(data: MapData, guests: list[Guest]) -> list[tuple[int, str]]:
    """Name the points that carry a star: the image that all panels look at, and the drawing."""
    marks = [] if data.current is None else [(data.current, "this image")]
    return marks + [(len(data.images) + place, guest.mark) for place, guest in enumerate(guests) if guest.mark]


def _separation_words(layer: HiddenLayer, survey: Survey) -> str:
    k = survey.around.neighbours.shape[1]
    most = f"most of the {k} nearest neighbours are of it"
    if layer.is_image:
        return (
            f"**{percent(survey.pixel_separation)}** of the images lie among their own class ({most}), by their "
            "pixels alone: nothing in this network changes these before the output layer."
        )
    return (
        f"**{percent(survey.around.separation)}** of the images lie among their own class in the hidden layer, in all "
        f"its {count(layer.size)} dimensions: {most}. By their pixels alone it would be "
        f"{percent(survey.pixel_separation)}."
    )


def _guest_words(dataset: Dataset, survey: Survey, guests: list[Guest], newcomers: Newcomers | None) -> list[str]:
    if newcomers is None:
        return []
    found = []
    for place, guest in enumerate(guests):
        if not guest.mark:
            continue
        neighbours, main = newcomers.neighbours[place], int(newcomers.class_indices[place])
        same = int((survey.labels[neighbours] == main).sum())
        head = guest.title[0].upper() + guest.title[1:]
        found.append(
            f"{head} lies among “{dataset.class_names[main]}”: {same} of its {len(neighbours)} nearest neighbours."
        )
    return found


def _what_words(data: MapData, layer: HiddenLayer, wanted: int) -> str:
    """Say what the points are, and what of it is not as one would expect."""
    what = "pixels" if layer.is_image else f"numbers of {layer.name}"
    words = f"{count(len(data.images))} test images of {DATASETS[data.slug].title}, by the {count(layer.size)} {what}"
    words += ", the last hidden layer." if not layer.is_image else " that go into the output layer."
    if len(data.images) < min(wanted, len(data.dataset.test)):
        words += f" With so many numbers an image, {count(len(data.images))} is the most."
    return words + data.notice


def _method_words(method: Method, survey: Survey) -> str:
    if method == "pca":
        first, second = (percent(float(share)) for share in survey.pca.explained)
        return (
            f"PCA turns all points together until one sees most of their spread: {first} of the variance from left to "
            f"right, {second} up and down. The rest lies behind each other."
        )
    return (
        "t-SNE keeps near points near. How far apart clusters lie, and how large they are, says little. It cannot add "
        "a point later: this map was made together with the starred ones."
    )
