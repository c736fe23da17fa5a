"""Where a number came from: a number of any layer, its receptive field, and the way down to the pixels."""

from __future__ import annotations

from math import isfinite

import numpy as np
import streamlit as st

from cnn_core.architecture.spec import shape_text
from cnn_core.inspection.provenance import IMAGE, Position, Provenance
from cnn_core.inspection.provenance.chain import Field
from cnn_core.inspection.records import LayerOutput
from dashboard import state
from dashboard.components.pixel_view import Cell, Frame, Pictures, image_pictures, pixel_view
from dashboard.controls.unit_choice import ChosenUnit, choose_unit
from dashboard.panels.inside import provenance_path
from dashboard.panels.inside.provenance_step import class_names, provenance_step
from dashboard.panels.inside.scene import Scene
from dashboard.words import count, some

KEY = "inside.provenance"
MAP_PX = 272
MOST_MAPS = 16
"""Feature maps in the strip; of more, one leafs through."""
NAMED_UNITS = 16


def provenance_panel(scene: Scene) -> None:
    """Show one number of a layer, the pixels that it depends on, and step by step how it was made."""
    outputs = {output.name: output for output in scene.probe.feature_maps(scene.image.pixels)}
    provenance = Provenance(scene.network.spec, scene.network.weights, scene.image.pixels, list(outputs.values()))
    unit = scene.unit
    position = Position(unit.layer, unit.channel, unit.row, unit.column)
    path = provenance_path.kept_path(scene)
    chain = provenance.chain(position, path.follow)
    _layer_choice(outputs, unit)
    left, right = st.columns(2, gap="medium")
    with left:
        _layer_view(scene, provenance, outputs[unit.layer])
    with right:
        _image_view(scene, provenance.receptive_field(position), chain[-1].position)
    if outputs[unit.layer].is_image:
        _map_strip(scene, outputs[unit.layer])
    if not all(isfinite(origin.result) for origin in chain):
        st.warning("Some numbers here are no numbers any more: training has diverged. Train again with a smaller rate.")
    st.markdown(
        f"**{_steps(len(chain))}** Each shows how one number was made. The outlined number contributed most, and the "
        "next step explains it. Choose another number to follow that one."
    )
    if path.follow:
        st.button(
            "Follow the largest again",
            key=f"{KEY}.largest",
            icon=":material/undo:",
            on_click=provenance_path.forget,
            args=(path,),
        )
    for step in range(len(chain)):
        provenance_step(scene, provenance, chain, step, path)


def _layer_choice(outputs: dict[str, LayerOutput], unit: ChosenUnit) -> None:
    """Let the person choose a layer; it begins with its largest number."""
    key = state.sync_widget(f"{KEY}.layer", unit.layer)

    def take(name: str) -> None:
        values = outputs[name].values.reshape(*(outputs[name].shape if outputs[name].is_image else (1, 1, -1)))
        largest = np.argmax(np.where(np.isfinite(values), values, -np.inf))
        row, column, channel = (int(place) for place in np.unravel_index(largest, values.shape))
        choose_unit(ChosenUnit(name, channel, row, column))

    st.selectbox(
        "A number of layer",
        list(outputs),
        list(outputs).index(unit.layer),
        key=key,
        format_func=lambda name: f"{name} · {shape_text(outputs[name].shape)}",
        on_change=state.when_changed(key, take),
        help="Another layer begins with its largest number. Then choose any other in the picture.",
    )


def _layer_view(scene: Scene, provenance: Provenance, output: LayerOutput) -> None:
    """Show the chosen map, or all units of a layer without height and width; a click chooses a number."""
    unit, limits = scene.unit, (output.minimum, output.maximum)
    if output.is_image:
        st.markdown(f"**Map {unit.channel + 1} of {output.name}**")
        pixel_view(
            Pictures(output.values[np.newaxis, :, :, unit.channel], [str(unit.channel + 1)], limits),
            f"{KEY}.map",
            scene.palette,
            what="map",
            columns=1,
            tile_px=MAP_PX,
            chosen=Cell(0, unit.row, unit.column),
            has_names=False,
            file_name=f"{output.name}-map-{unit.channel + 1}",
            on_choose=lambda cell: choose_unit(ChosenUnit(unit.layer, unit.channel, cell.row, cell.column)),
        )
        return
    names = class_names(scene, provenance.nodes[output.name])
    st.markdown(f"**{output.name}** – {some(output.values.size, 'number')}")
    pixel_view(
        Pictures(
            output.values.reshape(-1, 1, 1),
            names or [str(place + 1) for place in range(output.values.size)],
            limits,
        ),
        f"{KEY}.units",
        scene.palette,
        what="unit",
        tile_px=28 if output.values.size <= NAMED_UNITS else 14,
        chosen=Cell(unit.channel, 0, 0),
        has_names=output.values.size <= NAMED_UNITS,
        file_name=output.name,
        on_choose=lambda cell: choose_unit(ChosenUnit(unit.layer, cell.picture)),
    )


def _image_view(scene: Scene, field: Field, pixel: Position) -> None:
    """Show the image with the receptive field framed, and the pixel where the way ends."""
    pixels = scene.image.pixels
    box = field.box
    st.markdown("**The image**")
    pixel_view(
        image_pictures(pixels[np.newaxis], ["image"]),
        f"{KEY}.image",
        scene.palette,
        what="",
        columns=1,
        tile_px=MAP_PX,
        chosen=Cell(0, pixel.row, pixel.column) if pixel.node == IMAGE else None,
        frames=[Frame(0, *box)] if box else [],
        has_scale_bar=False,
        has_names=False,
        file_name="receptive-field",
    )
    st.markdown(_field_words(field, pixels.shape[0] * pixels.shape[1]))


def _map_strip(scene: Scene, output: LayerOutput) -> None:
    """Show the layer's maps small; a click chooses another map and a number of it."""
    total, unit = output.values.shape[2], scene.unit
    if total == 1:
        return
    first = _first_map(total, output.name, unit)
    shown = output.values[:, :, first : first + MOST_MAPS].transpose(2, 0, 1)
    is_there = first <= unit.channel < first + len(shown)
    pixel_view(
        Pictures(shown, [str(first + place + 1) for place in range(len(shown))], (output.minimum, output.maximum)),
        f"{KEY}.maps",
        scene.palette,
        what="map",
        tile_px=56,
        chosen=Cell(unit.channel - first, unit.row, unit.column) if is_there else None,
        has_scale_bar=False,
        on_choose=lambda cell: choose_unit(ChosenUnit(unit.layer, first + cell.picture, cell.row, cell.column)),
    )


def _first_map(total: int, layer: str, unit: ChosenUnit) -> int:
    """Let the person leaf through when there are more maps than the strip takes; it begins where the chosen one is."""
    if total <= MOST_MAPS:
        return 0
    starts = list(range(0, total, MOST_MAPS))
    kept: tuple[ChosenUnit, int] | None = state.choice(f"{KEY}.first", None)
    first = kept[1] if kept is not None and kept[0] == unit else unit.channel // MOST_MAPS * MOST_MAPS
    shown = first if first in starts else 0
    key = state.sync_widget(f"{KEY}.first", shown)
    chosen = st.segmented_control(
        f"Maps of {layer}",
        starts,
        default=shown,
        key=key,
        required=True,
        format_func=lambda start: f"{start + 1}–{min(start + MOST_MAPS, total)}",
        on_change=state.when_changed(key, lambda start: state.set_choice(f"{KEY}.first", (unit, start))),
    )
    return int(chosen or 0)


def _field_words(field: Field, total: int) -> str:
    if field.box is None:
        return "This number depends on no pixel: its kernel lies on padding."
    if field.pixel_count == total:
        return "This number depends on every pixel."
    top, left, bottom, right = field.box
    has_gaps = field.pixel_count < (bottom - top) * (right - left)
    framed = f"{bottom - top}×{right - left} pixels in the frame"
    which = f"{count(field.pixel_count)} of the {framed}" if has_gaps else f"the {framed}"
    return f"This number depends on {which}, its receptive field."


def _steps(steps: int) -> str:
    return f"{some(steps - 1, 'step')} down to a pixel." if steps > 1 else "One step."
