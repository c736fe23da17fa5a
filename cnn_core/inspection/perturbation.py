"""An image changed on purpose: moved, turned, scaled, in other contrast, partly erased, in noise.

What moves an image is the same code that changes training images at random (`cnn_core.augmentation`), so that a
network is tried with just what it may have been trained on. That code brings TensorFlow along when it is first used;
importing this module does not.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import ceil, radians
from typing import Any

import numpy as np
import numpy.typing as npt

from cnn_core.data.scaling import PIXEL_MAX, to_network_input

Shape = tuple[int, ...]
Place = tuple[int, int]
Floats = npt.NDArray[np.float32]

MOST_STEPS = 24
"""A sweep over pixels tries at most so many values to each side."""


@dataclass(frozen=True)
class Span:
    """The values that a change may take.

    Args:
        low: The least value.
        high: The largest one.
        step: From one value to the next on a slider.
        sweep_step: From one value to the next in a sweep.
    """

    low: float
    high: float
    step: float
    sweep_step: float


@dataclass(frozen=True)
class Perturbation:
    """One way to change an image, by one number.

    Args:
        slug: Its short name.
        title: Its name on the screen, which says what larger numbers do.
        unit: What its numbers count, as `"px"`.
        help: A sentence more.
        neutral: The number that changes nothing.
        span: From height, width and channels of an image to the values that make sense for it.
        say: Names a change of that number, as `"a shift of 3 px to the left"`.
        movement: What the number becomes as an argument of `source_places`, for changes that move pixels.
        change: Changes float images `(count, height, width, channels)`, 0 to 1, by one number each; for the others.
    """

    slug: str
    title: str
    unit: str
    help: str
    neutral: float
    span: Callable[[Shape], Span]
    say: Callable[[float], str]
    movement: tuple[str, float] | None = None
    change: Callable[[Floats, Floats, Place, int], Floats] | None = None

    def sweep_values(self, shape: Shape) -> npt.NDArray[np.float64]:
        """Return the values of a sweep through the whole range, rising, the neutral one among them.

        Args:
            shape: Height, width and channels of the image.

        Example:
            >>> PERTURBATIONS["right"].sweep_values((8, 8, 1)).tolist()
            [-4.0, -3.0, -2.0, -1.0, 0.0, 1.0, 2.0, 3.0, 4.0]
        """
        span = self.span(shape)
        below = int((self.neutral - span.low) / span.sweep_step + 1e-9)
        above = int((span.high - self.neutral) / span.sweep_step + 1e-9)
        return self.neutral + span.sweep_step * np.arange(-below, above + 1, dtype=np.float64)


def perturb(
    image: npt.NDArray[Any], amounts: Mapping[str, float], place: Place | None = None, seed: int = 0
) -> npt.NDArray[Any]:
    """Change one image in several ways at once.

    It is scaled, turned and shifted in one go, so that it is resampled only once; then come contrast, erasing and
    noise. Where it is moved away, its edge is continued.

    Args:
        image: `(height, width, channels)`; uint8, or a float type from 0 to 1.
        amounts: A number for each change, by its slug in `PERTURBATIONS`; those that are missing change nothing.
        place: Row and column of the middle of the erased square, from 0; by default the image's middle.
        seed: Which noise, 0 or more.

    Returns:
        The same shape and type. Where all numbers are neutral, exactly the same pixels.

    Raises:
        ValueError: If the image has another type or range, or there is no such change.

    Example:
        >>> perturb(np.uint8([[[10], [200]]]), {"contrast": 50}).ravel().tolist()
        [58, 152]
    """
    changed: npt.NDArray[Any] = perturb_many(
        image, {slug: np.array([value]) for slug, value in amounts.items()}, place, seed
    )[0]
    return changed


def perturb_many(
    image: npt.NDArray[Any],
    amounts: Mapping[str, npt.NDArray[np.floating[Any]]],
    place: Place | None = None,
    seed: int = 0,
) -> npt.NDArray[Any]:
    """Change one image many times, as `perturb` does it.

    Args:
        image: `(height, width, channels)`; uint8, or a float type from 0 to 1.
        amounts: `(count,)` numbers for each change, by its slug.
        place: Row and column of the middle of the erased square; by default the image's middle.
        seed: Which noise; all images have the same, more or less of it.

    Returns:
        `(count, height, width, channels)` of the same type.

    Raises:
        ValueError: If the image has another type or range, there is no such change, or the counts differ.
    """
    unknown = sorted(set(amounts) - set(PERTURBATIONS))
    counts = {len(values) for values in amounts.values()}
    if unknown or len(counts) > 1:
        raise ValueError(
            f"amounts must be equally many numbers each, for {', '.join(PERTURBATIONS)}. "
            f"Received: {', '.join(f'{slug} × {len(values)}' for slug, values in amounts.items())}."
        )
    images = np.repeat(image[np.newaxis], counts.pop() if counts else 1, axis=0)
    is_changed = np.zeros(len(images), dtype=np.bool_)
    for slug, values in amounts.items():
        is_changed |= values != PERTURBATIONS[slug].neutral
    if not is_changed.any():
        return images
    active = {slug: np.asarray(values, np.float32)[is_changed] for slug, values in amounts.items()}
    middle = (image.shape[0] // 2, image.shape[1] // 2) if place is None else place
    changed = _changed(to_network_input(images[is_changed]), active, middle, seed)
    images[is_changed] = np.rint(changed * PIXEL_MAX) if image.dtype == np.uint8 else changed
    return images


def _changed(images: Floats, amounts: Mapping[str, Floats], place: Place, seed: int) -> Floats:
    used = [(entry, amounts[slug]) for slug, entry in PERTURBATIONS.items() if slug in amounts]
    moves = {
        entry.movement[0]: values * np.float32(entry.movement[1])
        for entry, values in used
        if entry.movement is not None and (values != entry.neutral).any()
    }
    if moves:
        images = _moved(images, moves)
    for entry, values in used:
        is_active = values != entry.neutral
        if entry.change is not None and is_active.any():
            images = images.copy()
            images[is_active] = entry.change(images[is_active], values[is_active], place, seed)
    within: Floats = np.clip(images, 0.0, 1.0)
    return within


def _moved(images: Floats, moves: Mapping[str, Floats]) -> Floats:
    from cnn_core.augmentation.graph import resample, source_places  # here, because it brings TensorFlow along

    return np.asarray(resample(images, source_places(images, **moves)))


def _contrasted(images: Floats, values: Floats, _place: Place, _seed: int) -> Floats:
    mean: Floats = images.mean(axis=(1, 2, 3), keepdims=True, dtype=np.float32)
    changed: Floats = mean + (images - mean) * (values / np.float32(100))[:, np.newaxis, np.newaxis, np.newaxis]
    return changed


def _erased(images: Floats, values: Floats, place: Place, _seed: int) -> Floats:
    rims = np.concatenate([images[:, 0], images[:, -1], images[:, :, 0], images[:, :, -1]], axis=1)
    papers = np.median(rims, axis=1)
    for image, value, paper in zip(images, values, papers, strict=True):
        side = round(float(value))
        top, left = place[0] - side // 2, place[1] - side // 2
        image[max(top, 0) : max(top + side, 0), max(left, 0) : max(left + side, 0)] = paper
    return images


def _noisy(images: Floats, values: Floats, _place: Place, seed: int) -> Floats:
    noise = np.random.default_rng(seed).standard_normal(images.shape[1:], dtype=np.float32)
    return images + noise * (values / np.float32(100))[:, np.newaxis, np.newaxis, np.newaxis]


def _along(axis: int) -> Callable[[Shape], Span]:
    def span(shape: Shape) -> Span:
        reach = max(1, shape[axis] // 2)
        return Span(-reach, reach, 1, ceil(reach / MOST_STEPS))

    return span


def _squares(shape: Shape) -> Span:
    side = min(shape[:2])
    return Span(0, side, 1, ceil(side / (2 * MOST_STEPS)))


def _always(low: float, high: float, step: float) -> Callable[[Shape], Span]:
    return lambda _shape: Span(low, high, step, step)


def _shift(towards: str, away: str) -> Callable[[float], str]:
    return lambda px: f"a shift of {abs(px):.0f} px {towards if px > 0 else away}"


PERTURBATIONS: dict[str, Perturbation] = {
    entry.slug: entry
    for entry in (
        Perturbation(
            "right",
            "Shift to the right",
            "px",
            "Below zero it moves to the left. Where it moves away, its edge is continued.",
            0,
            _along(1),
            _shift("to the right", "to the left"),
            movement=("right", 1.0),
        ),
        Perturbation(
            "down",
            "Shift down",
            "px",
            "Below zero it moves up. Where it moves away, its edge is continued.",
            0,
            _along(0),
            _shift("down", "up"),
            movement=("down", 1.0),
        ),
        Perturbation(
            "rotation",
            "Turn clockwise",
            "°",
            "About the middle. Turned half round, a 6 reads as a 9.",
            0,
            _always(-180, 180, 5),
            lambda degrees: f"a turn of {abs(degrees):.0f}° {'' if degrees > 0 else 'counter'}clockwise",
            movement=("angle", radians(1)),
        ),
        Perturbation(
            "scale",
            "Size",
            "%",
            "Of its size: 50 % shows it half as large, about its middle.",
            100,
            _always(40, 200, 4),
            lambda size: f"{'shrinking' if size < 100 else 'enlarging'} it to {size:.0f} % of its size",
            movement=("scale", 0.01),
        ),
        Perturbation(
            "contrast",
            "Contrast",
            "%",
            "Of its contrast: at 0 % every pixel is as bright as the image’s mean, at 200 % differences are doubled.",
            100,
            _always(0, 200, 5),
            lambda share: f"{'less' if share < 100 else 'more'} contrast: {share:.0f} % of what it was",
            change=_contrasted,
        ),
        Perturbation(
            "erase",
            "Erased square",
            "px",
            "The side of a square that gets the colour that most of the image’s rim has.",
            0,
            _squares,
            lambda side: f"an erased square of {side:.0f}×{side:.0f} px",
            change=_erased,
        ),
        Perturbation(
            "noise",
            "Noise",
            "%",
            "A random number is added to every pixel. This is its standard deviation, in percent of the way from black "
            "to white.",
            0,
            _always(0, 80, 2),
            lambda share: f"noise of {share:.0f} %",
            change=_noisy,
        ),
    )
}
"""Every change, in the order in which the changes of pixels are made; what moves pixels comes first."""
