"""MNIST: 70,000 handwritten digits, scanned and centred."""

from __future__ import annotations

from cnn_core.data.entry import DatasetEntry, DownloadSource
from cnn_core.data.keras_file import KerasFile
from cnn_core.data.npz import KerasLayout

MNIST_FILE = KerasFile(
    slug="mnist",
    title="MNIST",
    class_names=tuple(str(digit) for digit in range(10)),
    layout=KerasLayout(train_count=60_000, test_count=10_000, image_shape=(28, 28, 1), class_count=10),
    source=DownloadSource(
        file_name="mnist.npz",
        origin="https://storage.googleapis.com/tensorflow/tf-keras-datasets/mnist.npz",
        sha256="731c5ac602752760c8e48fbffcf8c3b850d9dc2a2aedcf2cc48468fc17b673d1",
        size_bytes=11_490_434,
    ),
)

MNIST = DatasetEntry(
    slug=MNIST_FILE.slug,
    title=MNIST_FILE.title,
    class_names=MNIST_FILE.class_names,
    image_shape=MNIST_FILE.layout.image_shape,
    summary="Digits that some 500 people wrote by hand, scanned, centred and scaled to 28 × 28 pixels.",
    train_count=MNIST_FILE.layout.train_count,
    test_count=MNIST_FILE.layout.test_count,
    source=(
        "Y. LeCun, C. Cortes and C. J. C. Burges: The MNIST database of handwritten digits. "
        "Made from NIST's Special Databases 1 and 3. Licence: CC BY-SA 3.0."
    ),
    load=MNIST_FILE.load,
    availability=MNIST_FILE.availability,
    download=MNIST_FILE.source,
)
