"""The map of test images with real networks: the starter network, and one in colour with blocks and logits."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from cnn_core.architecture.layers import Dense, GlobalPooling2D, ResidualBlock, SeparableConv2D
from cnn_core.architecture.spec import NetworkSpec
from cnn_core.architecture.weight_shapes import weight_shapes
from cnn_core.data.dataset import Dataset, LabelledImages
from cnn_core.networks import TrainedNetwork, starter_network
from dashboard.panels.inside import map_findings
from dashboard.panels.inside import map_of_images as map_panel
from tests.dashboard.panels.inside.test_map_of_images import checked, entry, words

pytestmark = pytest.mark.slow


@pytest.fixture
def shown(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """What is given to the browser."""
    given: dict[str, Any] = {}

    def note(points: Any, entries: Any, images: Any, *_more: Any, **_further: Any) -> None:
        given.update(points=points, entries=entries, images=images)

    monkeypatch.setattr(map_panel, "image_map", note)
    return given


def page(network: TrainedNetwork, shape: tuple[int, int, int]) -> AppTest:
    def script(network, shape):  # type: ignore[no-untyped-def]  # run elsewhere, without these names
        import numpy as np

        from dashboard import resources
        from dashboard.controls.image_choice_record import ChosenImage
        from dashboard.controls.unit_choice import chosen_unit
        from dashboard.palette import LIGHT
        from dashboard.panels.inside.map_of_images import map_panel
        from dashboard.panels.inside.scene import Scene

        image = ChosenImage(np.full(shape, 100, np.uint8), None, "grey")
        map_panel(Scene(network, resources.probe(network), image, chosen_unit(network.spec), LIGHT))

    app = AppTest.from_function(script, args=(network, shape))
    app.session_state["state.choices"] = {"inside.map.count": 200, "inside.source": "digits"}
    return checked(app.run(timeout=60))


def test_starter_network_separates_digits_better_than_their_pixels_do(shown: dict[str, Any]) -> None:
    app = page(starter_network(), (28, 28, 1))
    assert "200 test images of Digits, by the 96 numbers of dense_1, the last hidden layer." in words(app)
    labels = [found.class_index for found in shown["entries"][:200]]
    assert np.bincount(labels).tolist() == [20] * 10
    assert sum(found.is_right for found in shown["entries"][:200]) > 180
    found = re.search(r"\*\*([\d.]+)\s%\*\* of the images.*By their pixels alone it would be ([\d.]+)", words(app))
    assert found is not None
    hidden, pixels = map(float, found.groups())
    assert hidden > pixels + 10
    checked(app.segmented_control("inside.map.method").set_value("t-sne").run(timeout=60))
    assert shown["points"].shape == (201, 2)
    assert np.isfinite(shown["points"]).all()


def test_colour_blocks_and_logits(shown: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    layers = (ResidualBlock(filters=4), SeparableConv2D(filters=5), GlobalPooling2D(pooling="average"), Dense(units=2))
    spec = NetworkSpec((8, 8, 3), layers)
    rng = np.random.default_rng(0)
    part = LabelledImages(rng.integers(0, 256, (60, 8, 8, 3), dtype=np.uint8), np.arange(60) % 2)
    table = {"colours": entry(Dataset("colours", ("red", "a rather long name"), part, part))}
    for module in (map_findings, map_panel):
        monkeypatch.setattr(module, "DATASETS", table)
    monkeypatch.setattr(map_findings, "load_dataset", lambda slug: table[slug].load())
    weights = tuple(rng.uniform(0.1, 0.5, shape).astype(np.float32) for shape in weight_shapes(spec))
    network = TrainedNetwork("colours", 0, "a network", spec, weights, ("red", "a rather long name"), "colours")
    app = page(network, (8, 8, 3))
    assert "60 test images of Colours, by the 5 numbers of global_pool_1, the last hidden layer." in words(app)
    assert shown["images"].shape == (61, 8, 8, 3)
