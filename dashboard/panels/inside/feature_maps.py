"""What every layer of a network makes of one image: all layers in a row, or one of them large."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import streamlit as st

from cnn_core.architecture.spec import NetworkSpec, shape_text
from cnn_core.inspection.map_health import at_flat_end, map_health
from dashboard import state
from dashboard.components.pixel_stack import Row, pixel_stack
from dashboard.components.pixel_view import Cell, Pictures, pixel_view
from dashboard.controls.unit_choice import MIDDLE, ChosenUnit, choose_unit
from dashboard.controls.view_choice import view_choice
from dashboard.palette import Palette
from dashboard.panels.inside.scene import Scene

if TYPE_CHECKING:
    from cnn_core.inspection.records import LayerOutput

SCALES = {"layer": "Each layer", "map": "Each map", "network": "The network"}
PAGE = "inside.maps"
MOST_NUMBERS = 100_000
MOST_MAPS = 64
LEAST_MAPS = 4
MOST_UNITS = 512
"""Numbers, feature maps and units that are shown at a time; more are leafed through."""
LIVE_NUMBERS = 120_000
"""Numbers of all layers together that are shown while one draws, a few feature maps of each layer at least."""
UNSEEN = ("dropout", "flatten")
"""Layers that pass on what they get; while one draws they are left out."""
NAMED_UNITS = 32
"""So many units carry their names above them."""
TILE_PX = 84
LARGE_PX = 448
WORDS = {"dead": "dead here", "saturated": "saturated"}
EXPLANATIONS = {
    "dead": "**Dead here**: nothing but zeros for this image.",
    "saturated": "**Saturated**: most numbers lie at the flat ends of sigmoid or tanh, where hardly a gradient comes "
    "through.",
}


@dataclass(frozen=True, eq=False)
class _Layer:
    """One layer's output, and what there is to know for showing it.

    Args:
        output: Its numbers.
        activation: The function that they have gone through.
        class_names: What its units stand for; nothing for all but the last layer.
    """

    output: LayerOutput
    activation: str = "linear"
    class_names: Sequence[str] = ()


def feature_map_panel(scene: Scene) -> None:
    """Show the output of every layer from one forward pass, or of one layer large; a click chooses the unit."""
    layers, unit = _layers(scene), scene.unit
    is_large = state.choice("inside.maps.large", False)
    with st.container(horizontal=True, key="inside.maps.controls", gap="medium", vertical_alignment="bottom"):
        if is_large:
            _way_back(scene)
        words = "What the ends of the scale are: the smallest and the largest number of a layer, of a map, or of all."
        scale = view_choice("One scale for", "inside.maps.scale", "inside.maps.scale", SCALES, "layer", words)
    _say_what_is_lost([layer.output for layer in layers])
    common = _range(np.concatenate([layer.output.values.ravel() for layer in layers])) if scale == "network" else None
    shown = {layer.output.name: layer for layer in layers if not is_large or layer.output.name == unit.layer}
    limits = {name: None if scale == "map" else common or _range(one.output.values) for name, one in shown.items()}
    if is_large:
        _large_map(shown[unit.layer], limits[unit.layer], scene)
    starts = {name: _start(layer.output, unit, PAGE) for name, layer in shown.items()}
    pixel_stack(
        [_row(layer, limits[name], starts[name], unit, is_large=is_large) for name, layer in shown.items()],
        "inside.maps.layers",
        scene.palette,
        on_choose=lambda name, cell: choose_unit(ChosenUnit(name, starts[name] + cell.picture, cell.row, cell.column)),
        on_act=lambda name: _enlarge(name, unit),
        on_leaf=lambda name, leaf: _turn_to(leaf, name, unit, PAGE),
    )
    _explain(list(shown.values()))


def all_outputs_panel(
    outputs: Sequence[LayerOutput],
    spec: NetworkSpec,
    class_names: Sequence[str],
    palette: Palette,
    key: str,
    *,
    is_rough: bool = False,
) -> None:
    """Show what every layer gives out, small and without a choice, for a page on which it changes all the time.

    Args:
        outputs: The layers' numbers, from one forward pass.
        spec: The network.
        class_names: What the last layer's units stand for.
        palette: The theme's colours.
        key: The element's key.
        is_rough: Whether the pictures are about to change again, so that few bytes matter more than exact numbers.
    """
    layers = [layer for layer in _with_names(outputs, spec, class_names) if layer.output.kind not in UNSEEN]
    most = LIVE_NUMBERS // max(1, len(layers))
    rows = [
        _row(layer, _range(layer.output.values), _start(layer.output, None, key, most), None, most=most)
        for layer in layers
    ]
    if is_rough:
        rows = [_roughly(row) for row in rows]
    pixel_stack(rows, key, palette, on_leaf=lambda name, leaf: _turn_to(leaf, name, None, key))


def _roughly(row: Row) -> Row:
    return row if row.pictures is None else replace(row, pictures=replace(row.pictures, is_rough=True))


def _layers(scene: Scene) -> list[_Layer]:
    outputs = scene.probe.feature_maps(scene.image.pixels)
    return _with_names(outputs, scene.network.spec, scene.network.class_names)


def _with_names(outputs: Sequence[LayerOutput], spec: NetworkSpec, names: Sequence[str]) -> list[_Layer]:
    functions = [getattr(layer, "activation", "linear") for layer in spec.layers]
    layers = [_Layer(output, function) for output, function in zip(outputs, functions, strict=True)]
    answer = outputs[-1]
    # A single number is the probability of the second of two classes.
    names = names[1:] if answer.shape == (1,) and len(names) == 2 else names
    if answer.shape == (len(names),):
        layers[-1] = _Layer(answer, functions[-1], names)
    return layers


def _way_back(scene: Scene) -> None:
    """Let the person go back to all layers, or on to another one: the unit follows, and with it every panel."""
    st.button(
        "All layers",
        key="inside.maps.back",
        icon=":material/arrow_back:",
        on_click=state.set_choice,
        args=("inside.maps.large", False),
    )
    names, key = scene.network.spec.layer_names, state.sync_widget("inside.maps.layer", scene.unit.layer)
    st.selectbox(
        "Layer",
        names,
        names.index(scene.unit.layer),
        key=key,
        label_visibility="collapsed",
        width=200,
        on_change=state.when_changed(key, lambda name: choose_unit(ChosenUnit(name, row=MIDDLE, column=MIDDLE))),
    )


def _enlarge(name: str, unit: ChosenUnit) -> None:
    state.set_choice("inside.maps.large", True)
    if unit.layer != name:
        choose_unit(ChosenUnit(name, row=MIDDLE, column=MIDDLE))


def _large_map(layer: _Layer, limits: tuple[float, float] | None, scene: Scene) -> None:
    """Show the chosen feature map alone, as large as there is room."""
    output, unit = layer.output, scene.unit
    if not output.is_image:
        return
    values = output.values[:, :, unit.channel]
    pixel_view(
        Pictures(values[np.newaxis], [str(unit.channel + 1)], limits or _range(values)),
        f"inside.maps.large.{output.name}",
        scene.palette,
        what="feature map",
        tile_px=LARGE_PX,
        has_names=False,
        chosen=Cell(0, unit.row, unit.column),
        file_name=f"{output.name}-map-{unit.channel + 1}",
        on_choose=lambda cell: choose_unit(ChosenUnit(output.name, unit.channel, cell.row, cell.column)),
    )
    st.markdown(f"**Feature map {unit.channel + 1}** of {output.shape[2]}; choose another one below.")


def _row(
    layer: _Layer,
    limits: tuple[float, float] | None,
    start: int,
    unit: ChosenUnit | None,
    *,
    is_large: bool = False,
    most: int = MOST_NUMBERS,
) -> Row:
    """Describe a layer: its shape, its range, what is wrong, and its feature maps or units.

    Args:
        layer: The layer.
        limits: The ends of the scale; without, each feature map has its own.
        start: The first of the feature maps or units that are shown, where there are many.
        unit: The unit that is looked at; without one, the layer cannot be shown large.
        is_large: Whether the layer is shown large already.
        most: Numbers that are shown at a time.
    """
    output, is_image = layer.output, layer.output.is_image
    is_dropout = output.kind == "dropout"
    found = "passes on what it gets; only training drops numbers" if is_dropout else _health_words(layer)
    parts = [output.name, shape_text(output.shape), _range_words(output.values), found]
    words = [part for part in parts if part]
    can_grow = unit is not None and is_image and not is_large
    act, act_help = ("Show large", f"Show the feature maps of {output.name} in full size") if can_grow else ("", "")
    if is_dropout and not is_large:
        return Row(output.name, words, act=act, act_help=act_help)
    maps = output.values.transpose(2, 0, 1) if is_image else output.values.reshape(-1, 1, 1)
    count, height, _ = maps.shape
    starts = _starts(output, most)
    stop = min(start + starts.step, count)
    names = (layer.class_names or [str(number) for number in range(1, count + 1)])[start:stop]
    own = [_range(one) for one in maps[start:stop]] if is_image else _range(maps)
    notes = (
        [WORDS.get(word, "") for word in map_health(output.values, layer.activation)[start:stop]] if is_image else []
    )
    here = _here(output.name, unit)
    is_here = here is not None and start <= here.channel < stop
    many = "Feature maps" if is_image else "Units"
    return Row(
        output.name,
        words,
        Pictures(maps[start:stop], names, limits or own, "amount", notes),
        what="feature map" if is_image else "class" if layer.class_names else "unit",
        tile_px=_tile_px(height, count, is_image=is_image),
        has_names=is_image or count <= NAMED_UNITS,
        chosen=Cell(here.channel - start, here.row, here.column) if here is not None and is_here else None,
        file_name=f"{output.name}-{start + 1}-{stop}" if len(starts) > 1 else output.name,
        act=act,
        act_help=act_help,
        leaves=[f"{many} {one + 1:,}–{min(one + starts.step, count):,} of {count:,}" for one in starts]
        if len(starts) > 1
        else [],
        leaf=starts.index(start),
    )


def _tile_px(height: int, count: int, *, is_image: bool) -> int:
    """Return how high one picture is: small feature maps need less room, many units have little."""
    if not is_image:
        return 28 if count <= NAMED_UNITS else 20 if count <= 2 * MOST_MAPS else 12
    return int(np.clip(8 * height, 48, TILE_PX))


def _starts(output: LayerOutput, most_numbers: int = MOST_NUMBERS) -> range:
    """Return where the leaves begin on which a layer's feature maps or units are shown; the step is a leaf's length."""
    most = MOST_UNITS
    if output.is_image:
        height, width, _ = output.shape
        most = int(np.clip(most_numbers // (height * width), LEAST_MAPS, MOST_MAPS))
    return range(0, output.shape[-1], most)


def _start(output: LayerOutput, unit: ChosenUnit | None, page: str, most: int = MOST_NUMBERS) -> int:
    """Return where the leaf that is open begins: the one with the unit, until the person turns to another one."""
    starts, here = _starts(output, most), _here(output.name, unit)
    turned_with, leaf = state.choice(f"{page}.{output.name}.leaf", (None, -1))
    if turned_with == here and 0 <= leaf < len(starts):
        return starts[leaf]
    return here.channel // starts.step * starts.step if here is not None else 0


def _turn_to(leaf: int, layer: str, unit: ChosenUnit | None, page: str) -> None:
    """Keep which leaf of a layer is open; it stays so until another of its units is chosen."""
    state.set_choice(f"{page}.{layer}.leaf", (_here(layer, unit), leaf))


def _here(layer: str, unit: ChosenUnit | None) -> ChosenUnit | None:
    """Return the unit if it is one of the layer's."""
    return unit if unit is not None and unit.layer == layer else None


def _range(values: npt.NDArray[np.float32]) -> tuple[float, float]:
    """Return the smallest and the largest number of those that are numbers."""
    finite = values[np.isfinite(values)]
    return (float(finite.min()), float(finite.max())) if finite.size else (0.0, 1.0)


def _range_words(values: npt.NDArray[np.float32]) -> str:
    if not np.isfinite(values).any():
        return "not one number"
    lowest, highest = _range(values)
    return f"{lowest:.2f} to {highest:.2f}".replace("-", "−")


def _health_words(layer: _Layer) -> str:
    """Say how many maps are dead or saturated; of single units, how many are 0 or at an end."""
    values, count = layer.output.values, layer.output.shape[-1]
    if not np.isfinite(values).any():
        return ""
    if layer.output.is_image:
        words = map_health(values, layer.activation)
        found = [(words.count(word), name) for word, name in WORDS.items()]
        return ", ".join(f"{number} of {count} maps {name}" for number, name in found if number)
    zeros, flat = int((values == 0).sum()), int(at_flat_end(values, layer.activation).sum())
    if flat:
        return f"{flat:,} of {count:,} units saturated"
    return f"{zeros:,} of {count:,} units are 0" if zeros else ""


def _explain(layers: Sequence[_Layer]) -> None:
    """Explain the words that stand beside feature maps."""
    maps = [layer for layer in layers if layer.output.is_image]
    found = {word for layer in maps for word in map_health(layer.output.values, layer.activation)}
    sentences = [sentence for word, sentence in EXPLANATIONS.items() if word in found]
    if sentences:
        st.caption(" ".join(sentences))


def _say_what_is_lost(outputs: Sequence[LayerOutput]) -> None:
    lost = [output.name for output in outputs if not np.isfinite(output.values).all()]
    if lost:
        st.warning(
            f"From {lost[0]} on, outputs are no numbers any more: training has diverged. Train again with a smaller "
            "learning rate, or go back to an earlier moment."
        )
