"""The design page: two ways to edit one network, what is said of it, and how it comes and goes."""

from __future__ import annotations

import json
import re
from dataclasses import fields, replace

import pytest
from streamlit.testing.v1 import AppTest

from cnn_core.architecture.address import spec_to_address
from cnn_core.architecture.layers import LAYER_KINDS, Conv2D, Dense, Flatten, Pooling2D
from cnn_core.architecture.presets import CLINIC, PRESETS
from cnn_core.architecture.quick import QuickDesign
from cnn_core.architecture.quick_reading import read_quick
from cnn_core.architecture.shapes import network_figures
from cnn_core.architecture.spec import NetworkSpec
from tests.pages.helpers import checked, open_page, texts

FIRST = PRESETS["first"].spec
FIRST_QUICK = read_quick(FIRST).design
LENET = PRESETS["lenet-5"].spec


@pytest.fixture
def app() -> AppTest:
    return open_page("Design")


@pytest.fixture
def unfolded(app: AppTest) -> AppTest:
    """The page with all quick controls."""
    app.session_state["design.quick_more"] = True
    return checked(app.run())


@pytest.fixture
def layers(app: AppTest) -> AppTest:
    """The page in its second way of editing."""
    return checked(app.segmented_control("design.mode_choice").set_value("layers").run())


def network(app: AppTest) -> NetworkSpec:
    return app.session_state["state.network"] if "state.network" in app.session_state else FIRST  # type: ignore[no-any-return]  # noqa: SIM401


def parameters(app: AppTest) -> int:
    found = re.search(r"Parameters\s+([\d,]+)", texts(app))
    assert found is not None
    return int(found[1].replace(",", ""))


def click(app: AppTest, key: str) -> AppTest:
    return checked(app.button(key).click().run())


def address(app: AppTest) -> dict[str, str]:
    """The address's parameters: what the app has written is a list, what a test has given is a text."""
    return {name: value if isinstance(value, str) else value[0] for name, value in app.query_params.items()}


def select(app: AppTest, index: int) -> AppTest:
    return checked(app.radio("design.list").set_value(index).run())


@pytest.mark.parametrize("slug", PRESETS)
def test_every_ready_made_network_is_shown_with_its_own_figures(app: AppTest, slug: str) -> None:
    checked(app.selectbox("preset.slug").set_value(slug).run())
    assert parameters(app) == network_figures(PRESETS[slug].spec).parameters
    assert PRESETS[slug].teaches in texts(app)
    assert network(app) == PRESETS[slug].spec
    is_quick = not read_quick(PRESETS[slug].spec).difference
    assert bool(app.radio) == (not is_quick), "what the quick controls cannot make is shown layer by layer"


@pytest.mark.parametrize(
    ("kind", "name", "value"),
    [
        ("slider", "blocks", 3),
        ("select_slider", "filters", 24),
        ("selectbox", "growth", "same"),
        ("slider", "kernel_size", 5),
        ("slider", "stride", 2),
        ("selectbox", "padding", "valid"),
        ("selectbox", "activation", "tanh"),
        ("selectbox", "pooling", "average"),
        ("slider", "dense_layers", 2),
        ("select_slider", "dense_units", 128),
        ("toggle", "has_batch_norm", True),
        ("select_slider", "dropout", 0.25),
        ("select_slider", "most_filters", 24),
        ("toggle", "pools_last", False),
        ("slider", "class_count", 7),
        ("selectbox", "output", "logits"),
    ],
)
def test_every_quick_control_changes_the_network(unfolded: AppTest, kind: str, name: str, value: object) -> None:
    app = unfolded
    checked(getattr(app, kind)(f"design.quick.{name}").set_value(value).run())
    assert network(app) != FIRST
    assert getattr(read_quick(network(app)).design, name) == value
    assert parameters(app) == network_figures(network(app)).parameters


def test_rarely_used_controls_are_drawn_when_they_are_unfolded(app: AppTest) -> None:
    assert "design.quick.dropout" not in {slider.key for slider in app.select_slider}
    app.session_state["design.quick_more"] = True
    checked(app.run())
    assert app.select_slider("design.quick.dropout").value == 0


def test_a_quick_control_that_would_do_nothing_is_not_there(unfolded: AppTest) -> None:
    app = unfolded
    checked(app.select_slider("design.quick.filters").set_value(48).run())
    checked(app.slider("design.quick.blocks").set_value(0).run())
    shown = {widget.key for kind in ("slider", "select_slider", "selectbox", "toggle") for widget in app.get(kind)}
    hidden = ("filters", "growth", "kernel_size", "stride", "padding", "pooling", "has_batch_norm", "most_filters")
    assert not shown & {f"design.quick.{name}" for name in hidden}
    checked(app.slider("design.quick.blocks").set_value(1).run())
    assert app.select_slider("design.quick.filters").value == 48, "it comes back as it was"


def test_sigmoid_and_the_number_of_classes_follow_one_another(unfolded: AppTest) -> None:
    app = unfolded
    checked(app.selectbox("design.quick.output").set_value("sigmoid").run())
    assert network(app).layers[-1] == Dense(units=1, activation="sigmoid")
    assert app.slider("design.quick.class_count").value == 2
    checked(app.slider("design.quick.class_count").set_value(5).run())
    assert network(app).layers[-1] == Dense(units=5, activation="softmax")
    assert app.selectbox("design.quick.output").value == "softmax"


def test_what_cannot_be_built_is_said_with_what_would_work_and_repaired_with_one_click(app: AppTest) -> None:
    checked(app.selectbox("design.quick.padding").set_value("valid").run())
    before = parameters(app)
    checked(app.slider("design.quick.kernel_size").set_value(11).run())
    # 28 − 11 + 1 = 18 pixels, pooled to 9: a kernel of 11 does not fit a second time, nor does one of 10.
    assert "A kernel of 11×11 does not fit into what is left of the image here, 9×9" in app.error[0].value
    assert "A smaller stride in pool_1 would leave more of it." in app.error[0].value
    assert "cannot be built yet" in app.warning[0].value
    assert parameters(app) == before, "the last valid network stays on screen"
    assert app.button("design.train").disabled
    labels = [button.label for button in app.button if str(button.key).startswith("design.repair.")]
    assert labels == ["Set kernel size to 9", "Set blocks to 1", "Set padding to “same”"]
    click(app, "design.repair.kernel_size")
    assert not app.error
    assert app.slider("design.quick.kernel_size").value == 9
    assert not app.button("design.train").disabled


def test_undo_and_redo_go_through_every_change(app: AppTest) -> None:
    assert app.button("design.undo").disabled
    assert app.button("design.redo").disabled
    checked(app.slider("design.quick.stride").set_value(2).run())
    checked(app.selectbox("preset.slug").set_value("lenet-5").run())
    click(app, "design.remove")
    assert len(network(app).layers) == len(LENET.layers) - 1
    click(app, "design.undo")
    assert network(app) == LENET
    click(app, "design.undo")
    click(app, "design.undo")
    assert network(app) == FIRST
    assert app.button("design.undo").disabled
    for _ in range(3):
        click(app, "design.redo")
    assert len(network(app).layers) == len(LENET.layers) - 1
    assert app.button("design.redo").disabled


def test_switching_the_way_of_editing_changes_nothing(layers: AppTest) -> None:
    assert network(layers) == FIRST
    select(layers, 2)
    checked(layers.slider("design.own.conv2d.kernel_width").set_value(5).run())
    changed = network(layers)
    checked(layers.segmented_control("design.mode_choice").set_value("quick").run())
    assert network(layers) == changed
    assert "The quick controls cannot make this network as it is." in layers.info[0].value
    assert "conv_2 is “32 filters of 3×5, same padding, ReLU”" in layers.info[0].value
    click(layers, "design.show_layers")
    assert network(layers) == changed
    assert layers.radio("design.list").value == 2
    checked(layers.segmented_control("design.mode_choice").set_value("quick").run())
    click(layers, "design.replace")
    assert network(layers) == FIRST
    click(layers, "design.undo")
    assert network(layers) == changed


def test_layers_are_added_duplicated_moved_and_removed(layers: AppTest) -> None:
    select(layers, 1)
    checked(layers.selectbox("design.new_kind").set_value("dropout").run())
    click(layers, "design.add")
    assert [layer.kind for layer in network(layers).layers][:4] == ["conv2d", "pooling2d", "dropout", "conv2d"]
    assert layers.radio("design.list").value == 2
    click(layers, "design.up")
    assert [layer.kind for layer in network(layers).layers][:3] == ["conv2d", "dropout", "pooling2d"]
    click(layers, "design.duplicate")
    assert [layer.kind for layer in network(layers).layers][:4] == ["conv2d", "dropout", "dropout", "pooling2d"]
    click(layers, "design.down")
    click(layers, "design.remove")
    select(layers, 1)
    click(layers, "design.remove")
    assert network(layers) == FIRST


@pytest.mark.parametrize("kind", LAYER_KINDS)
def test_every_setting_of_every_kind_has_a_control(layers: AppTest, kind: str) -> None:
    checked(layers.selectbox("design.new_kind").set_value(kind).run())
    click(layers, "design.add")
    keys = {str(w.key) for name in ("slider", "select_slider", "selectbox", "toggle") for w in layers.get(name)}
    assert {f"design.own.{kind}.{f.name}" for f in fields(LAYER_KINDS[kind])} <= keys  # type: ignore[arg-type]


def test_a_layer_in_the_wrong_place_is_marked_and_cured(layers: AppTest) -> None:
    select(layers, 4)
    click(layers, "design.remove")
    assert "**dense_1:** A dense layer needs a flat list of numbers; put a flatten layer" in layers.error[0].value
    assert layers.radio("design.list").value == 3, "nobody is taken away from where they are"
    assert layers.radio("design.list").options[4].startswith("⚠")
    click(layers, "design.flatten")
    assert network(layers) == FIRST
    assert not layers.error


def test_trouble_elsewhere_is_named_and_reached_with_one_click(layers: AppTest) -> None:
    select(layers, 0)
    checked(layers.selectbox("design.own.conv2d.padding").set_value("valid").run())
    checked(layers.slider("design.own.conv2d.kernel_height").set_value(11).run())
    select(layers, 3)
    checked(layers.slider("design.own.pooling2d.pool_size").set_value(11).run())
    assert layers.button("design.repair").label == "Set pool size to 9"
    select(layers, 0)
    assert "**pool_2:**" in layers.error[0].value
    click(layers, "design.go_there")
    assert layers.radio("design.list").value == 3
    select(layers, 0)
    click(layers, "design.repair")
    assert not layers.error
    assert layers.radio("design.list").value == 0


def test_a_dilation_with_a_stride_gets_its_sentence(layers: AppTest) -> None:
    checked(layers.slider("design.own.conv2d.stride").set_value(2).run())
    checked(layers.slider("design.own.conv2d.dilation_rate").set_value(3).run())
    assert "not both: here the stride is 2 and the dilation 3" in layers.error[0].value
    click(layers, "design.repair")
    assert network(layers).layers[0] == replace(FIRST.layers[0], stride=2)  # type: ignore[type-var]


def test_images_bring_their_shape_and_classes(unfolded: AppTest) -> None:
    app = unfolded
    checked(app.selectbox("design.images").set_value("cells").run())
    assert network(app).input_shape == (64, 64, 3)
    assert network(app).layers[-1] == Dense(units=1, activation="sigmoid"), "two classes need one number"
    checked(app.slider("design.quick.class_count").set_value(3).run())
    checked(app.selectbox("design.images").set_value("mnist").run())
    assert network(app).input_shape == (28, 28, 1)
    assert network(app).layers[-1] == Dense(units=10, activation="softmax")
    assert app.session_state["state.settings"].dataset == "mnist"


def test_the_address_carries_the_design_and_restores_it(app: AppTest) -> None:
    assert "net" not in app.query_params, "the first network needs no address"
    checked(app.selectbox("preset.slug").set_value("residual").run())
    assert address(app)["net"] == spec_to_address(PRESETS["residual"].spec)
    again = open_page("Design", **address(app))
    assert network(again) == PRESETS["residual"].spec
    assert again.selectbox("preset.slug").value == "residual"
    assert again.session_state["state.settings"] == app.session_state["state.settings"]


def test_the_address_carries_the_settings_and_the_data(app: AppTest) -> None:
    checked(app.selectbox("design.images").set_value("mnist").run())
    checked(app.selectbox("preset.slug").set_value("colour-images").run())
    train = open_page("Train", **address(app))
    assert train.session_state["state.settings"].epochs == 4
    assert network(train) == PRESETS["colour-images"].spec


@pytest.mark.parametrize("net", ["nonsense", "2_28x28x1_Cf9999", "2_4x4x1_Ch9_F_Nu10", "2_28x28x1_N", "x" * 50_000])
def test_a_broken_address_gets_one_sentence_and_the_default(net: str) -> None:
    app = open_page("Design", net=net)
    assert len(app.warning) == 1
    assert not app.error
    assert network(app) == FIRST
    assert "net" not in app.query_params


def test_a_setting_in_the_address_that_does_not_exist_gets_one_sentence() -> None:
    app = open_page("Design", net=spec_to_address(LENET), data="nowhere")
    assert "There is no data set called “nowhere”." in app.warning[0].value
    assert network(app) == FIRST


def test_an_impossible_design_is_not_written_into_the_address(app: AppTest) -> None:
    checked(app.selectbox("design.quick.padding").set_value("valid").run())
    before = address(app)["net"]
    checked(app.slider("design.quick.kernel_size").set_value(11).run())
    assert address(app)["net"] == before


def upload(app: AppTest, content: bytes) -> AppTest:
    checked(app.toggle("design.take_away").set_value(True).run())
    app.file_uploader("design.upload").set_value(("network.json", content, "application/json"))
    return checked(app.run())


def test_a_description_comes_back(app: AppTest) -> None:
    upload(app, LENET.to_json().encode())
    assert network(app) == LENET
    click(app, "design.undo")
    assert network(app) == FIRST


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"not json", "it is not valid JSON"),
        (b"\xff\xfe\x00", "it is not valid JSON"),
        (b" " * 300_000, "larger than 200 kB"),
        (json.dumps({"format": 1}).encode(), "format 1"),
        (NetworkSpec((4, 4, 1), (Conv2D(kernel_height=9), Flatten(), Dense())).to_json().encode(), "does not fit"),
    ],
)
def test_a_file_that_is_no_network_is_refused_and_nothing_is_lost(app: AppTest, content: bytes, words: str) -> None:
    upload(app, content)
    assert words in app.error[-1].value
    assert network(app) == FIRST


@pytest.mark.parametrize("slug", [preset.slug for preset in CLINIC])
def test_a_patient_keeps_its_diagnosis_until_asked(app: AppTest, slug: str) -> None:
    preset = PRESETS[slug]
    assert preset.diagnosis is not None
    checked(app.selectbox("preset.slug").set_value(slug).run())
    assert preset.diagnosis.cause not in texts(app)
    assert "Kept back until you ask" in texts(app)
    click(app, "diagnosis.tell")
    assert preset.diagnosis.cause in texts(app)
    assert "Kept back until you ask" not in texts(app)
    click(app, "diagnosis.cure")
    assert network(app) == preset.diagnosis.healthy_spec
    assert app.session_state["state.settings"].learning_rate == preset.diagnosis.healthy_recipe.learning_rate
    assert app.button("diagnosis.cure").disabled


def test_advice_names_its_layer_and_its_word(app: AppTest) -> None:
    checked(app.selectbox("preset.slug").set_value("large-cnn").run())
    assert "dense_1" in texts(app)
    assert "What is meant: dense layer" in texts(app)


def test_a_design_as_large_as_allowed_is_shown(app: AppTest) -> None:
    layers = (*(Conv2D(filters=2, padding="same") for _ in range(117)), Pooling2D(), Flatten(), Dense(units=10))
    upload(app, NetworkSpec((28, 28, 1), layers).to_json().encode())
    assert len(network(app).layers) == 120
    assert app.button("design.add").disabled
    assert QuickDesign().to_spec() == FIRST


def test_controls_begin_at_their_value_even_where_a_run_never_reached_the_browser(unfolded: AppTest) -> None:
    app = checked(unfolded.selectbox("preset.slug").set_value("large-cnn").run())
    checked(app.selectbox("preset.slug").set_value("first").run())
    checked(app.run())  # in this one nothing is set: what is new to the browser begins at its default
    ours = [one for one in (*app.slider, *app.toggle, *app.selectbox) if str(one.key).startswith("design.quick.")]
    assert len(ours) > 8
    defaults = {one.key: one.proto.default for one in ours}
    assert list(defaults["design.quick.kernel_size"]) == [FIRST_QUICK.kernel_size]
    assert list(defaults["design.quick.blocks"]) == [FIRST_QUICK.blocks]
    assert defaults["design.quick.has_batch_norm"] is FIRST_QUICK.has_batch_norm
    chosen = app.selectbox("design.quick.activation")
    assert chosen.options[chosen.proto.default] == "ReLU"
    begin = app.selectbox("preset.slug")
    assert list(PRESETS)[begin.proto.default] == "first"
    filters = app.select_slider("design.quick.filters")
    assert filters.options[int(filters.proto.default[0])] == str(FIRST_QUICK.filters)
