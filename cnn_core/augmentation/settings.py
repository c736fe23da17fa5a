"""How training images are changed at random before a network sees them."""

from __future__ import annotations

from dataclasses import dataclass

from cnn_core.architecture.fields import check_record, choice, fraction

FLIPS = ("none", "left-right", "up-down", "both")
"""Which ways an image may be mirrored. New ones are added at the end: addresses name them by their position."""


@dataclass(frozen=True)
class Augmentation:
    """How far each training image may be changed, every time anew, without becoming another class.

    Each amount is the most that may happen; what happens to one image is drawn anew in every step. The images that a
    network is judged on are never changed. By default nothing is changed.

    Raises:
        ValueError: If a value is out of range.

    Example:
        >>> Augmentation().is_active, Augmentation(shift=0.1, rotation_degrees=15).is_active
        (False, True)
    """

    shift: float = fraction(
        0.0,
        0.0,
        0.4,
        label="Shift",
        code="s",
        usual=(0.0, 0.05, 0.1, 0.15, 0.2, 0.3, 0.4),
        help="Moves each image up, down and sideways, at most by this share of its height and width.",
    )
    rotation_degrees: float = fraction(
        0.0,
        0.0,
        180.0,
        label="Rotation in degrees",
        code="r",
        usual=(0.0, 5.0, 10.0, 15.0, 20.0, 30.0, 45.0, 90.0, 180.0),
        help="Turns each image about its middle, at most so far to either side. Turned half round, a 6 reads as a 9.",
    )
    zoom: float = fraction(
        0.0,
        0.0,
        0.5,
        label="Zoom",
        code="z",
        usual=(0.0, 0.05, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5),
        help="Shows each image larger or smaller, at most by this share: 0.2 means from 0.8 to 1.2 times its size.",
    )
    flip: str = choice(
        "none",
        FLIPS,
        label="Flip",
        code="f",
        help="Mirrors about half of the images. Right for a cat or a cell; a mirrored digit is no digit any more.",
    )
    noise: float = fraction(
        0.0,
        0.0,
        0.5,
        label="Noise",
        code="n",
        usual=(0.0, 0.02, 0.05, 0.1, 0.15, 0.2, 0.3, 0.5),
        help="Adds a random number to every pixel. This is its standard deviation, where black is 0 and white is 1.",
    )
    contrast: float = fraction(
        0.0,
        0.0,
        0.9,
        label="Contrast",
        code="c",
        usual=(0.0, 0.1, 0.2, 0.3, 0.5, 0.7, 0.9),
        help="Makes differences from an image's mean brightness larger or smaller, at most by this share.",
    )

    def __post_init__(self) -> None:
        check_record(self)

    @property
    def is_active(self) -> bool:
        """Whether anything is changed at all."""
        return self != Augmentation()
