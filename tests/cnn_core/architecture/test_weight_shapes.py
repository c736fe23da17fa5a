"""The arrays of weights by arithmetic, against those that Keras makes."""

from __future__ import annotations

from types import ModuleType

import numpy as np
import pytest
from hypothesis import Phase, assume, given, settings

from cnn_core.architecture.layers import BLOCK_INPUT, Dense, Flatten
from cnn_core.architecture.presets import PRESETS
from cnn_core.architecture.shapes import find_problem
from cnn_core.architecture.spec import NetworkSpec
from cnn_core.architecture.weight_shapes import network_nodes, split_weights, weight_shapes
from cnn_core.errors import ClassroomError
from tests.oracles import SMALL, STEADY, network_specs


@pytest.mark.parametrize("slug", PRESETS)
def test_each_node_takes_what_another_gives(slug: str) -> None:
    known = {"image"}
    for node in network_nodes(PRESETS[slug].spec):
        assert set(node.inputs) <= known
        assert BLOCK_INPUT not in node.inputs
        known.add(node.name)


def test_a_row_of_numbers_is_cut_without_copying() -> None:
    numbers = np.arange(10, dtype=np.float32)
    first, second = split_weights(numbers, [(2, 3), (4,)])
    assert first.tolist() == [[0, 1, 2], [3, 4, 5]]
    assert second.tolist() == [6, 7, 8, 9]
    assert np.shares_memory(first, numbers)


def test_a_network_that_cannot_be_built_has_no_shapes() -> None:
    with pytest.raises(ClassroomError, match="flatten layer"):
        weight_shapes(NetworkSpec((6, 6, 1), (Dense(units=3),)))


def test_layers_without_weights_have_no_arrays() -> None:
    assert weight_shapes(NetworkSpec((6, 6, 1), (Flatten(),))) == ()


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore:You are using a softmax over axis -1:UserWarning")
def test_shapes_are_those_of_keras_in_its_order(build: ModuleType) -> None:
    seen = []

    @settings(STEADY, phases=[Phase.generate], max_examples=120)
    @given(network_specs(SMALL, side=14))
    def compare(spec: NetworkSpec) -> None:
        assume(find_problem(spec) is None)
        model = build.build_model(spec)
        assert weight_shapes(spec) == tuple(tuple(weight.shape) for weight in model.weights)
        paths = [weight.path.split("/")[0] for weight in model.weights]
        names = [node.name for node in network_nodes(spec) for _ in node.shapes]
        assert [path for path, name in zip(paths, names, strict=True) if not path.startswith(name)] == []
        seen.extend(spec.layers)

    compare()
    assert {layer.kind for layer in seen} >= {"residual_block", "separable_conv2d", "batch_normalization"}
