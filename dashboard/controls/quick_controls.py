"""The quick controls: a dozen decisions, one network."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import streamlit as st

from cnn_core.architecture.quick import QuickDesign
from cnn_core.architecture.quick_reading import QuickProblem, field_words, find_quick_problem, read_quick
from dashboard import state
from dashboard.controls.record_controls import Complaint, record_controls

PREFIX = "design.quick."
_MEMORY = "design.quick_memory"
_MORE_KEY = "design.quick_more"

_BLOCKS = ("filters", "growth", "kernel_size", "stride", "padding", "activation", "pooling")


def quick_controls() -> None:
    """Edit the session's network by a dozen decisions; where it is another kind of network, say so first."""
    reading = read_quick(state.network())
    if reading.difference:
        st.info(
            f"**The quick controls cannot make this network as it is.** {reading.difference} "
            "Nothing is lost: its layers stay until you choose otherwise."
        )
        with st.container(horizontal=True):
            st.button("Show its layers", key="design.show_layers", on_click=_show_layers)
            st.button(
                "Replace it by the nearest quick network",
                key="design.replace",
                help="Undo brings the layers back.",
                on_click=state.set_network,
                args=(reading.design.to_spec(),),
            )
        return
    design = current_quick_design()
    problem = find_quick_problem(design)
    complaint = Complaint(problem.field, lambda: _say(problem)) if problem is not None else None
    shown, more = _shown_fields(design)
    is_below = problem is not None and problem.field in more
    record_controls(design, shown, PREFIX, _set, None if is_below else complaint)
    if is_below:
        state.put_widget(_MORE_KEY, True)
    folded = st.expander("More", key=_MORE_KEY, on_change="rerun")
    if folded.open:
        with folded:
            record_controls(design, more, PREFIX, _set, complaint if is_below else None)


def current_quick_design() -> QuickDesign:
    """Return the decisions behind the session's network.

    What the network does not show (the filters of no block at all) is remembered from the last decisions.
    """
    remembered: QuickDesign | None = state.choice(_MEMORY, None)
    if remembered is not None and remembered.to_spec() == state.network():
        return remembered
    return read_quick(state.network()).design


def change_quick_design(**changes: Any) -> None:
    """Change decisions of the session's network."""
    design = current_quick_design()
    output, classes = changes.get("output", design.output), changes.get("class_count", design.class_count)
    if output == "sigmoid" and classes != 2:
        # The newer of the two wishes wins.
        changes |= {"output": "softmax"} if "class_count" in changes else {"class_count": 2}
    design = replace(design, **changes)
    state.set_choice(_MEMORY, design)
    state.set_network(design.to_spec())


def _set(name: str, value: Any) -> None:
    change_quick_design(**{name: value})


def _shown_fields(design: QuickDesign) -> tuple[list[str], list[str]]:
    """Name the controls that do something for this design: those at hand, and those folded away."""
    shown = ["blocks"]
    more = ["dropout", "class_count", "output"]
    if design.blocks:
        shown += [name for name in _BLOCKS if name != "growth" or design.blocks > 1]
        more.insert(0, "has_batch_norm")
        if design.growth == "double" and design.blocks > 1:
            more.append("most_filters")
        if design.pooling != "none":
            more.append("pools_last")
    elif design.dense_layers:
        shown.append("activation")
    shown.append("dense_layers")
    if design.dense_layers:
        shown.append("dense_units")
    return shown, more


def _say(problem: QuickProblem) -> None:
    st.error(problem.message)
    if problem.repairs:
        with st.container(horizontal=True):
            for name, value in problem.repairs:
                st.button(
                    f"Set {field_words(name, value)}", key=f"design.repair.{name}", on_click=_set, args=(name, value)
                )


def _show_layers() -> None:
    state.set_choice("design.mode", "layers")
