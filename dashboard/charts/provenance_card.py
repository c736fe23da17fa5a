"""One step on the way from a number to the pixels, as a card: how the number was made, with all its parts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

import numpy as np

from cnn_core.inspection.provenance import (
    IMAGE,
    Activated,
    Added,
    Origin,
    Pooled,
    Position,
    WeightedSum,
)
from cnn_core.inspection.provenance.nodes import Node
from dashboard.charts import provenance_colours as colours
from dashboard.charts.provenance_parts import Grid, Row, Target, Targets, grid, rows, shares, style
from dashboard.charts.provenance_words import channel_name, channel_words, number, working
from dashboard.palette import Palette

MOST_SIDE = 5
"""Patches up to this side have their numbers written out; larger ones are pictures."""
MOST_CHANNELS = 6
MOST_TERMS = 8
"""Input channels, and terms of a dense layer, in the list; the others fold, or are added up."""


@dataclass(frozen=True)
class Facts:
    """What a card needs to know besides the record.

    Args:
        node: The step's layer; nothing for a pixel.
        followed: The number that is followed; nothing where the way ends.
        channel: Which input channel of a convolution is shown in detail, counted within the patch.
        channels_below: Channels of what the patch was cut from.
        range_below: Smallest and largest number of that, for colours; nothing if unknown.
        class_names: Names of the units, where the step is the network's answer.
    """

    node: Node | None
    followed: Position | None = None
    channel: int = 0
    channels_below: int = 1
    range_below: tuple[float, float] | None = None
    class_names: Sequence[str] = ()


@dataclass(frozen=True)
class Card:
    """A card.

    Args:
        html: It, for `components.selectable`.
        targets: What its `data-layer` numbers stand for.
    """

    html: str
    targets: tuple[Target, ...]


def is_list(origin: Origin) -> bool:
    """Whether the terms of a sum are a list and no patch: of a dense layer, or under a kernel of 1×1."""
    return isinstance(origin, WeightedSum) and origin.inputs.shape[:2] == (1, 1) and origin.kind != "depthwise"


def is_written(origin: Origin) -> bool:
    """Whether the patch is small enough for its numbers to be written out."""
    return isinstance(origin, WeightedSum | Pooled) and max(origin.is_inside.shape) <= MOST_SIDE


def step_card(origin: Origin, facts: Facts, palette: Palette) -> Card:
    """Write a step as a card: the sum in one line, then its parts.

    Args:
        origin: The step.
        facts: What else there is to know.
        palette: The theme's colours.
    """
    targets = Targets()
    parts = [f'<p class="sum">{escape(working(origin, facts.node))}</p>']
    match origin:
        case WeightedSum() if is_list(origin):
            parts.append(_term_list(origin, facts, targets, palette))
        case WeightedSum():
            if is_written(origin):
                parts.append(_kernel_grids(origin, facts, targets, palette))
            if len(origin.channels) > 1:
                parts.append(_channel_list(origin, facts, targets, palette))
        case Pooled() if is_written(origin):
            tint = patch_tint(origin, facts, palette)
            height, width = origin.patch.shape
            sources = [[origin.source_at(row, column) for column in range(width)] for row in range(height)]
            where = channel_words(origin.source, origin.channel, facts.channels_below)
            table = Grid(f"Patch of {where}", origin.patch, tint, origin.is_inside, sources, facts.followed)
            parts.append(f'<div class="grids">{grid(table, targets)}</div>')
        case Added():
            parts.append(_parts_list(origin, facts, targets, palette))
    if isinstance(origin, WeightedSum | Activated) and origin.activation.vector.size:
        what = "unit" if facts.node is not None and len(facts.node.output_shape) == 1 else "map"
        parts.append(shares(origin.activation, origin.position.channel, facts.class_names, what))
    return Card(f'{style(palette)}<div class="step">{"".join(parts)}</div>', tuple(targets.found))


def patch_tint(origin: WeightedSum | Pooled, facts: Facts, palette: Palette) -> colours.Tint:
    """Colour a patch as its picture is: pixels in grey, feature maps as amounts on their layer's scale."""
    if origin.source == IMAGE:
        return colours.grey(palette)
    values = origin.patch if isinstance(origin, Pooled) else origin.inputs
    low, high = facts.range_below or (float(values.min()), float(values.max()))
    return colours.amount(low, high, palette)


def _kernel_grids(origin: WeightedSum, facts: Facts, targets: Targets, palette: Palette) -> str:
    channel = facts.channel
    height, width = origin.is_inside.shape
    sources = [[origin.source_at(row, column, channel) for column in range(width)] for row in range(height)]
    inputs, weights, products = (part[:, :, channel] for part in (origin.inputs, origin.weights, origin.products))
    where = channel_words(origin.source, int(origin.channels[channel]), facts.channels_below)
    tint = patch_tint(origin, facts, palette)
    patch = grid(Grid(f"Patch of {where}", inputs, tint, origin.is_inside, sources, facts.followed), targets)
    kernel = grid(Grid("Kernel", weights, colours.diverging(_largest(origin.weights), palette)), targets)
    made = grid(
        Grid("Products", products, colours.diverging(_largest(origin.products), palette), origin.is_inside), targets
    )
    total = f"sum {number(float(products.sum()))}"
    signed = [
        f'<div class="signed"><span class="sign">{sign}</span>{part}</div>'
        for sign, part in (("×", kernel), ("=", made))
    ]
    grids = f'<div class="grids">{patch}{"".join(signed)}</div>'
    return f"{grids}<p>These products: {total}</p>" if len(origin.channels) > 1 else grids


def _channel_list(origin: WeightedSum, facts: Facts, targets: Targets, palette: Palette) -> str:
    sums = origin.channel_sums
    order = np.argsort(-np.abs(sums), kind="stable")
    terms = [
        Row(
            channel_name(origin.source, int(origin.channels[place]), facts.channels_below),
            "",
            float(sums[place]),
            Target(channel=int(place)),
            int(place) == facts.channel,
        )
        for place in order
    ]
    shown, folded = terms[:MOST_CHANNELS], terms[MOST_CHANNELS:]
    source = "the image" if origin.source == IMAGE else origin.source
    where = "above" if is_written(origin) else "below"
    head = f"The sums over the {len(terms):,} maps of {source}, the largest first. Choose one to see its patch {where}."
    text = f"<p>{head}</p>" + rows(shown, targets, palette, head)
    if folded:
        rest = sum(term.value for term in folded)
        more = rows(folded, targets, palette, "More input channels")
        is_open = " open" if any(term.is_chosen for term in folded) else ""
        text += f"<details{is_open}><summary>The other {len(folded):,}: {number(rest)}</summary>{more}</details>"
    return text


def _term_list(origin: WeightedSum, facts: Facts, targets: Targets, palette: Palette) -> str:
    products = origin.products[0, 0]
    order = [int(place) for place in np.argsort(-np.abs(products), kind="stable")]
    shown = order[:MOST_TERMS]
    followed = facts.followed
    if followed is not None and followed.channel not in (int(origin.channels[place]) for place in shown):
        shown.append(int(np.flatnonzero(origin.channels == followed.channel)[0]))
    what = "number" if origin.kind == "dense" else "map"
    terms = [
        Row(
            f"{what} {int(origin.channels[place]) + 1}",
            f"{number(float(origin.inputs[0, 0, place]))} × {number(float(origin.weights[0, 0, place]))}",
            float(products[place]),
            Target(origin.source_at(0, 0, place)),
            origin.source_at(0, 0, place) == followed,
        )
        for place in shown
    ]
    rest = np.delete(products, shown)
    if rest.size:
        terms.append(Row(f"the other {rest.size:,}", "", float(rest.sum())))
    if origin.bias is not None:
        terms.append(Row("bias", "", origin.bias))
    source = "the image" if origin.source == IMAGE else origin.source
    head = f"The {what}s of {source} times their weights, the largest product first."
    return f"<p>{head}</p>" + rows(terms, targets, palette, head)


def _parts_list(origin: Added, facts: Facts, targets: Targets, palette: Palette) -> str:
    terms = [
        Row(
            "what the convolutions made" if place == 0 else "the skip around them",
            part.source.node if part.source is not None else "",
            part.value,
            Target(part.source),
            part.source == facts.followed,
        )
        for place, part in enumerate(origin.parts)
    ]
    return rows(terms, targets, palette, "What is added")


def _largest(values: np.ndarray) -> float:
    finite = np.abs(values[np.isfinite(values)])
    return float(finite.max()) if finite.size else 0.0
