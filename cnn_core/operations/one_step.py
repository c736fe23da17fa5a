"""One step of training, taken apart: a small convolutional network in NumPy, from the image to its new weights.

The network is a convolution, ReLU, max pooling (or none), and one dense layer with softmax. `forward` works out what it
says, `backward` follows the loss back to every weight, `stepped` goes one step downhill.

Reference:
    Rumelhart, Hinton & Williams 1986, *Learning representations by back-propagating errors*; Goodfellow, Bengio &
    Courville 2016, *Deep Learning*, section 6.5.
"""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np
import numpy.typing as npt

from cnn_core.errors import ClassroomError
from cnn_core.operations.convolution import conv_layer
from cnn_core.operations.kernel_gradient import patches_of
from cnn_core.operations.softmax import cross_entropy, cross_entropy_gradient, softmax
from cnn_core.operations.windows import Numbers

Doubles = npt.NDArray[np.float64]

_QUIET = np.errstate(over="ignore", invalid="ignore")
"""Steps that are too long lead to numbers beyond all bounds. That is something to see, not a fault."""


@dataclass(frozen=True, eq=False)
class Parameters:
    """All numbers of a small network, or one gradient for each of them.

    Args:
        kernels: `(size, size, 1, filters)`.
        biases: `(filters,)`.
        dense_weights: `(pooled numbers, classes)`.
        dense_biases: `(classes,)`.
    """

    kernels: Doubles
    biases: Doubles
    dense_weights: Doubles
    dense_biases: Doubles

    def __len__(self) -> int:
        return sum(getattr(self, field.name).size for field in fields(self))


@dataclass(frozen=True, eq=False)
class SmallNetwork:
    """A convolution, ReLU, pooling and a dense layer with softmax.

    Args:
        parameters: Its weights.
        pool_size: Side of the pooling window; 1 for none.
    """

    parameters: Parameters
    pool_size: int


@dataclass(frozen=True, eq=False)
class Forward:
    """All that a network works out for one image, layer by layer.

    Args:
        sums: `(height, width, filters)`, what the convolution gives, before ReLU.
        feature_maps: The same shape, after ReLU.
        pooled: `(pooled height, pooled width, filters)`.
        logits: `(classes,)`, before softmax.
        probabilities: `(classes,)`, after softmax.
    """

    sums: Doubles
    feature_maps: Doubles
    pooled: Doubles
    logits: Doubles
    probabilities: Doubles


@dataclass(frozen=True, eq=False)
class Backward:
    """The loss's gradient at every place that it passes on its way back.

    Args:
        loss: The cross-entropy before the step.
        at_logits: `(classes,)`, probability minus target.
        at_pooled: Gradient for each pooled number, in the shape of `Forward.pooled`.
        at_sums: Gradient for each of the convolution's sums, in the shape of `Forward.sums`: what a kernel's gradient
            is made of, its upstream gradient.
        parameters: Gradient for each weight.
    """

    loss: float
    at_logits: Doubles
    at_pooled: Doubles
    at_sums: Doubles
    parameters: Parameters


def initial_network(
    shape: tuple[int, int], filters: int, kernel_size: int, pool_size: int = 2, classes: int = 10, seed: int = 0
) -> SmallNetwork:
    """Make a network that has learned nothing: weights by chance, all biases 0.

    Args:
        shape: Height and width of its images.
        filters: Feature maps of the convolution.
        kernel_size: Side of a kernel.
        pool_size: Side of the pooling window; 1 for none.
        classes: How many answers there are.
        seed: Which chance.

    Raises:
        ClassroomError: If kernel and pooling leave nothing of such an image.

    Example:
        >>> network = initial_network((14, 14), filters=3, kernel_size=3)
        >>> network.parameters.dense_weights.shape, len(network.parameters)
        ((108, 10), 1120)

    Reference:
        Glorot & Bengio 2010, *Understanding the difficulty of training deep feedforward neural networks*.
    """
    rows, columns = ((side - kernel_size + 1) // pool_size for side in shape)
    if rows < 1 or columns < 1:
        pooled = f" and pooling of {pool_size}×{pool_size}" if pool_size > 1 else ""
        raise ClassroomError(
            f"A kernel of {kernel_size}×{kernel_size}{pooled} leaves nothing of an image of {shape[0]}×{shape[1]}.",
            "Choose a larger image or a smaller kernel.",
        )
    chance = np.random.default_rng(seed)
    places, pooled_count = kernel_size**2, rows * columns * filters
    return SmallNetwork(
        Parameters(
            _glorot(chance, (kernel_size, kernel_size, 1, filters), places, places * filters),
            np.zeros(filters),
            _glorot(chance, (pooled_count, classes), pooled_count, classes),
            np.zeros(classes),
        ),
        pool_size,
    )


@_QUIET
def forward(network: SmallNetwork, image: Numbers) -> Forward:
    """Let a network look at an image.

    Args:
        network: The network.
        image: `(height, width)`, 0 to 1.

    Raises:
        ValueError: If the image has not the size that the network was made for.

    Example:
        >>> seen = forward(initial_network((6, 6), filters=2, kernel_size=3), np.eye(6))
        >>> seen.sums.shape, seen.pooled.shape, round(float(seen.probabilities.sum()), 12)
        ((4, 4, 2), (2, 2, 2), 1.0)
    """
    own = network.parameters
    if image.ndim != 2:
        raise ValueError(f"image must be (height, width). Received: image.shape={image.shape}.")
    sums = conv_layer(image[..., np.newaxis].astype(np.float64), own.kernels, own.biases).astype(np.float64)
    feature_maps = np.maximum(sums, 0.0)
    pooled = _blocks(feature_maps, network.pool_size).max(axis=2)
    if pooled.size != len(own.dense_weights):
        raise ValueError(
            f"image must give {len(own.dense_weights)} pooled numbers. Received: image.shape={image.shape}, which "
            f"gives {pooled.size}."
        )
    logits = pooled.ravel() @ own.dense_weights + own.dense_biases
    return Forward(sums, feature_maps, pooled, logits, softmax(logits))


@_QUIET
def loss_of(network: SmallNetwork, image: Numbers, class_index: int) -> float:
    """Say how wrong a network is about one image: minus the logarithm of the right class's probability.

    Args:
        network: The network.
        image: `(height, width)`.
        class_index: The right class.

    Example:
        >>> untrained = SmallNetwork(Parameters(np.zeros((2, 2, 1, 1)), *(np.zeros(n) for n in (1, (4, 10), 10))), 1)
        >>> round(loss_of(untrained, np.ones((3, 3)), 7), 4)
        2.3026
    """
    return cross_entropy(forward(network, image).logits, class_index)


@_QUIET
def backward(network: SmallNetwork, image: Numbers, class_index: int) -> Backward:
    """Follow the loss back from the answer to every weight: how much it would rise if that weight rose a little.

    Args:
        network: The network.
        image: `(height, width)`.
        class_index: The right class.

    Example:
        >>> found = backward(initial_network((6, 6), filters=2, kernel_size=3), np.eye(6), class_index=1)
        >>> found.parameters.kernels.shape, abs(float(found.at_logits.sum())) < 1e-12
        ((3, 3, 1, 2), True)

    Reference:
        Rumelhart, Hinton & Williams 1986, *Learning representations by back-propagating errors*.
    """
    own, seen = network.parameters, forward(network, image)
    at_logits = cross_entropy_gradient(seen.logits, class_index)
    at_pooled = (own.dense_weights @ at_logits).reshape(seen.pooled.shape)
    at_sums = _unpooled(at_pooled, seen.feature_maps, network.pool_size) * (seen.sums > 0)
    patches = patches_of(image.astype(np.float64), len(own.kernels))
    kernels = np.einsum("yxab,yxf->abf", patches, at_sums)[:, :, np.newaxis]
    gradient = Parameters(kernels, at_sums.sum(axis=(0, 1)), np.outer(seen.pooled.ravel(), at_logits), at_logits)
    return Backward(cross_entropy(seen.logits, class_index), at_logits, at_pooled, at_sums, gradient)


@_QUIET
def stepped(network: SmallNetwork, gradient: Parameters, learning_rate: float) -> SmallNetwork:
    """Take one step downhill: every weight minus the learning rate times its gradient.

    Args:
        network: The network before; it stays as it is.
        gradient: A gradient for each of its weights.
        learning_rate: How far to go.

    Returns:
        The network after.

    Example:
        >>> network = initial_network((6, 6), filters=1, kernel_size=3)
        >>> after = stepped(network, backward(network, np.eye(6), 1).parameters, learning_rate=0.1)
        >>> loss_of(after, np.eye(6), 1) < loss_of(network, np.eye(6), 1)
        True
    """
    pairs = ((getattr(network.parameters, field.name), getattr(gradient, field.name)) for field in fields(Parameters))
    return SmallNetwork(Parameters(*(weight - learning_rate * slope for weight, slope in pairs)), network.pool_size)


def steps_on_each(network: SmallNetwork, images: Numbers, class_indices: Numbers, learning_rate: float) -> SmallNetwork:
    """Take one step with each of several images, one after the other: an epoch of so few images.

    Args:
        network: The network before; it stays as it is.
        images: `(count, height, width)`.
        class_indices: `(count,)`, the right class of each.
        learning_rate: How far to go each time.
    """
    for image, class_index in zip(images, class_indices.tolist(), strict=True):
        network = stepped(network, backward(network, image, class_index).parameters, learning_rate)
    return network


@_QUIET
def losses_along(
    network: SmallNetwork, gradient: Parameters, learning_rates: Numbers, images: Numbers, class_indices: Numbers
) -> Doubles:
    """Say what the loss of several images would be after one and the same step, for several learning rates.

    Args:
        network: The network before.
        gradient: A gradient for each of its weights.
        learning_rates: `(rates,)`; 0 stays where it is.
        images: `(count, height, width)`.
        class_indices: `(count,)`, the right class of each.

    Returns:
        `(rates, count)`.

    Example:
        >>> network, image = initial_network((6, 6), filters=1, kernel_size=3), np.eye(6)
        >>> gradient = backward(network, image, 1).parameters
        >>> before, after = losses_along(network, gradient, np.array([0, 0.1]), image[np.newaxis], np.array([1]))
        >>> before.item() == loss_of(network, image, 1), after.item() < before.item()
        (True, True)
    """
    size, pool_size = len(network.parameters.kernels), network.pool_size
    patches = patches_of(images.astype(np.float64), size)
    losses = []
    for rate in learning_rates.tolist():
        after = stepped(network, gradient, rate).parameters
        sums = np.tensordot(patches, after.kernels[:, :, 0], axes=2) + after.biases
        maps = np.maximum(sums, 0.0).transpose(1, 2, 0, 3)  # the pooling windows lie along the first two axes
        blocks = _blocks(maps.reshape(*maps.shape[:2], -1), pool_size).max(axis=2)
        pooled = blocks.reshape(*blocks.shape[:2], len(images), -1).transpose(2, 0, 1, 3).reshape(len(images), -1)
        logits = pooled @ after.dense_weights + after.dense_biases
        losses.append([cross_entropy(row, own) for row, own in zip(logits, class_indices.tolist(), strict=True)])
    return np.array(losses, np.float64)


def _glorot(chance: np.random.Generator, shape: tuple[int, ...], inputs: int, outputs: int) -> Doubles:
    limit = np.sqrt(6 / (inputs + outputs))
    return chance.uniform(-limit, limit, shape)


def _blocks(maps: Doubles, size: int) -> Doubles:
    """Lay the numbers of each pooling window side by side: `(pooled height, pooled width, size × size, filters)`."""
    rows, columns = maps.shape[0] // size, maps.shape[1] // size
    whole = maps[: rows * size, : columns * size].reshape(rows, size, columns, size, -1)
    blocks: Doubles = whole.transpose(0, 2, 1, 3, 4).reshape(rows, columns, size * size, -1)
    return blocks


def _unpooled(at_pooled: Doubles, maps: Doubles, size: int) -> Doubles:
    """Give each window's gradient to the number that was kept, of equal ones to the first; the others get none."""
    winners = _blocks(maps, size).argmax(axis=2)
    at_maps = np.zeros_like(maps)
    rows, columns, filters = np.indices(winners.shape)
    at_maps[rows * size + winners // size, columns * size + winners % size, filters] = at_pooled
    return at_maps
