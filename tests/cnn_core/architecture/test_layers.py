"""The kinds of layers: their registry, their words, and that each setting reaches Keras or the arithmetic."""

from __future__ import annotations

from dataclasses import FrozenInstanceError, fields, replace
from typing import Any

import pytest
from hypothesis import assume, given, settings

from cnn_core.architecture.fields import Choice, Fraction, WholeNumber, domain_of
from cnn_core.architecture.layers import (
    BLOCK_INPUT,
    LAYER_KINDS,
    Activation,
    BatchNormalization,
    Conv2D,
    Dense,
    Dropout,
    Flatten,
    GlobalPooling2D,
    KerasCall,
    KerasNode,
    Layer,
    Pooling2D,
    ResidualBlock,
    SeparableConv2D,
    Shape,
)
from cnn_core.architecture.seeds import SEED_STRIDE, SEEDS_PER_LAYER, layer_seed
from cnn_core.architecture.shapes import find_problem, network_figures
from cnn_core.architecture.spec import MAX_LAYERS, NetworkSpec
from tests.oracles import SMALL, STEADY, network_specs

KINDS = pytest.mark.parametrize("kind", LAYER_KINDS.values(), ids=lambda kind: kind.kind)


def shape_for(kind: type[Layer]) -> Shape:
    """Something that a layer of this kind can take."""
    return (40,) if kind is Dense else (40, 40, 3)


def other_value(kind: type[Layer], name: str) -> Any:
    """A value of a setting that is not its default."""
    default = next(f.default for f in fields(kind) if f.name == name)  # type: ignore[arg-type]
    match domain_of(kind, name):
        case WholeNumber():
            return default + 1
        case Fraction(_, high):
            return high
        case Choice(options):
            return next(option for option in options if option != default)
    return not default


def test_every_kind_is_registered_under_names_of_its_own() -> None:
    kinds = LAYER_KINDS.values()
    assert all(kind == record.kind for kind, record in LAYER_KINDS.items())
    for name in ("code", "title", "name_stem"):
        assert len({getattr(record, name) for record in kinds}) == len(kinds)
    assert all(len(record.code) == 1 and record.code.isupper() for record in kinds)


def test_no_layers_name_can_be_taken_for_another_layers_part() -> None:
    """`residual_1_conv_a` belongs to `residual_1`; so no stem may begin with another one and a number."""
    stems = [record.name_stem for record in LAYER_KINDS.values()]
    assert all(stem.replace("_", "").isalpha() for stem in stems)


@KINDS
def test_a_record_is_frozen_and_has_a_default_for_everything(kind: type[Layer]) -> None:
    layer = kind()
    assert layer == kind()
    assert hash(layer) == hash(kind())
    for f in fields(layer):  # type: ignore[arg-type]
        with pytest.raises(FrozenInstanceError):
            setattr(layer, f.name, getattr(layer, f.name))


@KINDS
def test_a_kind_names_its_source(kind: type[Layer]) -> None:
    assert "Reference:" in (kind.__doc__ or "")


@KINDS
def test_every_setting_reaches_keras(kind: type[Layer]) -> None:
    shape = shape_for(kind)
    for f in fields(kind):  # type: ignore[arg-type]
        changed: Layer = replace(kind(), **{f.name: other_value(kind, f.name)})  # type: ignore[type-var]
        assert changed.keras_nodes(shape) != kind().keras_nodes(shape), f.name


@KINDS
def test_every_setting_is_told_of(kind: type[Layer]) -> None:
    for f in fields(kind):  # type: ignore[arg-type]
        changed: Layer = replace(kind(), **{f.name: other_value(kind, f.name)})  # type: ignore[type-var]
        assert changed.details() != kind().details(), f.name


@pytest.mark.parametrize(
    ("layer", "brief", "details"),
    [
        (Conv2D(), "conv 32", "32 filters of 3×3, ReLU"),
        (
            Conv2D(
                filters=1,
                kernel_width=5,
                stride=2,
                padding="same",
                activation="linear",
                use_bias=False,
                initializer="he_normal",
            ),
            "conv 1",
            "1 filter of 3×5, stride 2, same padding, no bias, weights begin He, normal",
        ),
        (SeparableConv2D(filters=8, dilation_rate=2), "separable 8", "8 filters of 3×3, dilation 2, ReLU"),
        (
            ResidualBlock(filters=16, stride=2),
            "residual 16",
            "2 × 16 filters of 3×3 and a skip, stride 2, batch norm, ReLU",
        ),
        (Pooling2D(pooling="min", padding="same"), "min pool", "min of 2×2, stride 2, same padding"),
        (GlobalPooling2D(), "global average pool", "the average of each feature map"),
        (GlobalPooling2D(pooling="max"), "global max pool", "the largest number of each feature map"),
        (Dense(units=1200, l2=0.01), "dense 1200", "1,200 units, ReLU, L2 0.01"),
        (Dropout(), "", "25 % set to zero while training"),
        (Activation(activation="linear"), "", "nothing: the numbers stay as they are"),
        (BatchNormalization(), "", "each channel to mean 0 and variance 1"),
        (Flatten(), "", "all numbers in one list"),
    ],
)
def test_a_layer_is_told_in_a_few_words(layer: Layer, brief: str, details: str) -> None:
    assert (layer.brief(), layer.details()) == (brief, details)


def calls_in(call: KerasCall) -> list[KerasCall]:
    """A call and those among its arguments."""
    return [
        call,
        *(inner for value in call.arguments.values() if isinstance(value, KerasCall) for inner in calls_in(value)),
    ]


def check_nodes(nodes: tuple[KerasNode, ...]) -> None:
    """Each node reads what is there before it; nothing is computed in vain; the last one is the layer itself."""
    known = {BLOCK_INPUT}
    for node in nodes:
        assert set(node.inputs) <= known
        assert node.suffix not in known
        known.add(node.suffix)
    assert nodes[-1].suffix == ""
    used = {name for node in nodes for name in node.inputs}
    assert used | {""} == known
    assert sum(call.is_seeded for node in nodes for call in calls_in(node.call)) <= SEEDS_PER_LAYER


@settings(STEADY, max_examples=60)
@given(network_specs(SMALL, side=20))
def test_nodes_follow_from_each_other_and_have_seeds_enough(spec: NetworkSpec) -> None:
    assume(find_problem(spec) is None)
    for row in network_figures(spec).layers:
        check_nodes(row.layer.keras_nodes(row.input_shape))
        assert row.layer.parameters(row.input_shape).value == row.parameters


def test_seeds_of_two_networks_never_overlap() -> None:
    assert layer_seed(3, MAX_LAYERS - 1) + SEEDS_PER_LAYER <= layer_seed(4, 0)
    assert layer_seed(0, 1) - layer_seed(0, 0) == SEEDS_PER_LAYER
    assert layer_seed(1, 0) == SEED_STRIDE


def test_a_square_kernel_is_written_as_one_number() -> None:
    (square,), (oblong,) = (Conv2D(kernel_width=width).keras_nodes((9, 9, 1)) for width in (3, 5))
    assert square.call.arguments["kernel_size"] == 3
    assert oblong.call.arguments["kernel_size"] == (3, 5)


def test_what_is_as_keras_has_it_is_left_out() -> None:
    (node,) = Conv2D(filters=4, activation="linear").keras_nodes((9, 9, 1))
    assert set(node.call.arguments) == {"filters", "kernel_size", "kernel_initializer"}
    (node,) = Dense(units=4, activation="linear").keras_nodes((9,))
    assert set(node.call.arguments) == {"units", "kernel_initializer"}


def test_a_block_consists_of_these_keras_layers() -> None:
    """He et al. 2016, figure 2, with the original order: convolution, normalisation, activation."""
    suffixes = [node.suffix for node in ResidualBlock(filters=3).keras_nodes((9, 9, 3))]
    assert suffixes == ["conv_a", "norm_a", "activation_a", "conv_b", "norm_b", "add", ""]
    suffixes = [node.suffix for node in ResidualBlock(filters=4, has_batch_norm=False).keras_nodes((9, 9, 3))]
    assert suffixes == ["conv_a", "activation_a", "conv_b", "skip", "add", ""]
    assert ResidualBlock(filters=3).has_projection((9, 9, 4))
    assert ResidualBlock(filters=3, stride=2).has_projection((9, 9, 3))
    assert not ResidualBlock(filters=3).has_projection((9, 9, 3))


@settings(STEADY, max_examples=300)
@given(network_specs(SMALL, 24))
def test_no_kernel_of_one_pixel_moves_by_more_than_one(spec: NetworkSpec) -> None:
    """While TensorFlow learns such a kernel, it may write beyond its memory and end the process."""
    shape: Shape = spec.input_shape
    assume(find_problem(spec) is None)
    for layer in spec.layers:
        for node in layer.keras_nodes(shape):
            if node.call.class_name == "Conv2D" and node.call.arguments["kernel_size"] == 1:
                assert "strides" not in node.call.arguments
        shape = layer.output_shape(shape)


def test_pixels_are_picked_ahead_of_a_kernel_of_one_pixel() -> None:
    pick, convolution = Conv2D(filters=4, kernel_height=1, kernel_width=1, stride=3).keras_nodes((9, 9, 2))
    assert pick == KerasNode("pick", KerasCall("MaxPooling2D", {"pool_size": 1, "strides": 3}))
    assert convolution.inputs == ("pick",)
    skip = {node.suffix: node.inputs for node in ResidualBlock(stride=2).keras_nodes((9, 9, 2))}
    assert skip["skip"] == ("pick",)
    assert skip["conv_a"] == (BLOCK_INPUT,)
    small = {node.suffix: node.inputs for node in ResidualBlock(stride=2, kernel_size=1).keras_nodes((9, 9, 2))}
    assert small["conv_a"] == small["skip"] == ("pick",)
