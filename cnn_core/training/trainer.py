"""The compiled training step. Importing this module imports TensorFlow."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt

from cnn_core.architecture.build import build_model
from cnn_core.architecture.outputs import is_binary, is_probability, loss_call
from cnn_core.architecture.spec import NetworkSpec
from cnn_core.backend import keras, tf
from cnn_core.data.dataset import LabelledImages
from cnn_core.data.scaling import PIXEL_MAX
from cnn_core.training.settings import OPTIMIZERS, TrainingSettings

EVALUATION_BATCH = 256


class Trainer:
    """A model with its optimiser and its images, ready to take one step at a time.

    The images stay in memory as bytes; gathering a batch, scaling it to 0..1, the forward and the backward pass and
    the update are one compiled function, so that a step costs Python one call. That is what `model.fit` does too,
    with the same loss and the same optimiser: for the same order of images both give the same weights (a test).

    Args:
        spec: The network.
        settings: Optimiser, learning rate and seed are used here.
        train: The images to learn from; `labels` are class indices.
    """

    def __init__(self, spec: NetworkSpec, settings: TrainingSettings, train: LabelledImages) -> None:
        self.model = build_model(spec, settings.seed)
        self._loss = build_loss(spec)
        self._is_binary = is_binary(spec)
        self._threshold = 0.5 if is_probability(spec) else 0.0
        optimizer_class = getattr(keras.optimizers, OPTIMIZERS[settings.optimizer])
        self._optimizer = optimizer_class(settings.learning_rate)
        self._optimizer.build(self.model.trainable_variables)
        self._images = tf.constant(train.images)
        self._labels = tf.constant(train.labels)
        self._step = tf.function(self._train_batch, input_signature=[tf.TensorSpec([None], tf.int64)])
        self._evaluate = tf.function(
            self._evaluate_batch,
            input_signature=[
                tf.TensorSpec([None, *spec.input_shape], tf.uint8),
                tf.TensorSpec([None], tf.int64),
            ],
        )

    def step(self, indices: npt.NDArray[np.int64]) -> tuple[float, float]:
        """Learn from one batch.

        Args:
            indices: `(batch,)`, which of the training images.

        Returns:
            The batch's loss, regularisers included, and its accuracy (0 to 1), both from before the update.
        """
        loss, correct = self._step(tf.constant(indices))
        return float(loss), float(correct) / len(indices)

    def evaluate(self, part: LabelledImages) -> Iterator[tuple[float, int, int]]:
        """Judge the network on images, batch by batch, so that the caller can pause or stop in between.

        Yields:
            Summed loss (regularisers included, once an image, so that the mean is that of Keras), number right and
            number of images of each batch.
        """
        for start in range(0, len(part), EVALUATION_BATCH):
            images = part.images[start : start + EVALUATION_BATCH]
            labels = part.labels[start : start + EVALUATION_BATCH]
            loss, correct = self._evaluate(images, labels)
            yield float(loss) * len(labels), int(correct), len(labels)

    def weights(self) -> tuple[npt.NDArray[Any], ...]:
        """Copy the weights, in the order of Keras's `get_weights`."""
        return tuple(self.model.get_weights())

    def _train_batch(self, indices: Any) -> Any:
        images = to_floats(tf.gather(self._images, indices))
        labels = tf.gather(self._labels, indices)
        with tf.GradientTape() as tape:
            outputs = self.model(images, training=True)
            loss = self._total_loss(labels, outputs)
        variables = self.model.trainable_variables
        self._optimizer.apply(tape.gradient(loss, variables), variables)
        return loss, self._count_correct(labels, outputs)

    def _evaluate_batch(self, images: Any, labels: Any) -> Any:
        outputs = self.model(to_floats(images), training=False)
        return self._total_loss(labels, outputs), self._count_correct(labels, outputs)

    def _total_loss(self, labels: Any, outputs: Any) -> Any:
        """Add what regularisers ask for, as `fit` and `evaluate` do; without any, nothing is added to the step."""
        penalties = self.model.losses
        loss = self._loss(labels, outputs)
        return loss + tf.add_n(penalties) if penalties else loss

    def _count_correct(self, labels: Any, outputs: Any) -> Any:
        guesses = tf.cast(outputs[:, 0] > self._threshold, tf.int64) if self._is_binary else tf.argmax(outputs, axis=1)
        return tf.reduce_sum(tf.cast(guesses == labels, tf.int32))


def to_floats(images: Any) -> Any:
    """Scale a tensor of uint8 images to float32, 0 to 1, as `cnn_core.data.scaling` does for arrays."""
    return tf.cast(images, tf.float32) / PIXEL_MAX


def build_loss(spec: NetworkSpec) -> Any:
    """Return the loss that belongs to the network's answer, as a function of labels and outputs."""
    call = loss_call(spec)
    loss = getattr(keras.losses, call.class_name)(**call.arguments)
    if is_binary(spec):
        return lambda labels, outputs: loss(tf.cast(labels[:, None], tf.float32), outputs)
    return loss
