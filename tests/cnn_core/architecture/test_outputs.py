"""What a network's answer has gone through, and the loss that belongs to it."""

from __future__ import annotations

import pytest

from cnn_core.architecture.layers import (
    Activation,
    BatchNormalization,
    Conv2D,
    Dense,
    Dropout,
    Flatten,
    GlobalPooling2D,
    Layer,
    Pooling2D,
    ResidualBlock,
    SeparableConv2D,
)
from cnn_core.architecture.outputs import final_activation, is_binary, is_probability, loss_call
from cnn_core.architecture.spec import NetworkSpec


@pytest.mark.parametrize(
    ("layers", "activation"),
    [
        ((Flatten(), Dense(activation="softmax")), "softmax"),
        ((Flatten(), Dense(activation="softmax"), Dropout()), "softmax"),
        ((Flatten(), Dense(activation="linear")), "linear"),
        ((Flatten(), Dense(activation="linear"), Activation(activation="softmax")), "softmax"),
        ((Flatten(), Dense(activation="softmax"), Activation(activation="linear")), "softmax"),
        ((Flatten(), Dense(activation="sigmoid"), Dense(activation="linear")), "linear"),
        ((Flatten(), Dense(activation="softmax"), BatchNormalization()), "linear"),
        ((Activation(activation="sigmoid"), Flatten()), "sigmoid"),
        ((Pooling2D(), Flatten()), "linear"),
        ((Flatten(),), "linear"),
        ((Conv2D(activation="softmax"), GlobalPooling2D()), "softmax"),
        ((Conv2D(activation="softmax"), GlobalPooling2D(pooling="max")), "linear"),
        ((Conv2D(activation="softmax"), Flatten()), "linear"),
        ((Conv2D(kernel_height=8, kernel_width=8, activation="softmax"), Flatten()), "softmax"),
        ((Conv2D(kernel_height=8, kernel_width=8, activation="softmax"), GlobalPooling2D(pooling="max")), "softmax"),
        ((Conv2D(activation="linear"), Activation(activation="softmax"), GlobalPooling2D(), Dropout()), "softmax"),
        ((SeparableConv2D(filters=1, activation="sigmoid"), GlobalPooling2D(pooling="max")), "sigmoid"),
        ((ResidualBlock(activation="sigmoid"), GlobalPooling2D()), "sigmoid"),
        ((ResidualBlock(activation="softmax"), GlobalPooling2D(pooling="max"), Flatten()), "linear"),
        ((ResidualBlock(), BatchNormalization(), GlobalPooling2D()), "linear"),
        ((GlobalPooling2D(), Dense(activation="softmax")), "softmax"),
    ],
)
def test_the_final_activation_is_what_the_answer_went_through(layers: tuple[Layer, ...], activation: str) -> None:
    assert final_activation(NetworkSpec((8, 8, 1), layers)) == activation


LINEAR = Dense(units=10, activation="linear")
ONE = Dense(units=1, activation="linear")


@pytest.mark.parametrize(
    ("end", "loss", "arguments"),
    [
        ((Dense(units=10, activation="softmax"),), "SparseCategoricalCrossentropy", {}),
        ((LINEAR, Activation(activation="softmax")), "SparseCategoricalCrossentropy", {}),
        ((LINEAR,), "SparseCategoricalCrossentropy", {"from_logits": True}),
        ((Dense(units=10, activation="sigmoid"),), "SparseCategoricalCrossentropy", {"from_logits": True}),
        ((Dense(units=10, activation="softmax"), LINEAR), "SparseCategoricalCrossentropy", {"from_logits": True}),
        ((Dense(units=1, activation="sigmoid"),), "BinaryCrossentropy", {}),
        ((ONE, Activation(activation="sigmoid")), "BinaryCrossentropy", {}),
        ((ONE,), "BinaryCrossentropy", {"from_logits": True}),
        ((ONE, Activation(activation="softmax")), "BinaryCrossentropy", {}),
    ],
)
def test_the_loss_belongs_to_the_answer(end: tuple[Layer, ...], loss: str, arguments: dict[str, bool]) -> None:
    spec = NetworkSpec((8, 8, 1), (Flatten(), *end))
    call = loss_call(spec)
    assert (call.class_name, call.arguments, call.module) == (loss, arguments, "losses")
    assert is_binary(spec) == (loss == "BinaryCrossentropy")
    assert is_probability(spec) == (arguments == {})
