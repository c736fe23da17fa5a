"""A picture or table made of HTML whose parts can be chosen, by mouse, touch or keyboard.

The HTML comes from the charts `network_diagram`, `network_sums`, `layer_table` and `advice_list`, whose parts carry
`data-layer` or `data-term`; the browser compares it with what it shows and touches only what differs, so that a
slider's move redraws without flicker, and focus and scrolling stay. A choice is a trigger, not a state: choosing the
same layer twice reports it twice, and a rerun for another reason reports nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from dashboard import state
from dashboard.components.registration import register

_component = register("selectable", '<div class="selectable"></div>', ("saving", "table_picture"))


def selectable(html: str, key: str, on_select: Callable[[int], None]) -> str:
    """Show HTML whose elements with `data-layer` can be clicked, tapped, or chosen with Enter or Space.

    Arrow keys, Home and End move between them, where they are not buttons; those who make the HTML give exactly one of
    them `tabindex="0"`. Buttons with `data-term` ask for a word's explanation. A button with
    `data-picture` saves, as PNG and under that name, the table in the element before it.

    Args:
        html: What to show, already escaped where it holds anything that people have written: it is not checked again.
        key: The component's key.
        on_select: Gets the `data-layer` of what was chosen, before the page is drawn with the new choice.

    Returns:
        The `data-term` of the word that has just been asked for; `""` if there is none.
    """
    result = _component(
        key=key,
        data={"html": html},
        on_layer_change=state.when_changed(key, _take(on_select)),
        on_term_change=lambda: None,
    )
    return result.term if isinstance(result.term, str) else ""


def _take(on_select: Callable[[int], None]) -> Callable[[Any], None]:
    """Unpack what the browser sent; it is a browser's word, so what is no whole number is passed over."""

    def take(value: Any) -> None:
        layer = value.get("layer")
        if isinstance(layer, int) and not isinstance(layer, bool) and layer >= 0:
            on_select(layer)

    return take
