"""The map of test images as the page shows it: its words, its guests, the way to an image, and what can go wrong."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from cnn_core.architecture.layers import Conv2D, Dense, Flatten
from cnn_core.architecture.spec import NetworkSpec
from cnn_core.data.dataset import Dataset, LabelledImages
from cnn_core.data.entry import Availability, DatasetEntry
from cnn_core.networks import TrainedNetwork
from dashboard.controls.image_choice_record import ChosenImage
from dashboard.panels.inside import map_findings
from dashboard.panels.inside import map_of_images as map_panel
from tests.cnn_core.training.fakes import small_dataset

HIDDEN = NetworkSpec((6, 6, 1), (Conv2D(filters=2), Flatten(), Dense(units=4), Dense(units=3, activation="softmax")))
DENSE = NetworkSpec((6, 6, 1), (Flatten(), Dense(units=3, activation="softmax")))
BINARY = NetworkSpec((6, 6, 1), (Flatten(), Dense(units=4), Dense(units=1, activation="sigmoid")))
SMALL = small_dataset()
SPACE = "\N{NO-BREAK SPACE}"
ids = count()


def entry(dataset: Dataset) -> DatasetEntry:
    return DatasetEntry(
        slug=dataset.slug,
        title=dataset.slug.capitalize(),
        class_names=dataset.class_names,
        image_shape=dataset.image_shape,
        summary="",
        train_count=len(dataset.train),
        test_count=len(dataset.test),
        source="",
        load=lambda: dataset,
        availability=lambda: Availability(True, ""),
        download=None,
    )


class Stage:
    """Stands in for the networks and the browser."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.monkeypatch = monkeypatch
        self.shown: dict[str, Any] = {}
        self.spoilt = 1.0
        self.use(SMALL)
        monkeypatch.setattr(map_panel, "image_map", self.note)
        monkeypatch.setattr(map_findings, "_vectors", lambda _scene, images, _slot=None: self.bands(images))

    def use(self, *datasets: Dataset) -> None:
        table = {dataset.slug: entry(dataset) for dataset in datasets}
        for module in (map_findings, map_panel):
            self.monkeypatch.setattr(module, "DATASETS", table)
        self.monkeypatch.setattr(map_findings, "load_dataset", lambda slug: table[slug].load())

    def bands(self, images: np.ndarray) -> np.ndarray:
        """How bright an image is at the top, in the middle, at the bottom; and nothing."""
        means = images.reshape(len(images), 3, -1).mean(axis=2) * self.spoilt
        return np.concatenate([means, np.zeros((len(images), 1))], axis=1).astype(np.float32)

    def probabilities(self, images: np.ndarray) -> np.ndarray:
        means = self.bands(images)[:, : self.classes]
        return means / means.sum(axis=1, keepdims=True)

    def note(self, points: Any, entries: Any, images: Any, names: Any, marks: Any, *_more: Any, **further: Any) -> None:
        self.shown = {"points": points, "entries": entries, "images": images, "names": names, "marks": marks, **further}

    def page(
        self, spec: NetworkSpec = HIDDEN, image: ChosenImage | None = None, choices: dict[str, Any] | None = None
    ) -> AppTest:
        self.classes = 2 if spec is BINARY else 3
        names = SMALL.class_names[: self.classes]
        network = TrainedNetwork(f"map-{next(ids)}", 7, "a network", spec, (), names, "small", 7)
        probe = SimpleNamespace(probabilities=self.probabilities)
        image = image or ChosenImage(SMALL.test.images[4], "middle", "test image 5")

        def script(network, probe, image):  # type: ignore[no-untyped-def]  # run elsewhere, without these names
            from dashboard.controls.unit_choice import chosen_unit
            from dashboard.palette import LIGHT
            from dashboard.panels.inside.map_of_images import map_panel
            from dashboard.panels.inside.scene import Scene

            map_panel(Scene(network, probe, image, chosen_unit(network.spec), LIGHT))

        app = AppTest.from_function(script, args=(network, probe, image))
        for name, value in (choices or {}).items():
            app.session_state[name] = value
        return checked(app.run(timeout=20))


@pytest.fixture
def stage(monkeypatch: pytest.MonkeyPatch) -> Iterator[Stage]:
    return Stage(monkeypatch)


def checked(app: AppTest) -> AppTest:
    assert not app.exception
    return app


def words(app: AppTest) -> str:
    return "\n".join(element.value for element in (*app.markdown, *app.caption))


def test_all_test_images_are_on_the_map_and_the_words_say_how_they_lie(stage: Stage) -> None:
    app = stage.page()
    shown = stage.shown
    assert shown["points"].shape == (30, 2)
    assert [entry.class_index for entry in shown["entries"]] == SMALL.test.labels.tolist()
    assert [entry.title for entry in shown["entries"]][:2] == ["test image 1", "test image 2"]
    assert (shown["marks"], shown["names"]) == ([(4, "this image")], ("top", "middle", "bottom"))
    first = shown["entries"][0]
    assert (first.verdict, first.is_right, first.around, first.around_count) == ("top", True, "top", 5)
    assert not any(entry.is_astray for entry in shown["entries"])
    assert f"**100.0{SPACE}%** of the images lie among their own class in the hidden layer, in all its 4" in words(app)
    assert "30 test images of Small, by the 4 numbers of dense_1, the last hidden layer." in words(app)
    assert "PCA turns all points together" in words(app)
    table = app.get("download_button")
    assert len(table) == 1


def test_tsne_makes_another_map_of_the_same_images(stage: Stage) -> None:
    app = stage.page()
    by_pca = stage.shown["points"]
    checked(app.segmented_control("inside.map.method").set_value("t-sne").run(timeout=20))
    assert stage.shown["points"].shape == (30, 2)
    assert not np.allclose(stage.shown["points"], by_pca)
    assert stage.shown["file_name"] == "map-t-sne"
    assert "t-SNE keeps near points near" in words(app)
    before = stage.shown["points"]
    checked(app.slider("inside.map.perplexity").set_value(5).run(timeout=20))
    assert not np.allclose(stage.shown["points"], before)


def test_image_in_the_wrong_cluster_and_wrong_verdict_are_flagged(stage: Stage) -> None:
    images = SMALL.test.images.copy()
    images[6] = SMALL.test.images[8]  # labelled “top”, but bright at the bottom
    stage.use(Dataset("small", SMALL.class_names, SMALL.train, LabelledImages(images, SMALL.test.labels)))
    app = stage.page()
    strays = [entry for entry in stage.shown["entries"] if entry.is_astray]
    assert [(entry.number, entry.around, entry.verdict, entry.is_right) for entry in strays] == [
        (7, "bottom", "bottom", False)
    ]
    assert f"**96.7{SPACE}%** of the images" in words(app)


def test_choosing_a_point_leads_every_panel_to_its_image(stage: Stage) -> None:
    app = stage.page(choices={"state.choices": {"inside.class": "top", "inside.which": "wrong"}})

    def choose() -> None:
        from dashboard.controls.image_reference import look_at

        look_at("small", 11)

    on_choose = stage.shown["on_choose"]
    picked: list[tuple[str, int]] = []
    stage.monkeypatch.setattr(map_panel, "look_at", lambda slug, index: picked.append((slug, index)))
    on_choose(12)
    assert picked == [("small", 11)]
    other = AppTest.from_function(choose).run()
    assert other.session_state["state.choices"] == {
        "inside.source": "small", "inside.class": "any", "inside.which": "all", "inside.number": 12
    }  # fmt: skip
    assert app.session_state["state.choices"]["inside.class"] == "top"


def test_drawing_and_an_image_from_elsewhere_get_a_star_and_a_sentence(stage: Stage) -> None:
    drawing = np.zeros((6, 6, 1), np.uint8)
    drawing[4:] = 200
    upload = np.zeros((6, 6, 1), np.uint8)
    upload[:2] = 150
    image = ChosenImage(upload, None, "your upload")
    app = stage.page(image=image, choices={"state.drawn_image": drawing})
    assert stage.shown["marks"] == [(30, "this image"), (31, "your drawing")]
    assert [(entry.title, entry.number, entry.is_right) for entry in stage.shown["entries"][30:]] == [
        ("this image", None, None),
        ("your drawing", None, None),
    ]
    np.testing.assert_array_equal(stage.shown["images"][31], drawing)
    assert "Your drawing lies among “bottom”: 5 of its 5 nearest neighbours." in words(app)
    assert "This image lies among “top”: 5 of its 5 nearest neighbours." in words(app)
    checked(app.segmented_control("inside.map.method").set_value("t-sne").run(timeout=20))
    assert len(stage.shown["points"]) == 32

    is_drawn = stage.page(image=ChosenImage(drawing, None, "your drawing"), choices={"state.drawn_image": drawing})
    assert stage.shown["marks"] == [(30, "this image: your drawing")]
    assert "This image lies" not in words(is_drawn)


def test_image_looked_at_before_stays_on_the_map(stage: Stage) -> None:
    images = np.tile(SMALL.test.images, (10, 1, 1, 1))
    images[:, 0, 0, 0], images[:, 0, 1, 0] = np.arange(300) % 251, np.arange(300) // 251  # no two are the same
    test = LabelledImages(images, np.tile(SMALL.test.labels, 10))
    stage.use(Dataset("small", SMALL.class_names, SMALL.train, test))
    stage.page(choices={"state.choices": {"inside.map.count": 200}})
    on_map = [entry.number for entry in stage.shown["entries"][:200]]
    outside = next(number for number in range(1, 301) if number not in on_map)
    app = stage.page(
        image=ChosenImage(images[outside - 1], "top", "a test image"),
        choices={"state.choices": {"inside.map.count": 200}},
    )
    assert stage.shown["marks"] == [(200, "this image")]
    assert stage.shown["entries"][200].number == outside
    kept = dict(app.session_state["state.choices"])
    inside = on_map[3]
    stage.page(image=ChosenImage(images[inside - 1], "top", "a test image"), choices={"state.choices": kept})
    assert [stage.shown["entries"][place].number for place, _ in stage.shown["marks"]] == [inside]
    assert stage.shown["entries"][200].number == outside


def test_network_without_hidden_layer_shows_the_pixels(stage: Stage) -> None:
    app = stage.page(DENSE)
    assert "by their pixels alone: nothing in this network changes these" in words(app)
    assert "by the 36 pixels that go into the output layer." in words(app)


def test_two_classes_and_one_output(stage: Stage) -> None:
    stage.page(BINARY)
    verdicts = {entry.verdict for entry in stage.shown["entries"]}
    assert verdicts == {"top", "middle"}
    assert [entry.is_right for entry in stage.shown["entries"][:2]] == [True, True]


@pytest.mark.parametrize(
    ("spoilt", "words"),
    [(np.nan, "gives no numbers any more: training has diverged."), (0.0, "gives the same numbers for every image")],
)
def test_network_without_numbers_gets_one_sentence(stage: Stage, spoilt: float, words: str) -> None:
    stage.spoilt = spoilt
    stage.monkeypatch.setattr(stage, "probabilities", lambda images: np.full((len(images), 3), 1 / 3, np.float32))
    app = stage.page()
    assert f"The layer dense_1 {words}" in app.warning[0].value
    assert stage.shown == {}


def test_data_set_that_is_missing_is_replaced_or_named(stage: Stage) -> None:
    other = Dataset("other", SMALL.class_names, SMALL.train, SMALL.test)
    stage.use(other)
    app = stage.page()
    assert "30 test images of Other" in words(app)
    stage.use()
    app = stage.page()
    assert app.warning[0].value.startswith("No data set here has images of the size that this network takes.")
