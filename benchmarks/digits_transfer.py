"""Does a small network that has seen only the built-in digits read MNIST?

Usage, from the repository's root:

    .venv/bin/python -m benchmarks.digits_transfer [--count 60000] [--epochs 8] [--seed 0]

Without `--count` the network learns from the ready-made data set in `assets/data`; with it, from that many freshly
generated digits. MNIST is looked for as `mnist.npz` in the folder that the environment variable
`CNN_CLASSROOM_TEST_DATA` names, by default `../shared/datasets` beside the repository. It is only read, never
trained on.
"""

from __future__ import annotations

import argparse
import os
import time
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import keras
import numpy as np
import numpy.typing as npt
import tensorflow as tf

from cnn_core.data.dataset import LabelledImages
from cnn_core.data.digits import generate_digits, load_digits

THREADS = 2
BATCH_SIZE = 100
TOP_LEARNING_RATE = 3e-3
LABEL_SMOOTHING = 0.1

REPOSITORY = Path(__file__).resolve().parents[1]


def build_network() -> keras.Model:
    """A small network of the kind that the lessons build: three convolutions, two poolings, two dense layers."""
    layers = keras.layers
    return keras.Sequential(
        [
            keras.Input((28, 28, 1)),
            layers.Rescaling(1 / 255),
            layers.Conv2D(16, 5, activation="relu"),
            layers.MaxPooling2D(2),
            layers.Conv2D(32, 3, activation="relu"),
            layers.Conv2D(48, 3, activation="relu"),
            layers.MaxPooling2D(2),
            layers.Dropout(0.25),
            layers.Flatten(),
            layers.Dense(96, activation="relu"),
            layers.Dropout(0.5),
            layers.Dense(10, activation="softmax"),
        ]
    )


def train_network(data: LabelledImages, epochs: int, seed: int) -> tuple[keras.Model, float]:
    """Train on nothing but these digits; the model and the seconds it took, building included."""
    keras.utils.set_random_seed(seed)
    started = time.perf_counter()
    network = build_network()
    steps = -(-len(data) // BATCH_SIZE) * epochs
    schedule = keras.optimizers.schedules.CosineDecay(
        TOP_LEARNING_RATE / 10, steps - steps // 5, warmup_target=TOP_LEARNING_RATE, warmup_steps=steps // 5
    )
    loss = keras.losses.CategoricalCrossentropy(label_smoothing=LABEL_SMOOTHING)
    network.compile(keras.optimizers.Adam(schedule), loss=loss)
    targets = keras.utils.to_categorical(data.labels, 10)
    network.fit(data.images, targets, batch_size=BATCH_SIZE, epochs=epochs, verbose=0)
    return network, time.perf_counter() - started


def predict_classes(network: keras.Model, images: npt.NDArray[np.uint8]) -> npt.NDArray[np.int64]:
    """The class that the network finds most probable, for each image."""
    return np.argmax(network.predict(images, batch_size=500, verbose=0), axis=1)


def confused_pairs(truth: npt.NDArray[np.int64], read: npt.NDArray[np.int64], top: int = 10) -> str:
    """The most frequent mistakes, as `4 read as 9: 31`."""
    table = np.zeros((10, 10), int)
    np.add.at(table, (truth, read), 1)
    np.fill_diagonal(table, 0)
    order = np.argsort(table, axis=None)[::-1][:top]
    return ", ".join(f"{i // 10} read as {i % 10}: {table.flat[i]}" for i in order if table.flat[i])


def mnist_path() -> Path:
    """Where MNIST should lie on this computer."""
    return Path(os.environ.get("CNN_CLASSROOM_TEST_DATA", REPOSITORY / "../shared/datasets")) / "mnist.npz"


def load_mnist_test() -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.int64]] | None:
    """MNIST's test part, or None if it is not on this computer."""
    if not mnist_path().is_file():
        return None
    with np.load(mnist_path(), allow_pickle=False) as mnist:
        return mnist["x_test"][..., None], mnist["y_test"].astype(np.int64)


def main() -> None:
    """Train, then print how well the network reads its own test part and MNIST's."""
    parser = argparse.ArgumentParser(description="Train on built-in digits only, read MNIST.")
    parser.add_argument("--count", type=int, help="generate that many digits instead of loading the ready-made ones")
    parser.add_argument("--epochs", type=int, default=8)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    tf.config.threading.set_intra_op_parallelism_threads(THREADS)
    tf.config.threading.set_inter_op_parallelism_threads(THREADS)

    shipped = load_digits()
    train = generate_digits(options.count, options.seed + 100, "train") if options.count else shipped.train
    network, seconds = train_network(train, options.epochs, options.seed)
    source = "generated" if options.count else "shipped"
    print(f"trained on:   {len(train)} {source} digits, {options.epochs} epochs, {THREADS} threads, {seconds:.1f} s")
    print(f"parameters:   {network.count_params()}")
    own = predict_classes(network, shipped.test.images)
    print(f"own test:     {np.mean(own == shipped.test.labels):.2%} of {len(shipped.test)}")
    print(f"  confused:   {confused_pairs(shipped.test.labels, own, 5)}")
    mnist = load_mnist_test()
    if mnist is None:
        print(f"MNIST test:   not measured, for want of {mnist_path()}; CNN_CLASSROOM_TEST_DATA names its folder.")
        return
    read = predict_classes(network, mnist[0])
    print(f"MNIST test:   {np.mean(read == mnist[1]):.2%} of {len(read)}")
    print(f"  confused:   {confused_pairs(mnist[1], read)}")


if __name__ == "__main__":
    main()
