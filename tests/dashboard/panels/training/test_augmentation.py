"""The preview of augmentation, without TensorFlow but for one test, and the controls of its settings."""

from __future__ import annotations

import re
import sys
from dataclasses import fields
from types import SimpleNamespace

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from cnn_core import warm_up
from cnn_core.augmentation.settings import Augmentation
from cnn_core.data.dataset import Dataset, LabelledImages
from cnn_core.errors import ClassroomError
from cnn_core.warm_up import WarmUpState
from dashboard.charts.png import png_address
from dashboard.panels.training import augmentation as panel

NAMES = tuple(f"class {letter}" for letter in "ABCDEFGHIJ")
SHIFTED = Augmentation(shift=0.2)
MISSING = 2
"""A class without a training image."""


def some_dataset() -> Dataset:
    labels = np.array([i % len(NAMES) for i in range(40) if i % len(NAMES) != MISSING], np.int64)
    images = np.random.default_rng(0).integers(0, 255, (len(labels), 6, 5, 3), np.uint8)
    part = LabelledImages(images, labels)
    return Dataset("some", NAMES, part, part)


def page(augmentation: object) -> None:
    from dashboard.panels.training.augmentation import augmentation_panel

    augmentation_panel(augmentation, "some")  # type: ignore[arg-type]


def run(augmentation: Augmentation) -> AppTest:
    app = AppTest.from_function(page, args=(augmentation,), default_timeout=60).run()
    assert not app.exception
    return app


def pictures(app: AppTest) -> str:
    (element,) = app.get("html")
    return str(element.proto.body)


@pytest.fixture(autouse=True)
def dataset(monkeypatch: pytest.MonkeyPatch) -> Dataset:
    dataset = some_dataset()
    monkeypatch.setattr(panel, "load_dataset", lambda slug: dataset)
    return dataset


@pytest.fixture
def loading(monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    """What is said about TensorFlow; it can be changed between two runs."""
    said = SimpleNamespace(state=WarmUpState(False, 1.0, ""))
    monkeypatch.setattr(warm_up, "state", lambda: said.state)
    return said


@pytest.fixture
def seeds(monkeypatch: pytest.MonkeyPatch, loading: SimpleNamespace) -> list[tuple[int, int]]:
    """Have TensorFlow ready, with a stand-in for it that turns every image's colours round and keeps the seeds."""
    asked: list[tuple[int, int]] = []

    def augment_arrays(images: np.ndarray, augmentation: Augmentation, seed: tuple[int, int]) -> np.ndarray:
        assert augmentation == SHIFTED
        asked.append(seed)
        return 255 - images

    monkeypatch.setitem(sys.modules, "cnn_core.augmentation.graph", SimpleNamespace(augment_arrays=augment_arrays))
    loading.state = WarmUpState(True, 5.0, "")
    return asked


def test_nothing_active_is_said_in_one_sentence(loading: SimpleNamespace) -> None:
    app = run(Augmentation())
    assert [caption.value for caption in app.caption] == ["Every image is learned as it is."]
    assert not app.button
    assert not app.get("html")


def test_page_goes_on_until_tensorflow_is_loaded_and_then_shows_the_preview(
    loading: SimpleNamespace, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    monkeypatch.setitem(sys.modules, "cnn_core.augmentation.graph", None)  # importing it now would fail
    app = run(SHIFTED)
    assert [caption.value for caption in app.caption] == ["The preview appears as soon as TensorFlow is loaded."]
    assert not app.button
    request.getfixturevalue("seeds")
    app.run()
    assert not app.exception
    assert "class A" in pictures(app)


def test_failure_to_load_is_said(loading: SimpleNamespace) -> None:
    loading.state = WarmUpState(False, 1.0, "TensorFlow cannot be loaded.")
    app = run(SHIFTED)
    assert [error.value for error in app.error] == ["TensorFlow cannot be loaded."]
    assert not app.caption


def test_eight_classes_are_shown_each_with_its_first_image_and_its_versions(
    seeds: list[tuple[int, int]], dataset: Dataset
) -> None:
    html = pictures(run(SHIFTED))
    shown = [name for index, name in enumerate(NAMES) if index != MISSING][: panel.MOST_CLASSES]
    assert re.findall("<figcaption>(.*?)</figcaption>", html) == shown
    expected = []
    for name in shown:
        image = dataset.train.images[list(dataset.train.labels).index(NAMES.index(name))]
        expected += [png_address(image), *[png_address(255 - image)] * panel.VERSIONS]
    assert re.findall(r'src="([^"]*)"', html) == expected


def test_others_are_drawn_with_another_seed(seeds: list[tuple[int, int]]) -> None:
    app = run(SHIFTED)
    app.button(key="augmentation.again").click().run()
    app.button(key="augmentation.again").click().run()
    assert not app.exception
    assert len(set(seeds)) == len(seeds) == 3


def test_data_set_that_is_not_there_is_said(seeds: list[tuple[int, int]], monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(slug: str) -> Dataset:
        raise ClassroomError(f"There is no {slug}.", "Download it.")

    monkeypatch.setattr(panel, "load_dataset", refuse)
    app = run(SHIFTED)
    assert [error.value for error in app.error] == ["There is no some. Download it."]
    assert not app.button


@pytest.mark.slow
def test_preview_is_what_the_network_gets(loading: SimpleNamespace, dataset: Dataset) -> None:
    from cnn_core.augmentation.graph import augment_arrays

    loading.state = WarmUpState(True, 5.0, "")
    app = run(SHIFTED)
    first = pictures(app)
    copies = np.repeat(dataset.train.images[:1], panel.VERSIONS, axis=0)
    expected = [png_address(image) for image in augment_arrays(copies, SHIFTED, (0, 0))]
    assert re.findall(r'src="([^"]*)"', first)[1 : panel.VERSIONS + 1] == expected
    app.button(key="augmentation.again").click().run()
    assert not app.exception
    assert pictures(app) != first


def controls_page(record: object, taken: list[tuple[str, object]]) -> None:
    from dataclasses import fields

    from dashboard.controls.record_controls import record_controls

    record_controls(record, [f.name for f in fields(record)], "test.", lambda *change: taken.append(change))  # type: ignore[arg-type]


def test_controls_of_any_record_draw_these_settings_too() -> None:
    record, taken = Augmentation(0.123, 15, 0.2, "left-right", 0.05, 0.3), []
    app = AppTest.from_function(controls_page, args=(record, taken)).run()
    assert not app.exception
    values = {widget.key: widget.value for widget in (*app.select_slider, *app.selectbox)}
    assert values == {f"test.{f.name}": getattr(record, f.name) for f in fields(record)}
    assert "0.123" in app.select_slider(key="test.shift").options
    app.selectbox(key="test.flip").select("both").run()
    app.select_slider(key="test.rotation_degrees").set_value(30.0).run()
    assert not app.exception
    assert taken == [("flip", "both"), ("rotation_degrees", 30.0)]
