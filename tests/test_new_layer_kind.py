"""A kind of layer is one registry entry: an invented one appears everywhere without another line of code."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

import pytest

from cnn_core.architecture.address import spec_from_address, spec_to_address
from cnn_core.architecture.advice import network_advice
from cnn_core.architecture.fields import fraction
from cnn_core.architecture.layers import LAYER_KINDS, Conv2D, Dense, Flatten, KerasCall, KerasNode, Layer, Shape
from cnn_core.architecture.quick_reading import read_quick
from cnn_core.architecture.shapes import network_figures
from cnn_core.architecture.spec import NetworkSpec
from cnn_core.export.script import keras_script
from cnn_core.training.settings import TrainingSettings
from dashboard.charts.layer_table import layer_table
from dashboard.charts.network_diagram import network_picture, network_svg
from dashboard.palette import LIGHT
from dashboard.words import network_line
from tests.pages.helpers import checked, open_page


@dataclass(frozen=True)
class Noise(Layer):
    """Add random numbers while training."""

    kind: ClassVar[str] = "noise"
    code: ClassVar[str] = "Z"
    title: ClassVar[str] = "Noise"
    name_stem: ClassVar[str] = "noise"

    deviation: float = fraction(
        0.1, 0.0, 1.0, label="Deviation", help="How strong the noise is.", code="d", usual=(0.0, 0.1, 0.5)
    )

    def brief(self) -> str:
        return "noise"

    def details(self) -> str:
        return f"deviation {self.deviation:g}"

    def keras_nodes(self, shape: Shape) -> tuple[KerasNode, ...]:
        return (KerasNode("", KerasCall("GaussianNoise", {"stddev": self.deviation}, is_seeded=True)),)


SPEC = NetworkSpec((8, 8, 1), (Conv2D(filters=4), Noise(deviation=0.5), Flatten(), Dense(units=10)))


@pytest.fixture(autouse=True)
def _registered() -> Iterator[None]:
    LAYER_KINDS["noise"] = Noise
    yield
    del LAYER_KINDS["noise"]


def test_it_is_written_read_and_costed() -> None:
    assert NetworkSpec.from_json(SPEC.to_json()) == SPEC
    assert spec_from_address(spec_to_address(SPEC)) == SPEC
    assert network_figures(SPEC).layers[1].output_shape == (6, 6, 4)
    assert network_line(SPEC) == "conv 4 → noise → dense 10"
    assert "noise_1 (deviation 0.5)" in read_quick(SPEC).difference
    network_advice(SPEC, 10)


def test_it_is_drawn_and_exported() -> None:
    figures = network_figures(SPEC)
    for picture in (network_picture(figures, (8, 8, 1), LIGHT, 1), network_svg(figures, (8, 8, 1), LIGHT)):
        assert "noise_1" in picture
    assert "deviation 0.5" in layer_table(figures, LIGHT)
    script = keras_script(SPEC, TrainingSettings())
    assert "from keras.layers import Conv2D, Dense, Flatten, GaussianNoise" in script
    assert 'GaussianNoise(stddev=0.5, seed=WEIGHT_SEED + 8, name="noise_1")' in script


def test_it_is_in_the_editor_with_its_settings() -> None:
    app = open_page("Design")
    checked(app.segmented_control("design.mode_choice").set_value("layers").run())
    checked(app.selectbox("design.new_kind").set_value("noise").run())
    checked(app.button("design.add").click().run())
    checked(app.select_slider("design.own.noise.deviation").set_value(0.5).run())
    assert app.session_state["state.network"].layers[1] == Noise(deviation=0.5)


@pytest.mark.slow
def test_it_is_built() -> None:
    from cnn_core.architecture.build import build_model

    layer = build_model(SPEC, seed=2).get_layer("noise_1")
    assert type(layer).__name__ == "GaussianNoise"
    assert (layer.stddev, layer.seed) == (0.5, 2008)
