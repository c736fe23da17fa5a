"""The pages that look at a network, with the real starter network."""

from __future__ import annotations

import json
from typing import Any, cast

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from cnn_core import warm_up
from cnn_core.architecture.layers import Dense, GlobalPooling2D, ResidualBlock, SeparableConv2D
from cnn_core.architecture.spec import NetworkSpec
from cnn_core.data.registry import load_dataset
from cnn_core.networks import starter_network
from cnn_core.training import runs
from cnn_core.training.settings import TrainingSettings
from dashboard.controls.unit_choice import ChosenUnit
from tests.pages.helpers import checked, open_page, texts

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module", autouse=True)
def warm() -> None:
    warm_up.start()
    assert warm_up.wait(120)


def see(app: AppTest, view: str) -> AppTest:
    """Choose one of the views."""
    return checked(app.segmented_control("inside.view").set_value(view).run())


def pictures(app: AppTest, key: str) -> dict[str, Any]:
    """What the browser gets to draw under a key."""
    (found,) = [element for element in app.get("bidi_component") if element.proto.id.endswith(f"-{key}")]
    return cast("dict[str, Any]", json.loads(found.proto.json))


def layers(app: AppTest) -> dict[str, dict[str, Any]]:
    """What the browser gets to draw of each layer."""
    return {row["name"]: row["view"] for row in pictures(app, "inside.maps.layers")["rows"]}


def test_starter_network_is_shown_with_every_layer() -> None:
    app = see(open_page("Look_inside"), "maps")
    shown = layers(app)
    assert list(shown) == list(starter_network().spec.layer_names)
    assert [name for name, view in shown.items() if view is None] == ["dropout_1", "dropout_2"]
    maps, answer = shown["conv_1"], shown["dense_2"]
    assert (maps["what"], maps["count"], maps["names"][:2]) == ("feature map", 16, ["1", "2"])
    assert (maps["height"], maps["width"], maps["isChoosable"]) == (28, 28, True)
    assert (answer["what"], answer["names"]) == ("class", [str(digit) for digit in range(10)])


def test_starter_network_is_shown_with_its_kernels() -> None:
    app = see(open_page("Look_inside"), "kernels")
    assert "filters of 5×5×1" in texts(app)
    assert "through zero to" in texts(app)
    assert pictures(app, "inside.kernels")["count"] == 16


def test_one_layer_is_shown_large() -> None:
    app = see(open_page("Look_inside"), "maps")
    app.session_state["state.choices"]["inside.maps.large"] = True
    app.session_state["state.choices"]["inside.unit"] = ChosenUnit("conv_2", 0, 7, 7)
    checked(app.run())
    assert list(layers(app)) == ["conv_2"]
    assert pictures(app, "inside.maps.large.conv_2")["count"] == 1
    assert layers(app)["conv_2"]["chosen"] == [0, 7, 7]
    checked(app.button("inside.maps.back").click().run())
    assert "conv_1" in layers(app)


def test_image_is_chosen_by_class_and_number() -> None:
    app = open_page("Look_inside")
    checked(app.selectbox("inside.class").set_value("7").run())
    checked(app.slider("inside.number").set_value(3).run())
    test = load_dataset("digits").test
    index = int(np.flatnonzero(test.labels == 7)[2])
    assert f"test image {index + 1:,} of Digits: “7”" in texts(app)


def test_deeper_kernels_are_shown_channel_by_channel() -> None:
    app = see(open_page("Look_inside"), "kernels")
    checked(app.segmented_control("inside.kernel_layer").set_value("conv_2").run())
    assert "for input channel 1 of 16" in texts(app)
    first = pictures(app, "inside.kernels")["values"]
    checked(app.slider("inside.kernel_channel").set_value(16).run())
    assert "for input channel 16 of 16" in texts(app)
    assert pictures(app, "inside.kernels")["values"] != first


def test_empty_canvas_asks_for_a_drawing_instead_of_predicting() -> None:
    app = open_page("Draw_a_digit")
    assert "Draw a digit on the black square" in texts(app)
    assert "It reads" not in texts(app)


def test_drawing_is_looked_at_on_the_other_page_too() -> None:
    app = open_page("Look_inside")
    checked(app.selectbox("inside.source").set_value("drawing").run())
    assert "There is no drawing yet" in texts(app)
    test = load_dataset("digits").test
    app.session_state["state.drawn_image"] = test.images[0]
    checked(app.run())
    assert "your drawing" in texts(app)
    assert f"“{test.labels[0]}”" in texts(app)


def test_every_convolution_of_blocks_and_separable_layers_is_shown() -> None:
    layers = (ResidualBlock(filters=2, stride=4), SeparableConv2D(filters=3), GlobalPooling2D(), Dense(units=10))
    settings = TrainingSettings(epochs=1, train_count=100)
    run = runs.start_run(NetworkSpec((28, 28, 1), layers), settings, "blocks")
    assert run.join(60)
    app = open_page("Look_inside")
    checked(app.selectbox("inside.network_choice").set_value(run.id).run())
    see(app, "maps")
    expected = {
        "residual_1_conv_a": "2 filters of 3×3×1. Weights",
        "residual_1_conv_b": "2 filters of 3×3×2, for input channel 1 of 2. Weights",
        "residual_1_skip": "2 filters of 1×1×1. Weights",
        "separable_1_depthwise": "2 kernels of 3×3, one for each input channel. Weights",
        "separable_1_pointwise": "3 filters of 1×1×2, for input channel 1 of 2. Weights",
    }
    rows = pictures(app, "inside.maps.layers")["rows"]
    assert [row["words"][:2] for row in rows][:3] == [
        ["residual_1", "7×7×2"],
        ["separable_1", "5×5×3"],
        ["global_pool_1", "3"],
    ]
    see(app, "kernels")
    for name, words in expected.items():
        checked(app.segmented_control("inside.kernel_layer").set_value(name).run())
        assert words in texts(app)
        assert pictures(app, "inside.kernels")["values"]
