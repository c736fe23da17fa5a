"""A network's sums: what it holds, what it costs, what it needs to judge one image."""

from __future__ import annotations

from html import escape

from cnn_core.architecture.shapes import NetworkFigures
from dashboard.charts.network_tiles import mixed
from dashboard.palette import Palette
from dashboard.words import count, magnitude, memory


def network_sums(figures: NetworkFigures, palette: Palette) -> str:
    """Write a network's sums for the screen.

    Args:
        figures: The network.
        palette: The theme's colours.

    Returns:
        HTML for `components.selectable`: each sum's name carries `data-term` with the glossary's word for it.
    """
    sums = (
        ("Parameters", count(figures.parameters), "parameters", "Numbers that the network holds: its weights."),
        (
            "Multiply-adds",
            magnitude(figures.multiply_adds),
            "multiply-adds",
            "How often a number is multiplied by a weight to judge one image: the network’s cost.",
        ),
        (
            "Memory for one image",
            memory(figures.held_bytes),
            "feature-map",
            "For all numbers that the layers compute. Training holds them for every image of a batch.",
        ),
    )
    parts = "".join(
        f'<div><dt><button type="button" class="word" data-term="{term}" title="{escape(words)} Opens the glossary.">'
        f"{name}</button></dt><dd>{value}</dd></div>"
        for name, value, term, words in sums
    )
    return f'<style>{_style(palette)}</style><dl class="sums">{parts}</dl>'


def _style(palette: Palette) -> str:
    quiet = mixed(palette.text, palette.background, 0.78)
    return (
        ".sums{display:flex;flex-wrap:wrap;gap:.25rem 2rem;margin:0 0 .75rem}.sums dd{margin:0}"
        f".sums dt button{{color:{quiet}}}"
        f".sums dd{{font-size:1.75rem;line-height:1.3;font-variant-numeric:tabular-nums;color:{palette.text}}}"
        "@media(max-width:768px){.sums{gap:0 1.2rem;margin:0 0 .25rem}.sums dd{font-size:1.1rem}}"
    )
