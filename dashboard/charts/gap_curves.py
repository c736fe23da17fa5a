"""The gap between training and validation as it opens, as an ECharts option, and what it came to, as a table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from math import isfinite
from typing import Any, Literal

from cnn_core.comparison.overfitting import Trial
from cnn_core.comparison.overfitting_words import TrialResult
from cnn_core.training.snapshot import EpochResult
from dashboard.charts.base import FONT_SIZE
from dashboard.charts.run_comparison import RunStyle
from dashboard.palette import Palette
from dashboard.words import percent

HEIGHT_PX = 340
Quantity = Literal["accuracy", "loss"]


@dataclass(frozen=True)
class DrawnTrial:
    """One training as chart and table need it.

    Args:
        trial: What is trained.
        style: How it is drawn; the letter is its name.
        epochs: The epochs that are complete.
        total_steps: Steps of the whole training; 0 while unknown.
        state: Where it is, in a few words.
        result: What it has come to; nothing before the end.
    """

    trial: Trial
    style: RunStyle
    epochs: tuple[EpochResult, ...]
    total_steps: int
    state: str
    result: TrialResult | None


def gap_curves(quantity: Quantity, drawn: Sequence[DrawnTrial], spoken: DrawnTrial, palette: Palette) -> dict[str, Any]:
    """Describe the curves: of one training both, with the gap between them; of the others validation only.

    Args:
        quantity: `"accuracy"` (0 to 1; shown in percent) or `"loss"`.
        drawn: All trainings.
        spoken: The one of them whose gap is drawn.
        palette: The theme's colours.

    Returns:
        An option object for ECharts, of plain lists, numbers and words.
    """
    factor, digits, unit = (100.0, 1, " %") if quantity == "accuracy" else (1.0, 2, "")
    text = {"color": palette.text, "fontSize": FONT_SIZE}
    series = [_other(quantity, one, factor, digits) for one in drawn if one is not spoken]
    series += _spoken(quantity, spoken, factor, digits, palette)
    steps = [one.total_steps for one in drawn] + [epoch.step for one in drawn for epoch in one.epochs[-1:]]
    axis: dict[str, Any] = {
        "type": "value",
        "nameTextStyle": text,
        "axisLabel": text | {"fontSize": FONT_SIZE - 1, "hideOverlap": True},
        "axisLine": {"lineStyle": {"color": palette.muted}},
        "splitLine": {"lineStyle": {"color": palette.border}},
    }
    return {
        "animation": False,
        "backgroundColor": "transparent",
        "textStyle": {"fontFamily": "Source Sans, Source Sans Pro, sans-serif"},
        "title": {
            "text": f"{quantity.capitalize()} after each epoch",
            "left": 0,
            "top": 0,
            "textStyle": text | {"fontSize": FONT_SIZE + 2},
        },
        "legend": {
            "left": 0,
            "top": 28,
            "itemWidth": 46,
            "itemHeight": 11,
            "textStyle": text,
            "data": [row["name"] for row in series[-2:]],
        },
        "grid": {"left": 8, "right": 30, "top": 66, "bottom": 34, "containLabel": True},
        "tooltip": {"trigger": "item", "confine": True, "formatter": "{a}<br>{c}"},
        "xAxis": axis
        | {
            "name": "step (batches learned)",
            "nameLocation": "middle",
            "nameGap": 28,
            "min": 0,
            "max": max([*steps, 1]),
            "splitLine": {"show": False},
        },
        "yAxis": axis
        | {"min": 0, "axisLabel": axis["axisLabel"] | {"formatter": "{value}" + unit}}
        | ({"max": 100} if quantity == "accuracy" else {}),
        "series": series,
    }


def _other(quantity: Quantity, one: DrawnTrial, factor: float, digits: int) -> dict[str, Any]:
    """The validation curve of a training that is not spoken of: thin, with its letter at its end."""
    _, aside = _pairs(quantity, one, factor, digits)
    return {
        "name": f"{one.style.letter} validation",
        "type": "line",
        "data": aside,
        "symbol": "none",
        "itemStyle": {"color": one.style.colour},
        "lineStyle": {"color": one.style.colour, "width": 1.5, "type": "dashed", "opacity": 0.7},
        "endLabel": {"show": True, "formatter": one.style.letter, "color": one.style.colour, "fontSize": FONT_SIZE},
        "labelLayout": {"moveOverlap": "shiftY"},
        "z": 2,
    }


def _spoken(quantity: Quantity, one: DrawnTrial, factor: float, digits: int, palette: Palette) -> list[dict[str, Any]]:
    """Both curves of a training, with what lies between them; the two named ones come last."""
    learned, aside = _pairs(quantity, one, factor, digits)
    both = [(a, b) for a, b in zip(learned, aside, strict=True) if a[1] is not None and b[1] is not None]
    letter = one.style.letter
    hidden = {"type": "line", "symbol": "none", "stack": "gap", "lineStyle": {"opacity": 0}, "silent": True, "z": 1}
    edges = [[a[0], min(a[1], b[1])] for a, b in both]
    heights = [[a[0], round(abs(a[1] - b[1]), digits + 1)] for a, b in both]
    colour = one.style.colour
    line = {"type": "line", "symbol": "circle", "showSymbol": len(both) == 1, "symbolSize": 8, "z": 4}
    line |= {"itemStyle": {"color": colour}}
    ending = {"show": True, "formatter": letter, "fontSize": FONT_SIZE + 2, "fontWeight": "bold"}
    return [
        hidden | {"name": "gap, lower edge", "data": edges},
        hidden | {"name": "gap", "data": heights, "areaStyle": {"color": palette.muted, "opacity": 0.3}},
        line
        | {
            "name": f"{letter} training",
            "data": learned,
            "lineStyle": {"color": colour, "width": 3},
        },
        line
        | {
            "name": f"{letter} validation",
            "data": aside,
            "lineStyle": {"color": colour, "width": 3, "type": "dashed"},
            "endLabel": ending | {"color": colour},
            "labelLayout": {"moveOverlap": "shiftY"},
        },
    ]


def _pairs(quantity: Quantity, one: DrawnTrial, factor: float, digits: int) -> tuple[list[Any], list[Any]]:
    def point(epoch: EpochResult, value: float) -> list[Any]:
        return [epoch.step, round(value * factor, digits + 1) if isfinite(value) else None]

    if quantity == "accuracy":
        return [point(e, e.accuracy) for e in one.epochs], [point(e, e.val_accuracy) for e in one.epochs]
    return [point(e, e.loss) for e in one.epochs], [point(e, e.val_loss) for e in one.epochs]


def curves_words(drawn: Sequence[DrawnTrial], spoken: DrawnTrial) -> str:
    """Say in words where the curves stand, for those who do not see them."""
    parts = []
    for one in drawn:
        if not one.epochs:
            continue
        last = one.epochs[-1]
        learned = f"training {percent(last.accuracy)}, " if one is spoken else ""
        parts.append(f"{one.style.letter}, {one.trial.words}: {learned}validation {percent(last.val_accuracy)}")
    return f"Accuracy after the latest epoch. {'; '.join(parts)}." if parts else "No epoch has ended yet."


def trial_table(drawn: Sequence[DrawnTrial], spoken: DrawnTrial, palette: Palette) -> str:
    """List what trainings have come to.

    Args:
        drawn: The trainings.
        spoken: The one of them whose gap is drawn; its row is marked.
        palette: The theme's colours.

    Returns:
        HTML: a table with a row for each.
    """
    head = "".join(
        f'<th scope="col" title="{escape(words)}">{name}</th>'
        for name, words in (
            ("", "The training’s letter."),
            ("Images", "How many it learned from; as many were kept aside."),
            ("Helps", "What was switched on."),
            ("Learned", "Share of the images it learned from that it reads rightly, as they are, at the end."),
            ("Aside", "Share of the images kept aside that it reads rightly."),
            ("Gap", "The first minus the second, in percentage points."),
            ("Test", "Share of the 3,000 test images that it reads rightly."),
        )
    )
    rows = "".join(_row(one, is_spoken=one is spoken) for one in drawn)
    style = (
        ".trials{overflow-x:auto}.trials table{border-collapse:collapse;width:100%;font-size:.875rem;line-height:1.4;"
        f"color:{palette.text};font-variant-numeric:tabular-nums}}"
        ".trials th,.trials td{padding:.2rem .4rem;text-align:left;white-space:nowrap;"
        f"border-bottom:1px solid {palette.border}}}.trials .helps{{white-space:normal}}"
        "@media (max-width:640px){.trials table{font-size:.8125rem}.trials th,.trials td{padding:.2rem .15rem}}"
        ".trials tbody th{font-weight:700}.trials .spoken td{font-weight:700}"
    )
    return (
        f'<style>{style}</style><div class="trials" role="region" tabindex="0" aria-label="Results of the trainings">'
        f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></div>"
    )


def _row(one: DrawnTrial, *, is_spoken: bool) -> str:
    letter = f'<span style="color:{one.style.colour}">{one.style.letter}</span>'
    result = one.result
    if result is None:
        figures = f'<td colspan="4">{escape(one.state)}</td>'
    else:
        gap = f"{100 * result.gap:.1f}".replace("-", "−")
        figures = "".join(
            f"<td>{cell}</td>" for cell in (percent(result.learned), percent(result.aside), gap, percent(result.test))
        )
    return (
        f'<tr class="{"spoken" if is_spoken else ""}"><th scope="row">{letter}</th><td>{one.trial.images:,}</td>'
        f'<td class="helps">{escape(one.trial.helps_words)}</td>{figures}</tr>'
    )
