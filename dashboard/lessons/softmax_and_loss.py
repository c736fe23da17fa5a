"""Softmax and loss: logits become probabilities, and the probability of the right class becomes the loss."""

from __future__ import annotations

from collections.abc import Callable
from math import log

from dashboard.controls.view_choice import view_choice
from dashboard.lessons.lesson import Lesson, OwnPlace, Task
from dashboard.lessons.softmax_and_loss_record import PAGE, Part, Seen
from dashboard.lessons.softmax_and_loss_sharpen import sharpen_stage
from dashboard.lessons.softmax_and_loss_terms import terms_stage
from dashboard.lessons.softmax_and_loss_two import two_stage
from dashboard.palette import Palette

PARTS: dict[Part, str] = {
    "terms": "From logits to the loss",
    "sharpen": "Why it sharpens",
    "two": "Two classes",
}
STAGES: dict[Part, Callable[[Palette], Seen]] = {"terms": terms_stage, "sharpen": sharpen_stage, "two": two_stage}
MILLION_TIMES = log(1e6)
LARGE_LOSS, SMALL_LOSS = 5.0, 0.1
ALIKE = 0.1


def stage(palette: Palette) -> Seen | None:
    """Draw what one operates, and return what came out of it."""
    name = f"{PAGE}.part"
    return STAGES[view_choice("What to look at", name, name, PARTS, "terms")](palette)


def _is_alike(seen: Seen) -> bool:
    shares, has_winner = seen.terms.probabilities, seen.logits.max() - seen.logits.min() >= 1
    return bool(has_winner and seen.temperature > 1 and shares.max() - shares.min() < ALIKE)


TASKS = (
    Task[Seen](
        "right",
        "Move the logits until the loss of the right class is below 0.1.",
        lambda seen: seen.part == "terms" and seen.is_moved and seen.loss < SMALL_LOSS,
        "The right class has more than 90 % now: −ln 0.9 is 0.105. Raising its logit, or lowering the others, comes "
        "to the same: only differences count.",
    ),
    Task[Seen](
        "wrong",
        "Let the network be sure of a wrong class, so that the loss is above 5.",
        lambda seen: seen.part == "terms" and seen.is_moved and seen.loss > LARGE_LOSS,
        "A loss of 5 means a probability of e⁻⁵, which is 0.7 %. The loss has no upper end: to be sure and wrong is "
        "the most expensive mistake. Yet at temperature 1 no logit’s gradient is ever larger than 1.",
    ),
    Task[Seen](
        "added",
        "Make every exponential at least a million times as large, and no probability another one.",
        lambda seen: seen.part == "terms" and seen.added / seen.temperature >= MILLION_TIMES,
        "Adding a number c to all logits multiplies every exponential by eᶜ, and the sum as well: in the quotient "
        "it cancels. That is how computers keep the numbers small: they subtract the largest logit first.",
    ),
    Task[Seen](
        "alike",
        "By the temperature alone, bring all probabilities within 10 percentage points of each other.",
        _is_alike,
        "At a high temperature the differences shrink towards 0, and e⁰ is 1 for every class: the "
        "network seems to know nothing. At a low one it seems to be sure. Which class comes first never changes.",
    ),
)

LESSON = Lesson[Seen](
    slug="Softmax_and_loss",
    stage=stage,
    tasks=TASKS,
    own=OwnPlace("Change your network’s mind", "Look_inside", {"inside.view": "mind"}),
)
