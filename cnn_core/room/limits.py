"""What a room takes: how many drawings, how fast, and which pictures are none. All of it is said in words."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from cnn_core.errors import ClassroomError
from cnn_core.room.records import IMAGE_SHAPE

MOST_ROOMS = 100
ROOM_LASTS_S = 30 * 86_400.0
MOST_CLASSES = 20

MOST_DRAWINGS = 1_500
MOST_BY_PERSON = 60
MOST_BY_PERSON_A_MINUTE = 15
MOST_A_MINUTE = 300
MINUTE_S = 60.0

MOST_ENTRIES = 90
MOST_ENTRIES_BY_PERSON = 3
MOST_PARAMETERS = 20_000_000
"""A network above this is not judged: thirty of them would keep a small server busy."""

LEAST_INK, MOST_INK = 15.0, 340.0
"""Sum of all pixels, as if ink were 1: MNIST's digits have 20 to 312."""

LIMITS_IN_WORDS = (
    f"A room takes {MOST_DRAWINGS:,} drawings; from one person {MOST_BY_PERSON}, {MOST_BY_PERSON_A_MINUTE} of them in "
    f"a minute, and {MOST_ENTRIES_BY_PERSON} networks. It ends "
    f"{ROOM_LASTS_S / 86_400:.0f} days after it was opened, and everything in it is deleted then."
)


def check_drawing(pixels: npt.NDArray[np.uint8]) -> None:
    """Refuse what is no drawing.

    Args:
        pixels: `(28, 28, 1)` uint8, bright ink on dark paper.

    Raises:
        ClassroomError: If it is empty, or a blot.
        ValueError: If it is no picture of that shape and type.

    Example:
        >>> check_drawing(np.zeros((28, 28, 1), np.uint8))
        Traceback (most recent call last):
        ...
        cnn_core.errors.ClassroomError: There is nothing on this drawing yet. Draw on the canvas, then add it.
    """
    if pixels.shape != IMAGE_SHAPE or pixels.dtype != np.uint8:
        raise ValueError(f"pixels must be {IMAGE_SHAPE} uint8. Received: shape={pixels.shape}, dtype={pixels.dtype}.")
    ink = float(pixels.sum(dtype=np.int64)) / 255
    if ink < LEAST_INK:
        raise ClassroomError("There is nothing on this drawing yet.", "Draw on the canvas, then add it.")
    if ink > MOST_INK:
        raise ClassroomError(
            "This is a blot, with more ink than any digit has.", "Clear it, and draw with a thinner pen."
        )


def check_pace(in_room: int, by_person: int, by_person_a_minute: int, a_minute: int) -> None:
    """Refuse a drawing that is one too many.

    Args:
        in_room: Drawings in the room so far.
        by_person: How many of them are this person's.
        by_person_a_minute: How many of these were added within the last minute.
        a_minute: How many anybody added within the last minute.

    Raises:
        ClassroomError: If the room is full, the person has given enough, or it goes too fast.
    """
    if in_room >= MOST_DRAWINGS:
        raise ClassroomError(
            f"This room is full: it holds {MOST_DRAWINGS:,} drawings.", "The teacher can remove some, or open another."
        )
    if by_person >= MOST_BY_PERSON:
        raise ClassroomError(
            f"You have given {MOST_BY_PERSON} drawings, as many as one person can.",
            "Let others draw, and see the board.",
        )
    if by_person_a_minute >= MOST_BY_PERSON_A_MINUTE:
        raise ClassroomError(
            f"That was fast: {MOST_BY_PERSON_A_MINUTE} drawings in a minute is the most.", "Wait a moment, then add it."
        )
    if a_minute >= MOST_A_MINUTE:
        raise ClassroomError("The whole room is drawing very fast just now.", "Wait a moment, then add it.")
