"""The network that comes with the app, so that a drawing is recognised at the first click, offline.

It is stored as plain arrays and a description, and both are checked against their checksums before use. Loading needs
NumPy only. `scripts/train_starter.py` made it, and `assets/starter/MODEL_CARD.md` says from what and how well it does.
"""

from __future__ import annotations

import hashlib
import io
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from cnn_core.architecture.spec import NetworkSpec
from cnn_core.errors import ClassroomError

STARTER_FOLDER = Path(__file__).resolve().parents[1] / "assets" / "starter"
SPEC_FILE = "spec.json"
WEIGHTS_FILE = "weights.npz"
CARD_FILE = "MODEL_CARD.md"
CHECKSUM_FILE = "SHA256SUMS"

CLASS_NAMES = tuple("0123456789")

_REMEDY = "Install the app again, or run `python scripts/train_starter.py`."


@dataclass(frozen=True)
class StarterNetwork:
    """A trained network, ready to be built.

    Args:
        spec: Its layers. It takes images `(count, 28, 28, 1)`, `float32`, 0 to 1, ink bright on dark paper.
        weights: Its parameters, `float32`, in the order in which a Keras model's `set_weights` takes them.
        class_names: One name a class, in the order of the outputs.
        card: The model card, Markdown: data, training, accuracy, limits, licence.
    """

    spec: NetworkSpec
    weights: tuple[npt.NDArray[np.float32], ...]
    class_names: tuple[str, ...]
    card: str


def load_starter(folder: Path = STARTER_FOLDER) -> StarterNetwork:
    """The network that comes with the app.

    Its description and weights are read only if they are, byte for byte, the files that were shipped. Nothing in them
    can run: the weights are arrays of numbers, the description is JSON.

    Args:
        folder: Where its files are; the app's own by default.

    Returns:
        The network's description and parameters, for `build_model(spec)` and the model's `set_weights(weights)`.

    Raises:
        ClassroomError: If a file is missing or is not the one that was shipped.

    Example:
        >>> starter = load_starter()
        >>> starter.spec.input_shape, starter.class_names[7]
        ((28, 28, 1), '7')
    """
    checksums = _read_checksums(folder)
    spec = NetworkSpec.from_json(_read_checked(folder, SPEC_FILE, checksums).decode("utf-8"))
    with np.load(io.BytesIO(_read_checked(folder, WEIGHTS_FILE, checksums)), allow_pickle=False) as file:
        weights = tuple(np.asarray(file[key], np.float32) for key in file.files)
    return StarterNetwork(spec, weights, CLASS_NAMES, _read(folder, CARD_FILE).decode("utf-8"))


def _read(folder: Path, name: str) -> bytes:
    try:
        return (folder / name).read_bytes()
    except OSError as error:
        raise ClassroomError(f"The starter network's file {name} is missing.", _REMEDY) from error


def _read_checked(folder: Path, name: str, checksums: dict[str, str]) -> bytes:
    content = _read(folder, name)
    if hashlib.sha256(content).hexdigest() != checksums.get(name):
        raise ClassroomError(f"The starter network's file {name} is damaged.", _REMEDY)
    return content


def _read_checksums(folder: Path) -> dict[str, str]:
    """What `sha256sum` writes: a line a file, checksum and name."""
    lines = _read(folder, CHECKSUM_FILE).decode("utf-8", errors="replace").splitlines()
    pairs = [line.split() for line in lines if line.strip()]
    return {pair[1].lstrip("*"): pair[0] for pair in pairs if len(pair) == 2}
