"""Blood cells as a microscope's camera shows them: cut out, on black, each scaled to the same square."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from cnn_core.data.cells.outlines import IMAGE_SIZE_PX, cell_rims, cell_sizes, grid, inside_rims, take_dents
from cnn_core.data.cells.specks import bubbles, dirt, labels_of, parasites, platelets
from cnn_core.data.cells.stains import Stain, draw_stain
from cnn_core.data.dataset import Dataset, LabelledImages
from cnn_core.data.paint import FloatArray, each, photograph, waves
from cnn_core.data.sheets import Part, draw_in_sheets

Indices = npt.NDArray[np.int64]

SLUG = "cells"
CLASS_NAMES: tuple[str, ...] = ("Parasitized", "Uninfected")
PARASITIZED = 0
SEED = 1880
COUNTS: dict[Part, int] = {"train": 4_000, "test": 1_000}
CELLS_PER_PATIENT = 40

_DIRT_COLOUR = np.array((58, 50, 62), np.float32)
_BUBBLE_SHARE = 0.08
_BUBBLE_BRIGHTNESS = np.float32(50)
_HIDDEN_STAIN = 0.25


def load_cells() -> Dataset:
    """The built-in cells: the same for everybody, drawn within a second or two.

    Returns:
        4,000 training and 1,000 test images, `(count, 64, 64, 3)`, as many of each class. No patient's cells are in
        both parts.
    """
    train, test = (generate_cells(count, SEED, part) for part, count in COUNTS.items())
    return Dataset(SLUG, CLASS_NAMES, train, test)


def generate_cells(count: int, seed: int, part: Part) -> LabelledImages:
    """Blood cells that were never in anyone's blood, half of them with a parasite that takes the stain.

    Forty cells in a row are one patient's: they share colour, focus and dirt. A cell's own size differs from 50 to 390
    pixels, most near 130; scaled to the same square, a parasite in a small cell is large. Platelets, dirt and bubbles
    lie on cells of both classes.

    Args:
        count: How many cells.
        seed: Which cells. A longer list with the same seed begins with the shorter one.
        part: `"train"` or `"test"`: other patients.

    Returns:
        Images `(count, 64, 64, 3)`, black around the cell, 0 for a cell with a parasite and 1 for one without, and the
        number of each cell's patient as its group.

    Raises:
        ValueError: If `count` or `seed` is negative, or `part` is neither of the two.

    Example:
        >>> cells = generate_cells(80, seed=1, part="train")
        >>> cells.images.shape, int(cells.labels.sum())
        ((80, 64, 64, 3), 40)
    """
    drawn = draw_in_sheets(count, seed, part, CELLS_PER_PATIENT, _patient)
    return LabelledImages(drawn.images, drawn.labels, np.arange(count, dtype=np.int64) // CELLS_PER_PATIENT)


def _patient(rng: np.random.Generator) -> LabelledImages:
    stain, labels = draw_stain(rng), labels_of(CELLS_PER_PATIENT, rng)
    rims = cell_rims(CELLS_PER_PATIENT, rng)
    inside = inside_rims(rims)
    pixel = np.float32(2) / cell_sizes(CELLS_PER_PATIENT, rng)
    planes = _plain_cells(stain, inside, rng)

    infected = np.flatnonzero(labels == PARASITIZED)
    taken_up = parasites(rims[infected], pixel[infected], stain.blur_px, rng)
    _put_on(planes, infected, stain.parasite, taken_up)
    pale, chosen = (stain.parasite + stain.cell) * np.float32(0.5), _some(stain.platelets, rng)
    _put_on(planes, chosen, pale, platelets(rims[chosen], pixel[chosen], stain.blur_px, rng))
    chosen = _some(stain.dirt, rng)
    _put_on(planes, chosen, _DIRT_COLOUR, dirt(rims[chosen], pixel[chosen], rng))
    chosen = _some(_BUBBLE_SHARE, rng)
    planes[chosen] += _BUBBLE_BRIGHTNESS * bubbles(rims[chosen], pixel[chosen], rng)[:, None]

    whole = inside.copy()
    take_dents(inside, rng)
    hides = (np.where(inside[infected] < 0, taken_up, 0) > _HIDDEN_STAIN).any(axis=(1, 2))
    inside[infected[hides]] = whole[infected[hides]]  # a cell that is said to have a parasite must show it
    cut = np.clip(inside * (IMAGE_SIZE_PX / 2) + 0.5, 0, 1)
    images = photograph(planes, np.full(CELLS_PER_PATIENT, stain.noise, np.float32), rng)
    return LabelledImages((images * cut[..., None]).astype(np.uint8), labels)


def _plain_cells(stain: Stain, inside: FloatArray, rng: np.random.Generator) -> FloatArray:
    """Cells without anything on them, `(count, 3, 64, 64)`: pale in the middle, uneven, lit from one side."""
    count = len(inside)
    right, down = grid()
    aside = rng.normal(0, 0.12, (2, count, 1, 1)).astype(np.float32)
    from_middle = (right - aside[0]) ** 2 + (down - aside[1]) ** 2
    pallor = np.exp(from_middle * (-1 / each(rng, 0.12, 0.4, count)[:, None, None]))
    light = 1 + pallor * (stain.pallor * each(rng, 0.2, 1.6, count))[:, None, None]
    light += waves(IMAGE_SIZE_PX, count, 0.5, rng) * each(rng, 0.01, 0.06, count)[:, None, None]
    light += waves(IMAGE_SIZE_PX, count, 2.5, rng) * each(rng, 0.0, 0.025, count)[:, None, None]
    at_rim = np.clip(1 - inside * 9, 0, 1)
    light += at_rim * each(rng, -0.12, 0.16, count)[:, None, None]
    colours = stain.cell * rng.normal(1, 0.035, (count, 1)) + rng.normal(0, 3, (count, 3))
    # Where a cell lets more light through it has less colour, too: the brighter, the closer to white.
    whiter = np.clip(light - 1, 0, 0.5)
    light *= 1 - whiter
    planes = light[:, None] * colours.astype(np.float32)[:, :, None, None]
    planes += (whiter * np.float32(255))[:, None]
    return np.asarray(planes)


def _some(share: float, rng: np.random.Generator) -> Indices:
    return np.flatnonzero(rng.uniform(size=CELLS_PER_PATIENT) < share)


def _put_on(planes: FloatArray, chosen: Indices, colour: FloatArray, cover: FloatArray) -> None:
    """Colour some of the cells where something covers them; where that is below 0, they become brighter."""
    planes[chosen] += cover[:, None] * (colour[:, None, None] - planes[chosen])
