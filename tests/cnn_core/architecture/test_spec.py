"""Networks as text: what is written can be read, and what others have written or damaged is refused in words."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from cnn_core.architecture.layers import LAYER_KINDS, Conv2D, Dense, Dropout, Flatten, GlobalPooling2D, ResidualBlock
from cnn_core.architecture.spec import FORMAT, MAX_LAYERS, NetworkSpec, layer_from_dict, layer_to_dict, shape_text
from cnn_core.errors import ClassroomError
from tests.oracles import JSON_VALUES, STEADY, network_specs

SPEC = NetworkSpec((28, 28, 1), (Conv2D(), Dropout(), Flatten(), Dense(units=10, activation="softmax")))


def refusal(text: str) -> str:
    """Read a text that is no network; return what a person is told."""
    with pytest.raises(ClassroomError) as caught:
        NetworkSpec.from_json(text)
    assert caught.value.problem.endswith(".")
    assert caught.value.remedy
    return str(caught.value)


def read_or_refuse(text: str) -> None:
    """A text is either refused in words that a screen can show, or it is a network that survives being written."""
    try:
        spec = NetworkSpec.from_json(text)
    except ClassroomError as error:
        str(error).encode()
    else:
        assert NetworkSpec.from_json(spec.to_json()) == spec


def damaged(path: list[Any], value: Any) -> str:
    """Write `SPEC` with one value replaced."""
    raw = json.loads(SPEC.to_json())
    place = raw
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = value
    return json.dumps(raw)


@settings(STEADY, max_examples=150)
@given(network_specs())
def test_what_is_written_can_be_read(spec: NetworkSpec) -> None:
    text = spec.to_json()
    again = NetworkSpec.from_json(text)
    assert again == spec
    assert hash(again) == hash(spec)
    assert again.to_json() == text


def test_equal_networks_give_equal_text() -> None:
    whole, broken = (NetworkSpec((8, 8, 1), (Dropout(rate=rate),)) for rate in (0, 0.0))
    assert whole == broken
    assert whole.to_json() == broken.to_json() == NetworkSpec((8, 8, 1), (Dropout(rate=-0.0),)).to_json()


def test_settings_left_out_take_their_default() -> None:
    assert layer_from_dict({"kind": "conv2d", "filters": 7}) == Conv2D(filters=7)
    assert layer_from_dict({"kind": "residual_block", "has_batch_norm": False}) == ResidualBlock(has_batch_norm=False)
    assert layer_to_dict(Flatten()) == {"kind": "flatten"}
    assert layer_to_dict(GlobalPooling2D(pooling="max")) == {"kind": "global_pooling2d", "pooling": "max"}


@pytest.mark.parametrize("kind", LAYER_KINDS)
def test_every_kind_is_written_with_every_setting(kind: str) -> None:
    layer = LAYER_KINDS[kind]()
    written = layer_to_dict(layer)
    assert written.pop("kind") == kind
    assert written == asdict(layer)  # type: ignore[call-overload]
    assert layer_from_dict({"kind": kind}) == layer


def test_kernels_of_the_first_format_are_refused_in_words() -> None:
    """A kernel had one size then; such a text must not be read as if the size were the default."""
    old = {"kind": "conv2d", "filters": 8, "kernel_size": 5}
    assert FORMAT == 2
    assert "has format 1" in refusal(json.dumps({"format": 1, "input_shape": [8, 8, 1], "layers": [old]}))
    assert "'kernel_size'" in refusal(json.dumps({"format": 2, "input_shape": [8, 8, 1], "layers": [old]}))


@settings(STEADY, max_examples=200)
@given(st.text() | JSON_VALUES.map(json.dumps))
@example("")
@example("null")
@example("[]")
@example('"format"')
@example("NaN")
@example('{"format":2}')
@example('{"format":2,"input_shape":[8,8,1],"layers":{}}')
@example('{"format":2,"input_shape":[8,8,1],"layers":[{"kind":"flatten","\\ud800":1}]}')
@example('{"format":2,"input_shape":[8,8,1],"layers":[{"kind":"\\ud800"}]}')
@example('{"format":"\\ud800"}')
@example('{"format":2' + "0" * 5000 + "}")
def test_any_other_text_is_refused_in_words(text: str) -> None:
    read_or_refuse(text)


@settings(STEADY, max_examples=300)
@given(
    st.sampled_from(
        [["format"], ["input_shape"], ["layers"], ["layers", 0], ["input_shape", 2]]
        + [["layers", 0, name] for name in ("kind", *layer_to_dict(Conv2D()), "surplus")]
        + [["layers", 1, "rate"], ["layers", 3, "units"], ["layers", 3, "l2"]]
    ),
    JSON_VALUES,
)
def test_one_damaged_value_is_refused_in_words(path: list[Any], value: Any) -> None:
    read_or_refuse(damaged(path, value))


@pytest.mark.parametrize(
    ("path", "value", "words"),
    [
        (["format"], 1, "has format 1, but this version reads 2"),
        (["format"], True, "has format True"),
        (["input_shape"], [28, 28], "input_shape must be"),
        (["input_shape"], [28, 28, True], "input_shape must be"),
        (["input_shape"], [28.0, 28, 1], "input_shape must be"),
        (["input_shape"], [513, 28, 1], "sides 1 to 512"),
        (["input_shape"], [28, 28, 5], "channels 1 to 4"),
        (["input_shape"], "28", "input_shape must be"),
        (["input_shape"], 28, "cannot be read"),
        (["layers"], [], "1 to 120 layers. Received: 0 layers"),
        (["layers", 0, "kind"], "lstm", "Received: kind='lstm'"),
        (["layers", 0, "kind"], ["conv2d"], "cannot be read"),
        (["layers", 0, "filters"], True, "Conv2D.filters must be a whole number from 1 to 1024"),
        (["layers", 0, "filters"], 16.0, "Received: filters=16.0"),
        (["layers", 0, "filters"], 250_000_000, "Received: filters=250000000"),
        (["layers", 0, "use_bias"], 1, "Conv2D.use_bias must be true or false"),
        (["layers", 0, "kernel_height"], 16, "Conv2D.kernel_height must be a whole number from 1 to 15"),
        (["layers", 0, "kernel_width"], 0, "Conv2D.kernel_width must be a whole number from 1 to 15"),
        (["layers", 0, "dilation_rate"], 9, "Conv2D.dilation_rate must be a whole number from 1 to 8"),
        (["layers", 0, "initializer"], "orthogonal", "Conv2D.initializer must be one of glorot_uniform, "),
        (["layers", 3, "l2"], -0.1, "Dense.l2 must be a number from 0 to 0.1"),
        (["layers", 0, "padding"], "Same", "Conv2D.padding must be one of valid, same"),
        (["layers", 1, "rate"], float("nan"), "Dropout.rate must be a number from 0 to 0.9"),
        (["layers", 1, "rate"], False, "Received: rate=False"),
        (["layers", 3, "dilation"], 2, "Received: 'dilation'"),
        (["layers", 0], None, "cannot be read"),
    ],
)
def test_a_refusal_names_what_is_wrong(path: list[Any], value: Any, words: str) -> None:
    assert words in refusal(damaged(path, value))


def test_a_missing_part_is_named() -> None:
    assert "'layers' is missing" in refusal('{"format":2,"input_shape":[8,8,1]}')


def test_a_truncated_file_is_refused() -> None:
    text = SPEC.to_json()
    for end in range(len(text)):
        refusal(text[:end])


@pytest.mark.parametrize("template", ["{}", '{{"format":{}}}', '{{"format":2,"input_shape":[{}],"layers":[]}}'])
def test_nesting_of_any_depth_is_refused(template: str) -> None:
    """Near the interpreter's limit a value can be read that can no longer be written into a message."""
    limit = sys.getrecursionlimit()
    for depth in (*range(limit - 220, limit + 20), 100_000):
        refusal(template.format("[" * depth + "]" * depth))


def test_too_many_layers_are_refused() -> None:
    flat = {"kind": "flatten"}
    assert f"1 to {MAX_LAYERS} layers" in refusal(damaged(["layers"], [flat] * (MAX_LAYERS + 1)))
    assert len(NetworkSpec.from_json(damaged(["layers"], [flat] * MAX_LAYERS)).layers) == MAX_LAYERS


def test_a_long_wrong_value_does_not_make_a_long_message() -> None:
    assert len(refusal(damaged(["layers", 0, "kind"], "x" * 100_000))) < 1000
    assert len(refusal(damaged(["layers", 0, "padding"], "x" * 100_000))) < 1000
    assert len(refusal(damaged(["layers", 0, "x" * 100_000], 1))) < 1000
    assert len(refusal(damaged(["input_shape"], "x" * 100_000))) < 1000
    assert len(refusal(damaged(["format"], "x" * 100_000))) < 1000


def test_shapes_are_written_as_people_say_them() -> None:
    assert shape_text((28, 28, 1)) == "28×28×1"
