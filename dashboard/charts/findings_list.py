"""What the app sees in a training as a list: each finding with its reason, its evidence and its word."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from cnn_core.training.diagnosis import Evidence, Finding
from dashboard.charts.layer_health import curve_picture, layer_health
from dashboard.glossary import term
from dashboard.palette import Palette

MOST_AT_ONCE = 3
"""More findings than these are folded away."""

KINDS = {
    "loss": "The training’s loss",
    "accuracy": "Accuracy of each epoch",
    "validation": "Loss of each epoch",
    "gradients": "Gradients",
    "activations": "What the layers give",
}


def findings_list(findings: Sequence[Finding], palette: Palette) -> str:
    """Write findings for the screen.

    Args:
        findings: What the app sees, the most important first; at least one.
        palette: The theme's colours.

    Returns:
        HTML for `components.selectable`: buttons carry `data-term` with the word that explains a finding.
    """
    items = [_item(finding, palette) for finding in findings]
    more = items[MOST_AT_ONCE:]
    folded = f"<details><summary>{len(more)} more</summary><ul>{''.join(more)}</ul></details>" if more else ""
    return f'<style>{_style(palette)}</style><ul class="findings">{"".join(items[:MOST_AT_ONCE])}</ul>{folded}'


def _item(finding: Finding, palette: Palette) -> str:
    return (
        f'<li data-finding="{escape(finding.slug)}"><p><b>{escape(finding.message)}</b></p>'
        f"{_evidence(finding.evidence, palette)}<p>{escape(finding.reason)}</p>"
        f'<p><button type="button" class="word" data-term="{escape(finding.term)}">What is meant: '
        f"{escape(term(finding.term).inline)}</button></p></li>"
    )


def _evidence(evidence: Evidence, palette: Palette) -> str:
    where = f"<small>Seen here: {escape(evidence_words(evidence))}</small>"
    picture = curve_picture(evidence.curves, palette)
    if evidence.health:
        picture += layer_health(evidence.health, palette, evidence.layer)
    return f'<div class="evidence">{where}{picture}</div>'


def evidence_words(evidence: Evidence) -> str:
    """Say in which picture, and where in it, something is seen.

    Example:
        >>> evidence_words(Evidence("loss", 1, 338)), evidence_words(Evidence("gradients", 0, 0))
        ('The training’s loss, steps 1 to 338', 'Gradients, before the first step')
    """
    if evidence.last_step == 0:
        when = "before the first step"
    elif evidence.first_step == evidence.last_step:
        when = f"after {evidence.last_step:,} steps"
    else:
        when = f"steps {evidence.first_step:,} to {evidence.last_step:,}"
    where = f", in {evidence.layer}" if evidence.layer and evidence.health else ""
    return f"{KINDS[evidence.kind]}, {when}{where}"


def _style(palette: Palette) -> str:
    return (
        "ul{list-style:none;margin:0;padding:0}"
        f"li{{border:1px solid {palette.border};border-radius:.5rem;padding:.6rem .9rem;margin:0 0 .6rem;"
        "line-height:1.5}"
        "li p{margin:0}.evidence{margin:.4rem 0}.evidence small{font-size:.8125rem}"
        ".curve{margin:.2rem 0 0}.curve svg{display:block;max-width:100%;height:auto}"
        ".curve figcaption{font-size:.8125rem;font-variant-numeric:tabular-nums}"
        "summary{cursor:pointer;margin:0 0 .6rem}"
    )
