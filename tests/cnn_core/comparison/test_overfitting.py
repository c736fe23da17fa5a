"""Trials against over-fitting: what they are made of, what is read from their runs, and what is said of them."""

from __future__ import annotations

from dataclasses import fields, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnn_core.architecture.layers import BatchNormalization, Dropout
from cnn_core.architecture.shapes import network_figures
from cnn_core.comparison.overfitting import (
    HELPS,
    PLANS,
    Trial,
    each_help_alone,
    start_trial,
    trial_of,
)
from cnn_core.comparison.overfitting_words import (
    TrialResult,
    gap_sentence,
    help_sentence,
    luck_sentence,
    result_of,
)
from cnn_core.data.dataset import LabelledImages
from cnn_core.data.registry import load_dataset
from cnn_core.data.split import stratified_split, subset_indices
from cnn_core.training import runs
from cnn_core.training.recall import recall_of
from cnn_core.training.records import settings_from_json, settings_to_json
from cnn_core.training.settings import TrainingSettings, steps_per_epoch
from cnn_core.training.snapshot import EpochResult, RunSnapshot, TestResult, WeightsSnapshot
from tests.cnn_core.training.fakes import FakeTrainer, fake_trainer, own_runs

__all__ = ["fake_trainer", "own_runs"]

TRIALS = st.builds(Trial, st.sampled_from(sorted(PLANS)), *[st.booleans()] * len(HELPS))


def result(trial: Trial, test: float, gap: float = 0.1, loss: float = 0.5) -> TrialResult:
    return TrialResult(trial, 0.9 + gap, 0.9, test, 3000, loss)


@given(TRIALS)
def test_as_many_images_are_kept_aside_as_it_learns_from(trial: Trial) -> None:
    settings = trial.to_settings()
    labels = load_dataset("digits").train.labels
    chosen = subset_indices(labels, settings.train_count, settings.seed)
    learn, aside = stratified_split(labels[chosen], settings.validation_share, settings.seed)
    assert len(learn) == len(aside) == trial.images


@given(TRIALS)
def test_every_help_can_be_switched_by_itself(trial: Trial) -> None:
    settings, layers = trial.to_settings(), trial.to_spec().layers
    assert any(isinstance(layer, Dropout) for layer in layers) == trial.dropout
    assert any(isinstance(layer, BatchNormalization) for layer in layers) == trial.batch_norm
    assert settings.augmentation.is_active == trial.augmentation
    assert (settings.l2 > 0) == trial.l2
    assert (settings.patience > 0) == settings.keeps_best == trial.early_stopping


def test_images_of_few_are_among_the_many() -> None:
    labels = load_dataset("digits").train.labels
    few, many = (set(subset_indices(labels, 2 * count, 0)) for count in (50, 500))
    assert few < many


def test_trials_differ_in_nothing_but_images_and_helps() -> None:
    plain, *others = (trial.to_settings() for trial in each_help_alone(500))
    touched = {"augmentation", "l2", "patience", "keeps_best"}
    for other in others:
        differing = {f.name for f in fields(TrainingSettings) if getattr(plain, f.name) != getattr(other, f.name)}
        assert differing <= touched
    assert network_figures(Trial().to_spec()).parameters == 105_866, "as the lesson's text says"


def test_few_images_are_learned_from_in_about_as_many_steps_as_many() -> None:
    steps = [Trial(count).to_settings() for count in PLANS]
    totals = [settings.epochs * steps_per_epoch(settings, 30_000) for settings in steps]
    assert max(totals) <= 3 * min(totals)


def test_trial_is_known_again_from_its_run(own_runs: None, fake_trainer: type[FakeTrainer]) -> None:
    fake_trainer.gate.clear()
    trial = Trial(50, dropout=True, early_stopping=True)
    run = start_trial(trial, "somebody")
    assert trial_of(run) == trial
    run.settings = settings_from_json(settings_to_json(run.settings))  # as after a restart of the server
    assert trial_of(run) == trial
    assert (run.owner, run.title) == ("somebody", "50 images, dropout, early stopping (over-fitting)")
    run.settings = replace(run.settings, learning_rate=0.1)
    assert trial_of(run) is None
    run.control.stop()
    fake_trainer.gate.set()
    assert run.join(20)


def test_number_of_images_is_one_of_three() -> None:
    with pytest.raises(ValueError, match="50, 500, 5000"):
        Trial(51)


def ended_run(trial: Trial, status: str, kept_step: int) -> runs.Run:
    run = runs.Run(trial.to_spec(), trial.to_settings(), "one", load_dataset)
    epochs = (EpochResult(1, 5, 1.0, 0.5, 1.0, 0.7), EpochResult(2, 10, 0.5, 1.0, 2.0, 0.6))
    run.snapshot = RunSnapshot(status, epochs=epochs, test=TestResult(1.5, 0.65, 3000))  # type: ignore[arg-type]
    run.keep_weights(WeightsSnapshot(kept_step, ()))
    return run


def test_result_is_that_of_the_weights_that_were_kept() -> None:
    last = result_of(ended_run(Trial(50), "finished", 10), 1.0)
    assert last == TrialResult(Trial(50), 1.0, 0.6, 0.65, 3000, 1.5)
    best = result_of(ended_run(Trial(50, early_stopping=True), "finished", 5), 0.9)
    assert best is not None
    assert best.aside == 0.7
    assert best.gap == pytest.approx(0.2)


@pytest.mark.parametrize("status", ["running", "stopped", "failed", "queued", "interrupted"])
def test_only_what_went_on_to_its_end_is_a_result(status: str) -> None:
    assert result_of(ended_run(Trial(50), status, 10), 1.0) is None


def test_gap_below_zero_is_written_with_a_minus_sign() -> None:
    assert gap_sentence(result(Trial(500), 0.9, gap=-0.02)).endswith("a gap of −2.0 points.")


PLAIN = Trial(500)
AUGMENTED, DROPPED, STOPPED = (
    Trial(500, augmentation=True),
    Trial(500, dropout=True),
    Trial(500, early_stopping=True),
)


def test_help_without_anything_to_compare_it_with_asks_for_that() -> None:
    alone = result(AUGMENTED, 0.92)
    assert help_sentence([alone], alone) == (
        "Train on 500 images without any help too: then one can say how much augmentation helped."
    )


@pytest.mark.parametrize(
    ("test", "loss", "words"),
    [
        (0.93, 0.5, "helped: 93.0 % of the 3,000 test images instead of 88.0 %, 5.0 points more."),
        (0.89, 0.5, "made no more difference than luck does: 89.0 % of the 3,000 test images instead of 88.0 %."),
        (0.85, 0.5, "did harm: 85.0 % of the 3,000 test images instead of 88.0 %, 3.0 points fewer."),
        (0.85, 0.3, "3.0 points fewer, though with a lower loss: 0.30 instead of 0.50."),
    ],
)
def test_one_help_is_held_against_none(test: float, loss: float, words: str) -> None:
    plain, helped = result(PLAIN, 0.88), result(STOPPED, test, loss=loss)
    said = help_sentence([plain, helped], helped)
    assert said.startswith("On 500 images early stopping ")
    assert said.endswith(words)


def test_several_helps_are_ranked() -> None:
    known = [result(PLAIN, 0.88), result(DROPPED, 0.895), result(AUGMENTED, 0.92), result(STOPPED, 0.86)]
    said = help_sentence(known, known[1])
    assert said == (
        "On 500 images augmentation helped most: 92.0 % of the 3,000 test images instead of 88.0 %, 4.0 points more. "
        "The others, in points: dropout +1.5, early stopping −2.0."
    )
    known[2] = result(AUGMENTED, 0.885)
    assert "nothing helped by more than luck, the best being dropout with 89.5 %" in help_sentence(known, known[1])


def test_of_equal_trials_the_last_one_counts() -> None:
    known = [result(PLAIN, 0.5), result(AUGMENTED, 0.92), result(PLAIN, 0.88)]
    assert "instead of 88.0 %" in help_sentence(known, known[1])


def test_helps_on_other_numbers_of_images_are_not_mixed_in() -> None:
    known = [result(PLAIN, 0.88), result(Trial(50), 0.5), result(Trial(50, dropout=True), 0.6), result(DROPPED, 0.91)]
    assert "instead of 88.0 %" in help_sentence(known, known[3])
    assert "60.0 % of the 3,000 test images instead of 50.0 %" in help_sentence(known, known[2])


def test_without_helps_more_images_are_spoken_of() -> None:
    few, many = result(Trial(50), 0.58, gap=0.44), result(PLAIN, 0.88, gap=0.136)
    assert help_sentence([many, few], few) == (
        "More images helped: 500 instead of 50 brought 88.0 % of the 3,000 test images instead of 58.0 %, and a gap of "
        "13.6 points instead of 44.0 points."
    )
    assert help_sentence([few], few).startswith("Now switch a help on")


def test_one_image_of_few_weighs_much() -> None:
    assert "One of the 50 images kept aside alone is 2 points" in luck_sentence(result(Trial(50), 0.5))
    assert "One of the 5,000 images kept aside alone is 0.02 points" in luck_sentence(result(Trial(5000), 0.5))


@pytest.mark.slow
def test_network_that_knows_its_images_by_heart_is_found_out(own_runs: None) -> None:
    trial = Trial(50)
    run = runs.Run(trial.to_spec(), replace(trial.to_settings(), epochs=30), "short", load_dataset)
    assert recall_of(run) is None, "no weights yet"
    run.start()
    assert run.join(120)
    learned = recall_of(run)
    test = run.snapshot.test
    assert learned is not None
    assert test is not None
    assert learned == 1.0
    assert test.accuracy < 0.75
    sample: LabelledImages = run.training_sample(1000)
    assert len(sample) == 50
