"""The dozen quick decisions: what they write out to, how they are read back, and what is wrong with them and where."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cnn_core.architecture.fields import Choice, Fraction, WholeNumber, YesNo, domain_of, presentation_of
from cnn_core.architecture.layers import (
    Activation,
    BatchNormalization,
    Conv2D,
    Dense,
    Dropout,
    Flatten,
    GlobalPooling2D,
    Pooling2D,
)
from cnn_core.architecture.presets import PRESETS
from cnn_core.architecture.quick import QuickDesign
from cnn_core.architecture.quick_reading import field_words, find_quick_problem, read_quick
from cnn_core.architecture.shapes import find_problem, network_figures
from cnn_core.architecture.spec import NetworkSpec
from tests.oracles import STEADY, image_shapes, network_specs

DECISIONS = [f.name for f in fields(QuickDesign) if f.name != "input_shape"]


@st.composite
def quick_designs(draw: st.DrawFn) -> QuickDesign:
    """Designs over the whole range of every decision, of which many cannot be built."""
    found: dict[str, Any] = {"input_shape": draw(image_shapes(64))}
    for name in DECISIONS:
        match domain_of(QuickDesign, name):
            case WholeNumber(low, high):
                found[name] = draw(st.integers(low, min(high, 300)) | st.integers(low, min(high, 12)))
            case Fraction(low, high):
                found[name] = draw(st.sampled_from([0.0, 0.5]) | st.floats(low, high))
            case Choice(options):
                found[name] = draw(st.sampled_from(options))
            case YesNo():
                found[name] = draw(st.booleans())
    if found["output"] == "sigmoid":
        found["class_count"] = 2
    return QuickDesign(**found)


def test_every_decision_is_written_out_in_its_place() -> None:
    design = QuickDesign(
        (64, 48, 3),
        blocks=2,
        filters=6,
        kernel_size=5,
        stride=2,
        padding="valid",
        activation="elu",
        pooling="average",
        dense_layers=1,
        dense_units=12,
        has_batch_norm=True,
        dropout=0.2,
        pools_last=False,
        class_count=4,
        output="logits",
    )
    assert design.to_spec().input_shape == (64, 48, 3)
    assert design.to_spec().layers == (
        Conv2D(6, 5, 5, stride=2, activation="linear", use_bias=False),
        BatchNormalization(),
        Activation(activation="elu"),
        Pooling2D(pooling="average"),
        Conv2D(12, 5, 5, stride=2, activation="linear", use_bias=False),
        BatchNormalization(),
        Activation(activation="elu"),
        Flatten(),
        Dense(units=12, activation="elu"),
        Dropout(rate=0.2),
        Dense(units=4, activation="linear"),
    )


@pytest.mark.parametrize(
    ("growth", "filters"), [("double", [10, 20, 25, 25]), ("same", [10, 10, 10, 10]), ("halve", [10, 5, 2, 1])]
)
def test_filters_go_on_from_block_to_block(growth: str, filters: list[int]) -> None:
    design = QuickDesign(blocks=4, filters=10, growth=growth, most_filters=25)
    assert [design.block_filters(block) for block in range(4)] == filters
    written = [layer.filters for layer in design.to_spec().layers if isinstance(layer, Conv2D)]
    assert written == filters


def test_a_cap_below_the_first_block_does_not_cut_it() -> None:
    assert QuickDesign(filters=64, most_filters=8).block_filters(0) == 64


@pytest.mark.parametrize(
    ("output", "class_count", "last"),
    [
        ("softmax", 7, Dense(units=7, activation="softmax")),
        ("logits", 7, Dense(units=7, activation="linear")),
        ("sigmoid", 2, Dense(units=1, activation="sigmoid")),
    ],
)
def test_the_output_is_one_of_three(output: str, class_count: int, last: Dense) -> None:
    assert QuickDesign(class_count=class_count, output=output).to_spec().layers[-1] == last


def test_sigmoid_with_more_than_two_classes_is_refused() -> None:
    with pytest.raises(ValueError, match="A sigmoid output tells two classes apart"):
        QuickDesign(output="sigmoid")


@settings(STEADY, max_examples=400)
@given(quick_designs())
def test_what_is_written_out_is_read_back(design: QuickDesign) -> None:
    reading = read_quick(design.to_spec())
    assert reading.difference == ""
    assert reading.design.to_spec() == design.to_spec()


@settings(STEADY, max_examples=300)
@given(network_specs(side=32))
def test_any_network_is_read_as_itself_or_its_difference_is_named(spec: NetworkSpec) -> None:
    reading = read_quick(spec)
    assert (reading.design.to_spec() == spec) == (reading.difference == "")


@pytest.mark.parametrize(
    "slug", ["first", "two-convolutions", "colour-images", "fully-connected", "large-cnn", "blood-cells"]
)
def test_the_systems_are_quick_networks(slug: str) -> None:
    assert read_quick(PRESETS[slug].spec).difference == ""


def test_a_difference_names_the_first_layer_that_is_another() -> None:
    spec = PRESETS["lenet-5"].spec
    assert read_quick(spec).difference == (
        "conv_2 is “16 filters of 5×5, tanh”; the quick controls would make “12 filters of 5×5, same padding, tanh”."
    )
    without_flatten = NetworkSpec((28, 28, 1), (Conv2D(), GlobalPooling2D(), Dense(units=10, activation="softmax")))
    assert "global_pool_1" in read_quick(without_flatten).difference
    longer = QuickDesign().to_spec()
    longer = replace(longer, layers=(*longer.layers, Activation(activation="linear")))
    assert read_quick(longer).difference == "It has 8 layers; the quick controls would make 7."


@settings(STEADY, max_examples=300)
@given(quick_designs())
def test_a_design_is_as_possible_as_its_layers_and_each_repair_works(design: QuickDesign) -> None:
    problem, quick_problem = find_problem(design.to_spec()), find_quick_problem(design)
    assert (problem is None) == (quick_problem is None)
    if quick_problem is None:
        units = network_figures(design.to_spec()).output_shape
        assert units == ((1,) if design.output == "sigmoid" else (design.class_count,))
        return
    assert problem is not None
    assert quick_problem.message == problem.message
    for name, value in quick_problem.repairs:
        change: dict[str, Any] = {name: value}
        assert find_problem(replace(design, **change).to_spec()) is None
        assert field_words(name, value)


@pytest.mark.parametrize(("size", "nearest"), [(9, 3), (7, 3), (3, None)])
def test_a_kernel_that_does_not_fit_is_said_beside_the_kernel_size(size: int, nearest: int | None) -> None:
    design = QuickDesign((10, 20, 1), blocks=2, kernel_size=size, padding="valid")
    problem = find_quick_problem(design)
    if nearest is None:
        assert problem is None
        return
    assert problem is not None
    assert problem.field == "kernel_size"
    assert problem.repairs[0] == ("kernel_size", nearest)
    assert ("padding", "same") in problem.repairs or ("blocks", 1) in problem.repairs


def test_too_many_units_get_the_largest_number_that_works() -> None:
    problem = find_quick_problem(QuickDesign(dense_layers=6, dense_units=8192))
    assert problem is not None
    assert problem.field == "dense_units"
    (name, value), *_ = problem.repairs
    assert name == "dense_units"
    fits = QuickDesign(dense_layers=6, dense_units=value)
    assert find_problem(fits.to_spec()) is None
    assert find_problem(replace(fits, dense_units=value + 1).to_spec()) is not None


def test_earlier_layers_that_made_the_image_small_are_named() -> None:
    problem = find_quick_problem(QuickDesign(blocks=4, padding="valid"))
    assert problem is not None
    assert problem.message.endswith("A smaller stride in pool_1, pool_2 or pool_3 would leave more of it.")


def test_every_decision_has_a_name_and_an_explanation() -> None:
    for name in DECISIONS:
        shown = presentation_of(QuickDesign, name)
        assert shown.label
        assert shown.help.endswith(".")
