"""Sizes, costs and refusals by arithmetic, without Keras: against the loops, and as properties."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest
from hypothesis import assume, given, settings

from cnn_core.architecture.layers import (
    BatchNormalization,
    Conv2D,
    Dense,
    Flatten,
    GlobalPooling2D,
    Layer,
    Pooling2D,
    ResidualBlock,
    SeparableConv2D,
    Window,
    window_output_size,
)
from cnn_core.architecture.shapes import LayerFigures, find_problem, network_figures
from cnn_core.architecture.spec import NetworkSpec
from tests.oracles import STEADY, TINY, Tally, forward, network_specs, window_places


def weights_of(spec: NetworkSpec) -> dict[str, list[np.ndarray]]:
    """Arrays of the shapes that the Keras layers should have; the loops fail where a shape is wrong."""
    weights: dict[str, list[np.ndarray]] = {}

    def add(name: str, *shapes: tuple[int, ...], bias: int = 0) -> None:
        weights[name] = [np.ones(shape) for shape in (*shapes, *[(bias,)] * (bias > 0))]

    for row in network_figures(spec).layers:
        name, layer, channels = row.name, row.layer, row.input_shape[-1]
        match layer:
            case Conv2D():
                shape = (layer.kernel_height, layer.kernel_width, channels, layer.filters)
                add(name, shape, bias=layer.filters * layer.use_bias)
            case SeparableConv2D():
                depthwise = (layer.kernel_height, layer.kernel_width, channels, 1)
                add(name, depthwise, (1, 1, channels, layer.filters), bias=layer.filters * layer.use_bias)
            case ResidualBlock():
                size, filters = layer.kernel_size, layer.filters
                bias = 0 if layer.has_batch_norm else filters
                add(f"{name}_conv_a", (size, size, channels, filters), bias=bias)
                add(f"{name}_conv_b", (size, size, filters, filters), bias=bias)
                if layer.has_batch_norm:
                    add(f"{name}_norm_a", *[(filters,)] * 4)
                    add(f"{name}_norm_b", *[(filters,)] * 4)
                if layer.stride > 1 or channels != filters:
                    add(f"{name}_skip", (1, 1, channels, filters))
            case Dense():
                add(name, (channels, layer.units), bias=layer.units * layer.use_bias)
            case BatchNormalization():
                add(name, *[(channels,)] * 4)
    return weights


def test_arithmetic_never_waits_for_tensorflow() -> None:
    script = (
        "import sys\n"
        "from cnn_core.architecture import layers, presets, receptive_field, shapes, spec\n"
        "import tests.oracles\n"
        "sys.exit(sorted({'tensorflow', 'keras'} & sys.modules.keys()) != [])"
    )
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0


@settings(STEADY, max_examples=60)
@given(network_specs(TINY, side=8))
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
    assert figures.parameters == sum(w.size for arrays in weights.values() for w in arrays)


@pytest.mark.parametrize("padding", ["valid", "same"])
def test_a_window_stops_as_often_as_in_the_loop(padding: str) -> None:
    for size, taps, stride, dilation_rate in np.ndindex(12, 7, 5, 4):
        window = Window(1, taps + 1, stride + 1, padding, dilation_rate + 1)
        places = window_places(size + 1, taps + 1, stride + 1, padding, dilation_rate + 1)
        assert max(window.places(size + 1, 1), 0) == len(places)
        assert [window.first_tap(size + 1, 1, place) for place in range(len(places))] == places


def test_a_dilated_window_reaches_further() -> None:
    """Dumoulin & Visin 2016, section 5.1: a 3×3 kernel with dilation 2 covers 5×5; over 7×7 it stops 3×3 times."""
    assert window_output_size(7, 3, 1, "valid", dilation_rate=2) == 3
    assert Window(3, 4, dilation_rate=2).reach(0) == 5
    assert Window(3, 4, dilation_rate=2).reach(1) == 7


def figures_of(shape: tuple[int, int, int], *layers: Layer) -> LayerFigures:
    """The figures of the last layer."""
    return network_figures(NetworkSpec(shape, layers)).layers[-1]


def test_a_separable_convolution_costs_what_its_paper_says() -> None:
    """Howard et al. 2017 (MobileNets), section 3.1: 1/N + 1/D² of the multiply-adds of an ordinary convolution."""
    shape = (14, 14, 4)
    ordinary = figures_of(shape, Conv2D(filters=8, use_bias=False))
    separable = figures_of(shape, SeparableConv2D(filters=8, use_bias=False))
    assert separable.multiply_adds / ordinary.multiply_adds == pytest.approx(1 / 8 + 1 / 9)
    assert separable.parameters == 3 * 3 * 4 + 4 * 8
    assert separable.held_numbers == 12 * 12 * (4 + 8)
    assert ordinary.held_numbers == 12 * 12 * 8


def test_a_block_has_a_convolution_on_its_skip_where_the_shape_changes() -> None:
    same, wider, halved = (
        figures_of((8, 8, 4), ResidualBlock(filters=filters, stride=stride, has_batch_norm=False))
        for filters, stride in ((4, 1), (6, 1), (4, 2))
    )
    assert same.parameters == 9 * 4 * 4 * 2 + 8
    assert wider.parameters == 9 * 4 * 6 + 9 * 6 * 6 + 12 + 4 * 6
    assert halved.parameters == 9 * 4 * 4 * 2 + 8 + 4 * 4
    assert [row.multiply_adds for row in (same, wider, halved)] == [
        64 * 9 * 16 * 2,
        64 * (9 * 24 + 9 * 36 + 24),
        16 * (9 * 16 * 2 + 16),
    ]
    assert [row.held_numbers for row in (same, wider, halved)] == [5 * 64 * 4, 6 * 64 * 6, 7 * 16 * 4]


def test_half_of_batch_normalisations_weights_are_not_trained() -> None:
    for row in (figures_of((8, 8, 3), BatchNormalization()), figures_of((8, 8, 3), Flatten(), BatchNormalization())):
        assert row.trainable_parameters * 2 == row.parameters == 4 * row.input_shape[-1]
    block = figures_of((8, 8, 3), ResidualBlock(filters=5))
    assert block.parameters - block.trainable_parameters == 2 * 2 * 5


def test_memory_is_four_bytes_a_number() -> None:
    figures = network_figures(NetworkSpec((8, 8, 3), (Conv2D(filters=2), GlobalPooling2D(), Dense(units=3))))
    assert [row.held_bytes for row in figures.layers] == [4 * 6 * 6 * 2, 4 * 2, 4 * 3]
    assert figures.held_bytes == 4 * (72 + 2 + 3)


def test_layers_are_numbered_by_the_stem_of_their_kind() -> None:
    spec = NetworkSpec((8, 8, 1), (Conv2D(), Pooling2D(), Conv2D(), Flatten(), Dense(), Dense()))
    assert spec.layer_names == ("conv_1", "pool_1", "conv_2", "flatten_1", "dense_1", "dense_2")
