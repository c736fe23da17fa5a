"""Which weights belong to which kernel, by arithmetic alone; test_probe_kernels.py compares them with Keras."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnn_core.architecture.layers import Conv2D, Dense, Flatten, ResidualBlock, SeparableConv2D
from cnn_core.architecture.spec import NetworkSpec
from cnn_core.architecture.weight_shapes import weight_shapes
from cnn_core.inspection.kernels import filter_norms, network_kernels, per_filter, spread_moments
from tests.oracles import STEADY

SPEC = NetworkSpec(
    (8, 8, 2),
    (
        Conv2D(filters=3, use_bias=False),
        SeparableConv2D(filters=4),
        ResidualBlock(filters=5),
        Flatten(),
        Dense(units=3),
    ),
)


def numbered(spec: NetworkSpec) -> list[np.ndarray]:
    """Weights that are all different, so that no two arrays can be taken for one another."""
    arrays, start = [], 0
    for shape in weight_shapes(spec):
        size = int(np.prod(shape))
        arrays.append(np.arange(start, start + size, dtype=np.float32).reshape(shape))
        start += size
    return arrays


def test_every_convolution_has_its_own_weights_and_bias() -> None:
    weights = numbered(SPEC)
    found = {kernels.name: kernels for kernels in network_kernels(SPEC, weights)}
    assert {name: (one.layer, one.kernels.shape) for name, one in found.items()} == {
        "conv_1": ("conv_1", (3, 3, 2, 3)),
        "separable_1_depthwise": ("separable_1", (3, 3, 3, 1)),
        "separable_1_pointwise": ("separable_1", (1, 1, 3, 4)),
        "residual_1_conv_a": ("residual_1", (3, 3, 4, 5)),
        "residual_1_conv_b": ("residual_1", (3, 3, 5, 5)),
        "residual_1_skip": ("residual_1", (1, 1, 4, 5)),
    }
    np.testing.assert_array_equal(found["conv_1"].kernels, weights[0])
    assert found["conv_1"].bias is None
    np.testing.assert_array_equal(found["separable_1_pointwise"].bias, weights[3])
    assert found["separable_1_depthwise"].bias is None


def test_filters_of_a_depthwise_convolution_are_its_channels() -> None:
    depthwise = next(one for one in network_kernels(SPEC, numbered(SPEC)) if one.is_depthwise)
    assert per_filter(depthwise).shape == (3, 3, 1, 3)
    np.testing.assert_array_equal(per_filter(depthwise)[:, :, 0, 2], depthwise.kernels[:, :, 2, 0])


def test_length_of_a_filter_by_loops() -> None:
    kernels = np.random.default_rng(0).normal(size=(2, 3, 4, 5)).astype(np.float32)
    for number in range(5):
        total = 0.0
        for row in range(2):
            for column in range(3):
                for channel in range(4):
                    total += float(kernels[row, column, channel, number]) ** 2
        assert filter_norms(kernels)[number] == pytest.approx(total**0.5, rel=1e-6)


@given(st.sets(st.integers(0, 10_000), min_size=1, max_size=40).map(sorted), st.integers(2, 15))
@STEADY
def test_spread_moments_are_some_of_them_in_order_with_both_ends(steps: list[int], most: int) -> None:
    chosen = spread_moments(steps, most)
    assert list(chosen) == sorted(set(chosen))
    assert set(chosen) <= set(steps)
    assert len(chosen) == min(most, len(steps))
    assert (chosen[0], chosen[-1]) == (steps[0], steps[-1])
