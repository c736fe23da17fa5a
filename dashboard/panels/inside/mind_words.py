"""What would change a network's mind, in words and as a table."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from cnn_core.inspection.perturbation import PERTURBATIONS, Perturbation
from cnn_core.inspection.robustness import NO_CLASS, Sweep, Turn
from dashboard.words import percent


def amount(perturbation: Perturbation, value: float) -> str:
    """Write a value with its unit; where it can go both ways from zero, with its sign.

    Example:
        >>> print(amount(PERTURBATIONS["right"], -4), amount(PERTURBATIONS["rotation"], 10), sep=", ")
        −4 px, +10°
    """
    is_signed = perturbation.neutral == 0 and perturbation.span((2, 2, 1)).low < 0
    number = f"{value:+.0f}" if is_signed and value else f"{value:.0f}"
    gap = "" if perturbation.unit == "°" else "\N{NO-BREAK SPACE}"
    return f"{number.replace('-', '−')}{gap}{perturbation.unit}"


def verdict_words(
    before: npt.NDArray[np.float32], now: npt.NDArray[np.float32], names: Sequence[str], *, is_changed: bool
) -> str:
    """Say what the network makes of the changed image, against what it said before.

    Args:
        before: `(classes,)`, the probabilities for the unchanged image.
        now: `(classes,)`, those for the changed one.
        names: One name a class.
        is_changed: Whether anything is changed at all.
    """
    first, second = int(np.argmax(before)), int(np.argmax(now))
    if not is_changed:
        return f"**“{names[first]}”** with {percent(before[first])}. Nothing is changed yet: move a slider."
    if first == second:
        return f"Still **“{names[first]}”**, with {percent(now[first])} ({percent(before[first])} unchanged)."
    return (
        f"Now **“{names[second]}”**, with {percent(now[second])}. “{names[first]}” is down from "
        f"{percent(before[first])} to {percent(now[first])}."
    )


def sweep_words(sweep: Sweep, names: Sequence[str]) -> str:
    """Say from where to where the verdict stays, and what it becomes beyond."""
    entry, verdict = PERTURBATIONS[sweep.slug], names[sweep.verdict]
    (low, high), (below, above) = sweep.stays, sweep.turns
    if below is None and above is None:
        ends = f"{amount(entry, sweep.values[0])} to {amount(entry, sweep.values[-1])}"
        return f"The verdict stays “{verdict}” over the whole range, from {ends}."
    if sweep.start == 0:
        stays = f"up to {amount(entry, high)}"
    elif low == high:
        stays = f"only where nothing is changed, at {amount(entry, low)}"
    else:
        stays = f"from {amount(entry, low)} to {amount(entry, high)}"
    turns = [f"at {amount(entry, turn.value)} {_becomes(turn, names)}" for turn in (below, above) if turn is not None]
    return f"The verdict stays “{verdict}” {stays}; {' and '.join(turns)}."


def smallest_words(turn: Turn | None, names: Sequence[str], verdict: str, class_name: str | None) -> str:
    """Name the smallest change that is enough.

    Args:
        turn: It; nothing where none is enough.
        names: One name a class.
        verdict: What the network says of the unchanged image.
        class_name: What it is, where known.
    """
    if turn is None:
        return f"None of these changes alone brings it off “{verdict}”, as far as the sliders go."
    said = "it gives no number any more" if turn.guess == NO_CLASS else f"it says “{names[turn.guess]}”"
    sure = "" if turn.guess == NO_CLASS else f" with {percent(turn.probability)}"
    right = ", and is right" if turn.guess != NO_CLASS and names[turn.guess] == class_name else ""
    is_fooled = class_name is None or verdict == class_name
    what = "fools it" if is_fooled else "changes its mind"
    change = PERTURBATIONS[turn.slug].say(turn.value)
    return f"The smallest change that {what}: **{change}** is enough. Then {said}{sure}{right}."


def sweep_csv(sweep: Sweep, names: Sequence[str]) -> str:
    """Write a sweep as a table: a row for each value, a column for each class."""
    entry = PERTURBATIONS[sweep.slug]
    text = io.StringIO()
    table = csv.writer(text, lineterminator="\n")
    table.writerow([f"{entry.title} ({entry.unit})", "verdict", "pixel difference (RMS)", *names])
    rows = zip(sweep.values, sweep.guesses, sweep.differences, sweep.probabilities, strict=True)
    for value, guess, difference, probabilities in rows:
        verdict = "" if guess == NO_CLASS else names[guess]
        table.writerow([f"{value:g}", verdict, f"{difference:.6g}", *(f"{share:.6g}" for share in probabilities)])
    return text.getvalue()


def _becomes(turn: Turn, names: Sequence[str]) -> str:
    return "there are no numbers any more" if turn.guess == NO_CLASS else f"it becomes “{names[turn.guess]}”"
