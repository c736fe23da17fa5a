"""What the lesson on convolution has been set to, and what came out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from cnn_core.operations.windows import AxisWindow, Padding

View = Literal["line", "plane", "channels"]
Numbers = npt.NDArray[Any]

PAGE = "convolution"


@dataclass(frozen=True)
class WindowSettings:
    """How the kernel walks.

    Args:
        stride: How far it moves each time.
        padding: `"valid"`, `"same"`, or how many zeros are added at each side.
        dilation: Distance between neighbouring taps.
    """

    stride: int = 1
    padding: Padding = "valid"
    dilation: int = 1

    def windows(self, size: tuple[int, ...], kernel: tuple[int, ...]) -> tuple[AxisWindow, ...]:
        """Return the window along each axis: one of a row, two of an image."""
        first = 2 - len(size)
        return tuple(
            AxisWindow(size[axis], kernel[axis], self.stride, self.dilation, self.padding, first + axis)
            for axis in range(len(size))
        )


@dataclass(frozen=True, eq=False)
class Seen:
    """What somebody has set, and what came out.

    Args:
        view: Which of the lesson's parts.
        image: What the kernel walks over: `(n,)`, `(height, width)` or `(height, width, channels)`.
        kernel: The weights before any turning: `(k,)`, `(height, width)` or `(height, width, channels)`.
        window: How it walks.
        is_turned: Whether the kernel is turned: a convolution as mathematics has it.
        output: What came out, `(m,)` or `(height, width)`.
    """

    view: View
    image: Numbers
    kernel: Numbers
    window: WindowSettings
    is_turned: bool
    output: npt.NDArray[np.floating[Any]]
