"""What happens in one step of training, and which rule takes the better steps."""

from __future__ import annotations

from dashboard.controls.view_choice import view_choice
from dashboard.lessons.learning_race import race_panel
from dashboard.lessons.learning_real import real_panel
from dashboard.lessons.learning_record import RACE, REAL, STEP, VIEWS, LearningSeen
from dashboard.lessons.learning_step import step_view
from dashboard.lessons.lesson import Lesson, OwnPlace, Task
from dashboard.palette import Palette

LEARNED = 0.5
"""A mean loss below which nearly all ten digits are right."""


def _stage(palette: Palette) -> LearningSeen | None:
    view = view_choice("What is shown", "learning.view", "learning.view_chosen", VIEWS, STEP)
    if view == RACE:
        return LearningSeen(race=race_panel(palette))
    if view == REAL:
        return LearningSeen(real=real_panel(palette))
    return LearningSeen(step=step_view(palette))


def _ruins_the_others(seen: LearningSeen) -> bool:
    step = seen.step
    return step is not None and step.after < step.before and step.others_after > 2 * step.others_before


def _has_learned_all(seen: LearningSeen) -> bool:
    return seen.step is not None and seen.step.taken > 0 and seen.step.all_ten < LEARNED


def _is_too_fast_for_sgd_only(seen: LearningSeen) -> bool:
    outcomes = seen.race.outcomes() if seen.race is not None else {}
    return outcomes.get("sgd") == "diverged" and "arrived" in outcomes.values()


def _has_raced_on_a_network(seen: LearningSeen) -> bool:
    return seen.real is not None and len(seen.real.finished) >= 2


TASKS = (
    Task[LearningSeen](
        "ruin",
        "Find a learning rate with which one step helps this image, but more than doubles the loss of the nine others.",
        _ruins_the_others,
        "The gradient says which way is down from here, for this one image. Who goes far on its word alone gets this "
        "image right, and has forgotten what the others need.",
    ),
    Task[LearningSeen](
        "all-ten",
        f"Teach the network all ten digits: bring the mean loss of all ten below {LEARNED}.",
        _has_learned_all,
        "Many small steps, each with another image, find weights that suit all of them. At 0.01 it takes several "
        "hundred; at 0.3 the loss soon stays at 2.3, as ReLU gives only 0 and nothing comes back any more.",
    ),
    Task[LearningSeen](
        "diverge",
        "Among “Optimisers raced”, make SGD diverge while another one arrives.",
        _is_too_fast_for_sgd_only,
        "Where the ground curves strongly, SGD’s step leads further up the other wall each time. Momentum averages the "
        "to and fro away; RMSprop and Adam divide it by its size.",
    ),
    Task[LearningSeen](
        "real",
        "Let at least two optimisers train the real network to the end.",
        _has_raced_on_a_network,
        "On a map of two weights one sees why; on a hundred thousand weights it shows in the curve. Try one learning "
        "rate for all: who is fast with it depends on the rule as much as on the number.",
    ),
)

LESSON = Lesson[LearningSeen](
    slug="Learning",
    stage=_stage,
    tasks=TASKS,
    own=OwnPlace("Watch your network learn", "Train"),
)
