"""The image changed by hand and by sweeps, on a page of its own; with a network that can be checked in the head."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from cnn_core.architecture.layers import Conv2D, Dense, Flatten
from cnn_core.architecture.spec import NetworkSpec
from cnn_core.architecture.weight_shapes import weight_shapes
from cnn_core.networks import TrainedNetwork
from dashboard import resources
from dashboard.components.pixel_view import Cell, Frame, Pictures
from dashboard.panels.inside import mind as mind_panel
from tests.pages.helpers import checked

pytestmark = pytest.mark.slow  # what moves images is TensorFlow's

NAMES = ("left", "right")
BAR = np.zeros((8, 8, 1), np.uint8)
BAR[:, 2] = 255
"""A bar in the third of eight columns: from a shift of 2 pixels on it is in the right half."""


class Scales:
    """Says on which side there is more light; without any light, “left”."""

    def __init__(self) -> None:
        self.asked = 0

    def probabilities(self, images: np.ndarray) -> np.ndarray:
        self.asked += len(images)
        light = images.astype(np.float64).sum(axis=(1, 3))
        left, right = light[:, :4].sum(axis=1) + 1e-6, light[:, 4:].sum(axis=1)
        share = right / (left + right)
        return np.stack([1 - share, share], axis=1).astype(np.float32)


class Lost(Scales):
    """Gives no numbers for images with light on the right."""

    def probabilities(self, images: np.ndarray) -> np.ndarray:
        found = super().probabilities(images)
        return np.where(found[:, 1:] > 0.5, np.nan, found)


@pytest.fixture
def shown(monkeypatch: pytest.MonkeyPatch) -> dict[str, tuple[Pictures, dict[str, Any]]]:
    """What is given to the browser, by key."""
    given: dict[str, tuple[Pictures, dict[str, Any]]] = {}
    monkeypatch.setattr(
        mind_panel, "pixel_view", lambda pictures, key, _palette, **more: _note(given, pictures, key, more)
    )
    monkeypatch.setattr(resources, "_answers", type(resources._answers)())
    return given


def _note(given: dict[str, Any], pictures: Pictures, key: str, more: dict[str, Any]) -> None:
    given[key] = (pictures, more)


def network(spec: NetworkSpec | None = None) -> TrainedNetwork:
    spec = spec or NetworkSpec((8, 8, 1), (Flatten(), Dense(units=2, activation="softmax")))
    weights = tuple(np.random.default_rng(1).normal(0, 0.3, shape).astype(np.float32) for shape in weight_shapes(spec))
    return TrainedNetwork("bars", 0, "Bars", spec, weights, NAMES, "none")


def page(probe: Any, pixels: np.ndarray = BAR, of: TrainedNetwork | None = None) -> AppTest:
    """The panel alone; `calls` are run before it is drawn, as a widget's callback would be."""

    def script(network, probe, pixels, calls):  # type: ignore[no-untyped-def]  # run elsewhere, without these names
        from dashboard.controls.image_choice import ChosenImage
        from dashboard.controls.unit_choice import ChosenUnit
        from dashboard.palette import LIGHT
        from dashboard.panels.inside.mind import mind_panel
        from dashboard.panels.inside.scene import Scene

        while calls.waiting:
            calls.waiting.pop()()
        mind_panel(Scene(network, probe, ChosenImage(pixels, "left", "test"), ChosenUnit("dense_1"), LIGHT))

    calls = SimpleNamespace(waiting=[])
    arguments = {"network": of or network(), "probe": probe, "pixels": pixels, "calls": calls}
    app = AppTest.from_function(script, kwargs=arguments, default_timeout=60)
    app.calls = calls  # type: ignore[attr-defined]
    return checked(app.run())


def said(app: AppTest) -> str:
    kinds = (app.markdown, app.caption, app.info, app.warning)
    return "\n".join(str(element.value) for kind in kinds for element in kind).replace("\N{NO-BREAK SPACE}", " ")


def moved(app: AppTest, slug: str, value: int) -> AppTest:
    return checked(app.slider(f"inside.mind.{slug}").set_value(value).run())


def choose(app: AppTest, shown: dict[str, Any], key: str, cell: Cell) -> AppTest:
    """Choose a cell of a picture, as the component's callback does."""
    app.calls.waiting.append(lambda: shown[key][1]["on_choose"](cell))  # type: ignore[attr-defined]
    return checked(app.run())


def test_the_verdict_follows_the_sliders(shown: dict[str, Any]) -> None:
    app = page(Scales())
    assert "**“left”** with 100.0 %. Nothing is changed yet" in said(app)
    np.testing.assert_array_equal(shown["inside.mind.picture"][0].values[0], BAR[..., 0])
    moved(app, "right", 1)
    assert "Still **“left”**, with 100.0 %" in said(app)
    moved(app, "right", 3)
    assert "Now **“right”**, with 100.0 %. “left” is down from 100.0 % to 0.0 %." in said(app)
    picture = shown["inside.mind.picture"][0].values[0]
    np.testing.assert_array_equal(picture, np.roll(BAR[..., 0], 3, axis=1))
    checked(app.button("inside.mind.reset").click().run())
    assert app.slider("inside.mind.right").value == 0
    assert "Nothing is changed yet" in said(app)
    assert app.button("inside.mind.reset").disabled


def test_sweeps_say_where_it_fails_and_the_smallest_change_can_be_shown(shown: dict[str, Any]) -> None:
    app = page(Scales())
    assert "The verdict stays “left” from −4 px to +1 px; at +2 px it becomes “right”." in said(app)
    assert "The smallest change that fools it: " in said(app)
    checked(app.button("inside.mind.show").click().run())
    slug = app.selectbox("inside.mind.sweep").value
    changed = {slider.key for slider in app.slider if slider.value not in (0, 100)}
    assert changed == {f"inside.mind.{slug}"}
    assert "Now **“right”**" in said(app)
    checked(app.selectbox("inside.mind.sweep").set_value("down").run())
    assert "The verdict stays “left” over the whole range, from −4 px to +4 px." in said(app)


def test_what_is_known_is_not_asked_again(shown: dict[str, Any]) -> None:
    probe = Scales()
    app = page(probe)
    first = probe.asked
    assert first > 200, "seven sweeps"
    moved(app, "contrast", 150)
    assert probe.asked <= first + 2, "the unchanged image and the changed one"


def test_the_strip_shows_both_sides_of_the_turn_and_sets_the_slider(shown: dict[str, Any]) -> None:
    app = page(Scales())
    pictures, more = shown["inside.mind.strip"]
    names = [name.replace("\N{NO-BREAK SPACE}", " ") for name in pictures.names]
    assert names == ["−4 px", "−2 px", "0 px", "+1 px", "+2 px", "+4 px"]
    assert list(pictures.notes) == ["“left”"] * 4 + ["“right”"] * 2
    assert more["frames"] == [Frame(2, 0, 0, 8, 8)], "what is at hand is framed"
    choose(app, shown, "inside.mind.strip", Cell(4, 0, 0))
    assert app.slider("inside.mind.right").value == 2
    assert "Now **“right”**" in said(app)


def test_the_erased_square_lies_where_it_is_chosen(shown: dict[str, Any]) -> None:
    app = page(Scales())
    assert shown["inside.mind.picture"][1]["on_choose"] is None
    moved(app, "erase", 3)
    pictures, more = shown["inside.mind.picture"]
    assert more["frames"] == [Frame(0, 3, 3, 6, 6)]
    assert pictures.values[0, 4, 2] == 255
    choose(app, shown, "inside.mind.picture", Cell(0, 0, 2))
    pictures, more = shown["inside.mind.picture"]
    assert more["frames"] == [Frame(0, 0, 1, 2, 4)]
    assert pictures.values[0, :, 2].tolist() == [0, 0, *[255] * 6]


def test_other_noise_is_drawn_on_demand(shown: dict[str, Any]) -> None:
    app = page(Scales())
    assert app.button("inside.mind.again").disabled
    moved(app, "noise", 20)
    before = shown["inside.mind.picture"][0].values
    checked(app.button("inside.mind.again").click().run())
    assert (shown["inside.mind.picture"][0].values != before).any()


def test_everything_can_be_saved(shown: dict[str, Any]) -> None:
    app = page(Scales())
    assert shown["inside.mind.picture"][1]["file_name"] == "changed-image"
    assert shown["inside.mind.strip"][1]["file_name"] == "sweep-right"
    assert [button.proto.label for button in app.get("download_button")] == ["Save the numbers (CSV)"]


def test_networks_that_give_no_numbers_say_so(shown: dict[str, Any]) -> None:
    app = page(Lost(), BAR[:, ::-1])
    assert "no mind to change" in said(app)
    assert not app.slider
    app = page(Lost())
    assert "at +2 px there are no numbers any more" in said(app)
    moved(app, "right", 3)
    assert "Of this image the network gives no numbers" in said(app)


def test_a_kept_change_is_brought_into_a_smaller_images_range(shown: dict[str, Any]) -> None:
    app = moved(page(Scales()), "right", 4)
    app.session_state["state.choices"] |= {"inside.mind.right": 14, "inside.mind.place": (20, 27)}
    checked(app.run())
    assert app.slider("inside.mind.right").value == 4
    moved(app, "erase", 2)
    assert shown["inside.mind.picture"][1]["frames"] == [Frame(0, 6, 6, 8, 8)]


def test_a_real_network_with_one_output_and_colours(shown: dict[str, Any]) -> None:
    spec = NetworkSpec((9, 7, 3), (Conv2D(filters=2), Flatten(), Dense(units=1, activation="sigmoid")))
    coloured = network(spec)
    pixels = np.random.default_rng(0).integers(0, 256, (9, 7, 3), np.uint8)
    app = page(resources.probe(coloured), pixels, coloured)
    moved(app, "rotation", 90)
    probabilities = resources.probe(coloured).probabilities(shown["inside.mind.picture"][0].values)[0]
    assert f"{100 * probabilities.max():.1f} %" in said(app).split("\n")[0]
    assert shown["inside.mind.picture"][0].values.shape == (1, 9, 7, 3)
