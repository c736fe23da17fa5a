"""Why this class, and the sanity check: what a person sees, with networks written by hand."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from itertools import count
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from cnn_core.architecture.layers import Conv2D, Dense, Flatten, Layer
from cnn_core.architecture.spec import NetworkSpec
from cnn_core.architecture.weight_shapes import weight_shapes
from cnn_core.inspection.attribution.methods import METHODS
from cnn_core.networks import TrainedNetwork
from dashboard import resources
from dashboard.controls import progress
from dashboard.controls.image_choice import ChosenImage
from dashboard.controls.unit_choice import ChosenUnit
from dashboard.glossary import term
from dashboard.palette import LIGHT
from dashboard.panels.inside import why_sanity as why_sanity_panel
from dashboard.panels.inside.scene import Scene
from tests.cnn_core.inspection.attribution.fakes import CROSS, SIDE, Linear
from tests.oracles import random_weights
from tests.pages.helpers import checked, texts

NUMBERS = count()
DENSE = (Flatten(), Dense(units=3, activation="softmax"))
WITH_CONVOLUTIONS = (Conv2D(filters=2, padding="same"), Conv2D(filters=2), *DENSE)
TITLES = [method.title for method in METHODS.values()]


class Answering(Linear):
    """Three classes. The last two arrays of weights say the logits, as those of the last dense layer would."""

    def __init__(self, weights: Any) -> None:
        super().__init__(np.resize(weights[-2].T, (3, SIDE, SIDE, 1)), weights[-1])
        self.asked = 0

    def logits(self, images: Any) -> Any:
        self.asked += 1
        return super().logits(images)

    def probabilities(self, images: Any) -> Any:
        powers = np.exp(self.logits(images))
        return powers / powers.sum(axis=1, keepdims=True)

    def layer_gradients(self, images: Any, layer: str, class_index: int) -> tuple[Any, Any]:
        maps, gradients = super().layer_gradients(images, layer, class_index)
        return (maps, np.abs(gradients)) if layer == "conv_2" else (maps[:, ::2, ::2], np.abs(gradients[:, ::2, ::2]))


@pytest.fixture
def show(monkeypatch: pytest.MonkeyPatch) -> Callable[..., tuple[AppTest, Answering]]:
    """Show a panel of a network; of "b" it says 1.0, of "c" 0.5, of "a" -1."""

    def shown(panel: str, layers: tuple[Layer, ...] = WITH_CONVOLUTIONS, *, bias: Any = (-1.0, 1.0, 0.5)) -> Any:
        spec = NetworkSpec((SIDE, SIDE, 1), layers)
        rng = np.random.default_rng(5)
        weights = [rng.normal(0, 0.01, shape).astype(np.float32) for shape in weight_shapes(spec)]
        weights[-1] = np.array(bias, np.float32)
        # Networks differ in their ids, so that no test sees what another one's has answered.
        trained = TrainedNetwork(f"fake {next(NUMBERS)}", 0, "", spec, tuple(weights), ("a", "b", "c"), "digits")
        network = Answering(weights)
        monkeypatch.setattr(resources, "gradients", lambda _: network)
        monkeypatch.setattr(why_sanity_panel, "open_network", lambda _, shuffled: Answering(shuffled))
        probe: Any = SimpleNamespace(probabilities=network.probabilities)
        image = ChosenImage(np.uint8(255 * CROSS), "b", "a cross")
        scene = Scene(trained, probe, image, ChosenUnit("conv_1"), LIGHT)
        app = AppTest.from_function(script, args=(panel, scene), default_timeout=20)
        return checked(app.run()), network

    return shown


def script(panel: str, scene: object) -> None:
    from dashboard.panels.inside.why import why_panel
    from dashboard.panels.inside.why_sanity import sanity_panel

    {"why": why_panel, "sanity": sanity_panel}[panel](scene)  # type: ignore[arg-type]


def pictures(app: AppTest) -> dict[str, dict[str, Any]]:
    """What the pixel views were given, by what their pictures are."""
    views = [json.loads(element.proto.json) for element in app.get("bidi_component")]
    return {view["what"].removesuffix(" map"): view for view in views if "what" in view}


def values(app: AppTest, title: str) -> np.ndarray:
    view = pictures(app)[title]
    numbers = np.frombuffer(base64.b64decode(view["values"]), "<f4")
    return numbers.reshape(view["count"], view["height"], view["width"])


def test_every_method_shows_one_map_over_the_image_for_the_verdict(show: Any) -> None:
    app, _ = show("why")
    shown = pictures(app)
    assert list(shown) == TITLES
    for method in METHODS.values():
        view = shown[method.title]
        assert view["names"] == ["“b”"]
        assert (view["height"], view["width"]) == (SIDE, SIDE)
        assert view["scale"] == ("diverging" if method.meaning == "signed" else "amount")
        assert view["under"][:2] == [SIDE, SIDE]
        assert view["file"] == f"why-{method.slug}"
        assert method.sentence in texts(app)
        (low, high) = view["limits"][0]
        assert low == (-high if method.meaning == "signed" else 0)
        assert high == pytest.approx(np.abs(values(app, method.title)).max())


def test_each_method_is_explained_a_hover_away(show: Any) -> None:
    for panel in ("why", "sanity"):
        app, _ = show(panel)
        helps = {element.value: element.help for element in app.markdown if element.help}
        for method in METHODS.values():
            assert helps[f"**{method.title}**"] == f"{term(method.term).text}\n\n{method.reference}."


def test_sum_of_integrated_gradients_is_checked_in_words(show: Any) -> None:
    app, network = show("why")
    logit = network.logits(CROSS[np.newaxis])[0, 1]
    total = values(app, "Integrated gradients").sum()
    said = f"All pixels together add {total:.2f}. The logit goes from 1.00 for black to {logit:.2f}"
    assert said.replace("-", "−") in texts(app)


def test_class_is_chosen_by_its_rank_or_its_name(show: Any) -> None:
    app, network = show("why")
    (choice,) = [box for box in app.selectbox if box.key == "inside.why.class"]
    assert [option.split(",")[0] for option in choice.options] == [
        "The verdict: “b”",
        "The runner-up: “c”",
        "Both",
        "“a”",
        "“b”",
        "“c”",
    ]
    for option, names, indices in (
        ("runner-up", ["“c”"], [2]),
        ("class 0", ["“a”"], [0]),
        ("both", ["“b”", "“c”"], [1, 2]),
    ):
        checked(app.selectbox("inside.why.class").set_value(option).run())
        assert all(view["names"] == names for view in pictures(app).values())
        np.testing.assert_allclose(values(app, "Saliency"), np.abs(network.weights[indices, :, :, 0]), rtol=1e-5)
    assert pictures(app)["Saliency"]["limits"] == [[0.0, pytest.approx(np.abs(network.weights[[1, 2]]).max())]]


def test_patch_and_stride_are_chosen_and_a_smaller_patch_limits_the_stride(show: Any) -> None:
    app, _ = show("why")
    assert "Covered at 25 places" in texts(app)  # one pixel at a time, in so small an image
    assert not [slider for slider in app.slider if slider.key == "inside.why.stride"]
    checked(app.slider("inside.why.patch").set_value(3).run())
    assert "Covered at 9 places" in texts(app)
    checked(app.slider("inside.why.stride").set_value(3).run())
    assert "Covered at 4 places" in texts(app)
    checked(app.slider("inside.why.patch").set_value(2).run())
    assert app.slider("inside.why.stride").value == 2
    assert "Covered at 9 places" in texts(app)


def test_layer_of_grad_cam_is_the_last_one_until_another_is_chosen(show: Any) -> None:
    app, _ = show("why")
    assert "at 5×5 places of conv_2" in texts(app)
    before = values(app, "Grad-CAM")
    checked(app.selectbox("inside.why.layer").set_value("conv_1").run())
    assert "at 3×3 places of conv_1" in texts(app)
    assert not np.allclose(values(app, "Grad-CAM"), before)


def test_more_settings_change_their_method(show: Any) -> None:
    app, network = show("why")
    checked(app.select_slider("inside.why.noise").set_value(0.3).run())
    assert "25 copies with 30.0\N{NO-BREAK SPACE}% noise" in texts(app)
    before = values(app, "Occlusion")
    checked(app.selectbox("inside.why.fill").set_value("black").run())
    assert not np.allclose(values(app, "Occlusion"), before)
    network.batches.clear()
    checked(app.select_slider("inside.why.steps").set_value(200).run())
    assert sum(network.batches) >= 200


def test_image_can_be_taken_away_from_under_the_maps(show: Any) -> None:
    app, _ = show("why")
    checked(app.toggle("inside.why.under").set_value(False).run())
    assert all(view["under"] is None for view in pictures(app).values())


def test_maps_are_found_once(show: Any) -> None:
    app, network = show("why")
    network.batches.clear()
    before = values(app, "SmoothGrad")
    checked(app.run())
    assert max(network.batches) == 1  # only the logits of the image itself
    np.testing.assert_array_equal(values(app, "SmoothGrad"), before)


def test_network_without_convolutions_has_all_but_grad_cam(show: Any) -> None:
    app, _ = show("why", DENSE)
    assert list(pictures(app)) == TITLES[1:]
    (said,) = app.info
    assert "no convolution whose maps have more than one place. The other methods work without" in said.value


@pytest.mark.parametrize("panel", ["why", "sanity"])
def test_diverged_network_gets_one_sentence_and_no_map(show: Any, panel: str) -> None:
    app, _ = show(panel, bias=(np.nan, 0.0, 0.0))
    assert pictures(app) == {}
    (said,) = app.warning
    assert "training has diverged" in said.value
    assert "Look at an earlier moment" in said.value


def test_map_without_anything_is_said_to_be_empty(show: Any) -> None:
    app, network = show("why")
    network.layer_gradients = lambda images, layer, index: (np.ones((1, 2, 2, 1)), -np.ones((1, 2, 2, 1)))
    checked(app.selectbox("inside.why.layer").set_value("conv_1").run())
    assert "Nothing here speaks for the class: the map is 0 everywhere." in texts(app)


def test_sanity_check_shows_each_method_before_and_after(show: Any) -> None:
    app, network = show("sanity")
    shown = pictures(app)
    assert list(shown) == TITLES
    for title in TITLES:
        assert shown[title]["names"] == ["trained", "shuffled"]
        assert shown[title]["notes"][0] == ""
        assert f"Similarity {shown[title]['notes'][1]}" in texts(app)
    np.testing.assert_allclose(values(app, "Saliency")[0], np.abs(network.weights[1, :, :, 0]), rtol=1e-5)
    assert not np.allclose(*values(app, "Saliency"))
    assert "mean of 5 shuffles" in texts(app)
    assert "without the signs" in texts(app)
    assert " react" in texts(app)


def test_shuffling_again_gives_another_map_after_and_the_same_before(show: Any) -> None:
    app, _ = show("sanity")
    before, after = values(app, "Saliency")
    checked(app.button("inside.sanity.again").click().run())
    again = values(app, "Saliency")
    np.testing.assert_array_equal(again[0], before)
    assert not np.array_equal(again[1], after)


def test_cascade_goes_from_the_last_layer_to_all(show: Any) -> None:
    app, _ = show("sanity")
    checked(app.segmented_control("inside.sanity.depth").set_value("cascade").run())
    view = pictures(app)["Occlusion"]
    assert view["names"] == ["trained", "dense_1", "from conv_2", "all"]
    assert len(view["notes"]) == 4
    assert len(view["limits"]) == 4
    # This network answers with its last layer alone: what is shuffled below it changes nothing more.
    np.testing.assert_array_equal(values(app, "Saliency")[1], values(app, "Saliency")[3])


def test_sanity_check_leaves_grad_cam_out_where_there_is_no_convolution(show: Any) -> None:
    assert list(pictures(show("sanity", DENSE)[0])) == TITLES[1:]


class Slot:
    """Stands for an empty place of the page."""

    def __init__(self) -> None:
        self.shown: list[tuple[float, str]] = []

    def progress(self, share: float, text: str) -> None:
        self.shown.append((share, text))

    def empty(self) -> None:
        self.shown.append((1.0, "gone"))


def test_progress_is_shown_when_it_takes_a_while_and_the_time_left_when_it_takes_long(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    slot, clock = Slot(), SimpleNamespace(now_s=10.0)
    monkeypatch.setattr(progress, "monotonic", lambda: clock.now_s)
    tell = progress.progress_teller(slot, "Occlusion: looking")  # type: ignore[arg-type]
    for now_s, share in ((10.1, 0.01), (11.0, 0.5), (12.0, 0.1), (13.0, 1.0)):
        clock.now_s = now_s
        tell(share)
    assert slot.shown == [(0.5, "Occlusion: looking"), (0.1, "Occlusion: looking · about 18 s left"), (1.0, "gone")]


@pytest.mark.slow
def test_real_network_with_one_output_and_colours_shows_both_classes_as_opposites() -> None:
    from cnn_core.inspection.probe import NetworkProbe

    spec = NetworkSpec((12, 10, 3), (Conv2D(filters=4), Flatten(), Dense(units=1, activation="sigmoid")))
    weights = tuple(random_weights([np.zeros(shape, np.float32) for shape in weight_shapes(spec)], seed=3))
    trained = TrainedNetwork(f"real {next(NUMBERS)}", 0, "", spec, weights, ("ill", "healthy"), "cells")
    pixels = np.random.default_rng(1).integers(0, 256, (12, 10, 3), np.uint8)
    scene = Scene(trained, NetworkProbe(spec, weights), ChosenImage(pixels, None, "noise"), ChosenUnit("conv_1"), LIGHT)
    app = checked(AppTest.from_function(script, args=("why", scene), default_timeout=60).run())
    checked(app.selectbox("inside.why.class").set_value("both").run())
    assert set(pictures(app)["Grad-CAM"]["names"]) == {"“ill”", "“healthy”"}
    for title in ("Integrated gradients", "Occlusion"):
        verdict, runner_up = values(app, title)
        assert verdict.any()
        np.testing.assert_allclose(verdict, -runner_up, atol=1e-4)
    app = checked(AppTest.from_function(script, args=("sanity", scene), default_timeout=60).run())
    assert list(pictures(app)) == TITLES
