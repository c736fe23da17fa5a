"""Patients are really sick, and their cures really help: both are trained, briefly, on the built-in digits."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from itertools import pairwise
from math import log
from typing import Any

import numpy as np
import pytest

from cnn_core.architecture.presets import CLASSICS, Diagnosis, preset
from cnn_core.architecture.shapes import network_figures
from cnn_core.architecture.spec import NetworkSpec
from cnn_core.data.registry import load_dataset
from cnn_core.training.run import Run
from cnn_core.training.settings import TrainingSettings, settings_for, settings_for_recipe

pytestmark = pytest.mark.slow

GUESSING = log(10)
"""The loss of a network that gives each of ten classes the same probability."""


@cache
def trained(spec: NetworkSpec, settings: TrainingSettings) -> Run:
    run = Run(spec, settings, "test", load_dataset)
    run.start()
    assert run.join(240)
    assert run.snapshot.status == "finished", run.snapshot.message
    return run


def sick(slug: str, **brief: Any) -> Run:
    """Train a patient as its recipe says, but for what makes it brief."""
    patient = preset(slug)
    return trained(patient.spec, replace(settings_for(patient), **brief))


def cured(slug: str, **brief: Any) -> Run:
    diagnosis = diagnosis_of(slug)
    return trained(diagnosis.healthy_spec, replace(settings_for_recipe(diagnosis.healthy_recipe), **brief))


def diagnosis_of(slug: str) -> Diagnosis:
    diagnosis = preset(slug).diagnosis
    assert diagnosis is not None
    return diagnosis


def losses(run: Run) -> np.ndarray:
    return np.asarray(run.snapshot.batch_loss)


def accuracy(run: Run) -> float:
    """On the test images, 0 to 1."""
    assert run.snapshot.test is not None
    return run.snapshot.test.accuracy


def check_that_it_only_guesses(run: Run) -> None:
    assert accuracy(run) < 0.15
    assert losses(run)[-20:].mean() == pytest.approx(GUESSING, abs=0.1)


def model_of(run: Run) -> Any:
    from cnn_core.architecture.build import build_model

    model = build_model(run.spec)
    assert run.weights is not None
    model.set_weights(run.weights.arrays)
    return model


def outputs_of(model: Any, name: str, count: int = 500) -> np.ndarray:
    """What a layer gives for the first test images."""
    from cnn_core.backend import keras

    images = load_dataset("digits").test.images[:count].astype(np.float32) / 255
    part = keras.Model(model.inputs[0], model.get_layer(name).output)
    return np.asarray(part(images, training=False))


def kernel_gradients(spec: NetworkSpec) -> list[float]:
    """Size (root mean square) of the loss's gradient for each layer's kernel before the first step."""
    from cnn_core.architecture.build import build_model
    from cnn_core.backend import keras, tf

    model = build_model(spec)
    part = load_dataset("digits").train
    kernels = [variable for variable in model.trainable_variables if variable.name == "kernel"]
    with tf.GradientTape() as tape:
        answers = model(part.images[:256].astype(np.float32) / 255, training=True)
        loss = keras.losses.SparseCategoricalCrossentropy()(part.labels[:256], answers)
    return [float(np.sqrt(np.mean(np.square(gradient)))) for gradient in tape.gradient(loss, kernels)]


BRIEF_FIRST = {"train_count": 6_000, "batch_size": 32}


def test_patient_1_leaps_and_then_only_guesses() -> None:
    run = sick("patient-1", **BRIEF_FIRST)
    assert losses(run)[0] == pytest.approx(GUESSING, abs=0.1)
    assert losses(run)[1] > 300
    assert losses(run)[100:].max() < 3
    check_that_it_only_guesses(run)
    assert outputs_of(model_of(run), "dense_1").max() == 0


def test_patient_2_moves_nothing_but_the_last_biases() -> None:
    run = sick("patient-2", train_count=3_000)
    np.testing.assert_allclose(losses(run), GUESSING, atol=0.02)
    check_that_it_only_guesses(run)
    assert run.weights is not None
    *others, last_biases = run.weights.arrays
    assert all(not array.any() for array in others)
    assert last_biases.shape == (10,)
    assert last_biases.all()


def test_patients_1_and_2_recover() -> None:
    assert cured("patient-1", **BRIEF_FIRST) is cured("patient-2", **BRIEF_FIRST)
    assert accuracy(cured("patient-1", **BRIEF_FIRST)) > 0.85


def test_patient_3_stays_where_it_settled_and_recovers() -> None:
    brief = {"train_count": 8_000, "batch_size": 32, "epochs": 2}
    run = sick("patient-3", **brief)
    assert 2.33 < losses(run)[:10].mean() < 2.8
    assert losses(run)[100:].mean() == pytest.approx(GUESSING, abs=0.03)
    check_that_it_only_guesses(run)
    assert accuracy(cured("patient-3", **brief)) > 0.5


def test_patient_3_has_no_gradient_left_where_the_image_comes_in() -> None:
    spec, healthy = preset("patient-3").spec, diagnosis_of("patient-3").healthy_spec
    gradients = kernel_gradients(spec)
    assert len(gradients) == 13
    assert 5e6 < gradients[-1] / gradients[0] < 1e8  # “tens of millions of times”
    healthy_gradients = kernel_gradients(healthy)
    assert healthy_gradients[0] >= healthy_gradients[-1]


def test_patient_4_reads_worse_on_known_and_new_images_and_recovers() -> None:
    brief = {"train_count": 8_000, "batch_size": 32, "epochs": 2}
    run, healthy = sick("patient-4", **brief), cured("patient-4", **brief)
    assert 0.4 < accuracy(run) < 0.8
    assert run.snapshot.epochs[-1].accuracy < accuracy(run) + 0.08
    assert accuracy(healthy) > max(0.8, accuracy(run) + 0.12)


def sizes_within(model: Any) -> list[float]:
    """Size (root mean square) of what the first, fourth, seventh and tenth convolution give behind their ReLU."""
    return [float(np.sqrt(np.mean(np.square(outputs_of(model, f"activation_{n}"))))) for n in (1, 4, 7, 10)]


def test_patient_5_fades_away_and_recovers() -> None:
    from cnn_core.architecture.build import build_model

    brief = {"train_count": 5_000, "batch_size": 16, "epochs": 2}
    run = sick("patient-5", **brief)
    np.testing.assert_allclose(losses(run), GUESSING, atol=0.06)
    check_that_it_only_guesses(run)
    before, after = sizes_within(build_model(run.spec)), sizes_within(model_of(run))
    assert all(here > 3 * there for here, there in pairwise(before))
    assert 3e-6 < before[-1] < 3e-5  # “of size 0.00001”
    assert after[0] > 3 * after[1] > 3 * 3 * after[2]
    assert after[-1] < 1e-4
    assert all(array.std() > 0.03 for array in run.weights.arrays[:-1:2])  # type: ignore[union-attr]
    healthy = cured("patient-5", **brief)
    assert healthy.snapshot.epochs[-1].accuracy > 0.8
    assert accuracy(healthy) > 0.8  # after 560 steps batch norm's moving averages are where they belong


def test_patient_6_learns_by_heart_and_slowly_and_recovers() -> None:
    run, healthy = sick("patient-6"), cured("patient-6")
    assert run.snapshot.epochs[-1].accuracy > 0.985
    assert 0.85 < accuracy(run) < accuracy(healthy)
    assert run.snapshot.test is not None
    assert healthy.snapshot.test is not None
    assert run.snapshot.test.loss > healthy.snapshot.test.loss + 0.06
    validation = [epoch.val_loss for epoch in run.snapshot.epochs]
    assert validation[-1] > min(validation) + 0.02
    assert network_figures(run.spec).multiply_adds > 2 * network_figures(healthy.spec).multiply_adds


LEAST = {"lenet-5": 0.7, "modern-small": 0.65, "residual": 0.65}


@pytest.mark.parametrize("slug", [ready_made.slug for ready_made in CLASSICS])
def test_classics_learn_within_seconds(slug: str) -> None:
    ready_made = preset(slug)
    brief = replace(settings_for(ready_made), train_count=5_000, batch_size=32, epochs=2)
    assert accuracy(trained(ready_made.spec, brief)) > LEAST[slug]
