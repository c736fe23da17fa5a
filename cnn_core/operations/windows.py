"""Where a window stops on an image: padding, output size, and what does not fit.

The arithmetic of the layers (`cnn_core.architecture.layers`) with one more choice: padding by any number of pixels, as
on paper and in PyTorch, beside `"valid"` and `"same"`.

Reference:
    Dumoulin & Visin 2016, *A guide to convolution arithmetic for deep learning*.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from cnn_core.architecture.formula import Formula, constant, quantity
from cnn_core.architecture.layers import Misfit, Window, window_output_size
from cnn_core.architecture.layers.base import AXES
from cnn_core.errors import ClassroomError

Padding = Literal["valid", "same"] | int
"""`"valid"` adds nothing, `"same"` as much as keeps the size at stride 1, a number that many pixels at every side."""
PaddingPair = Padding | tuple[Padding, Padding]
Pair = int | tuple[int, int]
"""One number for height and width, or one for each."""
Numbers = npt.NDArray[Any]
Floats = npt.NDArray[np.floating[Any]]


@dataclass(frozen=True)
class AxisWindow:
    """A window that slides along one axis.

    Args:
        size: Length of the axis without padding, at least 1.
        taps: Numbers under the window, at least 1.
        stride: How far it moves each time, at least 1.
        dilation: Distance between neighbouring taps, 1 for none.
        padding: What is added at the ends.
        axis: 0 for the height, 1 for the width; only words depend on it.

    Raises:
        ValueError: If a number is too small, or the padding is neither a number nor one of the two words.
    """

    size: int
    taps: int
    stride: int = 1
    dilation: int = 1
    padding: Padding = "valid"
    axis: int = 1

    def __post_init__(self) -> None:
        for name in ("size", "taps", "stride", "dilation"):
            if not _is_whole(getattr(self, name), 1):
                raise ValueError(
                    f"{name} must be a whole number of at least 1. Received: {name}={getattr(self, name)!r}."
                )
        if not (self.padding in ("valid", "same") or _is_whole(self.padding, 0)):
            raise ValueError(
                f'padding must be "valid", "same" or a whole number of at least 0. Received: padding={self.padding!r}.'
            )

    @property
    def reach(self) -> int:
        """Pixels from the first to the last tap, both included."""
        return self._window.reach(self.axis)

    @property
    def before_and_after(self) -> tuple[int, int]:
        """How many numbers padding adds before the first and after the last."""
        if self.padding == "valid":
            return 0, 0
        if self.padding != "same":
            return int(self.padding), int(self.padding)
        before = -self._window.first_tap(self.size, self.axis, 0)
        return before, max((self.places - 1) * self.stride + self.reach - self.size - before, 0)

    @property
    def places(self) -> int:
        """How often it stops: the output's size. It is 0 or less where the window does not fit."""
        if self.padding == "same":
            return window_output_size(self.size, self.taps, self.stride, "same", self.dilation)
        padded = self.size + sum(self.before_and_after)
        return window_output_size(padded, self.taps, self.stride, "valid", self.dilation)

    @property
    def fits(self) -> bool:
        """Whether there is a place for it."""
        return self.places >= 1

    @property
    def formula(self) -> Formula:
        """How `places` is worked out.

        Example:
            >>> AxisWindow(28, 3, padding=1, stride=2).formula.numbers
            '⌊(28 + 2 × 1 − 3) / 2⌋ + 1'
            >>> AxisWindow(28, 3, padding="same", stride=2).formula.numbers
            '⌈28 / 2⌉'
        """
        if self.padding in ("valid", "same", 0):
            return self._window.places_formula(self.size, self.axis)
        side = quantity(AXES[self.axis], self.size)
        padded = side + constant(2) * quantity("padding", int(self.padding))
        reach, stride = self._window.reach_formula(self.axis), quantity("stride", self.stride)
        return (padded - reach).floor_divided(stride) + constant(1)

    @property
    def _window(self) -> Window:
        kind = "same" if self.padding == "same" else "valid"
        return Window(self.taps, self.taps, self.stride, kind, self.dilation)


def pad_amounts(
    size: int, kernel: int, stride: int = 1, dilation: int = 1, padding: Padding = "valid"
) -> tuple[int, int]:
    """How many zeros padding adds before the first and after the last number of one axis.

    With `"same"` that depends on the stride. Of an odd number the larger half comes last, as in TensorFlow.

    Args:
        size: Length of the axis, at least 1.
        kernel: Length of the kernel, at least 1.
        stride: How far it moves each time, at least 1.
        dilation: Distance between neighbouring taps, 1 for none.
        padding: `"valid"`, `"same"`, or a number.

    Returns:
        The numbers before and after.

    Raises:
        ValueError: If a number is too small, or the padding is neither a number nor one of the two words.

    Example:
        >>> pad_amounts(28, 3, padding="same"), pad_amounts(28, 2, padding="same"), pad_amounts(28, 3, padding=2)
        ((1, 1), (0, 1), (2, 2))
        >>> pad_amounts(28, 3, stride=2, padding="same")
        (0, 1)
    """
    return AxisWindow(size, kernel, stride, dilation, padding).before_and_after


def axis_windows(
    size: tuple[int, int],
    kernel: tuple[int, int],
    stride: Pair = 1,
    padding: PaddingPair = "valid",
    dilation: Pair = 1,
) -> tuple[AxisWindow, AxisWindow]:
    """Take a window over an image apart into one along the height and one along the width.

    Args:
        size: `(height, width)` of the image.
        kernel: `(height, width)` of the kernel.
        stride: One number, or one for each axis.
        padding: `"valid"`, `"same"`, a number, or one of these for each axis.
        dilation: One number, or one for each axis.

    Raises:
        ValueError: If a number is too small, or a pair is not a pair.

    Example:
        >>> [window.places for window in axis_windows((28, 20), (3, 5), stride=(1, 2))]
        [26, 8]
    """
    strides, paddings, dilations = (
        pair_of(value, name) for value, name in ((stride, "stride"), (padding, "padding"), (dilation, "dilation"))
    )
    vertical, horizontal = (
        AxisWindow(int(size[axis]), int(kernel[axis]), strides[axis], dilations[axis], paddings[axis], axis)
        for axis in (0, 1)
    )
    return vertical, horizontal


def padded2d(image: Numbers, before_and_after: tuple[tuple[int, int], tuple[int, int]], fill: float = 0.0) -> Numbers:
    """The image with a frame of zeros.

    Args:
        image: `(height, width)` or `(height, width, channels)`.
        before_and_after: Rows above and below, columns at the left and at the right.
        fill: What stands in the frame.

    Returns:
        The larger image, of the same type.

    Raises:
        ValueError: If the image has another number of axes.

    Example:
        >>> padded2d(np.ones((1, 2)), ((0, 1), (1, 0)))
        array([[0., 1., 1.],
               [0., 0., 0.]])
    """
    if image.ndim not in (2, 3):
        raise ValueError(
            f"image must be (height, width) or (height, width, channels). Received: image.shape={image.shape}."
        )
    around = (*before_and_after, (0, 0))[: image.ndim]
    return np.pad(image, around, constant_values=fill)


def window_misfit(
    size: tuple[int, int],
    kernel: tuple[int, int],
    padding: PaddingPair = "valid",
    dilation: Pair = 1,
) -> Misfit | None:
    """Say why a kernel has no place on an image, and which setting nearest to it works.

    Args:
        size: `(height, width)` of the image.
        kernel: `(height, width)` of the kernel.
        padding: `"valid"`, `"same"`, a number, or one of these for each axis.
        dilation: One number, or one for each axis.

    Returns:
        What is wrong; its `field` is `"dilation"` where a smaller one is enough, else `"padding"`. Nothing if the
        kernel fits.

    Example:
        >>> window_misfit((4, 4), (3, 3), dilation=2).message
        'The kernel of 3×3 with dilation 2 reaches over 5×5 pixels, and the image has 4×4.'
        >>> window_misfit((2, 9), (3, 3)).field, window_misfit((2, 9), (3, 3)).nearest
        ('padding', 1)
    """
    windows = axis_windows(size, kernel, 1, padding, dilation)
    if all(window.fits for window in windows):
        return None
    padded = tuple(window.size + sum(window.before_and_after) for window in windows)
    with_padding = " with its padding" if padded != tuple(size) else ""
    reach = [window.reach for window in windows]
    is_row = size[0] == kernel[0] == 1
    rates = [window.dilation for window in (windows[1:] if is_row else windows)]
    rate = str(rates[0]) if len(set(rates)) == 1 else _grid(rates)
    with_dilation = f" with dilation {rate}" if max(rates) > 1 else ""
    message = (
        f"The kernel of {kernel[1]} numbers{with_dilation} reaches over {reach[1]}, "
        f"and the row has {padded[1]}{with_padding}."
        if is_row
        else f"The kernel of {_grid(kernel)}{with_dilation} reaches over {_grid(reach)} pixels, "
        f"and the image has {_grid(padded)}{with_padding}."
    )
    sides = zip(padded, windows, strict=True)
    widest = min(((side - 1) // (window.taps - 1) for side, window in sides if window.taps > 1), default=1)
    if widest >= 1:
        return Misfit("dilation", message, widest)
    return Misfit("padding", message, max(-(-(window.reach - window.size) // 2) for window in windows))


def check_window(
    size: tuple[int, int],
    kernel: tuple[int, int],
    padding: PaddingPair = "valid",
    dilation: Pair = 1,
) -> None:
    """Raise if a kernel has no place on an image.

    Raises:
        ClassroomError: In words, with the nearest setting that works.
    """
    misfit = window_misfit(size, kernel, padding, dilation)
    if misfit is not None:
        raise ClassroomError(misfit.message, misfit_remedy(misfit, size))


def misfit_remedy(misfit: Misfit, size: tuple[int, int]) -> str:
    """Say what to do about a kernel that has no place on an image of `(height, width)`.

    Example:
        >>> misfit_remedy(window_misfit((2, 9), (3, 3)), (2, 9))
        'Choose padding 1, or a kernel of at most 2×9.'
    """
    if misfit.field == "dilation":
        return f"Choose dilation {misfit.nearest}: it is the largest that fits."
    return f"Choose padding {misfit.nearest}, or a kernel of at most {_grid(size)}."


def _grid(sides: Sequence[int]) -> str:
    return "×".join(str(side) for side in sides)


def pair_of(value: Any, name: str = "setting") -> tuple[Any, Any]:
    """One value for each axis, where one or two are given.

    Raises:
        ValueError: If there are more or fewer than two.

    Example:
        >>> pair_of(2), pair_of((1, 3))
        ((2, 2), (1, 3))
    """
    if isinstance(value, tuple | list):
        if len(value) != 2:
            raise ValueError(f"{name} must be one value, or one for height and width. Received: {name}={value!r}.")
        return value[0], value[1]
    return value, value


def _is_whole(value: object, least: int) -> bool:
    return isinstance(value, int | np.integer) and not isinstance(value, bool) and bool(value >= least)
