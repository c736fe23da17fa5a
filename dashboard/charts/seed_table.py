"""What a fair comparison has shown, as sentences and a table in HTML; whatever people have written is escaped."""

from __future__ import annotations

import re
from collections.abc import Sequence
from html import escape

from cnn_core.comparison.fair_result import PairedResult
from cnn_core.comparison.fair_words import FEWEST_SEEDS, p_text
from dashboard.charts.seed_bands import DrawnDesign
from dashboard.palette import Palette

NOTHING = "–"


def sentences_html(sentences: Sequence[tuple[str, str]]) -> str:
    """Write sentences, each after a name in bold where it has one.

    Args:
        sentences: Pairs of a name, which may be empty, and a sentence.
    """
    named = ((f"<b>{escape(name)}.</b> " if name else "", _unbroken(said)) for name, said in sentences)
    return "".join(f'<p style="margin:0 0 0.6rem;line-height:1.5">{name}{said}</p>' for name, said in named)


def seed_table(result: PairedResult, designs: Sequence[DrawnDesign], palette: Palette) -> str:
    """Write what both designs reach with each seed.

    Args:
        result: What they reach.
        designs: How they are drawn.
        palette: The theme's colours.
    """
    rows = [
        (f"{seed}", _percent(first), _percent(second), _signed(lead))
        for seed, first, second, lead in zip(result.seeds, result.first, result.second, result.differences, strict=True)
    ]
    if result.seeds:
        rows.append(("mean", *_means(result)))
    return _table(("Seed", *_heads(designs), "B − A, points"), rows, palette)


def dataset_table(
    results: Sequence[PairedResult], titles: Sequence[str], designs: Sequence[DrawnDesign], palette: Palette
) -> str:
    """Write what both designs reach on each data set: the means over the seeds, and the test.

    Args:
        results: One a data set.
        titles: The data sets' names.
        designs: How the designs are drawn.
        palette: The theme's colours.
    """
    rows = []
    for result, title in zip(results, titles, strict=True):
        figures = _means(result) if result.seeds else (NOTHING,) * 3
        test = result.test if len(result.seeds) >= FEWEST_SEEDS else None
        p_value = p_text(test.p_value) if test is not None else NOTHING
        rows.append((escape(title), *figures, p_value))
    return _table(("Images", *_heads(designs), "B − A, points", "Paired t-test"), rows, palette)


def _unbroken(said: str) -> str:
    """A probability stays on one line."""
    return re.sub(r"\bp (=|&lt;) (\d)", r"p&nbsp;\1&nbsp;\2", escape(said))


def _heads(designs: Sequence[DrawnDesign]) -> list[str]:
    return [f"<b>{design.style.letter}</b> {escape(design.title)}" for design in designs]


def _means(result: PairedResult) -> tuple[str, str, str]:
    count = len(result.seeds)
    means = [sum(part) / count for part in (result.first, result.second, result.differences)]
    return _percent(means[0]), _percent(means[1]), _signed(means[2])


def _percent(share: float) -> str:
    return f"{100 * share:.1f} %"


def _signed(points: float) -> str:
    return f"{points:+.1f}".replace("-", "−")


def _table(heads: Sequence[str], rows: Sequence[Sequence[str]], palette: Palette) -> str:
    head = "".join(f'<th scope="col">{cell}</th>' for cell in heads)
    body = "".join(
        f'<tr><th scope="row">{cells[0]}</th>{"".join(f"<td>{cell}</td>" for cell in cells[1:])}</tr>' for cells in rows
    )
    style = (
        ".seeds{overflow-x:auto}.seeds table{border-collapse:collapse;font-variant-numeric:tabular-nums}"
        ".seeds th,.seeds td{padding:.3rem 1.1rem .3rem 0;text-align:left;vertical-align:bottom}"
        ".seeds thead th{max-width:9rem;font-weight:400}"
        f".seeds tr+tr,.seeds tbody{{border-top:1px solid {palette.border}}}"
        ".seeds tbody th{font-weight:600}.seeds td{white-space:nowrap}"
    )
    return (
        f'<style>{style}</style><div class="seeds" tabindex="0" role="region" aria-label="Accuracy on the test images">'
        f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>"
    )
