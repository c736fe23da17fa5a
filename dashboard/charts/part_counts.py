"""How many images a data set has of each class, to learn from and to be judged on: two bars a class, in HTML."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from dashboard.palette import Palette
from dashboard.words import count

SHORT_NAME = 8
NAME_SHARE, LONG_NAME_SHARE = 28, 42
"""Letters of a name that has room in the narrower first column; per cent that this and the wider one take."""


def part_counts(names: Sequence[str], train: Sequence[int], test: Sequence[int], palette: Palette) -> str:
    """Write the number of images of each class as bars: solid to learn from, hatched to be judged on.

    All bars share one scale, so that classes of unequal size stand out.

    Args:
        names: One name a class; it is escaped.
        train: Training images of each class.
        test: Test images of each class.
        palette: The theme's colours.

    Example:
        >>> from dashboard.palette import LIGHT
        >>> html = part_counts(["<a>", "b"], [40, 10], [4, 0], LIGHT)
        >>> html.count("<tr"), "&lt;a&gt;" in html, "--s:0.250" in html
        (3, True, True)
    """
    most = max(1, *train, *test)
    rows = "".join(
        f'<tr><th scope="row" title="{escape(name)}">{escape(name)}</th>'
        f"{_cell(learned, most)}{_cell(judged, most)}</tr>"
        for name, learned, judged in zip(names, train, test, strict=True)
    )
    share = LONG_NAME_SHARE if any(len(name) > SHORT_NAME for name in names) else NAME_SHARE
    return (
        f"<style>{_style(palette, share, len(count(most)))}</style>"
        '<div class="part-counts" role="region" tabindex="0" aria-label="Images of each class"><table>'
        '<thead><tr><th scope="col">Class</th><th scope="col">Training</th><th scope="col">Test</th></tr></thead>'
        f"<tbody>{rows}</tbody></table></div>"
    )


def _cell(number: int, most: int) -> str:
    return f'<td style="--s:{number / most:.3f}"><i></i>{count(number)}</td>'


def _style(palette: Palette, name_share: int, digits: int) -> str:
    hatched = f"repeating-linear-gradient(135deg,{palette.validation} 0 3px,transparent 3px 5px)"
    return (
        ".part-counts{overflow:auto;max-height:22rem}"
        ".part-counts table{border-collapse:collapse;width:100%;table-layout:fixed;font-size:.8125rem;line-height:1.35;"
        f"color:{palette.text};font-variant-numeric:tabular-nums}}"
        ".part-counts th{text-align:left;font-weight:400;overflow:hidden;text-overflow:ellipsis;white-space:nowrap;"
        "padding:.1rem .4rem .1rem 0}.part-counts thead th{font-weight:600}"
        f".part-counts thead th:first-child{{width:{name_share}%}}"
        ".part-counts td{padding:.1rem .3rem .1rem 0;white-space:nowrap}"
        ".part-counts i{display:inline-block;vertical-align:-.1rem;height:.8rem;margin-right:.3rem;"
        f"width:calc((100% - {digits}ch - .8rem)*var(--s));background:{palette.training};border-radius:.1rem}}"
        f".part-counts td:last-child i{{background:{hatched};outline:1px solid {palette.validation}}}"
    )
