"""What it costs a training to show how it goes: the share of its time that is not learning.

    python -m benchmarks.update_cost [--images 20000] [--epochs 2]

A training with everything that the app does besides learning, measured inside that one training, so that no second one
is needed whose pace may differ:

    gradients  what a step takes longer in which the layers' gradients are measured (four times a second)
    showing    the numbers for the curves and the verdicts on test images
    numbers    writing the numbers to disk
    weights    copying weights and the optimiser's numbers, and writing them to disk
    loop       everything else between two steps: choosing images and rate, asking whether to pause

Judging on the validation images is left out, and so is the compilation of it: `model.fit` does both too.
"""

from __future__ import annotations

import argparse
import os
import statistics
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

from cnn_core.architecture.presets import preset
from cnn_core.training import runs
from cnn_core.training.journal import Journal
from cnn_core.training.learner import Learner
from cnn_core.training.settings import TrainingSettings
from cnn_core.training.trainer import Trainer

PRESETS = ("first", "large-cnn", "fully-connected")
FIRST_STEPS = 2
"""Not measured: the first step compiles, as it does in `model.fit` too."""

PARTS: dict[str, tuple[tuple[type, str], ...]] = {
    "step": ((Trainer, "step"),),
    "judging": ((Trainer, "evaluate"),),
    "showing": ((Learner, "_show_step"), (Learner, "_look")),
    "numbers": ((Journal, "note"), (Journal, "write")),
    "weights": ((Learner, "_keep_weights"), (Learner, "_store_weights"), (Journal, "keep_moment")),
}
SHOWN = ("showing", "numbers", "weights", "loop")


class Watch:
    """Takes the time of the parts of a training; what one part calls of another counts for the other."""

    def __init__(self) -> None:
        self.seconds: Counter[str] = Counter()
        self.at_last_step: Counter[str] = Counter()
        self.plain: list[float] = []
        self.watched: list[float] = []
        self.steps = 0
        self.whole_s = 0.0
        self._inner: list[float] = []
        self._began_s = 0.0
        self._originals = {(owner, name): getattr(owner, name) for part in PARTS.values() for owner, name in part}
        self._has_judged = False

    def __enter__(self) -> Watch:
        for part, names in PARTS.items():
            for owner, name in names:
                setattr(owner, name, self._timed(part, name, self._originals[owner, name]))
        return self

    def __exit__(self, *_: object) -> None:
        for (owner, name), original in self._originals.items():
            setattr(owner, name, original)

    def _timed(self, part: str, name: str, original: Callable[..., Any]) -> Callable[..., Any]:
        def timed(*args: Any, **named: Any) -> Any:
            self._inner.append(0.0)
            began_s = time.perf_counter()
            result = original(*args, **named)
            if isinstance(result, Iterator):
                result = iter(list(result))
            taken_s = time.perf_counter() - began_s
            own_s = taken_s - self._inner.pop()
            if self._inner:
                self._inner[-1] += taken_s
            if name == "step":
                self._note_step(own_s, is_watched=named["is_watched"])
            is_compiling = name == "_look" and not self._has_judged
            self._has_judged |= name in ("_look", "evaluate")
            self.seconds["judging" if is_compiling else part] += own_s
            return result

        return timed

    def _note_step(self, taken_s: float, *, is_watched: bool) -> None:
        self.steps += 1
        if self.steps < FIRST_STEPS:
            return
        if self.steps == FIRST_STEPS:
            self._began_s = time.perf_counter()
            self.seconds.clear()
            return
        (self.watched if is_watched else self.plain).append(taken_s)
        self.whole_s = time.perf_counter() - self._began_s
        self.at_last_step = self.seconds.copy()


def measure(slug: str, images: int, epochs: int) -> None:
    """Train one network and print the shares."""
    with Watch() as watch:
        settings = TrainingSettings(dataset="digits", train_count=images, epochs=epochs, batch_size=64)
        run = runs.start_run(preset(slug).spec, settings, slug)
        run.join()
    if run.snapshot.status != "finished":
        raise RuntimeError(run.snapshot.message)
    plain_s, parts = statistics.median(watch.plain), watch.at_last_step
    gradients_s = sum(watch.watched) - plain_s * len(watch.watched)
    learning_s = sum(watch.plain) + plain_s * len(watch.watched)
    loop_s = watch.whole_s - learning_s - gradients_s - sum(parts[part] for part in PARTS if part != "step")
    shares = [seconds / learning_s for seconds in (gradients_s, *(parts[part] for part in SHOWN[:-1]), loop_s)]
    columns = "".join(f"{share:10.2%}" for share in (*shares, sum(shares)))
    print(f"{slug:16}{watch.steps:6}{plain_s * 1000:9.2f} ms{columns}", flush=True)


def main() -> None:
    """Measure the networks of systems 1 and 4."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--images", type=int, default=20_000)
    parser.add_argument("--epochs", type=int, default=2)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        os.environ["CNN_CLASSROOM_RUNS"] = folder
        columns = "".join(f"{name:>10}" for name in ("gradients", *SHOWN, "all"))
        print(f"{'network':16}{'steps':>6}{'a step':>12}{columns}")
        for slug in PRESETS:
            measure(slug, given.images, given.epochs)


if __name__ == "__main__":
    main()
