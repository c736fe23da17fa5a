"""What the app says of a training on its page, and when it keeps it back."""

from __future__ import annotations

import pytest

from cnn_core import warm_up
from cnn_core.architecture.presets import PRESETS
from cnn_core.training import runs
from cnn_core.training.diagnosis.base import LayerHealth
from dashboard import resources
from dashboard.panels.training.findings import NOTHING
from tests.cnn_core.training.fakes import FakeTrainer
from tests.pages.helpers import checked, open_page, texts


@pytest.fixture
def dead_layer(monkeypatch: pytest.MonkeyPatch) -> None:
    """TensorFlow seems to be there, and has measured that a hidden layer is dead."""
    layers = (
        LayerHealth("conv_1", 160, 0.0, 1.0, 0.1, 1.0),
        LayerHealth("conv_2", 4640, 0.0, 1.0, 0.1, 1.0),
        LayerHealth("dense_1", 100416, 0.0, 1.0, 0.1, 1.0),
        LayerHealth("dense_2", 650, 0.5, 1.0, 0.1),
    )
    monkeypatch.setattr(warm_up, "state", lambda: warm_up.WarmUpState(is_ready=True, elapsed_s=1.0, failure=""))
    monkeypatch.setattr(resources, "health", lambda run: ((0, layers), (run.snapshot.step, layers)))


def test_a_dead_layer_is_told_when_the_training_has_ended(fake_trainer: type[FakeTrainer], dead_layer: None) -> None:
    app = open_page("Train")
    checked(app.button("train.start").click().run())
    assert runs.all_runs()[0].join(20)
    checked(app.run())
    assert "What the app sees" in texts(app)
    assert "conv_1" in texts(app)
    assert NOTHING not in texts(app)


def test_a_patient_s_findings_are_kept_back_until_somebody_asks(
    fake_trainer: type[FakeTrainer], dead_layer: None
) -> None:
    app = open_page("Design")
    checked(app.selectbox("preset.slug").set_value("patient-1").run())
    checked(app.switch_page("pages/21_Train.py").run())
    checked(app.button("train.start").click().run())
    run = runs.all_runs()[0]
    assert run.spec == PRESETS["patient-1"].spec
    assert run.join(20)
    checked(app.run())
    assert "What the app sees" not in texts(app)
    checked(app.switch_page("pages/20_Design.py").run())
    checked(app.button("diagnosis.tell").click().run())
    checked(app.switch_page("pages/21_Train.py").run())
    assert "What the app sees" in texts(app)
