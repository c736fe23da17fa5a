"""Diagnoses of real trainings: every patient's fits its cause, and healthy networks are left alone."""

from __future__ import annotations

from functools import cache
from typing import Any

import pytest

from cnn_core.architecture.layers import Conv2D, Dense, Flatten, Pooling2D
from cnn_core.architecture.presets import CLASSICS, CLINIC, SYSTEMS, Recipe
from cnn_core.architecture.spec import NetworkSpec
from cnn_core.augmentation.settings import Augmentation
from cnn_core.training.diagnosis import Course, findings
from tests.cnn_core.training.diagnosis.trainings import (
    digits,
    mixed_up,
    of_two_classes,
    preset_course,
    trained,
    until,
    with_colours,
)

pytestmark = pytest.mark.slow

BRIEF: dict[str, dict[str, Any]] = {
    "patient-1": {"train_count": 2_500, "batch_size": 32, "epochs": 1},
    "patient-2": {"train_count": 1_500, "batch_size": 32, "epochs": 2},
    "patient-3": {"train_count": 2_500, "batch_size": 32, "epochs": 1},
    "patient-4": {"train_count": 5_000, "batch_size": 32, "epochs": 2},
    "patient-5": {"train_count": 2_000, "batch_size": 16, "epochs": 1},
    "patient-6": {"train_count": 1_500, "validation_share": 0.2},
}

SEEN = {
    "patient-1": ["exploding-loss", "dead-relu"],
    "patient-2": ["zero-weights"],
    "patient-3": ["vanishing-gradients"],
    "patient-4": ["sees-too-little"],
    "patient-5": ["vanishing-gradients"],
    "patient-6": ["over-fitting"],
}
"""What a training shows of each patient's cause."""

CURED: dict[str, dict[str, Any]] = {
    "patient-1": {"train_count": 3_000, "batch_size": 32},
    "patient-2": {"train_count": 3_000, "batch_size": 32},
    "patient-3": {"train_count": 4_500, "batch_size": 32, "epochs": 2},
    "patient-4": {"train_count": 3_000, "batch_size": 32, "epochs": 2},
    "patient-5": {"train_count": 1_500, "batch_size": 32},
    "patient-6": {"train_count": 2_000, "validation_share": 0.2},
}

UNCHANGING = {"learning_rate": 0.001, "schedule": "constant", "augmentation": Augmentation()}

HEALTHY: dict[str, dict[str, Any]] = {
    "first": {"train_count": 3_000, "batch_size": 32, "epochs": 2},
    "two-convolutions": {"train_count": 1_500, "batch_size": 32, "epochs": 2},
    "colour-images": {"train_count": 2_000, "batch_size": 32, "epochs": 2},
    "fully-connected": {"train_count": 3_000, "batch_size": 32},
    "large-cnn": {"train_count": 1_200, "batch_size": 32, "epochs": 2},
    # Digits are not to be turned as cells are, and no cycle is run through in so few steps.
    "blood-cells": UNCHANGING | {"train_count": 400, "batch_size": 16, "epochs": 3},
    "lenet-5": {"train_count": 4_000, "batch_size": 32},
    "modern-small": {"train_count": 4_000, "batch_size": 32, "epochs": 2},
    "residual": {"train_count": 2_500, "batch_size": 32, "epochs": 2},
}


def slugs(course: Course) -> list[str]:
    return [finding.slug for finding in findings(course)]


def moments(course: Course) -> list[Course]:
    """The training as it was at some thirty steps, and at its end."""
    steps = {*range(1, course.steps, max(course.steps // 30, 1)), *(epoch.step for epoch in course.epochs)}
    return [*(until(course, step) for step in sorted(steps)), course]


@cache
def sick(slug: str) -> Course:
    return preset_course(slug, **BRIEF[slug])


def test_every_preset_is_trained_here() -> None:
    assert set(BRIEF) == set(SEEN) == set(CURED) == {patient.slug for patient in CLINIC}
    assert set(HEALTHY) == {healthy.slug for healthy in (*SYSTEMS, *CLASSICS)}


@pytest.mark.parametrize("slug", SEEN)
def test_patient_is_diagnosed(slug: str) -> None:
    assert slugs(sick(slug)) == SEEN[slug]


@pytest.mark.parametrize("slug", SEEN)
def test_patient_is_never_taken_for_something_else_on_the_way(slug: str) -> None:
    said = {name for course in moments(sick(slug)) for name in slugs(course)}
    assert said <= set(SEEN[slug])


def test_findings_name_the_layers_and_numbers() -> None:
    _, dead = findings(sick("patient-1"))
    assert dead.evidence.layer == "dense_1"
    assert "In dense_1, all ReLU units give 0" in dead.message
    (fading,) = findings(sick("patient-3"))
    assert fading.evidence.layer == "conv_1"
    assert "million times smaller than that of dense_11" in fading.message
    assert "12 layers have a sigmoid or tanh" in fading.reason
    (zero,) = findings(sick("patient-2"))
    assert "conv_1, conv_2 and dense_1 began at zero and are still zero" in zero.message
    (unseen,) = findings(sick("patient-4"))
    assert "640 of 784" in unseen.reason
    assert unseen.evidence.layer == "conv_1"


@pytest.mark.parametrize("slug", CURED)
def test_cured_patient_gets_no_alarm_at_any_time(slug: str) -> None:
    check_that_nothing_is_found(preset_course(slug, is_cured=True, **CURED[slug]))


@pytest.mark.parametrize("slug", HEALTHY)
def test_healthy_network_gets_no_alarm_at_any_time(slug: str) -> None:
    part = None
    if slug == "colour-images":
        part = with_colours(digits(), 32, 4_000)
    elif slug == "blood-cells":
        part = with_colours(of_two_classes(digits()), 64, 1_000)
    check_that_nothing_is_found(preset_course(slug, part=part, **HEALTHY[slug]))


def check_that_nothing_is_found(course: Course) -> None:
    alarms = {course.steps: slugs(course) for course in moments(course) if slugs(course)}
    assert alarms == {}
    assert course.epochs[-1].accuracy > 0.5, "it has learned, so that silence means something"


TINY = NetworkSpec(
    (28, 28, 1),
    (Conv2D(filters=8), Pooling2D(), Flatten(), Dense(units=64), Dense(units=10, activation="softmax")),
)


def test_labels_mixed_up_are_learned_by_heart_and_noticed() -> None:
    recipe = Recipe(epochs=14, learning_rate=0.005, train_count=300)
    course = trained(TINY, recipe, mixed_up(digits()), batch_size=16, validation_share=0.3)
    (finding,) = findings(course)
    assert finding.slug == "shuffled-labels"
    assert "no better than guessing, 10\N{NO-BREAK SPACE}%" in finding.message


def test_many_labels_mixed_up_cannot_even_be_learned_by_heart() -> None:
    recipe = Recipe(epochs=3, learning_rate=0.002, train_count=3_000)
    course = trained(TINY, recipe, mixed_up(digits()), batch_size=32)
    (finding,) = findings(course)
    assert finding.slug == "shuffled-labels"
    assert "though gradients reach every layer" in finding.message


@pytest.mark.parametrize(("optimizer", "rate"), [("adam", 0.00001), ("sgd", 0.0002)])
def test_learning_rate_that_is_too_small(optimizer: str, rate: float) -> None:
    recipe = Recipe(epochs=2, learning_rate=rate, optimizer=optimizer, train_count=2_000)
    (finding,) = findings(trained(TINY, recipe, batch_size=32))
    assert finding.slug == "rate-too-small"


def test_learning_rate_that_is_too_large_saturates_tanh() -> None:
    spec = NetworkSpec(
        (28, 28, 1), (Flatten(), *[Dense(units=32, activation="tanh")] * 2, Dense(units=10, activation="softmax"))
    )
    course = trained(spec, Recipe(epochs=2, learning_rate=0.3, train_count=2_000), batch_size=32)
    assert slugs(course) == ["rate-too-large", "saturated"]


def test_plateau_of_a_network_that_is_far_too_narrow() -> None:
    spec = NetworkSpec((28, 28, 1), (Flatten(), Dense(units=3), Dense(units=10, activation="softmax")))
    course = trained(spec, Recipe(epochs=20, learning_rate=0.01, train_count=3_000), batch_size=32)
    assert slugs(course) == ["plateau"]
