"""Numbers and sentences of the lesson on learning."""

from __future__ import annotations

from math import isfinite

import numpy as np

from cnn_core.operations.kernel_gradient import KernelChange, KernelGradientSteps
from cnn_core.operations.optimizer_race import RacePath
from dashboard.charts.number_text import bracketed, short_number
from dashboard.words import plain

MOST_WRITTEN = 9
"""Pixels of a patch that are written out; of larger ones the picture has them all."""


def contribution_sentences(steps: KernelGradientSteps) -> list[str]:
    """Write for each place what it adds to the kernel's gradient, in words and numbers.

    The number that is worked out is the one of the kernel's weight that gets most there.

    Args:
        steps: The kernel's gradient, taken apart.

    Example:
        >>> from cnn_core.operations.kernel_gradient import kernel_gradient_steps
        >>> steps = kernel_gradient_steps(np.arange(9).reshape(3, 3), np.array([[1, 0], [0, -2]]), kernel_size=2)
        >>> print(contribution_sentences(steps)[0])
        Row 2, column 2: patch × (−2). For the weight in row 2, column 2: 8 × (−2) = −16; its sum so far: −16.
    """
    sentences = []
    for step, (row, column) in enumerate(steps.places.tolist()):
        place = int(np.argmax(np.abs(steps.products[step])))
        within = np.unravel_index(place, steps.gradient.shape)
        upstream = bracketed(float(steps.upstream[step]))
        pixel, product, total = (
            float(numbers[step].flat[place]) for numbers in (steps.patches, steps.products, steps.sums)
        )
        sentences.append(
            f"Row {row + 1}, column {column + 1}: patch × {upstream}. For the weight in row {within[0] + 1}, column "
            f"{within[1] + 1}: {short_number(pixel)} × {upstream} = {short_number(product)}; its sum so far: "
            f"{short_number(total)}."
        )
    return sentences


def change_sentences(change: KernelChange) -> list[str]:
    """Write for each weight of a kernel what the step makes of it.

    Args:
        change: The weights, those that change most first.

    Example:
        >>> from cnn_core.operations.kernel_gradient import kernel_change
        >>> change_sentences(kernel_change(np.array([[1.0, 0.5]]), np.array([[0.1, 2.0]]), 0.1))[0]
        'Row 1, column 2: 0.5 − 0.1 × 2 = 0.3'
    """
    return [
        f"Row {row + 1}, column {column + 1}: {short_number(float(change.before[row, column]))} − "
        f"{plain(change.learning_rate)} × {bracketed(float(change.gradient[row, column]))} = "
        f"{short_number(float(change.after[row, column]))}"
        for row, column in change.cells.tolist()
    ]


def step_sentence(before: float, after: float, others_before: float, others_after: float) -> str:
    """Judge a step by what it does to the loss of its own image and of the others.

    Args:
        before: Loss of the image before the step.
        after: Its loss after the step.
        others_before: Mean loss of the other images before the step.
        others_after: Theirs after the step.

    Example:
        >>> step_sentence(2.3, 2.29, 2.4, 2.4).split(":")[0]
        'A tiny step'
        >>> step_sentence(2.3, 0.0, 2.4, 12.0).split(":")[0]
        'Too large'
        >>> step_sentence(2.3, 1.6, 2.4, 2.5).split(":")[0]
        'A good step'
        >>> step_sentence(2.3, 2.9, 2.4, 2.5).split(":")[0]
        'Too large'
    """
    if not (isfinite(after) and isfinite(others_after)):
        return "Far too large: the numbers have gone beyond all bounds. Start over."
    if after > before:
        return "Too large: the step jumps over the goal, and even the image that it was made from is worse off."
    if others_after > max(1.5 * others_before, others_before + 1):
        return "Too large: this image gains, and what the network knew of the others is ruined."
    if before - after < 0.02 * before:
        return "A tiny step: hardly anything changes, and it would take hundreds of them."
    return "A good step: the loss of this image falls, and the others hardly suffer."


def verdict_words(path: RacePath) -> str:
    """Say in a few words what became of an optimiser in a race.

    Example:
        >>> from cnn_core.operations.optimizer_race import race
        >>> from cnn_core.operations.surfaces import SURFACES
        >>> [verdict_words(path) for path in race(SURFACES["valley"], ["sgd", "adam"], (-4.0, 1.2), 0.07, 40)]
        ['diverges: higher than at the start from step 1 on', 'not at the minimum after 40 steps']
    """
    if path.outcome == "arrived":
        return f"at the minimum after {path.outcome_step} steps"
    if path.outcome == "diverged":
        return f"diverges: higher than at the start from step {path.outcome_step} on"
    if path.outcome == "stuck":
        return "stuck: level ground, but not the minimum"
    return f"not at the minimum after {path.outcome_step} steps"


def race_sentence(names: dict[str, str], paths: list[RacePath]) -> str:
    """Say how a race ended, in one or two sentences.

    Args:
        names: The optimisers' names for people.
        paths: Their ways.

    Example:
        >>> from cnn_core.operations.optimizer_race import race
        >>> from cnn_core.operations.surfaces import SURFACES
        >>> names = {"sgd": "SGD", "momentum": "Momentum"}
        >>> race_sentence(names, race(SURFACES["valley"], ["sgd", "momentum"], (-4.0, 1.2), 0.03, 100))
        '**Momentum** is first at the minimum, after 44 steps.'
        >>> race_sentence(names, race(SURFACES["valley"], ["sgd", "momentum"], (-4.0, 1.2), 0.07, 100)).split(". ")[1]
        '**SGD** diverges: its steps are too long for such slopes.'
    """
    arrived = sorted((path for path in paths if path.outcome == "arrived"), key=lambda path: path.outcome_step)
    groups = {
        outcome: [names[path.rule] for path in paths if path.outcome == outcome] for outcome in ("diverged", "stuck")
    }
    said = []
    if arrived and not arrived[0].outcome_step:
        said.append("All begin at the minimum.")
    elif arrived:
        first = [names[path.rule] for path in arrived if path.outcome_step == arrived[0].outcome_step]
        verb = "is" if len(first) == 1 else "are"
        said.append(f"{_list(first)} {verb} first at the minimum, after {arrived[0].outcome_step} steps.")
    elif len(groups["diverged"]) < len(paths):
        said.append("Nobody has reached the minimum.")
    if groups["diverged"]:
        is_one = len(groups["diverged"]) == 1
        verb, its = ("diverges", "its") if is_one else ("diverge", "their")
        said.append(f"{_list(groups['diverged'])} {verb}: {its} steps are too long for such slopes.")
    if groups["stuck"]:
        verb = "is" if len(groups["stuck"]) == 1 else "are"
        said.append(f"{_list(groups['stuck'])} {verb} stuck where the ground is level, and it is not the minimum.")
    return " ".join(said)


def _list(names: list[str]) -> str:
    bold = [f"**{name}**" for name in names]
    return bold[0] if len(bold) == 1 else f"{', '.join(bold[:-1])} and {bold[-1]}"
