"""What the lesson from dense to convolution has been set to, and what came out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from cnn_core.operations.convolution_matrix import MatrixConvolution
from cnn_core.operations.field_growth import FieldStep
from cnn_core.operations.kernels import KERNELS
from cnn_core.operations.weight_sharing import ShiftResponse, WeightCounts
from cnn_core.operations.windows import Floats
from dashboard.controls.lesson_controls import menu_choice

View = Literal["weights", "matrix", "shift", "field"]
Bytes = npt.NDArray[np.uint8]

PAGE = "dense"
MOST_SIDE = 28
"""Of a photo: a dense layer between larger images would hold too many weights to work with."""
PADDINGS: dict[Literal["valid", "same"], str] = {"valid": "None", "same": "Same"}
PADDING_HELP = "Zeros around the image, so that the kernel can reach over its edge. “Same” keeps the size at stride 1."


@dataclass(frozen=True, eq=False)
class Seen:
    """What somebody has set, and what came out; of the parts that are not shown there is nothing.

    Args:
        view: Which of the lesson's parts.
        counts: The weights of three layers.
        by_matrix: The convolution as a matrix.
        row: Which of the matrix's rows is chosen.
        shift: By how many pixels the image is shifted.
        shifted: What became of the outputs.
        kernel: Side of the kernels of a stack.
        convolutions: How many of them.
        growth: How the receptive field grows from layer to layer.
        sees_all: Whether a number of the last layer sees the whole image.
    """

    view: View
    counts: WeightCounts | None = None
    by_matrix: MatrixConvolution | None = None
    row: int = 0
    shift: int = 0
    shifted: ShiftResponse | None = None
    kernel: int = 3
    convolutions: int = 0
    growth: tuple[FieldStep, ...] = ()
    sees_all: bool = False


def kernel_choice(part: str) -> Floats:
    """Choose a kernel of 3×3 by its name."""
    of_three = {slug: kernel.title for slug, kernel in KERNELS.items() if kernel.weights.shape == (3, 3)}
    return KERNELS[menu_choice("Kernel", f"{PAGE}.{part}.kernel", of_three, "sobel-x")].weights
