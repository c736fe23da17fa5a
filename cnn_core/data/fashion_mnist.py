"""Fashion-MNIST: 70,000 photographs of clothes and shoes, of MNIST's size."""

from __future__ import annotations

import gzip
import math
import struct
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import numpy.typing as npt

from cnn_core.data.entry import DownloadSource, Piece
from cnn_core.data.keras_file import KerasFile
from cnn_core.data.npz import KerasLayout

_LARGEST_IDX_BYTES = 64 * 1024**2
_NAMES = {
    "x_train": "train-images-idx3-ubyte.gz",
    "y_train": "train-labels-idx1-ubyte.gz",
    "x_test": "t10k-images-idx3-ubyte.gz",
    "y_test": "t10k-labels-idx1-ubyte.gz",
}
_SHA256_OF_CONTENT = {
    "x_train": "c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888",
    "y_train": "bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9",
    "x_test": "5b4141f0afbad91edebe8549f8fcffe087ea10ca49f1dbef5c9a5cd8815ce37b",
    "y_test": "0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34",
}


def read_idx(path: Path) -> npt.NDArray[np.uint8]:
    """Read bytes out of a packed idx file: a few lengths, then the numbers.

    Args:
        path: The file, packed with gzip.

    Returns:
        The array, of as many axes as the file says.

    Raises:
        ValueError: If the file is no idx file of bytes, not as long as it says, or far too long.

    Reference:
        LeCun and Cortes, *The MNIST database of handwritten digits*, 1998, file formats.
    """
    with gzip.open(path) as file:
        content = file.read(_LARGEST_IDX_BYTES + 1)
    if len(content) < 4 or len(content) > _LARGEST_IDX_BYTES or content[:3] != b"\0\0\x08":
        raise ValueError(f"content must be an idx file of bytes. Received: {len(content)} bytes, {content[:4]!r}.")
    start = 4 + 4 * content[3]
    if len(content) < start:
        raise ValueError(f"content must hold {content[3]} lengths. Received: {len(content)} bytes.")
    shape = struct.unpack(f">{content[3]}I", content[4:start])
    if len(content) != start + math.prod(shape):
        raise ValueError(f"content must be as long as its lengths say. Received: {len(content)} bytes for {shape}.")
    return np.frombuffer(content, np.uint8, offset=start).reshape(shape)


def assemble_fashion_mnist(pieces: Mapping[str, Path], target: Path) -> None:
    """Make one archive in Keras's layout of the four published files.

    Args:
        pieces: The files by their published names.
        target: Where the archive goes.

    Raises:
        ValueError: If a file holds something else.
    """
    arrays = {array: read_idx(pieces[name]) for array, name in _NAMES.items()}
    np.savez_compressed(target, allow_pickle=False, **arrays)


FASHION_MNIST_FILE = KerasFile(
    slug="fashion_mnist",
    title="Fashion-MNIST",
    class_names=(
        "T-shirt/top", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot",
    ),
    layout=KerasLayout(train_count=60_000, test_count=10_000, image_shape=(28, 28, 1), class_count=10),
    source=DownloadSource(
        file_name="fashion_mnist.npz",
        origin="https://storage.googleapis.com/tensorflow/tf-keras-datasets/",
        sha256="",
        size_bytes=30_878_645,
        pieces=tuple(
            Piece(name, _SHA256_OF_CONTENT[array], is_of_content=True, in_keras_cache=(f"fashion-mnist/{name}",))
            for array, name in _NAMES.items()
        ),
        assemble=assemble_fashion_mnist,
    ),
)  # fmt: skip

FASHION_MNIST = FASHION_MNIST_FILE.entry(
    "Clothes, shoes and bags of an online shop in ten classes, grey, 28×28 pixels: as large as MNIST, but harder.",
    "H. Xiao, K. Rasul and R. Vollgraf: Fashion-MNIST: a novel image dataset for benchmarking machine learning "
    "algorithms, 2017, arXiv:1708.07747. Copyright Zalando SE. Licence: MIT.",
)
