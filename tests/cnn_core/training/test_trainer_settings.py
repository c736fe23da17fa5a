"""Each setting of the training against Keras's own way to do the same."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from cnn_core.architecture.layers import Conv2D, Dense, Dropout, Flatten, Layer, Pooling2D, ResidualBlock
from cnn_core.architecture.spec import NetworkSpec
from cnn_core.augmentation.settings import Augmentation
from cnn_core.data.dataset import LabelledImages
from cnn_core.data.scaling import to_network_input
from cnn_core.training.schedules import scheduled_rate
from cnn_core.training.settings import TrainingSettings
from tests.cnn_core.training.fakes import small_dataset

pytestmark = pytest.mark.slow

BATCH, COUNT, EPOCHS = 16, 100, 2
STEPS = -(-COUNT // BATCH)
BASE = TrainingSettings(batch_size=BATCH, learning_rate=0.01, optimizer="momentum", seed=5, epochs=EPOCHS)


def network(*end: Layer) -> NetworkSpec:
    return NetworkSpec((6, 6, 1), (Conv2D(filters=4), Pooling2D(), Flatten(), *end))


CLASSES = network(Dense(units=3, activation="softmax"))
LOGITS = network(Dense(units=3, activation="linear"))


def learned(spec: NetworkSpec, settings: TrainingSettings, train: LabelledImages) -> tuple[Any, list[float]]:
    """Train as the app does, on the images in their order; gives the trainer and each epoch's mean loss."""
    from cnn_core.training.trainer import Trainer

    trainer = Trainer(spec, settings, train)
    means = []
    for epoch in range(EPOCHS):
        losses = []
        for number in range(STEPS):
            indices = np.arange(number * BATCH, min((number + 1) * BATCH, COUNT))
            rate = scheduled_rate(settings, epoch * STEPS + number, STEPS)
            losses.append(trainer.step(indices, rate).loss * len(indices))
        means.append(sum(losses) / COUNT)
    return trainer, means


def fitted(
    spec: NetworkSpec, train: LabelledImages, loss: Any, *, rates: Any = None, l2: float = 0.0, **fit: Any
) -> Any:
    """Train with `fit` on the same images in the same order."""
    from cnn_core.architecture.build import build_model
    from cnn_core.backend import keras

    model = build_model(spec, seed=5)
    if l2:
        config = model.get_config()
        for layer in config["layers"]:
            if "kernel_regularizer" in layer["config"]:
                layer["config"]["kernel_regularizer"] = {"class_name": "L2", "config": {"l2": l2}}
        regularised = keras.Model.from_config(config)
        regularised.set_weights(model.get_weights())
        model = regularised
    model.compile(optimizer=keras.optimizers.SGD(0.01, momentum=0.9), loss=loss)
    callbacks = []
    if rates is not None:
        taken = iter(rates)

        def set_rate(*_: Any, **__: Any) -> None:
            model.optimizer.learning_rate = next(taken)

        callbacks.append(keras.callbacks.LambdaCallback(on_train_batch_begin=set_rate))
    labels = fit.pop("labels", train.labels)
    images = to_network_input(train.images)
    history = model.fit(
        images, labels, batch_size=BATCH, epochs=EPOCHS, shuffle=False, verbose=0, callbacks=callbacks, **fit
    )
    return model, history.history["loss"]


def check_equal(ours: tuple[Any, list[float]], theirs: tuple[Any, list[float]]) -> None:
    for one, other in zip(ours[0].weights(), theirs[0].get_weights(), strict=True):
        np.testing.assert_allclose(one, other, rtol=2e-3, atol=2e-5)
    np.testing.assert_allclose(ours[1], theirs[1], rtol=1e-3)


@pytest.mark.parametrize("schedule", ["step", "cosine", "one_cycle"])
def test_every_step_has_the_schedule_s_learning_rate(schedule: str) -> None:
    from cnn_core.backend import keras

    settings = replace(BASE, schedule=schedule, drop_epochs=1)
    train = small_dataset(COUNT).train
    rates = [scheduled_rate(settings, step, STEPS) for step in range(EPOCHS * STEPS)]
    assert len(set(rates)) > 1
    loss = keras.losses.SparseCategoricalCrossentropy()
    check_equal(learned(CLASSES, settings, train), fitted(CLASSES, train, loss, rates=rates))


def test_l2_is_that_of_kernel_regularizers() -> None:
    from cnn_core.backend import keras

    train = small_dataset(COUNT).train
    loss = keras.losses.SparseCategoricalCrossentropy()
    check_equal(learned(CLASSES, replace(BASE, l2=0.05), train), fitted(CLASSES, train, loss, l2=0.05))


def test_l2_leaves_alone_what_has_its_own_and_reaches_every_kernel_of_a_block() -> None:
    from cnn_core.training.trainer import Trainer

    train = small_dataset(20).train
    layers = (ResidualBlock(filters=3, has_batch_norm=False), Flatten(), Dense(units=3, activation="softmax", l2=0.05))
    trainer = Trainer(NetworkSpec((6, 6, 1), layers), replace(BASE, l2=0.1), train)
    kernels = [v for v in trainer.model.trainable_variables if v.name == "kernel"]
    factors = [float(v.regularizer.l2) for v in kernels]
    assert factors[-1] == pytest.approx(0.05)
    assert len(factors) > 2
    assert factors[:-1] == pytest.approx([0.1] * (len(factors) - 1))


@pytest.mark.parametrize(("spec", "from_logits"), [(CLASSES, False), (LOGITS, True)], ids=["probabilities", "logits"])
def test_label_smoothing_is_keras_s(spec: NetworkSpec, from_logits: bool) -> None:
    from cnn_core.backend import keras

    train = small_dataset(COUNT).train
    loss = keras.losses.CategoricalCrossentropy(label_smoothing=0.2, from_logits=from_logits)
    theirs = fitted(spec, train, loss, labels=np.eye(3, dtype=np.float32)[train.labels])
    check_equal(learned(spec, replace(BASE, label_smoothing=0.2), train), theirs)


def test_label_smoothing_of_two_classes_is_keras_s() -> None:
    from cnn_core.backend import keras

    spec = network(Dense(units=1, activation="sigmoid"))
    part = small_dataset(COUNT).train
    train = LabelledImages(part.images, part.labels % 2)
    theirs = fitted(spec, train, keras.losses.BinaryCrossentropy(label_smoothing=0.2), labels=train.labels[:, None])
    check_equal(learned(spec, replace(BASE, label_smoothing=0.2), train), theirs)


def test_rare_classes_weigh_more_as_with_fit() -> None:
    from cnn_core.backend import keras

    part = small_dataset(COUNT).train
    labels = np.where(np.arange(COUNT) % 10 == 0, 2, np.arange(COUNT) % 2).astype(np.int64)
    train = LabelledImages(part.images, labels)
    counts = np.bincount(labels)
    weights = {index: COUNT / (3 * int(number)) for index, number in enumerate(counts)}
    theirs = fitted(CLASSES, train, keras.losses.SparseCategoricalCrossentropy(), class_weight=weights)
    ours = learned(CLASSES, replace(BASE, has_class_weights=True), train)
    for one, other in zip(ours[0].weights(), theirs[0].get_weights(), strict=True):
        np.testing.assert_allclose(one, other, rtol=2e-3, atol=2e-5)


def test_gradients_are_measured_where_asked_for_and_change_nothing() -> None:
    from cnn_core.backend import keras, tf
    from cnn_core.training.trainer import Trainer

    train = small_dataset(COUNT).train
    watched, other = Trainer(CLASSES, BASE, train), Trainer(CLASSES, BASE, train)
    indices = np.arange(BATCH)
    with tf.GradientTape() as tape:
        outputs = watched.model(to_network_input(train.images[:BATCH]), training=True)
        loss = keras.losses.SparseCategoricalCrossentropy()(train.labels[:BATCH], outputs)
    variables = watched.model.trainable_variables
    squares = [float(np.sum(np.square(gradient))) for gradient in tape.gradient(loss, variables)]
    result = watched.step(indices, is_watched=True)
    assert watched.layers == ("conv_1", "dense_1")
    np.testing.assert_allclose(
        result.gradient_norms, np.sqrt([squares[0] + squares[1], squares[2] + squares[3]]), rtol=1e-4
    )
    assert other.step(indices).gradient_norms is None
    for one, two in zip(watched.weights(), other.weights(), strict=True):
        np.testing.assert_array_equal(one, two)


def test_dropout_changes_while_it_learns() -> None:
    from cnn_core.training.trainer import Trainer

    train = small_dataset(COUNT).train
    spec = NetworkSpec((6, 6, 1), (Flatten(), Dropout(rate=0.01), Dense(units=3, activation="softmax")))
    trainer, plain = Trainer(spec, BASE, train), Trainer(spec, BASE, train)
    indices = np.arange(BATCH)
    assert trainer.step(indices).loss == plain.step(indices).loss
    assert trainer.set_dropout(0.99)
    assert trainer.step(indices).loss != pytest.approx(plain.step(indices).loss, rel=0.05)
    assert not Trainer(CLASSES, BASE, train).set_dropout(0.5)


def test_augmented_images_are_learned_and_the_same_ones_for_the_same_seed() -> None:
    from cnn_core.training.trainer import Trainer

    train = small_dataset(COUNT).train
    changed = replace(BASE, augmentation=Augmentation(shift=0.3, noise=0.2))
    indices = np.arange(BATCH)

    def losses(settings: TrainingSettings) -> list[float]:
        trainer = Trainer(CLASSES, settings, train)
        return [trainer.step(indices).loss for _ in range(3)]

    assert losses(changed) == losses(changed)
    assert losses(changed) != losses(BASE)
    guesses = Trainer(CLASSES, changed, train).guesses(train.images)
    np.testing.assert_array_equal(guesses, Trainer(CLASSES, BASE, train).guesses(train.images))
