"""One filter's card as a page shows it: on a network of twelve numbers' width, and on real ones."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from functools import partial
from itertools import count
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from cnn_core.architecture.layers import (
    Conv2D,
    Dense,
    Flatten,
    GlobalPooling2D,
    Layer,
    Pooling2D,
    ResidualBlock,
    SeparableConv2D,
)
from cnn_core.architecture.spec import NetworkSpec
from cnn_core.inspection.maximisation import MaximisationSettings
from cnn_core.networks import TrainedNetwork
from dashboard import resources
from dashboard.components.pixel_view import Cell
from dashboard.controls.image_choice import ChosenImage
from dashboard.panels.inside import filter_ablation, filter_best_image, filter_cards, filter_images, filter_work
from tests.dashboard.panels.inside.filter_fakes import IMAGES, LABELS, NAMES, SPEC, Part, Small, entry, weights_of
from tests.pages.helpers import checked, texts

NUMBERS = count()
NBSP = "\N{NO-BREAK SPACE}"


@pytest.fixture
def datasets(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """The data sets of this machine: one, with the network's classes."""
    known = {"letters": entry("letters")}
    monkeypatch.setattr(filter_work, "DATASETS", known)
    monkeypatch.setattr(filter_work, "load_dataset", lambda _: SimpleNamespace(test=Part(IMAGES, LABELS)))
    for card in (filter_ablation, filter_best_image):
        monkeypatch.setattr(card, "term_link", lambda _: None)
    return known


@pytest.fixture
def show(monkeypatch: pytest.MonkeyPatch, datasets: dict[str, Any]) -> Callable[..., tuple[AppTest, Small]]:
    def shown(layer: str = "conv_1", channel: int = 0, weights: Any = None, dataset: str = "letters") -> Any:
        weights = weights_of() if weights is None else weights
        network = Small(weights)
        monkeypatch.setattr(resources, "gradients", lambda _: network)
        monkeypatch.setattr(filter_best_image, "MaximisationSettings", partial(MaximisationSettings, steps=12))
        # Networks differ in their ids, so that no test sees what another one's has answered.
        trained = TrainedNetwork(f"filter {next(NUMBERS)}", 0, "", SPEC, tuple(weights), NAMES, dataset)
        image = ChosenImage(IMAGES[5], "b", "an image")
        app = AppTest.from_function(script, args=(trained, network, image, layer, channel), default_timeout=20)
        return checked(app.run()), network

    return shown


def script(network, probe, image, layer, channel):  # type: ignore[no-untyped-def]  # run elsewhere, without these names
    import streamlit as st

    from dashboard.controls.unit_choice import ChosenUnit, choose_unit, chosen_unit
    from dashboard.palette import LIGHT
    from dashboard.panels.inside.one_filter import filter_panel
    from dashboard.panels.inside.scene import Scene

    if "begun" not in st.session_state:
        st.session_state["begun"] = True
        choose_unit(ChosenUnit(layer, channel))
    filter_panel(Scene(network, probe, image, chosen_unit(network.spec), LIGHT))


def views(app: AppTest) -> dict[str, dict[str, Any]]:
    """What the pixel views were given, by the name of the file in which they can be saved."""
    found = [json.loads(element.proto.json) for element in app.get("bidi_component")]
    return {view["file"]: view for view in found if "what" in view}


def values(view: dict[str, Any]) -> np.ndarray:
    numbers = np.frombuffer(base64.b64decode(view["values"]), "<f4" if view["kind"] == "float32" else np.uint8)
    return numbers.reshape(view["count"], view["height"], view["width"])


def test_kernel_and_map_of_the_chosen_filter_are_shown_with_the_maximum_framed(show: Any) -> None:
    app, network = show()
    kernel, one = views(app)["conv_1-1-weights"], views(app)["conv_1-map-1"]
    np.testing.assert_allclose(values(kernel)[0], network.weights[0][:, :, 0, 0], rtol=1e-6)
    assert kernel["scale"] == "diverging"
    assert kernel["limits"] == [pytest.approx([-np.abs(values(kernel)).max(), np.abs(values(kernel)).max()])]
    expected = network.layer_outputs(IMAGES[5:6], "conv_1")[0, :, :, 0]
    np.testing.assert_allclose(values(one)[0], expected, rtol=1e-6)
    row, column = np.argwhere(expected == expected.max())[0].tolist()
    assert one["frames"] == [[0, row, column, row + 1, column + 1]]
    assert views(app)[""]["frames"] == [[0, row, column, row + 3, column + 3]]  # where it comes from on the image
    assert f"in row {row + 1}, column {column + 1}" in texts(app)


HALVES = "the product of the separable convolution's two halves"
SECOND = "of the block's second convolution; what comes into the block is added to what"


@pytest.mark.parametrize(
    ("channels", "layer", "words"),
    [
        (1, Conv2D(filters=2, kernel_width=5), "1 kernel of 3×5. Orange"),
        (3, Conv2D(filters=2, kernel_width=5), "3 kernels of 3×5, one for each input channel. Orange"),
        (1, SeparableConv2D(filters=2), f"1 kernel of 3×3, {HALVES}. Orange"),
        (3, SeparableConv2D(filters=2), f"3 kernels of 3×3, one for each input channel, each {HALVES}. Orange"),
        (3, ResidualBlock(filters=1), f"1 kernel of 3×3, {SECOND} it gives. Orange"),
        (1, ResidualBlock(filters=2), f"2 kernels of 3×3, one for each input channel, {SECOND} they give. Orange"),
    ],
)
def test_kernels_are_said_to_be_one_for_each_channel_where_there_are_several(
    channels: int, layer: Layer, words: str
) -> None:
    def card(network):  # type: ignore[no-untyped-def]  # run elsewhere, without these names
        from dashboard.controls.unit_choice import ChosenUnit
        from dashboard.palette import LIGHT
        from dashboard.panels.inside.filter_cards import weights_card
        from dashboard.panels.inside.scene import Scene

        weights_card(Scene(network, None, None, ChosenUnit(network.spec.layer_names[0]), LIGHT))

    spec = NetworkSpec((7, 7, channels), (layer, Flatten(), Dense(units=3, activation="softmax")))
    network = TrainedNetwork("nobody", 0, "", spec, tuple(weights_of(spec)), NAMES, "letters")
    (said,) = checked(AppTest.from_function(card, args=(network,)).run()).caption
    assert said.value.startswith(words)


def test_test_images_stand_by_their_maximum_with_class_verdict_and_place(show: Any) -> None:
    app, network = show()
    view = views(app)["conv_1-1-test-images"]
    maps = network.layer_outputs(IMAGES, "conv_1")[..., 0]
    order = sorted(range(40), key=lambda image: (-maps[image].max(), image))[:12]
    np.testing.assert_array_equal(values(view), IMAGES[order, :, :, 0])
    verdicts = network.probabilities(IMAGES[order]).argmax(axis=1)
    for place, image in enumerate(order):
        row, column = np.argwhere(maps[image] == maps[image].max())[0].tolist()
        assert view["frames"][place] == [place, row, column, row + 3, column + 3]
        assert view["names"][place] == f"“{NAMES[LABELS[image]]}” · {maps[image].max():.3g}"
        is_right = verdicts[place] == LABELS[image]
        assert view["notes"][place] == ("rightly read" if is_right else f"read as “{NAMES[verdicts[place]]}”")
    classes = [int((LABELS[order] == index).sum()) for index in range(3)]
    assert f"By class: {max(classes)} × “{NAMES[int(np.argmax(classes))]}”" in texts(app)
    assert "Of 40 test images of Letters; the number is the map's maximum. It sees 3×3 pixels" in texts(app)


def test_click_on_a_test_image_leads_to_it(show: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    chosen: list[tuple[str, int]] = []
    monkeypatch.setattr(filter_images, "look_at", lambda slug, index: chosen.append((slug, index)))
    monkeypatch.setattr(filter_images, "pixel_view", lambda *_, on_choose, **__: on_choose(Cell(3, 0, 0)))
    _, network = show()
    order = np.argsort(-network.layer_outputs(IMAGES, "conv_1")[..., 0].max(axis=(1, 2)), kind="stable")
    assert chosen == [("letters", order[3])]


def test_best_image_is_compared_with_noise_and_with_the_best_test_image(show: Any) -> None:
    app, network = show()
    image = values(views(app)["conv_1-1-best-image"])[..., np.newaxis]
    reached = network.layer_outputs(image, "conv_1")[0, :, :, 0].mean()
    top = network.layer_outputs(values(views(app)["conv_1-1-test-images"])[:1, ..., np.newaxis], "conv_1")[0, :, :, 0]
    assert reached > top.mean()
    assert f"for the most exciting test image it is {top.mean():.3g}." in texts(app)
    (said,) = [line for line in texts(app).splitlines() if line.startswith("The mean of its map is")]
    assert float(said.split()[6]) == pytest.approx(reached, rel=0.03)
    before = image.copy()
    checked(app.button("inside.filter.best.again").click().run())
    assert not np.array_equal(values(views(app)["conv_1-1-best-image"])[..., np.newaxis], before)


def test_switching_off_is_told_in_numbers(show: Any) -> None:
    app, network = show()
    maps = network.layer_outputs(IMAGES, "conv_1")
    before = network.probabilities_after("conv_1", maps).argmax(axis=1)
    maps[..., 0] = 0
    after = network.probabilities_after("conv_1", maps).argmax(axis=1)
    share = [f"{100 * np.mean(answers == LABELS):.1f}{NBSP}%" for answers in (before, after)]
    assert share[0] != share[1]
    assert f"Accuracy **{share[0]} → {share[1]}** on 40 test images of Letters" in texts(app)
    classes = [index == LABELS for index in range(3)]
    changes = [np.mean(after[one] == LABELS[one]) - np.mean(before[one] == LABELS[one]) for one in classes]
    assert f"most lost: class “{NAMES[int(np.argmin(changes))]}”" in texts(app)
    lost, gained = (
        int(np.sum((one == LABELS) & (other != LABELS))) for one, other in ((before, after), (after, before))
    )
    assert f"{lost} right answer{'' if lost == 1 else 's'} became wrong, {gained} wrong one" in texts(app)
    assert "may be chance" in texts(app) or "more than chance" in texts(app)
    (chart,) = app.get("plotly_chart")
    rings, dots = json.loads(chart.proto.spec)["data"][-2:]
    for trace, answers in ((rings, before), (dots, after)):
        assert trace["y"] == list(NAMES)
        shares = [np.mean(answers[index == LABELS] == index) for index in range(3)]
        np.testing.assert_allclose(numbers_of(trace["x"]), shares)


def numbers_of(written: Any) -> Any:
    """Plotly writes arrays as they are, or packed."""
    if isinstance(written, dict):
        return np.frombuffer(base64.b64decode(written["bdata"]), written["dtype"])
    return written


def test_filters_are_leafed_through_and_the_layers_others_are_known_already(show: Any) -> None:
    app, network = show()
    network.asked = 0
    checked(app.number_input("inside.filter.number.conv_1").set_value(2).run())
    assert "conv_1-2-test-images" in views(app)
    assert "conv_1-map-2" in views(app)
    checked(app.selectbox("inside.filter.layer").set_value("dense_1").run())
    assert "dense_1-1-weights" in views(app)
    network.asked = 0
    checked(app.run())
    assert network.asked < 8  # the image's maps, verdicts and the comparison; nothing is found out again


def test_unit_of_the_last_layer_is_a_class_and_cannot_be_switched_off(show: Any) -> None:
    app, network = show("dense_1", 2)
    words = texts(app)
    assert "This unit stands for the class “c”." in words
    assert "What dense_1 gives out is the network's answer itself" in words
    assert "the number is its logit. It sees the whole image" in words
    assert "Its logit is" in words
    assert views(app)["dense_1-3-test-images"]["frames"] == []
    weights = values(views(app)["dense_1-3-weights"])
    np.testing.assert_allclose(weights, network.weights[2][:, 2].reshape(2, 2, 2).transpose(2, 0, 1), rtol=1e-6)
    assert "One weight for every place of 2 feature maps of 2×2" in words


def test_what_cannot_be_switched_off_has_no_button_for_it(show: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(filter_work, "AUTOMATIC_S", -1.0)
    app, _ = show("dense_1")
    assert [button.label for button in app.button] == ["Find the images", "Compute the image"]
    assert "Choose an earlier layer." in texts(app)


def test_of_very_many_weights_the_largest_are_shown(show: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(filter_cards, "MOST", 1)
    app, network = show("dense_1")
    view = views(app)["dense_1-1-weights"]
    by_map = network.weights[2][:, 0].reshape(2, 2, 2).transpose(2, 0, 1)
    largest = int(np.abs(by_map).max(axis=(1, 2)).argmax())
    np.testing.assert_allclose(values(view)[0], by_map[largest], rtol=1e-6)
    assert view["names"] == [str(largest + 1)]
    assert "the 1 feature maps with the largest weights are shown" in texts(app)


def test_image_in_the_making_is_shown_on_the_way(show: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    shown: list[np.ndarray] = []
    monkeypatch.setattr(filter_best_image, "PICTURE_EVERY_S", -1.0)
    monkeypatch.setattr(filter_best_image, "_unfinished", lambda image: f"<img>{shown.append(image)}")
    app, _ = show()
    assert len(shown) == 12
    final = values(views(app)["conv_1-1-best-image"])[0]
    np.testing.assert_array_equal(np.round(255 * shown[-1][..., 0]), final)
    assert not app.get("html")


def test_layer_without_weights_says_where_its_numbers_come_from(show: Any) -> None:
    app, _ = show("flatten_1", 5)
    assert "This number is row 2, column 1 of feature map 2 before it." in texts(app)
    assert "flatten_1-6-test-images" in views(app)


def test_missing_data_set_is_named_and_one_like_it_is_taken(show: Any) -> None:
    app, _ = show(dataset="gone")
    assert "“gone”, which this network has learned from, is not on this computer." in texts(app)
    assert "on 40 test images of Letters" in texts(app)


def test_own_data_set_is_preferred_then_the_same_classes_then_as_many(show: Any, datasets: dict[str, Any]) -> None:
    letters = datasets.pop("letters")
    datasets |= {"four": entry("four", tuple("abcd")), "others": entry("others", tuple("xyz"))}
    app, _ = show(dataset="gone")
    assert "Of 40 test images of Others" in texts(app)
    assert "The accuracy cannot be measured: the classes of 40 test images of Others are not those" in texts(app)
    datasets["letters"] = letters
    assert "Of 40 test images of Letters" in texts(show(dataset="gone")[0])
    assert "Of 40 test images of Four" in texts(show(dataset="four")[0])


def test_without_any_data_set_the_other_cards_stay(show: Any, datasets: dict[str, Any]) -> None:
    datasets["letters"].image_shape = (9, 9, 3)
    app, _ = show()
    (said,) = app.info
    assert "neither those that excite it most nor the accuracy" in said.value
    assert set(views(app)) == {"conv_1-1-weights", "conv_1-map-1", "", "conv_1-1-best-image"}


def test_long_work_begins_when_a_person_says_so(show: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(filter_work, "AUTOMATIC_S", -1.0)
    app, _ = show()
    assert [button.label for button in app.button] == ["Find the images", "Compute the image", "Switch it off"]
    assert "It takes roughly under 1 s." in texts(app)
    assert set(views(app)) == {"conv_1-1-weights", "conv_1-map-1", ""}
    checked(app.button("inside.filter.off.start").click().run())
    assert "Accuracy" in texts(app)
    checked(app.button("inside.filter.best.start").click().run())
    checked(app.button("inside.filter.images.start").click().run())
    assert {"conv_1-1-best-image", "conv_1-1-test-images"} < set(views(app))
    # For another filter it is another question, but the layer's images are known.
    checked(app.number_input("inside.filter.number.conv_1").set_value(2).run())
    assert [button.label for button in app.button] == ["Compute the image", "Switch it off"]
    checked(app.number_input("inside.filter.number.conv_1").set_value(1).run())
    assert "Accuracy" in texts(app)


def test_dead_filter_is_said_to_be_dead(show: Any) -> None:
    weights = weights_of()
    weights[0][..., 0], weights[1][0] = 0, -1
    app, _ = show(weights=weights)
    words = texts(app)
    assert "No image excites it: its largest number is 0 for each of 40 test images of Letters. It is dead." in words
    assert "Whatever noise it gets, its answer is 0" in words
    assert "No answer changes: the rest of the network does without it." in words
    assert "It is 0 everywhere" in words


def test_diverged_network_gets_one_sentence(show: Any) -> None:
    weights = weights_of()
    weights[1][0] = np.nan
    app, _ = show(weights=weights)
    (said,) = app.warning
    assert "training has diverged. Look at an earlier moment" in said.value
    assert set(views(app)) == {"conv_1-1-weights", "conv_1-map-1", ""}


def test_network_that_diverged_behind_the_layer_still_shows_what_excites_it(show: Any) -> None:
    weights = weights_of()
    weights[3][0] = np.nan
    app, _ = show(weights=weights)
    assert "conv_1-1-best-image" in views(app)
    assert any("training has diverged" in info.value for info in app.info)


REAL: dict[str, tuple[tuple[int, int, int], tuple[Layer, ...], tuple[str, ...]]] = {
    "blocks": (
        (9, 8, 3),
        (ResidualBlock(filters=4), Pooling2D(), SeparableConv2D(filters=3), GlobalPooling2D(), Dense(units=3)),
        ("residual_1", "separable_1", "global_pool_1", "dense_1"),
    ),
    "one output": (
        (6, 6, 1),
        (Flatten(), Dense(units=4), Dense(units=1, activation="sigmoid")),
        ("dense_1", "dense_2"),
    ),
}


@pytest.mark.slow
@pytest.mark.parametrize("name", REAL)
def test_every_layer_of_real_networks_has_its_card(
    name: str, datasets: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    from cnn_core.inspection.probe import NetworkProbe

    shape, layers, chosen = REAL[name]
    spec = NetworkSpec(shape, layers)
    weights = [0.2 * np.abs(weight) for weight in weights_of(spec)]
    names = NAMES[:2] if name == "one output" else NAMES
    images = np.random.default_rng(1).integers(0, 256, (30, *shape), np.uint8)
    datasets["letters"].image_shape, datasets["letters"].class_names = shape, names
    part = Part(images, np.arange(30) % len(names))
    monkeypatch.setattr(filter_work, "load_dataset", lambda _: SimpleNamespace(test=part))
    monkeypatch.setattr(filter_best_image, "MaximisationSettings", partial(MaximisationSettings, steps=12))
    trained = TrainedNetwork(f"filter {next(NUMBERS)}", 0, "", spec, tuple(weights), names, "letters")
    parts = (trained, NetworkProbe(spec, weights), ChosenImage(images[0], None, "noise"), chosen[0], 0)
    app = checked(AppTest.from_function(script, args=parts, default_timeout=60).run())
    for layer in chosen:
        checked(app.selectbox("inside.filter.layer").set_value(layer).run())
        files = set(views(app))
        assert {f"{layer}-1-best-image", f"{layer}-1-test-images"} <= files
        assert (f"{layer}-1-weights" in files) == ("pool" not in layer)
        assert ("Accuracy **" in texts(app)) == (layer != chosen[-1])
    if name == "one output":
        assert "This unit speaks for the class “b”; what it says against it speaks for “a”." in texts(app)
