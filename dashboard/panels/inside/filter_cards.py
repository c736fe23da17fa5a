"""Two cards of one filter: its weights, and its feature map on the image."""

from __future__ import annotations

import numpy as np
import streamlit as st

from cnn_core.architecture.layers import Flatten
from cnn_core.architecture.shapes import network_figures
from cnn_core.inspection.exciting_images import Box, seen_box
from cnn_core.inspection.records import FloatArray, LayerOutput
from cnn_core.inspection.unit_weights import UnitWeights, unit_weights
from dashboard.components.pixel_view import Cell, Frame, Pictures, image_pictures, pixel_view
from dashboard.controls.filter_choice import unit_noun
from dashboard.controls.unit_choice import ChosenUnit, choose_unit
from dashboard.panels.inside.filter_work import number_words
from dashboard.panels.inside.scene import Scene
from dashboard.words import some

MANY = 16
"""From so many pictures on, each is drawn smaller and without its name above it."""
MOST = 256
"""Pictures of weights that are shown; of more, those with the largest weights."""
MAP_PX = 176
IMAGE_PX = 96


def weights_card(scene: Scene) -> None:
    """Show the weights of the unit: a filter's kernels, or what a dense unit multiplies its input with."""
    network, unit = scene.network, scene.unit
    found = unit_weights(network.spec, network.weights, unit.layer, unit.channel)
    is_flat = found is not None and not found.is_kernel
    st.markdown("**Its weights**" if is_flat else "**Its kernel**")
    if found is None:
        st.markdown(_no_weights_words(scene))
        return
    finite = np.abs(found.pictures[np.isfinite(found.pictures)])
    limit = float(finite.max(initial=0)) or 1.0
    count = len(found.pictures)
    shown = _largest(found.pictures)
    what = "input channel" if found.is_kernel else "feature map" if found.pictures[0].size > 1 else "number"
    pixel_view(
        Pictures(found.pictures[shown], [str(place + 1) for place in shown], (-limit, limit), "diverging"),
        "inside.filter.kernel",
        scene.palette,
        what=what,
        tile_px=_tile_px(found, len(shown)),
        has_names=len(shown) < MANY and count > 1,
        file_name=f"{unit.layer}-{unit.channel + 1}-weights",
    )
    st.caption(_weights_words(found, what, len(shown)))


def map_card(scene: Scene, output: LayerOutput) -> None:
    """Show what the unit makes of the image, and where its largest number comes from."""
    unit, values = scene.unit, output.values
    st.markdown("**Its map on this image**" if output.is_image else "**Its output for this image**")
    if not output.is_image:
        _number_words(values, unit.channel)
        return
    one = values[:, :, unit.channel]
    row, column = np.unravel_index(int(np.argmax(np.nan_to_num(one, nan=-np.inf))), one.shape)
    low, high = (float(value) for value in (np.nanmin(one), np.nanmax(one))) if np.isfinite(one).any() else (0.0, 1.0)
    pixel_view(
        Pictures(one[np.newaxis], [""], (min(low, 0.0), high)),
        "inside.filter.map",
        scene.palette,
        what="feature map",
        tile_px=MAP_PX,
        frames=[Frame(0, int(row), int(column), int(row) + 1, int(column) + 1)],
        chosen=Cell(0, min(unit.row, one.shape[0] - 1), min(unit.column, one.shape[1] - 1)),
        file_name=f"{unit.layer}-map-{unit.channel + 1}",
        on_choose=lambda cell: choose_unit(ChosenUnit(unit.layer, unit.channel, cell.row, cell.column)),
    )
    if low == high and one.size > 1:
        ending = "no place excites it more than another" if high else "this image does not excite it"
        st.caption(f"It is {number_words(high)} everywhere: {ending}.")
        return
    st.caption(f"Framed: its maximum, {number_words(high)}, in row {row + 1}, column {column + 1}. It comes from here:")
    box = seen_box(scene.network.spec, unit.layer, int(row), int(column))
    pixels = scene.image.pixels
    pixel_view(
        image_pictures(pixels[np.newaxis]),
        "inside.filter.seen",
        scene.palette,
        what="image",
        tile_px=IMAGE_PX,
        frames=[] if box is None else [Frame(0, *box)],
        has_scale_bar=False,
    )


def field_words(box: Box | None, image_shape: tuple[int, ...]) -> str:
    """Say how much of the image a unit sees at a time.

    Example:
        >>> field_words(Box(2, 0, 6, 5), (28, 28, 1)), field_words(Box(0, 0, 28, 28), (28, 28, 1))
        ('4×5 pixels of the image at a time', 'the whole image')
    """
    if box is None:
        return "nothing but padding"
    height, width = box.bottom - box.top, box.right - box.left
    return (
        "the whole image" if (height, width) == image_shape[:2] else f"{height}×{width} pixels of the image at a time"
    )


def _largest(pictures: FloatArray) -> list[int]:
    """Choose the pictures that are shown, in their order: those with the largest weights, where there are very many."""
    if len(pictures) <= MOST:
        return list(range(len(pictures)))
    sizes = np.abs(np.nan_to_num(pictures)).max(axis=(1, 2))
    return sorted(np.argsort(-sizes, kind="stable")[:MOST].tolist())


def _tile_px(found: UnitWeights, count: int) -> int:
    height = found.pictures.shape[1]
    if height == 1 and found.pictures.shape[2] == 1:
        return 20
    if count == 1:
        return MAP_PX
    return 64 if count < MANY else int(np.clip(5 * height, 24, 48))


def _weights_words(found: UnitWeights, what: str, shown: int) -> str:
    count, height, width = found.pictures.shape
    if found.is_kernel:
        is_one = count == 1
        words = f"{some(count, 'kernel')} of {height}×{width}{'' if is_one else ', one for each input channel'}"
        if found.is_product:
            words += f",{'' if is_one else ' each'} the product of the separable convolution's two halves"
        if found.node.endswith("_conv_b"):
            given = "it gives" if is_one else "they give"
            words += f", of the block's second convolution; what comes into the block is added to what {given}"
    elif found.pictures[0].size > 1:
        words = f"One weight for every place of {some(count, 'feature map')} of {height}×{width}"
    else:
        words = f"{some(count, 'weight')}, one for every number that comes in"
    if shown < count:
        words += f"; the {shown} {what}s with the largest weights are shown"
    bias = "" if found.bias is None else f" The bias is {number_words(found.bias)}."
    return f"{words}. Orange weights add, blue ones subtract.{bias}"


def _no_weights_words(scene: Scene) -> str:
    spec, unit = scene.network.spec, scene.unit
    index = spec.layer_names.index(unit.layer)
    row = network_figures(spec).layers[index]
    if isinstance(row.layer, Flatten) and len(row.input_shape) == 3:
        place, channel = divmod(unit.channel, row.input_shape[2])
        line, column = divmod(place, row.input_shape[1])
        return (
            f"{unit.layer} has no kernels. This number is row {line + 1}, column {column + 1} of feature map "
            f"{channel + 1} before it."
        )
    before = f"of {spec.layer_names[index - 1]}" if index else "of the image"
    noun = "channel" if not index else unit_noun(spec, spec.layer_names[index - 1])
    return f"{unit.layer} has no kernels: what it gives here, it makes of {noun} {unit.channel + 1} {before} alone."


def _number_words(values: FloatArray, channel: int) -> None:
    value = values[channel]
    st.metric("Output", number_words(float(value)), label_visibility="collapsed")
    larger = int((values > value).sum())
    rank = "the largest" if not larger else f"number {larger + 1} by size"
    st.caption(f"Of {some(len(values), 'output')} of this layer it is {rank}. It depends on the whole image.")
