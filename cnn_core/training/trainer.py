"""The compiled training step. Importing this module imports TensorFlow."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from cnn_core.architecture.build import build_model
from cnn_core.architecture.outputs import is_binary, is_probability, loss_call
from cnn_core.architecture.seeds import node_name
from cnn_core.architecture.shapes import network_figures
from cnn_core.architecture.spec import NetworkSpec
from cnn_core.augmentation.graph import augment
from cnn_core.backend import keras, tf
from cnn_core.data.dataset import LabelledImages
from cnn_core.data.scaling import PIXEL_MAX
from cnn_core.errors import ClassroomError
from cnn_core.training.class_weights import class_weights
from cnn_core.training.optimizers import OPTIMIZERS
from cnn_core.training.settings import TrainingSettings

EVALUATION_BATCH = 256


@dataclass(frozen=True)
class StepResult:
    """What one step tells, all from before its update.

    Args:
        loss: Mean loss of the batch, regularisers included.
        accuracy: Share of the batch that was read rightly, 0 to 1.
        gradient_norms: `(layer,)`, length of the gradient of each of `Trainer.layers`; nothing where nobody asked.
    """

    loss: float
    accuracy: float
    gradient_norms: npt.NDArray[np.float32] | None = None


class Trainer:
    """A model with its optimiser and its images, ready to take one step at a time.

    The images stay in memory as bytes; gathering a batch, scaling it to 0..1, augmenting it, the forward and the
    backward pass and the update are one compiled function, so that a step costs Python one call. That is what
    `model.fit` does too, with the same loss and the same optimiser: for the same order of images both give the same
    weights (a test).

    Args:
        spec: The network.
        settings: Everything but what decides which images there are and how long training goes on. Where nobody has
            decided yet what the layers compute with (`precision.decided`), it is float32.
        train: The images to learn from; `labels` are class indices.
    """

    def __init__(self, spec: NetworkSpec, settings: TrainingSettings, train: LabelledImages) -> None:
        self.model = build_model(spec, settings.seed, "bfloat16" if settings.precision == "bfloat16" else "float32")
        add_l2(self.model, settings.l2)
        self._loss = build_loss(spec, settings.label_smoothing)
        self._augmentation = settings.augmentation
        self._seed = settings.seed
        self._class_weights = class_weights(train.labels) if settings.has_class_weights else None
        self._is_binary = is_binary(spec)
        self._threshold = 0.5 if is_probability(spec) else 0.0
        self._optimizer = build_optimizer(settings)
        self._optimizer.build(self.model.trainable_variables)
        self._learning_rate = settings.learning_rate
        self._count = 0
        self.layers, self._layer_of_variable = _layers_with_weights(spec, self.model)
        self._images = tf.constant(train.images)
        self._labels = tf.constant(train.labels)
        self._compile()
        images, labels = tf.TensorSpec([None, *spec.input_shape], tf.uint8), tf.TensorSpec([None], tf.int64)
        self._evaluate = tf.function(self._evaluate_batch, input_signature=[images, labels], autograph=False)

    def _compile(self) -> None:
        self._step = tf.function(
            self._train_batch,
            input_signature=[tf.TensorSpec([None], tf.int64), tf.TensorSpec([2], tf.int32), tf.TensorSpec([], tf.bool)],
            autograph=False,  # nothing here needs it, and reading source code in a thread disturbs others that do
        )

    def step(
        self, indices: npt.NDArray[np.int64], learning_rate: float | None = None, *, is_watched: bool = False
    ) -> StepResult:
        """Learn from one batch.

        Args:
            indices: `(batch,)`, which of the training images.
            learning_rate: That of this and the following steps, if it changes.
            is_watched: Whether the gradients are measured; that costs a little.
        """
        if learning_rate is not None and learning_rate != self._learning_rate:
            self._optimizer.learning_rate.assign(learning_rate)
            self._learning_rate = learning_rate
        draw = np.array([self._seed, self._count], np.int32)
        loss, correct, norms = self._step(tf.constant(indices), draw, is_watched)
        self._count += 1
        return StepResult(float(loss), float(correct) / len(indices), norms.numpy() if is_watched else None)

    def set_dropout(self, rate: float) -> bool:
        """Change the rate of every dropout layer; the next step is compiled anew.

        Args:
            rate: Share of the numbers that is left out, above 0 and below 1.

        Returns:
            Whether the network has such a layer. One that was built with a rate of 0 draws nothing, and stays so.
        """
        layers = [layer for layer in self.model.layers if isinstance(layer, keras.layers.Dropout) and layer.rate > 0]
        for layer in layers:
            layer.rate = rate
        if layers:
            self._compile()
        return bool(layers)

    def evaluate(self, part: LabelledImages) -> Iterator[tuple[float, int, int]]:
        """Judge the network on images, batch by batch, so that the caller can pause or stop in between.

        Yields:
            Summed loss (regularisers included, once an image, so that the mean is that of Keras), number right and
            number of images of each batch.
        """
        for start in range(0, len(part), EVALUATION_BATCH):
            images = part.images[start : start + EVALUATION_BATCH]
            labels = part.labels[start : start + EVALUATION_BATCH]
            loss, correct, _ = self._evaluate(images, labels)
            yield float(loss) * len(labels), int(correct), len(labels)

    def guesses(self, images: npt.NDArray[np.uint8]) -> npt.NDArray[np.int64]:
        """Return the class that each of some images is taken for, `(count,)`."""
        return np.asarray(self._evaluate(images, np.zeros(len(images), np.int64))[2])

    def weights(self) -> tuple[npt.NDArray[Any], ...]:
        """Copy the weights, in the order of Keras's `get_weights`."""
        return _numbers(self.model.weights)

    def set_weights(self, arrays: tuple[npt.NDArray[Any], ...]) -> None:
        """Take weights that `weights` gave."""
        self.model.set_weights(list(arrays))

    def state(self) -> tuple[npt.NDArray[Any], ...]:
        """Copy what it takes, besides the weights, to go on as if nothing had happened.

        Returns:
            The number of steps, then the optimiser's numbers and those by which layers draw at random.
        """
        return np.array([self._count]), *_numbers(self._state_variables())

    def set_state(self, arrays: tuple[npt.NDArray[Any], ...]) -> None:
        """Take what `state` gave.

        Raises:
            ClassroomError: If it belongs to another network or optimiser.
        """
        count, *numbers = arrays
        variables = self._state_variables()
        if [tuple(variable.shape) for variable in variables] != [array.shape for array in numbers]:
            raise ClassroomError("This training's stored state does not fit its network.", "Train the network again.")
        for variable, array in zip(variables, numbers, strict=True):
            variable.assign(array)
        self._count = int(count[0])
        self._learning_rate = float("nan")  # whatever the next step asks for, it is set anew

    def _state_variables(self) -> list[Any]:
        learned = {id(variable) for variable in self.model.weights}
        drawing = [variable for variable in self.model.non_trainable_variables if id(variable) not in learned]
        return [*self._optimizer.variables, *drawing]

    def _train_batch(self, indices: Any, draw: Any, is_watched: Any) -> Any:
        images = to_floats(tf.gather(self._images, indices))
        if self._augmentation.is_active:
            images = augment(images, self._augmentation, draw)
        labels = tf.gather(self._labels, indices)
        importance = tf.gather(self._class_weights, labels) if self._class_weights is not None else None
        with tf.GradientTape() as tape:
            outputs = self.model(images, training=True)
            loss = self._total_loss(labels, outputs, importance)
        variables = self.model.trainable_variables
        gradients = tape.gradient(loss, variables)
        norms = tf.cond(is_watched, lambda: self._norms(gradients), lambda: tf.zeros(len(self.layers)))
        self._optimizer.apply(gradients, variables)
        return loss, self._count_correct(labels, outputs), norms

    def _norms(self, gradients: list[Any]) -> Any:
        """Measure each layer's gradient: the root of the sum of the squares of all its numbers."""
        squares = tf.stack([tf.reduce_sum(tf.square(gradient)) for gradient in gradients])
        return tf.sqrt(tf.math.unsorted_segment_sum(squares, self._layer_of_variable, len(self.layers)))

    def _evaluate_batch(self, images: Any, labels: Any) -> Any:
        outputs = self.model(to_floats(images), training=False)
        return self._total_loss(labels, outputs, None), self._count_correct(labels, outputs), self._classes(outputs)

    def _total_loss(self, labels: Any, outputs: Any, importance: Any) -> Any:
        """Add what regularisers ask for, as `fit` and `evaluate` do; without any, nothing is added to the step."""
        penalties = self.model.losses
        loss = self._loss(labels, outputs, importance)
        return loss + tf.add_n(penalties) if penalties else loss

    def _classes(self, outputs: Any) -> Any:
        return tf.cast(outputs[:, 0] > self._threshold, tf.int64) if self._is_binary else tf.argmax(outputs, axis=1)

    def _count_correct(self, labels: Any, outputs: Any) -> Any:
        return tf.reduce_sum(tf.cast(self._classes(outputs) == labels, tf.int32))


def _numbers(variables: list[Any]) -> tuple[npt.NDArray[Any], ...]:
    return tuple(np.asarray(variable.numpy()) for variable in variables)  # `numpy` copies, once


def to_floats(images: Any) -> Any:
    """Scale a tensor of uint8 images to float32, 0 to 1, as `cnn_core.data.scaling` does for arrays."""
    return tf.cast(images, tf.float32) / PIXEL_MAX


def build_optimizer(settings: TrainingSettings) -> Any:
    """Return the settings' Keras optimiser, at the learning rate of its beginning."""
    call = OPTIMIZERS[settings.optimizer].call(settings)
    return getattr(keras.optimizers, call.class_name)(settings.learning_rate, **call.arguments)


def build_loss(spec: NetworkSpec, label_smoothing: float = 0.0) -> Any:
    """Return the loss that belongs to the network's answer, as a function of labels, outputs and weights of images."""
    call = loss_call(spec, label_smoothing)
    loss = getattr(keras.losses, call.class_name)(**call.arguments)
    if is_binary(spec):
        return lambda labels, outputs, weights=None: loss(tf.cast(labels[:, None], tf.float32), outputs, weights)
    if call.class_name == "CategoricalCrossentropy":
        return lambda labels, outputs, weights=None: loss(tf.one_hot(labels, outputs.shape[-1]), outputs, weights)
    return lambda labels, outputs, weights=None: loss(labels, outputs, weights)


def add_l2(model: Any, factor: float) -> None:
    """Let every kernel that has no regulariser of its own add `factor` times its sum of squares to the loss."""
    for variable in model.trainable_variables if factor else ():
        if variable.name.endswith("kernel") and variable.regularizer is None:
            variable.regularizer = keras.regularizers.L2(factor)


def _layers_with_weights(spec: NetworkSpec, model: Any) -> tuple[tuple[str, ...], list[int]]:
    """Name the network's layers that learn, and say for each trainable variable which of them it belongs to."""
    owners = {
        node_name(row.name, node): row.name
        for row in network_figures(spec).layers
        for node in row.layer.keras_nodes(row.input_shape)
    }
    owned = [owners[layer.name] for layer in model.layers for _ in layer.trainable_variables]
    names = tuple(dict.fromkeys(owned))
    return names, [names.index(name) for name in owned]
