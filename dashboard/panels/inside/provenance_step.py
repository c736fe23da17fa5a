"""One step on the way from a number to the pixels: its card, and its numbers to save."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import numpy as np
import streamlit as st

from cnn_core.inspection.provenance import IMAGE, Origin, Passed, PixelOrigin, Pooled, Position, Provenance, WeightedSum
from cnn_core.inspection.provenance.nodes import Node
from dashboard.charts.provenance_card import Facts, is_list, is_written, step_card
from dashboard.charts.provenance_table import terms_csv
from dashboard.charts.provenance_words import channel_words, number, place_words
from dashboard.components.pixel_view import Cell, Pictures, pixel_view
from dashboard.components.selectable import selectable
from dashboard.panels.inside import provenance_path
from dashboard.panels.inside.provenance_path import Path
from dashboard.panels.inside.scene import Scene

KEY = "inside.provenance.step"
OPEN = 3
"""So many steps are open at first; the others unfold."""


def provenance_step(scene: Scene, provenance: Provenance, chain: Sequence[Origin], step: int, path: Path) -> None:
    """Show one step of a chain.

    Args:
        scene: What is looked at.
        provenance: The network and the image, taken apart.
        chain: All steps.
        step: Which of them, from 0.
        path: The way that was chosen.
    """
    origin = chain[step]
    title = f"{step + 1}. {step_title(scene, provenance, origin.position)}"
    if step < OPEN:
        with st.container(border=True, key=f"{KEY}.{step}"):
            st.markdown(f"**{title}**")
            _draw(scene, provenance, chain, step, path)
        return
    place = st.expander(title, key=f"{KEY}.{step}", on_change="rerun")
    if place.open:
        with place:
            _draw(scene, provenance, chain, step, path)


def step_title(scene: Scene, provenance: Provenance, position: Position) -> str:
    """Name a number, and say what it is."""
    node = provenance.nodes.get(position.node)
    names = class_names(scene, node)
    channels = scene.network.spec.input_shape[2]
    return f"{place_words(position, node, names, channels)} = {number(provenance.value(position))}"


def _draw(scene: Scene, provenance: Provenance, chain: Sequence[Origin], step: int, path: Path) -> None:
    origin, position = chain[step], chain[step].position
    followed = chain[step + 1].position if step + 1 < len(chain) else None
    source = origin.source if isinstance(origin, WeightedSum | Pooled) else IMAGE
    channel = _channel(origin, followed, path)
    facts = Facts(
        provenance.nodes.get(position.node),
        followed,
        channel,
        scene.network.spec.input_shape[2] if source == IMAGE else provenance.nodes[source].output_shape[-1],
        provenance.range_of(source),
        class_names(scene, provenance.nodes.get(position.node)),
    )
    card = step_card(origin, facts, scene.palette)

    def take(index: int) -> None:
        if index >= len(card.targets):
            return
        target = card.targets[index]
        if target.follow is not None:
            provenance_path.follow(path, chain, step, target.follow)
        else:
            provenance_path.show_channel(path, position, target.channel)

    selectable(card.html, f"{KEY}.{step}.card", take)
    name = f"{position.node}-{position.channel + 1}-{position.row + 1}-{position.column + 1}"
    if isinstance(origin, WeightedSum | Pooled) and not is_written(origin) and not is_list(origin):
        _pictures(scene, origin, facts, name, step, partial(provenance_path.follow, path, chain, step))
    if not isinstance(origin, PixelOrigin | Passed):
        st.download_button(
            "Save these numbers (CSV)",
            partial(terms_csv, origin),
            f"{name}.csv",
            "text/csv",
            key=f"{KEY}.{step}.save",
            on_click="ignore",
            type="tertiary",
            icon=":material/download:",
        )


def _pictures(
    scene: Scene, origin: WeightedSum | Pooled, facts: Facts, name: str, step: int, follow: partial[None]
) -> None:
    """Show a patch that is too large for written numbers, pixel by pixel."""
    if isinstance(origin, Pooled):
        parts, names = [origin.patch], [channel_words(origin.source, origin.channel, facts.channels_below)]
        sources = origin.source_at
    else:
        where = channel_words(origin.source, int(origin.channels[facts.channel]), facts.channels_below)
        parts = [part[:, :, facts.channel] for part in (origin.inputs, origin.weights, origin.products)]
        names = [f"patch of {where}", "kernel", "products"]
        sources = partial(_source_in_channel, origin, facts.channel)
    # Padding has no number of its own, and is hatched; the kernel has weights there, too.
    masks = [origin.is_inside, np.ones_like(origin.is_inside), origin.is_inside]
    shown = [np.where(mask, part, np.nan) for mask, part in zip(masks, parts, strict=False)]
    is_amount = isinstance(origin, Pooled)
    limits = [(float(np.nanmin(part)), float(np.nanmax(part))) for part in shown]

    def choose(cell: Cell) -> None:
        below = sources(cell.row, cell.column)
        if below is not None:
            follow(below)

    pixel_view(
        Pictures(np.stack(shown).astype(np.float32), names, limits, "amount" if is_amount else "diverging"),
        f"{KEY}.{step}.patch",
        scene.palette,
        what="",
        columns=1 if is_amount else None,
        tile_px=240 if is_amount else 168,
        chosen=_cell_of(origin, facts.followed, facts.channel),
        has_scale_bar=is_amount,
        file_name=f"{name}-patch",
        on_choose=choose,
    )


def _source_in_channel(origin: WeightedSum, channel: int, row: int, column: int) -> Position | None:
    return origin.source_at(row, column, channel)


def _cell_of(origin: WeightedSum | Pooled, followed: Position | None, channel: int) -> Cell | None:
    """Where in the patch the number that is followed stands, if it is in sight."""
    if followed is None or (isinstance(origin, WeightedSum) and followed.channel != int(origin.channels[channel])):
        return None
    return Cell(0, int(np.argmax(origin.rows == followed.row)), int(np.argmax(origin.columns == followed.column)))


def _channel(origin: Origin, followed: Position | None, path: Path) -> int:
    """Which input channel is shown in detail: the one that was chosen, or that of the number that is followed."""
    if not isinstance(origin, WeightedSum) or followed is None:
        return 0
    usual = int(np.argmax(origin.channels == followed.channel))
    return min(path.channels.get(origin.position, usual), len(origin.channels) - 1)


def class_names(scene: Scene, node: Node | None) -> tuple[str, ...]:
    """The names of the classes, where a layer's numbers are the network's answer, one for each."""
    names = scene.network.class_names
    is_answer = node is not None and node.name == scene.network.spec.layer_names[-1]
    return names if is_answer and node is not None and node.output_shape == (len(names),) else ()
