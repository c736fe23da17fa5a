"""Switching a filter off: by hand, by coins, and by Keras with that filter's weights set to zero."""

from __future__ import annotations

from itertools import product
from typing import Any

import numpy as np
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
)
from cnn_core.architecture.spec import NetworkSpec
from cnn_core.errors import ClassroomError
from cnn_core.inspection.ablation import Ablation, ClassAccuracy, ablate, check_switchable, sign_test

CUT = NetworkSpec((1, 1, 3), (Dense(units=3), Dense(units=3)))
NUMBERS = [[3, 2, 0], [3, 0, 2], [0, 3, 2], [1, 3, 0], [2, 0, 3], [0, 1, 1]]
"""What three units give for six images. The class is the unit that gives most; the first of equals."""
LABELS = np.array([0, 2, 1, 0, 2, 2])


class ByHand:
    """A network whose first layer passes the pixels on, and whose answer is the shares of these."""

    spec = CUT

    def layer_outputs(self, images: Any, layer: str) -> Any:
        assert layer == "dense_1"
        return images[:, 0, 0].astype(np.float32)

    def probabilities_after(self, layer: str, outputs: Any) -> Any:
        assert layer == "dense_1"
        return outputs / outputs.sum(axis=1, keepdims=True)


IMAGES = np.array(NUMBERS, np.uint8).reshape(6, 1, 1, 3)


@pytest.mark.parametrize("batch", [1, 4, 64])
def test_by_hand(batch: int) -> None:
    *_, found = ablate(ByHand(), IMAGES, LABELS, "dense_1", 0, batch)
    assert found.before.tolist() == [0, 0, 1, 1, 2, 1]
    assert found.after.tolist() == [1, 2, 1, 1, 2, 1]  # 0, 2, 0 | 0, 0, 2 | … : without the first unit
    assert (found.accuracy_before, found.accuracy_after) == (3 / 6, 3 / 6)
    assert (found.lost, found.gained, found.changed) == (1, 1, 2)
    assert found.by_class() == (ClassAccuracy(0, 2, 1, 0), ClassAccuracy(1, 1, 1, 1), ClassAccuracy(2, 3, 1, 2))
    assert [round(one.change, 2) for one in found.by_class()] == [-0.5, 0, 0.33]
    assert found.is_within_chance


def test_each_step_holds_the_images_so_far() -> None:
    steps = list(ablate(ByHand(), IMAGES, LABELS, "dense_1", 0, 4))
    assert [(step.done, step.total) for step in steps] == [(4, 6), (6, 6)]
    np.testing.assert_array_equal(steps[0].labels, LABELS[:4])


def test_network_keeps_its_numbers() -> None:
    class Sharing(ByHand):
        kept = np.array(NUMBERS, np.float32)

        def layer_outputs(self, images: Any, layer: str) -> Any:
            return self.kept

    network = Sharing()
    network.kept.flags.writeable = False
    *_, found = ablate(network, IMAGES, LABELS, "dense_1", 0)
    assert found.changed == 2
    np.testing.assert_array_equal(network.kept, NUMBERS)


def test_sign_test_counts_the_coins() -> None:
    for changes in range(9):
        for lost in range(changes + 1):
            tilt = abs(2 * lost - changes)
            throws = list(product((-1, 1), repeat=changes))
            expected = sum(abs(sum(throw)) >= tilt for throw in throws) / len(throws)
            assert sign_test(lost, changes - lost) == pytest.approx(expected)


@pytest.mark.parametrize(("lost", "gained", "is_chance"), [(0, 0, True), (5, 0, True), (6, 0, False), (20, 4, False)])
def test_difference_counts_where_coins_seldom_tip_as_far(lost: int, gained: int, is_chance: bool) -> None:
    labels = np.zeros(lost + gained + 10, int)
    before, after = labels.copy(), labels.copy()
    after[:lost] = 1
    before[lost : lost + gained] = 1
    found = Ablation(len(labels), labels, before, after)
    assert (found.lost, found.gained) == (lost, gained)
    assert found.is_within_chance == is_chance


@pytest.mark.parametrize(
    ("layers", "answers"),
    [
        ((Conv2D(), Flatten(), Dense(units=3)), {"dense_1"}),
        ((Flatten(), Dense(units=3), Activation("softmax")), {"dense_1", "activation_1"}),
        ((Conv2D(), Dropout(), Conv2D(filters=3), GlobalPooling2D()), {"conv_2", "global_pool_1"}),
        ((Conv2D(), BatchNormalization(), GlobalPooling2D()), {"conv_1", "norm_1", "global_pool_1"}),
        ((Pooling2D(), Flatten()), {"pool_1", "flatten_1"}),
        ((ResidualBlock(), GlobalPooling2D(), Dropout()), {"residual_1", "global_pool_1", "dropout_1"}),
    ],
)
def test_answer_itself_cannot_be_switched_off(layers: tuple[Layer, ...], answers: set[str]) -> None:
    spec = NetworkSpec((8, 8, 1), layers)
    for name in spec.layer_names:
        if name in answers:
            with pytest.raises(ClassroomError, match=rf"What {name} gives out is the network's answer itself"):
                check_switchable(spec, name)
        else:
            check_switchable(spec, name)


def test_last_layer_is_refused_before_anything_is_computed() -> None:
    with pytest.raises(ClassroomError, match=r"Choose an earlier layer\."):
        next(ablate(ByHand(), IMAGES, LABELS, "dense_2", 0))


def test_what_does_not_fit_is_refused() -> None:
    for count, channel in ((5, 0), (6, 3), (6, -1)):
        with pytest.raises(ValueError, match="Received"):
            list(ablate(ByHand(), IMAGES, LABELS[:count], "dense_1", channel))
    with pytest.raises(ValueError, match="at least one image"):
        list(ablate(ByHand(), IMAGES[:0], LABELS[:0], "dense_1", 0))


@pytest.mark.filterwarnings("ignore:invalid value encountered:RuntimeWarning")
def test_what_is_no_number_is_said() -> None:
    with pytest.raises(ClassroomError, match="training has diverged"):
        list(ablate(ByHand(), np.zeros_like(IMAGES), LABELS, "dense_1", 0))


@pytest.mark.slow
@pytest.mark.parametrize("units", [4, 1])
def test_keras_with_the_filters_weights_at_zero_answers_the_same(keras: Any, units: int) -> None:
    from cnn_core.architecture.build import build_model
    from tests.cnn_core.inspection.test_gradients import gradients_of, weights_for
    from tests.cnn_core.inspection.test_probe import open_network

    activation = "sigmoid" if units == 1 else "softmax"
    layers = (
        Conv2D(filters=3, activation="relu"),
        Pooling2D(),
        Conv2D(filters=4, kernel_height=2, kernel_width=2, activation="tanh"),
        Flatten(),
        Dense(units=6, activation="relu"),
        Dense(units=units, activation=activation),
    )
    spec = NetworkSpec((9, 8, 2), layers)
    rng = np.random.default_rng(1)
    weights = [rng.normal(0, 1 / np.sqrt(np.prod(w.shape[:-1])), w.shape).astype(np.float32) for w in weights_for(spec)]
    images = rng.random((60, *spec.input_shape)).astype(np.float32)
    weights[-1] -= np.median(gradients_of(spec, weights).logits(images), axis=0)[-units:]  # no class has all images
    labels = rng.integers(0, max(units, 2), 60)
    network = gradients_of(spec, weights)
    moved = 0
    for layer, kernel in (("conv_1", 0), ("conv_2", 2), ("dense_1", 4)):
        for channel in range(weights[kernel].shape[-1]):
            without = [weight.copy() for weight in weights]
            without[kernel][..., channel] = without[kernel + 1][channel] = 0
            model = build_model(spec)
            model.set_weights(without)
            answers = model.predict_on_batch(images)
            expected = answers[:, 0] > 0.5 if units == 1 else answers.argmax(axis=1)
            *_, found = ablate(network, images, labels, layer, channel, batch=25)
            np.testing.assert_array_equal(found.after, expected)
            np.testing.assert_array_equal(
                found.before, open_network(spec, weights).probabilities(images).argmax(axis=1)
            )
            assert found.accuracy_after == np.mean(expected == labels)
            moved += found.changed
    assert moved > 20
