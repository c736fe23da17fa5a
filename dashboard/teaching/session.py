"""What a session shows a room: the plan and its step, large type, what is out of sight. All of it in the address."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import streamlit as st

from dashboard import state
from dashboard.teaching.hiding import GROUPS
from dashboard.teaching.library import find_plan
from dashboard.teaching.plan import Plan, Step
from dashboard.teaching.plan_file import design_parameters

LARGE_PARAMETER, PLAN_PARAMETER, STEP_PARAMETER = "large", "plan", "step"
ENLARGEMENT = 4 / 3
"""How much larger everything is on a projector."""
LARGE_STYLE = """
html { font-size: 133.3333% !important; }
[data-testid="stPageLink-NavLink"] * { white-space: normal; }
@media (max-width: 1600px) { .st-key-teach-bar > :first-child { flex-basis: 100%; } }
"""

_HIDDEN = "teach.hidden"
_PLACE = "teach.place"
_REFUSAL = "teach.refusal"


@dataclass(frozen=True)
class Place:
    """Where a session is in a plan.

    Args:
        name: The plan's name in the address.
        plan: The plan.
        number: The step, from 1.
    """

    name: str
    plan: Plan
    number: int

    @property
    def step(self) -> Step:
        """The step itself."""
        return self.plan.steps[self.number - 1]


def is_large() -> bool:
    """Whether the type is large, for a projector."""
    return state.carried().get(LARGE_PARAMETER) == "1"


def set_large(value: bool) -> None:
    """Enlarge the type, or make it usual again."""
    state.carry(LARGE_PARAMETER, "1" if value else "")


def hidden_groups() -> tuple[str, ...]:
    """Return the groups that are out of sight, in the order of `hiding.GROUPS`."""
    hidden: frozenset[str] = state.choice(_HIDDEN, frozenset())
    return tuple(group for group in GROUPS if group in hidden)


def hide_groups(groups: Collection[str]) -> None:
    """Put these groups out of sight, and show all others."""
    state.set_choice(_HIDDEN, frozenset(groups))


def place() -> Place | None:
    """Return where the session is in a plan, if one runs."""
    return state.choice(_PLACE, None)


def begin_step(name: str, number: int) -> str:
    """Take a step of a plan: make its settings.

    The next step changes only what it says itself, so that what the room has done stays; any other one makes the
    settings of all steps up to it.

    Args:
        name: The plan's name.
        number: The step, from 1.

    Returns:
        The address of its page in `navigation.PAGES`; where there is no such step `""`, and `take_refusal` says why.
    """
    before, plan = place(), find_plan(name)
    if before is not None and before.name == name:
        plan = before.plan
    if plan is None:
        _refuse("This lesson plan is not known here. Bring its file again on the page Teach.")
        return ""
    if not 1 <= number <= len(plan.steps):
        _refuse(f"“{plan.title}” has {len(plan.steps)} steps. Choose one of them on the page Teach.")
        return ""
    is_next = before is not None and before.name == name and before.number == number - 1
    here = Place(name, plan, number)
    for setting, value in (here.step.settings if is_next else plan.settings_at(number)).items():
        state.set_choice(setting, value)
    state.offer_design(design_parameters(here.step.design if is_next else plan.design_at(number)))
    state.set_choice(_PLACE, here)
    hide_groups(here.step.hidden)
    state.carry(PLAN_PARAMETER, name)
    state.carry(STEP_PARAMETER, str(number))
    return here.step.page


def end_plan() -> None:
    """Leave the plan; everything is in sight again, and what was set stays."""
    state.set_choice(_PLACE, None)
    hide_groups(())
    state.carry(PLAN_PARAMETER, "")
    state.carry(STEP_PARAMETER, "")


def read_address() -> str:
    """Take from the address large type, and the step of a plan if it is another than the session is at.

    Returns:
        The address of the page that the new step is on; `""` where the session stays where it is.
    """
    if LARGE_PARAMETER in st.query_params:
        set_large(st.query_params[LARGE_PARAMETER] == "1")
    name, number = st.query_params.get(PLAN_PARAMETER, ""), st.query_params.get(STEP_PARAMETER, "1")
    here = place()
    if not name or (here is not None and (here.name, str(here.number)) == (name, number)):
        return ""
    page = begin_step(name, int(number) if number.isascii() and number.isdigit() and len(number) < 4 else 0)
    if not page:  # what cannot be opened leaves the address
        end_plan()
    return page


def take_refusal() -> str:
    """Return why a step could not be opened, once; `""` if none was asked for in vain."""
    words: str = state.choice(_REFUSAL, "")
    if words:
        _refuse("")
    return words


def _refuse(words: str) -> None:
    state.set_choice(_REFUSAL, words)
