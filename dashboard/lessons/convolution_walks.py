"""A convolution's steps as a walk that the browser can play."""

from __future__ import annotations

import numpy as np

from cnn_core.operations.convolution import ChannelSteps, ConvolutionSteps
from cnn_core.operations.windows import Floats
from dashboard.components.pixel_view import Scale
from dashboard.components.walk_view import Walk, WalkGrid
from dashboard.lessons.convolution_words import COLOURS, channel_sentences, step_sentences


def row_walk(steps: ConvolutionSteps) -> Walk:
    """Show a kernel that walks along a row."""
    grids = [*_channel_grids(steps, None, ("Line", "Kernel", "Products")), _output_grid(steps, steps.output)]
    return Walk(sorted_by_role(grids), step_sentences(steps), "kernel along the line")


def image_walk(steps: ConvolutionSteps, brightest: float) -> Walk:
    """Show a kernel that walks over an image.

    Args:
        steps: What happens.
        brightest: What is drawn white.
    """
    grids = [*_channel_grids(steps, brightest, ("Image", "Kernel", "Products")), _output_grid(steps, steps.output)]
    return Walk(sorted_by_role(grids), step_sentences(steps), "kernel over the image")


def channel_walk(steps: ChannelSteps, brightest: float) -> Walk:
    """Show one filter that walks over the three colours of an image.

    Args:
        steps: What happens.
        brightest: What is drawn white.
    """
    grids = [
        grid
        for colour, channel in zip(COLOURS, steps.channels, strict=True)
        for grid in _channel_grids(
            channel, brightest, (colour.capitalize(), f"Kernel, {colour}", f"Products, {colour}")
        )
    ]
    output = _output_grid(steps.channels[0], steps.output)
    return Walk(sorted_by_role([*grids, output]), channel_sentences(steps), "three kernels over three channels")


def sorted_by_role(grids: list[WalkGrid]) -> list[WalkGrid]:
    """Put grids into the order in which the keyboard goes through them: inputs, kernels, products, output."""
    order = ("input", "kernel", "product", "output")
    return sorted(grids, key=lambda grid: order.index(grid.role))


def _channel_grids(steps: ConvolutionSteps, brightest: float | None, names: tuple[str, str, str]) -> list[WalkGrid]:
    """The grids of one channel; an image is grey, a row of numbers has the colours of above and below zero."""
    image, kernel, products = names
    limits = None if brightest is None else (0.0, brightest)
    scale: Scale = "diverging" if brightest is None else "grey"
    return [
        WalkGrid(image, steps.padded, "input", steps.cells, padding=steps.padding, scale=scale, limits=limits),
        WalkGrid(kernel, steps.kernel, "kernel"),
        WalkGrid(products, steps.products, "product", factors=(steps.patches, steps.kernel)),
    ]


def _output_grid(steps: ConvolutionSteps, output: Floats) -> WalkGrid:
    return WalkGrid("Output", output, "output", marks=steps.output_cells[:, np.newaxis], is_filling=True)
