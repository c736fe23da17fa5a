"""A network brought to other images and classes: its input and its answer change, nothing between them."""

from __future__ import annotations

import pytest

from cnn_core.architecture.fitting import fits_images, fitted_to, fitting_words
from cnn_core.architecture.layers import (
    Activation,
    Conv2D,
    Dense,
    Dropout,
    Flatten,
    GlobalPooling2D,
    Layer,
    ResidualBlock,
    SeparableConv2D,
)
from cnn_core.architecture.outputs import is_binary, is_probability, loss_call
from cnn_core.architecture.presets import PRESETS, Preset, preset
from cnn_core.architecture.shapes import class_count, find_problem
from cnn_core.architecture.spec import NetworkSpec


def spec(*layers: Layer) -> NetworkSpec:
    return NetworkSpec((8, 8, 1), layers)


@pytest.mark.parametrize("ready_made", PRESETS.values(), ids=PRESETS)
@pytest.mark.parametrize("classes", [2, 3, 10])
def test_every_preset_can_be_fitted_to_any_number_of_classes(ready_made: Preset, classes: int) -> None:
    before = ready_made.spec
    fitted = fitted_to(before, before.input_shape, classes)
    assert find_problem(fitted) is None
    assert fits_images(fitted, before.input_shape, classes)
    assert fitted.layers[: len(before.layers) - 1] == before.layers[:-1], "only the answer changes"
    assert is_binary(fitted) == (classes == 2)
    back = fitted_to(fitted, before.input_shape, class_count(before))
    assert class_count(back) == class_count(before)


def test_two_classes_get_one_sigmoid_output_and_the_binary_loss() -> None:
    for slug in ("first", "colour-images", "residual"):
        fitted = fitted_to(preset(slug).spec, (32, 32, 3), 2)
        assert fitted.input_shape == (32, 32, 3)
        assert (fitted.layers[-1].units, fitted.layers[-1].activation) == (1, "sigmoid")  # type: ignore[attr-defined]
        assert is_probability(fitted)
        assert loss_call(fitted).class_name == "BinaryCrossentropy"


def test_what_fits_stays_as_it_is() -> None:
    two_numbers = spec(Flatten(), Dense(units=2, activation="softmax"))
    one_logit = spec(Flatten(), Dense(units=1, activation="linear"))
    for network in (two_numbers, one_logit):
        assert fitted_to(network, (8, 8, 1), 2) is network
        assert fitting_words(network, (8, 8, 1), 2) == ""


@pytest.mark.parametrize(
    ("layers", "classes", "answer"),
    [
        ((Flatten(), Dense(units=10, activation="linear")), 4, (Dense(units=4, activation="linear"),)),
        ((Flatten(), Dense(units=10, activation="softmax")), 4, (Dense(units=4, activation="softmax"),)),
        ((Flatten(), Dense(units=1, activation="sigmoid")), 4, (Dense(units=4, activation="softmax"),)),
        ((Flatten(), Dense(units=1, activation="linear")), 4, (Dense(units=4, activation="softmax"),)),
        (
            (Flatten(), Dense(units=10, activation="linear"), Activation(activation="softmax")),
            2,
            (Dense(units=1, activation="sigmoid"),),
        ),
        (
            (Flatten(), Dense(units=10, activation="softmax"), Dropout(rate=0.1)),
            2,
            (Dense(units=1, activation="sigmoid"), Dropout(rate=0.1)),
        ),
        (
            (Conv2D(filters=10, activation="softmax"), GlobalPooling2D()),
            2,
            (Conv2D(filters=1, activation="sigmoid"), GlobalPooling2D()),
        ),
        (
            (SeparableConv2D(filters=10, activation="linear"), GlobalPooling2D(), Activation(activation="softmax")),
            3,
            (SeparableConv2D(filters=3, activation="softmax"), GlobalPooling2D()),
        ),
        ((Conv2D(filters=4),), 2, (GlobalPooling2D(), Dense(units=1, activation="sigmoid"))),
        ((ResidualBlock(filters=4), GlobalPooling2D()), 2, (Dense(units=1, activation="sigmoid"),)),
        ((Flatten(),), 2, (Dense(units=1, activation="sigmoid"),)),
    ],
)
def test_the_answer_is_where_the_network_gives_it(
    layers: tuple[Layer, ...], classes: int, answer: tuple[Layer, ...]
) -> None:
    fitted = fitted_to(spec(*layers), (8, 8, 1), classes)
    assert fitted.layers[-len(answer) :] == answer
    assert class_count(fitted) == classes


def test_words_name_what_changes() -> None:
    assert fitting_words(preset("first").spec, (28, 28, 1), 3) == "3 outputs"
    assert fitting_words(preset("blood-cells").spec, (32, 32, 3), 2) == "images of 32×32×3"


def test_a_network_that_cannot_be_built_with_smaller_images_is_given_back_all_the_same() -> None:
    fitted = fitted_to(preset("two-convolutions").spec, (3, 3, 1), 2)
    assert find_problem(fitted) is not None
    assert fitted.input_shape == (3, 3, 1)
