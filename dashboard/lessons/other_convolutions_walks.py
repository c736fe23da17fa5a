"""The walks of the other convolutions, for the stepping view."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from cnn_core.operations.convolution import ChannelSteps, ConvolutionSteps
from cnn_core.operations.other_convolutions import TransposedSteps
from dashboard.components.walk_view import Walk, WalkGrid
from dashboard.lessons.convolution_walks import sorted_by_role
from dashboard.lessons.convolution_words import written, written_sum
from dashboard.lessons.other_convolutions_record import COLOURS


def depthwise_walk(channels: Sequence[ConvolutionSteps], brightest: float) -> Walk:
    """Show three kernels that walk over three channels, and write three maps.

    Args:
        channels: What happens in each channel.
        brightest: What is drawn white.
    """
    limit = max(float(np.abs(steps.output).max()) for steps in channels)
    grids = []
    for colour, steps in zip(COLOURS, channels, strict=True):
        grids += [
            WalkGrid(
                colour.capitalize(),
                steps.padded,
                "input",
                steps.cells,
                padding=steps.padding,
                scale="grey",
                limits=(0.0, brightest),
            ),
            WalkGrid(f"Kernel, {colour}", steps.kernel, "kernel"),
            WalkGrid(
                f"Map, {colour}",
                steps.output,
                "output",
                steps.output_cells[:, np.newaxis],
                is_filling=True,
                limits=(-limit, limit),
            ),
        ]
    places = channels[0].output_cells.tolist()
    sentences = [
        f"Row {row + 1}, column {column + 1}: "
        + ", ".join(
            f"{colour} {written(steps.sums[step].item())}" for colour, steps in zip(COLOURS, channels, strict=True)
        )
        + ". Nothing is added across channels."
        for step, (row, column) in enumerate(places)
    ]
    return Walk(sorted_by_role(grids), sentences, "a kernel of its own over each channel")


def mixing_walk(steps: ChannelSteps, brightest: float | None, name: str) -> Walk:
    """Show a convolution of 1×1: one place of all channels, a weight for each, and one sum.

    Args:
        steps: What happens.
        brightest: What is drawn white; nothing where the channels are maps, with numbers below zero.
        name: What a channel is called, as `"Map, {}"`.
    """
    values = [channel.padded for channel in steps.channels]
    limit = max(float(np.abs(value).max()) for value in values)
    limits = (-limit, limit) if brightest is None else (0.0, brightest)
    grids = []
    for colour, channel in zip(COLOURS, steps.channels, strict=True):
        grids += [
            WalkGrid(
                name.format(colour).capitalize(),
                channel.padded,
                "input",
                channel.cells,
                scale="diverging" if brightest is None else "grey",
                limits=limits,
            ),
            WalkGrid("Weight", channel.kernel, "kernel", limits=(-1.0, 1.0)),
            WalkGrid("Product", channel.products, "product", factors=(channel.patches, channel.kernel)),
        ]
    places = steps.channels[0].output_cells
    grids.append(WalkGrid("Feature map", steps.output, "output", places[:, np.newaxis], is_filling=True))
    pixels = np.stack([channel.patches.ravel() for channel in steps.channels], axis=1)
    weights = np.array([channel.kernel.item() for channel in steps.channels])
    sentences = [
        f"{written_sum(pixel, weights, total)}, into row {row + 1}, column {column + 1}"
        for pixel, total, (row, column) in zip(pixels, steps.sums.tolist(), places.tolist(), strict=True)
    ]
    return Walk(sorted_by_role(grids), sentences, "a kernel of 1×1 over three channels")


def transposed_walk(steps: TransposedSteps) -> Walk:
    """Show each number of the input times the kernel, and the products added to the output.

    Args:
        steps: What happens.
    """
    patches = np.broadcast_to(steps.image.reshape(-1, 1, 1), steps.products.shape)
    grids = [
        WalkGrid("Input", steps.image, "input", steps.input_cells[:, np.newaxis], scale="amount"),
        WalkGrid("Kernel", steps.kernel, "kernel"),
        WalkGrid("Input × kernel", steps.products, "product", factors=(patches, steps.kernel)),
        WalkGrid("Output", steps.outputs, "output", steps.cells, is_filling=True),
    ]
    sentences = [_spread_sentence(steps, step) for step in range(len(steps))]
    return Walk(grids, sentences, "kernel that is laid on the output")


def _spread_sentence(steps: TransposedSteps, step: int) -> str:
    row, column = steps.input_cells[step].tolist()
    start = f"{written(steps.image[row, column].item())} (row {row + 1}, column {column + 1}) × kernel"
    cells = steps.cells[step]
    kept = cells[cells[:, 0] >= 0]
    if not len(kept):
        return f"{start}: padding cuts all of it off"
    (top, left), (bottom, right) = kept.min(axis=0) + 1, kept.max(axis=0) + 1
    rows = f"row {top}" if top == bottom else f"rows {top} to {bottom}"
    columns = f"column {left}" if left == right else f"columns {left} to {right}"
    return f"{start}, added to {rows}, {columns} of the output"
