"""What bfloat16 gains and costs, for every ready-made network and several batch sizes, and what the app would choose.

    python -m benchmarks.precision_speed [--rounds 5] [--preset large-cnn]

Steps with float32 and with bfloat16 take turns in one process. On a processor without instructions for bfloat16 it is
several times slower, and the app never chooses it; `CHOSEN` stands where it does.
"""

from __future__ import annotations

import argparse
import os
import statistics
import time
from dataclasses import replace

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import numpy as np

from cnn_core.architecture.presets import PRESETS
from cnn_core.architecture.shapes import network_figures
from cnn_core.architecture.spec import NetworkSpec
from cnn_core.data.dataset import LabelledImages
from cnn_core.training.precision import decided
from cnn_core.training.settings import BFLOAT16, FLOAT32, TrainingSettings
from cnn_core.training.trainer import Trainer

BATCH_SIZES = (16, 64, 256)
ROUND_S = 0.4
LEAST_GAIN = 0.97


def random_images(spec: NetworkSpec, count: int) -> LabelledImages:
    """Make images of noise: the time of a step does not depend on what they show."""
    rng = np.random.default_rng(0)
    classes = max(network_figures(spec).output_shape[-1], 2)
    return LabelledImages(rng.integers(0, 256, (count, *spec.input_shape), np.uint8), rng.integers(0, classes, count))


def seconds(trainer: Trainer, batch_size: int, steps: int) -> float:
    """Take steps, and return the time of one."""
    indices = np.arange(batch_size)
    began_s = time.perf_counter()
    for _ in range(steps):
        trainer.step(indices)
    return (time.perf_counter() - began_s) / steps


def gain(spec: NetworkSpec, batch_size: int, rounds: int) -> tuple[float, float]:
    """Return the seconds of a step with float32, and how many times faster it is with bfloat16: the medians."""
    settings = TrainingSettings(batch_size=batch_size)
    images = random_images(spec, batch_size)
    exact, fast = (Trainer(spec, replace(settings, precision=name), images) for name in (FLOAT32, BFLOAT16))
    for trainer in (exact, fast):
        seconds(trainer, batch_size, 3)
    steps = max(2, round(ROUND_S / seconds(exact, batch_size, 3)))
    pairs = [(seconds(exact, batch_size, steps), seconds(fast, batch_size, steps)) for _ in range(rounds)]
    return statistics.median(one for one, _ in pairs), statistics.median(one / other for one, other in pairs)


def main() -> None:
    """Measure and print a line for each network and batch size."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--preset", choices=list(PRESETS), action="append")
    given = parser.parse_args()
    slow = 0
    for slug in given.preset or PRESETS:
        spec = PRESETS[slug].spec
        for batch_size in BATCH_SIZES:
            step_s, times_faster = gain(spec, batch_size, given.rounds)
            work = network_figures(spec).multiply_adds * batch_size / 1e6
            is_chosen = decided(spec, TrainingSettings(batch_size=batch_size)).precision == BFLOAT16
            slow += is_chosen and times_faster < LEAST_GAIN
            print(
                f"{slug:18} batch {batch_size:3}: {work:7,.0f} M multiply-adds, float32 {step_s * 1e3:7.2f} ms, "
                f"bfloat16 {times_faster:.2f} times faster{'  CHOSEN' if is_chosen else ''}",
                flush=True,
            )
    print(f"Chosen though slower than {LEAST_GAIN} times float32: {slow}")


if __name__ == "__main__":
    main()
