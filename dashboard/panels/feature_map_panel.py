"""What every layer of a network makes of one image: all layers in a row, or one of them large."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import streamlit as st

from cnn_core.architecture.spec import shape_text
from cnn_core.inspection.map_health import at_flat_end, map_health
from dashboard import state
from dashboard.components.pixel_view import Cell, Pictures, pixel_view
from dashboard.controls.unit_choice import MIDDLE, ChosenUnit, choose_unit
from dashboard.controls.view_choice import view_choice
from dashboard.palette import Palette
from dashboard.panels.scene import Scene

if TYPE_CHECKING:
    from cnn_core.inspection.records import LayerOutput

SCALES = {"layer": "Each layer", "map": "Each map", "network": "The network"}
MOST_NUMBERS = 100_000
MOST_MAPS = 64
LEAST_MAPS = 4
MOST_UNITS = 512
"""Numbers, feature maps and units that are shown at a time; more are leafed through."""
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
    layers = _layers(scene)
    is_large = state.choice("inside.maps.large", False)
    with st.container(horizontal=True, key="inside.maps.controls", gap="medium", vertical_alignment="bottom"):
        if is_large:
            _way_back(scene)
        words = "What the ends of the scale are: the smallest and the largest number of a layer, of a map, or of all."
        scale = view_choice("One scale for", "inside.maps.scale", "inside.maps.scale", SCALES, "layer", words)
    _say_what_is_lost([layer.output for layer in layers])
    common = _range(np.concatenate([layer.output.values.ravel() for layer in layers])) if scale == "network" else None
    for layer in layers:
        if is_large and layer.output.name != scene.unit.layer:
            continue
        with st.container(border=True, key=f"inside.layer.{layer.output.name}"):
            _header(layer, None if is_large else scene.unit)
            limits = None if scale == "map" else common or _range(layer.output.values)
            if is_large:
                _large_map(layer, limits, scene)
            if is_large or layer.output.kind != "dropout":
                _pictures(layer, limits, scene.palette, "inside", scene.unit, choose_unit)
    _explain([layer for layer in layers if not is_large or layer.output.name == scene.unit.layer])


def layer_output_panel(output: LayerOutput, palette: Palette, page: str, activation: str = "linear") -> None:
    """Show the output of one layer with its shape and range; nothing in it can be chosen.

    Args:
        output: The layer's numbers.
        palette: The theme's colours.
        page: The page's name, the beginning of its widgets' keys.
        activation: The function that the numbers have gone through.
    """
    layer = _Layer(output, activation)
    with st.container(border=True, key=f"{page}.layer.{output.name}"):
        _header(layer, None)
        _pictures(layer, _range(output.values), palette, page)


def _layers(scene: Scene) -> list[_Layer]:
    outputs = scene.probe.feature_maps(scene.image.pixels)
    functions = [getattr(layer, "activation", "linear") for layer in scene.network.spec.layers]
    layers = [_Layer(output, function) for output, function in zip(outputs, functions, strict=True)]
    names, answer = scene.network.class_names, outputs[-1]
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
    key = state.sync_widget("inside.maps.layer", scene.unit.layer)
    st.selectbox(
        "Layer",
        scene.network.spec.layer_names,
        key=key,
        label_visibility="collapsed",
        width=200,
        on_change=state.when_changed(key, lambda name: choose_unit(ChosenUnit(name, row=MIDDLE, column=MIDDLE))),
    )


def _header(layer: _Layer, unit: ChosenUnit | None) -> None:
    """Name the layer, its shape, its range and what is wrong; with a unit, also the button that shows it large."""
    output = layer.output
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        found = (
            "passes on what it gets; only training drops numbers" if output.kind == "dropout" else _health_words(layer)
        )
        parts = [f"**{output.name}**", shape_text(output.shape), _range_words(output.values), found]
        st.markdown(" · ".join(part for part in parts if part), width="content")
        if unit is not None and output.is_image:
            st.button(
                "Show large",
                key=f"inside.maps.enlarge.{output.name}",
                help=f"Show the feature maps of {output.name} in full size",
                on_click=_enlarge,
                args=(output.name, unit),
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


def _pictures(
    layer: _Layer,
    limits: tuple[float, float] | None,
    palette: Palette,
    page: str,
    unit: ChosenUnit | None = None,
    choose: Callable[[ChosenUnit], None] | None = None,
) -> None:
    """Show a layer's feature maps or units, leaf by leaf where there are many.

    Args:
        layer: The layer.
        limits: The ends of the scale; without, each feature map has its own.
        palette: The theme's colours.
        page: The page's name.
        unit: The unit that is looked at.
        choose: Takes the unit that is chosen.
    """
    output, is_image = layer.output, layer.output.is_image
    key = f"{page}.maps.{output.name}"
    maps = output.values.transpose(2, 0, 1) if is_image else output.values.reshape(-1, 1, 1)
    count, height, width = maps.shape
    most = int(np.clip(MOST_NUMBERS // (height * width), LEAST_MAPS, MOST_MAPS)) if is_image else MOST_UNITS
    here = unit if unit is not None and unit.layer == output.name else None
    start = _leaf(count, most, key, here, "Feature maps" if is_image else "Units")
    leaf = slice(start, min(start + most, count))
    own = [_range(one) for one in maps[leaf]] if is_image else _range(maps)
    notes = [WORDS.get(word, "") for word in map_health(output.values, layer.activation)[leaf]] if is_image else []
    names = layer.class_names or [str(number) for number in range(1, count + 1)]

    def take(cell: Cell) -> None:
        if choose is not None:
            choose(ChosenUnit(output.name, start + cell.picture, cell.row, cell.column))

    pixel_view(
        Pictures(maps[leaf], names[leaf], limits or own, "amount", notes),
        key,
        palette,
        what="feature map" if is_image else "class" if layer.class_names else "unit",
        tile_px=_tile_px(height, count, is_image=is_image),
        has_names=is_image or count <= NAMED_UNITS,
        chosen=Cell(here.channel - start, here.row, here.column)
        if here is not None and leaf.start <= here.channel < leaf.stop
        else None,
        file_name=f"{output.name}-{start + 1}-{leaf.stop}" if count > most else output.name,
        on_choose=take if choose is not None else None,
    )


def _tile_px(height: int, count: int, *, is_image: bool) -> int:
    """Return how high one picture is: small feature maps need less room, many units have little."""
    if not is_image:
        return 28 if count <= NAMED_UNITS else 20 if count <= 2 * MOST_MAPS else 12
    return int(np.clip(8 * height, 48, TILE_PX))


def _leaf(count: int, most: int, key: str, chosen: ChosenUnit | None, what: str) -> int:
    """Let the person leaf through; until then, and where another unit is chosen, the leaf with the unit is open."""
    if count <= most:
        return 0
    starts = range(0, count, most)
    usual = (chosen.channel if chosen is not None else 0) // most * most
    seen_with, start = state.choice(f"{key}.leaf", (None, usual))
    if seen_with != chosen or start not in starts:
        start = usual
    widget_key = state.sync_widget(f"{key}.leaf", start)
    st.selectbox(
        what,
        list(starts),
        key=widget_key,
        format_func=lambda first: f"{what} {first + 1:,}–{min(first + most, count):,} of {count:,}",
        label_visibility="collapsed",
        width=300,
        on_change=state.when_changed(widget_key, lambda first: state.set_choice(f"{key}.leaf", (chosen, first))),
    )
    return int(start)


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
