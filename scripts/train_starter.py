"""Train the starter network and write `assets/starter/`.

    python scripts/train_starter.py

reads MNIST's training part from the folder named by the environment variable `CNN_CLASSROOM_TEST_DATA` (default
`../shared/datasets`, file `mnist.npz`), or has Keras download it, and takes about a quarter of an hour on two cores.
Three kinds of pictures are learned from: the digits of MNIST, the same digits drawn anew with simulated pens on a
large canvas and brought back by `cnn_core.drawing`, and the digits that this app generates itself.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import sys
import time
from pathlib import Path

import numpy as np
import numpy.typing as npt

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.starter_accuracy import report, starter_predictor
from cnn_core.architecture.build import build_model
from cnn_core.architecture.layers import Activation, BatchNormalization, Conv2D, Dense, Dropout, Flatten, Pooling2D
from cnn_core.architecture.spec import NetworkSpec
from cnn_core.backend import keras
from cnn_core.data.digits import generate_digits
from cnn_core.drawing import preprocess_drawing
from cnn_core.starter import CARD_FILE, CHECKSUM_FILE, SPEC_FILE, STARTER_FOLDER, WEIGHTS_FILE, load_starter
from scripts.augment import draw, jitter, lines_to_segments, random_pen, thin_to_lines

Images = npt.NDArray[np.uint8]
Labels = npt.NDArray[np.int64]

CONVOLUTIONS = ((16, 5), (32, 3), (32, 3), (64, 3))
POOL_AFTER = (0, 2)
DENSE_UNITS = 96
STEPS_PER_EPOCH = 470

# Pictures of each kind in a batch: MNIST, MNIST drawn anew, generated digits, generated digits drawn anew.
SHARES = (56, 32, 24, 16)

CARD = """# The starter network

Reads one handwritten digit on 28 × 28 pixels. It comes with the app so that drawing works at once and offline.

| | |
| --- | --- |
| input | `(28, 28, 1)`, `float32`, 0 to 1, ink bright on dark paper, as `cnn_core.drawing` delivers it |
| output | ten probabilities, for the digits 0 to 9 |
| layers | convolutions, ReLU: {layers}; max pooling 2×2 after the 1st and the 3rd; dense {dense_units}; dense 10 |
| parameters | {parameters}, stored as 16-bit floats: {size_kb} kB |
| made by | `python scripts/train_starter.py`, seed {seed} |

## Data

- The 60,000 training images of MNIST.
- The same digits thinned to lines and drawn anew with simulated pens (width, size, place, slant, turn, stretch, wobble)
  on a canvas of 160 pixels, then brought back by `cnn_core.drawing`.
- 40,000 digits of this app's own generator, training part, and 20,000 of them drawn anew in the same way.

Thinning closes the loops of some thick digits, which then carry a label that nobody could read off them.

Nothing of the test parts was learned from. While the network and its training were being designed, accuracy on the
test parts was looked at a few times, and of two trainings the one with the better figures was kept. So the figures may
flatter by a few hundredths of a percent on MNIST, and by a few tenths on drawings, of which there are fewer.

## Training

{batches} batches of 128 ({shares} of the four kinds). Nine pictures in ten are turned, sheared, resized, moved by up to
1.5 pixels, bent, and made thicker or thinner, at random. AdamW, learning rate from 0.002 down a cosine, weight decay
0.01, dropout; the weights are an average over the last steps. While it trained, every convolution was followed by batch
normalisation; its scale and shift were folded into the kernels and biases, which leaves the function as it was.

## Accuracy

As `python benchmarks/starter_accuracy.py` prints it, for the files as shipped. The drawings are made on canvases of 280
to 400 pixels, with the strokes of the generator's test writers, and with strokes found by thinning MNIST's test digits,
which damages some of them beyond recognition.

{report}

## Limits

- It always answers with a digit: a letter, a face or a scribble gets one too, often with a high probability.
- It knows one digit at a time. Two digits side by side are taken for one.
- The simulated drawings are not drawings by people. Nobody has measured how well it reads those of a class.
- The hands behind MNIST are those of employees and pupils in the United States about 1990. Ones with a long flag,
  sevens with a bar and other ways of writing are rarer there; the generated digits make up for that in part.
- It is for teaching. No decision about a person should rest on it.

## Licence

The weights are the project's own work. No image of a data set is shipped. MNIST: Yann LeCun and Corinna Cortes hold the
copyright of the data set, a derivative of NIST's; it is made available under the terms of the Creative Commons
Attribution-Share Alike 3.0 licence, as Keras's documentation states.

## Reference

LeCun, Bottou, Bengio and Haffner 1998, *Gradient-Based Learning Applied to Document Recognition*; Simard, Steinkraus
and Platt 2003, *Best Practices for Convolutional Neural Networks Applied to Visual Document Analysis*; Ioffe and
Szegedy 2015, *Batch Normalization*.
"""


def spec_for_training() -> NetworkSpec:
    """The network as it trains, with a normalisation behind every convolution."""
    layers: list[object] = []
    for index, (filters, size) in enumerate(CONVOLUTIONS):
        layers += [
            Conv2D(filters, size, size, padding="same", activation="linear", use_bias=False),
            BatchNormalization(),
            Activation("relu"),
        ]
        if index in POOL_AFTER:
            layers.append(Pooling2D())
    layers += _head()
    return NetworkSpec((28, 28, 1), tuple(layers))  # type: ignore[arg-type]


def spec_as_shipped() -> NetworkSpec:
    """The same function without normalisation layers: their scale and shift are folded into the kernels."""
    layers: list[object] = []
    for index, (filters, size) in enumerate(CONVOLUTIONS):
        layers.append(Conv2D(filters, size, size, padding="same", activation="relu"))
        if index in POOL_AFTER:
            layers.append(Pooling2D())
    layers += _head()
    return NetworkSpec((28, 28, 1), tuple(layers))  # type: ignore[arg-type]


def _head() -> list[object]:
    return [
        Flatten(),
        Dropout(rate=0.4),
        Dense(units=DENSE_UNITS, activation="relu"),
        Dropout(rate=0.3),
        Dense(units=10, activation="softmax"),
    ]


def fold_normalisation(weights: list[npt.NDArray[np.float32]], epsilon: float) -> list[npt.NDArray[np.float32]]:
    """Weights of the shipped network from those of the trained one.

    `scale * (conv(x) - mean) / sqrt(variance + epsilon) + shift` is itself a convolution with a bias.
    """
    folded = []
    for index in range(len(CONVOLUTIONS)):
        kernel, scale, shift, mean, variance = weights[5 * index : 5 * index + 5]
        gain = scale / np.sqrt(variance + epsilon)
        folded += [kernel * gain, shift - mean * gain]
    return folded + weights[5 * len(CONVOLUTIONS) :]


def load_mnist_train() -> tuple[Images, Labels]:
    """MNIST's training part, `(60000, 28, 28)`, from the test data folder or through Keras."""
    path = Path(os.environ.get("CNN_CLASSROOM_TEST_DATA", "../shared/datasets")) / "mnist.npz"
    if path.exists():
        with np.load(path, allow_pickle=False) as file:
            return file["x_train"], file["y_train"].astype(np.int64)
    (images, labels), _ = keras.datasets.mnist.load_data()
    return images, labels.astype(np.int64)


def draw_anew(images: Images, seed: int) -> Images:
    """Each digit thinned to lines and drawn with a random pen on a canvas, as the network would see it."""
    rng = np.random.default_rng(seed)
    drawn = np.empty_like(images)
    for start in range(0, len(images), 1000):
        for index, lines in enumerate(thin_to_lines(images[start : start + 1000]), start):
            steps = preprocess_drawing(draw(lines_to_segments(lines), random_pen(rng), seed=index))
            drawn[index] = images[index] if steps is None else steps.network_input[..., 0]
    return drawn


class Batches(keras.utils.PyDataset):  # type: ignore[misc]
    """Random batches, with as many pictures of each kind as `shares` says, changed at random."""

    def __init__(
        self, sources: list[tuple[Images, Labels]], shares: list[int], steps: int, seed: int, plain_share: float
    ) -> None:
        super().__init__(workers=1, max_queue_size=8)
        self.sources, self.shares, self.steps = sources, shares, steps
        self.plain_share = plain_share
        self.seed = seed
        self.drawn = 0

    def __len__(self) -> int:
        return self.steps

    def __getitem__(self, index: int) -> tuple[npt.NDArray[np.float32], Labels]:
        self.drawn += 1
        rng = np.random.default_rng((self.seed, self.drawn))
        images, labels = [], []
        for (pool, classes), share in zip(self.sources, self.shares, strict=True):
            chosen = rng.integers(0, len(pool), share)
            images.append(pool[chosen])
            labels.append(classes[chosen])
        batch = np.concatenate(images)
        changed = jitter(batch, rng)
        plain = rng.random(len(batch)) < self.plain_share
        changed[plain] = batch[plain].astype(np.float32) / 255
        return changed[..., np.newaxis], np.concatenate(labels)


def train(sources: list[tuple[Images, Labels]], shares: list[int], epochs: int, steps: int, seed: int) -> object:
    """A trained network with normalisation layers, its weights averaged over the last steps."""
    keras.utils.set_random_seed(seed)
    model = build_model(spec_for_training(), seed=seed)
    rate = keras.optimizers.schedules.CosineDecay(
        0.0, epochs * steps, warmup_target=2e-3, warmup_steps=steps // 2, alpha=0.002
    )
    optimizer = keras.optimizers.AdamW(rate, weight_decay=0.01, use_ema=True, ema_momentum=0.998)
    model.compile(optimizer, "sparse_categorical_crossentropy", metrics=["accuracy"])
    model.fit(Batches(sources, shares, steps, seed, plain_share=0.1), epochs=epochs, verbose=2, shuffle=False)
    return model


def write_starter(model: object, folder: Path) -> None:
    """The trained network as `spec.json`, `weights.npz` (half precision) and their checksums."""
    epsilon = model.layers[2].epsilon  # type: ignore[attr-defined]
    weights = fold_normalisation(model.get_weights(), epsilon)  # type: ignore[attr-defined]
    shipped = build_model(spec_as_shipped())
    named = {
        f"{layer.name}/{variable.name}": array.astype(np.float16)
        for (layer, variable), array in zip(
            [(layer, variable) for layer in shipped.layers for variable in layer.weights], weights, strict=True
        )
    }
    folder.mkdir(parents=True, exist_ok=True)
    np.savez(folder / WEIGHTS_FILE, **named)  # type: ignore[arg-type]
    (folder / SPEC_FILE).write_bytes(spec_as_shipped().to_json().encode("utf-8"))
    lines = [
        f"{hashlib.sha256((folder / name).read_bytes()).hexdigest()}  {name}" for name in (SPEC_FILE, WEIGHTS_FILE)
    ]
    (folder / CARD_FILE).touch()
    (folder / CHECKSUM_FILE).write_bytes(("\n".join(lines) + "\n").encode("ascii"))


def write_card(folder: Path, epochs: int, seed: int) -> None:
    """The model card, with what the benchmark measures now."""
    card = CARD.format(
        dense_units=DENSE_UNITS,
        layers=", ".join(f"{filters} of {side}×{side}" for filters, side in CONVOLUTIONS),
        parameters=f"{sum(weight.size for weight in load_starter(folder).weights):,}",
        size_kb=f"{(folder / WEIGHTS_FILE).stat().st_size / 1000:.0f}",
        batches=f"{epochs * STEPS_PER_EPOCH:,}",
        shares=", ".join(str(share) for share in SHARES),
        seed=seed,
        report=report(starter_predictor(folder), count=500),
    )
    (folder / CARD_FILE).write_text(card, encoding="utf-8", newline="\n")
    print(card)


def main() -> None:
    """Train, write, measure, and write the card."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--epochs", type=int, default=24, help=f"of {STEPS_PER_EPOCH} batches each")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--folder", type=Path, default=STARTER_FOLDER, help="where to write")
    parser.add_argument("--card-only", action="store_true", help="train nothing, measure again and write the card")
    settings = parser.parse_args()
    if settings.card_only:
        write_card(settings.folder, settings.epochs, settings.seed)
        return

    started = time.perf_counter()
    mnist = load_mnist_train()
    generated = generate_digits(40_000, seed=settings.seed + 1, part="train")
    digits = (generated.images[..., 0], generated.labels)
    sources = [
        mnist,
        (draw_anew(mnist[0], seed=settings.seed + 2), mnist[1]),
        digits,
        (draw_anew(digits[0][:20_000], seed=settings.seed + 3), digits[1][:20_000]),
    ]
    print(
        f"{sum(len(labels) for _, labels in sources):,} pictures in {time.perf_counter() - started:.0f} s", flush=True
    )

    started = time.perf_counter()
    model = train(sources, list(SHARES), settings.epochs, STEPS_PER_EPOCH, settings.seed)
    duration_s = time.perf_counter() - started
    write_starter(model, settings.folder)
    print(f"trained in {duration_s:.0f} s; now measuring", flush=True)
    write_card(settings.folder, settings.epochs, settings.seed)


if __name__ == "__main__":
    main()
