"""What pooling keeps of a feature map, what a shift does to that, and what is lost for good."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import streamlit as st

from cnn_core.errors import ClassroomError
from cnn_core.operations.pooling import (
    Change,
    PoolingKind,
    PoolingPadding,
    PoolingSteps,
    change,
    pool2d,
    pooling_steps,
    shifted,
    shuffled_inside,
)
from cnn_core.operations.windows import AxisWindow
from dashboard.components.pixel_view import Pictures, pixel_view
from dashboard.components.walk_view import walk_view
from dashboard.controls.view_choice import view_choice
from dashboard.lessons.lesson import Lesson, OwnPlace, Task
from dashboard.lessons.pooling_source import IMAGE, SOURCES, PoolingSource, source_controls
from dashboard.lessons.pooling_walk import pooling_walk
from dashboard.palette import Palette
from dashboard.words import percent, some

KINDS: dict[PoolingKind, str] = {"max": "Max", "average": "Average", "min": "Min"}
SIZES = {str(side): f"{side}×{side}" for side in (2, 3, 4)}
STRIDES = {str(step): str(step) for step in (1, 2, 3, 4)}
PADDINGS: dict[PoolingPadding, str] = {"valid": "None", "same": "Same"}
SHUFFLE = "shuffle"
MOVES = {"0": "Not at all", "1": "1 pixel", "2": "2 pixels", "3": "3 pixels", SHUFFLE: "Shuffle in each window"}
MOVED_TILE_PX = 128


@dataclass(frozen=True)
class PoolingSettings:
    """How one pools.

    Args:
        kind: What is kept of each window.
        size: Side of the window.
        stride: How far it moves each time.
        padding: Whether windows hang over the edge.
    """

    kind: PoolingKind
    size: int
    stride: int
    padding: PoolingPadding


@dataclass(frozen=True)
class PoolingSeen:
    """What the person has set, and what came out.

    Args:
        source: What is pooled: one of `SOURCES`.
        settings: How.
        move: What is done to the pixels: by how many they are shifted, or `SHUFFLE`.
        before: How much that changes the input.
        after: How much it changes the pooled map.
    """

    source: str
    settings: PoolingSettings
    move: str
    before: Change
    after: Change


def _stage(palette: Palette) -> PoolingSeen | None:
    chosen = view_choice("What is pooled", "pooling.source", "pooling.source_chosen", SOURCES, next(iter(SOURCES)))
    settings = _settings()
    walk_place, moved_place = st.container(), st.container()
    with st.expander("More: padding and the image"):
        padding = view_choice("Padding", "pooling.padding", "pooling.padding_chosen", PADDINGS, "valid", _PADDING_HELP)
        source = source_controls(chosen)
    if source is None:
        return None
    settings = PoolingSettings(settings.kind, settings.size, settings.stride, padding)
    try:
        steps = pooling_steps(source.values, settings.size, settings.stride, padding, settings.kind)
    except ClassroomError as error:
        walk_place.warning(str(error))
        return None
    with walk_place:
        st.caption(_size_words(source, settings, steps))
        walk_view(pooling_walk(source, steps, settings.kind), "pooling.walk", palette)
    with moved_place:
        return _moved(chosen, source, settings, steps, palette)


_PADDING_HELP = "“Same” lets windows hang over the edge, where nothing is counted; without padding they stay inside."


def _settings() -> PoolingSettings:
    columns = st.columns([5, 4, 4], gap="small")
    help_kind = "One number of each window: the largest (max), the average, or the smallest (min)."
    help_size = "How many pixels one number is made of."
    help_stride = "How many pixels the window moves each time."
    with columns[0]:
        kind = view_choice("Keep", "pooling.kind", "pooling.kind_chosen", KINDS, "max", help_kind)
    with columns[1]:
        size = view_choice("Window", "pooling.size", "pooling.size_chosen", SIZES, "2", help_size)
    with columns[2]:
        stride = view_choice("Stride", "pooling.stride", "pooling.stride_chosen", STRIDES, "2", help_stride)
    return PoolingSettings(kind, int(size), int(stride), "valid")


def _size_words(source: PoolingSource, settings: PoolingSettings, steps: PoolingSteps) -> str:
    """Say what becomes of height and width, with the formula filled in."""
    (height, width), (rows, columns) = source.values.shape, steps.output.shape
    worked = ", ".join(
        f"{AxisWindow(side, settings.size, settings.stride, padding=settings.padding).formula.numbers} = {places}"
        for side, places in dict.fromkeys(((height, rows), (width, columns)))
    )
    return f"{height}×{width} = {height * width:,} numbers become {rows}×{columns} = {rows * columns:,}: {worked}"


def _moved(
    chosen: str, source: PoolingSource, settings: PoolingSettings, steps: PoolingSteps, palette: Palette
) -> PoolingSeen:
    move = view_choice(
        "Shift the input to the right, and compare",
        "pooling.move",
        "pooling.move_chosen",
        MOVES,
        "1",
        "What changes more: the input, or what pooling makes of it? What comes in at the left is 0.",
    )
    is_shuffled = move == SHUFFLE
    moved = shuffled_inside(source.values, settings.size) if is_shuffled else shifted(source.values, int(move))
    pooled = pool2d(moved, settings.size, settings.stride, settings.padding, settings.kind)
    before, after = change(source.values, moved), change(steps.output, pooled)
    word = "shuffled" if is_shuffled else "shifted"
    pairs = (("Input", source.values, moved, before), ("Pooled map", steps.output, pooled, after))
    for column, (name, first, second, found) in zip(st.columns(2, gap="medium"), pairs, strict=True):
        with column:
            st.markdown(f"**{name}**: {_change_words(found)}")
            pixel_view(
                Pictures(np.stack([first, second]), ["as it is", word], source.limits, source.scale),
                f"pooling.moved.{name.split()[0].lower()}",
                palette,
                what=name.lower(),
                columns=2,
                tile_px=MOVED_TILE_PX,
                has_scale_bar=False,
            )
    if is_shuffled and settings.stride != settings.size:
        st.caption(
            f"Windows of {settings.size}×{settings.size} are shuffled, but at stride {settings.stride} the pooling's "
            f"windows are others. At stride {settings.size} they are the same."
        )
    return PoolingSeen(chosen, settings, move, before, after)


def _change_words(found: Change) -> str:
    r"""Say how much has changed, in numbers.

    Example:
        >>> _change_words(Change(31, 196, 0.4))
        '31 of 196 numbers changed, by 40.0\xa0% of their sum'
        >>> _change_words(Change(0, 196, 0.0))
        'none of 196 numbers changed'
    """
    if not found.changed:
        return f"none of {found.count:,} numbers changed"
    share = f", by {percent(found.share)} of their sum" if np.isfinite(found.share) else "; all were 0 before"
    return f"{found.changed:,} of {some(found.count, 'number')} changed{share}"


def _is_steadier(seen: PoolingSeen) -> bool:
    return seen.move == "1" and seen.after.share < seen.before.share / 2


TASKS = (
    Task[PoolingSeen](
        "min",
        "Pool the image, and keep the smallest number of each window (min).",
        lambda seen: seen.source == IMAGE and seen.settings.kind == "min",
        "A window is often wider than a stroke, so nearly every one has something black in it: of a light thing on "
        "black, almost nothing is left. The largest number keeps thin strokes, and thickens them.",
    ),
    Task[PoolingSeen](
        "overlap",
        "Let neighbouring windows overlap, and play.",
        lambda seen: seen.settings.stride < seen.settings.size,
        "The map shrinks less, and one large number wins in several windows: it is written more than once.",
    ),
    Task[PoolingSeen](
        "steady",
        "Find a way of pooling the image or the feature map in which a shift by 1 pixel changes the pooled map less "
        "than half as much as the input, in per cent.",
        lambda seen: seen.source in SOURCES and seen.source != "numbers" and _is_steadier(seen),
        "As long as the largest number stays in its window, what is written stays too. Larger windows forgive larger "
        "shifts; but it is never nothing: what was at a window's edge has gone over to the next one.",
    ),
    Task[PoolingSeen](
        "lost",
        "Shuffle the pixels so that the input changes, and the pooled map does not change at all.",
        lambda seen: seen.move == SHUFFLE and seen.before.changed > 0 and seen.after.changed == 0,
        "This is what pooling loses: where in its window a number stood. Two inputs that look quite different give "
        "one and the same map, and no later layer can tell them apart.",
    ),
)

LESSON = Lesson[PoolingSeen](
    slug="Pooling",
    stage=_stage,
    tasks=TASKS,
    own=OwnPlace("See your network’s maps", "Look_inside", {"inside.view": "maps"}),
)
