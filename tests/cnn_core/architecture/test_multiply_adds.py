"""Multiply-adds against what TensorFlow's profiler counts in the graph that it runs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from types import ModuleType
from typing import Any

import pytest
from hypothesis import Phase, assume, given, settings

from cnn_core.architecture.layers import Conv2D, Dense, Layer, ResidualBlock, SeparableConv2D
from cnn_core.architecture.presets import PRESETS
from cnn_core.architecture.shapes import find_problem, network_figures
from cnn_core.architecture.spec import NetworkSpec
from tests.oracles import SMALL, STEADY, network_specs

pytestmark = [
    pytest.mark.slow,
    # Keras warns of a softmax over one single number; such networks are pointless but possible.
    pytest.mark.filterwarnings("ignore:You are using a softmax over axis -1:UserWarning"),
]

COUNTED = ("Conv2D", "DepthwiseConv2dNative", "MatMul")


def flops(tf: Any, model: Any) -> int:
    """Ask TensorFlow's profiler for the multiplications and additions of convolutions and matrix products."""
    from tensorflow.python.framework.convert_to_constants import convert_variables_to_constants_v2

    signature = tf.TensorSpec((1, *model.input_shape[1:]), tf.float32)
    concrete = tf.function(lambda images: model(images, training=False)).get_concrete_function(signature)
    graph = convert_variables_to_constants_v2(concrete).graph
    builder = tf.compat.v1.profiler.ProfileOptionBuilder
    options = builder(builder.float_operation()).with_empty_output().build()
    kinds = {operation.name: operation.type for operation in graph.get_operations()}

    def nodes(node: Any) -> Iterator[Any]:
        yield node
        for child in node.children:
            yield from nodes(child)

    root = tf.compat.v1.profiler.profile(graph, options=options)
    return sum(node.float_ops for node in nodes(root) if kinds.get(node.name) in COUNTED)


def without_dilation(spec: NetworkSpec) -> NetworkSpec:
    """Take the dilation out of a network.

    TensorFlow cuts a dilated convolution into several small ones, with padding of their own that it counts too. The
    loops of `test_random_networks.py` count these networks.
    """
    layers = (replace(layer, dilation_rate=1) if hasattr(layer, "dilation_rate") else layer for layer in spec.layers)  # type: ignore[type-var]
    return NetworkSpec(spec.input_shape, tuple(layers))


def test_multiply_adds_are_half_of_tensorflows_operations(build: ModuleType, tf: Any) -> None:
    seen: Counter[type[Layer]] = Counter()

    @settings(STEADY, max_examples=60, phases=[Phase.generate])
    @given(network_specs(SMALL, side=16).map(without_dilation))
    def compare(spec: NetworkSpec) -> None:
        assume(find_problem(spec) is None)
        seen.update(map(type, spec.layers))
        assert network_figures(spec).multiply_adds * 2 == flops(tf, build.build_model(spec))

    compare()
    assert min(seen[kind] for kind in (Conv2D, SeparableConv2D, ResidualBlock, Dense)) >= 1, seen


@pytest.mark.parametrize("slug", PRESETS)
def test_a_presets_multiply_adds_are_half_of_tensorflows_operations(build: ModuleType, tf: Any, slug: str) -> None:
    spec = PRESETS[slug].spec
    assert flops(tf, build.build_model(spec)) == network_figures(spec).multiply_adds * 2
