"""A trained network as files that other programs run. Importing this module imports TensorFlow."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy.typing as npt

from cnn_core.architecture.build import build_model
from cnn_core.architecture.spec import NetworkSpec

Weights = Sequence[npt.NDArray[Any]]


def keras_file(spec: NetworkSpec, weights: Weights) -> bytes:
    """Write a trained network as a `.keras` file: `keras.saving.load_model` reads it.

    A minimum pooling is a layer of this app that Keras does not have: elsewhere the file is read once a class
    `MinPooling2D` is registered there under the package name `"cnn_classroom"`; else Keras refuses it and says so.

    Args:
        spec: The network.
        weights: Its weights in the order of Keras's `get_weights`.

    Returns:
        The file. The network takes `(batch, height, width, channels)` float32 images, 0 to 1.

    Raises:
        ClassroomError: If the network cannot be built.
    """
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "network.keras"
        _model(spec, weights).save(path)
        return path.read_bytes()


def tflite_file(spec: NetworkSpec, weights: Weights) -> bytes:
    """Write a trained network as a TensorFlow Lite (LiteRT) file, for phones and small computers.

    Args:
        spec: The network.
        weights: Its weights in the order of Keras's `get_weights`.

    Returns:
        The file. The numbers stay float32, so that the answers are those of Keras; batches may have any size.

    Raises:
        ClassroomError: If the network cannot be built.
    """
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "network.tflite"
        _model(spec, weights).export(path, format="litert", verbose=False)
        return path.read_bytes()


def _model(spec: NetworkSpec, weights: Weights) -> Any:
    model = build_model(spec)
    model.set_weights(list(weights))
    return model
