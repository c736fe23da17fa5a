"""The pictures of an exercise, side by side: an image, and what a network made of it."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from cnn_core.exercises.record import Picture
from cnn_core.exercises.sheet import Tables, picture_pixels
from dashboard.charts.png import png_address

STYLE = (
    ".exercise-pictures{display:flex;flex-wrap:wrap;gap:1.25rem;margin:0}.exercise-pictures figure{margin:0}"
    ".exercise-pictures img{height:7.25rem;width:auto;display:block;image-rendering:pixelated;border-radius:.25rem}"
    ".exercise-pictures figcaption{font-size:.875rem;margin-top:.25rem}"
)


def exercise_pictures(pictures: Sequence[Picture], tables: Tables) -> str:
    """Draw pictures that only have to be looked at; below each its title, and what its brightest colour stands for.

    Args:
        pictures: The pictures.
        tables: The colours of their scales.

    Returns:
        HTML; what people have written is escaped.
    """
    figures = "".join(
        f'<figure><img alt="{escape(_words(picture))}" src="{png_address(picture_pixels(picture, tables))}">'
        f"<figcaption>{escape(_words(picture))}</figcaption></figure>"
        for picture in pictures
    )
    return f'<style>{STYLE}</style><div class="exercise-pictures">{figures}</div>'


def _words(picture: Picture) -> str:
    if picture.scale == "grey":
        return picture.title
    low, high = float(picture.values.min()), float(picture.values.max())
    return f"{picture.title}: {low:.3g} to {high:.3g}".replace("-", "−")
