"""How fast a folder of images is imported, against a plain loop with Pillow; and whether training waits for data.

Generated images of 64×64 in colour are written as PNG files. They are read once by the plainest loop and once by the
import, in turns, and the better time of each counts; processor time is told too, because other programs' work does not
count in it. Then the same network is trained for some steps, once on the imported set, which lies on disk and is mapped
into memory, and once on the same images as an array in memory. A training takes its images into memory once, as bytes,
before its first step: what it waits for data is that, and any difference between the steps' times.

    python -m benchmarks.import_speed --count 25000
"""

from __future__ import annotations

import argparse
import os
import resource
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from cnn_core.data.folder import DATA_FOLDER_VARIABLE

SHAPE = (64, 64, 3)
BLOCKS = 25
EPOCHS = 5
BATCH = 64


def write_images(folder: Path, count: int) -> None:
    """Write blurred noise in two classes: it compresses about as badly as photographs do."""
    rng = np.random.default_rng(0)
    for name in ("a", "b"):
        (folder / name).mkdir(parents=True)
    for number in range(count):
        coarse = rng.integers(0, 256, (12, 12, 3), np.uint8)
        image = Image.fromarray(coarse).resize((64, 64), Image.Resampling.BICUBIC)
        image.save(folder / "ab"[number % 2] / f"{number:06}.png")


def naive(folder: Path) -> float:
    """Read all images one after another into one array, as a short script would; in seconds."""
    began_s = time.perf_counter()
    images = []
    for path in sorted(folder.rglob("*.png")):
        with Image.open(path) as image:
            images.append(np.asarray(image.convert("RGB").resize((64, 64))))
    np.stack(images)
    return time.perf_counter() - began_s


def imported(folder: Path) -> tuple[float, str]:
    """Import all images, and wait for the end; in seconds, and the short name of the set."""
    from cnn_core.data.own.import_job import start_import
    from cnn_core.data.own.import_settings import ImportSettings

    began_s = time.perf_counter()
    ended = start_import(folder, ImportSettings("Speed", SHAPE, test_share=0.1)).wait()
    assert ended.entry is not None, ended.message
    return time.perf_counter() - began_s, ended.entry.slug


def prepared(slug: str, is_mapped: bool) -> tuple[float, Any]:
    """Choose the material and make a trainer; in seconds, with the trainer."""
    from cnn_core.architecture.fitting import fitted_to
    from cnn_core.architecture.presets import preset
    from cnn_core.data.dataset import Dataset, LabelledImages
    from cnn_core.data.registry import forget_loaded, load_dataset
    from cnn_core.training.material import choose_material
    from cnn_core.training.settings import TrainingSettings
    from cnn_core.training.trainer import Trainer

    forget_loaded()
    dataset = load_dataset(slug)
    if not is_mapped:
        parts = (LabelledImages(np.array(part.images), part.labels) for part in (dataset.train, dataset.test))
        dataset = Dataset(dataset.slug, dataset.class_names, *parts)
    spec = fitted_to(preset("first").spec, SHAPE, 2)
    settings = TrainingSettings(dataset=slug, batch_size=BATCH)
    began_s = time.perf_counter()
    material = choose_material(spec, settings, dataset)
    chosen_s = time.perf_counter() - began_s
    return chosen_s, Trainer(spec, settings, material.train)


def step_times(trainers: list[Any], count: int) -> list[float]:
    """Let trainers take turns of ten steps each; the middle of the times of one step, of each of them."""
    order = np.random.default_rng(0).integers(0, count, (BLOCKS, 10, BATCH))
    times: list[list[float]] = [[] for _ in trainers]
    for block in order:
        for trainer, found in zip(trainers, times, strict=True):
            began_s = time.perf_counter()
            for batch in block:
                trainer.step(batch)
            found.append((time.perf_counter() - began_s) / 10)
    return [float(np.median(found[1:])) for found in times]


def work_s() -> float:
    """Processor time of this process and those that it has started; other programs' work does not count."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


def peak_mb() -> float:
    """The most memory that this process has had."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main() -> None:
    """Measure, and print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=25_000)
    parser.add_argument("--rounds", type=int, default=2)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        os.environ[DATA_FOLDER_VARIABLE] = str(Path(folder) / "data")
        images = Path(folder) / "images"
        write_images(images, given.count)
        naive(images)  # warms the disk's cache for both
        slow, quick, slugs = [], [], []
        for _ in range(given.rounds):
            began_s = work_s()
            slow.append((naive(images), work_s() - began_s))
            began_s = work_s()
            seconds, slug = imported(images)
            quick.append((seconds, work_s() - began_s))
            slugs.append(slug)
        for name, times in (("plain loop", slow), ("import", quick)):
            seconds, work = min(times)
            print(f"{name}: {seconds:.1f} s, {given.count / seconds:,.0f} images/s, processor time {work:.1f} s")
        print(f"the import takes {min(quick)[0] / min(slow)[0]:.2f} times as long; load {os.getloadavg()[0]:.1f}")
        print(f"peak of memory so far: {peak_mb():,.0f} MB")
        chosen_s, mapped = prepared(slugs[0], is_mapped=True)
        chosen_array_s, array = prepared(slugs[0], is_mapped=False)
        mapped_s, array_s = step_times([mapped, array], given.count // 2)
        print(f"images chosen in {chosen_s:.2f} s (in memory {chosen_array_s:.2f} s), once a training")
        print(f"a step takes {1000 * mapped_s:.1f} ms (in memory {1000 * array_s:.1f} ms)")
        epoch_s = mapped_s * given.count / BATCH
        print(f"the choosing is {chosen_s / (chosen_s + EPOCHS * epoch_s):.1%} of a training of {EPOCHS} epochs")
        print(f"peak of memory: {peak_mb():,.0f} MB")


if __name__ == "__main__":
    main()
