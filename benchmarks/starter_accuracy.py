"""How well the starter network reads digits, however they are drawn.

    python benchmarks/starter_accuracy.py [--count 500]

prints, as Markdown, its accuracy on the test parts of MNIST and of the generated digits, then on drawings: digits drawn
with many pens on canvases of 280 to 400 pixels and brought back by `cnn_core.drawing`. The strokes are those of the
generator's test writers, and those found by thinning MNIST's test digits, which damages some of them.
No digit of the tables was learned from. Without `mnist.npz` in the folder that `CNN_CLASSROOM_TEST_DATA` names
(default `../shared/datasets`), the columns for MNIST are left out.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import numpy.typing as npt

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from cnn_core.data.digits import generate_digits
from cnn_core.drawing import preprocess_drawing
from cnn_core.starter import STARTER_FOLDER, load_starter
from scripts.augment import Pen, Segments, draw, lines_to_segments, thin_to_lines, write_digits

Images = npt.NDArray[np.uint8]
Labels = npt.NDArray[np.int64]
Predict = Callable[[Images], npt.NDArray[np.float32]]

GENERATED_SEED = 90_210


def conditions(rng: np.random.Generator) -> dict[str, Pen]:
    """One pen for each way of drawing that the benchmark reports; random within the condition."""
    usual = Pen(
        canvas_px=int(rng.integers(280, 401)),
        size=float(rng.uniform(0.5, 0.75)),
        angle_deg=float(rng.normal(0, 4)),
        slant=float(rng.normal(0, 0.08)),
        wobble=float(abs(rng.normal(0, 0.015))),
    )
    corner = 0.02 + usual.size / 2
    side = float(rng.choice([-1.0, 1.0]))
    return {
        "usual pen": usual,
        "hairline (2 px)": replace(usual, width_px=2.0),
        "thin (6 px)": replace(usual, width_px=6.0),
        "thick (28 px)": replace(usual, width_px=28.0),
        "very thick (40 px)": replace(usual, width_px=40.0, size=0.8),
        "tiny (15 % of the canvas)": replace(usual, width_px=5.0, size=0.15),
        "small (30 %)": replace(usual, width_px=10.0, size=0.3),
        "small with a thick pen": replace(usual, width_px=16.0, size=0.22),
        "huge (touches the edge)": replace(usual, size=1.0),
        "in a corner": replace(
            usual, centre=(corner if rng.random() < 0.5 else 1 - corner, corner if rng.random() < 0.5 else 1 - corner)
        ),
        "slanted (0.3)": replace(usual, slant=0.3 * side),
        "turned (15 degrees)": replace(usual, angle_deg=15.0 * side),
        "narrow (0.7)": replace(usual, stretch=0.7),
        "wide (1.4)": replace(usual, stretch=1.4),
        "shaky mouse": replace(usual, wobble=0.05),
        "dark on light": replace(usual, ink=(20, 20, 30), paper=(250, 250, 245)),
        "blue on white": replace(usual, ink=(30, 90, 220), paper=(255, 255, 255)),
        "grey on grey": replace(usual, ink=(170, 170, 170), paper=(90, 90, 90)),
        "white on transparent": replace(usual, paper=None),
        "black on transparent": replace(usual, ink=(0, 0, 0), paper=None),
        "noisy paper": replace(usual, noise=6.0),
    }


CONDITIONS = tuple(conditions(np.random.default_rng(0)))


def load_mnist_test() -> tuple[Images, Labels] | None:
    """MNIST's test part, `(10000, 28, 28)`, or `None` without the file."""
    path = Path(os.environ.get("CNN_CLASSROOM_TEST_DATA", "../shared/datasets")) / "mnist.npz"
    if not path.exists():
        return None
    with np.load(path, allow_pickle=False) as file:
        return file["x_test"], file["y_test"].astype(np.int64)


def load_generated_test(count: int) -> tuple[Images, Labels]:
    """Digits of the app's own generator, `(count, 28, 28)`, by writers of the test part."""
    digits = generate_digits(count, seed=GENERATED_SEED, part="test")
    return digits.images[..., 0], digits.labels


def mnist_strokes(images: Images) -> list[Segments]:
    """Strokes of scanned digits, found by thinning them."""
    return [lines_to_segments(lines) for lines in thin_to_lines(images)]


def draw_all(strokes: Sequence[Segments], condition: str, seed: int = 0) -> Images:
    """Each digit drawn on a canvas under one condition, as the network gets to see it: `(count, 28, 28)`."""
    drawn = np.zeros((len(strokes), 28, 28), np.uint8)
    for index, segments in enumerate(strokes):
        pen = conditions(np.random.default_rng((seed, index)))[condition]
        steps = preprocess_drawing(draw(segments, pen, seed=index))
        if steps is not None:
            drawn[index] = steps.network_input[..., 0]
    return drawn


def accuracy(predict: Predict, images: Images, labels: Labels) -> float:
    """The share of images whose most probable class is the right one."""
    return float((predict(images).argmax(axis=1) == labels).mean())


def starter_predictor(folder: Path = STARTER_FOLDER) -> Predict:
    """The starter network as a function from `(count, 28, 28)` images, 0 to 255, to probabilities."""
    from cnn_core.architecture.build import build_model

    starter = load_starter(folder)
    model = build_model(starter.spec)
    model.set_weights(list(starter.weights))

    def predict(images: Images) -> npt.NDArray[np.float32]:
        scaled = images.astype(np.float32)[..., np.newaxis] / 255
        return np.concatenate([np.asarray(model(scaled[i : i + 500])) for i in range(0, len(scaled), 500)])

    return predict


def table(header: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """A Markdown table."""
    lines = [list(header)]
    lines += [["---"] * len(lines[0])]
    lines += [list(row) for row in rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def report(predict: Predict, count: int) -> str:
    """Accuracy on both test parts, then on drawings under every condition."""
    generated, mnist = load_generated_test(10_000), load_mnist_test()
    plain = [("generated digits", *generated)]
    drawn = {"the generator's strokes": write_digits(count, seed=GENERATED_SEED, part="test")}
    if mnist is not None:
        plain.insert(0, ("MNIST", *mnist))
        drawn["MNIST's strokes"] = mnist_strokes(mnist[0][:count]), mnist[1][:count]
    tests = [(name, f"{len(labels):,}", f"{accuracy(predict, images, labels):.2%}") for name, images, labels in plain]
    rows = [
        [condition]
        + [f"{accuracy(predict, draw_all(strokes, condition), labels):.1%}" for strokes, labels in drawn.values()]
        for condition in CONDITIONS
    ]
    header = [f"drawing ({count} digits of each kind)", *drawn]
    return table(("test part", "images", "accuracy"), tests) + "\n\n" + table(header, rows)


def main() -> None:
    """Print the report."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=500, help="digits of each kind under each condition")
    print(report(starter_predictor(), parser.parse_args().count))


if __name__ == "__main__":
    main()
