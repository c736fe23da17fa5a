"""The answers against what Keras itself says of the built network."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from cnn_core.architecture.shapes import network_figures
from cnn_core.architecture.spec import NetworkSpec
from cnn_core.data.registry import load_dataset
from cnn_core.exercises import Exercise, Subject, ask_about, make_exercise, see_images, subject_of
from cnn_core.networks import starter_network
from tests.cnn_core.exercises.test_arithmetic import MANY

pytestmark = pytest.mark.slow
SEEDS = range(8)


@pytest.fixture(scope="module")
def build() -> Any:
    """Late, so that collecting these tests does not wait for TensorFlow."""
    from cnn_core.architecture.build import build_model

    return build_model


@pytest.fixture(scope="module")
def starter() -> Subject:
    """The starter network, which has looked at some digits."""
    from cnn_core.inspection.probe import NetworkProbe

    network, test = starter_network(), load_dataset("digits").test
    probe, images = NetworkProbe(network.spec, network.weights), test.images[:300]
    names = tuple(str(label) for label in test.labels[:300])
    return see_images(subject_of(network), probe, images, names, ask_about(probe, images))


def summary(model: Any) -> dict[str, tuple[tuple[int, ...], int]]:
    """Shape and parameters of each layer, as Keras prints them."""
    lines: list[str] = []  # Keras breaks lines that are wider than a terminal of 80 columns
    model.summary(line_length=80, print_fn=lambda text, **_: lines.extend(text.splitlines()))
    found = {}
    for line in lines:
        cells = re.findall(r"^│ (\S+) \(.*?\) +│ \(None, ([\d, ]+?),?\) +│ +([\d,]+) ", line)
        for name, shape, parameters in cells:
            found[name] = tuple(int(size) for size in shape.split(",")), int(parameters.replace(",", ""))
    return found


def as_asked(exercise: Exercise, spec: NetworkSpec) -> tuple[str, NetworkSpec]:
    """The network up to the layer that is asked about, with what is supposed to be otherwise read from the question."""
    _, name, words = (*exercise.name.split(":", 2), "")[:3]
    index = spec.layer_names.index(name)
    layer, numbers = spec.layers[index], re.findall(r"\d+", words.replace(name, ""))
    if "stride" in words:
        layer = replace(layer, stride=int(numbers[0]))  # type: ignore[call-arg]
    elif "padding" in words:
        layer = replace(layer, padding="valid" if "had no padding" in words else "same")  # type: ignore[call-arg]
    elif "filters" in words or "units" in words:
        layer = replace(layer, **{"filters" if "filters" in words else "units": int(numbers[0])})
    elif words:
        sides = [side for side in ("kernel_height", "kernel_width", "kernel_size", "pool_size") if hasattr(layer, side)]
        layer = replace(layer, **dict.fromkeys(sides, int(numbers[0])))
    return name, NetworkSpec(spec.input_shape, (*spec.layers[:index], layer))


@pytest.mark.parametrize("kind", ["output-shape", "parameters"])
def test_shapes_and_counts_are_those_of_the_summary(kind: str, build: Any, starter: Subject) -> None:
    printed = summary(build(starter.spec))
    assert list(printed) == ["image", *starter.spec.layer_names]
    seen = set()
    for seed in range(40):
        exercise = make_exercise(kind, starter, seed)
        _, name, *words = exercise.name.split(":", 2)
        if not any(words):
            assert exercise.marks(str(printed[name][0 if kind == "output-shape" else 1]))
            seen.add(name)
    assert len(seen) > 4


@pytest.mark.parametrize("kind", ["what-if", "output-shape", "parameters"])
def test_what_would_be_otherwise_is_so_in_the_network_that_is_built_so(kind: str, build: Any) -> None:
    subject, names = Subject(MANY, ()), set()
    for seed in SEEDS:
        exercise = make_exercise(kind, subject, seed)
        name, spec = as_asked(exercise, MANY)
        model = build(spec)
        layers = [layer for layer in model.layers if layer.name == name or layer.name.startswith(f"{name}_")]
        if kind == "parameters":
            assert exercise.answer == sum(layer.count_params() for layer in layers)
        else:
            assert exercise.answer == tuple(model.output_shape[1:])
        names.add(exercise.name)
    assert len(names) > 3


def test_the_map_that_is_shown_is_what_keras_makes_with_that_kernel_alone(build: Any, starter: Subject) -> None:
    assert starter.seen is not None
    first = replace(starter.spec.layers[0], filters=1)  # type: ignore[call-arg]
    single = build(NetworkSpec(starter.spec.input_shape, (first,)))
    kernels, bias = starter_network().weights[:2]
    for seed in SEEDS:
        exercise = make_exercise("kernel", starter, seed)
        index, number = map(int, exercise.name.split(":")[1:])
        chosen = np.asarray(exercise.choice_pictures[int(exercise.answer)].values)  # type: ignore[arg-type]
        np.testing.assert_array_equal(chosen, kernels[:, :, 0, number])
        single.set_weights([chosen[:, :, None, None], bias[[number]]])
        made = np.asarray(single(starter.seen.images[[index]].astype(np.float32) / 255))[0, :, :, 0]
        np.testing.assert_allclose(exercise.pictures[1].values, made, atol=1e-4)


def test_the_second_guess_is_that_of_the_built_network(build: Any, starter: Subject) -> None:
    assert starter.seen is not None
    model = build(starter.spec)
    model.set_weights(list(starter_network().weights))
    for seed in SEEDS:
        exercise = make_exercise("second-guess", starter, seed)
        image = starter.seen.images[[int(exercise.name.split(":")[1])]].astype(np.float32) / 255
        order = np.argsort(-np.asarray(model(image))[0])
        assert exercise.answer_text == str(order[1])
        assert f"“{order[0]}”" in exercise.given


def test_multiply_adds_are_those_of_the_network_that_is_asked_about(starter: Subject) -> None:
    """Figures are held against the profiler of TensorFlow in tests/cnn_core/architecture/test_multiply_adds.py."""
    rows = {row.name: row for row in network_figures(starter.spec).layers}
    for seed in range(20):
        exercise = make_exercise("multiply-adds", starter, seed)
        name, spec = as_asked(exercise, starter.spec)
        changed = network_figures(spec).layers[-1]
        assert exercise.answer == changed.multiply_adds
        assert f"{rows[name].multiply_adds:,}" in exercise.remark + exercise.answer_text
