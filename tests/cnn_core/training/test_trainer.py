"""The compiled step against Keras's own `model.fit`, and real runs that really learn."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from cnn_core.architecture.layers import (
    INITIALIZERS,
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
from cnn_core.architecture.spec import NetworkSpec
from cnn_core.data.dataset import Dataset, LabelledImages
from cnn_core.data.scaling import to_network_input
from cnn_core.training.optimizers import OPTIMIZERS
from cnn_core.training.run import Run
from cnn_core.training.settings import TrainingSettings
from tests.cnn_core.training.fakes import SPEC, small_dataset

pytestmark = pytest.mark.slow

BATCH = 16


def image_network(*end: Layer, norm: bool = False) -> NetworkSpec:
    middle: tuple[Layer, ...] = (BatchNormalization(), Activation()) if norm else ()
    return NetworkSpec((6, 6, 1), (Conv2D(filters=4), *middle, Pooling2D(), Flatten(), *end))


def in_order(count: int) -> list[np.ndarray]:
    return [np.arange(start, min(start + BATCH, count)) for start in range(0, count, BATCH)]


def keras_optimizer(name: str) -> Any:
    """What a textbook would write; the arguments are given by hand."""
    from cnn_core.backend import keras

    return {
        "adam": lambda: keras.optimizers.Adam(0.01, beta_1=0.9, beta_2=0.999),
        "sgd": lambda: keras.optimizers.SGD(0.01),
        "rmsprop": lambda: keras.optimizers.RMSprop(0.01, rho=0.9),
        "momentum": lambda: keras.optimizers.SGD(0.01, momentum=0.9),
        "nesterov": lambda: keras.optimizers.SGD(0.01, momentum=0.9, nesterov=True),
        "adamw": lambda: keras.optimizers.AdamW(0.01, weight_decay=0.004),
    }[name]()


def check_against_fit(spec: NetworkSpec, optimizer: str = "adam", epochs: int = 2) -> None:
    """Train both ways on the same images in the same order: weights and reported losses must be equal."""
    from cnn_core.architecture.build import build_model
    from cnn_core.backend import keras
    from cnn_core.training.trainer import Trainer

    train = small_dataset(100).train
    settings = TrainingSettings(batch_size=BATCH, learning_rate=0.01, optimizer=optimizer, seed=5)
    trainer = Trainer(spec, settings, train)
    batches = in_order(100)
    losses = [[trainer.step(indices).loss for indices in batches] for _ in range(epochs)]

    model = build_model(spec, seed=5)
    has_logits = spec.layers[-1].activation == "linear"  # type: ignore[attr-defined]
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=has_logits)
    model.compile(optimizer=keras_optimizer(optimizer), loss=loss, metrics=["accuracy"])
    images = to_network_input(train.images)
    history = model.fit(images, train.labels, batch_size=BATCH, epochs=epochs, shuffle=False, verbose=0)
    for ours, theirs in zip(trainer.weights(), model.get_weights(), strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=2e-3, atol=2e-5)
    means = np.average(losses, axis=1, weights=[len(indices) for indices in batches])
    np.testing.assert_allclose(means, history.history["loss"], rtol=1e-3)
    check_evaluation(trainer, model.evaluate(images, train.labels, verbose=0), train)


def check_evaluation(trainer: Any, expected: list[float], part: LabelledImages) -> None:
    from cnn_core.training.learner import _mean

    loss, accuracy, count = _mean(trainer.evaluate(part))
    assert (loss, accuracy, count) == (pytest.approx(expected[0], rel=1e-3), pytest.approx(expected[1]), len(part))


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
@pytest.mark.parametrize("end", ["softmax", "linear"])
def test_steps_give_the_weights_that_fit_gives(optimizer: str, end: str) -> None:
    check_against_fit(image_network(Dense(units=3, activation=end), norm=True), optimizer)


CLASSES = Dense(units=3, activation="softmax")
NETWORKS: dict[str, tuple[Layer, ...]] = {
    "l2 and batch norm": (
        Conv2D(filters=4, activation="linear", use_bias=False),
        BatchNormalization(),
        Activation(),
        Flatten(),
        Dense(units=8, l2=0.1),
        Dense(units=3, activation="linear", l2=0.03),
    ),
    "residual": (
        ResidualBlock(filters=4),
        ResidualBlock(filters=4),
        ResidualBlock(filters=5, stride=2, has_batch_norm=False),
        GlobalPooling2D(),
        CLASSES,
    ),
    "separable and dilation": (
        Conv2D(filters=4, kernel_width=1, dilation_rate=2),
        SeparableConv2D(filters=5, padding="same", dilation_rate=2),
        SeparableConv2D(filters=6, padding="same", stride=2),
        GlobalPooling2D(pooling="max"),
        CLASSES,
    ),
    "dropout": (Conv2D(filters=4), Dropout(rate=0.3), Pooling2D(pooling="min"), Flatten(), Dropout(rate=0.5), CLASSES),
    "initialisers": (
        Conv2D(filters=4, initializer="he_normal"),
        SeparableConv2D(filters=4, initializer="lecun_normal"),
        Flatten(),
        *(Dense(units=6, activation="tanh", initializer=name) for name in INITIALIZERS if name != "zeros"),
        Dense(units=3, activation="softmax", initializer="zeros"),
    ),
}


@pytest.mark.parametrize("layers", NETWORKS.values(), ids=NETWORKS)
def test_every_kind_of_layer_learns_as_with_fit(layers: tuple[Layer, ...]) -> None:
    check_against_fit(NetworkSpec((6, 6, 1), layers))


def test_a_regulariser_is_a_part_of_the_loss() -> None:
    from cnn_core.training.trainer import Trainer

    train = small_dataset(40).train
    losses = {}
    for l2 in (0.0, 0.1):
        spec = NetworkSpec((6, 6, 1), (Flatten(), Dense(units=3, activation="softmax", l2=l2)))
        trainer = Trainer(spec, TrainingSettings(batch_size=40), train)
        penalty = l2 * float(np.square(trainer.weights()[0]).sum())
        evaluated = sum(loss for loss, _, _ in trainer.evaluate(train)) / len(train)
        losses[l2] = (evaluated - penalty, trainer.step(np.arange(40)).loss - penalty)
    assert losses[0.1] == pytest.approx(losses[0.0], rel=1e-5)


def test_a_step_without_regulariser_adds_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Counted in the compiled step: as many operations as if there were no regularisers in the world."""
    from cnn_core.training.trainer import Trainer

    def operations(l2: float) -> int:
        spec = NetworkSpec((6, 6, 1), (Flatten(), Dense(units=3, activation="softmax", l2=l2)))
        trainer = Trainer(spec, TrainingSettings(), small_dataset(40).train)
        return len(trainer._step.get_concrete_function().graph.get_operations())

    without, with_one = operations(0.0), operations(0.1)
    bare = lambda self, labels, outputs, importance: self._loss(labels, outputs, importance)  # noqa: E731
    monkeypatch.setattr(Trainer, "_total_loss", bare)
    assert without == operations(0.0) < with_one


def test_evaluation_equals_that_of_keras() -> None:
    from cnn_core.backend import keras
    from cnn_core.training.trainer import Trainer

    data = small_dataset(400)
    trainer = Trainer(image_network(CLASSES), TrainingSettings(), data.train)
    trainer.model.compile(loss=keras.losses.SparseCategoricalCrossentropy(), metrics=["accuracy"])
    expected = trainer.model.evaluate(to_network_input(data.train.images), data.train.labels, verbose=0)
    check_evaluation(trainer, expected, data.train)


def test_two_classes_learn_through_one_sigmoid_output() -> None:
    whole = small_dataset(240)
    keep = whole.train.labels < 2
    pair = LabelledImages(whole.train.images[keep], whole.train.labels[keep])
    data = Dataset("pair", ("top", "middle"), pair, pair)
    spec = NetworkSpec((6, 6, 1), (Flatten(), Dense(units=1, activation="sigmoid")))
    settings = TrainingSettings(dataset="pair", epochs=15, batch_size=8, learning_rate=0.05)
    run = Run(spec, settings, "pair", lambda slug: data)
    run.start()
    assert run.join(60)
    assert run.snapshot.status == "finished", run.snapshot.message
    assert run.snapshot.test is not None
    assert run.snapshot.test.accuracy > 0.95


def test_real_run_learns_and_is_repeatable() -> None:
    settings = TrainingSettings(dataset="small", epochs=6, batch_size=8, learning_rate=0.02, seed=11)
    spec = image_network(Dropout(rate=0.2), Dense(units=3, activation="softmax"))
    results = []
    for _ in range(2):
        run = Run(spec, settings, "small", lambda slug: small_dataset(240))
        run.start()
        assert run.join(60)
        assert run.snapshot.status == "finished", run.snapshot.message
        results.append(run)
    test = results[0].snapshot.test
    assert test is not None
    assert test.accuracy > 0.9
    first, second = (run.snapshot.batch_loss for run in results)
    np.testing.assert_allclose(first, second, rtol=1e-3, atol=1e-4)


def test_far_too_large_learning_rate_ends_in_a_sentence_or_a_result() -> None:
    settings = TrainingSettings(dataset="small", epochs=3, batch_size=8, learning_rate=10.0, optimizer="sgd")
    run = Run(SPEC, settings, "small", lambda slug: small_dataset())
    run.start()
    assert run.join(60)
    assert run.snapshot.status in ("finished", "failed")
    if run.snapshot.status == "failed":
        assert "smaller learning rate" in run.snapshot.message
