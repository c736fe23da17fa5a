"""Gradients of deep networks: those of a plain tape, and what the lesson says of them."""

from __future__ import annotations

import math

import numpy as np
import pytest

from cnn_core.architecture.deep_stack import STACK_ACTIVATIONS, DeepStack
from cnn_core.data.registry import load_dataset
from cnn_core.training.gradient_survey import (
    IMAGES,
    LARGEST_SLOPES,
    GradientSurvey,
    slopes_leave_at_most,
    survey_gradients,
)

X = np.linspace(-12, 12, 240_001)
SIGMOID = 1 / (1 + np.exp(-X))
CURVES = {
    "relu": np.maximum(X, 0),
    "leaky_relu": np.where(X > 0, X, 0.2 * X),
    "elu": np.where(X > 0, X, np.expm1(X)),
    "gelu": X * np.array([math.erf(x / math.sqrt(2)) + 1 for x in X]) / 2,
    "silu": X * SIGMOID,
    "sigmoid": SIGMOID,
    "tanh": np.tanh(X),
}


@pytest.mark.parametrize("name", STACK_ACTIVATIONS)
def test_largest_slope_is_that_of_the_curve(name: str) -> None:
    assert np.diff(CURVES[name]).max() / (X[1] - X[0]) == pytest.approx(LARGEST_SLOPES[name], abs=1e-4)


def test_slopes_multiply_once_for_every_layer_but_the_last() -> None:
    assert slopes_leave_at_most(DeepStack(2, "sigmoid")) == 0.25
    assert slopes_leave_at_most(DeepStack(11, "sigmoid")) == pytest.approx(9.5367e-7, rel=1e-4)
    assert slopes_leave_at_most(DeepStack(20, "relu")) == 1


def test_survey_says_what_is_left_and_by_what_each_layer_multiplies() -> None:
    survey = GradientSurvey(("a", "b", "c", "d"), (0.008, 0.04, 0.2, 1.0))
    assert survey.share_left == pytest.approx(0.008)
    assert survey.factor_per_layer == pytest.approx(0.2)


@pytest.mark.parametrize("norms", [(0.0, 1.0), (0.0, 0.0)])
def test_gradient_that_is_gone_is_zero_and_no_error(norms: tuple[float, ...]) -> None:
    survey = GradientSurvey(("a", "b"), norms)
    assert (survey.share_left, survey.factor_per_layer) == (0, 0)


@pytest.mark.slow
def test_surveyed_gradients_are_those_of_a_plain_tape() -> None:
    from cnn_core.architecture.build import build_model
    from cnn_core.backend import keras, tf

    stack, told = DeepStack(4, "tanh"), list[float]()
    survey = survey_gradients(stack, told.append)
    assert survey.layers == ("conv_1", "conv_2", "conv_3", "dense_1")
    assert told == sorted(told)
    assert told[-1] == 1
    train = load_dataset("digits").train
    model = build_model(stack.to_spec(), seed=0)
    with tf.GradientTape() as tape:
        guesses = model(train.images[:IMAGES].astype(np.float32) / 255, training=True)
        loss = keras.losses.SparseCategoricalCrossentropy()(train.labels[:IMAGES], guesses)
    gradients = tape.gradient(loss, model.trainable_variables)
    for index, norm in enumerate(survey.norms):
        kernel, bias = gradients[2 * index], gradients[2 * index + 1]
        expected = math.sqrt(float(tf.reduce_sum(kernel**2)) + float(tf.reduce_sum(bias**2)))
        assert norm == pytest.approx(expected, rel=1e-4)


@pytest.mark.slow
def test_sigmoids_let_the_gradient_fade_and_batch_norm_brings_it_back() -> None:
    faded = survey_gradients(DeepStack(12, "sigmoid"))
    assert faded.share_left < 1e-7
    assert 0.1 < faded.factor_per_layer < 0.25, "no more than a sigmoid's slope"
    assert survey_gradients(DeepStack(12, "sigmoid", has_batch_norm=True)).share_left > 0.01
    assert survey_gradients(DeepStack(12, "relu")).share_left > 0.05
    poor = survey_gradients(DeepStack(20, "relu", has_good_start=False))
    assert poor.share_left < 1e-4
    assert len(poor.norms) == 20
