"""The way from anywhere to one image: every panel then looks at it."""

from __future__ import annotations

from dashboard import state
from dashboard.controls.image_choice_record import (
    ALL,
    ANY,
    CLASS,
    HANDED,
    HANDED_IMAGE,
    NUMBER,
    SOURCE,
    WHICH,
    ChosenImage,
)


def look_at(dataset_slug: str, test_index: int) -> None:
    """Make a test image the one that all panels look at.

    To be called in a widget's callback, before the page is drawn.

    Args:
        dataset_slug: The data set's short name, as `"digits"`.
        test_index: Its place among all test images of the data set, from 0.
    """
    for name, value in {SOURCE: dataset_slug, CLASS: ANY, WHICH: ALL, NUMBER: test_index + 1}.items():
        state.set_choice(name, value)


def look_at_image(image: ChosenImage) -> None:
    """Make an image that is none of the test images the one that all panels look at.

    To be called in a widget's callback, before the page is drawn.

    Args:
        image: The image, and what it is.
    """
    state.set_choice(HANDED_IMAGE, image)
    state.set_choice(SOURCE, HANDED)
