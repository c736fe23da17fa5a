"""What a teacher chooses before a lesson: the plan, the size of type, what is out of sight."""

from __future__ import annotations

from collections.abc import Callable
from html import escape

import streamlit as st

from cnn_core.errors import ClassroomError
from dashboard import state
from dashboard.controls.lesson_controls import menu_choice
from dashboard.controls.type_size import large_type_switch
from dashboard.navigation import page
from dashboard.panels.teach.plan_bar import open_step
from dashboard.teaching import session
from dashboard.teaching.hiding import GROUPS
from dashboard.teaching.library import find_plan, keep_plan, shipped_plans
from dashboard.teaching.plan import Plan, Step
from dashboard.teaching.plan_file import LONGEST_TEXT, MOST_BYTES, MOST_STEPS, plan_from_bytes, plan_to_text
from dashboard.teaching.settings import SETTINGS, allowed_words
from dashboard.words import some

_PLAN, _OWN, _PROBLEM, _UPLOADS = "teach.plan", "teach.own", "teach.problem", "teach.uploads"
_HIDE_KEY = "teach.hide"


def teach_panel(say_choices: Callable[[Step], str]) -> None:
    """Let a teacher choose and begin a plan, and set what the room sees.

    Args:
        say_choices: Says what a step chooses on the pages, in their words; `""` if nothing.
    """
    choice, shown = st.columns([1, 2], gap="large")
    plans = _plans()
    with choice:
        name = _plan_choice(plans)
        number = _first_step(name, plans[name])
        is_asked = st.button("Begin plan", key="teach.begin", type="primary", icon=":material/play_arrow:")
        st.download_button(
            "Download plan",
            plan_to_text(plans[name]),
            file_name=f"{name}.json",
            mime="application/json",
            icon=":material/download:",
            on_click="ignore",
            key="teach.download",
        )
        _own_plan()
        large_type_switch("teach.large")
        _hiding_choice()
    with shown:
        _steps_table(plans[name], say_choices)
        _how_to_write()
    if is_asked:
        open_step(name, number)


def _plans() -> dict[str, Plan]:
    own: dict[str, Plan] = state.choice(_OWN, {})
    running = session.place()
    return shipped_plans() | own | ({running.name: running.plan} if running is not None else {})


def _plan_choice(plans: dict[str, Plan]) -> str:
    running = session.place()
    titles = {name: f"{plan.title} · {plan.minutes} min" for name, plan in plans.items()}
    return menu_choice("Lesson plan", _PLAN, titles, running.name if running is not None else next(iter(plans)))


def _first_step(name: str, plan: Plan) -> int:
    numbers = list(range(1, len(plan.steps) + 1))
    return st.selectbox(
        "Begin at step",
        numbers,
        0,
        key=f"teach.from.{name}",
        format_func=lambda number: f"{number}: {page(plan.steps[number - 1].page).title}",
    )


def _own_plan() -> None:
    """Take a plan's file; what is wrong with it is said in one sentence, and what was there stays."""
    key = f"teach.file.{state.choice(_UPLOADS, 0)}"
    st.file_uploader(
        "Bring a plan of your own",
        type=["json"],
        key=key,
        on_change=_take_file,
        args=(key,),
        max_upload_size=1,
        help="Its steps can be reloaded and shared by their address as long as this server runs; keep the file.",
    )
    problem: str = state.choice(_PROBLEM, "")
    if problem:
        st.warning(problem)


def _take_file(key: str) -> None:
    file = state.widget_value(key)
    if file is None:
        return
    state.set_choice(_UPLOADS, state.choice(_UPLOADS, 0) + 1)
    try:
        if file.size > MOST_BYTES:
            raise ClassroomError(f"A lesson plan has {MOST_BYTES // 1024} kB at most; this file is larger.")
        plan = plan_from_bytes(file.getvalue())
    except ClassroomError as error:
        state.set_choice(_PROBLEM, str(error))
        return
    name = keep_plan(plan)
    state.set_choice(_PROBLEM, "")
    state.set_choice(_OWN, state.choice(_OWN, {}) | {name: find_plan(name)})
    state.set_choice(_PLAN, name)


def _hiding_choice() -> None:
    hidden = list(session.hidden_groups())
    key = state.sync_widget(_HIDE_KEY, hidden)
    st.pills(
        "Out of sight",
        list(GROUPS),
        selection_mode="multi",
        default=hidden,
        format_func=lambda group: GROUPS[group].title,
        key=key,
        on_change=state.when_changed(key, session.hide_groups),
        wrap=True,
        help="On every page, until you press “Show controls” at its top. A step of a plan decides anew.",
    )


def _steps_table(plan: Plan, say_choices: Callable[[Step], str]) -> None:
    rows, begins = [], 0
    for number, step in enumerate(plan.steps, start=1):
        rows.append(_row(number, begins, step, say_choices(step)))
        begins += step.minutes
    head = "".join(f'<th scope="col">{word}</th>' for word in ("Step", "Minutes", "Page", "What to say and do"))
    length = f"{some(len(plan.steps), 'step')} · {plan.minutes} min"
    table = f"<table class='plan'><thead><tr>{head}</tr></thead><tbody>{''.join(rows)}</tbody></table>"
    st.html(f"<p><strong>{escape(plan.title)}</strong> · {length}</p>{table}")


def _row(number: int, begins: int, step: Step, made: str) -> str:
    hidden = ", ".join(GROUPS[group].title.lower() for group in step.hidden)
    notes = [f"{what} {words}" for what, words in (("Chosen for you –", made), ("Out of sight –", hidden)) if words]
    small = "".join(f"<small>{escape(note)}</small>" for note in notes)
    cells = (f"{number}", f"{begins}–{begins + step.minutes}", page(step.page).title)
    first = "".join(f"<td>{escape(cell)}</td>" for cell in cells)
    return f"<tr>{first}<td>{escape(step.text)}{small}</td></tr>"


def _how_to_write() -> None:
    with st.expander("How to write a plan"):
        st.markdown(
            "Download a plan and change it in a text editor; it is a JSON file. The minutes of all steps add up to the "
            f"plan’s. There are up to {MOST_STEPS} steps. A step has\n\n"
            "- `page`: the page’s name as it stands in the address, such as `Look_inside`;\n"
            "- `minutes`: a whole number;\n"
            f"- `text`: what to say and do, up to {LONGEST_TEXT} characters;\n"
            "- `settings`, if it sets anything: names with values of the list below;\n"
            "- `design`, if it brings a network: `preset` with the name of a ready-made one, or `net`, `train` and "
            "`data`, copied from the address of the page Design;\n"
            f"- `hide`, if something is to be out of sight: a list of {', '.join(f'`{group}`' for group in GROUPS)}."
        )
        rows = "\n".join(f"| `{name}` | {allowed_words(values)} |" for name, values in SETTINGS.items())
        st.markdown(f"| Name | Values |\n|---|---|\n{rows}")
