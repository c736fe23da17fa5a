"""A convolution in words and numbers: each step written out, the output's size worked out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from cnn_core.operations.convolution import ChannelSteps, ConvolutionSteps, turned
from cnn_core.operations.windows import AxisWindow

MOST_TERMS = 16
"""So many products are written out; of more, the first and the last ones. The grid of products has them all."""
COLOURS = ("red", "green", "blue")


def written(number: float) -> str:
    """Write a number as briefly as it can be read, with a true minus.

    Example:
        >>> written(19.0), written(-0.0625), written(1234.5), written(12.3456)
        ('19', '−0.0625', '1,234.5', '12.35')
    """
    text = f"{number:.3g}" if 0.0001 <= abs(number) < 1 else f"{number:,.2f}".rstrip("0").rstrip(".")
    return "0" if text in ("-0", "") else text.replace("-", "−")


def written_sum(patch: npt.NDArray[Any], kernel: npt.NDArray[Any], total: float) -> str:
    """Write a step as its products and their sum.

    Args:
        patch: The pixels under the kernel.
        kernel: The weights on them, of the same shape.
        total: The sum.

    Example:
        >>> written_sum(np.array([[0, 1], [3, 4]]), np.array([[0, 1], [2, 3]]), 19)
        '0×0 + 1×1 + 3×2 + 4×3 = 19'
        >>> written_sum(np.array([5, 2]), np.array([-1, 0]), -5)
        '5×(−1) + 2×0 = −5'
    """
    products = [f"{_factor(pixel)}×{_factor(weight)}" for pixel, weight in zip(patch.flat, kernel.flat, strict=True)]
    if len(products) > MOST_TERMS:
        products = [*products[:3], "…", *products[-3:]]
    return f"{' + '.join(products)} = {written(total)}"


def _factor(number: float) -> str:
    text = written(number)
    return f"({text})" if text.startswith("−") else text


def step_sentences(steps: ConvolutionSteps) -> list[str]:
    """Write every step of a walk: the products, their sum, and the place where it lands.

    Example:
        >>> from cnn_core.operations.convolution import convolution_steps
        >>> step_sentences(convolution_steps(np.arange(9).reshape(3, 3), np.arange(4).reshape(2, 2)))[3]
        '4×0 + 5×1 + 7×2 + 8×3 = 43, into row 2, column 2'
        >>> step_sentences(convolution_steps(np.array([5, 2, 4]), np.array([1, -1])))[1]
        '2×1 + 4×(−1) = −2, into place 2'
    """
    is_row = steps.kernel.shape[0] == steps.padded.shape[0] == 1
    return [
        f"{written_sum(patch, steps.kernel, total)}, into {_place(cell, is_row=is_row)}"
        for patch, total, cell in zip(steps.patches, steps.sums.tolist(), steps.output_cells, strict=True)
    ]


def channel_sentences(steps: ChannelSteps, names: Sequence[str] = COLOURS) -> list[str]:
    """Write every step of a walk over several channels: the sum of each, the bias, and where their sum lands.

    Example:
        >>> from cnn_core.operations.convolution import channel_steps
        >>> channel_sentences(channel_steps(np.ones((2, 2, 3)), np.ones((2, 2, 3)), bias=-1.0))
        ['red 4 + green 4 + blue 4 + bias (−1) = 11, into row 1, column 1']
    """
    sentences = []
    for step, total in enumerate(steps.sums.tolist()):
        parts = [
            f"{name} {_factor(channel.sums[step].item())}" for name, channel in zip(names, steps.channels, strict=True)
        ]
        parts += [f"bias {_factor(steps.bias)}"] if steps.bias else []
        place = _place(steps.channels[0].output_cells[step], is_row=False)
        sentences.append(f"{' + '.join(parts)} = {written(total)}, into {place}")
    return sentences


def _place(cell: npt.NDArray[np.int64], *, is_row: bool) -> str:
    row, column = (int(number) + 1 for number in cell)
    return f"place {column}" if is_row else f"row {row}, column {column}"


def size_words(windows: Sequence[AxisWindow]) -> str:
    """Write how the output's size comes about, in Markdown: the formula in words, and with its numbers.

    Args:
        windows: The window along each axis: one of a row, or those along height and width.

    Example:
        >>> print(size_words([AxisWindow(12, 3)]))
        **Output size** = ⌊(length − kernel) / stride⌋ + 1 = ⌊(12 − 3) / 1⌋ + 1 = **10**
        >>> print(size_words([AxisWindow(3, 2, axis=0), AxisWindow(3, 2)]))
        **Output height and width** = ⌊(side − kernel) / stride⌋ + 1 = ⌊(3 − 2) / 1⌋ + 1 = **2**
    """
    formulas = [window.formula for window in windows]
    if len(windows) == 1:
        return _size_line("Output size", "length", windows[0])
    if len({formula.numbers for formula in formulas}) == 1:
        return _size_line("Output height and width", "side", windows[0])
    names = ("height", "width")
    return "  \n".join(_size_line(f"Output {name}", name, window) for name, window in zip(names, windows, strict=True))


def _size_line(title: str, side: str, window: AxisWindow) -> str:
    formula = window.formula
    words = formula.words.replace("window ", "kernel ")
    for axis in ("height", "width"):
        words = words.replace(f"kernel {axis}", "kernel").replace(axis, side)
    return f"**{title}** = {words} = {formula.numbers} = **{formula.value:,}**"


def turn_words(kernel: npt.NDArray[Any], unturned: npt.NDArray[Any], output: npt.NDArray[Any]) -> str:
    """Say what turning the kernel has changed, in Markdown.

    Args:
        kernel: `(height, width)`, before it was turned.
        unturned: What came out without turning.
        output: What comes out with it.

    Example:
        >>> turn_words(np.array([[1, 2, 1]]), np.ones((1, 3)), np.ones((1, 3)))
        '**Turned by 180°**: this kernel looks the same afterwards, so nothing changes.'
        >>> turn_words(np.array([[-1, 0, 1]]), np.ones((1, 3)), -np.ones((1, 3)))
        '**Turned by 180°**: every number of the output changes its sign.'
    """
    start = "**Turned by 180°**: "
    if (turned(kernel) == kernel).all():
        return f"{start}this kernel looks the same afterwards, so nothing changes."
    if np.allclose(output, unturned):
        return f"{start}the kernel is another one now, but over these numbers the output is the same."
    if np.allclose(output, -unturned):
        return f"{start}every number of the output changes its sign."
    changed = int((~np.isclose(output, unturned)).sum())
    return f"{start}{changed:,} of {output.size:,} numbers of the output are others now."
