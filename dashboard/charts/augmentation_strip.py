"""Images as they are, and beside each of them what chance makes of it."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

import numpy as np
import numpy.typing as npt

from dashboard.charts.png import png_address

Bytes = npt.NDArray[np.uint8]

MOST_SIDE = 96
"""Pixels of a picture's longer side that are sent: twice what the screen shows, for fine screens."""

_STYLE = (
    ".augmented{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(100%,20rem),1fr));gap:.75rem 2rem}"
    ".augmented figure{margin:0;min-width:0}"
    ".augmented figcaption{font-weight:600;overflow:hidden;text-overflow:ellipsis;white-space:nowrap}"
    ".augmented figure>div{display:flex;gap:.25rem}"
    ".augmented img{flex:0 1 3rem;min-width:0;aspect-ratio:1;object-fit:contain;border-radius:.25rem}"
    ".augmented .coarse{image-rendering:pixelated}"
    ".augmented img:first-child{margin-right:.6rem}"
)


def augmentation_strip(originals: Bytes, versions: Bytes, names: Sequence[str]) -> str:
    """Write a row for every image: its name, the image as it is, and its versions.

    Args:
        originals: `(images, height, width, channels)`.
        versions: `(images, versions, height, width, channels)`.
        names: One for each image; they are shown as text, whatever they hold.

    Returns:
        HTML with its own style.
    """
    rows = [_row(*row) for row in zip(originals, versions, names, strict=True)]
    return f'<style>{_STYLE}</style><div class="augmented">{"".join(rows)}</div>'


def shrunk(image: Bytes, most: int = MOST_SIDE) -> Bytes:
    """Make an image smaller by a whole number, so that no side is longer than `most`: each block becomes its mean.

    Args:
        image: `(height, width, channels)`.
        most: Pixels that a side may have.

    Example:
        >>> shrunk(np.uint8([[[0], [100], [7]], [[20], [80], [7]]]), most=2).tolist()
        [[[50]]]
    """
    factor = -(-max(image.shape[:2]) // most)
    height, width = (max(side // factor, 1) for side in image.shape[:2])
    tall, wide = min(factor, image.shape[0]), min(factor, image.shape[1])
    blocks = image[: height * tall, : width * wide].reshape(height, tall, width, wide, image.shape[2])
    return blocks.mean(axis=(1, 3)).round().astype(np.uint8) if factor > 1 else image


def _row(original: Bytes, versions: Bytes, name: str) -> str:
    words = [f"{name} as it is", *(f"{name} changed by chance, {number}" for number in range(1, len(versions) + 1))]
    pictures = [_picture(image, text) for image, text in zip((original, *versions), words, strict=True)]
    return f"<figure><figcaption>{escape(name)}</figcaption><div>{''.join(pictures)}</div></figure>"


def _picture(image: Bytes, words: str) -> str:
    kind = ' class="coarse"' if max(image.shape[:2]) < MOST_SIDE else ""
    return f'<img{kind} src="{png_address(shrunk(image))}" alt="{escape(words)}">'
