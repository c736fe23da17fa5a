"""Rows of pictures one under the other, as of all layers of a network: one element of the page for all of them.

Each row is what `pixel_view` shows, under its own words. One element comes to the browser in one message; a row, a
text and a button for each layer would come in dozens, and the page would follow another image several times later.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from dashboard import state
from dashboard.components.pixel_view import HTML, PARTS, Cell, Pictures, is_cell, view_data
from dashboard.components.registration import register
from dashboard.palette import Palette

_component = register(
    "pixel_stack",
    '<div class="pixel-stack"><div class="row" role="group"><div class="head">'
    '<span><span class="title"></span><span class="rest"></span></span>'
    '<select class="leaves"></select><button type="button" class="act"></button></div>' + HTML + "</div></div>",
    PARTS,
    ["pixel_view"],
)


@dataclass(frozen=True, eq=False)
class Row:
    """One row of the stack.

    Args:
        name: Tells it from the others.
        words: What stands above it; the first one is bold.
        pictures: Its pictures, if any.
        what: What a picture is; screen readers and the cursor's words begin with it.
        tile_px: Height of a picture on a wide screen.
        has_names: Whether the names stand above the pictures.
        chosen: The cell that is marked.
        file_name: If given, the pictures can be saved under this name.
        act: What its button says; `""` for none.
        act_help: What the button does, at the cursor.
        leaves: What the leaves of a long row are called, where it has several.
        leaf: Which of them is shown, from 0.
    """

    name: str
    words: Sequence[str]
    pictures: Pictures | None = None
    what: str = "picture"
    tile_px: int = 96
    has_names: bool = True
    chosen: Cell | None = None
    file_name: str = ""
    act: str = ""
    act_help: str = ""
    leaves: Sequence[str] = ()
    leaf: int = 0


def pixel_stack(
    rows: Sequence[Row],
    key: str,
    palette: Palette,
    *,
    on_choose: Callable[[str, Cell], None] | None = None,
    on_act: Callable[[str], None] | None = None,
    on_leaf: Callable[[str, int], None] | None = None,
) -> None:
    """Show rows of pictures.

    Args:
        rows: The rows.
        key: The component's key.
        palette: The theme's colours.
        on_choose: Called with a row's name and a cell that is clicked, tapped, or chosen with Enter; without it,
            nothing can be chosen.
        on_act: Called with a row's name when its button is clicked.
        on_leaf: Called with a row's name and the number of the leaf that is to be shown.

    Raises:
        ValueError: If a row's pictures and marks do not belong together.
    """
    known = {row.name: row for row in rows}
    _component(
        key=key,
        data={"rows": [row_data(row, palette, is_choosable=on_choose is not None) for row in rows]},
        on_cell_change=state.when_changed(key, _take_cell(known, on_choose)),
        on_act_change=state.when_changed(key, _take_act(known, on_act)),
        on_leaf_change=state.when_changed(key, _take_leaf(known, on_leaf)),
    )


# The three below unpack what the browser sent; it is a browser's word, so what does not fit is passed over.


def _take_cell(known: Mapping[str, Row], on_choose: Callable[[str, Cell], None] | None) -> Callable[[Any], None]:
    def take(value: Any) -> None:
        match value.get("cell"):
            case [str(name), *cell] if name in known and on_choose is not None:
                pictures = known[name].pictures
                if pictures is not None and is_cell(cell, pictures.values.shape[:3]):
                    on_choose(name, Cell(*cell))

    return take


def _take_act(known: Mapping[str, Row], on_act: Callable[[str], None] | None) -> Callable[[Any], None]:
    def take(value: Any) -> None:
        name = value.get("act")
        if on_act is not None and isinstance(name, str) and name in known and known[name].act:
            on_act(name)

    return take


def _take_leaf(known: Mapping[str, Row], on_leaf: Callable[[str, int], None] | None) -> Callable[[Any], None]:
    def take(value: Any) -> None:
        match value.get("leaf"):
            case [str(name), int(leaf)] if name in known and on_leaf is not None and not isinstance(leaf, bool):
                if 0 <= leaf < len(known[name].leaves):
                    on_leaf(name, leaf)

    return take


def row_data(row: Row, palette: Palette, *, is_choosable: bool) -> dict[str, Any]:
    """Gather what the browser needs to draw a row.

    Raises:
        ValueError: If the row's pictures and marks do not belong together.
    """
    view = None
    if row.pictures is not None:
        view = view_data(
            row.pictures,
            palette,
            what=row.what,
            tile_px=row.tile_px,
            chosen=row.chosen,
            has_names=row.has_names,
            file_name=row.file_name,
            is_choosable=is_choosable,
        )
    return {
        "name": row.name,
        "words": list(row.words),
        "what": f"{row.what}s of {row.name}",
        "act": row.act,
        "actHelp": row.act_help,
        "leaves": list(row.leaves),
        "leaf": row.leaf,
        "view": view,
    }
