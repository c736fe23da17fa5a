"""Networks of any depth: as deep as asked for, alike in all else, and buildable."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnn_core.architecture.deep_stack import FILTERS, GOOD_STARTS, STACK_ACTIVATIONS, DeepStack
from cnn_core.architecture.layers import BatchNormalization, Conv2D, Dense
from cnn_core.architecture.shapes import find_problem, network_figures

STACKS = st.builds(DeepStack, st.integers(2, 20), st.sampled_from(STACK_ACTIVATIONS), st.booleans(), st.booleans())


@given(STACKS)
def test_every_stack_can_be_built_and_is_as_deep_as_asked_for(stack: DeepStack) -> None:
    spec = stack.to_spec()
    assert find_problem(spec) is None
    kernels = [layer for layer in spec.layers if isinstance(layer, Conv2D | Dense)]
    assert len(kernels) == stack.layers
    norms = sum(isinstance(layer, BatchNormalization) for layer in spec.layers)
    assert norms == (stack.layers - 1 if stack.has_batch_norm else 0)


@given(STACKS)
def test_activation_stands_behind_every_convolution_once(stack: DeepStack) -> None:
    activations = [layer.activation for layer in stack.to_spec().layers if hasattr(layer, "activation")]
    assert [name for name in activations if name != "linear"] == [stack.activation] * (stack.layers - 1) + ["softmax"]


def test_first_layer_reads_every_pixel_once_and_all_others_keep_the_size() -> None:
    rows = network_figures(DeepStack(layers=4).to_spec()).layers
    assert [row.output_shape for row in rows[:3]] == [(7, 7, FILTERS)] * 3
    assert rows[0].input_shape == (28, 28, 1)


def test_all_activations_of_the_app_take_part() -> None:
    assert set(STACK_ACTIVATIONS) == {"relu", "leaky_relu", "elu", "gelu", "silu", "sigmoid", "tanh"}
    assert {name for name, start in GOOD_STARTS.items() if start == "glorot_normal"} == {"sigmoid", "tanh"}


def test_start_is_that_of_the_activation_or_the_same_poor_one() -> None:
    for activation in STACK_ACTIVATIONS:
        good, poor = DeepStack(3, activation), DeepStack(3, activation, has_good_start=False)
        starts = {layer.initializer for layer in good.to_spec().layers if isinstance(layer, Conv2D)}
        assert starts == {GOOD_STARTS[activation]}
        starts = {layer.initializer for layer in poor.to_spec().layers if isinstance(layer, Conv2D)}
        assert starts == {"random_normal"}


@pytest.mark.parametrize("layers", [1, 21])
def test_depth_has_its_limits(layers: int) -> None:
    with pytest.raises(ValueError, match="layers"):
        DeepStack(layers=layers)
