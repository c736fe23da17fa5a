"""Generated data sets are drawn sheet by sheet: each sheet has its own source of chance, and several go on at once."""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Literal

import numpy as np

from cnn_core.data.dataset import LabelledImages

Part = Literal["train", "test"]

MOST_THREADS = 4
_PART_KEY: dict[str, int] = {"train": 1, "test": 2}


def draw_in_sheets(
    count: int, seed: int, part: Part, sheet_size: int, draw: Callable[[np.random.Generator], LabelledImages]
) -> LabelledImages:
    """Draw as many sheets as it takes, and keep the first images of them.

    A sheet depends on the seed, the part and its own number only. So equal seeds give equal images, a longer list
    begins with the shorter one, and sheets can be drawn side by side: NumPy lets other threads work while it computes.

    Args:
        count: How many images, 0 or more.
        seed: Which images, 0 or more.
        part: `"train"` or `"test"`: the same seed gives other images for each.
        sheet_size: How many images `draw` brings.
        draw: Draws one sheet from a source of chance.

    Returns:
        The images and their labels.

    Raises:
        ValueError: If `count` or `seed` is negative, or `part` is neither of the two.

    Example:
        >>> def dark(rng: np.random.Generator) -> LabelledImages:
        ...     return LabelledImages(np.zeros((4, 2, 2, 1), np.uint8), rng.permutation(4))
        >>> len(draw_in_sheets(6, seed=0, part="train", sheet_size=4, draw=dark))
        6
    """
    if count < 0 or seed < 0 or part not in _PART_KEY:
        raise ValueError(
            "count and seed must be 0 or more, part 'train' or 'test'. "
            f"Received: count={count}, seed={seed}, part={part!r}."
        )

    def sheet(number: int) -> LabelledImages:
        return draw(np.random.default_rng([seed, _PART_KEY[part], number]))

    with ThreadPoolExecutor(min(MOST_THREADS, os.cpu_count() or 1)) as pool:
        sheets = list(pool.map(sheet, range(max(1, -(-count // sheet_size)))))
    images = np.concatenate([drawn.images for drawn in sheets])[:count]
    labels = np.concatenate([drawn.labels for drawn in sheets])[:count]
    return LabelledImages(images, labels)
