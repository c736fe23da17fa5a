"""Advice on a network as a list, each piece with its reason, its word and its layer."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from cnn_core.architecture.advice import Advice
from dashboard.glossary import term
from dashboard.palette import Palette

MOST_AT_ONCE = 3
"""More pieces than these are folded away."""


def advice_list(pieces: Sequence[Advice], layer_names: Sequence[str], palette: Palette) -> str:
    """Write advice for the screen.

    Args:
        pieces: The advice, the most important first.
        layer_names: The network's layers, for the buttons that lead to them.
        palette: The theme's colours.

    Returns:
        HTML for `components.selectable`: buttons carry `data-term` with the word that explains a piece, and
        `data-layer` with the layer that it is about.
    """
    items = [_item(piece, layer_names[piece.layer_index]) for piece in pieces]
    more = items[MOST_AT_ONCE:]
    folded = f"<details><summary>{len(more)} more</summary><ul>{''.join(more)}</ul></details>" if more else ""
    shown = "".join(items[:MOST_AT_ONCE]) or "<li>Nothing strikes one about this network.</li>"
    return f'<style>{_style(palette)}</style><ul class="advice">{shown}</ul>{folded}'


def _item(piece: Advice, layer_name: str) -> str:
    return (
        f"<li><p><b>{escape(piece.message)}</b> {escape(piece.reason)}</p><p>"
        f'<button type="button" class="word" data-term="{escape(piece.term)}">What is meant: '
        f"{escape(term(piece.term).inline)}</button> "
        f'<button type="button" class="word" data-layer="{piece.layer_index}">Show {escape(layer_name)}</button>'
        "</p></li>"
    )


def _style(palette: Palette) -> str:
    return (
        "ul{list-style:none;margin:0;padding:0}"
        f"li{{border:1px solid {palette.border};border-radius:.5rem;padding:.6rem .9rem;margin:0 0 .6rem;"
        "line-height:1.5}"
        "li p{margin:0}li p+p{margin-top:.3rem;display:flex;flex-wrap:wrap;gap:.2rem 1.5rem}"
        "summary{cursor:pointer;margin:0 0 .6rem}"
    )
