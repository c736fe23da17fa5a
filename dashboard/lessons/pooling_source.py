"""What the lesson on pooling pools: a few numbers, an image, or a feature map of the starter network."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import streamlit as st

from cnn_core.data.scaling import PIXEL_MAX
from cnn_core.operations.feature_maps import first_feature_maps
from dashboard import resources
from dashboard.components.pixel_view import Scale
from dashboard.controls.lesson_controls import number_choice
from dashboard.controls.lesson_image import lesson_image

NUMBERS, IMAGE, MAP = "numbers", "image", "map"
SOURCES = {NUMBERS: "A few numbers", IMAGE: "An image", MAP: "A feature map"}
FEW = np.array(
    [
        [1, 3, 2, 1, 0, 2],
        [4, 6, 5, 0, 1, 3],
        [3, 1, 1, 0, 7, 2],
        [1, 2, 2, 4, 5, 8],
        [0, 9, 3, 2, 6, 1],
        [2, 1, 0, 5, 3, 4],
    ]
)
FIRST_MAP = 5


@dataclass(frozen=True, eq=False)
class PoolingSource:
    """What is pooled.

    Args:
        name: What stands above it.
        values: `(height, width)`.
        scale: The scale of its colours.
        limits: The numbers at the scale's ends.
    """

    name: str
    values: npt.NDArray[np.generic]
    scale: Scale
    limits: tuple[float, float]


def source_controls(chosen: str) -> PoolingSource | None:
    """Draw what there is to choose about one of `SOURCES`, and return what is pooled.

    Returns:
        The source; nothing where there is no image yet, after saying so.
    """
    if chosen == NUMBERS:
        st.caption("The image of “An image” and “A feature map” is chosen here, once one of them is shown.")
        return PoolingSource("Input", FEW, "amount", (0, float(FEW.max())))
    image = lesson_image("pooling")
    if image is None:
        return None
    if chosen == IMAGE:
        return PoolingSource("Image", image[..., 0], "grey", (0, float(PIXEL_MAX)))
    kernels, bias = resources.starter().weights[:2]
    maps = first_feature_maps(image, kernels, bias)
    count = maps.shape[2]
    label = "Feature map of the starter network’s first layer"
    number = number_choice(label, "pooling.map", 1, count, FIRST_MAP)
    values = maps[..., number - 1]
    return PoolingSource(f"Feature map {number}", values, "amount", (0, float(values.max())))
