"""A room's drawings to take along: one picture of all, a file in Keras's layout, a data set of this server."""

from __future__ import annotations

import io
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw

from cnn_core.data.dataset import LabelledImages
from cnn_core.data.split import stratified_split
from cnn_core.errors import ClassroomError
from cnn_core.room.records import IMAGE_SHAPE, Drawings, Room

TEST_SHARE = 0.5
"""Of drawings that become a data set to learn from, half are kept for judging: there are few."""

SIDE = IMAGE_SHAPE[0]
GAP = 2
NAME_WIDTH = 60
ROW_OF = 40
"""Drawings in a row of the picture; a class with more gets several rows."""


def source_words(room: Room) -> str:
    """Say where a data set comes from that was made of a room's frozen drawings.

    Args:
        room: The room.
    """
    return f"Drawn by a class in room {room.code}, {room.version.words}."


def is_from_room(room: Room, source: str) -> bool:
    """Whether a data set was made of a room's drawings, by what it says of itself.

    Args:
        room: The room.
        source: Where the data set comes from.
    """
    return source.startswith(f"Drawn by a class in room {room.code}, ")


def labelled_images(drawings: Drawings) -> LabelledImages:
    """Return drawings as images of a data set.

    Args:
        drawings: Drawings of a room.
    """
    return LabelledImages(drawings.images, drawings.labels)


def drawings_npz(room: Room, drawings: Drawings) -> bytes:
    """Write drawings as a file in Keras's layout: `x_test`, `y_test`; nothing to learn from.

    The names of the classes, the version and its fingerprint stand beside them.

    Args:
        room: The room.
        drawings: Its frozen drawings.

    Returns:
        The bytes of an `.npz` that `numpy.load` reads without pickle.
    """
    buffer = io.BytesIO()
    np.savez_compressed(
        buffer,
        x_train=np.zeros((0, *IMAGE_SHAPE[:2]), np.uint8),
        y_train=np.zeros(0, np.int64),
        x_test=drawings.images[..., 0],
        y_test=drawings.labels,
        class_names=np.array(room.class_names),
        version=np.array(room.version.number),
        fingerprint=np.array(room.version.fingerprint),
    )
    return buffer.getvalue()


def sheet_image(drawings: Drawings, class_names: Sequence[str]) -> npt.NDArray[np.uint8]:
    """Lay all drawings out on one sheet, a class after the other.

    Args:
        drawings: The drawings.
        class_names: One name a class; it stands at the left.

    Returns:
        `(height, width)` uint8, grey; dark where there is nothing.
    """
    rows: list[tuple[str, npt.NDArray[np.uint8]]] = []
    for index, name in enumerate(class_names):
        images = drawings.images[drawings.labels == index, :, :, 0]
        for start in range(0, max(len(images), 1), ROW_OF):
            rows.append(("" if start else name, images[start : start + ROW_OF]))
    pitch = SIDE + GAP
    sheet = Image.new("L", (NAME_WIDTH + ROW_OF * pitch, len(rows) * pitch + GAP), 24)
    pen = ImageDraw.Draw(sheet)
    for place, (name, images) in enumerate(rows):
        top = GAP + place * pitch
        pen.text((6, top + 8), name[:8], fill=235)
        for column, image in enumerate(images):
            sheet.paste(Image.fromarray(image), (NAME_WIDTH + column * pitch, top))
    return np.asarray(sheet)


def sheet_png(drawings: Drawings, class_names: Sequence[str]) -> bytes:
    """Write the sheet of all drawings as a PNG file.

    Args:
        drawings: The drawings.
        class_names: One name a class.
    """
    buffer = io.BytesIO()
    Image.fromarray(sheet_image(drawings, class_names)).save(buffer, format="PNG")
    return buffer.getvalue()


def learning_parts(room: Room, drawings: Drawings, seed: int = 0) -> tuple[LabelledImages, LabelledImages]:
    """Split drawings into a part to learn from and a part to be judged on, each class by halves.

    Args:
        room: The room.
        drawings: Its frozen drawings.
        seed: Which ones come into which part.

    Returns:
        The part to learn from, the part to be judged on.

    Raises:
        ClassroomError: If a class has fewer than two drawings.
    """
    counts = np.bincount(drawings.labels, minlength=len(room.class_names))
    if counts.min() < 2:
        rare = room.class_names[int(counts.argmin())]
        raise ClassroomError(
            f"“{rare}” has {counts.min()} drawings; a data set needs two of each class at least.",
            "Let the room draw more.",
        )
    learned, judged = stratified_split(drawings.labels, TEST_SHARE, seed)
    return labelled_images(drawings.part(learned)), labelled_images(drawings.part(judged))
