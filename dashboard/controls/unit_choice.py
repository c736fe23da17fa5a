"""Which number of a network a page looks at: a layer, a feature map of it, a place in the map. One choice for all."""

from __future__ import annotations

from dataclasses import dataclass

from cnn_core.architecture.shapes import network_figures
from cnn_core.architecture.spec import NetworkSpec
from dashboard import state

NAME = "inside.unit"
MIDDLE = -1
"""A row or column that nobody has chosen yet."""


@dataclass(frozen=True)
class ChosenUnit:
    """One number of what a layer gives out; everything counts from 0.

    Args:
        layer: The layer's name.
        channel: Which feature map; of a layer without height and width, which unit.
        row: Row in the map; 0 where there is no height.
        column: Column in the map; 0 where there is no width.
    """

    layer: str
    channel: int = 0
    row: int = 0
    column: int = 0


def chosen_unit(spec: NetworkSpec) -> ChosenUnit:
    """Return the unit that the session looks at, as near to it as this network allows.

    Before anybody has chosen, it is the middle of the first feature map of the first layer that has maps.
    """
    shapes = {row.name: row.output_shape for row in network_figures(spec).layers}
    default = next((name for name, shape in shapes.items() if len(shape) == 3), next(iter(shapes)))
    chosen = state.choice(NAME, ChosenUnit(default, row=MIDDLE, column=MIDDLE))
    layer = chosen.layer if chosen.layer in shapes else default
    height, width, channels = shapes[layer] if len(shapes[layer]) == 3 else (1, 1, shapes[layer][-1])
    return ChosenUnit(
        layer, min(chosen.channel, channels - 1), _place(chosen.row, height), _place(chosen.column, width)
    )


def choose_unit(unit: ChosenUnit) -> None:
    """Let every panel follow to another unit."""
    state.set_choice(NAME, unit)


def _place(chosen: int, size: int) -> int:
    return size // 2 if chosen == MIDDLE else min(chosen, size - 1)
