"""Rules on what a network says at its end: one number for each class, free or as shares of one."""

from __future__ import annotations

from collections.abc import Iterator
from math import exp, inf

from cnn_core.architecture.advice.base import Advice, Case, likewise, own_activation, percent
from cnn_core.architecture.layers.base import activation_words, some
from cnn_core.architecture.spec import shape_text

RANGES = {"relu": (0.0, inf), "sigmoid": (0.0, 1.0), "tanh": (-1.0, 1.0)}
"""Functions that logits must not go through, and between which numbers they keep them. The others let large numbers of
one sign through whole, and those of the other sign at least a little."""

EFFECTS = {
    "relu": "cuts off what is below 0",
    "sigmoid": "keeps it between 0 and 1",
    "tanh": "keeps it between −1 and 1",
}


def outputs_fit_classes(case: Case) -> Iterator[Advice]:
    """One number for each class; for two classes one sigmoid will do."""
    last = len(case.rows) - 1
    shape = case.rows[last].output_shape
    if len(shape) == 3:
        yield Advice(
            "outputs-and-classes",
            f"The network ends in feature maps of {shape_text(shape)}, not in a list with one number for each class: "
            "let a flatten or global pooling layer and a dense layer follow.",
            "What a network says about an image is a list of numbers, one for each class; the largest is its guess.",
            "output-and-classes",
            last,
        )
        return
    units, classes = shape[0], case.class_count
    if classes is None or units == classes:
        return
    if units == 1 and classes == 2:
        yield from _one_unit_for_two_classes(case)
    elif units < classes:
        missing = "one class" if classes - units == 1 else f"{classes - units:,} classes"
        yield Advice(
            "outputs-and-classes",
            f"The network gives {some(units, 'number')} and there are {classes:,} classes: {missing} can never be its "
            f"guess. Let its last dense layer have {_units_for(classes)}.",
            "The guess is the class with the largest number, so every class needs a number of its own.",
            "output-and-classes",
            _last_kernel(case),
        )
    else:
        idle = "one number belongs" if units - classes == 1 else f"{units - classes:,} numbers belong"
        yield Advice(
            "outputs-and-classes",
            f"The network gives {units:,} numbers and there are {classes:,} classes: {idle} to no class. "
            f"Let its last dense layer have {_units_for(classes)}.",
            "No image ever has such a class, so all that training teaches these units is to be silent.",
            "output-and-classes",
            _last_kernel(case),
        )


def _units_for(classes: int) -> str:
    return "one unit with a sigmoid, or 2 units" if classes == 2 else f"{classes:,} units"


def _one_unit_for_two_classes(case: Case) -> Iterator[Advice]:
    last = _last_kernel(case)
    final = case.activations(last)[-1:]
    if final in (("sigmoid",), ("softmax",)):  # a softmax over one number has a rule of its own
        return
    yield Advice(
        "outputs-and-classes",
        "The network gives one number for two classes: end in a sigmoid, or take 2 units.",
        "A sigmoid makes the number the probability of one class; what is missing to 1 is that of the other.",
        "output-and-classes",
        last,
    )


def bounded_logits(case: Case) -> Iterator[Advice]:
    """The numbers for the classes go through a function that takes away what tells classes apart."""
    last, shape = _last_kernel(case), case.rows[-1].output_shape
    names = case.activations(last)
    probability = "sigmoid" if shape == (1,) else "softmax"
    has_probability = names[-1:] == (probability,)
    logits = names[:-1] if has_probability else names
    if len(shape) == 3 or not logits or logits[-1] not in RANGES or (shape == (1,) and not has_probability):
        return
    name = logits[-1]
    before = f" before the {probability}" if has_probability else ""
    yield Advice(
        "bounded-logits",
        f"Each number for a class goes through {activation_words(name)}{before}, which {EFFECTS[name]}: "
        "take that away.",
        _bounded_reason(name, shape[0]),
        "logits",
        last,
    )


def _bounded_reason(name: str, units: int) -> str:
    low, high = RANGES[name]
    if units == 1:
        least, most = 1 / (1 + exp(-low)), 1 / (1 + exp(-high))
        return f"The sigmoid then says {percent(least)} at least and {percent(most)} at most, whatever the image."
    if high == inf:
        return (
            "A number below 0 says that a class is unlikely. Where it is cut off, nothing is learned from it either: "
            "the gradient of a ReLU is 0 there."
        )
    most = exp(high - low) / (exp(high - low) + units - 1)
    return (
        "Softmax, or the loss in its place, makes probabilities of these numbers. As no two of them can be further "
        f"apart than {high - low:.0f}, no class ever gets more than {percent(most)}."
    )


def softmax_over_one(case: Case) -> Iterator[Advice]:
    """A softmax over one number is always 1."""
    found = [index for index in _softmaxes(case) if case.rows[index].output_shape[-1] == 1]
    if found:
        what = "unit" if len(case.rows[found[0]].output_shape) == 1 else "channel"
        yield Advice(
            "softmax-over-one",
            f"The softmax of {case.name(found[0])}{likewise([case.name(i) for i in found[1:]])} has a single {what}: "
            "it says 1, whatever the image. For two classes take a sigmoid, or 2 units.",
            "Softmax divides each number's exponential by the sum of them all. With one number that is itself divided "
            "by itself, and its gradient is 0: nothing before it ever learns.",
            "softmax",
            found[0],
        )


def softmax_in_the_middle(case: Case) -> Iterator[Advice]:
    """A softmax belongs at the end: what comes after it sees shares only."""
    softmaxes = [index for index in _softmaxes(case) if case.rows[index].output_shape[-1] > 1]
    last = max((index for index, row in enumerate(case.rows) if row.parameters), default=-1)
    found = [index for index in softmaxes if index < last]
    if found:
        shape = case.rows[found[0]].output_shape
        numbers = f"{shape[-1]:,} numbers" if len(shape) == 1 else f"{shape[-1]:,} numbers at each place"
        yield Advice(
            "softmax-in-the-middle",
            f"{case.name(found[0])}{likewise([case.name(i) for i in found[1:]])} ends in a softmax, but "
            f"{case.name(last)} is still to come: its {numbers} are made to sum to 1, {1 / shape[-1]:.3g} each on "
            "average. Take ReLU there, and a softmax at the very end only.",
            "After a softmax one number can grow only where others shrink, and how strong the features were is lost. "
            "That is right for probabilities of classes, and a narrow gate for features.",
            "softmax",
            found[0],
        )


def softmax_twice(case: Case) -> Iterator[Advice]:
    """A softmax of a softmax makes all classes nearly equal."""
    last = max((index for index, row in enumerate(case.rows) if row.parameters), default=-1)
    at_the_end = [index for index in _softmaxes(case) if index >= last and case.rows[index].output_shape[-1] > 1]
    if len(at_the_end) > 1:
        first, second = at_the_end[:2]
        classes = case.rows[second].output_shape[-1]
        yield Advice(
            "softmax-twice",
            f"{case.name(second)} is a softmax of the softmax of {case.name(first)}: with {classes:,} classes none can "
            f"get more than {percent(exp(1) / (exp(1) + classes - 1))}. Leave one of them out.",
            "What comes out of the first softmax lies between 0 and 1, so that the second finds them all much alike.",
            "softmax",
            second,
        )


def _softmaxes(case: Case) -> list[int]:
    return [index for index, row in enumerate(case.rows) if own_activation(row.layer) == "softmax"]


def _last_kernel(case: Case) -> int:
    return case.kernels[-1] if case.kernels else len(case.rows) - 1
