"""Networks by their blocks: what they write out to, what is wrong with them and where, and their text."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict, replace
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from cnn_core.architecture.design import (
    MAX_BLOCKS,
    MAX_DENSE_LAYERS,
    ConvBlock,
    DenseBlock,
    DesignProblem,
    NetworkDesign,
    find_design_problem,
)
from cnn_core.architecture.layers import (
    Activation,
    BatchNormalization,
    Conv2D,
    Dense,
    Dropout,
    Flatten,
    Pooling2D,
)
from cnn_core.architecture.shapes import find_problem, network_figures
from cnn_core.errors import ClassroomError
from tests.oracles import JSON_VALUES, SMALL, STEADY, network_designs

ANY_DESIGN = network_designs() | network_designs(SMALL, side=24)


def with_value(design: NetworkDesign, problem: DesignProblem, value: object) -> NetworkDesign:
    """Change the setting that a problem names; fails where the design has no such setting or no such value."""
    change = {problem.field: value}
    if problem.place.group == "output":
        return replace(design, **change)  # type: ignore[arg-type]
    parts: list[Any] = list(getattr(design, problem.place.group))
    parts[problem.place.index] = replace(parts[problem.place.index], **change)
    return replace(design, **{problem.place.group: tuple(parts)})  # type: ignore[arg-type]


def is_solved(design: NetworkDesign, before: DesignProblem) -> bool:
    problem = find_design_problem(design)
    return problem is None or (problem.place, problem.field) != (before.place, before.field)


def test_a_block_is_written_out_in_its_order() -> None:
    block = ConvBlock(
        filters=6,
        kernel_size=5,
        stride=2,
        padding="valid",
        activation="elu",
        has_batch_norm=True,
        pooling="average",
        pool_size=3,
        pool_stride=1,
        dropout=0.2,
    )
    design = NetworkDesign((64, 64, 3), (block,), (DenseBlock(12, "tanh", 0.5),), class_count=4, output="logits")
    assert design.to_spec().layers == (
        Conv2D(filters=6, kernel_size=5, stride=2, padding="valid", activation="linear", use_bias=False),
        BatchNormalization(),
        Activation(activation="elu"),
        Pooling2D(pooling="average", pool_size=3, stride=1, padding="valid"),
        Dropout(rate=0.2),
        Flatten(),
        Dense(units=12, activation="tanh"),
        Dropout(rate=0.5),
        Dense(units=4, activation="linear"),
    )
    assert design.to_spec().input_shape == (64, 64, 3)


def test_a_block_without_extras_is_one_layer() -> None:
    design = NetworkDesign(blocks=(ConvBlock(activation="silu", pooling="none"),), dense=())
    assert design.to_spec().layers == (
        Conv2D(filters=16, padding="same", activation="silu"),
        Flatten(),
        Dense(units=10, activation="softmax"),
    )


@pytest.mark.parametrize(
    ("output", "class_count", "last"),
    [
        ("softmax", 7, Dense(units=7, activation="softmax")),
        ("logits", 7, Dense(units=7, activation="linear")),
        ("sigmoid", 2, Dense(units=1, activation="sigmoid")),
    ],
)
def test_the_output_is_one_of_three(output: str, class_count: int, last: Dense) -> None:
    assert NetworkDesign(class_count=class_count, output=output).to_spec().layers[-1] == last


@settings(STEADY, max_examples=150)
@given(ANY_DESIGN)
def test_a_design_is_as_possible_as_its_layers(design: NetworkDesign) -> None:
    spec = design.to_spec()
    problem, design_problem = find_problem(spec), find_design_problem(design)
    assert (problem is None) == (design_problem is None)
    if design_problem is None:
        units = network_figures(spec).output_shape
        assert units == ((1,) if design.output == "sigmoid" else (design.class_count,))
    else:
        assert problem is not None
        assert design_problem.message.startswith(problem.message)


@settings(STEADY, max_examples=400)
@given(ANY_DESIGN)
def test_what_a_problem_proposes_works_and_is_the_nearest(design: NetworkDesign) -> None:
    problem = find_design_problem(design)
    if problem is None:
        return
    if problem.place.group != "output":
        assert problem.place.index < max(len(getattr(design, problem.place.group)), 1)
    if problem.nearest is not None:
        assert is_solved(with_value(design, problem, problem.nearest), problem)
        assert not is_solved(with_value(design, problem, problem.nearest + 1), problem)


def test_a_kernel_that_does_not_fit_names_its_block() -> None:
    design = NetworkDesign((12, 20, 1), (ConvBlock(), ConvBlock(), ConvBlock(kernel_size=5, padding="valid")))
    problem = find_design_problem(design)
    assert problem is not None
    assert (problem.place.group, problem.place.index) == ("blocks", 2)
    assert (problem.field, problem.nearest) == ("kernel_size", 3)
    assert problem.message == (
        "A kernel of 5×5 does not fit into what is left of the image here, 3×5; 3×3 is the largest that does. "
        "Less stride or pooling in blocks 1 and 2 would leave more of the image."
    )


def test_a_pool_that_does_not_fit_names_its_block() -> None:
    problem = find_design_problem(NetworkDesign((6, 6, 1), (ConvBlock(stride=2), ConvBlock(pool_size=4, stride=2))))
    assert problem is not None
    assert (problem.place.group, problem.place.index) == ("blocks", 1)
    assert (problem.field, problem.nearest) == ("pool_size", 1)
    assert "in block 1 would leave more" in problem.message


def test_the_first_block_has_nobody_to_blame() -> None:
    problem = find_design_problem(NetworkDesign((5, 5, 1), (ConvBlock(kernel_size=7, padding="valid"),)))
    assert problem is not None
    assert "Less stride" not in problem.message


def test_too_many_units_name_their_dense_layer() -> None:
    problem = find_design_problem(NetworkDesign(blocks=(), dense=(DenseBlock(8192), DenseBlock(8192, dropout=0.5))))
    assert problem is not None
    assert (problem.place.group, problem.place.index, problem.field) == ("dense", 1, "units")
    assert problem.nearest == (20_000_000 - 785 * 8192) // 8193


def test_too_many_classes_name_the_output() -> None:
    problem = find_design_problem(NetworkDesign((512, 512, 4), (), (), class_count=20))
    assert problem is not None
    assert (problem.place.group, problem.field, problem.nearest) == ("output", "class_count", 19)


def test_a_number_of_classes_that_no_design_may_have_is_not_proposed() -> None:
    """Only one class would fit here, and a design has two or more."""
    block = ConvBlock(filters=40, kernel_size=13, pooling="none")
    problem = find_design_problem(NetworkDesign((500, 500, 1), (block,), (), class_count=10))
    assert problem is not None
    assert (problem.place.group, problem.field, problem.nearest) == ("output", "class_count", None)


@settings(STEADY, max_examples=100)
@given(network_designs())
def test_what_is_written_can_be_read(design: NetworkDesign) -> None:
    text = design.to_json()
    again = NetworkDesign.from_json(text)
    assert again == design
    assert hash(again) == hash(design)
    assert again.to_json() == text


def test_equal_designs_give_equal_text() -> None:
    whole, broken = (NetworkDesign(dense=(DenseBlock(dropout=dropout),)) for dropout in (0, 0.0))
    assert whole == broken
    assert whole.to_json() == broken.to_json()


def read_or_refuse(text: str) -> None:
    try:
        design = NetworkDesign.from_json(text)
    except ClassroomError as error:
        str(error).encode()
    else:
        assert NetworkDesign.from_json(design.to_json()) == design
        find_design_problem(design)


@settings(STEADY, max_examples=200)
@given(st.text() | JSON_VALUES.map(json.dumps))
@example('{"format":1}')
@example("[1]")
@example("NaN")
@example("[" * 100_000)
@example('{"format":1,"input_shape":"abc","blocks":[],"dense":[]}')
@example('{"format":1,"input_shape":[28,28,true],"blocks":[],"dense":[]}')
def test_any_other_text_is_refused_in_words(text: str) -> None:
    read_or_refuse(text)


@settings(STEADY, max_examples=300)
@given(
    st.sampled_from(
        [["format"], ["input_shape"], ["blocks"], ["dense"], ["class_count"], ["output"], ["surplus"], ["blocks", 0]]
        + [["input_shape", axis] for axis in range(3)]
        + [["blocks", 0, name] for name in asdict(ConvBlock())]
        + [["dense", 0, name] for name in asdict(DenseBlock())]
    ),
    JSON_VALUES,
)
def test_one_damaged_value_is_refused_in_words(path: list[Any], value: Any) -> None:
    raw = json.loads(NetworkDesign().to_json())
    place = raw
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = value
    read_or_refuse(json.dumps(raw))


def test_nesting_of_any_depth_is_refused() -> None:
    limit = sys.getrecursionlimit()
    for depth in (*range(limit - 220, limit + 20), 100_000):
        nested = "[" * depth + "]" * depth
        with pytest.raises(ClassroomError, match="damaged or from another version"):
            NetworkDesign.from_json('{"format":1,"input_shape":[28,28,1],"dense":[],"blocks":' + nested + "}")


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"class_count": 1}, "class_count must be a whole number from 2 to 100"),
        ({"class_count": True}, "Received: class_count=True"),
        ({"output": "argmax"}, "output must be one of softmax, logits, sigmoid"),
        ({"output": "sigmoid"}, "A sigmoid output tells two classes apart. Received: class_count=10."),
        ({"blocks": (ConvBlock(),) * (MAX_BLOCKS + 1)}, "blocks=9"),
        ({"dense": (DenseBlock(),) * (MAX_DENSE_LAYERS + 1)}, "dense=7"),
        ({"input_shape": (28, 28)}, "input_shape must be"),
        ({"input_shape": (0, 28, 1)}, "input_shape must be"),
        ({"input_shape": (28, 28, True)}, "input_shape must be"),
    ],
)
def test_a_design_out_of_range_is_refused_when_made(wrong: dict[str, Any], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        NetworkDesign(**wrong)
