"""Every patient's slide is stained, lit and photographed in a way of its own; its cells share that."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float32]

_CELL_COLOURS = np.array(
    [
        (208, 148, 142),  # salmon
        (196, 158, 150),  # beige
        (190, 138, 158),  # rose
        (168, 166, 186),  # blue-grey
        (138, 140, 192),  # lavender
        (186, 92, 138),  # deep pink
        (150, 108, 150),  # plum
    ],
    np.float64,
)
_HOW_OFTEN = np.array([0.3, 0.14, 0.16, 0.18, 0.1, 0.06, 0.06])
_PARASITE_COLOUR = np.array((136, 18, 126), np.float64)


@dataclass(frozen=True)
class Stain:
    """One patient's slide.

    Args:
        cell: The colour of its cells, `(3,)`, 0 to 255.
        parasite: The colour of what takes the stain.
        pallor: How much brighter the middle of its cells is, 0 to 1.
        blur_px: How far out of focus it is, in pixels of the photograph.
        noise: The camera's noise, in grey values.
        dirt: How many of its cells have a speck of dirt, 0 to 1.
        platelets: How many of its cells have a platelet on them.
    """

    cell: FloatArray
    parasite: FloatArray
    pallor: float
    blur_px: float
    noise: float
    dirt: float
    platelets: float


def draw_stain(rng: np.random.Generator) -> Stain:
    """The slide of a patient who does not exist.

    Args:
        rng: The source of chance.

    Example:
        >>> draw_stain(np.random.default_rng(0)).cell.shape
        (3,)
    """
    first, second = rng.choice(len(_CELL_COLOURS), size=2, p=_HOW_OFTEN)
    share = rng.uniform(0, 0.35)
    cell = (1 - share) * _CELL_COLOURS[first] + share * _CELL_COLOURS[second] + rng.normal(0, 4, 3)
    parasite = _PARASITE_COLOUR + rng.normal(0, 10, 3) + 0.12 * (cell - 150)
    return Stain(
        cell=np.clip(cell, 70, 235).astype(np.float32),
        parasite=np.clip(parasite, 20, 190).astype(np.float32),
        pallor=float(rng.choice([0.03, 0.12, 0.3]) * rng.uniform(0.6, 1.4)),
        blur_px=float(rng.uniform(1.0, 3.0)),
        noise=float(rng.uniform(0.5, 1.6)),
        dirt=float(rng.uniform(0.05, 0.3)),
        platelets=float(rng.uniform(0.06, 0.28)),
    )
