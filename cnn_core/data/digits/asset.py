"""The ready-made digits in `assets/data`, so that training starts without waiting for them to be drawn.

Two grey values of 0 to 15 share a byte, a pixel's and that of the pixel below it, and the file is a compressed
archive of plain arrays.
"""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from pathlib import Path

import numpy as np
import numpy.typing as npt

from cnn_core.data.dataset import Dataset, LabelledImages
from cnn_core.data.digits.generate import generate_digits
from cnn_core.data.digits.pen import GREY_LEVELS, IMAGE_SIZE_PX
from cnn_core.data.digits.style import Part
from cnn_core.errors import ClassroomError

SLUG = "digits"
CLASS_NAMES: tuple[str, ...] = tuple(str(digit) for digit in range(10))
ASSET_SEED = 1998
ASSET_COUNTS: dict[Part, int] = {"train": 30_000, "test": 3_000}
ASSET_FOLDER = Path(__file__).resolve().parents[3] / "assets" / "data"
ASSET_NAME = "digits.npz"
CHECKSUMS_NAME = "checksums.json"

_GREY_STEP = 255 // (GREY_LEVELS - 1)
_REMEDY = "Run `python -m scripts.make_digits` in the project's folder, or install the project again."


def load_digits(folder: Path = ASSET_FOLDER) -> Dataset:
    """The built-in digits: ready-made, the same for everybody.

    Args:
        folder: Where the file and its checksum lie.

    Returns:
        30,000 training and 3,000 test images, `(count, 28, 28, 1)`, as many of each digit.

    Raises:
        ClassroomError: If the file is missing, or is not the one that its checksum belongs to.

    Example:
        >>> digits = load_digits()
        >>> digits.slug, digits.image_shape, len(digits.train), len(digits.test)
        ('digits', (28, 28, 1), 30000, 3000)
    """
    try:
        content = (folder / ASSET_NAME).read_bytes()
        expected = json.loads((folder / CHECKSUMS_NAME).read_text(encoding="utf-8"))[ASSET_NAME]
    except OSError as error:
        raise ClassroomError("The file with the built-in digits, or its checksum, is missing.", _REMEDY) from error
    except (ValueError, KeyError, TypeError) as error:
        raise ClassroomError("The checksum of the built-in digits cannot be read.", _REMEDY) from error
    if hashlib.sha256(content).hexdigest() != expected:
        raise ClassroomError("The file with the built-in digits is damaged or has been changed.", _REMEDY)
    try:
        with np.load(io.BytesIO(content), allow_pickle=False) as arrays:
            train, test = _labelled_images(arrays, "train"), _labelled_images(arrays, "test")
    except (ValueError, KeyError, EOFError, zipfile.BadZipFile) as error:
        raise ClassroomError("The file with the built-in digits holds something else.", _REMEDY) from error
    return Dataset(slug=SLUG, class_names=CLASS_NAMES, train=train, test=test)


def save_digits(folder: Path, counts: dict[Part, int] = ASSET_COUNTS, seed: int = ASSET_SEED) -> Path:
    """Draw the digits and write them with their checksum; `scripts/make_digits.py` is the command for it.

    Args:
        folder: Where the file and its checksum go; it must exist. Checksums of other files there are kept.
        counts: How many digits each part has.
        seed: Which digits.

    Returns:
        The path of the file.
    """
    arrays: dict[str, npt.NDArray[np.uint8]] = {}
    for part, count in counts.items():
        digits = generate_digits(count, seed, part)
        arrays[f"{part}_images"] = pack_images(digits.images)
        arrays[f"{part}_labels"] = digits.labels.astype(np.uint8)
    path, checksums_path = folder / ASSET_NAME, folder / CHECKSUMS_NAME
    with path.open("wb") as file:
        np.savez_compressed(file, allow_pickle=False, **arrays)
    checksums = json.loads(checksums_path.read_text(encoding="utf-8")) if checksums_path.is_file() else {}
    checksums[ASSET_NAME] = hashlib.sha256(path.read_bytes()).hexdigest()
    checksums_path.write_text(json.dumps(checksums, indent=2, sort_keys=True) + "\n", encoding="utf-8")
    return path


def pack_images(images: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
    """Two pixels a byte.

    Args:
        images: `(count, 28, 28, 1)`, multiples of 17.

    Returns:
        `(count, 14, 28)`: the upper pixel of each pair in the upper four bits.

    Raises:
        ValueError: If a grey value is not a multiple of 17, and would be lost.
    """
    if np.any(images % _GREY_STEP):
        raise ValueError(f"grey values must be multiples of {_GREY_STEP}. Received: max={images.max()}.")
    levels = images[..., 0] // np.uint8(_GREY_STEP)
    return np.asarray((levels[:, 0::2] << 4) | levels[:, 1::2])


def unpack_images(packed: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
    """The reverse of `pack_images`.

    Args:
        packed: `(count, 14, 28)`.

    Returns:
        `(count, 28, 28, 1)`, 0 black to 255 white.

    Example:
        >>> images = generate_digits(10, seed=0, part="train").images
        >>> bool(np.all(unpack_images(pack_images(images)) == images))
        True
    """
    images = np.empty((len(packed), IMAGE_SIZE_PX, IMAGE_SIZE_PX, 1), np.uint8)
    images[:, 0::2, :, 0] = (packed >> 4) * np.uint8(_GREY_STEP)
    images[:, 1::2, :, 0] = (packed & 15) * np.uint8(_GREY_STEP)
    return images


def _labelled_images(arrays: np.lib.npyio.NpzFile, part: Part) -> LabelledImages:
    images = unpack_images(arrays[f"{part}_images"])
    return LabelledImages(images, arrays[f"{part}_labels"].astype(np.int64))
