"""MNIST: 70,000 handwritten digits, scanned and centred."""

from __future__ import annotations

from cnn_core.data.entry import DownloadSource
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

MNIST = MNIST_FILE.entry(
    "Digits that some 500 people wrote by hand, scanned, centred and scaled to 28×28 pixels.",
    "Y. LeCun, C. Cortes and C. J. C. Burges: The MNIST database of handwritten digits. "
    "Made from NIST's Special Databases 1 and 3. Licence: CC BY-SA 3.0.",
)
