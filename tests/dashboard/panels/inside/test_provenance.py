"""The view “Where a number came from”, on networks whose outputs the loops compute: TensorFlow is not needed."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from html import unescape
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from cnn_core.architecture.layers import (
    BatchNormalization,
    Conv2D,
    Dense,
    Flatten,
    GlobalPooling2D,
    Pooling2D,
    ResidualBlock,
    SeparableConv2D,
)
from cnn_core.architecture.spec import NetworkSpec
from cnn_core.inspection.provenance import Position, Provenance
from cnn_core.inspection.records import LayerOutput
from cnn_core.networks import TrainedNetwork
from dashboard.charts.provenance_words import number
from dashboard.controls.image_choice import ChosenImage
from dashboard.controls.unit_choice import NAME, ChosenUnit
from dashboard.panels.inside import provenance as panel
from dashboard.panels.inside import provenance_step
from tests.cnn_core.inspection.provenance.networks import looped

GREY = NetworkSpec(
    (8, 8, 1),
    (Conv2D(filters=3), Pooling2D(), Conv2D(filters=2, kernel_height=2, kernel_width=2), Flatten(), Dense(units=2)),
)


def page(network: object, probe: object, image: object) -> None:
    from dashboard.controls.unit_choice import chosen_unit
    from dashboard.palette import LIGHT
    from dashboard.panels.inside.provenance import provenance_panel
    from dashboard.panels.inside.scene import Scene

    provenance_panel(Scene(network, probe, image, chosen_unit(network.spec), LIGHT))  # type: ignore


class Opened:
    """The panel on a network, and what is right."""

    def __init__(self, spec: NetworkSpec, unit: ChosenUnit | None = None, scale: float = 1.0) -> None:
        self.truth = looped(spec, seed=2)
        pixels = np.random.default_rng(2).integers(0, 256, spec.input_shape, dtype=np.uint8)
        weights = tuple(scale * array for node in self.truth.nodes.values() for array in node.weights)
        names = ("class A", "class B")
        network = TrainedNetwork("test", 1, "Test", spec, weights, names, "digits")
        probe = SimpleNamespace(feature_maps=lambda _: outputs_of(spec, self.truth))
        self.app = AppTest.from_function(page, args=(network, probe, ChosenImage(pixels, None, "test")))
        if unit is not None:
            self.app.session_state["state.choices"] = {NAME: unit}
        self.run()

    def run(self) -> Opened:
        self.app.run()
        assert not self.app.exception, self.app.exception
        return self

    def titles(self) -> list[str]:
        """The titles of all steps, those of folded ones too."""
        open_ones = [str(text.value).strip("*") for text in self.app.markdown if re.match(r"\*\*\d+\. ", text.value)]
        return open_ones + [folded.label for folded in self.app.expander]

    def title(self, step: int, words: str, *place: Any) -> str:
        return f"{step}. {words} = {number(self.truth.value(Position(*place)))}"

    def card(self, step: int) -> str:
        return [data["html"] for data in components(self.app) if "html" in data][step]

    def words(self, step: int) -> str:
        return unescape(re.sub(r"\s+", " ", re.sub(r"<style>.*?</style>|<[^>]+>", " ", self.card(step))))

    def all_words(self) -> str:
        return "\n".join(str(text.value) for kind in ("markdown", "warning") for text in getattr(self.app, kind))


def outputs_of(spec: NetworkSpec, truth: Provenance) -> tuple[LayerOutput, ...]:
    return tuple(
        LayerOutput(name, layer.kind, truth._known[name].reshape(truth.nodes[name].output_shape))
        for name, layer in zip(spec.layer_names, spec.layers, strict=True)
    )


def components(app: AppTest) -> list[dict[str, Any]]:
    return [json.loads(element.proto.json) for element in app.get("bidi_component")]


@pytest.fixture
def chosen(monkeypatch: pytest.MonkeyPatch) -> dict[str, Callable[..., None]]:
    """What a click in each component does, by its key: AppTest cannot click in a component."""
    taken: dict[str, Callable[..., None]] = {}

    def keep_view(pictures: object, key: str, *_: object, on_choose: Any = None, **__: object) -> None:
        taken[key] = on_choose
        kept_views[key] = pictures

    def keep_card(html: str, key: str, on_select: Any) -> str:
        taken[key] = on_select
        return original(html, key, on_select)

    original = provenance_step.selectable
    monkeypatch.setattr(panel, "pixel_view", keep_view)
    monkeypatch.setattr(provenance_step, "pixel_view", keep_view)
    monkeypatch.setattr(provenance_step, "selectable", keep_card)
    return taken


kept_views: dict[str, Any] = {}


def test_the_middle_of_the_first_map_is_followed_to_a_pixel() -> None:
    opened = Opened(GREY)
    titles = opened.titles()
    assert titles[0] == opened.title(1, "conv_1, filter 1, row 4, column 4", "conv_1", 0, 3, 3)
    assert titles[1].startswith("2. pixel, row ")
    assert "**1 step down to a pixel.**" in opened.all_words()
    assert "This number depends on the 3×3 pixels in the frame, its receptive field." in opened.all_words()


def test_the_answer_is_followed_through_every_layer_and_named() -> None:
    opened = Opened(GREY, ChosenUnit("dense_1", 1))
    titles = opened.titles()
    assert titles[0] == opened.title(1, "dense_1, unit 2 “class B”", "dense_1", 1)
    chain = opened.truth.chain(Position("dense_1", 1))
    assert [re.sub(r"^\d+\. ([a-z_0-9]+).*", r"\1", title) for title in titles] == [
        *(origin.position.node for origin in chain[:-1]),
        "pixel",
    ]
    assert "This number depends on every pixel." in opened.all_words()
    assert len(opened.app.expander) == len(chain) - provenance_step.OPEN


def test_the_sum_is_written_out_and_ends_in_the_number() -> None:
    opened = Opened(GREY, ChosenUnit("conv_2", 1, 0, 1))
    origin = opened.truth.origin(Position("conv_2", 1, 0, 1))
    words = opened.words(0)
    before = number(origin.activation.before)  # type: ignore[attr-defined]
    assert f"+ bias {number(origin.bias)} = {before} → ReLU, max(0, x) → {number(origin.result)}" in words  # type: ignore
    for total in origin.channel_sums:  # type: ignore[attr-defined]
        assert number(abs(float(total))) in words
    assert "The sums over the 3 maps of pool_1" in words
    assert words.count("map ") >= 3


def test_another_number_of_the_patch_is_followed_and_forgotten_again(chosen: dict[str, Any]) -> None:
    opened = Opened(GREY, ChosenUnit("pool_1", 2, 1, 1))
    usual = opened.titles()
    assert not opened.app.button
    sources = [term.source for term in opened.truth.origin(Position("pool_1", 2, 1, 1)).terms()]
    followed = opened.truth.chain(Position("pool_1", 2, 1, 1))[1].position
    other = next(index for index, source in enumerate(sources) if source != followed)
    opened.run()
    with_callback(opened, lambda: chosen["inside.provenance.step.0.card"](other))
    place = sources[other]
    assert place is not None
    expected = opened.title(
        2, f"conv_1, filter 3, row {place.row + 1}, column {place.column + 1}", "conv_1", 2, place.row, place.column
    )
    assert opened.titles()[1] == expected != usual[1]
    opened.app.button(key="inside.provenance.largest").click()
    assert opened.run().titles() == usual


def test_a_way_is_chosen_step_by_step_and_for_one_number_alone(chosen: dict[str, Any]) -> None:
    opened = Opened(GREY, ChosenUnit("conv_2", 0, 1, 0))
    for step in (0, 1):
        before = opened.titles()
        cells = re.findall(r'<td[^>]*data-layer="(\d+)"', opened.card(step))
        other = next(int(cell) for cell in cells if f'data-layer="{cell}"' not in current(opened.card(step)))
        with_callback(opened, lambda: chosen[f"inside.provenance.step.{step}.card"](other))  # noqa: B023
        after = opened.titles()
        assert after[: step + 1] == before[: step + 1]
        assert after[step + 1] != before[step + 1]
    assert opened.app.button
    opened.app.selectbox(key="inside.provenance.layer").set_value("pool_1")
    assert not opened.run().app.button


def current(html: str) -> str:
    """The cell that is followed."""
    found = re.search(r'<td[^>]*aria-current="true"[^>]*>', html)
    assert found
    return found[0]


def test_another_input_channel_is_shown_in_detail_and_the_way_stays(chosen: dict[str, Any]) -> None:
    opened = Opened(GREY, ChosenUnit("conv_2", 0, 0, 0))
    usual, html = opened.titles(), opened.card(0)
    shown = re.search(r"Patch of (map \d) of pool_1", html)
    assert shown
    buttons = re.findall(r'data-layer="(\d+)" aria-pressed="(\w+)"><span>(map \d)', html)
    assert [name for _, state, name in buttons if state == "true"] == [shown[1]]
    followed = opened.truth.chain(Position("conv_2", 0, 0, 0))[1].position.channel
    assert followed > 0
    assert shown[1] == f"map {followed + 1}"
    index, name = next((int(number), name) for number, state, name in buttons if state == "false")
    with_callback(opened, lambda: chosen["inside.provenance.step.0.card"](index))
    assert f"Patch of {name} of pool_1" in opened.card(0)
    assert opened.titles() == usual


def test_a_cell_of_a_map_becomes_the_number(chosen: dict[str, Any]) -> None:
    from dashboard.components.pixel_view import Cell

    opened = Opened(GREY)
    with_callback(opened, lambda: chosen["inside.provenance.map"](Cell(0, 1, 5)))
    assert opened.titles()[0] == opened.title(1, "conv_1, filter 1, row 2, column 6", "conv_1", 0, 1, 5)
    with_callback(opened, lambda: chosen["inside.provenance.maps"](Cell(2, 0, 4)))
    assert opened.titles()[0] == opened.title(1, "conv_1, filter 3, row 1, column 5", "conv_1", 2, 0, 4)


def test_many_maps_are_leafed_through(chosen: dict[str, Any]) -> None:
    from dashboard.components.pixel_view import Cell

    layers, shape = MANY["large kernel and pool"]
    opened = Opened(NetworkSpec(shape, layers), ChosenUnit("conv_1", 17, 3, 3))
    assert list(kept_views["inside.provenance.maps"].names) == ["17", "18", "19", "20"]
    with_callback(opened, lambda: chosen["inside.provenance.maps"](Cell(2, 0, 4)))
    assert opened.titles()[0].startswith("1. conv_1, filter 19, row 1, column 5 = ")
    opened.app.segmented_control(key="inside.provenance.first").set_value(0)
    opened.run()
    assert list(kept_views["inside.provenance.maps"].names) == [str(place) for place in range(1, 17)]
    assert opened.titles()[0].startswith("1. conv_1, filter 19, ")


def test_another_layer_begins_with_its_largest_number(chosen: dict[str, Any]) -> None:
    opened = Opened(GREY)
    opened.app.selectbox(key="inside.provenance.layer").set_value("pool_1")
    opened.run()
    largest = float(opened.truth._known["pool_1"].max())
    assert opened.titles()[0].startswith("1. pool_1, map ")
    assert opened.titles()[0].endswith(f" = {number(largest)}")
    opened.app.selectbox(key="inside.provenance.layer").set_value("flatten_1")
    assert opened.run().titles()[0].startswith("1. flatten_1, number ")
    with_callback(opened, lambda: chosen["inside.provenance.units"](SimpleNamespace(picture=3, row=0, column=0)))
    assert opened.titles()[0] == opened.title(1, "flatten_1, number 4", "flatten_1", 3)


def with_callback(opened: Opened, act: Callable[[], None]) -> None:
    """Act as a component's callback does: on the session's state, before the page is drawn anew."""
    import streamlit as st

    session = opened.app.session_state
    kept = {"state.choices": dict(session["state.choices"]) if "state.choices" in session else {}}
    original = st.session_state
    st.session_state = kept  # type: ignore[assignment]
    try:
        act()
    finally:
        st.session_state = original
    session["state.choices"] = kept["state.choices"]
    opened.run()


MANY = {
    "one output, no convolution": ((Flatten(), Dense(units=1, activation="sigmoid")), (6, 6, 1)),
    "logits": ((Flatten(), Dense(units=2, activation="linear")), (6, 6, 3)),
    "residual": ((ResidualBlock(filters=3, stride=2), GlobalPooling2D(), Dense(units=2)), (7, 7, 3)),
    "separable and norm": (
        (SeparableConv2D(filters=2, padding="same"), BatchNormalization(), Flatten(), Dense(units=2)),
        (6, 6, 3),
    ),
    "large kernel and pool": (
        (Conv2D(filters=20, kernel_height=7, kernel_width=7, padding="same"), Pooling2D(pool_size=6), Flatten()),
        (14, 14, 2),
    ),
}


@pytest.mark.parametrize("name", MANY)
def test_every_layer_of_every_network_is_shown(name: str) -> None:
    layers, shape = MANY[name]
    spec = NetworkSpec(shape, layers)
    opened = Opened(spec)
    for layer in spec.layer_names:
        opened.app.selectbox(key="inside.provenance.layer").set_value(layer)
        titles = opened.run().titles()
        assert titles[0].startswith(f"1. {layer}, ")
        assert ". pixel, row " in titles[-1]
        assert ("red" in titles[-1] or "green" in titles[-1] or "blue" in titles[-1]) == (shape[2] == 3)


def test_a_folded_step_is_shown_when_it_is_opened() -> None:
    opened = Opened(GREY, ChosenUnit("dense_1", 0))
    shown = len(components(opened.app))
    opened.app.session_state["inside.provenance.step.3"] = True
    assert len(components(opened.run().app)) == shown + 1


def test_patches_too_large_for_written_numbers_are_pictures(chosen: dict[str, Any]) -> None:
    from dashboard.components.pixel_view import Cell

    layers, shape = MANY["large kernel and pool"]
    opened = Opened(NetworkSpec(shape, layers), ChosenUnit("conv_1", 4, 0, 13))
    assert "<table" not in opened.card(0)
    pictures = kept_views["inside.provenance.step.0.patch"]
    origin: Any = opened.truth.origin(Position("conv_1", 4, 0, 13))
    assert pictures.values.shape == (3, 7, 7)
    assert np.isnan(pictures.values[0][~origin.is_inside]).all()
    assert np.isfinite(pictures.values[1]).all()
    with_callback(opened, lambda: chosen["inside.provenance.step.0.patch"](Cell(2, 0, 0)))  # padding: nothing happens
    assert "2. pixel" in opened.titles()[1]
    with_callback(opened, lambda: chosen["inside.provenance.step.0.patch"](Cell(2, 4, 1)))
    place = origin.source_at(4, 1, 0)
    assert opened.titles()[1].startswith(f"2. pixel, row {place.row + 1}, column {place.column + 1}, ")


def test_a_network_that_lost_its_numbers_is_told_of() -> None:
    assert not Opened(GREY).app.warning
    assert "training has diverged" in Opened(GREY, ChosenUnit("conv_2"), scale=np.nan).all_words()
