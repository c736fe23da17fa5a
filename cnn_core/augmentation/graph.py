"""Images changed at random, as operations of a compiled training step. Importing this module imports TensorFlow."""

from __future__ import annotations

from functools import lru_cache
from math import radians
from typing import Any

import numpy as np
import numpy.typing as npt

from cnn_core.augmentation.settings import Augmentation
from cnn_core.backend import tf
from cnn_core.data.scaling import PIXEL_MAX

DRAWS = 7
"""Random numbers that one image needs, besides its noise: see `augment`."""

NOISE_SEED = 1 << 30
"""Sets the noise's seed apart from that of the other draws; no training has so many steps."""

ALGORITHM = "philox"
"""Named, because TensorFlow's own choice depends on the machine."""

MOST_COMPILED = 16
"""Previews that stay compiled; each is small."""


def augment(images: Any, augmentation: Augmentation, seed: Any) -> Any:
    """Change every image of a batch at random, each in its own way.

    An image is mirrored, zoomed, turned and shifted in one go, so that it is resampled only once. Then its contrast is
    changed, and noise is added. What is switched off adds no operation, and changes no other draw.

    Where an image is moved away, its edge is continued. Around a digit on black that is black, as a fill with 0 would
    be. But on a photograph, or a drawing on white, a fill with 0 makes dark wedges with sharp borders: they tell how
    far the image was moved, and no image has them when the network is judged. Reflecting instead would show parts of
    the object twice. What the continued edge costs: an object that the edge cuts off is drawn out into stripes.

    Args:
        images: `(batch, height, width, channels)`, float32, 0 to 1. Height, width and channels must be known when the
            step is compiled; the batch may be of any size.
        augmentation: How far images may be changed.
        seed: `(2,)`, int32, the second number below 2^30. Equal seeds draw equal numbers on every machine with the
            same TensorFlow.

    Returns:
        The same shape, float32, 0 to 1.

    Reference:
        P. Y. Simard, D. Steinkraus, J. C. Platt: Best Practices for Convolutional Neural Networks Applied to Visual
        Document Analysis. ICDAR 2003.
    """
    is_moved = augmentation.flip != "none" or any(
        (augmentation.shift, augmentation.rotation_degrees, augmentation.zoom)
    )
    if is_moved or augmentation.contrast:
        numbers = tf.random.stateless_uniform((tf.shape(images)[0], DRAWS), seed, -1.0, 1.0, alg=ALGORITHM)
        *moves, contrast = tf.unstack(numbers, axis=1)
        if is_moved:
            images = resample(images, _drawn_places(images, augmentation, moves))
        if augmentation.contrast:
            factor = 1.0 + contrast * augmentation.contrast
            mean = tf.reduce_mean(images, axis=[1, 2, 3], keepdims=True)
            images = mean + (images - mean) * factor[:, None, None, None]
    if augmentation.noise:
        own_seed = tf.bitwise.bitwise_xor(seed, [0, NOISE_SEED])
        images += tf.random.stateless_normal(tf.shape(images), own_seed, 0.0, augmentation.noise, alg=ALGORITHM)
    return tf.clip_by_value(images, 0.0, 1.0) if augmentation.contrast or augmentation.noise else images


def augment_arrays(
    images: npt.NDArray[np.uint8], augmentation: Augmentation, seed: tuple[int, int]
) -> npt.NDArray[np.uint8]:
    """Change images as a training step does: by `augment`, compiled, with the same draws for the same seed.

    Args:
        images: `(batch, height, width, channels)`, 0 to 255.
        augmentation: How far images may be changed.
        seed: Two whole numbers, as `augment` takes them.

    Returns:
        A new array of the same shape, rounded to whole numbers from 0 to 255.
    """
    if not len(images):
        return images.copy()
    compiled = _compiled(augmentation, images.shape[1:])
    return np.asarray(compiled(images, np.array(seed, np.int32)).numpy(), np.uint8)


def source_places(
    images: Any,
    *,
    down: Any = 0.0,
    right: Any = 0.0,
    angle: Any = None,
    scale: Any = None,
    side_x: Any = 1.0,
    side_y: Any = 1.0,
) -> Any:
    """Say for every image where its new pixels come from.

    An image is mirrored, zoomed and turned about its middle, and then shifted. Everything is measured in
    pixels, so that images which are not square are turned without being sheared.

    Args:
        images: `(batch, height, width, channels)`; only the shape counts.
        down: `(batch,)`, pixels that the image moves down; or one number for all, as for the others.
        right: Pixels that it moves to the right.
        angle: Radians that it turns clockwise; nothing for no turn.
        scale: How many times its size it gets; nothing for its own size.
        side_x: 1, or −1 to exchange left and right.
        side_y: 1, or −1 to exchange top and bottom.

    Returns:
        `(batch, 8)`: with `a` to `f` as the first six, the pixel in column x and row y comes from column
        `a·x + b·y + c` and row `d·x + e·y + f`; the last two are 0.
    """
    _, height, width, _ = images.shape
    middle_x, middle_y = (width - 1) / 2, (height - 1) / 2
    cosine, sine = (1.0, 0.0) if angle is None else (tf.cos(angle), tf.sin(angle))
    if scale is not None:
        cosine, sine = cosine / scale, sine / scale
    from_x, from_y = middle_x + right, middle_y + down
    a, b = side_x * cosine, side_x * sine
    d, e = -side_y * sine, side_y * cosine
    row = (a, b, middle_x - a * from_x - b * from_y, d, e, middle_y - d * from_x - e * from_y, 0.0, 0.0)
    count = tf.shape(images)[:1]
    return tf.stack([tf.broadcast_to(number, count) for number in row], axis=1)


def resample(images: Any, places: Any) -> Any:
    """Take each pixel from its place among the four pixels around it, beyond the edge from the nearest pixel.

    Args:
        images: `(batch, height, width, channels)`, float32.
        places: `(batch, 8)`, from `source_places`.
    """
    return tf.raw_ops.ImageProjectiveTransformV3(
        images=images,
        transforms=places,
        output_shape=list(images.shape[1:3]),
        fill_value=0.0,
        interpolation="BILINEAR",
        fill_mode="NEAREST",
    )


def _drawn_places(images: Any, augmentation: Augmentation, moves: list[Any]) -> Any:
    """Scale random numbers from −1 to 1, six for each image, to what may happen to it."""
    _, height, width, _ = images.shape
    down, right, turn, zoom, mirror, tumble = moves
    shift, degrees, flip = augmentation.shift, augmentation.rotation_degrees, augmentation.flip
    return source_places(
        images,
        down=down * (shift * height) if shift else 0.0,
        right=right * (shift * width) if shift else 0.0,
        angle=turn * radians(degrees) if degrees else None,
        scale=1.0 + zoom * augmentation.zoom if augmentation.zoom else None,
        side_x=tf.where(mirror < 0, -1.0, 1.0) if flip in ("left-right", "both") else 1.0,
        side_y=tf.where(tumble < 0, -1.0, 1.0) if flip in ("up-down", "both") else 1.0,
    )


@lru_cache(maxsize=MOST_COMPILED)
def _compiled(augmentation: Augmentation, shape: tuple[int, int, int]) -> Any:
    def changed(images: Any, seed: Any) -> Any:
        floats = augment(tf.cast(images, tf.float32) / PIXEL_MAX, augmentation, seed)
        return tf.cast(tf.round(floats * PIXEL_MAX), tf.uint8)

    signature = [tf.TensorSpec([None, *shape], tf.uint8), tf.TensorSpec([2], tf.int32)]
    return tf.function(changed, input_signature=signature, autograph=False)
