"""The network layer by layer: a list to add to, shorten and reorder, and one layer's own controls."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Any

import streamlit as st

from cnn_core.architecture.fields import domain_of, presentation_of
from cnn_core.architecture.layers import LAYER_KINDS, Flatten, Layer
from cnn_core.architecture.shapes import Problem, find_problem
from cnn_core.architecture.spec import MAX_LAYERS, NetworkSpec
from dashboard import state
from dashboard.controls.record_controls import Complaint, record_controls

SELECTED = "design.layer"
LIST_KEY = "design.list"
KIND_KEY = "design.new_kind"
LIST_HEIGHT_PX = 290


def selected_layer() -> int:
    """Return the index of the layer that is looked at, within the network as it is."""
    return min(state.choice(SELECTED, 0), len(state.network().layers) - 1)


def select_layer(index: int) -> None:
    """Look at a layer."""
    state.set_choice(SELECTED, index)


def layer_controls() -> None:
    """Edit the session's network layer by layer."""
    spec = state.network()
    problem = find_problem(spec)
    index = selected_layer()
    with st.container(height=LIST_HEIGHT_PX if len(spec.layers) > 8 else "content", key="design.layers"):
        names = spec.layer_names
        st.radio(
            "Layers, from image to answer",
            range(len(spec.layers)),
            index,
            key=state.sync_widget(LIST_KEY, index),
            format_func=lambda i: _list_entry(names, spec.layers, i, problem),
            on_change=state.when_changed(LIST_KEY, _take_from_list),
        )
    _list_buttons(spec, index)
    _add_controls(spec)
    _own_controls(spec, index, problem)


def _take_from_list(index: object) -> None:
    # The browser sends the entry's text. Where the text has changed meanwhile, Streamlit hands on the text itself.
    if isinstance(index, int):
        select_layer(index)


def _list_entry(names: tuple[str, ...], layers: tuple[Layer, ...], index: int, problem: Problem | None) -> str:
    # The options are those of the last run while a shorter list is being sent: say nothing of what is gone.
    if index >= len(layers):
        return ""
    mark = "⚠ " if problem is not None and problem.layer_index == index else ""
    return f"{mark}**{names[index]}** · {layers[index].details().split(', ')[0]}"


def _list_buttons(spec: NetworkSpec, index: int) -> None:
    last = len(spec.layers) - 1
    with st.container(horizontal=True, gap="small", key="design.list_buttons"):
        name = spec.layer_names[index]
        _list_button("Up", "up", f"Move {name} up", index == 0, _move, index, index - 1)
        _list_button("Down", "down", f"Move {name} down", index == last, _move, index, index + 1)
        is_full = len(spec.layers) >= MAX_LAYERS
        _list_button("Duplicate", "duplicate", f"Put a second {name} behind it", is_full, _duplicate, index)
        _list_button("Remove", "remove", f"Take {name} away; undo brings it back", last == 0, _remove, index)


def _list_button(label: str, name: str, explanation: str, is_disabled: bool, action: Any, *args: int) -> None:
    st.button(label, key=f"design.{name}", help=explanation, disabled=is_disabled, on_click=action, args=args)


def _add_controls(spec: NetworkSpec) -> None:
    with st.container(horizontal=True, vertical_alignment="bottom", key="design.adding"):
        kind = st.selectbox(
            "New layer",
            list(LAYER_KINDS),
            list(LAYER_KINDS).index("conv2d"),
            key=KIND_KEY,
            format_func=lambda name: LAYER_KINDS[name].title,
        )
        st.button(
            "Add below",
            key="design.add",
            icon=":material/add:",
            disabled=len(spec.layers) >= MAX_LAYERS,
            help="The new layer comes after the one that is chosen in the list.",
            on_click=_add,
            args=(kind,),
        )


def _own_controls(spec: NetworkSpec, index: int, problem: Problem | None) -> None:
    layer = spec.layers[index]
    complaint = None
    if problem is not None and problem.layer_index == index:
        complaint = Complaint(problem.field, lambda: _say(spec, problem))
    with st.container(border=True, key="design.own"):
        st.markdown(f"**{spec.layer_names[index]}: {layer.title.lower()}**")
        st.caption(str(layer.__doc__).partition("\n")[0])
        names = [f.name for f in fields(layer)]  # type: ignore[arg-type]
        record_controls(layer, names, f"design.own.{layer.kind}.", _set_field, complaint)
    if problem is not None and problem.layer_index != index:
        # Nobody is taken away from the layer they work on: the trouble is said here, and cured or reached from here.
        _say(spec, problem, is_elsewhere=True)


def _say(spec: NetworkSpec, problem: Problem, *, is_elsewhere: bool = False) -> None:
    index, layer = problem.layer_index, spec.layers[problem.layer_index]
    name = spec.layer_names[index]
    st.error(f"**{name}:** {problem.message}" if is_elsewhere else problem.message)
    with st.container(horizontal=True):
        if problem.nearest is not None and domain_of(layer, problem.field).admits(problem.nearest):
            label = presentation_of(layer, problem.field).label.lower()
            st.button(
                f"Set {label} to {problem.nearest}",
                key="design.repair",
                on_click=_set_field_of,
                args=(index, problem.field, problem.nearest),
            )
        elif _is_cured(_with_layers(spec, *spec.layers[:index], Flatten(), *spec.layers[index:]), index):
            st.button("Put a flatten layer before it", key="design.flatten", on_click=_flatten_before, args=(index,))
        if len(spec.layers) > 1:
            st.button(f"Remove {name}", key="design.remove_bad", on_click=_remove, args=(index,))
        if is_elsewhere:
            st.button(f"Go to {name}", key="design.go_there", on_click=select_layer, args=(index,))


def _is_cured(spec: NetworkSpec | None, index: int) -> bool:
    problem = find_problem(spec) if spec is not None else None
    return spec is not None and (problem is None or problem.layer_index > index + 1)


def _with_layers(spec: NetworkSpec, *layers: Layer) -> NetworkSpec | None:
    return replace(spec, layers=layers) if 1 <= len(layers) <= MAX_LAYERS else None


def _put(layers: list[Layer], selected: int) -> None:
    state.set_network(replace(state.network(), layers=tuple(layers)))
    select_layer(selected)


def _set_field(name: str, value: Any) -> None:
    _set_field_of(selected_layer(), name, value)


def _set_field_of(index: int, name: str, value: Any) -> None:
    layers = list(state.network().layers)
    change: dict[str, Any] = {name: value}
    layers[index] = replace(layers[index], **change)  # type: ignore[type-var]
    _put(layers, selected_layer())


def _move(source: int, target: int) -> None:
    layers = list(state.network().layers)
    layers.insert(target, layers.pop(source))
    _put(layers, target)


def _duplicate(index: int) -> None:
    layers = list(state.network().layers)
    layers.insert(index + 1, layers[index])
    _put(layers, index + 1)


def _remove(index: int) -> None:
    layers = list(state.network().layers)
    del layers[index]
    _put(layers, max(index - 1, 0))


def _flatten_before(index: int) -> None:
    layers = list(state.network().layers)
    layers.insert(index, Flatten())
    _put(layers, index)


def _add(kind: str) -> None:
    layers, index = list(state.network().layers), selected_layer()
    layers.insert(index + 1, LAYER_KINDS[kind]())
    _put(layers, index + 1)
