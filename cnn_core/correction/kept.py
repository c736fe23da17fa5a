"""A person's labelled drawings: on disk, so that a reload loses none, bounded, and without a name.

All drawings of a person are one file, which is written anew with each of them: it is small. A person is a random
number that their browser tab keeps; nobody can find out whose drawings these are.
"""

from __future__ import annotations

import io
import re
import secrets
import threading
import time
import zipfile
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from cnn_core.data.folder import data_folder
from cnn_core.errors import ClassroomError
from cnn_core.store.files import whole_file

IMAGE_SHAPE = (28, 28, 1)
MOST_DRAWINGS = 200
"""Drawings of one person that are kept; for a new one the oldest goes."""
MOST_PEOPLE = 2000
"""People whose drawings are kept; the one who has drawn nothing for longest goes. Together that is at most 320 MB."""
KEPT_FOR_S = 90 * 86_400.0
"""Drawings of somebody who has drawn nothing for so long are removed."""
MOST_NAME = 60
"""Characters of a class's name that are kept."""

_PERSON = re.compile(r"[0-9a-f]{16}")
_lock = threading.Lock()

Bytes = npt.NDArray[np.uint8]


@dataclass(frozen=True, eq=False)
class KeptDrawing:
    """A drawing, what it is, and what a network read.

    Args:
        id: Tells it from the person's others.
        image: `(28, 28, 1)`, `uint8`, as the network saw it.
        class_name: What it is, as the person says.
        guess: What the network read.
        probability: How sure the network was, 0 to 1.
    """

    id: str
    image: Bytes
    class_name: str
    guess: str
    probability: float

    @property
    def is_right(self) -> bool:
        """Whether the network read what it is."""
        return self.class_name == self.guess


def new_drawing(image: Bytes, class_name: str, guess: str, probability: float) -> KeptDrawing:
    """Make a record of a drawing, with an id of its own.

    Args:
        image: `(28, 28, 1)`, `uint8`.
        class_name: What it is.
        guess: What the network read.
        probability: How sure the network was, 0 to 1.

    Raises:
        ValueError: If the image has another shape or type.

    Example:
        >>> new_drawing(np.zeros((28, 28, 1), np.uint8), "7", "1", 0.6).is_right
        False
    """
    if image.shape != IMAGE_SHAPE or image.dtype != np.uint8:
        raise ValueError(f"image must be {IMAGE_SHAPE} uint8. Received: {image.shape}, {image.dtype}.")
    return KeptDrawing(secrets.token_hex(4), image, class_name[:MOST_NAME], guess[:MOST_NAME], float(probability))


def kept_drawings(person: str) -> tuple[KeptDrawing, ...]:
    """Return a person's drawings, the oldest first.

    Raises:
        ClassroomError: If their file cannot be read.
        ValueError: If `person` is no number of ours.
    """
    path = _path(person)
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        return ()
    except OSError as error:
        raise _unreadable() from error
    try:
        with np.load(io.BytesIO(data), allow_pickle=False) as file:
            columns = [file[name] for name in ("ids", "images", "class_names", "guesses", "probabilities")]
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile) as error:
        raise _unreadable() from error
    ids, images, names, guesses, probabilities = columns
    if images.shape != (len(ids), *IMAGE_SHAPE) or images.dtype != np.uint8 or len(ids) > MOST_DRAWINGS:
        raise _unreadable()
    return tuple(
        KeptDrawing(str(id_), image, str(name), str(guess), float(probability))
        for id_, image, name, guess, probability in zip(ids, images, names, guesses, probabilities, strict=True)
    )


def keep_drawing(person: str, drawing: KeptDrawing) -> None:
    """Keep a drawing; one with the same id gives way to it.

    Raises:
        ClassroomError: If the file cannot be read or written.
        ValueError: If `person` is no number of ours.
    """
    with _lock:
        others = [one for one in kept_drawings(person) if one.id != drawing.id]
        is_new = not _path(person).exists()
        _write(person, (*others, drawing)[-MOST_DRAWINGS:])
        if is_new:
            _make_room()


def forget_drawings(person: str, ids: frozenset[str] | None = None) -> None:
    """Delete some of a person's drawings, or all of them, also where their file is damaged.

    Args:
        person: Whose they are.
        ids: Which ones; all where left out.

    Raises:
        ClassroomError: If the file cannot be read or written.
        ValueError: If `person` is no number of ours.
    """
    with _lock:
        left = [one for one in kept_drawings(person) if one.id not in ids] if ids is not None else []
        try:
            if left:
                _write(person, tuple(left))
            else:
                _path(person).unlink(missing_ok=True)
        except OSError as error:
            raise _unwritable() from error


def _folder() -> Path:
    return data_folder() / "drawings"


def _path(person: str) -> Path:
    if not _PERSON.fullmatch(person):
        raise ValueError(f"person must be sixteen hexadecimal digits. Received: person={person!r}.")
    return _folder() / f"{person}.npz"


def _write(person: str, drawings: tuple[KeptDrawing, ...]) -> None:
    memory = io.BytesIO()
    np.savez_compressed(
        memory,
        ids=np.array([one.id for one in drawings], np.str_),
        images=np.stack([one.image for one in drawings]),
        class_names=np.array([one.class_name for one in drawings], np.str_),
        guesses=np.array([one.guess for one in drawings], np.str_),
        probabilities=np.array([one.probability for one in drawings], np.float64),
    )
    try:
        with whole_file(_path(person)) as file:
            file.write(memory.getvalue())
    except OSError as error:
        raise _unwritable() from error


def _make_room() -> None:
    """Remove what nobody has added to for long, and the oldest where there are too many."""
    with suppress(OSError):  # somebody else may be tidying up too; the next new person tries again
        by_age = sorted((path.stat().st_mtime, path) for path in _folder().glob("*.npz"))
        for place, (changed_at, path) in enumerate(by_age):
            if len(by_age) - place > MOST_PEOPLE or time.time() - changed_at > KEPT_FOR_S:
                path.unlink(missing_ok=True)


def _unreadable() -> ClassroomError:
    return ClassroomError("Your kept drawings cannot be read: their file is damaged.", "Delete them and draw anew.")


def _unwritable() -> ClassroomError:
    return ClassroomError("The drawings cannot be written: the disk refuses.", "Free some room on it.")
