"""A layer in words, with everything that one needs to work out its figures, and the lines of working them out."""

from __future__ import annotations

from cnn_core.architecture.formula import shape_formula
from cnn_core.architecture.layers import Layer, Shape
from cnn_core.architecture.layers.base import AXES
from cnn_core.architecture.receptive_field import AxisField
from cnn_core.architecture.shapes import LayerFigures
from cnn_core.architecture.spec import shape_text
from cnn_core.exercises.record import Working, worked_line


def layer_words(name: str, layer: Layer, shape: Shape) -> str:
    """Write a layer with all its settings and what comes in; stride and padding are said also where they are as usual.

    Args:
        name: Its name in the network.
        layer: The layer.
        shape: The shape of what comes in.

    Example:
        >>> from cnn_core.architecture.layers import Conv2D, Dense
        >>> layer_words("conv_1", Conv2D(filters=8), (28, 28, 1))
        'Layer “conv_1” (convolution: 8 filters of 3×3, ReLU, stride 1, no padding) gets 28×28×1.'
        >>> layer_words("dense_1", Dense(units=10), (128,))
        'Layer “dense_1” (dense: 10 units, ReLU) gets a flat list of 128 numbers.'
    """
    details = [layer.details()]
    for window in layer.windows()[:1]:
        padding = "same padding" if window.padding == "same" else "no padding"
        details += [word for word in (f"stride {window.stride}", padding) if word not in details[0]]
    title = layer.title[0].lower() + layer.title[1:]
    source = shape_text(shape) if len(shape) == 3 else f"a flat list of {shape[0]:,} numbers"
    return f"Layer “{name}” ({title}: {', '.join(details)}) gets {source}."


def shape_lines(layer: Layer, shape: Shape) -> tuple[Working, ...]:
    """Work out the shape of what a layer gives out.

    Args:
        layer: A layer that changes the shape, or may.
        shape: The shape of what comes in.
    """
    output = layer.output_shape(shape)
    if not layer.windows():
        if len(shape) == 1 or hasattr(layer, "units"):
            return (Working("Numbers out", "one for each unit", "", f"{output[0]:,}"),)
        if output[0] == shape[2]:
            return (Working("Numbers out", "one for each channel", "", f"{output[0]:,}"),)
        return (worked_line("Numbers out", shape_formula(shape)),)
    lines, sides = [], list(shape[:2])
    for window in layer.windows():
        for axis, name in enumerate(AXES):
            lines.append(worked_line(f"Output {name}", window.places_formula(sides[axis], axis)))
            sides[axis] = window.places(sides[axis], axis)
    source = "one for each filter" if hasattr(layer, "filters") else "as many as come in"
    return (*lines, Working("Output channels", source, "", f"{output[2]:,}"))


def field_lines(rows: tuple[LayerFigures, ...], axis: int = 0) -> tuple[Working, ...]:
    """Work out how large the receptive field gets along one axis, layer by layer.

    Args:
        rows: The network's first layers; the field of the last one is asked for.
        axis: 0 for the height, 1 for the width.
    """
    field = AxisField()
    lines: list[Working] = []
    for row in rows:
        for window in row.layer.windows():
            formula = field.size_formula(window, axis)
            field = field.after(window, axis)
            words = "" if lines else formula.words
            lines.append(Working(row.name, words, formula.numbers, f"{field.size:,} (jump {field.jump})"))
    return tuple(lines)
