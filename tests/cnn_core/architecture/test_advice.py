"""Advice on networks: each rule speaks on the smallest network that it is about, with that network's numbers."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from cnn_core.architecture.advice import RULES, Advice, Case, network_advice
from cnn_core.architecture.layers import (
    Activation,
    BatchNormalization,
    Conv2D,
    Dense,
    Flatten,
    GlobalPooling2D,
    Pooling2D,
    ResidualBlock,
    SeparableConv2D,
)
from cnn_core.architecture.receptive_field import network_reach
from cnn_core.architecture.shapes import find_problem, network_figures
from cnn_core.architecture.spec import NetworkSpec
from cnn_core.errors import ClassroomError
from tests.cnn_core.architecture.advice_lessons import (
    ANSWER,
    LESSONS,
    LINEAR_CONV,
    SIGMOIDS,
    Layers,
    Lesson,
)
from tests.oracles import SMALL, STEADY, network_specs

TERMS = Path(__file__).resolve().parents[3] / "assets" / "lessons" / "terms"


def advised(layers: Layers, shape: tuple[int, int, int] = (28, 28, 1), classes: int | None = None) -> list[Advice]:
    return list(network_advice(NetworkSpec(shape, layers), classes))


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: f"{lesson.slug}-{len(lesson.layers)}")
def test_rule_speaks_with_this_network_s_numbers_and_falls_silent_when_it_is_cured(lesson: Lesson) -> None:
    (found,) = [a for a in advised(lesson.layers, lesson.shape, lesson.classes) if a.slug == lesson.slug]
    assert found.layer_index == lesson.index
    for words in lesson.words:
        assert words in f"{found.message} {found.reason}"
    assert lesson.slug not in [a.slug for a in advised(lesson.cured, lesson.shape, lesson.classes)]


def test_every_rule_has_a_lesson() -> None:
    silent = set(RULES)
    for lesson in LESSONS:
        spec = NetworkSpec(lesson.shape, lesson.layers)
        case = Case(spec, network_figures(spec).layers, network_reach(spec), lesson.classes)
        silent -= {rule for rule in RULES if list(rule(case))}
    assert silent == set()


# --- ordinary networks are left alone ----------------------------------------------------------------------------

ORDINARY: dict[str, tuple[tuple[int, int, int], Layers, list[str]]] = {
    "two blocks and a dense layer": (
        (28, 28, 1),
        (Conv2D(filters=16), Pooling2D(), Conv2D(filters=32), Pooling2D(), Flatten(), Dense(), ANSWER),
        ["dense-share"],
    ),
    "small, with a small dense layer": (
        (28, 28, 1),
        (Conv2D(filters=2), Pooling2D(), Conv2D(filters=2), Pooling2D(), Flatten(), ANSWER),
        [],
    ),
    "fully connected": ((28, 28, 1), (Flatten(), Dense(units=512), Dense(units=512), ANSWER), []),
    "softmax regression, from zero": ((28, 28, 1), (Flatten(), replace(ANSWER, initializer="zeros")), []),
    "two sigmoids, as in 1989": ((28, 28, 1), (Flatten(), *SIGMOIDS[:2], ANSWER), []),
    "colour images": (
        (32, 32, 3),
        (
            Conv2D(),
            Pooling2D(),
            Conv2D(filters=64),
            Pooling2D(),
            Conv2D(filters=64),
            Flatten(),
            Dense(),
            Dense(units=10, activation="linear"),
        ),
        [],
    ),
    "residual, with global pooling": (
        (32, 32, 3),
        (
            Conv2D(filters=16, padding="same", activation="linear", use_bias=False),
            BatchNormalization(),
            Activation(),
            *[ResidualBlock(filters=16)] * 3,
            ResidualBlock(stride=2),
            *[ResidualBlock()] * 2,
            ResidualBlock(filters=64, stride=2),
            *[ResidualBlock(filters=64)] * 2,
            GlobalPooling2D(),
            ANSWER,
        ),
        [],
    ),
    "separable, with strides": (
        (28, 28, 1),
        (
            Conv2D(filters=16, padding="same"),
            SeparableConv2D(stride=2, padding="same"),
            SeparableConv2D(filters=64, stride=2, padding="same"),
            SeparableConv2D(filters=64, padding="same"),
            SeparableConv2D(filters=64, padding="same"),
            GlobalPooling2D(),
            ANSWER,
        ),
        [],
    ),
}


@pytest.mark.parametrize("name", ORDINARY)
def test_ordinary_network_hears_little(name: str) -> None:
    shape, layers, expected = ORDINARY[name]
    assert [advice.slug for advice in advised(layers, shape, 10)] == expected


def test_one_sigmoid_is_right_for_two_classes() -> None:
    assert advised((Flatten(), Dense(), Dense(units=1, activation="sigmoid")), classes=2) == []


def test_nothing_is_said_about_classes_that_nobody_has_named() -> None:
    assert advised((Flatten(), Dense(units=7, activation="softmax"))) == []


def test_narrow_linear_layer_is_not_said_to_waste_parameters() -> None:
    layers = (Flatten(), Dense(units=5, activation="linear"), Dense(units=784), ANSWER)
    (found,) = [a for a in advised(layers) if a.slug == "no-activation"]
    assert "no more than one dense layer of 784 units. Give dense_1 a ReLU." in found.message


def test_linear_layer_before_a_residual_block_is_not_one_with_it() -> None:
    assert "no-activation" not in [a.slug for a in advised((LINEAR_CONV, ResidualBlock(), Flatten(), ANSWER))]


def test_maximum_between_layers_bends_as_an_activation_does() -> None:
    for pooling, expected in (("max", False), ("min", False), ("average", True)):
        found = advised((LINEAR_CONV, Pooling2D(pooling=pooling), Flatten(), ANSWER))
        assert ("no-activation" in [a.slug for a in found]) == expected


def test_same_mistake_in_several_layers_is_said_once() -> None:
    layers = (*(LINEAR_CONV, BatchNormalization(), Activation()) * 3, Pooling2D(), Flatten(), ANSWER)
    (found,) = [a for a in advised(layers) if a.slug == "bias-before-norm"]
    assert "the 32 biases of conv_1 (likewise conv_2 and conv_3)" in found.message


def test_long_list_and_the_dense_layer_on_it_are_one_advice() -> None:
    slugs = [a.slug for a in advised((Conv2D(), Flatten(), ANSWER))]
    assert "large-flatten" in slugs
    assert "dense-share" not in slugs


def test_most_important_comes_first() -> None:
    layers = (LINEAR_CONV, BatchNormalization(), Conv2D(), Flatten(), Dense(units=1, activation="softmax"))
    assert [a.slug for a in advised(layers, classes=10)] == [
        "outputs-and-classes",
        "softmax-over-one",
        "no-activation",
        "small-field",
        "large-flatten",
        "bias-before-norm",
    ]


# --- any network -------------------------------------------------------------------------------------------------


@settings(STEADY, max_examples=300)
@given(network_specs(SMALL, side=40), st.none() | st.integers(2, 12))
def test_any_network_gets_advice_that_can_be_shown(spec: NetworkSpec, classes: int | None) -> None:
    assume(find_problem(spec) is None)
    found = network_advice(spec, classes)
    for advice in found:
        assert 0 <= advice.layer_index < len(spec.layers)
        for text in (advice.message, advice.reason):
            assert text.endswith(".")
            assert text[0].isupper() or text.startswith(spec.layer_names)
        assert (TERMS / f"{advice.term}.md").is_file()
    assert len({advice.slug for advice in found}) == len(found), "the screen tells them apart by their slug"


def test_network_that_cannot_be_built_gets_its_problem_instead() -> None:
    with pytest.raises(ClassroomError, match="put a flatten layer before it"):
        network_advice(NetworkSpec((8, 8, 1), (Dense(),)))


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: f"{lesson.slug}-{len(lesson.layers)}")
def test_every_term_is_in_the_glossary(lesson: Lesson) -> None:
    for advice in advised(lesson.layers, lesson.shape, lesson.classes):
        assert (TERMS / f"{advice.term}.md").is_file()
