"""Activation maximisation: the image that would excite a unit most, found by changing noise step by step.

The gradient says for each pixel whether the unit would answer more if it were brighter or darker. Going that way again
and again leads to an image that the unit answers strongly to. Left alone, the way leads to fine patterns that no camera
has ever seen; three things hold against it: pixels are drawn back to the ground on which the noise lay, neighbours are
drawn together, and the image is moved by a few pixels before every step.

The way ends on one of many hills. So several noises set out together, and the one that comes highest is taken.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from cnn_core.architecture.fields import check_record, fraction, whole_number
from cnn_core.inspection.exciting_images import check_finite
from cnn_core.inspection.records import FloatArray

GREY = 0.5
"""The middle between black and white: from here it is as far to the one as to the other."""
NOISES = ((GREY, 0), (GREY, 4), (0.0, 0), (0.0, 4), (0.0, 8))
"""Sorts of noise: the brightness around which it lies, and how often it has been smoothed. Many a unit deep inside
gives 0 for the first sort, and from there no way leads uphill; another sort wakes it."""
ROUNDS = 4
"""So often all sorts are drawn until one of them wakes the unit."""
CONTRASTS = (0.05, 0.5)
"""Standard deviation of the first and of the last noise of a sort, as a share of the range from black to white."""
OF_A_SORT = 8
EDGE = 0.02
"""Neighbours that differ by much less than this are drawn together ever more weakly, so that nothing flickers."""
LAST_STEP = 0.1
"""The last step's length as a share of the first one's: the image settles."""

Slopes = Callable[[FloatArray], tuple[FloatArray, FloatArray]]


class ChannelGradients(Protocol):
    """A network that says how strongly a unit answers, and how that hangs on the pixels."""

    def channel_gradients(self, images: npt.NDArray[Any], layer: str, channel: int) -> tuple[FloatArray, FloatArray]:
        """Return the mean of a channel's map for each image, `(count,)`, and its gradients in the images' shape."""
        ...


@dataclass(frozen=True)
class MaximisationSettings:
    """How the image is found.

    Args:
        steps: How many steps are taken.
        step_size: How far pixels move in the first step, as a share of the range from black to white: their root mean
            square. Steps become shorter.
        jitter: So many pixels the image is moved at most before a step, in each direction; what leaves at one edge
            comes back at the other.
        l2: How strongly pixels are drawn back to the brightness around which the noise lay: mid-grey, or black. At
            the far end of the range the pull is this large, where the gradient's root mean square counts as 1.
        total_variation: How strongly each pixel is drawn to each of its four neighbours, on the same scale.
        seed: Of the noise and the jitter.

    Raises:
        ValueError: If one of them is out of range.
    """

    steps: int = whole_number(128, 1, 2000)
    step_size: float = fraction(0.06, 0.0, 1.0)
    jitter: int = whole_number(1, 0, 16)
    l2: float = fraction(0.3, 0.0, 10.0)
    total_variation: float = fraction(0.15, 0.0, 10.0)
    seed: int = whole_number(0, 0, 2**31 - 1)

    def __post_init__(self) -> None:
        check_record(self)


@dataclass(frozen=True, eq=False)
class Maximisation:
    """How far the image is.

    Args:
        step: Steps that have been taken.
        steps: All of them.
        image: `(height, width, channels)`, 0 to 1.
        value: The mean of the unit's map, or the output of a unit without one; of the last layer's units the logit. At
            the beginning and at the end it is that of this image, on the way that of the moved image before.
        start: The same for the noise that excites the unit most.
        is_flat: Whether no noise that was tried has a pixel that matters to the unit. Then there is no way uphill, and
            the image is noise.
    """

    step: int
    steps: int
    image: FloatArray
    value: float
    start: float
    is_flat: bool = False


def maximise(
    network: ChannelGradients,
    image_shape: tuple[int, int, int],
    layer: str,
    channel: int,
    settings: MaximisationSettings | None = None,
) -> Iterator[Maximisation]:
    """Change noise step by step into an image that excites a unit most: the mean of its feature map grows.

    Args:
        network: The network.
        image_shape: `(height, width, channels)` of the images that it takes.
        layer: The layer's name.
        channel: Which feature map, or which unit, from 0.
        settings: How; by default as `MaximisationSettings` has it.

    Yields:
        The best of the noises, and the best of the images after each step; the last one is the answer.

    Raises:
        ClassroomError: If the network gives out no numbers any more.

    Reference:
        Erhan, Bengio, Courville & Vincent 2009, *Visualizing higher-layer features of a deep network*; jitter and
        regularisation as in Olah, Mordvintsev & Schubert 2017, *Feature visualization*, Distill.
    """
    how = settings or MaximisationSettings()
    rng = np.random.default_rng(how.seed)

    def slopes(images: FloatArray) -> tuple[FloatArray, FloatArray]:
        values, gradients = network.channel_gradients(images, layer, channel)
        check_finite(values)
        check_finite(gradients)
        return values, gradients

    images, grounds, values = _beginnings(image_shape, rng, slopes)
    start = float(values.max())
    yield Maximisation(0, how.steps, images[values.argmax()], start, start, is_flat=not len(grounds))
    if not len(grounds):
        return
    for step in range(1, how.steps + 1):
        down, right = rng.integers(-how.jitter, how.jitter, size=2, endpoint=True).tolist()
        values, gradients = slopes(np.roll(images, (down, right), axis=(1, 2)))
        uphill = np.roll(gradients, (-down, -right), axis=(1, 2))
        length = how.step_size * (1 - (1 - LAST_STEP) * (step - 1) / max(how.steps - 1, 1))
        images = np.clip(images + length * _direction(uphill, images, grounds, how), 0, 1).astype(np.float32)
        if step == how.steps:
            values, _ = slopes(images)
        yield Maximisation(step, how.steps, images[values.argmax()], float(values.max()), start)


def noises(image_shape: tuple[int, int, int], rng: np.random.Generator, around: float, passes: int) -> FloatArray:
    """Draw noise, each image with more contrast than the one before.

    Args:
        image_shape: `(height, width, channels)`.
        rng: Where chance comes from.
        around: The brightness around which it lies.
        passes: How often each pixel is mixed with its neighbours: more give larger spots.

    Returns:
        `(OF_A_SORT, height, width, channels)`, 0 to 1.
    """
    drawn = rng.standard_normal((OF_A_SORT, *image_shape))
    for _ in range(passes):
        for axis in (1, 2):
            drawn = (np.roll(drawn, 1, axis) + 2 * drawn + np.roll(drawn, -1, axis)) / 4
    drawn *= np.geomspace(*CONTRASTS, OF_A_SORT)[:, np.newaxis, np.newaxis, np.newaxis] / (drawn.std() or 1.0)
    return np.clip(around + drawn, 0, 1).astype(np.float32)


def smoothing(images: FloatArray) -> FloatArray:
    """Return for each pixel the sum of four pulls, one to each neighbour, each at most 1.

    It is minus the gradient of the total variation: the sum of the differences of all neighbours, without their signs.

    Args:
        images: `(count, height, width, channels)`, 0 to 1.

    Returns:
        The same shape; above 0 where neighbours are brighter.

    Reference:
        Mahendran & Vedaldi 2015, *Understanding deep image representations by inverting them*.
    """
    pulls = np.zeros_like(images)
    for axis in (1, 2):
        difference = np.diff(images, axis=axis)
        pull = difference / np.sqrt(difference**2 + EDGE**2)
        ahead, behind = [(0, 0)] * 4, [(0, 0)] * 4
        ahead[axis], behind[axis] = (0, 1), (1, 0)
        pulls += np.pad(pull, ahead) - np.pad(pull, behind)
    return pulls


def passes(settings: MaximisationSettings | None = None) -> int:
    """Return how many images' forward passes it takes, at most: a gradient costs about as much as two more of them."""
    steps = (settings or MaximisationSettings()).steps
    return 3 * len(NOISES) * (ROUNDS * OF_A_SORT + steps)


def _beginnings(
    image_shape: tuple[int, int, int], rng: np.random.Generator, slopes: Slopes
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return of each sort of noise the one that excites the unit most, if there is a way uphill.

    Returns:
        `(count, height, width, channels)` noises, `(count, 1, 1, 1)` brightnesses around which they lie, and `(count,)`
        values; where there is no way from any of them, one noise with its value, and no brightness.
    """
    images, grounds, values = [], [], []
    for _ in range(ROUNDS):
        for around, passes in NOISES:
            drawn = noises(image_shape, rng, around, passes)
            # One at a time: many images at once would be much memory for a large network.
            found = [slopes(image[np.newaxis]) for image in drawn]
            heights = [value[0] if gradients.any() else -np.inf for value, gradients in found]
            best = int(np.argmax(heights))
            if heights[best] > -np.inf:
                images.append(drawn[best])
                grounds.append(around)
                values.append(heights[best])
        if images:
            break
    else:
        images, values = [drawn[-1]], [found[-1][0][0]]
    return np.stack(images), np.array(grounds, np.float32).reshape(-1, 1, 1, 1), np.array(values, np.float32)


def _direction(uphill: FloatArray, images: FloatArray, grounds: FloatArray, how: MaximisationSettings) -> FloatArray:
    """Weigh the way uphill against what holds against it; on a flat place only that is left."""
    sizes = np.sqrt(np.mean(np.square(uphill, dtype=np.float64), axis=(1, 2, 3), keepdims=True))
    ways = uphill / np.where(sizes > 0, sizes, 1)
    back = (images - grounds) / np.maximum(grounds, 1 - grounds)
    direction: FloatArray = ways - how.l2 * back + how.total_variation * smoothing(images)
    return direction
