"""The image that a page looks at, and the names under which its choice is kept."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

SOURCE = "inside.source"
CLASS = "inside.class"
WHICH = "inside.which"
NUMBER = "inside.number"
"""The names of the choices: where the image is from, its class, all or only the mistakes, and its number from 1.

Whoever sets all four leads every panel to an image: source its data set, class `ANY`, which `ALL`, and as number its
place among the test images, from 1.
"""

ANY = "any"
ALL = "all"
WRONG = "wrong"

HANDED = "handed"
HANDED_IMAGE = "inside.handed"
"""The source of an image that another page hands over, and the name under which it is kept."""


@dataclass(frozen=True)
class ChosenImage:
    """One image, and what it is.

    Args:
        pixels: `(height, width, channels)`, uint8.
        class_name: Its true class, where known.
        origin: Where it is from, in words.
    """

    pixels: npt.NDArray[np.uint8]
    class_name: str | None
    origin: str
