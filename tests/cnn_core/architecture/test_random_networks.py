"""A thousand random networks, and some hundreds that cannot be built: the arithmetic and the loops against Keras."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import fields
from types import ModuleType
from typing import Any

import numpy as np
import pytest
from hypothesis import Phase, assume, given, settings
from hypothesis import strategies as st

from cnn_core.architecture.fields import Choice, Fraction, WholeNumber, domain_of
from cnn_core.architecture.layers import (
    LAYER_KINDS,
    Conv2D,
    Dense,
    Flatten,
    GlobalPooling2D,
    Layer,
    Pooling2D,
    ResidualBlock,
    SeparableConv2D,
    Shape,
)
from cnn_core.architecture.shapes import Problem, find_problem, network_figures
from cnn_core.architecture.spec import NetworkSpec
from cnn_core.errors import ClassroomError
from tests.oracles import (
    SMALL,
    STEADY,
    WINDOW_MISFITS,
    Tally,
    forward,
    image_shapes,
    misfits,
    network_specs,
    random_weights,
    records,
    weights_by_name,
)

pytestmark = [
    pytest.mark.slow,
    # Keras warns of a softmax over one single number; such networks are pointless but possible.
    pytest.mark.filterwarnings("ignore:You are using a softmax over axis -1:UserWarning"),
]

BRIEF = settings(STEADY, phases=[Phase.generate])
"""Without the search for a smaller failing case, which takes minutes where every case is built in Keras."""

NETWORKS = 1000
REFUSALS = 40
SIDE = 14


class Coverage:
    """What has been drawn: how often each kind of layer, and which values of each of its settings."""

    def __init__(self) -> None:
        self.specs: set[NetworkSpec] = set()
        self.kinds: Counter[type[Layer]] = Counter()
        self.values: defaultdict[tuple[type[Layer], str], set[Any]] = defaultdict(set)

    def add(self, spec: NetworkSpec) -> None:
        self.specs.add(spec)
        for layer in spec.layers:
            self.kinds[type(layer)] += 1
            for f in fields(layer):  # type: ignore[arg-type]
                self.values[type(layer), f.name].add(getattr(layer, f.name))

    def gaps(self, most: Mapping[str, int], least: int) -> list[str]:
        """Name the kinds drawn fewer than `least` times, and the values that no layer had."""
        result = [f"{kind.kind}: {self.kinds[kind]}" for kind in LAYER_KINDS.values() if self.kinds[kind] < least]
        for kind in LAYER_KINDS.values():
            for f in fields(kind):  # type: ignore[arg-type]
                seen = self.values[kind, f.name]
                match domain_of(kind, f.name):
                    case WholeNumber(low, high):
                        missing = set(range(low, min(high, most[f.name]) + 1)) - seen
                    case Choice(options):
                        missing = set(options) - seen
                    case Fraction(low, high):
                        missing = {low, high} if len(seen) < least // 2 else set()
                    case _:
                        missing = {False, True} - seen
                result += [f"{kind.kind}.{f.name}={value}" for value in missing]
        return result


def keras_parts(model: Any, name: str) -> list[Any]:
    """The Keras layers that one layer of a network consists of."""
    return [part for part in model.layers if part.name == name or part.name.startswith(f"{name}_")]


def held_in_keras(layer: Layer, shape: Shape, parts: list[Any]) -> int:
    """Count the numbers of all tensors that a layer computes; Keras hides one of a separable convolution's two."""
    held = sum(int(np.prod(part.output.shape[1:])) for part in parts)
    if isinstance(layer, SeparableConv2D):
        height, width = parts[0].output.shape[1:3]
        held += height * width * shape[2]
    return held


def compare_with_keras(build: ModuleType, keras: Any, spec: NetworkSpec) -> None:
    """Hold all that is claimed of a network against what Keras builds, and its numbers against the loops."""
    figures = network_figures(spec)
    model = build.build_model(spec, seed=len(spec.layers))
    assert model.input_shape == (None, *spec.input_shape)
    assert model.output_shape == (None, *figures.output_shape)
    assert model.count_params() == figures.parameters
    assert sum(int(np.prod(w.shape)) for w in model.trainable_weights) == figures.trainable_parameters
    shape: Shape = spec.input_shape
    for name, row in zip(spec.layer_names, figures.layers, strict=True):
        parts = keras_parts(model, name)
        assert (row.name, row.input_shape) == (name, shape)
        assert parts[-1].name == name
        shape = tuple(parts[-1].output.shape[1:])
        assert row.output_shape == shape
        assert row.parameters == sum(part.count_params() for part in parts)
        assert row.trainable_parameters == sum(int(np.prod(w.shape)) for part in parts for w in part.trainable_weights)
        assert row.held_numbers == held_in_keras(row.layer, row.input_shape, parts)
    assert sum(len(keras_parts(model, name)) for name in spec.layer_names) == len(model.layers) - 1

    model.set_weights(random_weights(model.get_weights(), seed=len(spec.layers)))
    image = np.random.default_rng(0).uniform(0, 1, spec.input_shape).astype(np.float32)
    tally = Tally()
    expected = forward(spec, weights_by_name(model), image, tally)
    opened = keras.Model(model.input, {name: model.get_layer(name).output for name in spec.layer_names})
    outputs = opened(image[np.newaxis], training=False)
    for name, values in zip(spec.layer_names, expected, strict=True):
        np.testing.assert_allclose(outputs[name][0], values, rtol=1e-3, atol=1e-4 * max(1, np.abs(values).max()))
    assert figures.multiply_adds == tally.multiply_adds


def test_a_thousand_networks_are_in_keras_what_they_are_on_paper(build: ModuleType, keras: Any) -> None:
    """Shapes, parameters, numbers held, multiply-adds, and what comes out of every layer."""
    drawn = Coverage()

    @settings(BRIEF, max_examples=NETWORKS + 20)
    @given(network_specs(SMALL, SIDE))
    def compare(spec: NetworkSpec) -> None:
        assume(find_problem(spec) is None)
        drawn.add(spec)
        compare_with_keras(build, keras, spec)

    compare()
    assert len(drawn.specs) >= NETWORKS
    assert drawn.gaps(SMALL, least=100) == []


def keras_shapes(build: ModuleType, keras: Any, spec: NetworkSpec, last: int) -> list[Shape]:
    """Build up to the layer `last` without any check; return what comes into each layer, until Keras refuses."""
    values = keras.Input(spec.input_shape)
    shapes: list[Shape] = []
    for index, layer in enumerate(spec.layers[: last + 1]):
        shapes.append(tuple(values.shape[1:]))
        # A block asks for the channels that come in; on a flat list it is Keras that has to refuse it.
        shape = shapes[-1] if len(shapes[-1]) == 3 else (1, 1, shapes[-1][-1])
        try:
            values = build.build_layer(layer, shape, f"layer_{index}", index)(values)
        except ValueError:
            return shapes
    return [*shapes, tuple(values.shape[1:])]


def is_stricter_than_keras(layer: Layer, shape: Shape, problem: Problem) -> bool:
    """Whether a layer is refused that Keras would take: for lack of a meaning, or to keep to one rule."""
    if isinstance(layer, Dense):
        return len(shape) == 3 and "flatten" in problem.message
    if isinstance(layer, Conv2D | SeparableConv2D) and "not both" in problem.message:
        # A kernel of one pixel does not move itself: a layer of its own picks the pixels for it.
        is_one_pixel = layer.kernel_height == layer.kernel_width == 1
        return isinstance(layer, SeparableConv2D) or is_one_pixel
    return False


STEP, GAP = (st.integers(2, SMALL[name]) for name in ("stride", "dilation_rate"))
REFUSED = {
    "any": (network_specs(SMALL, SIDE), set()),
    **{
        f"{kind.kind}-on-a-list": (
            st.builds(NetworkSpec, image_shapes(SIDE), st.tuples(st.just(Flatten()), records(kind, SMALL))),
            {(kind, "")},
        )
        for kind in (Conv2D, SeparableConv2D, ResidualBlock, Pooling2D, GlobalPooling2D)
    },
    **{
        f"{kind.kind}-{field}": (misfits(kind, field), {(kind, field)})
        for kind in (Conv2D, SeparableConv2D, Pooling2D)
        for field in WINDOW_MISFITS
        if hasattr(kind, field)
    },
    "strides": (
        st.builds(NetworkSpec, image_shapes(SIDE), st.tuples(records(Conv2D, SMALL, stride=STEP, dilation_rate=GAP))),
        {(Conv2D, "dilation_rate")},
    ),
    "dense-on-an-image": (
        st.builds(NetworkSpec, image_shapes(SIDE), st.tuples(records(Dense, SMALL))),
        {(Dense, "")},
    ),
    "separable-strides": (
        st.builds(
            NetworkSpec,
            image_shapes(SIDE),
            st.tuples(records(SeparableConv2D, SMALL, stride=STEP, dilation_rate=GAP, padding=st.just("same"))),
        ),
        {(SeparableConv2D, "dilation_rate")},
    ),
}
"""Networks that cannot be built for every reason, and the kinds and settings that have to be among them."""


@pytest.mark.parametrize("sort", REFUSED)
def test_what_keras_refuses_is_refused_before_and_in_words(build: ModuleType, keras: Any, sort: str) -> None:
    reasons: Counter[tuple[type[Layer], str]] = Counter()
    specs, expected = REFUSED[sort]

    @settings(BRIEF, max_examples=4 * REFUSALS if sort == "any" else REFUSALS)
    @given(specs)
    def compare(spec: NetworkSpec) -> None:
        problem = find_problem(spec)
        assume(problem is not None)
        assert problem is not None
        layer = spec.layers[problem.layer_index]
        shapes = keras_shapes(build, keras, spec, problem.layer_index)
        assert len(shapes) > problem.layer_index, "Keras refuses before find_problem does"
        assert all(0 not in shape for shape in shapes)
        if not is_stricter_than_keras(layer, shapes[problem.layer_index], problem):
            assert len(shapes) == problem.layer_index + 1, "Keras would take this"
        with pytest.raises(ClassroomError) as caught:
            build.build_model(spec)
        assert caught.value.problem == problem.message
        assert caught.value.problem.endswith(".")
        reasons[type(layer), problem.field] += 1

    compare()
    assert reasons.keys() >= expected
