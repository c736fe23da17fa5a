"""The pages that look at a network, with the real starter network."""

from __future__ import annotations

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from cnn_core import warm_up
from cnn_core.data.registry import load_dataset
from tests.pages.helpers import checked, open_page, texts

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module", autouse=True)
def warm() -> None:
    warm_up.start()
    assert warm_up.wait(120)


def kernel_chart(app: AppTest) -> str:
    """The specification of the figure that shows the kernels."""
    (chart,) = [chart for chart in app.get("plotly_chart") if "inside.kernels" in chart.proto.id]
    return str(chart.proto.spec)


def test_starter_network_is_shown_with_kernels_and_every_layer() -> None:
    app = open_page("Look_inside")
    words = texts(app)
    assert "filters of 5×5×1" in words
    for layer in ("conv_1", "pool_1", "flatten_1", "dense_1"):
        assert f"**{layer}**" in words
    assert "through zero to" in words


def test_image_is_chosen_by_class_and_number() -> None:
    app = open_page("Look_inside")
    checked(app.selectbox("inside.class").set_value("7").run())
    checked(app.slider("inside.number").set_value(3).run())
    test = load_dataset("digits").test
    index = int(np.flatnonzero(test.labels == 7)[2])
    assert f"test image {index + 1:,} of Digits: “7”" in texts(app)


def test_deeper_kernels_are_shown_channel_by_channel() -> None:
    app = open_page("Look_inside")
    app.session_state["inside.kernel_layer"] = "conv_2"
    checked(app.run())
    assert "for input channel 1 of 16" in texts(app)
    first = kernel_chart(app)
    checked(app.slider("inside.kernel_channel").set_value(16).run())
    assert "for input channel 16 of 16" in texts(app)
    assert kernel_chart(app) != first


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
