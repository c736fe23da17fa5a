"""Learning rates over a training: against Keras's own schedules, and what must hold for any settings."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cnn_core.training.schedules import SCHEDULES, schedule_curve, scheduled_rate
from cnn_core.training.settings import TrainingSettings, steps_per_epoch
from tests.oracles import STEADY


@settings(STEADY, max_examples=200)
@given(
    st.sampled_from(sorted(SCHEDULES)),
    st.integers(1, 20),
    st.integers(1, 50),
    st.floats(1e-5, 10),
    st.floats(0.01, 0.9),
    st.floats(0.01, 1.0),
)
def test_rates_are_positive_and_never_above_the_one_that_was_set(
    name: str, epochs: int, steps: int, peak: float, share: float, factor: float
) -> None:
    chosen = TrainingSettings(
        epochs=epochs, learning_rate=peak, schedule=name, warm_up_share=share, drop_factor=factor, drop_epochs=1
    )
    rates = [scheduled_rate(chosen, step, steps) for step in range(epochs * steps)]
    assert all(0 <= rate <= peak * (1 + 1e-9) for rate in rates)
    if name != "one_cycle":
        assert rates[0] == pytest.approx(peak)
        assert all(later <= earlier for earlier, later in pairwise(rates))
    if name == "one_cycle":
        top = int(np.argmax(rates))
        assert all(a <= b + 1e-12 for a, b in pairwise(rates[: top + 1]))
        assert all(a >= b - 1e-12 for a, b in pairwise(rates[top:]))


@pytest.mark.slow
def test_cosine_and_steps_are_those_of_keras() -> None:
    from cnn_core.backend import keras

    chosen = TrainingSettings(epochs=4, learning_rate=0.1, schedule="cosine")
    theirs = keras.optimizers.schedules.CosineDecay(0.1, 40)
    for step in range(40):
        assert scheduled_rate(chosen, step, 10) == pytest.approx(float(theirs(step)), rel=1e-5, abs=1e-7)
    dropped = replace(chosen, schedule="step", drop_epochs=2, drop_factor=0.3)
    stairs = keras.optimizers.schedules.ExponentialDecay(0.1, 20, 0.3, staircase=True)
    for step in range(40):
        assert scheduled_rate(dropped, step, 10) == pytest.approx(float(stairs(step)), rel=1e-5)


def test_one_cycle_goes_through_the_paper_s_points() -> None:
    chosen = TrainingSettings(epochs=10, learning_rate=0.5, schedule="one_cycle", warm_up_share=0.25)
    assert scheduled_rate(chosen, 0, 40) == pytest.approx(0.5 / 25)
    assert scheduled_rate(chosen, 100, 40) == pytest.approx(0.5)
    assert scheduled_rate(chosen, 400, 40) == pytest.approx(0.5 / 25 / 10_000)


def test_curve_holds_the_first_and_the_last_step() -> None:
    chosen = TrainingSettings(epochs=3, schedule="cosine")
    steps, rates = schedule_curve(chosen, 100)
    assert (steps[0], steps[-1]) == (0, 299)
    assert len(steps) <= 200
    assert rates[-1] == pytest.approx(scheduled_rate(chosen, 299, 100))
    assert schedule_curve(TrainingSettings(epochs=1), 1).shape == (2, 1)


@pytest.mark.parametrize(("available", "batch", "expected"), [(1000, 64, 15), (10, 64, 1), (100, 1, 90)])
def test_steps_of_an_epoch(available: int, batch: int, expected: int) -> None:
    assert steps_per_epoch(TrainingSettings(batch_size=batch, validation_share=0.1), available) == expected
