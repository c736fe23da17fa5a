"""The way from stroke to number, with every step as one that can be left out.

A network reads a drawing only after it has been brought into the form of the images that it learned from. Which of
the steps matters for a drawing is found out by leaving each one out, and asking the network again.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from PIL import Image

from cnn_core.drawing.ink import FloatImage, drawn_grey, find_ink, stroke_width
from cnn_core.drawing.shaping import (
    BOX_SIZE,
    IMAGE_SIZE,
    centre_by_mass,
    cut_out,
    fit,
    shrink_to_work_size,
    thicken,
)


@dataclass(frozen=True, eq=False)
class Subject:
    """What is to be read: a drawing, or a photo of one.

    Args:
        raw: `(height, width)`, as it came, 0 black to 1 white.
        ink: `(height, width)`, what was found to be ink, 0 paper to 1 ink.
    """

    raw: FloatImage
    ink: FloatImage

    @property
    def is_empty(self) -> bool:
        """Whether there is no ink at all."""
        return not self.ink.any()


Change = Callable[[Subject, FloatImage], FloatImage]


@dataclass(frozen=True)
class Step:
    """One step of the way.

    Args:
        name: Its name in code, as `"crop"`.
        title: Its name on the screen.
        words: What it does, as a sentence.
        without_words: What happens where it is left out, as a sentence.
        change: Makes of what came before what comes after.
        without: The same where the step is left out.
    """

    name: str
    title: str
    words: str
    without_words: str
    change: Change
    without: Change


def _as_it_is(_: Subject, picture: FloatImage) -> FloatImage:
    return picture


def _thickened(_: Subject, picture: FloatImage) -> FloatImage:
    work = shrink_to_work_size(picture)
    if not work.any():
        return work
    is_cut_out = cut_out(picture)[0].shape == picture.shape
    return thicken(work, stroke_width(work) * BOX_SIZE / max(work.shape), is_cut_out=is_cut_out)


def _in_box(_: Subject, picture: FloatImage) -> FloatImage:
    return fit(picture, BOX_SIZE, Image.Resampling.HAMMING)


def _stretched(_: Subject, picture: FloatImage) -> FloatImage:
    image = Image.fromarray(np.ascontiguousarray(picture))
    return np.asarray(image.resize((IMAGE_SIZE, IMAGE_SIZE), Image.Resampling.HAMMING), np.float32)


def _centred(subject: Subject, picture: FloatImage) -> FloatImage:
    if not picture.any():
        return _in_the_middle(subject, picture)
    height, width = picture.shape
    # Where the centre lies does not depend on how strong the ink is; measured on the normalised picture, it is the
    # same to the last digit as in `steps_from_ink`, which normalises first.
    _, row, column = centre_by_mass(np.clip(picture / picture.max(), 0.0, 1.0))
    return _placed(picture, row, column, height, width)


def _in_the_middle(_: Subject, picture: FloatImage) -> FloatImage:
    height, width = picture.shape
    return _placed(picture, (IMAGE_SIZE - height) // 2, (IMAGE_SIZE - width) // 2, height, width)


def _placed(picture: FloatImage, row: int, column: int, height: int, width: int) -> FloatImage:
    whole = np.zeros((IMAGE_SIZE, IMAGE_SIZE), np.float32)
    whole[row : row + height, column : column + width] = picture
    return whole


def _normalised(_: Subject, picture: FloatImage) -> FloatImage:
    strongest = picture.max()
    return np.clip(picture / strongest, 0.0, 1.0) if strongest > 0 else picture


STEPS: tuple[Step, ...] = (
    Step(
        "ink",
        "Ink found",
        "What differs from the paper becomes bright, the paper black: dark ink on white is inverted.",
        "The picture stays as it came.",
        lambda subject, _: subject.ink,
        _as_it_is,
    ),
    Step(
        "crop",
        "Cropped",
        "Only the part with ink is cut out.",
        "The empty paper around the drawing stays, so the drawing gets smaller.",
        lambda _, picture: cut_out(picture)[0],
        _as_it_is,
    ),
    Step(
        "thicken",
        "Thickened",
        "Hairlines become as wide as a pen's strokes: a step of our own, which MNIST did not need.",
        "Strokes keep their width, and hairlines fade when they are shrunk.",
        _thickened,
        _as_it_is,
    ),
    Step(
        "scale",
        "Scaled to 20×20",
        "It is shrunk into a box of 20×20 pixels, its proportions kept.",
        "It is stretched over all of 28×28 pixels, whatever its proportions.",
        _in_box,
        _stretched,
    ),
    Step(
        "centre",
        "Centred by mass",
        "The centre of mass of the ink is moved to the middle of 28×28 pixels.",
        "The box, and not the ink in it, is put in the middle.",
        _centred,
        _in_the_middle,
    ),
    Step(
        "normalise",
        "Normalised",
        "The strongest ink becomes exactly 1.",
        "The ink stays as faint as shrinking has left it.",
        _normalised,
        lambda _, picture: np.clip(picture, 0.0, 1.0),
    ),
)
"""The steps in their order. What comes first is the picture as it was drawn."""

Way = frozenset[str]
"""The names of the steps that are taken."""

WHOLE_WAY: Way = frozenset(step.name for step in STEPS)


@dataclass(frozen=True, eq=False)
class Strip:
    """Every picture on the way, and all that a network is to be asked about it, as one batch.

    Args:
        way: The steps that are taken.
        stages: The picture as it came, and the one after each step, taken or left out; sizes differ.
        images: `(count, 28, 28, 1)`, `uint8`: what a network would see; none twice.
        ended: For each stage the index of the image if the way ended there: all later steps are left out.
        turned: For each step the index of the image if it were left out, or taken where it is left out.
        seen: The index of the image that the way leads to.
    """

    way: Way
    stages: tuple[FloatImage, ...]
    images: npt.NDArray[np.uint8]
    ended: tuple[int, ...]
    turned: tuple[int, ...]
    seen: int

    @property
    def network_input(self) -> npt.NDArray[np.uint8]:
        """What the network sees, `(28, 28, 1)`."""
        image: npt.NDArray[np.uint8] = self.images[self.seen]
        return image


def drawn_subject(rgba: npt.NDArray[np.uint8]) -> Subject:
    """What is drawn on a canvas, ready for the way.

    Args:
        rgba: `(height, width, 4)`, `uint8`.

    Raises:
        ValueError: If `rgba` has another shape or type, or no pixel.

    Example:
        >>> drawn_subject(np.zeros((20, 20, 4), np.uint8)).is_empty
        True
    """
    return Subject(raw=drawn_grey(rgba), ink=find_ink(rgba))


def strip_of(subject: Subject, way: Way = WHOLE_WAY) -> Strip:
    """Go the way, and every way that differs from it in one step, and every one that ends early.

    Args:
        subject: What is to be read, with some ink in it.
        way: The steps that are taken; unknown names are passed over.

    Returns:
        The pictures. With the whole way, `network_input` is that of `preprocess_drawing`, bit for bit.

    Raises:
        ValueError: If there is no ink.

    Example:
        >>> canvas = np.zeros((280, 280, 4), np.uint8)
        >>> canvas[40:240, 20:40] = 255
        >>> strip = strip_of(drawn_subject(canvas))
        >>> [stage.shape for stage in strip.stages]
        [(280, 280), (280, 280), (200, 20), (82, 10), (20, 2), (28, 28), (28, 28)]
        >>> len(strip.ended), len(strip.turned), strip.images.shape[1:]
        (7, 6, (28, 28, 1))
    """
    walk = _Walk(subject)
    switches = _switches(way)
    images: dict[Switches, int] = {}

    def image(taken: Switches) -> int:
        return images.setdefault(taken, len(images))

    count = len(STEPS)
    seen = image(switches)
    ended = tuple(image(switches[:done] + (False,) * (count - done)) for done in range(count + 1))
    turned = tuple(image((*switches[:at], not switches[at], *switches[at + 1 :])) for at in range(count))
    return Strip(
        way=way & WHOLE_WAY,
        stages=tuple(walk.stage(switches[:done]) for done in range(count + 1)),
        images=np.stack([walk.image(taken) for taken in images]),
        ended=ended,
        turned=turned,
        seen=seen,
    )


def seen_image(subject: Subject, way: Way = WHOLE_WAY) -> npt.NDArray[np.uint8]:
    """Go one way only, to what a network sees: `strip_of(subject, way).network_input`.

    Args:
        subject: What is to be read, with some ink in it.
        way: The steps that are taken.

    Returns:
        `(28, 28, 1)`, `uint8`.

    Raises:
        ValueError: If there is no ink.

    Example:
        >>> canvas = np.zeros((280, 280, 4), np.uint8)
        >>> canvas[40:240, 20:40] = 255
        >>> seen_image(drawn_subject(canvas)).shape
        (28, 28, 1)
    """
    return _Walk(subject).image(_switches(way))


Switches = tuple[bool, ...]


def _switches(way: Way) -> Switches:
    return tuple(step.name in way for step in STEPS)


class _Walk:
    """A subject on several ways at once; what they have in common is computed once."""

    def __init__(self, subject: Subject) -> None:
        if subject.is_empty:
            raise ValueError("subject must have some ink. Received: none.")
        self._subject = subject
        self._known: dict[Switches, FloatImage] = {(): subject.raw}

    def stage(self, taken: Switches) -> FloatImage:
        """The picture after the first steps, each taken or left out."""
        if taken not in self._known:
            step = STEPS[len(taken) - 1]
            change = step.change if taken[-1] else step.without
            self._known[taken] = change(self._subject, self.stage(taken[:-1]))
        return self._known[taken]

    def image(self, taken: Switches) -> npt.NDArray[np.uint8]:
        """What a network sees after all steps."""
        seen: npt.NDArray[np.uint8] = np.rint(self.stage(taken) * 255.0).astype(np.uint8)[..., np.newaxis]
        return seen


@dataclass(frozen=True)
class Telling:
    """What a step does to the answer.

    Args:
        step: The step.
        guess: The class that would be read if it were left out, or taken where it is left out.
        probability: How likely that class would be found, 0 to 1.
        before: How likely the present answer is found now, 0 to 1.
        after: How likely it would be found then.
        changes_answer: Whether something else would be read.
    """

    step: Step
    guess: int
    probability: float
    before: float
    after: float
    changes_answer: bool


def tellings(strip: Strip, probabilities: npt.NDArray[np.float32]) -> tuple[Telling, ...]:
    """Say of each step what it does to the answer, the one that changes most first.

    Args:
        strip: The pictures.
        probabilities: `(count, classes)`, what the network says of `strip.images`.

    Example:
        >>> strip = Strip(WHOLE_WAY, (), np.zeros((2, 28, 28, 1), np.uint8), (), (0, 0, 0, 1, 0, 0), 0)
        >>> first = tellings(strip, np.array([[0.9, 0.1], [0.3, 0.7]], np.float32))[0]
        >>> first.step.name, first.guess, first.changes_answer
        ('scale', 1, True)
    """
    now = probabilities[strip.seen]
    answer = int(np.argmax(now))
    found = []
    for step, index in zip(STEPS, strip.turned, strict=True):
        then = probabilities[index]
        guess = int(np.argmax(then))
        found.append(Telling(step, guess, float(then[guess]), float(now[answer]), float(then[answer]), guess != answer))
    return tuple(sorted(found, key=lambda one: (not one.changes_answer, one.after - one.before)))


def framed(picture: FloatImage, side: int = 2 * IMAGE_SIZE) -> npt.NDArray[np.uint8]:
    """A stage of the way as a square picture to show: small ones are enlarged pixel by pixel, large ones shrunk.

    Args:
        picture: `(height, width)`, 0 to 1.
        side: Pixels along a side of the square; twice that of a network's image.

    Returns:
        `(side, side)`, `uint8`; what the picture leaves free is black.

    Example:
        >>> framed(np.ones((20, 10), np.float32))[8:48, 18:38].min(), framed(np.ones((300, 300), np.float32)).shape
        (np.uint8(255), (56, 56))
    """
    if max(picture.shape) <= IMAGE_SIZE:
        grown = np.repeat(np.repeat(picture, side // IMAGE_SIZE, axis=0), side // IMAGE_SIZE, axis=1)
    else:
        grown = fit(picture, side, Image.Resampling.HAMMING)
    height, width = grown.shape
    square = np.zeros((side, side), np.uint8)
    top, left = (side - height) // 2, (side - width) // 2
    square[top : top + height, left : left + width] = np.rint(np.clip(grown, 0.0, 1.0) * 255.0).astype(np.uint8)
    return square
