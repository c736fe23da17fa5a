"""What can be set about the methods: one record for all of them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from cnn_core.architecture.fields import check_record, choice, fraction, whole_number
from cnn_core.architecture.shapes import network_figures
from cnn_core.architecture.spec import MAX_SIDE, NetworkSpec
from cnn_core.inspection.attribution.occlusion import FILLS

MOST_BATCH_NUMBERS = 20_000_000
"""So many numbers of one batch's forward pass may be held at a time; its gradients take as many again."""
MOST_BATCH_MULTIPLY_ADDS = 2_000_000_000
"""A batch takes a moment at most, so that progress can be shown between two of them."""
MOST_BATCH_IMAGES = 64


@dataclass(frozen=True)
class AttributionSettings:
    """How the methods work.

    Args:
        layer: The layer that Grad-CAM looks at; `""` where there is none.
        patch: Side of occlusion's patch in pixels.
        stride: Pixels from one place of the patch to the next.
        fill: What occlusion covers the image with.
        noise: SmoothGrad's noise, as a share of the image's range.
        samples: SmoothGrad's noisy copies.
        steps: Steps of integrated gradients.
        seed: Of SmoothGrad's noise.
        batch: Images that go through the network at a time; it changes no result.

    Raises:
        ValueError: If one of them is out of range.
    """

    layer: str = ""
    patch: int = whole_number(7, 1, MAX_SIDE)
    stride: int = whole_number(2, 1, MAX_SIDE)
    fill: str = choice(
        "mean",
        FILLS,
        label="Occlusion covers with",
        help="The mean colour of the image, or black. On a black background, black hides less.",
        titles={"mean": "the image's mean", "black": "black"},
    )
    noise: float = fraction(
        0.15,
        0.0,
        1.0,
        label="SmoothGrad's noise",
        help="Standard deviation of the noise, as a share of the image's range. Without noise it is saliency again.",
        usual=(0.0, 0.05, 0.1, 0.15, 0.2, 0.3, 0.5),
    )
    samples: int = whole_number(
        25,
        1,
        500,
        label="Noisy copies",
        help="So many gradients SmoothGrad takes the mean of. More are smoother and take longer.",
        usual=(5, 10, 25, 50, 100, 200),
    )
    steps: int = whole_number(
        50,
        1,
        500,
        label="Steps from black to the image",
        help="Of integrated gradients. More steps add up more exactly and take longer.",
        usual=(5, 10, 25, 50, 100, 200),
    )
    seed: int = whole_number(0, 0, 2**31 - 1)
    batch: int = whole_number(32, 1, 1024)

    def __post_init__(self) -> None:
        check_record(self)


def usual_patch(height: int, width: int) -> tuple[int, int]:
    """Return a patch and a stride that suit an image's size: about a quarter of its shorter side, in thirds of it.

    Example:
        >>> usual_patch(28, 28), usual_patch(128, 96), usual_patch(1, 5)
        ((7, 2), (24, 8), (1, 1))
    """
    patch = max(min(height, width) // 4, 1)
    return patch, max(patch // 3, 1)


def batch_for(spec: NetworkSpec) -> int:
    """Return how many images can go through a network at a time without much memory or waiting.

    Args:
        spec: A network that can be built.
    """
    figures = network_figures(spec)
    numbers_per_image = max(sum(row.held_numbers for row in figures.layers), 1)
    most = min(MOST_BATCH_NUMBERS // numbers_per_image, MOST_BATCH_MULTIPLY_ADDS // max(figures.multiply_adds, 1))
    return int(np.clip(most, 1, MOST_BATCH_IMAGES))
