"""Exercises that the layers alone decide: shapes, costs, receptive fields."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from cnn_core.architecture.layers import Layer
from cnn_core.architecture.shapes import LayerFigures
from cnn_core.architecture.spec import shape_text
from cnn_core.errors import ClassroomError
from cnn_core.exercises.kinds import exercise_kind
from cnn_core.exercises.layer_words import field_lines, layer_words, shape_lines
from cnn_core.exercises.record import Exercise, listed_words, worked_line
from cnn_core.exercises.subject import Subject
from cnn_core.operations.windows import AxisWindow, Padding

NEW_STRIDES = (1, 2, 3, 4)
NEW_SIZES = (1, 2, 3, 5, 7)
NEW_COUNTS = (2, 3, 4, 5, 6, 8, 10, 12, 16, 20, 24, 30, 32, 40, 48, 64, 80, 96, 100, 128, 160, 200, 256)
AS_IT_IS_SHARE = 0.4
"""So often costs are asked for of the layer as it is, else with another number of filters or units."""

STRIDE_SHARE = 0.5
"""So many of the changes are another stride; the rest are other sizes and paddings."""

_PADDING_WORDS = {"same": "same padding", "valid": "no padding"}

Rows = tuple[LayerFigures, ...]


def _needs(rows: Callable[[Subject], Rows], sentence: str) -> Callable[[Subject], str]:
    return lambda subject: "" if rows(subject) else sentence


def _one_of(rows: Rows, rng: np.random.Generator, sentence: str) -> LayerFigures:
    if not rows:
        raise ClassroomError(sentence, "Choose another network, or another kind of question.")
    return rows[rng.integers(len(rows))]


def _shaping_rows(subject: Subject) -> Rows:
    def is_shaping(layer: Layer, row: LayerFigures) -> bool:
        return bool(layer.windows()) or row.output_shape != row.input_shape or hasattr(layer, "units")

    return tuple(row for row in subject.figures.layers if is_shaping(row.layer, row))


def _learning_rows(subject: Subject) -> Rows:
    return tuple(row for row in subject.figures.layers if row.parameters)


def _multiplying_rows(subject: Subject) -> Rows:
    return tuple(row for row in subject.figures.layers if row.multiply_adds)


def _sliding_rows(subject: Subject) -> Rows:
    return tuple(row for row in subject.figures.layers if row.layer.windows())


def _seeing_rows(subject: Subject) -> Rows:
    """Layers with a window whose view is bounded; where there are several, not the first: its answer is the window."""
    rows = tuple(row for row in _sliding_rows(subject) if row.fields is not None)
    return rows[1:] or rows


_NO_SHAPE = "No layer of this network changes the shape."
_NO_WEIGHTS = "No layer of this network has weights."
_NO_WINDOW = "No window slides over the image in this network."


@dataclass(frozen=True)
class _Change:
    """A layer as it would be, were one setting otherwise.

    Args:
        setting: Which one, as `"stride"`.
        words: What would be otherwise, to go after “suppose”; `""` where nothing is.
        layer: The layer with that setting.
    """

    setting: str
    words: str
    layer: Layer

    @property
    def sentence(self) -> str:
        """The change as a sentence behind others; nothing where there is none."""
        return f" Suppose {self.words}, and all else stayed." if self.words else ""

    @property
    def does(self) -> str:
        """The word of a question about what is, or what would be."""
        return "would" if self.words else "does"


def _other_size(subject: Subject, row: LayerFigures, rng: np.random.Generator) -> _Change:
    """Take a layer as it is, or with another number of filters or units: layers are few, and neighbours many."""
    setting = next((name for name in ("filters", "units") if hasattr(row.layer, name)), "")
    if not setting or row.name == subject.figures.layers[-1].name or rng.random() < AS_IT_IS_SHARE:
        return _Change("", "", row.layer)
    old = getattr(row.layer, setting)
    sizes = [size for size in NEW_COUNTS if old / 4 <= size <= 4 * old and size != old]
    if not sizes:
        return _Change("", "", row.layer)
    new = sizes[rng.integers(len(sizes))]
    changed: Layer = replace(row.layer, **{setting: new})  # type: ignore[type-var]
    return _Change(setting, f"“{row.name}” had {new} {setting} instead of {old}", changed)


@exercise_kind("output-shape", "Output shape", _needs(_shaping_rows, _NO_SHAPE))
def output_shape(subject: Subject, rng: np.random.Generator) -> Exercise:
    """Ask for the shape of what a layer gives out."""
    row = _one_of(_shaping_rows(subject), rng, _NO_SHAPE)
    return Exercise(
        kind="output-shape",
        name=f"output-shape:{row.name}",
        given=layer_words(row.name, row.layer, row.input_shape),
        question=f"What shape comes out{', height × width × channels' if row.layer.windows() else ''}?",
        answer_kind="shape",
        answer=row.output_shape,
        worked=shape_lines(row.layer, row.input_shape),
    )


@exercise_kind("parameters", "Parameter count", _needs(_learning_rows, _NO_WEIGHTS))
def parameters(subject: Subject, rng: np.random.Generator) -> Exercise:
    """Ask for the number of a layer's weights."""
    row = _one_of(_learning_rows(subject), rng, _NO_WEIGHTS)
    change = _other_size(subject, row, rng)
    formula = change.layer.parameters(row.input_shape)
    now, total = row.parameters, subject.figures.parameters
    share = f"{_share(now / total)} of the whole network’s {total:,}"
    return Exercise(
        kind="parameters",
        name=f"parameters:{row.name}:{change.words}",
        given=layer_words(row.name, row.layer, row.input_shape) + change.sentence,
        question=f"How many parameters {change.does} this layer have, biases included?",
        answer_kind="number",
        answer=formula.value,
        unit="parameters",
        worked=(worked_line("Parameters", formula),),
        remark=f"As it is, it has {now:,}: {share}." if change.words else f"That is {share}.",
    )


@exercise_kind("multiply-adds", "Multiply-adds", _needs(_multiplying_rows, _NO_WEIGHTS))
def multiply_adds(subject: Subject, rng: np.random.Generator) -> Exercise:
    """Ask for the cost of a layer."""
    row = _one_of(_multiplying_rows(subject), rng, _NO_WEIGHTS)
    change = _other_size(subject, row, rng)
    formula = change.layer.multiply_adds(row.input_shape)
    now, total = row.multiply_adds, subject.figures.multiply_adds
    gives = f" It gives {shape_text(row.output_shape)}." if row.layer.windows() else ""
    share = f"{_share(now / total)} of the whole network’s {total:,}"
    return Exercise(
        kind="multiply-adds",
        name=f"multiply-adds:{row.name}:{change.words}",
        given=layer_words(row.name, row.layer, row.input_shape) + gives + change.sentence,
        question=f"How often {change.does} it multiply a number by a weight, for one image?",
        answer_kind="number",
        answer=formula.value,
        unit="multiply-adds",
        worked=(worked_line("Multiply-adds", formula),),
        remark=f"As it is, it takes {now:,}: {share}." if change.words else f"That is {share}.",
    )


@exercise_kind("what-if", "What if", _needs(_sliding_rows, _NO_WINDOW))
def what_if(subject: Subject, rng: np.random.Generator) -> Exercise:
    """Ask what another stride, size or padding of a layer would do to the shape."""
    row = _one_of(_sliding_rows(subject), rng, _NO_WINDOW)
    changes = list(_changes(row))
    strides = [change for change in changes if change.setting == "stride"]
    others = [change for change in changes if change.setting != "stride"]
    some = (strides if rng.random() < STRIDE_SHARE else others) or changes
    change = some[rng.integers(len(some))]
    output = change.layer.output_shape(row.input_shape)
    is_same = output == row.output_shape
    return Exercise(
        kind="what-if",
        name=f"what-if:{row.name}:{change.words}",
        given=layer_words(row.name, row.layer, row.input_shape) + change.sentence,
        question="What shape would come out, height × width × channels?",
        answer_kind="shape",
        answer=output,
        worked=shape_lines(change.layer, row.input_shape),
        remark="That is what comes out as it is, too." if is_same else f"Now it is {shape_text(row.output_shape)}.",
    )


def _changes(row: LayerFigures) -> Iterator[_Change]:
    """Go through what could be otherwise in a layer with windows. Another stride always fits."""
    window, layer = row.layer.windows()[0], row.layer
    size = f"{window.height}×{window.width}"
    square = [name for name in ("kernel_height", "kernel_width", "kernel_size", "pool_size") if hasattr(layer, name)]
    what = "patches" if "pool_size" in square else "kernels"
    candidates: list[tuple[str, str, dict[str, Any]]] = [
        ("stride", f"the stride of “{row.name}” were {new} instead of {window.stride}", {"stride": new})
        for new in NEW_STRIDES
    ]
    candidates += [
        ("size", f"the {what} of “{row.name}” were {new}×{new} instead of {size}", dict.fromkeys(square, new))
        for new in NEW_SIZES
    ]
    if hasattr(layer, "padding"):
        other = "valid" if layer.padding == "same" else "same"
        words = f"“{row.name}” had {_PADDING_WORDS[other]} instead of {_PADDING_WORDS[layer.padding]}"
        candidates.append(("padding", words, {"padding": other}))
    for setting, words, settings in candidates:
        changed: Layer = replace(layer, **settings)  # type: ignore[type-var]
        if changed != layer and changed.misfit(row.input_shape) is None:
            yield _Change(setting, words, changed)


@exercise_kind("receptive-field", "Receptive field", _needs(_seeing_rows, _NO_WINDOW))
def receptive_field(subject: Subject, rng: np.random.Generator) -> Exercise:
    """Ask how much of the image a number deep inside depends on."""
    row = _one_of(_seeing_rows(subject), rng, _NO_WINDOW)
    rows = subject.figures.layers
    until = rows[: rows.index(row) + 1]
    assert row.fields is not None
    windows = [f"“{one.name}” ({_window_words(one.layer)})" for one in until if one.layer.windows()]
    return Exercise(
        kind="receptive-field",
        name=f"receptive-field:{row.name}",
        given=f"These windows slide over the image one after the other: {listed_words(windows)}.",
        question=f"How many pixels high is the part of the image that one number of “{row.name}” depends on, "
        "far from the edge?",
        answer_kind="number",
        answer=row.fields[0].size,
        unit="pixels",
        worked=field_lines(until),
        remark="The jump is how many pixels of the image lie between two neighbouring numbers: every stride multiplies "
        "it.",
    )


def _window_words(layer: Layer) -> str:
    parts = []
    for window in layer.windows():
        dilation = f", dilation {window.dilation_rate}" if window.dilation_rate > 1 else ""
        parts.append(f"{window.height}×{window.width}, stride {window.stride}{dilation}")
    return ", then ".join(parts)


@exercise_kind("conv-size", "Size without a network")
def conv_size(subject: Subject, rng: np.random.Generator) -> Exercise:
    """Ask for the size of a feature map, of numbers drawn at random; the network does not matter."""
    while True:
        kernel = int(rng.integers(2, 8))
        stride = int(rng.integers(1, 5))
        dilation = 2 if stride == 1 and rng.random() < 0.25 else 1
        paddings: tuple[Padding, ...] = ("valid", "same", 1, 2, 3)
        padding = paddings[rng.integers(len(paddings))]
        window = AxisWindow(int(rng.integers(6, 65)), kernel, stride, dilation, padding, axis=0)
        if window.fits and (padding in ("valid", "same") or int(padding) < kernel):
            break
    around = {"valid": "no padding", "same": "same padding"}.get(
        str(padding), f"{padding} {'row' if padding == 1 else 'rows'} of zeros added on each side"
    )
    apart = f", dilation {dilation}" if dilation > 1 else ""
    return Exercise(
        kind="conv-size",
        name=f"conv-size:{window.size}:{kernel}:{stride}:{dilation}:{padding}",
        given=f"A kernel of {kernel}×{kernel} slides over an image of {window.size}×{window.size} pixels: stride "
        f"{stride}{apart}, {around}.",
        question="How many numbers high is the feature map?",
        answer_kind="number",
        answer=window.places,
        unit="numbers",
        worked=(worked_line("Output height", window.formula),),
        remark=f"The feature map is {window.places}×{window.places}.",
    )


def _share(share: float) -> str:
    return "under 1\N{NO-BREAK SPACE}%" if share < 0.01 else f"{100 * share:.0f}\N{NO-BREAK SPACE}%"
