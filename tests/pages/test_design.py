"""The design page: every control changes the network, and what cannot be built is said beside its control."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from cnn_core.architecture.presets import PRESETS
from cnn_core.architecture.shapes import network_figures
from tests.pages.helpers import checked, open_page, texts


@pytest.fixture
def app() -> AppTest:
    return open_page("Design")


def parameters(app: AppTest) -> int:
    return int(next(m for m in app.metric if m.label == "Parameters").value.replace(",", ""))


def design(app: AppTest) -> object:
    return app.session_state["state.design"]


@pytest.mark.parametrize("slug", PRESETS)
def test_every_ready_made_network_is_shown_with_its_own_figures(app: AppTest, slug: str) -> None:
    checked(app.selectbox("preset.slug").set_value(slug).run())
    expected = network_figures(PRESETS[slug].design.to_spec())
    assert parameters(app) == expected.parameters
    assert PRESETS[slug].teaches in texts(app)
    rows = app.table[0].value
    assert list(rows["Layer"][1:]) == [layer.name for layer in expected.layers]


@pytest.mark.parametrize(
    ("kind", "name", "value"),
    [
        ("select_slider", "filters", 24),
        ("slider", "kernel_size", 5),
        ("slider", "stride", 2),
        ("selectbox", "padding", "valid"),
        ("selectbox", "activation", "tanh"),
        ("selectbox", "pooling", "average"),
        ("slider", "pool_size", 3),
        ("slider", "pool_stride", 1),
        ("slider", "dropout", 0.25),
        ("toggle", "has_batch_norm", True),
    ],
)
def test_every_control_of_a_block_changes_the_network(app: AppTest, kind: str, name: str, value: object) -> None:
    before = app.table[0].value.to_dict()
    checked(getattr(app, kind)(f"design.blocks.0.{name}").set_value(value).run())
    assert getattr(design(app).blocks[0], name) == value  # type: ignore[attr-defined]
    assert app.table[0].value.to_dict() != before


@pytest.mark.parametrize(("kind", "name", "value"), [("select_slider", "units", 128), ("slider", "dropout", 0.5)])
def test_every_control_of_a_dense_layer_changes_the_network(app: AppTest, kind: str, name: str, value: object) -> None:
    app.session_state["design.part"] = "Dense 1"
    checked(app.run())
    before = app.table[0].value.to_dict()
    checked(getattr(app, kind)(f"design.dense.0.{name}").set_value(value).run())
    assert app.table[0].value.to_dict() != before


def test_numbers_of_blocks_and_layers_follow_their_sliders(app: AppTest) -> None:
    checked(app.slider("design.blocks").set_value(3).run())
    assert [block.filters for block in design(app).blocks] == [16, 32, 64]  # type: ignore[attr-defined]
    checked(app.slider("design.blocks").set_value(0).run())
    checked(app.slider("design.dense").set_value(2).run())
    assert (len(design(app).blocks), len(design(app).dense)) == (0, 2)  # type: ignore[attr-defined]
    assert parameters(app) == 784 * 64 + 64 + 64 * 64 + 64 + 64 * 10 + 10


def test_what_cannot_be_built_is_said_and_repaired_with_one_click(app: AppTest) -> None:
    before = parameters(app)
    checked(app.selectbox("design.blocks.0.padding").set_value("valid").run())
    valid = parameters(app)
    assert valid != before
    # 28 pixels, kernel 11 → 18, pool 11 → 4; the second block's kernel of 3 stays, its pool of 5 does not.
    checked(app.slider("design.blocks.0.kernel_size").set_value(11).run())
    checked(app.slider("design.blocks.0.pool_size").set_value(11).run())
    valid = parameters(app)
    app.session_state["design.part"] = "Block 2"
    checked(app.run())
    checked(app.slider("design.blocks.1.pool_size").set_value(11).run())
    assert "Block 2:" in app.error[0].value
    assert "does not fit into what is left of the image here, 4×4" in app.error[0].value
    assert "Less stride or pooling in block 1" in app.error[0].value
    assert parameters(app) == valid, "the last valid network stays on screen"
    assert app.button("design.train").disabled
    checked(app.button("design.repair").click().run())
    assert not app.error
    assert app.slider("design.blocks.1.pool_size").value == 4
    assert not app.button("design.train").disabled


def test_problem_elsewhere_is_said_and_leads_to_its_part(app: AppTest) -> None:
    app.session_state["design.part"] = "Block 2"
    checked(app.run())
    checked(app.selectbox("design.blocks.1.padding").set_value("valid").run())
    checked(app.slider("design.blocks.1.kernel_size").set_value(11).run())
    app.session_state["design.part"] = "Block 1"
    checked(app.run())
    checked(app.slider("design.blocks.0.stride").set_value(8).run())
    assert "Block 2:" in app.error[0].value
    assert app.session_state["design.part"] == "Block 2"


def test_sigmoid_is_offered_for_two_classes_only(app: AppTest) -> None:
    app.session_state["design.part"] = "Ends"
    checked(app.run())
    assert not any("sigmoid" in option for option in app.selectbox("design.ends.output").options)
    checked(app.slider("design.ends.class_count").set_value(2).run())
    checked(app.selectbox("design.ends.output").set_value("sigmoid").run())
    assert app.table[0].value["Output"].iloc[-1] == "1"
    checked(app.slider("design.ends.class_count").set_value(3).run())
    assert design(app).output == "softmax"  # type: ignore[attr-defined]


def test_image_size_changes_the_network(app: AppTest) -> None:
    app.session_state["design.part"] = "Ends"
    checked(app.run())
    checked(app.selectbox("design.ends.input_shape").set_value("32×32×3").run())
    assert app.table[0].value["Output"].iloc[0] == "32×32×3"
