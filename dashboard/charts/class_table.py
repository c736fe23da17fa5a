"""Precision, recall and F1 of each class as a table whose rows lead to the class's mistakes."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from cnn_core.evaluation.class_figures import ClassFigures, mean_figure
from dashboard.charts.network_tiles import mixed
from dashboard.palette import Palette
from dashboard.words import count, fine_percent

COLUMNS = (
    ("Class", "", "Choose a class to see the pictures of it that are read wrongly."),
    ("Images", "", "How many of the images are of it: its support."),
    ("Precision", "precision-and-recall", "Of the images that the network takes for it, the share that are of it."),
    (
        "Recall",
        "precision-and-recall",
        "Of the images of it, the share that the network finds; with its 95 % interval.",
    ),
    ("F1", "f1", "The harmonic mean of precision and recall: as low as the lower one makes it."),
)
NEVER_NAMED = "never said"
NO_IMAGES = "no images"


def class_table(figures: Sequence[ClassFigures], names: Sequence[str], palette: Palette) -> str:
    """Write the figures of each class for the screen.

    Args:
        figures: One record a class.
        names: One name a class.
        palette: The theme's colours.

    Returns:
        HTML for `components.selectable`: rows carry `data-layer` with the class index, words `data-term`.
    """
    head = "".join(f'<th scope="col">{_head(*column)}</th>' for column in COLUMNS)
    rows = "".join(
        f'<tr data-layer="{one.class_index}" tabindex="{0 if place == 0 else -1}">{_cells(one, names)}</tr>'
        for place, one in enumerate(figures)
    )
    means = [
        mean_figure(tuple(values))
        for values in zip(*((one.precision, one.recall, one.f1) for one in figures), strict=True)
    ]
    foot = "".join(f"<td>{_share(mean, NO_IMAGES)}</td>" for mean in means)
    total = count(sum(one.images for one in figures))
    return (
        f'<style>{_style(palette)}</style><div class="across"><table class="classes" role="grid" aria-label="Figures '
        f'of each class. Arrow keys move, Enter shows its mistakes."><thead><tr>{head}</tr></thead>'
        f"<tbody>{rows}</tbody>"
        f'<tfoot><tr><th scope="row">Mean of all</th><td>{total}</td>{foot}</tr></tfoot></table></div>'
    )


def _head(name: str, term: str, words: str) -> str:
    title = escape(words)
    if not term:
        return f'<abbr title="{title}">{name}</abbr>'
    return f'<button type="button" class="word" data-term="{term}" title="{title} Opens the glossary.">{name}</button>'


def _cells(one: ClassFigures, names: Sequence[str]) -> str:
    interval = one.recall_interval
    ends = "" if interval is None else f"<i>{100 * interval.low:.1f} to {100 * interval.high:.1f}</i>"
    return (
        f'<th scope="row">{escape(names[one.class_index])}</th><td>{count(one.images)}</td>'
        f"<td>{_share(one.precision, NEVER_NAMED)}</td><td>{_share(one.recall, NO_IMAGES)}{ends}</td>"
        f"<td>{_share(one.f1, NO_IMAGES)}</td>"
    )


def _share(share: float | None, nothing: str) -> str:
    """Write a share; where nothing can be divided by, say what is missing."""
    return nothing if share is None else fine_percent(share)


def _style(palette: Palette) -> str:
    quiet = mixed(palette.text, palette.background, 0.78)
    return (
        ".across{overflow:auto;max-height:36rem}"
        f".classes{{border-collapse:separate;border-spacing:0;width:100%;max-width:44rem;font-size:.9375rem;"
        f"line-height:1.35;color:{palette.text};font-variant-numeric:tabular-nums}}"
        f".classes th,.classes td{{padding:.25rem .6rem;border-bottom:1px solid {palette.border};text-align:right}}"
        ".classes th:first-child{text-align:left;font-weight:600;max-width:12rem;overflow-wrap:anywhere}"
        f".classes thead th{{font-weight:600;position:sticky;top:0;background:{palette.background};color:{quiet}}}"
        ".classes .word{font:inherit}"
        # The interval stands behind the recall; header and mean stand above and below the recall itself.
        ".classes thead th:nth-child(4),.classes tfoot td:nth-child(4){padding-right:6.4rem}"
        "abbr{text-decoration:underline dotted;text-underline-offset:.2em;cursor:help}"
        f".classes i{{display:inline-block;margin-left:.6rem;min-width:5.2rem;font-style:normal;"
        f"font-size:.8125rem;color:{quiet};white-space:nowrap}}"
        f".classes tfoot th,.classes tfoot td{{font-weight:600;border-bottom:0;border-top:1px solid {palette.muted}}}"
        "@media (max-width:640px){.classes{font-size:.875rem}.classes i{display:block;margin:0}"
        ".classes th,.classes td,.classes thead th:nth-child(4),.classes tfoot td:nth-child(4){padding:.25rem .3rem}}"
    )
