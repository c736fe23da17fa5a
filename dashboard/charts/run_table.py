"""Several runs as a table: a column for each run, a row for each figure and for each setting in which they differ."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from html import escape

from cnn_core.comparison.differences import Difference
from cnn_core.comparison.facts import RunFacts
from dashboard.charts.network_tiles import mixed
from dashboard.charts.run_comparison import DrawnRun, swatch
from dashboard.palette import Palette
from dashboard.words import count, duration, magnitude, percent, plain

NOTHING = "–"
STATUS_WORDS = {
    "queued": "waiting in line",
    "preparing": "getting ready",
    "running": "training",
    "paused": "paused",
    "finished": "trained",
    "stopped": "stopped early",
    "failed": "failed",
    "interrupted": "interrupted",
}


def run_table(runs: Sequence[DrawnRun], differences: Sequence[Difference], palette: Palette) -> str:
    """Write runs for the screen.

    Args:
        runs: The runs, a column each.
        differences: The settings in which they differ.
        palette: The theme's colours.

    Returns:
        HTML for `components.selectable`: names of figures carry `data-term` where the glossary explains them.
    """
    head = "".join(
        f'<th scope="col">{swatch(run.style)}<b>{run.style.letter}</b> {escape(run.facts.title)}</th>' for run in runs
    )
    facts = [run.facts for run in runs]
    rows = [_row(name, [tell(fact) for fact in facts]) for name, tell in _FIGURES]
    if any(fact.changes for fact in facts):
        rows.append(_row(_explained("Changed on the way", _CHANGED), [_changes(fact) for fact in facts]))
    body = f"<tbody>{''.join(rows)}</tbody>"
    if len(runs) > 1:
        body += f"<tbody>{_differing_rows(differences, len(runs))}</tbody>"
    return (
        f"<style>{_style(palette)}</style>"
        f'<div class="across" tabindex="0" role="region" aria-label="Table of the chosen trainings"><table><thead>'
        f'<tr><th scope="col">Training</th>{head}</tr></thead>{body}</table></div>'
    )


def _explained(name: str, words: str) -> str:
    return f'<abbr title="{escape(words)}">{escape(name)}</abbr>'


def _term(name: str, slug: str, words: str) -> str:
    return (
        f'<button type="button" class="word" data-term="{slug}" title="{escape(words)} Opens the glossary.">'
        f"{escape(name)}</button>"
    )


_CHANGED = "Settings that somebody changed while the network was learning, and after how many steps."
_FIGURES: tuple[tuple[str, Callable[[RunFacts], str]], ...] = (
    (_explained("Status", "Where the training is."), lambda fact: STATUS_WORDS[fact.status]),
    (
        _explained("Test accuracy", "Share of the test images, which it has never seen, that it reads rightly."),
        lambda fact: _share(fact.test_accuracy) + (f"<i>of {count(fact.test_count)}</i>" if fact.test_count else ""),
    ),
    (
        _explained("Validation accuracy", "The same on images kept aside from training, after the last whole epoch."),
        lambda fact: _share(fact.val_accuracy),
    ),
    (
        _term("Parameters", "parameters", "Numbers that the network holds: its weights."),
        lambda fact: count(fact.parameters),
    ),
    (
        _term("Multiply-adds", "multiply-adds", "Multiplications with a weight to judge one image: the cost."),
        lambda fact: magnitude(fact.multiply_adds),
    ),
    (
        _explained("Duration", "Time of training, without pauses. Trainings that run at once slow each other down."),
        lambda fact: duration(fact.duration_s),
    ),
    (_term("Epochs", "epoch", "How often training went over all the images."), lambda fact: _epochs(fact)),
)


def _share(value: float | None) -> str:
    return NOTHING if value is None else percent(value)


def _epochs(fact: RunFacts) -> str:
    return f"{fact.epochs}" if fact.epochs == fact.planned_epochs else f"{fact.epochs} of {fact.planned_epochs}"


def _changes(fact: RunFacts) -> str:
    parts = [
        f"{escape(change.name.replace('_', ' '))} {plain(change.value)}<i>after step {count(change.step)}</i>"
        for change in fact.changes
    ]
    return "<br>".join(parts) or NOTHING


def _row(name: str, cells: Sequence[str]) -> str:
    return f'<tr><th scope="row">{name}</th>{"".join(f"<td>{cell}</td>" for cell in cells)}</tr>'


def _differing_rows(differences: Sequence[Difference], columns: int) -> str:
    words = "In what they differ" if differences else "Network and settings are the same in all"
    note = "<i>≠ marks what is not as in the first</i>" if differences else ""
    rows = [f'<tr class="part"><th scope="rowgroup" colspan="{columns + 1}"><span>{words}{note}</span></th></tr>']
    for row in differences:
        name = _explained(row.label, row.help) if row.help else escape(row.label)
        cells = [
            f"<mark>≠ {escape(value)}</mark>" if row.is_other(index) else escape(value)
            for index, value in enumerate(row.values)
        ]
        rows.append(_row(name, cells))
    return "".join(rows)


def _style(palette: Palette) -> str:
    quiet = mixed(palette.text, palette.background, 0.78)
    marked = mixed(palette.primary, palette.background, 0.18)
    return (
        ".across{overflow-x:auto}"
        "table{border-collapse:separate;border-spacing:0;font-size:1rem;line-height:1.4;min-width:min(100%,40rem);"
        f"color:{palette.text};font-variant-numeric:tabular-nums}}"
        f"th,td{{padding:.4rem .8rem;text-align:left;vertical-align:top;border-bottom:1px solid {palette.border};"
        "min-width:7rem;max-width:22rem}"
        "thead th{font-weight:400;vertical-align:bottom}thead b{font-size:1.125rem}"
        "thead svg{display:block;margin-bottom:.15rem}"
        f"th:first-child{{position:sticky;left:0;z-index:1;background:{palette.background};font-weight:600;min-width:8rem}}"
        "th .word{font-size:inherit}"
        "abbr{text-decoration:underline dotted;text-underline-offset:.2em;cursor:help}"
        f"td i,.part i{{font-style:normal;font-weight:400;color:{quiet};margin-left:.5rem;font-size:.875rem}}"
        ".part th{padding-top:1.2rem;max-width:none}.part span{position:sticky;left:.8rem}"
        f"mark{{background:{marked};color:inherit;font-weight:600;padding:.05rem .3rem;border-radius:.25rem}}"
        "@media(max-width:768px){th,td{padding:.35rem .5rem;min-width:6.2rem}table{font-size:.9375rem}"
        "th:first-child{min-width:6.2rem;max-width:7rem;overflow-wrap:break-word}}"
    )
