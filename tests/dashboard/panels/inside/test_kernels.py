"""The kernels as the page shows them: which, on which scale, and what training has made of one filter."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from cnn_core.architecture.layers import Conv2D, Dense, Flatten
from cnn_core.architecture.spec import NetworkSpec
from cnn_core.architecture.weight_shapes import weight_shapes
from cnn_core.inspection.kernels import network_kernels
from cnn_core.networks import TrainedNetwork
from cnn_core.training import runs
from cnn_core.training.settings import TrainingSettings
from dashboard.charts.number_text import short_number
from dashboard.components.pixel_view import Cell, Pictures
from dashboard.panels.inside import filter_history
from dashboard.panels.inside import kernels as kernel_panel
from tests.cnn_core.training.fakes import FakeTrainer, fake_trainer, own_runs, small_runs

__all__ = ["fake_trainer", "own_runs", "small_runs"]

SPEC = NetworkSpec((6, 6, 1), (Conv2D(filters=2), Conv2D(filters=3), Flatten(), Dense(units=3, activation="softmax")))


def weights_at(step: int) -> tuple[np.ndarray, ...]:
    """Weights that say of which step, array and filter they are."""
    return tuple(
        np.full(shape, 10 * step + place, np.float32) + np.arange(shape[-1], dtype=np.float32) / 8
        for place, shape in enumerate(weight_shapes(SPEC))
    )


@pytest.fixture
def shown(monkeypatch: pytest.MonkeyPatch) -> dict[str, tuple[Pictures, dict[str, Any]]]:
    """What is given to the browser, by key."""
    given: dict[str, tuple[Pictures, dict[str, Any]]] = {}

    def note(pictures: Pictures, key: str, _palette: object, **more: Any) -> None:
        given[key] = (pictures, more)

    monkeypatch.setattr(kernel_panel, "pixel_view", note)
    monkeypatch.setattr(filter_history, "pixel_view", note)
    return given


def page(network: TrainedNetwork) -> AppTest:
    """The panel alone, on a page of its own."""

    def script(network, probe):  # type: ignore[no-untyped-def]  # run elsewhere, without these names
        from dashboard.controls.unit_choice import chosen_unit
        from dashboard.palette import LIGHT
        from dashboard.panels.inside.kernels import kernel_panel
        from dashboard.panels.inside.scene import Scene

        kernel_panel(Scene(network, probe, None, chosen_unit(network.spec), LIGHT))

    probe = SimpleNamespace(kernels=lambda: network_kernels(network.spec, network.weights))
    app = AppTest.from_function(script, args=(network, probe)).run()
    assert not app.exception
    return app


def lonely(weights: tuple[np.ndarray, ...]) -> TrainedNetwork:
    return TrainedNetwork("nobody", 7, "a network", SPEC, weights, ("a", "b", "c"), "small", 7)


def words(app: AppTest) -> str:
    return "\n".join(element.value for element in app.markdown)


def test_every_filter_stands_with_its_bias_on_one_scale(shown: dict[str, Any]) -> None:
    app = page(lonely(weights_at(0)))
    pictures, more = shown["inside.kernels"]
    np.testing.assert_array_equal(pictures.values, np.array([np.full((3, 3), 0), np.full((3, 3), 0.125)]))
    assert (pictures.names, pictures.notes) == (["1", "2"], ["bias 1", "bias 1.12"])
    assert (pictures.scale, pictures.limits, more["chosen"]) == ("diverging", (-0.125, 0.125), Cell(0, 0, 0))
    assert "2 filters of 3×3×1. Weights from 0.000 (blue) through zero to 0.125 (orange)." in words(app)
    assert "Filter 1 of conv_1" in words(app)
    assert "No earlier weights of this network are kept" in words(app)
    assert "inside.kernels.film" not in shown

    app.segmented_control("inside.kernels.scale").set_value("network").run()
    assert shown["inside.kernels"][0].limits == (-2.25, 2.25)


def test_deeper_kernels_by_channel_and_by_filter(shown: dict[str, Any]) -> None:
    app = page(lonely(weights_at(0)))
    app.segmented_control("inside.kernel_layer").set_value("conv_2").run()
    app.slider("inside.kernel_channel").set_value(2).run()
    assert "3 filters of 3×3×2, for input channel 2 of 2" in words(app)
    assert [picture[0, 0] for picture in shown["inside.kernels"][0].values] == [2.0, 2.125, 2.25]
    shown["inside.kernels"][1]["on_choose"](Cell(2, 1, 1))
    app.segmented_control("inside.kernels.by").set_value("channels").run()
    pictures, more = shown["inside.kernels"]
    assert pictures.values.shape == (2, 3, 3)
    assert (pictures.notes, more["chosen"], more["what"]) == ((), None, "input channel")
    assert "of 3: 2 kernels of 3×3, one for each input channel" in words(app)


def test_weights_that_are_no_numbers_are_said_in_words(shown: dict[str, Any]) -> None:
    weights = weights_at(0)
    weights[0][0, 0, 0, 1] = np.nan
    app = page(lonely(weights))
    assert "Some weights are no numbers any more" in app.warning[0].value
    assert shown["inside.kernels"][0].limits == (-0.125, 0.125)


def test_film_shows_a_filter_at_moments_of_its_training(
    small_runs: None, fake_trainer: type[FakeTrainer], shown: dict[str, Any]
) -> None:
    fake_trainer.weights = lambda trainer: weights_at(len(trainer.batches))  # type: ignore[method-assign]
    run = runs.start_run(SPEC, TrainingSettings(dataset="small", epochs=2, batch_size=4, validation_share=0.1), "own")
    assert run.join(20)
    newest = run.snapshot.step
    assert run.weights is not None
    network = TrainedNetwork(run.id, newest, "own", SPEC, run.weights.arrays, ("a", "b", "c"), "small", newest)
    app = page(network)
    film, more = shown["inside.kernels.film"]
    steps = [int(name.removeprefix("step ")) for name in film.names]
    assert (steps[0], steps[-1]) == (0, newest)
    assert 5 < len(steps) <= filter_history.MOST_FRAMES
    assert [picture[0, 0] for picture in film.values] == [10 * step for step in steps]
    assert film.limits == (-10 * newest, 10 * newest)
    assert [note for note in film.notes if note] == ["this moment"]
    assert more["file_name"] == "kernel-conv_1-filter-1"
    # Nine weights that moved by 10 a step each.
    assert f"Length {30 * newest:.2f}, bias {short_number(10 * newest + 1)}; at step 0 it was 0.00" in words(app)
    assert f"moved by {30 * newest:.2f} in all." in words(app)

    app.segmented_control("inside.kernel_layer").set_value("conv_2").run()
    film, more = shown["inside.kernels.film"]
    assert [picture[0, 0] for picture in film.values] == [10 * step + 2 for step in steps], "the other one's kernels"
    assert more["file_name"] == "kernel-conv_2-filter-1"
