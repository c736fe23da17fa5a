"""The compiled step against Keras's own `model.fit`, and real runs that really learn."""

from __future__ import annotations

import numpy as np
import pytest

from cnn_core.architecture.layers import (
    Activation,
    BatchNormalization,
    Conv2D,
    Dense,
    Dropout,
    Flatten,
    Layer,
    Pooling2D,
)
from cnn_core.architecture.spec import NetworkSpec
from cnn_core.data.dataset import Dataset, LabelledImages
from cnn_core.data.scaling import to_network_input
from cnn_core.training.run import Run
from cnn_core.training.settings import OPTIMIZERS, TrainingSettings
from tests.cnn_core.training.fakes import SPEC, small_dataset

pytestmark = pytest.mark.slow

BATCH = 16


def image_network(*end: Layer, norm: bool = False) -> NetworkSpec:
    middle: tuple[Layer, ...] = (BatchNormalization(), Activation()) if norm else ()
    return NetworkSpec((6, 6, 1), (Conv2D(filters=4), *middle, Pooling2D(), Flatten(), *end))


def in_order(count: int) -> list[np.ndarray]:
    return [np.arange(start, min(start + BATCH, count)) for start in range(0, count, BATCH)]


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
@pytest.mark.parametrize("end", ["softmax", "linear"])
def test_steps_give_the_weights_that_fit_gives(optimizer: str, end: str) -> None:
    from cnn_core.architecture.build import build_model
    from cnn_core.backend import keras
    from cnn_core.training.trainer import Trainer

    train = small_dataset(100).train
    spec = image_network(Dense(units=3, activation=end), norm=True)
    settings = TrainingSettings(batch_size=BATCH, learning_rate=0.01, optimizer=optimizer, seed=5)
    trainer = Trainer(spec, settings, train)
    losses = [trainer.step(indices)[0] for _ in range(2) for indices in in_order(100)]

    model = build_model(spec, seed=5)
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=end == "linear")
    model.compile(optimizer=getattr(keras.optimizers, OPTIMIZERS[optimizer])(0.01), loss=loss)
    history = model.fit(
        to_network_input(train.images), train.labels, batch_size=BATCH, epochs=2, shuffle=False, verbose=0
    )
    for ours, theirs in zip(trainer.weights(), model.get_weights(), strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=2e-3, atol=2e-5)
    sizes = [len(indices) for indices in in_order(100)]
    assert np.average(losses[: len(sizes)], weights=sizes) == pytest.approx(history.history["loss"][0], rel=1e-3)


def test_evaluation_equals_that_of_keras() -> None:
    from cnn_core.backend import keras
    from cnn_core.training.run import _mean
    from cnn_core.training.trainer import Trainer

    data = small_dataset(400)
    trainer = Trainer(image_network(Dense(units=3, activation="softmax")), TrainingSettings(), data.train)
    loss, accuracy, count = _mean(trainer.evaluate(data.train))
    trainer.model.compile(loss=keras.losses.SparseCategoricalCrossentropy(), metrics=["accuracy"])
    expected = trainer.model.evaluate(to_network_input(data.train.images), data.train.labels, verbose=0)
    assert (loss, accuracy, count) == (pytest.approx(expected[0], rel=1e-4), pytest.approx(expected[1]), 400)


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
