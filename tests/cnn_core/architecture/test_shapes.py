"""Sizes, costs and refusals by arithmetic, without Keras: against the loops, and as properties."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from math import prod

import numpy as np
import pytest
from hypothesis import assume, given, settings

from cnn_core.architecture import shapes
from cnn_core.architecture.layers import (
    LAYER_KINDS,
    Activation,
    BatchNormalization,
    Conv2D,
    Dense,
    Dropout,
    Flatten,
    Layer,
    Pooling2D,
    window_output_size,
)
from cnn_core.architecture.shapes import Problem, find_problem, network_figures
from cnn_core.architecture.spec import NetworkSpec
from cnn_core.errors import ClassroomError
from tests.oracles import SMALL, STEADY, Tally, forward, network_specs, window_places

TINY = SMALL | {"filters": 3, "units": 5, "kernel_size": 4}


def weights_of(spec: NetworkSpec) -> list[np.ndarray]:
    """Zeros of the shapes that the network's layers should have; the loops fail where a shape is wrong."""
    weights: list[np.ndarray] = []
    for row in network_figures(spec).layers:
        layer, channels = row.layer, row.input_shape[-1]
        if isinstance(layer, Conv2D):
            weights.append(np.zeros((layer.kernel_size, layer.kernel_size, channels, layer.filters)))
            weights += [np.zeros(layer.filters)] * layer.use_bias
        elif isinstance(layer, Dense):
            weights.append(np.zeros((channels, layer.units)))
            weights += [np.zeros(layer.units)] * layer.use_bias
        elif isinstance(layer, BatchNormalization):
            weights += [np.ones(channels)] * 4
    return weights


def with_value(spec: NetworkSpec, problem: Problem, value: object) -> NetworkSpec:
    """Change the setting that a problem names."""
    layers = list(spec.layers)
    layers[problem.layer_index] = replace(layers[problem.layer_index], **{problem.field: value})  # type: ignore[type-var]
    return NetworkSpec(spec.input_shape, tuple(layers))


def is_solved(spec: NetworkSpec, before: Problem) -> bool:
    """Whether the layer's setting is no longer in the way; a window that fits may still have too many filters."""
    problem = find_problem(spec)
    return problem is None or (problem.layer_index, problem.field) != (before.layer_index, before.field)


def test_arithmetic_never_waits_for_tensorflow() -> None:
    script = (
        "import sys\n"
        "from cnn_core.architecture import design, layers, presets, shapes, spec\n"
        "import tests.oracles\n"
        "sys.exit(sorted({'tensorflow', 'keras'} & sys.modules.keys()) != [])"
    )
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0


@settings(STEADY, max_examples=60)
@given(network_specs(TINY, side=7))
def test_figures_are_those_of_the_loops(spec: NetworkSpec) -> None:
    assume(find_problem(spec) is None)
    figures = network_figures(spec)
    weights = weights_of(spec)
    tally = Tally()
    outputs = forward(spec, weights, np.zeros(spec.input_shape), tally)
    assert [row.output_shape for row in figures.layers] == [output.shape for output in outputs]
    assert [row.input_shape for row in figures.layers[1:]] == [row.output_shape for row in figures.layers[:-1]]
    assert figures.output_shape == outputs[-1].shape
    assert figures.multiply_adds == tally.multiply_adds
    assert figures.parameters == sum(w.size for w in weights)


@pytest.mark.parametrize("padding", ["valid", "same"])
def test_a_window_stops_as_often_as_in_the_loop(padding: str) -> None:
    for size, window, stride in np.ndindex(12, 9, 6):
        places = window_places(size + 1, window + 1, stride + 1, padding)
        assert max(window_output_size(size + 1, window + 1, stride + 1, padding), 0) == len(places)


def test_a_dilated_window_reaches_further() -> None:
    """Dumoulin & Visin 2016, section 5.1: a 3×3 kernel with dilation 2 covers 5×5; over 7×7 it stops 3×3 times."""
    assert window_output_size(7, 3, 1, "valid", dilation_rate=2) == 3


@settings(STEADY, max_examples=500)
@given(network_specs() | network_specs(SMALL, side=16))
def test_what_a_problem_proposes_works_and_is_the_nearest(spec: NetworkSpec) -> None:
    problem = find_problem(spec)
    if problem is None or problem.nearest is None:
        return
    assert isinstance(problem.nearest, int)
    current = getattr(spec.layers[problem.layer_index], problem.field)
    assert 1 <= problem.nearest < current
    assert is_solved(with_value(spec, problem, problem.nearest), problem)
    assert not is_solved(with_value(spec, problem, problem.nearest + 1), problem)


@settings(STEADY, max_examples=200)
@given(network_specs())
def test_a_problem_is_a_sentence_and_figures_refuse_with_it(spec: NetworkSpec) -> None:
    problem = find_problem(spec)
    if problem is None:
        figures = network_figures(spec)
        assert 0 <= figures.trainable_parameters <= figures.parameters <= shapes.MAX_PARAMETERS
        assert figures.multiply_adds <= shapes.MAX_MULTIPLY_ADDS
        assert sum(prod(row.output_shape) for row in figures.layers) <= shapes.MAX_ACTIVATIONS
        assert all(n >= 1 for row in figures.layers for n in row.output_shape)
        return
    assert problem.message[0].isupper()
    assert problem.message.endswith(".")
    assert not problem.field or hasattr(spec.layers[problem.layer_index], problem.field)
    with pytest.raises(ClassroomError) as caught:
        network_figures(spec)
    assert caught.value.problem == problem.message


def test_layers_before_the_problem_are_fine() -> None:
    spec = NetworkSpec((4, 4, 1), (Conv2D(kernel_size=3), Conv2D(kernel_size=3), Conv2D(kernel_size=5)))
    problem = find_problem(spec)
    assert problem is not None
    assert (problem.layer_index, problem.field, problem.nearest) == (1, "kernel_size", 2)
    assert problem.message == (
        "A kernel of 3×3 does not fit into what is left of the image here, 2×2; 2×2 is the largest that does."
    )


@pytest.mark.parametrize(
    ("layers", "index", "words"),
    [
        ((Dense(),), 0, "put a flatten layer before it"),
        ((Flatten(), Conv2D()), 1, "A convolution needs an image"),
        ((Flatten(), Dropout(), Pooling2D()), 2, "Pooling needs an image"),
    ],
)
def test_a_layer_in_the_wrong_place_has_no_field(layers: tuple[Layer, ...], index: int, words: str) -> None:
    problem = find_problem(NetworkSpec((8, 8, 1), layers))
    assert problem is not None
    assert (problem.layer_index, problem.field, problem.nearest) == (index, "", None)
    assert words in problem.message


def test_a_quarter_of_a_billion_units_is_no_layer() -> None:
    with pytest.raises(
        ValueError, match=r"Dense.units must be a whole number from 1 to 8192. Received: units=250000000"
    ):
        Dense(units=250_000_000)


def test_too_many_weights_name_the_number_that_fits() -> None:
    problem = find_problem(NetworkSpec((512, 512, 1), (Flatten(), Dense(units=8192))))
    assert problem == Problem(
        1,
        "units",
        "With this layer (262144 in) the network has 2,147,491,840 parameters; 20,000,000 is the most that this app "
        "builds.",
        20_000_000 // (512 * 512 + 1),
    )


def test_too_much_work_is_refused_although_the_weights_are_few() -> None:
    spec = NetworkSpec((256, 256, 4), (Conv2D(filters=200, kernel_size=15, padding="same", stride=1),))
    problem = find_problem(spec)
    assert problem is not None
    assert "multiply-adds per image" in problem.message
    assert problem.nearest == 2_000_000_000 // (256 * 256 * 15 * 15 * 4)


def test_too_many_numbers_to_hold_are_refused() -> None:
    problem = find_problem(NetworkSpec((512, 512, 1), (Conv2D(filters=100, kernel_size=1),)))
    assert problem is not None
    assert "numbers to hold per image" in problem.message
    assert problem.nearest == 20_000_000 // 512**2


def test_one_number_answers_several_limits_at_once() -> None:
    """The layer has too many weights and does too much work: the proposal keeps both within bounds."""
    start = Conv2D(filters=1000, kernel_size=3, stride=8, padding="same")
    spec = NetworkSpec((400, 400, 1), (start, Conv2D(filters=1000, kernel_size=5, padding="same")))
    problem = find_problem(spec)
    assert problem is not None
    assert isinstance(problem.nearest, int)
    assert is_solved(with_value(spec, problem, problem.nearest), problem)
    assert not is_solved(with_value(spec, problem, problem.nearest + 1), problem)


def test_a_layer_without_size_can_only_be_told_of() -> None:
    layers = (Conv2D(filters=70, kernel_size=1), BatchNormalization(), Activation())
    problem = find_problem(NetworkSpec((512, 512, 1), layers))
    assert problem is not None
    assert (problem.layer_index, problem.field, problem.nearest) == (1, "", None)


def test_every_kind_is_known_by_its_kind_and_numbered_by_its_stem() -> None:
    assert all(kind == record.kind for kind, record in LAYER_KINDS.items())
    assert len({record.name_stem for record in LAYER_KINDS.values()}) == len(LAYER_KINDS)
    spec = NetworkSpec((8, 8, 1), (Conv2D(), Pooling2D(), Conv2D(), Flatten(), Dense(), Dense()))
    assert spec.layer_names == ("conv_1", "pool_1", "conv_2", "flatten_1", "dense_1", "dense_2")
