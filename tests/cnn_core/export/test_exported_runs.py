"""Exported code, run in fresh processes, against the app: the same network, the same first weights, the same losses."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from cnn_core.architecture.layers import Dense, Flatten
from cnn_core.architecture.presets import PRESETS
from cnn_core.architecture.spec import NetworkSpec
from cnn_core.data.dataset import Dataset
from cnn_core.export.data_source import data_source
from cnn_core.export.notebook import keras_notebook
from cnn_core.export.script import keras_script
from cnn_core.training.material import choose_material
from cnn_core.training.optimizers import OPTIMIZERS
from cnn_core.training.run import Run
from cnn_core.training.settings import TrainingSettings
from tests.cnn_core.export.samples import Sample, preset_samples, random_samples, save_in_keras_layout, small_dataset

pytestmark = [
    pytest.mark.slow,
    # Keras warns of a softmax over one single number; such networks are pointless but possible.
    pytest.mark.filterwarnings("ignore:You are using a softmax over axis -1:UserWarning"),
]

RUNNER = Path(__file__).with_name("run_scripts.py")
PROCESSES = 2
LONGEST_WAIT_S = 240
A_FEW_IMAGES = 0.07
"""Accuracies may differ by this: two answers that are nearly equal may change places by rounding."""

SAMPLES = {sample.name: sample for sample in (*preset_samples(), *random_samples())}

_SETTINGS = TrainingSettings(epochs=1, batch_size=32, seed=21)
_DIGIT_READER = NetworkSpec((28, 28, 1), (Flatten(), Dense(units=10, activation="softmax")))
_COLOUR_READER = replace(_DIGIT_READER, input_shape=(32, 32, 3))
_CELL_READER = NetworkSpec((60, 64, 3), (Flatten(), Dense(units=1, activation="sigmoid")))

FETCHING = {
    "mnist": Sample("mnist", _DIGIT_READER, replace(_SETTINGS, dataset="mnist")),
    "digits-missing": Sample("digits-missing", _DIGIT_READER, _SETTINGS),
    "cifar": Sample("cifar", _COLOUR_READER, replace(_SETTINGS, dataset="cifar10")),
}
"""Code whose images Keras fetches."""


class FreshProcesses:
    """Processes that run the code of several folders, one after the other, while the tests run the app's own."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.processes: list[subprocess.Popen[bytes]] = []

    def start(self, names: list[str]) -> None:
        """Share the folders among the processes, in the order in which the tests ask for them."""
        for number in range(PROCESSES):
            folders = [str(self.root / name) for name in names[number::PROCESSES]]
            with (self.root / f"log-{number}.txt").open("wb") as log:
                command = [sys.executable, "-I", str(RUNNER), *folders]
                self.processes.append(subprocess.Popen(command, stdout=log, stderr=log, cwd=self.root))

    def result(self, name: str) -> dict[str, Any]:
        """Wait for what became of a folder's code."""
        path = self.root / name / "result.json"
        end_s = time.monotonic() + LONGEST_WAIT_S
        while not path.exists() and time.monotonic() < end_s:
            if all(process.poll() is not None for process in self.processes) and not path.exists():
                logs = "\n".join(log.read_text(errors="replace")[-2000:] for log in self.root.glob("log-*.txt"))
                pytest.fail(f"The processes have ended without running {name}:\n{logs}")
            time.sleep(0.05)
        result: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        assert "error" not in result, result["error"]
        return result

    def weights(self, name: str) -> list[np.ndarray]:
        """The weights that the network of a folder begins with."""
        with np.load(self.root / name / "weights.npz") as arrays:
            return [arrays[key] for key in arrays.files]

    def end(self) -> None:
        """End what is still running."""
        for process in self.processes:
            process.kill()
            process.wait()


def dataset_of(sample: Sample) -> Dataset:
    return small_dataset(data_source(sample.spec, sample.settings))


@pytest.fixture(scope="module")
def fresh(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FreshProcesses]:
    root = tmp_path_factory.mktemp("exported")
    for sample in SAMPLES.values():
        folder = root / sample.name
        folder.mkdir()
        (folder / "network.py").write_text(keras_script(sample.spec, sample.settings, sample.name), encoding="utf-8")
        source = data_source(sample.spec, sample.settings)
        save_in_keras_layout(folder / source.file_name, dataset_of(sample))
    for sample in FETCHING.values():
        folder = root / sample.name
        folder.mkdir()
        (folder / "network.py").write_text(keras_script(sample.spec, sample.settings), encoding="utf-8")
        save_in_keras_layout(folder / "fetched.npz", dataset_of(sample))
    cells = Sample("cells", _CELL_READER, _SETTINGS)
    for name in ("notebook", "images-missing", "images-of-another-shape"):
        (root / name).mkdir()
    (root / "notebook" / "network.ipynb").write_text(keras_notebook(cells.spec, cells.settings), encoding="utf-8")
    save_in_keras_layout(root / "notebook" / "images.npz", dataset_of(cells))
    for name in ("images-missing", "images-of-another-shape"):
        (root / name / "network.py").write_text(keras_script(cells.spec, cells.settings), encoding="utf-8")
    save_in_keras_layout(root / "images-of-another-shape" / "images.npz", dataset_of(FETCHING["cifar"]))
    processes = FreshProcesses(root)
    others = ["notebook", "images-missing", "images-of-another-shape"]
    try:
        processes.start([*SAMPLES, *FETCHING, *others])
        yield processes
    finally:
        processes.end()


def run_in_app(sample: Sample) -> Run:
    dataset = dataset_of(sample)
    run = Run(sample.spec, sample.settings, sample.name, lambda slug: dataset)
    run.start()
    assert run.join(120)
    assert run.snapshot.status == "finished", run.snapshot.message
    return run


def plain_config(config: Any) -> Any:
    """As JSON has it, and without the module that a layer of our own comes from: it differs here and there."""
    if isinstance(config, dict):
        is_own = str(config.get("registered_name", "")).startswith("cnn_classroom>")
        return {key: plain_config(value) for key, value in config.items() if not (is_own and key == "module")}
    return [plain_config(value) for value in config] if isinstance(config, list | tuple) else config


def assert_same_training(fresh: FreshProcesses, sample: Sample) -> None:
    result, run = fresh.result(sample.name), run_in_app(sample)
    material = choose_material(sample.spec, sample.settings, dataset_of(sample))
    assert f"{len(material.train)} to learn, {len(material.validation)} kept aside" in result["printed"]
    history, epochs, test = result["history"], run.snapshot.epochs, run.snapshot.test
    assert history["loss"][0] == pytest.approx(epochs[0].loss, rel=1e-4)
    assert history["val_loss"][0] == pytest.approx(epochs[0].val_loss, rel=1e-4)
    assert history["loss"] == pytest.approx([epoch.loss for epoch in epochs], rel=2e-3)
    assert history["val_loss"] == pytest.approx([epoch.val_loss for epoch in epochs], rel=2e-3)
    assert history["accuracy"][0] == pytest.approx(epochs[0].accuracy, abs=A_FEW_IMAGES)
    assert history["val_accuracy"][0] == pytest.approx(epochs[0].val_accuracy, abs=A_FEW_IMAGES)
    assert test is not None
    assert result["test"] == [pytest.approx(test.loss, rel=2e-3), pytest.approx(test.accuracy, abs=A_FEW_IMAGES)]


@pytest.mark.parametrize("name", SAMPLES)
def test_exported_script_trains_the_app_s_network(fresh: FreshProcesses, name: str) -> None:
    from cnn_core.architecture.build import build_model

    sample = SAMPLES[name]
    assert_same_training(fresh, sample)
    result, model = fresh.result(name), build_model(sample.spec, sample.settings.seed)
    config = json.loads(json.dumps(model.get_config(), default=float))
    assert plain_config(result["config"]) == plain_config(config)
    assert result["parameters"] == model.count_params()
    assert result["optimizer"] == OPTIMIZERS[sample.settings.optimizer].class_name
    for ours, theirs in zip(model.get_weights(), fresh.weights(name), strict=True):
        np.testing.assert_array_equal(theirs, ours)


def test_every_preset_is_among_them() -> None:
    assert set(PRESETS) <= set(SAMPLES)


@pytest.mark.parametrize("name", FETCHING)
def test_what_keras_fetches_is_trained_on(fresh: FreshProcesses, name: str) -> None:
    assert_same_training(fresh, FETCHING[name])
    printed = fresh.result(name)["printed"]
    stand_in = {
        "mnist": "",
        "digits-missing": "digits.npz is missing: MNIST",
        "cifar": "",
    }
    assert stand_in[name] in printed
    assert ("missing" in printed) == bool(stand_in[name])


def test_notebook_runs_in_its_folder(fresh: FreshProcesses) -> None:
    result = fresh.result("notebook")
    assert result["history"]["accuracy"][0] > 0.5
    assert f"On {len(dataset_of(Sample('', _CELL_READER, _SETTINGS)).test)} test images: " in result["printed"]


def test_missing_images_end_the_script_with_a_sentence(fresh: FreshProcesses) -> None:
    stopped = fresh.result("images-missing")["stopped"]
    assert stopped.startswith(str(fresh.root / "images-missing" / "images.npz") + " is missing: save your images there")
    assert "(count, 60, 64, 3) whole numbers of 0 to 255" in stopped


def test_images_of_another_shape_end_the_script_with_a_sentence(fresh: FreshProcesses) -> None:
    stopped = fresh.result("images-of-another-shape")["stopped"]
    assert stopped == "The network takes images of (60, 64, 3), not of (32, 32, 3)."
