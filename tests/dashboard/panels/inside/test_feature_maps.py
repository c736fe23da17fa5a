"""The feature maps as the page shows them: on which scale, with which words, and what a click chooses."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from cnn_core.architecture.layers import Conv2D, Dense, Dropout, Flatten
from cnn_core.architecture.shapes import network_figures
from cnn_core.architecture.spec import NetworkSpec
from cnn_core.inspection.records import LayerOutput
from cnn_core.networks import TrainedNetwork
from dashboard.components.pixel_stack import Row, row_data
from dashboard.components.pixel_view import Cell, Pictures, view_data
from dashboard.panels.inside import feature_maps as feature_map_panel

SPEC = NetworkSpec(
    (6, 6, 1),
    (
        Conv2D(filters=3, activation="relu"),
        Conv2D(filters=2, activation="tanh"),
        Dropout(rate=0.5),
        Flatten(),
        Dense(units=40),
        Dense(units=2, activation="softmax"),
    ),
)
MANY = NetworkSpec((4, 4, 1), (Conv2D(filters=150), Flatten(), Dense(units=2, activation="softmax")))
Shown = dict[str, tuple[Pictures, dict[str, Any]]]
ACTS: list[Callable[[], None]] = []
"""What people do before the page is drawn for the next time."""
HEADS: dict[str, str] = {}
"""What stands above each layer, on the page that was drawn last."""


@pytest.fixture
def shown(monkeypatch: pytest.MonkeyPatch) -> Shown:
    """What is given to the browser, by key; whatever it is, it can be drawn."""
    given: Shown = {}

    def note(pictures: Pictures, key: str, palette: Any, *, what: str, **more: Any) -> None:
        known = {name: value for name, value in more.items() if name != "on_choose"}
        view_data(pictures, palette, what=what, **known)
        given[key.removeprefix("inside.maps.")] = (pictures, {"what": what, **more})

    def note_rows(rows: list[Row], key: str, palette: Any, **more: Any) -> None:
        for row in rows:
            row_data(row, palette, is_choosable=True)
            HEADS[row.name] = " · ".join(row.words)
            acts = {name: partial(act, row.name) for name, act in more.items()}
            if row.pictures is not None:
                given[row.name] = (row.pictures, {**vars(row), **acts})

    HEADS.clear()
    monkeypatch.setattr(feature_map_panel, "pixel_view", note)
    monkeypatch.setattr(feature_map_panel, "pixel_stack", note_rows)
    return given


def outputs_of(spec: NetworkSpec) -> list[LayerOutput]:
    """Numbers that tell every layer and place apart; from 1 up in the first layer, a hundred more in each other."""
    outputs = []
    for place, row in enumerate(network_figures(spec).layers):
        values = 100 * place + 1 + np.arange(np.prod(row.output_shape), dtype=np.float32)
        outputs.append(LayerOutput(row.name, row.layer.kind, values.reshape(row.output_shape)))
    return outputs


def with_values(outputs: list[LayerOutput], name: str, values: np.ndarray) -> list[LayerOutput]:
    return [LayerOutput(name, one.kind, values) if one.name == name else one for one in outputs]


def page(spec: NetworkSpec, outputs: list[LayerOutput]) -> AppTest:
    """The panel alone, on a page of its own."""

    def script(network, probe, image, acts):  # type: ignore[no-untyped-def]  # run elsewhere, without these names
        from dashboard.controls.unit_choice import chosen_unit
        from dashboard.palette import LIGHT
        from dashboard.panels.inside.feature_maps import feature_map_panel
        from dashboard.panels.inside.scene import Scene

        while acts:
            acts.pop()()
        feature_map_panel(Scene(network, probe, image, chosen_unit(network.spec), LIGHT))

    network = TrainedNetwork("nobody", 7, "a network", spec, (), ("cat", "dog"), "small", 7)
    probe = SimpleNamespace(feature_maps=lambda pixels: tuple(outputs))
    app = AppTest.from_function(script, args=(network, probe, SimpleNamespace(pixels=None), ACTS)).run()
    assert not app.exception
    return app


def act(app: AppTest, shown: Shown, name: str, what: str, *value: object) -> None:
    """Do as the browser does: before the page is drawn anew, which it is here."""
    callback = shown[name][1][what]
    shown.clear()
    ACTS.append(lambda: callback(*value))
    app.run()
    assert not app.exception


def choose(app: AppTest, shown: Shown, name: str, cell: Cell) -> None:
    act(app, shown, name, "on_choose", cell)


def words(app: AppTest) -> str:
    return "\n".join(str(element.value) for kind in (app.markdown, app.caption, app.warning) for element in kind)


def test_every_layer_is_shown_with_its_numbers(shown: Shown) -> None:
    outputs = outputs_of(SPEC)
    page(SPEC, outputs)
    assert list(shown) == ["conv_1", "conv_2", "flatten_1", "dense_1", "dense_2"]
    pictures, how = shown["conv_1"]
    np.testing.assert_array_equal(pictures.values, outputs[0].values.transpose(2, 0, 1))
    assert (list(pictures.names), how["what"], how["file_name"]) == (["1", "2", "3"], "feature map", "conv_1")
    assert HEADS["conv_1"] == "conv_1 · 4×4×3 · 1.00 to 48.00"
    # Dropout does nothing to a trained network.
    assert (
        HEADS["dropout_1"]
        == "dropout_1 · 2×2×2 · 201.00 to 208.00 · passes on what it gets; only training drops numbers"
    )
    pictures, how = shown["dense_1"]
    np.testing.assert_array_equal(pictures.values.ravel(), outputs[4].values)
    assert (pictures.values.shape, how["what"], how["has_names"]) == ((40, 1, 1), "unit", False)
    pictures, how = shown["dense_2"]
    assert (list(pictures.names), how["what"], how["has_names"]) == (["cat", "dog"], "class", True)


def test_scale_is_the_layer_s_the_map_s_or_the_network_s(shown: Shown) -> None:
    outputs = outputs_of(SPEC)
    app = page(SPEC, outputs)
    scales = {}
    for scale in ("layer", "map", "network"):
        app.segmented_control("inside.maps.scale").set_value(scale).run()
        scales[scale] = {name: pictures.limits for name, (pictures, _) in shown.items()}
    assert scales["layer"]["conv_1"] == (1, 48)
    assert scales["layer"]["dense_2"] == (501, 502)
    assert scales["map"]["conv_1"] == [(1, 46), (2, 47), (3, 48)]
    assert scales["map"]["dense_2"] == (501, 502)
    assert set(scales["network"].values()) == {(1, 502)}


def test_dead_and_saturated_maps_carry_a_word(shown: Shown) -> None:
    dead = np.ones((4, 4, 3), np.float32)
    dead[:, :, 1] = 0
    flat = np.full((2, 2, 2), 0.99, np.float32)
    flat[:, :, 0] = 0.5
    units = np.zeros(40, np.float32)
    units[:30] = 1
    outputs = with_values(outputs_of(SPEC), "conv_1", dead)
    outputs = with_values(with_values(outputs, "conv_2", flat), "dense_1", units)
    app = page(SPEC, outputs)
    assert shown["conv_1"][0].notes == ["", "dead here", ""]
    assert shown["conv_2"][0].notes == ["", "saturated"]
    assert HEADS["conv_1"] == "conv_1 · 4×4×3 · 0.00 to 1.00 · 1 of 3 maps dead here"
    assert "0.50 to 0.99 · 1 of 2 maps saturated" in HEADS["conv_2"]
    assert HEADS["dense_1"] == "dense_1 · 40 · 0.00 to 1.00 · 10 of 40 units are 0"
    assert "nothing but zeros for this image" in words(app)
    assert "flat ends" in words(app)


def test_words_are_explained_only_where_they_stand(shown: Shown) -> None:
    assert "Dead here" not in words(page(SPEC, outputs_of(SPEC)))


def marked(shown: Shown) -> dict[str, Cell]:
    return {name: how["chosen"] for name, (_, how) in shown.items() if how["chosen"] is not None}


def test_chosen_number_is_marked_wherever_it_is_shown(shown: Shown) -> None:
    app = page(SPEC, outputs_of(SPEC))
    assert marked(shown) == {"conv_1": Cell(0, 2, 2)}
    choose(app, shown, "conv_2", Cell(1, 0, 1))
    assert marked(shown) == {"conv_2": Cell(1, 0, 1)}
    choose(app, shown, "dense_1", Cell(39, 0, 0))
    assert marked(shown) == {"dense_1": Cell(39, 0, 0)}


def test_one_layer_is_shown_large_and_the_unit_goes_with_it(shown: Shown) -> None:
    outputs = outputs_of(SPEC)
    app = page(SPEC, outputs)
    choose(app, shown, "conv_1", Cell(2, 3, 0))
    act(app, shown, "conv_1", "on_act")
    assert list(shown) == ["large.conv_1", "conv_1"]
    np.testing.assert_array_equal(shown["large.conv_1"][0].values[0], outputs[0].values[:, :, 2])
    assert shown["large.conv_1"][0].limits == (1, 48)
    assert marked(shown) == {"large.conv_1": Cell(0, 3, 0), "conv_1": Cell(2, 3, 0)}
    assert "**Feature map 3** of 3" in words(app)
    # A cell of the large map is a place of the same map; below it another map is chosen.
    choose(app, shown, "large.conv_1", Cell(0, 1, 2))
    assert marked(shown)["conv_1"] == Cell(2, 1, 2)
    choose(app, shown, "conv_1", Cell(0, 0, 0))
    np.testing.assert_array_equal(shown["large.conv_1"][0].values[0], outputs[0].values[:, :, 0])
    app.segmented_control("inside.maps.scale").set_value("map").run()
    assert shown["large.conv_1"][0].limits == (1, 46)
    # On to another layer, a flat one: there is no map to be shown alone.
    shown.clear()
    app.selectbox("inside.maps.layer").set_value("dense_1").run()
    assert list(shown) == ["dense_1"]
    assert marked(shown) == {"dense_1": Cell(0, 0, 0)}
    shown.clear()
    app.button("inside.maps.back").click().run()
    assert "conv_1" in shown
    assert "large.conv_1" not in shown


def test_layer_that_was_not_chosen_begins_large_in_its_middle(shown: Shown) -> None:
    app = page(SPEC, outputs_of(SPEC))
    assert {name: how["act"] for name, (_, how) in shown.items()} == {
        **dict.fromkeys(["conv_1", "conv_2"], "Show large"),
        **dict.fromkeys(["flatten_1", "dense_1", "dense_2"], ""),
    }
    act(app, shown, "conv_2", "on_act")
    assert shown["conv_2"][1]["act"] == ""
    assert marked(shown) == {"large.conv_2": Cell(0, 1, 1), "conv_2": Cell(0, 1, 1)}


def test_many_maps_are_leafed_through_and_the_chosen_one_is_there(shown: Shown) -> None:
    outputs = outputs_of(MANY)
    app = page(MANY, outputs)
    pictures, how = shown["conv_1"]
    assert how["leaves"] == ["Feature maps 1–64 of 150", "Feature maps 65–128 of 150", "Feature maps 129–150 of 150"]
    assert (how["leaf"], len(pictures.names)) == (0, 64)
    act(app, shown, "conv_1", "on_leaf", 2)
    pictures, how = shown["conv_1"]
    assert how["leaf"] == 2
    assert (pictures.names[0], pictures.names[-1], how["file_name"]) == ("129", "150", "conv_1-129-150")
    np.testing.assert_array_equal(pictures.values[0], outputs[0].values[:, :, 128])
    assert marked(shown) == {}
    choose(app, shown, "conv_1", Cell(3, 1, 1))
    assert marked(shown) == {"conv_1": Cell(3, 1, 1)}
    assert shown["conv_1"][0].names[3] == "132"
    # Another number is chosen elsewhere: its leaf opens.
    choose(app, shown, "flatten_1", Cell(5, 0, 0))
    assert shown["conv_1"][0].names[0] == "1"


@pytest.mark.parametrize("name", ["conv_2", "conv_1"])
def test_numbers_that_are_none_are_said_in_words(shown: Shown, name: str) -> None:
    outputs = outputs_of(SPEC)
    lost = next(one.values for one in outputs if one.name == name).copy()
    lost[:, :, 0] = np.nan
    app = page(SPEC, with_values(outputs, name, lost))
    (warning,) = app.warning
    assert f"From {name} on, outputs are no numbers any more" in warning.value
    # The scale is that of the numbers that are left.
    left = lost[np.isfinite(lost)]
    assert shown[name][0].limits == (left.min(), left.max())
    app.segmented_control("inside.maps.scale").set_value("map").run()
    assert not app.exception
    gone = with_values(outputs, name, np.full_like(lost, np.inf))
    page(SPEC, gone)
    assert HEADS[name] == f"{name} · {'×'.join(map(str, lost.shape))} · not one number"


def test_network_without_convolutions_is_shown_too(shown: Shown) -> None:
    spec = NetworkSpec((2, 2, 3), (Flatten(), Dense(units=1, activation="sigmoid")))
    app = page(spec, outputs_of(spec))
    assert list(shown) == ["flatten_1", "dense_1"]
    # The one number is the probability of the second of two classes.
    assert (list(shown["dense_1"][0].names), shown["dense_1"][1]["what"]) == (["dog"], "class")
    assert not app.button
    assert {how["act"] for _, how in shown.values()} == {""}


def test_one_layer_alone_can_be_leafed_through_too(shown: Shown) -> None:
    def script(output, spec, acts):  # type: ignore[no-untyped-def]  # run elsewhere, without these names
        from dashboard.palette import LIGHT
        from dashboard.panels.inside.feature_maps import all_outputs_panel

        while acts:
            acts.pop()()
        all_outputs_panel(output, spec, ("a", "b"), LIGHT, "draw.maps")

    app = AppTest.from_function(script, args=(outputs_of(MANY), MANY, ACTS)).run()
    assert (shown["conv_1"][1]["leaf"], shown["conv_1"][1]["act"]) == (0, "")
    act(app, shown, "conv_1", "on_leaf", 1)
    assert (shown["conv_1"][1]["leaf"], shown["conv_1"][0].names[0]) == (1, "65")
