"""Exercises about what a network makes of real images: which kernel made this map, and what it takes this image for."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from cnn_core.architecture.layers import Conv2D
from cnn_core.architecture.shapes import class_count
from cnn_core.errors import ClassroomError
from cnn_core.exercises.kinds import exercise_kind
from cnn_core.exercises.record import LETTERS, Exercise, Picture, Working
from cnn_core.exercises.subject import SeenImages, Subject
from cnn_core.inspection.records import FloatArray, LayerKernels

MOST_CHOICES = 4
LEAST_WEIGHTS = 4
"""Weights of one kernel below which its picture shows no pattern."""

MOST_ALIKE = 0.8
"""The cosine of two kernels, and the correlation of two maps, from which on they are too alike to be told apart."""
LEAST_EXTENT = 0.1
"""A map that is asked about spreads over at least this share of what the layer's maps do; dimmer ones show little."""
LEAST_GAP = 0.15
"""At the map's brightest place, the other kernels give something else by this share of the map's range, at least."""
TRIES = 40

LEAST_SURE = 40
"""So many of the images that a network is least sure about are asked about."""
CLEAR_SECOND = 2.0
"""The second guess is at least so many times as likely as the third, so that no other choice is nearly right."""

_NO_KERNELS = "The first layer of this network is no convolution, so there are no kernels to look at."
_FEW_KERNELS = "The first layer of this network has not enough kernels that can be told apart by looking."
_FEW_CLASSES = "With two classes there is only one that an image can be confused with."
_NO_IMAGES = "There are no test images for this network on this computer."
_UNSOUND = "This network gives no numbers that could be asked about."
_REMEDY = "Choose another kind of question, or another network."


def _missing_kernels(subject: Subject) -> str:
    if subject.kernels is None:
        return _NO_KERNELS
    height, width, _, filters = subject.kernels.kernels.shape
    return "" if filters > 1 and height * width >= LEAST_WEIGHTS else _FEW_KERNELS


def _missing_classes(subject: Subject) -> str:
    count = class_count(subject.spec)
    if count == 0 or len(set(subject.class_names)) < count:
        return "This network does not name its classes."
    return "" if count > 2 else _FEW_CLASSES


def _seen(subject: Subject, missing: str) -> SeenImages:
    if missing:
        raise ClassroomError(missing, _REMEDY)
    if subject.seen is None or not len(subject.seen.images):
        raise ClassroomError(_NO_IMAGES, _REMEDY)
    return subject.seen


@exercise_kind("kernel", "Which kernel", _missing_kernels, needs_images=True)
def kernel_of_map(subject: Subject, rng: np.random.Generator) -> Exercise:
    """Show one feature map of the first layer and some of its kernels: which one made it?"""
    seen = _seen(subject, _missing_kernels(subject))
    assert subject.kernels is not None
    for index in rng.permutation(len(seen.images))[:TRIES]:
        image = seen.images[index]
        maps = seen.first_maps(image)
        for right in rng.permutation(maps.shape[2])[:MOST_CHOICES]:
            others = list(_told_apart(int(right), maps, subject.kernels, rng))
            if others:
                filters = [int(number) for number in rng.permutation([right, *others])]
                return _kernel_exercise(int(index), image, maps, subject, filters, int(right))
    raise ClassroomError(_FEW_KERNELS, _REMEDY)


def _told_apart(right: int, maps: FloatArray, kernels: LayerKernels, rng: np.random.Generator) -> Iterator[int]:
    """Choose filters that differ from the right one and from each other, in their kernels and in what they make."""
    flat = kernels.kernels.reshape(-1, kernels.filters).astype(np.float64)
    one, places = maps[..., right].astype(np.float64), maps.reshape(-1, maps.shape[2])
    extent = float(one.max() - one.min())
    if not (np.isfinite(maps).all() and np.isfinite(flat).all()) or extent <= 0 or one.max() <= 0:
        return
    if extent < LEAST_EXTENT * float(np.ptp(places, axis=0).max()):
        return
    brightest = places[int(np.argmax(one))]
    chosen = [right]
    for other in rng.permutation(maps.shape[2]):
        is_far = abs(float(brightest[other] - brightest[right])) >= LEAST_GAP * extent
        if is_far and all(_differ(flat, places, int(other), known) for known in chosen):
            chosen.append(int(other))
            yield int(other)
        if len(chosen) == MOST_CHOICES:
            return


def _differ(kernels: npt.NDArray[np.float64], places: FloatArray, one: int, other: int) -> bool:
    lengths = np.linalg.norm(kernels[:, one]) * np.linalg.norm(kernels[:, other])
    if lengths == 0 or abs(kernels[:, one] @ kernels[:, other]) > MOST_ALIKE * lengths:
        return False
    first, second = (places[:, number].astype(np.float64) - places[:, number].mean() for number in (one, other))
    spread = np.linalg.norm(first) * np.linalg.norm(second)
    # A map of one number everywhere is like no other.
    return bool(spread == 0 or first @ second <= MOST_ALIKE * spread)


def _kernel_exercise(
    index: int, image: npt.NDArray[np.uint8], maps: FloatArray, subject: Subject, filters: list[int], right: int
) -> Exercise:
    assert subject.kernels is not None
    kernels, letters = subject.kernels.kernels, tuple(LETTERS[: len(filters)])
    shown = maps[..., right]
    row, column = (int(place) for place in np.unravel_index(int(np.argmax(shown)), shown.shape))
    layer, first = subject.spec.layer_names[0], subject.spec.layers[0]
    activation = first.activation if isinstance(first, Conv2D) else "linear"
    place = f"gives in row {row + 1}, column {column + 1}{'' if activation == 'linear' else ', after the activation'}"
    return Exercise(
        kind="kernel",
        name=f"kernel:{index}:{right}",
        given=f"A filter of “{layer}” made this map of the image. Orange adds, blue subtracts.",
        question="Which of these kernels made the map?",
        answer_kind="choice",
        answer=filters.index(right),
        worked=tuple(
            Working(f"Kernel {letter}", place if letter == "A" else "", "", _number(maps[row, column, number]))
            for letter, number in zip(letters, filters, strict=True)
        ),
        choices=letters,
        pictures=(
            Picture("Image", _image_values(image)),
            Picture("Feature map", shown, "amount" if shown.min() >= 0 else "diverging"),
        ),
        choice_pictures=tuple(
            Picture(f"Kernel {letter}", _side_by_side(kernels[..., number]), "diverging")
            for letter, number in zip(letters, filters, strict=True)
        ),
        remark=f"The map is largest in that place, {_number(shown[row, column])}, and only kernel "
        f"{letters[filters.index(right)]} gives that. It is filter {right + 1} of “{layer}”.",
    )


def _image_values(image: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
    return image if image.shape[2] == 3 else image[..., 0]


def _side_by_side(kernel: FloatArray) -> FloatArray:
    """Lay the kernels of all channels beside each other, `(height, channels × width)`."""
    side: FloatArray = np.concatenate([kernel[..., channel] for channel in range(kernel.shape[2])], axis=1)
    return side


@exercise_kind("second-guess", "Confused with what", _missing_classes, needs_images=True)
def second_guess(subject: Subject, rng: np.random.Generator) -> Exercise:
    """Show an image that the network is unsure about: which class comes second?"""
    seen = _seen(subject, _missing_classes(subject))
    unsure = [int(index) for index in _unsure_images(seen)]
    if not unsure:
        raise ClassroomError(_UNSOUND, _REMEDY)
    index = unsure[rng.integers(len(unsure))]
    shares, names = seen.probabilities[index], subject.class_names
    first, second, *rest = (int(number) for number in np.argsort(-shares, kind="stable"))
    others = rng.permutation(rest)[: MOST_CHOICES - 1]
    classes = sorted([second, *(int(number) for number in others)])
    right = seen.class_names[index]
    truth = f"The image shows “{right}”" + (
        ", so its first guess is right." if right == names[first] else ", so its first guess is wrong."
    )
    return Exercise(
        kind="second-guess",
        name=f"second-guess:{index}",
        given=f"The network takes this test image for “{names[first]}”, and gives that a probability of "
        f"{_percent(shares[first])}.",
        question="Which class does it find second most likely, and so confuses it with?",
        answer_kind="choice",
        answer=classes.index(second),
        worked=tuple(
            Working(f"“{names[number]}”", "", "", _percent(shares[number]))
            for number in sorted([first, *classes], key=lambda number: -float(shares[number]))
        ),
        choices=tuple(names[number] for number in classes),
        pictures=(Picture("Image", _image_values(seen.images[index])),),
        remark=truth,
    )


def _unsure_images(seen: SeenImages) -> npt.NDArray[np.int64]:
    """Find the images that the network is least sure about, among those with one clear second guess."""
    ranked = -np.sort(-seen.probabilities, axis=1)
    with np.errstate(invalid="ignore"):
        is_clear = np.isfinite(ranked).all(axis=1) & (ranked[:, 1] >= CLEAR_SECOND * ranked[:, 2]) & (ranked[:, 1] > 0)
    places = np.flatnonzero(is_clear)
    order = np.argsort(ranked[places, 0], kind="stable")[:LEAST_SURE]
    return places[order].astype(np.int64)


def _number(value: float) -> str:
    return f"{value:.3g}".replace("-", "−")


def _percent(share: float) -> str:
    if 0 < share < 0.001:
        return "under 0.1\N{NO-BREAK SPACE}%"
    return f"{100 * share:.1f}\N{NO-BREAK SPACE}%"
