"""Which image a page looks at: one of a data set, the drawing, a file, a photo, or a generated picture."""

from __future__ import annotations

from cnn_core.data.generated_image import generated_image
from cnn_core.data.registry import DATASETS
from cnn_core.networks import TrainedNetwork
from dashboard import state
from dashboard.controls.drawn_image import drawn_image
from dashboard.controls.image_choice_dataset import dataset_image
from dashboard.controls.image_choice_file import file_image
from dashboard.controls.image_choice_record import HANDED, HANDED_IMAGE, SOURCE, ChosenImage
from dashboard.controls.lesson_controls import menu_choice, number_choice
from dashboard.controls.picture_file import CAMERA, FILE_SOURCES, UPLOAD

__all__ = ["ChosenImage", "image_controls"]

DRAWING = "drawing"
GENERATED = "generated"
TITLES = {
    DRAWING: "My drawing",
    HANDED: "The chosen picture",
    GENERATED: "Generated: edges, a disc, a gradient",
    UPLOAD: "Upload an image",
    CAMERA: "Take a photo",
}
MOST_GENERATED = 20


def image_controls(network: TrainedNetwork) -> ChosenImage | None:
    """Choose an image that the network can take.

    Returns:
        The image; nothing where there is none yet, after saying so.
    """
    sources = _sources(network.spec.input_shape)
    usual = network.dataset if network.dataset in sources else sources[0]
    source = menu_choice("Image from", SOURCE, {source: _title(source) for source in sources}, usual)
    if source == DRAWING:
        return _drawn_image()
    if source == HANDED:
        return _handed_image()
    if source == GENERATED:
        return _generated_image(network.spec.input_shape)
    if source in FILE_SOURCES:
        return file_image(network, source)
    return dataset_image(network, source)


def _sources(shape: tuple[int, int, int]) -> list[str]:
    datasets = [
        slug for slug, entry in DATASETS.items() if entry.image_shape == shape and entry.availability().is_ready
    ]
    drawing = [DRAWING] if shape == (28, 28, 1) else []
    files = list(FILE_SOURCES) if shape[2] in (1, 3) else []
    image = _handed_image()
    handed = [HANDED] if image is not None and image.pixels.shape == shape else []
    return [*datasets, *drawing, *handed, GENERATED, *files]


def _title(source: str) -> str:
    return TITLES.get(source) or f"{DATASETS[source].title}, test images"


def _drawn_image() -> ChosenImage | None:
    pixels = drawn_image()
    return None if pixels is None else ChosenImage(pixels, None, "your drawing")


def _handed_image() -> ChosenImage | None:
    """Return the image that another page has handed over, if there is one."""
    image: ChosenImage | None = state.choice(HANDED_IMAGE, None)
    return image


def _generated_image(shape: tuple[int, int, int]) -> ChosenImage:
    words = "A program draws them; they belong to no class. Early layers show what they do with edges and surfaces."
    number = number_choice("Which one", "inside.generated", 1, MOST_GENERATED, 1, words)
    return ChosenImage(generated_image(shape, number - 1), None, f"generated picture {number}, of no class")
