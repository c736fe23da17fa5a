"""How long it takes to read MNIST well: the app's training against a plain script with `model.fit`.

    python -m benchmarks.time_to_accuracy [--seeds 3] [--first-seed 0] [--target 0.99] [--epochs 6]
        [--preset large-cnn]

Systems 1 and 4: the same network, images, batch size and optimiser in both. After every epoch both are judged on the
10,000 test images; the time is that until the first epoch with the target, validation and compiling included. The app
computes with what it chooses for the network on this machine. The images are looked for as `mnist.npz` in the folder
that `CNN_CLASSROOM_TEST_DATA` names.
"""

from __future__ import annotations

import argparse
import os
import statistics
import time
from dataclasses import dataclass
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import numpy as np

from cnn_core.architecture.build import build_model
from cnn_core.architecture.presets import preset
from cnn_core.architecture.spec import NetworkSpec
from cnn_core.backend import keras
from cnn_core.data.dataset import Dataset, LabelledImages
from cnn_core.training import learner
from cnn_core.training.material import Material
from cnn_core.training.precision import decided
from cnn_core.training.run import Run
from cnn_core.training.settings import TrainingSettings

SYSTEMS = {"two-convolutions": "system 1", "large-cnn": "system 4"}


@dataclass(frozen=True)
class Course:
    """How a training went.

    Args:
        seconds: Time after each epoch.
        accuracies: Share of the test images read rightly after each epoch, 0 to 1.
    """

    seconds: list[float]
    accuracies: list[float]

    def reached_s(self, target: float) -> float | None:
        """Return when the target was reached, or nothing."""
        return next((s for s, right in zip(self.seconds, self.accuracies, strict=True) if right >= target), None)


def load_mnist() -> tuple[LabelledImages, LabelledImages]:
    """Read training and test images from the file."""
    path = Path(os.environ.get("CNN_CLASSROOM_TEST_DATA", "../shared/datasets")) / "mnist.npz"
    with np.load(path, allow_pickle=False) as file:
        parts = [(file[f"x_{part}"][..., None], file[f"y_{part}"].astype(np.int64)) for part in ("train", "test")]
    return LabelledImages(*parts[0]), LabelledImages(*parts[1])


def by_script(spec: NetworkSpec, settings: TrainingSettings, train: LabelledImages, test: LabelledImages) -> Course:
    """Train with `model.fit`, as the plain script does."""
    model = build_model(spec, settings.seed)
    model.compile(
        optimizer=keras.optimizers.Adam(settings.learning_rate),
        loss=keras.losses.SparseCategoricalCrossentropy(),
        metrics=["accuracy"],
    )
    pixels, judged = train.images.astype(np.float32) / 255, test.images.astype(np.float32) / 255
    times: list[float] = []
    began_s = time.perf_counter()
    clock = keras.callbacks.LambdaCallback(
        on_epoch_end=lambda _epoch, _logs: times.append(time.perf_counter() - began_s)
    )
    keras.utils.set_random_seed(settings.seed)
    history = model.fit(
        pixels,
        train.labels,
        batch_size=settings.batch_size,
        epochs=settings.epochs,
        validation_data=(judged, test.labels),
        validation_batch_size=256,
        callbacks=[clock],
        verbose=0,
    )
    return Course(times, history.history["val_accuracy"])


def by_app(spec: NetworkSpec, settings: TrainingSettings, train: LabelledImages, test: LabelledImages) -> Course:
    """Train with a run of the app; what it is judged by after every epoch are the test images here too."""
    names = tuple("0123456789")
    watched = LabelledImages(test.images[:24], test.labels[:24])
    vars(learner)["choose_material"] = lambda *_: Material(train, test, test, watched, names)
    run = Run(spec, decided(spec, settings), "benchmark", lambda _slug: Dataset("mnist", names, train, test))
    times: list[float] = []
    began_s = time.perf_counter()
    run.start()
    while len(times) < settings.epochs:
        time.sleep(0.005)
        assert run.snapshot.status != "failed", run.snapshot.message
        if len(run.snapshot.epochs) > len(times):
            times.append(time.perf_counter() - began_s)
    run.join()
    return Course(times, [epoch.val_accuracy for epoch in run.snapshot.epochs])


def main() -> None:
    """Train in turns and print what came out."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--first-seed", type=int, default=0)
    parser.add_argument("--target", type=float, default=0.99)
    parser.add_argument("--epochs", type=int, default=6)
    parser.add_argument("--preset", choices=list(SYSTEMS), action="append")
    given = parser.parse_args()
    train, test = load_mnist()
    for slug in given.preset or SYSTEMS:
        spec = preset(slug).spec
        courses: dict[str, list[Course]] = {"script": [], "app": []}
        for seed in range(given.first_seed, given.first_seed + given.seeds):
            settings = TrainingSettings("mnist", epochs=given.epochs, batch_size=64, seed=seed)
            courses["script"].append(by_script(spec, settings, train, test))
            courses["app"].append(by_app(spec, settings, train, test))
            for name, done in courses.items():
                rights = " ".join(f"{right:.4f}" for right in done[-1].accuracies)
                print(f"  {slug}, seed {seed}, {name}: {done[-1].seconds[-1]:.1f} s, {rights}", flush=True)
        _tell(slug, courses, given.target)


def _tell(slug: str, courses: dict[str, list[Course]], target: float) -> None:
    pairs = list(zip(courses["script"], courses["app"], strict=True))
    faster = statistics.median(plain.seconds[-1] / own.seconds[-1] for plain, own in pairs)
    last = {name: statistics.mean(course.accuracies[-1] for course in done) for name, done in courses.items()}
    best = {name: statistics.mean(max(course.accuracies) for course in done) for name, done in courses.items()}
    print(f"{SYSTEMS[slug]}, {slug}: all epochs {faster:.2f} times faster than the script")
    print(f"  accuracy after the last epoch: script {last['script']:.4f}, app {last['app']:.4f}")
    print(f"  of the best epoch: script {best['script']:.4f}, app {best['app']:.4f}")
    for name, done in courses.items():
        reached = [course.reached_s(target) for course in done]
        words = ", ".join("never" if seconds is None else f"{seconds:.1f} s" for seconds in reached)
        print(f"  {target:.1%} by the {name}: {words}")


if __name__ == "__main__":
    main()
