"""The page Evaluate: what is judged, what is said of it, and the way from a figure to its pictures."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import count
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from cnn_core import warm_up
from cnn_core.architecture.layers import Dense, Flatten
from cnn_core.architecture.spec import NetworkSpec
from cnn_core.data import registry
from cnn_core.data.dataset import Dataset, LabelledImages
from cnn_core.data.entry import Availability, DatasetEntry
from cnn_core.data.registry import DATASETS
from cnn_core.evaluation import stress as stress_module
from cnn_core.networks import TrainedNetwork
from cnn_core.training.runs import adopt_run
from cnn_core.training.settings import TrainingSettings
from dashboard import resources
from dashboard.components.pixel_view import Cell
from dashboard.panels.evaluate import confusions as evaluate_confusions
from dashboard.panels.evaluate import gallery as evaluate_gallery
from dashboard.panels.evaluate import one_class as evaluate_classes
from dashboard.panels.evaluate import overview as evaluate_overview
from dashboard.panels.evaluate import panel as evaluate_panel
from dashboard.panels.evaluate import stress as evaluate_stress
from dashboard.panels.evaluate.evaluation import settings_of
from tests.cnn_core.export.run_samples import sample_copy
from tests.cnn_core.training.fakes import SPEC, own_runs, small_dataset
from tests.pages.helpers import checked, open_page, texts, until

__all__ = ["own_runs"]

SMALL = small_dataset()
SPACE = "\N{NO-BREAK SPACE}"
ids = count()


def entry(dataset: Dataset) -> DatasetEntry:
    return replace(
        DATASETS["digits"],
        slug=dataset.slug,
        title=dataset.slug.capitalize(),
        class_names=dataset.class_names,
        image_shape=dataset.image_shape,
        train_count=len(dataset.train),
        test_count=len(dataset.test),
        load=lambda: dataset,
        availability=lambda: Availability(True, ""),
    )


def mislabelled(part: LabelledImages, places: list[int]) -> LabelledImages:
    """Call some images by the class after theirs: a network that looks at them reads them wrongly then."""
    labels = part.labels.copy()
    labels[places] = (labels[places] + 1) % 3
    return LabelledImages(part.images, labels)


class Stage:
    """Stands in for the networks and the browser: parts that are chosen by a click are fields to be filled in."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.monkeypatch = monkeypatch
        self.settings: TrainingSettings | None = TrainingSettings(dataset="small", train_count=120)
        self.asked = 0
        self.spoilt = 1.0
        self.use(replace(SMALL, test=mislabelled(SMALL.test, [0, 3, 4])))
        self.network = TrainedNetwork(f"judged-{next(ids)}", 7, "A network", SPEC, (), SMALL.class_names, "small", 7)
        monkeypatch.setattr(warm_up, "start", lambda: None)  # nothing here needs TensorFlow
        monkeypatch.setattr(warm_up, "state", lambda: warm_up.WarmUpState(is_ready=True, elapsed_s=0.0, failure=""))
        monkeypatch.setattr(evaluate_panel, "network_controls", lambda _page: self.network)
        monkeypatch.setattr(evaluate_panel, "settings_of", lambda _network: self.settings)
        monkeypatch.setattr(evaluate_stress, "network_ids", lambda: ())
        monkeypatch.setattr(resources, "probe", lambda _network: SimpleNamespace(probabilities=self.predict))
        for module in (evaluate_overview, evaluate_confusions, evaluate_classes):
            monkeypatch.setattr(module, "selectable", self.selectable)
        monkeypatch.setattr(evaluate_gallery, "pixel_view", self.pictures)
        self.shown: dict[str, Any] = {}

    def use(self, *datasets: Dataset) -> None:
        registry.forget_loaded()
        for dataset in datasets:
            self.monkeypatch.setitem(DATASETS, dataset.slug, entry(dataset))

    def predict(self, images: np.ndarray) -> np.ndarray:
        """Say how bright an image is at the top, in the middle and at the bottom, squared to be surer."""
        self.asked += len(images)
        means = images.reshape(len(images), len(self.network.class_names), -1).mean(axis=2) ** 2 * self.spoilt
        return (means / means.sum(axis=1, keepdims=True)).astype(np.float32)

    def selectable(self, html: str, key: str, on_select: Callable[[int], None]) -> str:
        st.html(html)
        self.shown[key] = html
        st.text_input(key, key=f"{key}.pick", on_change=lambda: on_select(int(st.session_state[f"{key}.pick"])))
        return ""

    def pictures(self, pictures: Any, key: str, *_: Any, on_choose: Callable[[Cell], None], **__: Any) -> None:
        self.shown[key] = pictures
        pick = f"{key}.pick"
        st.text_input(key, key=pick, on_change=lambda: on_choose(Cell(int(st.session_state[pick]), 0, 0)))

    def page(self, view: str = "overview") -> AppTest:
        app = open_page("Evaluate")
        if view != "overview":
            checked(app.segmented_control("evaluate.view").set_value(view).run(timeout=20))
        return app


@pytest.fixture
def stage(monkeypatch: pytest.MonkeyPatch, own_runs: None) -> Stage:
    return Stage(monkeypatch)


def words(app: AppTest) -> str:
    return texts(app).replace(SPACE, " ")


def pick(app: AppTest, key: str, number: int) -> AppTest:
    return checked(app.text_input(f"{key}.pick").set_value(str(number)).run(timeout=20))


def test_the_verdict_carries_its_chance_and_few_images_are_a_warning(stage: Stage) -> None:
    app = stage.page()
    said = words(app)
    assert "### 90.0 % are read rightly" in said
    assert "27 of 30 test images of Small. With so many images that is **± 11.1 points**" in said
    assert "between 74.4 % and 96.5 %" in said
    assert "With a second guess it would be" in said
    assert any("With only 30 images the accuracy is known to ± 11.1 points" in one.value for one in app.warning)
    html = stage.shown["evaluate.classes"].replace(SPACE, " ")
    assert html.count("data-layer=") == 3
    assert "Mean of all" in html
    before = stage.asked
    checked(app.segmented_control("evaluate.view").set_value("mistakes").run(timeout=20))
    assert stage.asked == before == 30, "what is known is not asked again"


def test_what_is_never_said_is_left_out_of_the_mean_precision_and_that_is_said(stage: Stage) -> None:
    assert "no precision is known" not in words(stage.page())
    stage.predict = lambda images: np.tile(np.float32([0.7, 0.2, 0.1]), (len(images), 1))  # type: ignore[method-assign]
    stage.network = replace(stage.network, step=8)
    app = stage.page()
    assert "no precision is known: the mean leaves 2 of 3 classes out." in words(app)
    assert stage.shown["evaluate.classes"].count("never said") == 2


def test_a_class_leads_to_its_mistakes_and_a_cell_to_its_pictures(stage: Stage) -> None:
    app = pick(stage.page(), "evaluate.classes", 1)
    assert app.segmented_control("evaluate.view").value == "confusions"
    assert "**“middle” read as anything else: 2 of 11 images.**" in words(app)
    shown = stage.shown["evaluate.cell.pictures"]
    assert list(shown.names) == ["is middle"] * 2
    assert all(note.startswith("says top, ") for note in shown.notes)
    pick(app, "evaluate.matrix", 4)
    assert "**“middle” read rightly: 9 of 11 images.**" in words(app)
    pick(app, "evaluate.matrix", 9)
    assert "**“middle” read rightly: 9 of 11 images.**" in words(app), "what is no cell is passed over"
    pick(app, "evaluate.matrix", 2)
    assert "“top” read as “bottom”: 0 of" in words(app)
    assert "middle read as top: 2 times" in stage.shown["evaluate.matrix"]


def test_a_picture_leads_to_look_inside_through_this_network(stage: Stage) -> None:
    app = stage.page("mistakes")
    assert "**3 mistakes among 30 test images of Small.**" in words(app)
    checked(app.segmented_control("evaluate.opens").set_value("why").run(timeout=20))
    assert stage.shown["evaluate.mistakes.pictures"].names[0] == "is bottom", "the worst comes first"
    gone: list[str] = []
    stage.monkeypatch.setattr(evaluate_gallery.st, "switch_page", lambda path, **_: gone.append(path))
    pick(app, "evaluate.mistakes.pictures", 0)
    choices = app.session_state["state.choices"]
    assert gone == ["pages/30_Look_inside.py"]
    assert (choices["inside.source"], choices["inside.number"], choices["inside.view"]) == ("small", 5, "why")
    assert choices["inside.network"] == stage.network.id


def test_images_that_it_learned_from_are_a_warning_and_handed_over_as_pictures(stage: Stage) -> None:
    stage.use(replace(SMALL, train=mislabelled(SMALL.train, [2])))
    app = stage.page()
    checked(app.selectbox(f"evaluate.part.{stage.network.id}.small").set_value("learned").run(timeout=20))
    assert any("has learned from these very images" in one.value for one in app.warning)
    assert "107 of 108 training images of Small" in words(app)
    checked(app.segmented_control("evaluate.view").set_value("mistakes").run(timeout=20))
    stage.monkeypatch.setattr(evaluate_gallery.st, "switch_page", lambda *_, **__: None)
    pick(app, "evaluate.mistakes.pictures", 0)
    handed = app.session_state["state.choices"]["inside.handed"]
    assert handed.origin == "training image 3 of Small: “top”"
    np.testing.assert_array_equal(handed.pixels, SMALL.train.images[2])


def test_test_images_that_it_has_seen_and_images_of_another_kind_are_said(stage: Stage) -> None:
    images = np.concatenate([SMALL.train.images[:100], SMALL.test.images[:20]])
    seen = replace(SMALL, train=LabelledImages(images, SMALL.train.labels))
    stage.use(seen, replace(SMALL, slug="other"))
    stage.settings = TrainingSettings(dataset="small", train_count=120, validation_share=0.02)
    app = stage.page()
    known = next(one.value for one in app.warning if "also among those that it learned from" in one.value)
    assert "of these 30 images are" in known
    assert "Without them it reads 100.0 % rightly." in known
    checked(app.selectbox(f"evaluate.dataset.{stage.network.id}").set_value("other").run(timeout=20))
    assert any("It has learned from Small and is judged on Other" in one.value for one in app.info)


def test_of_a_taught_copy_nobody_says_what_was_kept_aside(stage: Stage) -> None:
    stage.use(SMALL, replace(SMALL, slug="other"))
    stage.monkeypatch.setattr(evaluate_panel, "settings_of", settings_of)
    runs_of = {}
    for taught in (False, True):
        ended = sample_copy().snapshot
        if taught:
            ended = replace(ended, remark="It is a copy of “A”, taught with 2 drawings.", taught_with=2)
        run = adopt_run(sample_copy(settings=stage.settings, snapshot=ended))
        stage.network = replace(stage.network, id=run.id)
        app = stage.page()
        runs_of[taught] = app.selectbox(f"evaluate.part.{run.id}.small").options
        checked(app.selectbox(f"evaluate.dataset.{run.id}").set_value("other").run(timeout=20))
        carried, copied = ("carries over" in " ".join(one.value for one in app.info), "copy of “A”" in words(app))
        assert (carried, copied) == (not taught, taught)
    assert runs_of[False] == ["Test images", "Validation images", "Images it learned from"]
    assert runs_of[True] == ["Test images", "Images it learned from"]


def test_a_threshold_moves_the_point_and_the_counts_and_is_best_chosen_on_validation_images(stage: Stage) -> None:
    app = stage.page("classes")
    checked(app.selectbox("evaluate.positive").set_value(1).run(timeout=20))
    assert "It finds **81.8 %** of “middle” (sensitivity, recall)" in words(app)
    checked(app.slider("evaluate.threshold").set_value(0.0).run(timeout=20))
    assert "It finds **100.0 %** of “middle” (sensitivity, recall), leaves **0.0 %**" in words(app)
    checked(app.slider("evaluate.threshold").set_value(1.0).run(timeout=20))
    assert "it names none (no precision)" in words(app)
    asked = stage.asked
    checked(app.button("evaluate.best").click().run(timeout=20))
    assert stage.asked == asked + 12, "the validation images were asked about, and no others"
    assert app.slider("evaluate.threshold").value == 0.5
    assert "Best on the validation images: 0.500" in words(app)
    pick(app, "evaluate.outcomes", 2)
    assert "**False alarms: 1 image.**" in words(app)
    shown = stage.shown["evaluate.outcome.pictures"]
    assert shown.notes[0].startswith("“middle” with "), "what counts is the probability of the class"
    assert float(shown.notes[0].split()[2].rstrip(f"{SPACE}%")) >= 50
    assert [
        one for one in app.get("plotly_chart") if "evaluate-roc" in str(one.proto) or "evaluate.roc" in one.proto.id
    ]


def test_without_validation_images_no_threshold_is_recommended(stage: Stage) -> None:
    stage.settings = None
    app = stage.page("classes")
    assert "No threshold is recommended" in words(app)
    assert app.button("evaluate.best").disabled


def test_how_sure_it_is_is_said_for_both_kinds_of_bins(stage: Stage) -> None:
    app = stage.page("sureness")
    assert "it could be surer" in words(app) or "surer than it should be" in words(app)
    checked(app.segmented_control("evaluate.bins").set_value("mass").run(timeout=20))
    assert "Over 10 of 10 bins" in words(app)


def test_robustness_is_found_out_in_the_background(stage: Stage) -> None:
    def change(image: np.ndarray, amounts: Any, *, seed: int) -> np.ndarray:
        ((_, values),) = amounts.items()
        return np.repeat(image[np.newaxis], len(values), axis=0)

    stage.monkeypatch.setattr(stress_module, "perturb_many", change)
    app = stage.page("stress")

    def is_over() -> bool:
        checked(app.run(timeout=20))
        return len(app.get("plotly_chart")) >= 4 and "30 of the images" in words(app)

    until(is_over, "the curves are complete")
    assert words(app).count("Unchanged 90.0 %.") == 4
    assert not app.get("progress")


def test_a_network_without_numbers_gets_one_sentence(stage: Stage) -> None:
    stage.spoilt = float("nan")
    app = stage.page()
    assert any("gives no numbers any more" in one.value for one in app.warning)


def test_without_a_fitting_data_set_it_says_where_to_get_one(stage: Stage) -> None:
    stage.network = replace(stage.network, class_names=("a", "b", "c"), dataset="gone")
    app = stage.page()
    assert any("No data set on this machine has images of 6×6×1" in one.value for one in app.warning)


def test_two_classes_of_one_output(stage: Stage) -> None:
    images = LabelledImages(SMALL.test.images, SMALL.test.labels % 2)
    stage.use(Dataset("two", ("no", "yes"), LabelledImages(images.images.copy(), images.labels), images))
    spec = NetworkSpec((6, 6, 1), (Flatten(), Dense(units=1, activation="sigmoid")))
    stage.network = replace(stage.network, class_names=("no", "yes"), dataset="two", spec=spec)
    stage.settings = None
    app = stage.page("classes")
    assert app.selectbox("evaluate.positive").value == 1, "the single output is the probability of the second class"
    assert any("are also among those that it learned from. There is no other" in one.value for one in app.warning)
    assert "second guess" not in words(app)
