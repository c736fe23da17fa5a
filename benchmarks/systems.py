"""How well systems 3 and 5 of the mission do by their names: colour images, and blood cells learned from folders.

    python -m benchmarks.systems [FOLDER] [--only colours|cells] [--seeds 3] [--splits 5]

`FOLDER` holds `cifar10.npz` in Keras's layout, of any balanced counts, and `cell_images` with one folder a class.
Without it the folder is the one that `CNN_CLASSROOM_TEST_DATA` names (default `../shared/datasets`); what is not there
is left out.

Colours: the ready-made network with its recipe of four epochs, pooling by maximum, average and minimum, on the test
images. Cells: the folders are brought in as any user brings them (64×64 within black borders, a fifth of the patients
held out by the beginning of the file name), then the ready-made network learns by its recipe and judges the held-out
patients. Each split holds other patients out. The recipe was chosen by cross-validation over the training patients of
another split by patient, so some of the patients that are held out here had a part in the choice of epochs, learning
rate and augmentation, though none in the weights. Nothing of the images is kept.
"""

from __future__ import annotations

import argparse
import math
import os
import statistics
import tempfile
import time
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import numpy as np

from cnn_core.architecture.layers import POOLINGS
from cnn_core.architecture.presets import preset
from cnn_core.architecture.quick_reading import read_quick
from cnn_core.architecture.spec import NetworkSpec
from cnn_core.data.dataset import Dataset, LabelledImages
from cnn_core.data.own.import_job import start_import
from cnn_core.data.own.import_settings import ImportSettings
from cnn_core.evaluation.interval import wilson_interval
from cnn_core.training.precision import decided
from cnn_core.training.run import Run
from cnn_core.training.settings import TrainingSettings, settings_for

COLOUR_NAMES = ("airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck")
PATIENT = "Thin"
"""A cell's file name up to this is the slide of its patient."""


def train(spec: NetworkSpec, settings: TrainingSettings, dataset: Dataset) -> Run:
    """Train as the app does, and wait for it."""
    run = Run(spec, decided(spec, settings), "benchmark", lambda _slug: dataset)
    run.start()
    run.join()
    assert run.snapshot.test is not None, run.snapshot.message
    return run


def load_colours(folder: Path) -> Dataset:
    """Read the colour images from the file."""
    with np.load(folder / "cifar10.npz", allow_pickle=False) as file:
        parts = [LabelledImages(file[f"x_{it}"], file[f"y_{it}"].ravel().astype(np.int64)) for it in ("train", "test")]
    return Dataset("cifar10", COLOUR_NAMES, *parts)


def pooled(pooling: str) -> NetworkSpec:
    """Return the ready-made network for colour images with another pooling."""
    return replace(read_quick(preset("colour-images").spec).design, pooling=pooling).to_spec()


def colours(folder: Path, seeds: int) -> None:
    """Train system 3 with each kind of pooling."""
    dataset = load_colours(folder)
    print(f"Colour images: {len(dataset.train):,} to learn from, {len(dataset.test):,} to be judged on")
    for pooling in POOLINGS:
        runs, began_s = [], time.perf_counter()
        for seed in range(seeds):
            settings = replace(settings_for(preset("colour-images")), dataset="cifar10", seed=seed)
            runs.append(train(pooled(pooling), settings, dataset))
        _tell(f"  {pooling} pooling, {runs[0].settings.epochs} epochs", runs, time.perf_counter() - began_s)


def import_cells(folder: Path, seed: int) -> Dataset:
    """Bring the cells in as the app does, and return them with a fifth of the patients held out."""
    settings = ImportSettings("Malaria cells", (64, 64, 3), group_pattern=PATIENT, seed=seed)
    ended = start_import(folder / "cell_images", settings).wait()
    assert ended.entry is not None, ended.message
    return ended.entry.load()


def cells(folder: Path, splits: int, seeds: int) -> None:
    """Train system 5 on several splits by patient."""
    ready_made = preset("blood-cells")
    runs = []
    for split in range(splits):
        dataset = import_cells(folder, split)
        sick = [int((part.labels == 0).sum()) for part in (dataset.train, dataset.test)]
        print(
            f"Blood cells, split {split}: {len(dataset.train):,} to learn from ({sick[0]:,} parasitised), "
            f"{len(dataset.test):,} of other patients to be judged on ({sick[1]:,})"
        )
        of_split, began_s = [], time.perf_counter()
        for seed in range(seeds):
            of_split.append(train(ready_made.spec, replace(settings_for(ready_made), seed=seed), dataset))
        _tell(f"  {of_split[0].settings.epochs} epochs", of_split, time.perf_counter() - began_s)
        runs += of_split
    _tell("Blood cells, all splits", runs, 0.0)


def _tell(words: str, runs: Iterable[Run], seconds: float) -> None:
    results = [run.snapshot.test for run in runs]
    found = [result for result in results if result is not None]
    shares = [result.accuracy for result in found]
    first = found[0]
    one = wilson_interval(round(first.accuracy * first.count), first.count)
    spread = statistics.stdev(shares) if len(shares) > 1 else math.nan
    print(
        f"{words}: mean {statistics.mean(shares):.4f}, standard deviation {spread:.4f}; "
        f"{' '.join(f'{share:.4f}' for share in shares)}; the first one's 95 % interval {one.low:.3f} to {one.high:.3f}"
        + (f"; {seconds / len(shares):.0f} s each" if seconds else ""),
        flush=True,
    )


def main() -> None:
    """Train and print what came out."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    usual = Path(os.environ.get("CNN_CLASSROOM_TEST_DATA", "../shared/datasets"))
    parser.add_argument("folder", type=Path, nargs="?", default=usual)
    parser.add_argument("--only", choices=("colours", "cells"))
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--splits", type=int, default=5)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as own:
        os.environ["CNN_CLASSROOM_DATA"] = own  # what is brought in is not to stay
        if given.only != "cells" and _is_there(given.folder / "cifar10.npz"):
            colours(given.folder, given.seeds)
        if given.only != "colours" and _is_there(given.folder / "cell_images"):
            cells(given.folder, given.splits, given.seeds)


def _is_there(path: Path) -> bool:
    if not path.exists():
        print(f"not measured, for want of {path}")
    return path.exists()


if __name__ == "__main__":
    main()
