"""What the map of test images shows, found out step by step, with progress, and kept."""

from __future__ import annotations

from concurrent.futures import TimeoutError as NotYet
from dataclasses import dataclass
from time import monotonic

import numpy as np
import numpy.typing as npt
from streamlit.delta_generator import DeltaGenerator

from cnn_core.data.dataset import Dataset
from cnn_core.data.registry import DATASETS, load_dataset
from cnn_core.errors import ClassroomError
from cnn_core.inspection.embedding import affordable_count, balanced_sample
from cnn_core.inspection.embedding_job import expected_s, start_tsne
from cnn_core.inspection.embedding_layer import hidden_layer
from cnn_core.inspection.embedding_survey import Newcomers, Survey, find_image, place_newcomers, take_survey
from cnn_core.inspection.records import FloatArray
from dashboard import resources, state
from dashboard.controls.image_choice_record import SOURCE
from dashboard.controls.map_controls import MapSettings, Method
from dashboard.controls.progress import progress_teller
from dashboard.panels.inside.scene import Scene
from dashboard.words import count

TICK_S = 0.2
NEARLY = 0.97
"""How full the bar gets while t-SNE takes longer than expected."""

_GUEST = "inside.map.guest"


@dataclass(frozen=True, eq=False)
class MapData:
    """The test images of a map.

    Args:
        slug: Their data set.
        dataset: It.
        indices: `(count,)`, which test images.
        images: `(count, height, width, channels)`.
        details: What tells this choice of images from others.
        current: Which of them all panels look at; nothing if it is none of them.
        notice: What there is to say about the data set.
    """

    slug: str
    dataset: Dataset
    indices: npt.NDArray[np.int64]
    images: npt.NDArray[np.uint8]
    details: tuple[str, int, int]
    current: int | None
    notice: str


@dataclass(frozen=True, eq=False)
class Guest:
    """An image on the map that is not among the test images that were drawn for it.

    Args:
        pixels: `(height, width, channels)`, uint8.
        title: What it is.
        mark: The words beside its star; `""` for none.
        number: Its number among all test images, from 1, if it is one.
        class_index: Its class in the data set, if it is known.
    """

    pixels: npt.NDArray[np.uint8]
    title: str
    mark: str
    number: int | None = None
    class_index: int | None = None


def map_data(scene: Scene, settings: MapSettings) -> MapData:
    """Draw the test images of the map.

    Raises:
        ClassroomError: If no data set with images of that shape can be read.
    """
    slug, notice = _dataset_slug(scene)
    dataset = load_dataset(slug)
    wanted = affordable_count(settings.count, hidden_layer(scene.network.spec).size)
    indices = balanced_sample(dataset.test.labels, wanted, settings.seed)
    images = dataset.test.images[indices]
    details = (slug, wanted, settings.seed)
    return MapData(slug, dataset, indices, images, details, find_image(images, scene.image.pixels), notice)


def _dataset_slug(scene: Scene) -> tuple[str, str]:
    """Choose the data set: the one that the image is from, the one that the network has learned from, or any."""
    shape = scene.network.spec.input_shape
    own = scene.network.dataset
    ready = [slug for slug, entry in DATASETS.items() if entry.image_shape == shape and entry.availability().is_ready]
    if not ready:
        raise ClassroomError(
            "No data set here has images of the size that this network takes.",
            "Get the data set that it has learned from, on the page Train.",
        )
    chosen = state.choice(SOURCE, own)
    slug = next(slug for slug in (chosen, own, ready[0]) if slug in ready)
    is_missing = own not in ready and own in DATASETS
    notice = f" {DATASETS[own].title}, which it has learned from, is not on this machine." if is_missing else ""
    return slug, notice


def find_survey(scene: Scene, data: MapData, slot: DeltaGenerator) -> Survey:
    """Find out how the test images lie in the hidden layer.

    Raises:
        ClassroomError: If the network gives no numbers, the same ones for every image, or names no class.
    """

    def find() -> Survey:
        probabilities = scene.probe.probabilities(data.images)
        vectors = _vectors(scene, data.images, slot)
        layer = hidden_layer(scene.network.spec)
        labels = data.dataset.test.labels[data.indices]
        name = layer.name or "of the image itself"
        return take_survey(data.indices, data.images, labels, vectors, probabilities, name)

    return resources.answer("map.survey", scene.network, None, data.details, find)


def find_guests(scene: Scene, data: MapData) -> list[Guest]:
    """Gather the images on the map that were not drawn for it: the one that is looked at, the one before, the drawing.

    The one before stays, so that t-SNE does not make another map whenever a point of this one is chosen.
    """
    shape = scene.network.spec.input_shape
    guests: list[Guest] = []
    drawing = state.drawn_image()
    is_drawn = drawing is not None and np.array_equal(drawing, scene.image.pixels)
    if data.current is None and not is_drawn:
        state.set_choice(_GUEST, scene.image.pixels)
    before = state.choice(_GUEST, np.zeros((0, 0, 0), np.uint8))
    if before.shape == shape and find_image(data.images, before) is None:
        is_current = data.current is None and not is_drawn
        guests.append(_known(before, data.dataset, is_current))
    if drawing is not None and drawing.shape == shape:
        words = "this image: your drawing" if is_drawn else "your drawing"
        guests.append(Guest(drawing, "your drawing", words))
    return guests


def _known(pixels: npt.NDArray[np.uint8], dataset: Dataset, is_current: bool) -> Guest:
    mark = "this image" if is_current else ""
    index = find_image(dataset.test.images, pixels)
    if index is None:
        return Guest(pixels, "this image" if is_current else "the image before", mark or "the image before")
    return Guest(pixels, f"test image {count(index + 1)}", mark, index + 1, int(dataset.test.labels[index]))


def find_newcomers(scene: Scene, data: MapData, survey: Survey, guests: list[Guest]) -> Newcomers | None:
    """Find out where the guests lie; nothing where there are none."""
    if not guests:
        return None

    def find() -> Newcomers:
        pixels = np.stack([guest.pixels for guest in guests])
        both = _vectors(scene, np.concatenate([data.images, pixels]))
        known = len(data.images)
        return place_newcomers(survey, both[:known], both[known:], scene.probe.probabilities(pixels))

    return resources.answer("map.guests", scene.network, None, (*data.details, *_names(guests)), find)


def find_points(
    scene: Scene,
    data: MapData,
    survey: Survey,
    guests: list[Guest],
    newcomers: Newcomers | None,
    method: Method,
    settings: MapSettings,
    slot: DeltaGenerator,
) -> FloatArray:
    """Find the place of each test image and each guest on the map, `(count, 2)`."""
    if method == "pca":
        return survey.pca.points if newcomers is None else np.concatenate([survey.pca.points, newcomers.points])

    def find() -> FloatArray:
        vectors = _vectors(scene, np.concatenate([data.images, *(guest.pixels[np.newaxis] for guest in guests)]))
        return _laid_out(vectors, settings, slot)

    details = (*data.details, settings.perplexity, *_names(guests))
    return resources.answer("map.t-sne", scene.network, None, details, find)


def _laid_out(vectors: FloatArray, settings: MapSettings, slot: DeltaGenerator) -> FloatArray:
    """Wait for t-SNE, which runs elsewhere, and say how long it is still going to take."""
    tell = progress_teller(slot, f"Laying out {count(len(vectors))} points by t-SNE")
    began_s, whole_s = monotonic(), expected_s(len(vectors))
    job = start_tsne(vectors, settings.seed, settings.perplexity)
    while True:
        try:
            points = job.result(timeout=TICK_S)
        except NotYet:
            tell(min((monotonic() - began_s) / whole_s, NEARLY))
        else:
            tell(1.0)
            return points


def _vectors(scene: Scene, images: npt.NDArray[np.uint8], slot: DeltaGenerator | None = None) -> FloatArray:
    # Imported here because it brings TensorFlow along.
    from cnn_core.inspection.embedding_vectors import hidden_vectors

    tell = (
        None if slot is None else progress_teller(slot, f"Sending {count(len(images))} test images through the network")
    )
    return hidden_vectors(scene.network.spec, scene.network.weights, images, tell)


def _names(guests: list[Guest]) -> tuple[bytes, ...]:
    return tuple(guest.pixels.tobytes() for guest in guests)
