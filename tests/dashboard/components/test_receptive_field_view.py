"""What the browser gets to draw receptive fields from; the browser's half is in `tests/browser`."""

from __future__ import annotations

import base64
import io
import json

import numpy as np
import pytest
from PIL import Image
from streamlit.testing.v1 import AppTest

from cnn_core.architecture.layers import Conv2D, Dense, Flatten
from cnn_core.architecture.receptive_field import Reach, network_reach
from cnn_core.architecture.spec import NetworkSpec
from dashboard.components.receptive_field_view import view_data
from dashboard.palette import DARK, LIGHT

SPEC = NetworkSpec((7, 9, 1), (Conv2D(dilation_rate=2), Flatten(), Dense(units=3)))


def image(height: int, width: int, channels: int) -> np.ndarray:
    return np.random.default_rng(0).integers(0, 256, (height, width, channels)).astype(np.uint8)


def test_every_row_and_column_comes_with_what_it_sees() -> None:
    conv, flatten, dense = network_reach(SPEC)
    data = view_data(conv, "conv_1", image(7, 9, 1), LIGHT, "A note.")
    assert (data["layer"], data["note"], data["height"], data["width"]) == ("conv_1", "A note.", 7, 9)
    assert data["rows"][0] == ((0, 0), (2, 2), (4, 4))
    assert (len(data["rows"]), len(data["columns"])) == (3, 5)
    assert view_data(flatten, "flatten_1", image(7, 9, 1), LIGHT)["rows"] == data["rows"]
    everything = view_data(dense, "dense_1", image(7, 9, 1), LIGHT)
    assert (everything["rows"], everything["columns"]) == ([((0, 6),)], [((0, 8),)])


@pytest.mark.parametrize("channels", [1, 2, 3, 4])
def test_image_arrives_pixel_by_pixel(channels: int) -> None:
    pixels = image(7, 9, channels)
    address = view_data(network_reach(SPEC)[0], "conv_1", pixels, LIGHT)["image"]
    kind, _, content = address.partition(",")
    assert kind == "data:image/png;base64"
    with Image.open(io.BytesIO(base64.b64decode(content))) as found:
        assert np.array_equal(np.asarray(found), pixels if channels == 3 else pixels[:, :, 0])


def test_colours_are_the_theme_s() -> None:
    for palette in (LIGHT, DARK):
        colours = view_data(network_reach(SPEC)[0], "conv_1", image(7, 9, 1), palette)["colours"]
        assert colours["positive"] == palette.positive
        assert colours["veil"] == palette.muted + "a6"


def test_image_of_another_size_is_refused() -> None:
    with pytest.raises(ValueError, match=r"Received: image\.shape=\(7, 8, 1\)"):
        view_data(network_reach(SPEC)[2], "dense_1", image(7, 8, 1), LIGHT)


def test_place_that_sees_only_padding_has_no_runs() -> None:
    assert view_data(Reach((0,), (1,)), "conv_1", image(1, 1, 1), LIGHT)["rows"] == [()]


def test_component_is_drawn() -> None:
    def page() -> None:
        import numpy as np

        from cnn_core.architecture.receptive_field import Reach
        from dashboard.components.receptive_field_view import receptive_field_view
        from dashboard.palette import LIGHT

        receptive_field_view(Reach((1, 2), (3,)), "conv_1", np.zeros((2, 2, 1), np.uint8), LIGHT, "test.view")

    app = AppTest.from_function(page).run()
    assert not app.exception
    (element,) = app.get("bidi_component")
    assert json.loads(element.proto.json)["columns"] == [[[0, 1]]]
