"""The Data sets page: looking at a data set, finding duplicates, drawing one of one's own classes."""

from __future__ import annotations

import base64
import json
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from cnn_core.data.dataset import Dataset, LabelledImages
from cnn_core.data.drawn.drawings import no_drawings
from cnn_core.data.entry import Availability
from cnn_core.data.own.sets import own_entries
from cnn_core.data.registry import DATASETS, load_dataset
from cnn_core.data.survey.counts import fingerprint
from cnn_core.strokes import Stroke
from cnn_core.training.runs import all_runs
from dashboard import resources
from dashboard.panels.data_sets import twins
from dashboard.panels.data_sets.image import Place
from dashboard.panels.draw.canvas import CanvasRecord
from tests.pages.helpers import checked, open_page, texts, until

CHOICES = "state.choices"


@pytest.fixture(autouse=True)
def own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let no test see the data of the person at this machine."""
    monkeypatch.setenv("CNN_CLASSROOM_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("KERAS_HOME", str(tmp_path / "keras"))


@pytest.fixture
def twins_set(monkeypatch: pytest.MonkeyPatch) -> Dataset:
    """A small data set; of its five test images two are training images, one of those under another label."""
    images = np.random.default_rng(0).integers(0, 256, (30, 28, 28, 1), dtype=np.uint8)
    labels = np.repeat([0, 1], [20, 10]).astype(np.int64)
    test = np.concatenate([images[[3, 25]], 255 - images[:3]])
    dataset = Dataset(
        "twins", ("round", "square"), LabelledImages(images, labels), LabelledImages(test, np.array([0, 0, 1, 1, 1]))
    )
    entry = replace(
        DATASETS["digits"],
        slug="twins",
        title="Twins",
        class_names=dataset.class_names,
        train_count=30,
        test_count=5,
        load=lambda: dataset,
        availability=lambda: Availability(True, ""),
    )
    monkeypatch.setitem(DATASETS, "twins", entry)
    return dataset


def look_at_set(slug: str, **choices: object) -> AppTest:
    app = open_page("Data_sets")
    app.session_state[CHOICES] = {**app.session_state[CHOICES], "data_sets.dataset": slug, **choices}
    return checked(app.run())


def component(app: AppTest, part: str) -> Any:
    """Return what a component shows, by a part of its text."""
    shown = [json.loads(element.proto.json) for element in app.get("bidi_component")]
    return next((data for data in shown if part in json.dumps(data)), None)


def test_a_data_set_is_seen_at_once_with_its_counts_and_samples(twins_set: Dataset) -> None:
    app = look_at_set("twins")
    said = texts(app)
    assert "28×28 pixels, grey · 2 classes · 30 images to learn from, 5 to be judged on" in said
    assert "2.0 times as many training images as the smallest. That is uneven" in said
    assert "Test image 1 of Twins: “round”" in said
    sheet = component(app, "sheet lines")["html"]
    assert sheet.count("data-layer") == 5
    assert "2 of 2" in sheet
    assert "3 of 3" in sheet


def test_an_image_that_was_chosen_is_the_one_that_look_inside_gets(twins_set: Dataset) -> None:
    app = look_at_set("twins", **{"data_sets.chosen": Place("twins", "test", 3)})
    assert "Test image 4 of Twins: “square”" in texts(app)
    checked(app.button(key="data_sets.inside").click().run())
    kept = app.session_state[CHOICES]
    assert (kept["inside.source"], kept["inside.number"], kept["inside.network"]) == ("twins", 4, "starter")
    # A training image has no number in Look inside: it is handed over itself.
    app = look_at_set("twins", **{"data_sets.chosen": Place("twins", "train", 25)})
    checked(app.button(key="data_sets.inside").click().run())
    handed = app.session_state[CHOICES]["inside.handed"]
    assert handed.origin == "training image 26 of Twins: “square”"
    assert (handed.pixels == twins_set.train.images[25]).all()


def test_images_for_which_there_is_no_network_do_not_lead_anywhere() -> None:
    app = look_at_set("shapes")
    assert "No network here takes images of 32×32×3 yet" in texts(app)
    assert not [button for button in app.button if button.key == "data_sets.inside"]


def test_mean_images_are_those_of_the_classes(twins_set: Dataset) -> None:
    app = look_at_set("twins", **{"data_sets.way": "means"})
    shown = component(app, "mean image")
    assert shown["names"] == ["round", "square", "all classes"]
    sent = np.frombuffer(base64.b64decode(shown["values"]), np.uint8).reshape(3, 28, 28)
    assert (sent[1] == np.rint(twins_set.train.images[20:, ..., 0].mean(axis=0))).all()


def test_duplicates_are_searched_only_when_asked_and_shown_with_their_labels(twins_set: Dataset) -> None:
    app = look_at_set("twins", **{"data_sets.way": "twins"})
    assert component(app, "sheet cards") is None
    checked(app.button(key="data_sets.seek").click().run())
    for _ in range(100):
        if component(app, "sheet cards") is not None:
            break
        checked(app.run())
    said = texts(app)
    assert "2 of 5 test images (40.0\xa0%)** have a twin among the 30 training images; 2 are identical" in said
    assert "1 have a twin with another label" in said
    cards = component(app, "sheet cards")["html"]
    assert cards.index("identical · labels differ") < cards.index('title="identical"')
    assert "training image 26: square" in cards


@pytest.mark.parametrize("is_alone", [True, False])
def test_a_search_for_duplicates_is_cancelled_and_leaves_nothing_busy(
    twins_set: Dataset, monkeypatch: pytest.MonkeyPatch, is_alone: bool
) -> None:
    go_on, ended = threading.Semaphore(0), threading.Event()

    def find(train: LabelledImages, test: LabelledImages, tell: Callable[[float], None]) -> None:
        try:
            for number in range(100):
                tell(number / 100)
                go_on.acquire(timeout=10)
        finally:
            ended.set()

    monkeypatch.setattr(twins, "find_twins", find)
    monkeypatch.setattr(resources, "_answers", type(resources._answers)())  # nobody has searched before
    app = look_at_set("twins", **{"data_sets.way": "twins"})
    checked(app.button(key="data_sets.seek").click().run())
    assert "Comparing 5 test images with 30 training images" in app.get("progress")[0].proto.text
    key = ("survey", "twins", fingerprint(twins_set))
    other: Any = None if is_alone else resources.survey(key, lambda tell: None, 0, "somebody else")
    checked(app.button(key="data_sets.cancel").click().run())
    assert not app.get("progress")
    assert app.button(key="data_sets.seek").label == "Search for duplicates"
    if other is not None:
        assert not other.is_cancelled, "who still waits for it is not left without"
        other.leave("somebody else")
    assert not ended.is_set()
    go_on.release()
    assert ended.wait(10)


@pytest.mark.slow
def test_the_chosen_image_is_changed_with_the_settings_of_the_training(twins_set: Dataset) -> None:
    from cnn_core import warm_up

    warm_up.start()
    until(lambda: warm_up.state().is_ready or bool(warm_up.state().failure), "TensorFlow")
    app = look_at_set("twins", **{"data_sets.way": "changes", "data_sets.chosen": Place("twins", "test", 1)})
    assert "Every image is learned as it is" in texts(app)
    checked(app.button(key="data_sets.usual").click().run())
    assert app.session_state["state.settings"].augmentation.rotation_degrees == 15
    before = component(app, "version 11")["values"]
    pixels = np.frombuffer(base64.b64decode(before), np.uint8).reshape(12, 28, 28)
    assert (pixels[0] == twins_set.test.images[1, ..., 0]).all()
    assert len({version.tobytes() for version in pixels}) == 12
    checked(app.button(key="data_sets.redraw").click().run())
    assert component(app, "version 11")["values"] != before


def test_a_set_that_is_not_here_says_how_to_get_it() -> None:
    app = look_at_set("mnist")
    assert "mnist.npz" in texts(app)
    assert component(app, "sheet") is None


def draw_a_line(app: AppTest, x: float) -> None:
    """Put a stroke on the canvas, as the browser would."""
    record = CanvasRecord(strokes=(Stroke(((x, 40.0), (150.0, 260.0)), 20.0),))
    app.session_state[CHOICES] = {**app.session_state[CHOICES], "own_classes.drawing": record}


def test_classes_are_drawn_made_a_data_set_and_trained_on(fake_trainer: Any) -> None:
    app = look_at_set("digits", **{"data_sets.view": "draw"})
    checked(app.text_input(key="own_classes.names").set_value("cat, dog").run())
    checked(app.button(key="own_classes.add.0").click().run())
    assert "The canvas is empty" in texts(app)
    assert app.button(key="own_classes.make").disabled
    for number in range(10):
        draw_a_line(app, 30.0 + 20 * number)
        checked(app.button(key=f"own_classes.add.{number % 2}").click().run())
        assert not app.session_state[CHOICES]["own_classes.drawing"].strokes
        if number == 0:
            assert "**1 drawing**, the newest first." in texts(app)
            assert "This removes 1 drawing, all there are." in texts(app)
    assert app.button(key="own_classes.add.1").label == "dog · 5"
    draw_a_line(app, 99.0)
    checked(app.button(key="own_classes.add.1").click().run())
    app.session_state[CHOICES] = {**app.session_state[CHOICES], "own_classes.marked": 10}
    checked(app.run())
    checked(app.button(key="own_classes.remove").click().run())
    assert app.button(key="own_classes.add.1").label == "dog · 5"

    # They outlive the session: the address finds them on the server.
    again = open_page("Data_sets", drawn="".join(app.query_params["drawn"]))
    again.session_state[CHOICES] = {**again.session_state[CHOICES], "data_sets.view": "draw"}
    assert checked(again.run()).button(key="own_classes.add.0").label == "cat · 5"

    checked(app.text_input(key="own_classes.title").set_value("Pets").run())
    checked(app.button(key="own_classes.make").click().run())
    assert "**Pets** is a data set now: 8 drawings to learn from, 2 to be judged on" in texts(app)
    entry = own_entries()[-1]
    assert (entry.title, entry.class_names) == ("Pets", ("cat", "dog"))
    assert sorted(load_dataset(entry.slug).test.labels) == [0, 1]
    checked(app.button(key="own_classes.train").click().run())
    until(lambda: bool(all_runs()), "a training")
    run = all_runs()[0]
    assert (run.settings.dataset, run.spec.layers[-1].units) == (entry.slug, 1)  # type: ignore[attr-defined]


def test_beginning_anew_removes_the_drawings_and_keeps_the_names() -> None:
    drawings = no_drawings(["cat", "dog"]).with_drawing(np.zeros((28, 28, 1), np.uint8), 0)
    app = look_at_set("digits", **{"data_sets.view": "draw", "own_classes.drawings": drawings})
    assert "“cat” lacks 4, “dog” lacks 5" in texts(app)
    checked(app.button(key="own_classes.anew").click().run())
    assert app.button(key="own_classes.add.0").label == "cat · 0"
    checked(app.text_input(key="own_classes.names").set_value("cat").run())
    assert "There must be 2 to 10 classes, and here are 1." in texts(app)
    assert app.text_input(key="own_classes.names").value == "cat, dog"
