"""The controls of a network's design: one part of it at a time, its problem beside the control that caused it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

import streamlit as st

from cnn_core.architecture.design import (
    MAX_BLOCKS,
    MAX_DENSE_LAYERS,
    ConvBlock,
    DenseBlock,
    DesignProblem,
    NetworkDesign,
    find_design_problem,
)
from cnn_core.architecture.fields import Choice, Fraction, WholeNumber, YesNo, domain_of
from cnn_core.architecture.presets import PRESETS
from cnn_core.architecture.spec import shape_text
from cnn_core.data.registry import DATASETS
from cnn_core.training.settings import settings_for
from dashboard import state

KEY = "design."
PART_KEY = "design.part"
SHOWN_PROBLEM = "design.shown_problem"
FILTER_STEPS = (1, 2, 4, 6, 8, 12, 16, 24, 32, 48, 64, 96, 128, 192, 256)
UNIT_STEPS = (2, 4, 8, 16, 32, 64, 84, 120, 128, 256, 512, 1024, 2048)
LARGEST_WINDOW = 11

LABELS = {
    "filters": ("Filters", "How many filters the convolution learns. Each makes one feature map."),
    "kernel_size": ("Kernel size", "Side of the square patch that a filter looks at, in pixels."),
    "stride": ("Stride", "How many pixels the kernel moves each time. 2 halves height and width."),
    "padding": ("Padding", "“same” adds zeros around the image so that it keeps its size; “valid” adds nothing."),
    "activation": ("Activation", "The function applied to every number that the layer computes."),
    "has_batch_norm": ("Batch norm", "Bring each channel to mean 0 and variance 1 before the activation."),
    "pooling": ("Pooling", "What to keep of each patch: its largest, its average or its smallest number."),
    "pool_size": ("Pool size", "Side of the square patch that becomes one number, in pixels."),
    "pool_stride": ("Pool stride", "How many pixels the patch moves each time."),
    "dropout": ("Dropout", "Share of the numbers that are set to zero at random while training."),
    "units": ("Units", "How many numbers the layer computes; each is connected with all that come in."),
}
OUTPUT_LABELS = {
    "softmax": "softmax: probabilities",
    "logits": "logits: the numbers before softmax",
    "sigmoid": "sigmoid: one probability, for two classes",
}


def preset_controls() -> None:
    """Choose a ready-made network to begin with."""
    key = state.seed_widget("preset.slug", state.preset_slug())
    st.selectbox(
        "Begin with",
        list(PRESETS),
        format_func=lambda slug: PRESETS[slug].title,
        key=key,
        on_change=_take_preset,
    )
    st.caption(PRESETS[state.preset_slug()].teaches)


def design_controls() -> None:
    """Edit the session's design: how many blocks and dense layers, and one of them in detail."""
    design = state.design()
    problem = find_design_problem(design)
    counts = st.columns(2)
    with counts[0]:
        _slider("blocks", "Convolution blocks", len(design.blocks), 0, MAX_BLOCKS, _set_block_count)
    with counts[1]:
        _slider("dense", "Dense layers", len(design.dense), 0, MAX_DENSE_LAYERS, _set_dense_count)
    parts = _part_names(design)
    if problem is not None and state.choice(SHOWN_PROBLEM, None) != problem:
        # Go to where the trouble is once, when it appears; afterwards the person may look elsewhere.
        state.put_widget(PART_KEY, _part_of(problem))
    state.set_choice(SHOWN_PROBLEM, problem)
    state.seed_widget(PART_KEY, state.choice(PART_KEY, parts[0]))
    if state.widget_value(PART_KEY) not in parts:
        state.put_widget(PART_KEY, parts[0])
    part = st.segmented_control("Part to change", parts, key=PART_KEY, required=True, wrap=True)
    state.set_choice(PART_KEY, part)
    here = problem if problem is not None and _part_of(problem) == part else None
    with st.container(border=True):
        group, _, number = str(part).partition(" ")
        if group == "Block":
            _record_controls("blocks", int(number) - 1, _CONV_ROWS, here)
        elif group == "Dense":
            _record_controls("dense", int(number) - 1, _DENSE_ROWS, here)
        else:
            _ends_controls(design, here)
    if problem is not None and here is None:
        _say_problem(problem)


_CONV_ROWS = (
    ("filters", "kernel_size"),
    ("stride", "padding"),
    ("activation", "pooling"),
    ("pool_size", "pool_stride"),
    ("dropout", "has_batch_norm"),
)
_DENSE_ROWS = (("units", "activation"), ("dropout",))


def _record_controls(group: str, index: int, rows: tuple[tuple[str, ...], ...], problem: DesignProblem | None) -> None:
    record = getattr(state.design(), group)[index]
    for names in rows:
        if names == ("pool_size", "pool_stride") and record.pooling == "none":
            continue
        for column, name in zip(st.columns(2), names, strict=False):
            with column:
                _field_control(group, index, record, name)
        if problem is not None and problem.field in names:
            _say_problem(problem)
    if problem is not None and problem.field not in {name for names in rows for name in names}:
        _say_problem(problem)


def _field_control(group: str, index: int, record: ConvBlock | DenseBlock, name: str) -> None:
    label, explanation = LABELS[name]
    value = getattr(record, name)
    domain = domain_of(record, name)
    key = state.seed_widget(f"{KEY}{group}.{index}.{name}", value)
    shared: dict[str, Any] = {
        "key": key,
        "help": explanation,
        "on_change": state.when_changed(key, partial(_set_field, group, index, name)),
    }
    if isinstance(domain, YesNo):
        st.toggle(label, **shared)
    elif isinstance(domain, Choice):
        st.selectbox(label, domain.options, format_func=choice_name, **shared)
    elif name in ("filters", "units"):
        steps = FILTER_STEPS if name == "filters" else UNIT_STEPS
        st.select_slider(label, sorted({*steps, value}), format_func=lambda n: f"{n:,}", **shared)
    elif isinstance(domain, WholeNumber):
        most = max(value, min(domain.high, LARGEST_WINDOW))
        st.slider(label, domain.low, most, **shared)
    elif isinstance(domain, Fraction):
        st.slider(label, domain.low, domain.high, step=0.05, **shared)


def _ends_controls(design: NetworkDesign, problem: DesignProblem | None) -> None:
    shapes = _input_shapes(design)
    key = state.seed_widget(f"{KEY}ends.input_shape", shape_text(design.input_shape))
    st.selectbox(
        "Image size",
        list(shapes),
        key=key,
        format_func=lambda text: f"{text}{_users_of(shapes[text])}",
        help="Height × width × channels. One channel is grey, three are red, green and blue.",
        on_change=state.when_changed(key, lambda text: _change(input_shape=shapes[text])),
    )
    columns = st.columns(2)
    with columns[0]:
        _slider("ends.class_count", "Classes", design.class_count, 2, max(20, design.class_count), _set_class_count)
    with columns[1]:
        output_key = state.seed_widget(f"{KEY}ends.output", design.output)
        options = [name for name in OUTPUT_LABELS if name != "sigmoid" or design.class_count == 2]
        st.selectbox(
            "Output",
            options,
            format_func=OUTPUT_LABELS.__getitem__,
            key=output_key,
            help="What the last layer says about each class.",
            on_change=state.when_changed(output_key, lambda output: _change(output=output)),
        )
    if problem is not None:
        _say_problem(problem)


def _say_problem(problem: DesignProblem) -> None:
    st.error(f"**{_part_of(problem)}:** {problem.message}")
    if problem.nearest is not None and problem.field in LABELS:
        st.button(
            f"Set {LABELS[problem.field][0].lower()} to {problem.nearest}",
            key="design.repair",
            on_click=_repair,
            args=(problem,),
        )


def _slider(name: str, label: str, value: int, low: int, high: int, setter: Callable[[int], None]) -> None:
    key = state.seed_widget(f"{KEY}{name}", value)
    st.slider(label, low, high, key=key, on_change=state.when_changed(key, setter))


def _part_names(design: NetworkDesign) -> list[str]:
    blocks = [f"Block {index + 1}" for index in range(len(design.blocks))]
    dense = [f"Dense {index + 1}" for index in range(len(design.dense))]
    return [*blocks, *dense, "Ends"]


def _part_of(problem: DesignProblem) -> str:
    names = {"blocks": f"Block {problem.place.index + 1}", "dense": f"Dense {problem.place.index + 1}"}
    return names.get(problem.place.group, "Ends")


def choice_name(value: str) -> str:
    """Write a setting's word as people read it: `leaky_relu` as leaky ReLU."""
    known = {"relu": "ReLU", "leaky_relu": "leaky ReLU", "elu": "ELU", "gelu": "GELU", "silu": "SiLU"}
    return known.get(value, value)


def _input_shapes(design: NetworkDesign) -> dict[str, tuple[int, int, int]]:
    shapes = [entry.image_shape for entry in DATASETS.values()]
    shapes += [preset.design.input_shape for preset in PRESETS.values()]
    return {shape_text(shape): shape for shape in (*shapes, design.input_shape)}


def _users_of(shape: tuple[int, int, int]) -> str:
    titles = [entry.title for entry in DATASETS.values() if entry.image_shape == shape]
    return f" ({', '.join(titles)})" if titles else ""


def _change(**changes: Any) -> None:
    state.set_design(replace(state.design(), **changes))


def _set_field(group: str, index: int, name: str, value: Any) -> None:
    records = list(getattr(state.design(), group))
    records[index] = replace(records[index], **{name: value})
    _change(**{group: tuple(records)})


def _set_block_count(count: int) -> None:
    blocks = list(state.design().blocks[:count])
    while len(blocks) < count:
        last = blocks[-1] if blocks else ConvBlock(filters=8)
        blocks.append(replace(last, filters=min(2 * last.filters, 128)) if blocks else last)
    state.forget_widgets(f"{KEY}blocks.")
    _change(blocks=tuple(blocks))


def _set_dense_count(count: int) -> None:
    dense = list(state.design().dense[:count])
    dense += [DenseBlock()] * (count - len(dense))
    state.forget_widgets(f"{KEY}dense.")
    _change(dense=tuple(dense))


def _set_class_count(count: int) -> None:
    output = state.design().output
    is_lost = output == "sigmoid" and count != 2
    if is_lost:
        state.forget_widgets(f"{KEY}ends.output")
    _change(class_count=count, output="softmax" if is_lost else output)


def _repair(problem: DesignProblem) -> None:
    place = problem.place
    state.put_widget(f"{KEY}{place.group}.{place.index}.{problem.field}", problem.nearest)
    _set_field(place.group, place.index, problem.field, problem.nearest)


def _take_preset() -> None:
    slug = state.widget_value("preset.slug")
    state.set_preset_slug(slug)
    state.set_design(PRESETS[slug].design)
    state.forget_widgets(KEY)
    state.set_settings(settings_for(PRESETS[slug], state.settings()))
    state.forget_widgets("settings.")
