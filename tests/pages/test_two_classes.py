"""Two classes, all the way: a data set of two, the network fitted to it, trained, looked at, one image judged.

The “1” is the class with index 1 everywhere: here “right”, images whose right half is bright.
"""

from __future__ import annotations

import io
import re
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from streamlit.testing.v1 import AppTest

from cnn_core import warm_up
from cnn_core.architecture.layers import Conv2D, Dense, Flatten, Pooling2D
from cnn_core.architecture.presets import preset
from cnn_core.architecture.quick import QuickDesign
from cnn_core.architecture.spec import NetworkSpec
from cnn_core.data.dataset import LabelledImages
from cnn_core.data.entry import DatasetEntry
from cnn_core.data.folder import data_folder
from cnn_core.data.image_file import read_whole_picture
from cnn_core.data.image_fit import fit_whole_picture
from cnn_core.data.own.sets import save_own
from cnn_core.export.report import ask_about_test_images
from cnn_core.inspection.confusion import confusion_matrix
from cnn_core.networks import network_of_run
from cnn_core.training import runs
from cnn_core.training.run import Run
from cnn_core.training.settings import TrainingSettings
from dashboard.words import percent
from tests.cnn_core.training.fakes import FakeTrainer
from tests.cnn_core.training.test_adoption import forget
from tests.pages.helpers import checked, open_page, texts

SIDE = 12
NAMES = ("left", "right")
SPEC = NetworkSpec((SIDE, SIDE, 3), (Conv2D(filters=4), Pooling2D(), Flatten(), Dense(units=1, activation="sigmoid")))


def halves(count: int, seed: int) -> LabelledImages:
    """Images of which one half is bright."""
    rng = np.random.default_rng(seed)
    labels = np.arange(count, dtype=np.int64) % 2
    images = rng.integers(0, 60, (count, SIDE, SIDE, 3), dtype=np.uint8)
    for image, label in zip(images, labels, strict=True):
        image[:, label * SIDE // 2 :][:, : SIDE // 2] += 150
    return LabelledImages(images, labels)


def png(image: np.ndarray, size: tuple[int, int]) -> bytes:
    file = io.BytesIO()
    Image.fromarray(image).resize(size, Image.Resampling.NEAREST).save(file, "PNG")
    return file.getvalue()


@pytest.fixture
def two(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> DatasetEntry:
    monkeypatch.setenv("CNN_CLASSROOM_DATA", str(tmp_path))
    return save_own("Halves", NAMES, halves(200, 1), halves(40, 2), source="Made by a test.")


def give(app: AppTest, spec: NetworkSpec, dataset: str) -> AppTest:
    app.session_state["state.network"] = app.session_state["state.valid_network"] = spec
    app.session_state["state.settings"] = TrainingSettings(dataset=dataset)
    return checked(app.run())


def designed(app: AppTest) -> NetworkSpec:
    spec: NetworkSpec = app.session_state["state.network"]
    return spec


def bars(app: AppTest) -> str:
    return "".join(element.proto.body for element in app.get("html"))


# --- designing and starting --------------------------------------------------------------------------------------


def test_choosing_two_classes_gives_a_quick_design_one_sigmoid_output(two: DatasetEntry) -> None:
    app = open_page("Design")
    checked(app.selectbox("design.images").set_value(two.slug).run())
    assert designed(app).input_shape == (SIDE, SIDE, 3)
    assert designed(app).layers[-1] == Dense(units=1, activation="sigmoid")
    checked(app.selectbox("design.images").set_value("digits").run())
    assert designed(app).layers[-1] == Dense(units=10, activation="softmax")


def test_choosing_two_classes_gives_any_design_one_sigmoid_output(two: DatasetEntry) -> None:
    app = give(open_page("Design"), preset("modern-small").spec, "digits")
    checked(app.selectbox("design.images").set_value(two.slug).run())
    assert designed(app).layers[-1] == Dense(units=1, activation="sigmoid")
    assert designed(app).layers[:-1] == preset("modern-small").spec.layers[:-1]
    checked(app.button("design.undo").click().run())
    assert designed(app) == preset("modern-small").spec


def test_ten_outputs_for_two_classes_are_put_right_by_one_click(
    two: DatasetEntry, fake_trainer: type[FakeTrainer]
) -> None:
    ten = QuickDesign((SIDE, SIDE, 3), blocks=1).to_spec()
    app = give(open_page("Design"), ten, two.slug)
    assert "Let its last dense layer have one unit with a sigmoid, or 2 units" in texts(app)
    assert app.button("design.fit").label == "Give the network one sigmoid output for two classes"
    app = give(open_page("Train"), ten, two.slug)
    assert "“Halves” has two classes, and the network tells 10 apart" in texts(app)
    assert app.button("train.start").disabled
    checked(app.button("train.fit").click().run())
    assert designed(app).layers[-1] == Dense(units=1, activation="sigmoid")
    assert "Two classes, one number: the probability of “right”" in texts(app)
    assert not [button for button in app.button if button.key == "train.fit"]
    checked(app.button("train.start").click().run())
    (run,) = runs.all_runs()
    assert (run.spec, run.settings.dataset) == (designed(app), two.slug)
    assert run.join(20)


def test_a_ready_made_network_brings_its_data_set_and_its_way_of_training() -> None:
    app = open_page("Design")
    checked(app.selectbox("preset.slug").set_value("blood-cells").run())
    settings: TrainingSettings = app.session_state["state.settings"]
    assert (settings.dataset, settings.augmentation.rotation_degrees, settings.schedule) == ("cells", 180, "one_cycle")
    checked(app.selectbox("design.images").set_value("digits").run())
    settings = app.session_state["state.settings"]
    assert (settings.dataset, settings.augmentation.rotation_degrees) == ("digits", 10), "a 6 half round is a 9"
    checked(app.selectbox("preset.slug").set_value("first").run())
    settings = app.session_state["state.settings"]
    assert (settings.dataset, settings.augmentation.is_active, settings.schedule) == ("digits", False, "constant")


def test_cats_are_not_turned_as_cells_are_when_the_menu_chooses_them(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("CNN_CLASSROOM_DATA", str(tmp_path))
    app = open_page("Design")
    checked(app.selectbox("preset.slug").set_value("blood-cells").run())
    rng = np.random.default_rng(5)
    part = LabelledImages(rng.integers(0, 256, (20, 64, 64, 3), np.uint8), np.arange(20) % 2)
    cats = save_own("Cats", ("cat", "dog"), part, part, source="A test.")
    checked(app.switch_page("pages/21_Train.py").run())
    for slug, degrees in (("cells", 180), (cats.slug, 10)):
        checked(app.selectbox("settings.dataset").set_value(slug).run())
        settings: TrainingSettings = app.session_state["state.settings"]
        assert (settings.dataset, settings.augmentation.rotation_degrees, settings.epochs) == (slug, degrees, 20)


@pytest.mark.parametrize("pooling", ["max", "average", "min"])
def test_one_click_on_the_start_page_trains_on_colour_images(pooling: str, fake_trainer: type[FakeTrainer]) -> None:
    app = open_page("Start")
    assert "“Shapes” stands in for CIFAR-10 until that is ready on this computer." in texts(app)
    assert str(data_folder()) not in texts(app), "no path of the server; the page Data sets says where a file goes"
    checked(app.segmented_control("start.pooling").set_value(pooling).run())
    checked(app.button("start.train_colours").click().run())
    (run,) = runs.all_runs()
    assert {layer.pooling for layer in run.spec.layers if isinstance(layer, Pooling2D)} == {pooling}
    assert (run.settings.dataset, run.settings.epochs, run.spec.layers[-1]) == (
        "shapes",
        4,
        Dense(units=10, activation="linear"),
    )
    run.control.stop()
    assert run.join(20)


def test_what_is_wished_for_but_not_here_is_a_click_away() -> None:
    app = open_page("Start")
    checked(app.button("start.train_colours.get").click().run())
    assert app.selectbox("data_sets.dataset").value == "cifar10"
    assert any(button.label.startswith("Download CIFAR-10") for button in app.button)


# --- with a real network -----------------------------------------------------------------------------------------


@pytest.fixture
def trained(two: DatasetEntry) -> Run:
    warm_up.start()
    assert warm_up.wait(120)
    settings = TrainingSettings(dataset=two.slug, epochs=6, batch_size=16, learning_rate=0.01, label_smoothing=0.4)
    run = runs.start_run(SPEC, settings, "Halves")
    assert run.join(60)
    assert run.snapshot.test is not None, run.snapshot.message
    assert run.snapshot.test.accuracy == 1.0
    return run


def see(app: AppTest, view: str) -> AppTest:
    return checked(app.segmented_control("inside.view").set_value(view).run())


@pytest.mark.slow
def test_the_one_is_the_second_class_everywhere_and_the_image_is_judged_after_a_new_start(
    trained: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    from cnn_core.inspection.probe import NetworkProbe

    test = halves(40, 2)
    network = network_of_run(trained)
    assert network is not None
    probe = NetworkProbe(network.spec, network.weights)
    probabilities = probe.probabilities(test.images)
    assert (probabilities.argmax(axis=1) == test.labels).all()
    assert trained.snapshot.verdicts is not None
    assert (trained.snapshot.verdicts.guesses == trained.snapshot.verdicts.labels).all()

    forget(monkeypatch)  # the server starts anew: the network is kept, and found again
    app = open_page("Judge_an_image", run=trained.id)
    assert f"Halves, 100.0\N{NO-BREAK SPACE}% ({trained.id})" in app.selectbox("judge.network_choice").options
    for index, name in enumerate(NAMES):
        content = png(test.images[index], (48, 48))
        checked(app.file_uploader("judge.upload").set_value((f"{name}.png", content, "image/png")).run())
        assert f"It says “{name}”" in texts(app)
        assert "Scaled to 12×12" in texts(app)
        assert re.search(rf"(what|Nothing) speaks for “{name}”", texts(app))
    seen = fit_whole_picture(read_whole_picture(content), SPEC.input_shape).pixels
    sure = float(probe.probabilities(seen[None])[0, 1])
    assert 0.5 < sure < 0.99
    assert f"bar: {percent(sure)}, the probability of “right”" in bars(app)
    checked(app.slider("judge.threshold").set_value(0.99).run())
    assert f"line: {percent(0.99)}, the threshold" in bars(app)
    assert "It says “left”" in texts(app)
    assert "“right” is more probable; only the threshold makes the verdict “left”" in texts(app)
    checked(app.segmented_control("judge.looked_for").set_value("other").run())
    assert "speaks for “right”" in texts(app)
    checked(app.button("judge.inside").click().run())

    answers = ask_about_test_images(trained)
    confusion = confusion_matrix(answers.probabilities, answers.test.labels)
    assert confusion.tolist() == [[20, 0], [0, 20]]
    app = open_page("Train", run=trained.id)
    assert "it judges 100.0\N{NO-BREAK SPACE}% of 40 test images rightly" in texts(app)
    assert app.button("training.judge").label == "Let it judge an image"
    for slug in ("Evaluate", "Compare", "Exercises"):
        open_page(slug, run=trained.id)

    app = open_page("Look_inside", run=trained.id)
    checked(app.selectbox("inside.source").set_value(trained.settings.dataset).run())
    checked(app.selectbox("inside.class").set_value("right").run())
    assert "“right” with" in texts(app)
    assert ", rightly" in texts(app)
    see(app, "why")
    classes = app.selectbox("inside.why.class").options
    assert classes[0].startswith("The verdict: “right”")
    assert classes[1].startswith("The runner-up: “left”")
