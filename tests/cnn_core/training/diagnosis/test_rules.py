"""Rules of diagnosis on courses written by hand: each speaks with its numbers, once there is enough to go by."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from dataclasses import replace
from math import inf, log, nan
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from cnn_core.architecture.layers import Activation, BatchNormalization, Conv2D, Dense, Flatten, Layer
from cnn_core.architecture.presets import preset
from cnn_core.architecture.spec import NetworkSpec
from cnn_core.training.diagnosis import RULES, Course, Finding, LayerHealth, findings, is_judgeable
from cnn_core.training.settings import TrainingSettings
from cnn_core.training.snapshot import EpochResult

ROOT = Path(__file__).resolve().parents[4]
TERMS = ROOT / "assets" / "lessons" / "terms"
GUESSING = log(10)
ANSWER = Dense(units=10, activation="softmax")
LAYERS: tuple[Layer, ...] = (Conv2D(filters=4), Flatten(), Dense(units=8), ANSWER)


def layer(name: str, **measured: float) -> LayerHealth:
    return LayerHealth(name, 10, **{"gradient_norm": 0.1, "weight_norm": 1.0, "weight_change": 0.5} | measured)


SOUND = (layer("conv_1", dead_share=0.0), layer("dense_1", dead_share=0.4), layer("dense_2"))


def course(
    losses: Sequence[float],
    *,
    epochs: Sequence[tuple[float, float, float, float]] = (),
    accuracy: float = 0.1,
    layers: tuple[Layer, ...] = LAYERS,
    health: tuple[LayerHealth, ...] = SOUND,
    first_health: tuple[LayerHealth, ...] = SOUND,
    **settings: Any,
) -> Course:
    """A training; `epochs` are loss, accuracy, validation loss and accuracy, evenly spread over the steps."""
    count = len(losses)
    step = count // max(len(epochs), 1)
    results = tuple(EpochResult(n, n * step, *numbers) for n, numbers in enumerate(epochs, 1))
    return Course(
        np.float32(losses),
        np.full(count, accuracy, np.float32),
        results,
        step,
        count,
        "running",
        "",
        10,
        NetworkSpec((8, 8, 1), layers),
        TrainingSettings(**settings),
        ((0, first_health), (count, health)) if epochs else ((0, first_health),),
    )


GUESSED = (GUESSING, 0.1, GUESSING, 0.1)


def flat(steps: int = 60, **more: Any) -> Course:
    return course([GUESSING] * steps, **{"epochs": [GUESSED]} | more)


def learning(steps: int = 300) -> np.ndarray:
    return 2.3 * np.exp(-np.arange(steps) / 60) + 0.05


def slugs(this: Course) -> list[str]:
    return [finding.slug for finding in findings(this)]


def only(this: Course) -> Finding:
    (finding,) = findings(this)
    return finding


# --- a loss that grows -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("broken", [nan, inf])
def test_loss_that_is_no_number_is_said_at_once_and_alone(broken: float) -> None:
    found = only(course([2.3, 400.0, broken]))
    assert found.slug == "exploding-loss"
    assert "no number any more since step 3" in found.message
    assert found.evidence.last_step == 3
    assert only(course([broken])).slug == "exploding-loss"


def test_loss_that_explodes_is_said_after_twenty_steps_unless_it_comes_down() -> None:
    leap = [2.3, 2519.4, *[2.33] * 18]
    found = only(course(leap, learning_rate=0.3))
    assert found.slug == "exploding-loss"
    assert "from 2.30 to 2,519 in step 2" in found.message
    assert "a tenth of it, 0.03" in found.reason
    assert slugs(course(leap[:19])) == []
    assert slugs(course([2.3, 22.0, *[2.33] * 18])) == []
    assert slugs(course([2.3, 2519.0, *learning()], epochs=[(0.5, 0.8, 0.4, 0.8)])) == []


def test_rate_that_is_too_large_leaps_or_never_comes_down() -> None:
    epochs = [(2.4, 0.3, 2.4, 0.3)]
    found = only(course([2.3, 4.0, *[2.4] * 58], epochs=epochs, accuracy=0.3))
    assert found.slug == "rate-too-large"
    assert "leapt from 2.30 to 4.00" in found.message
    assert slugs(course([2.3, 4.0, *[2.4] * 57], epochs=epochs, accuracy=0.3)) == []
    assert slugs(course([2.3, 3.3, *[2.4] * 58], epochs=epochs, accuracy=0.3)) == []
    late = [*learning(60), 3.2, 0.5, 3.4, 0.5, 3.6, *[0.5] * 30]
    assert "3 times, up to 3.60" in only(course(late, epochs=[(0.6, 0.8, 0.6, 0.8)], accuracy=0.8)).message
    late[60] = 1.0
    assert slugs(course(late, epochs=[(0.6, 0.8, 0.6, 0.8)], accuracy=0.8)) == []


def test_loss_of_tiny_batches_is_averaged_before_it_counts_as_a_leap() -> None:
    wild = [2.3] * 16 + ([0.1] * 7 + [9.0]) * 40
    assert "rate-too-large" in slugs(course(wild, epochs=[(1.2, 0.8, 1.2, 0.8)], accuracy=0.8, batch_size=64))
    assert slugs(course(wild, epochs=[(1.2, 0.8, 1.2, 0.8)], accuracy=0.8, batch_size=1)) == []


# --- gradients that do not get through -------------------------------------------------------------------------------


def test_weights_that_began_at_zero() -> None:
    zeros = (Conv2D(filters=4, initializer="zeros"), Flatten(), replace(ANSWER, initializer="zeros"))
    health = (layer("conv_1", gradient_norm=0.0, weight_norm=0.0, dead_share=1.0), layer("dense_1"))
    found = only(flat(layers=zeros, health=health, first_health=health))
    assert found.slug == "zero-weights"
    assert found.message.startswith("The weights of conv_1 began at zero and are still zero after 60 steps")
    assert slugs(flat(59, layers=zeros, health=health, first_health=health)) == []
    assert slugs(course(learning(), epochs=[(0.3, 0.9, 0.3, 0.9)], accuracy=0.9, layers=zeros)) == []


def test_answer_alone_may_begin_at_zero() -> None:
    layers = (Flatten(), replace(ANSWER, initializer="zeros"))
    assert slugs(flat(layers=layers, health=(layer("dense_1"),), first_health=(layer("dense_1"),))) == []


@pytest.mark.parametrize(("share", "is_said"), [(0.9, True), (0.89, False)])
def test_saturation_is_said_of_hidden_layers(share: float, is_said: bool) -> None:
    layers = (Flatten(), Dense(units=4, activation="tanh"), Dense(units=1, activation="sigmoid"))
    health = (layer("dense_1", saturated_share=share), layer("dense_2", saturated_share=1.0))
    found = findings(course(learning(), epochs=[(0.3, 0.9, 0.3, 0.9)], accuracy=0.9, layers=layers, health=health))
    assert [finding.slug for finding in found] == ["saturated"] * is_said
    if is_said:
        assert found[0].message.startswith("In dense_1, 90\N{NO-BREAK SPACE}% of the outputs lie")
        assert found[0].evidence.health == health


@pytest.mark.parametrize(("share", "words"), [(1.0, "all"), (0.95, "95\N{NO-BREAK SPACE}% of the"), (0.94, "")])
def test_dead_units_are_said_with_each_layer_s_share(share: float, words: str) -> None:
    health = (layer("conv_1", dead_share=0.97), layer("dense_1", dead_share=share), layer("dense_2", dead_share=1.0))
    if not words:
        health = (SOUND[0], *health[1:])
    found = findings(course(learning(), epochs=[(0.3, 0.9, 0.3, 0.9)], accuracy=0.9, health=health))
    assert [finding.slug for finding in found] == ["dead-relu"] * bool(words)
    if share == 1.0:
        assert found[0].message.startswith("In dense_1, all ReLU units give 0")
        assert "likewise conv_1 97\N{NO-BREAK SPACE}%" in found[0].message
    elif words:
        assert "dense_1 95\N{NO-BREAK SPACE}%" in found[0].message


def fading(ratio: float) -> tuple[LayerHealth, ...]:
    return (
        layer("conv_1", gradient_norm=0.5 / ratio),
        layer("dense_1", dead_share=0.0),
        layer("dense_2", gradient_norm=0.5),
    )


@pytest.mark.parametrize(("ratio", "is_said"), [(301.0, True), (299.0, False)])
def test_gradients_that_fade_before_the_first_step(ratio: float, is_said: bool) -> None:
    assert slugs(flat(first_health=fading(ratio))) == ["vanishing-gradients"] * is_said
    assert slugs(flat(59, first_health=fading(ratio))) == []
    assert slugs(course(learning(), epochs=[(0.3, 0.9, 0.3, 0.9)], accuracy=0.9, first_health=fading(ratio))) == []


def test_fading_is_said_with_numbers_and_later_only_where_nothing_else_blocks() -> None:
    found = only(flat(first_health=fading(54e6)))
    assert "Before the first step the gradient of conv_1, the first layer, was 54 million times" in found.message
    assert found.evidence.kind == "gradients"
    assert found.evidence.first_step == found.evidence.last_step == 0
    assert "After 60 steps" in only(flat(health=fading(5000))).message
    assert "exactly zero" in only(flat(health=fading(inf))).message
    dead = (layer("conv_1", gradient_norm=0.0), layer("dense_1", dead_share=1.0, gradient_norm=0.0), layer("dense_2"))
    assert slugs(flat(health=dead)) == ["dead-relu"]
    assert slugs(flat(health=dead, first_health=fading(5000))) == ["vanishing-gradients"], "the cause, not what follows"


# --- pace ------------------------------------------------------------------------------------------------------------

STILL = tuple(replace(one, weight_change=0.05) for one in SOUND)


def test_rate_that_is_too_small_leaves_weights_where_they_were() -> None:
    crawling = list(np.linspace(2.3, 2.28, 100))
    found = only(course(crawling, epochs=[GUESSED], health=STILL, learning_rate=0.00003))
    assert found.slug == "rate-too-small"
    assert "After 100 steps the loss has come from 2.30 to 2.28 only" in found.message
    assert "5.0\N{NO-BREAK SPACE}% of their length" in found.message
    assert "ten times as much, 0.0003" in found.reason
    assert slugs(course(crawling[:99], epochs=[GUESSED], health=STILL)) == []
    assert slugs(course(crawling, epochs=[GUESSED])) == [], "weights that have moved"
    rising = replace(course(crawling, epochs=[GUESSED], health=STILL, schedule="one_cycle"), total_steps=1_000)
    assert slugs(rising) == [], "the schedule's small beginning"


def test_loss_that_falls_steadily_to_the_end_had_far_to_go() -> None:
    steady = list(np.linspace(2.3, 1.4, 150))
    health = tuple(replace(one, weight_change=0.2) for one in SOUND)
    epochs = [(1.8, 0.5, 1.5, 0.6)]
    assert slugs(course(steady, epochs=epochs, accuracy=0.6, health=health)) == ["rate-too-small"]
    early = replace(course(steady, epochs=epochs, accuracy=0.6, health=health), total_steps=1_000)
    assert slugs(early) == [], "there is time left"
    levelling = list(1.4 + 0.9 * np.exp(-np.arange(150) / 25))
    assert slugs(course(levelling, epochs=epochs, accuracy=0.6, health=health)) == []


def test_plateau_takes_five_epochs_and_room_for_progress() -> None:
    losses = [*np.linspace(2.3, 1.0, 100), *[1.0] * 150]
    epoch = (1.0, 0.7, 1.0, 0.7)
    found = only(course(losses, epochs=[epoch] * 5, accuracy=0.7))
    assert found.slug == "plateau"
    assert "Since step 151 the loss has hardly changed, from 1.00 to 1.00" in found.message
    assert "30\N{NO-BREAK SPACE}% of the training images are still wrong" in found.message
    assert slugs(course(losses, epochs=[epoch] * 4, accuracy=0.7)) == []
    assert slugs(course(losses, epochs=[(0.1, 0.96, 0.2, 0.95)] * 5, accuracy=0.96)) == []
    assert slugs(course(list(np.linspace(2.3, 1.0, 250)), epochs=[epoch] * 5, accuracy=0.7)) == []


def test_network_that_leaves_out_pixels_and_knows_no_image_well() -> None:
    spec = preset("patient-4").spec
    epochs = [(1.0, 0.7, 1.0, 0.71)] * 2
    this = replace(course(learning(), epochs=epochs, accuracy=0.7, health=(), first_health=()), spec=spec)
    found = only(this)
    assert (found.slug, found.evidence.layer) == ("sees-too-little", "conv_1")
    assert "640 of 784" in found.reason
    assert slugs(replace(this, spec=preset("first").spec)) == []
    assert slugs(replace(this, epochs=this.epochs[:1])) == []


# --- learned by heart ------------------------------------------------------------------------------------------------

OVERFIT = [(0.5, 0.8, 0.5, 0.8), (0.1, 0.95, 0.4, 0.9), (0.02, 0.99, 0.45, 0.9), (0.01, 1.0, 0.5, 0.9)]


def test_over_fitting_needs_a_rise_a_gap_and_two_epochs_since_the_best() -> None:
    found = only(course(learning(400), epochs=OVERFIT, accuracy=0.99))
    assert found.slug == "over-fitting"
    assert "Since epoch 2 the validation loss has risen from 0.40 to 0.47" in found.message
    assert "the training loss fell from 0.10 to 0.015" in found.message
    assert [name for name, _ in found.evidence.curves] == ["training", "validation"]
    assert slugs(course(learning(300), epochs=OVERFIT[:3], accuracy=0.99)) == []
    wavering = [*OVERFIT[:3], (0.01, 1.0, 0.41, 0.9)]
    assert slugs(course(learning(400), epochs=wavering, accuracy=0.99)) == []
    accident = [OVERFIT[0], (0.1, 0.95, 0.4, 0.9), (0.02, 0.99, 0.3, 0.9), (0.01, 1.0, 0.9, 0.8)]
    assert slugs(course(learning(400), epochs=accident, accuracy=0.99)) == []
    level = [(a, b, c, 0.97) for a, b, c, _ in OVERFIT]
    assert slugs(course(learning(400), epochs=level, accuracy=0.99)) == []
    normed = (Conv2D(filters=4), BatchNormalization(), Activation(), Flatten(), ANSWER)
    assert slugs(course(learning(400), epochs=OVERFIT, accuracy=0.99, layers=normed)) == ["over-fitting"]
    assert slugs(course(learning(40), epochs=OVERFIT, accuracy=0.99, layers=normed)) == [], "averages lag behind"


def test_labels_that_are_learned_by_heart_but_hold_for_nothing_else() -> None:
    epochs = [(2.0, 0.3, 2.5, 0.1), (1.0, 0.7, 3.0, 0.12), (0.1, 0.98, 4.0, 0.11)]
    found = only(course(learning(), epochs=epochs, accuracy=0.98))
    assert found.slug == "shuffled-labels"
    assert "98\N{NO-BREAK SPACE}% of the training images are right, but only 11\N{NO-BREAK SPACE}%" in found.message
    assert slugs(course(learning(200), epochs=epochs[:2], accuracy=0.98)) == []
    few = course(learning(12), epochs=epochs, accuracy=0.98)
    assert few.validation_count < 30
    assert slugs(few) == []


def test_labels_that_cannot_be_learned_though_gradients_flow() -> None:
    assert only(flat(201, epochs=[GUESSED] * 3)).slug == "shuffled-labels"
    assert slugs(flat(198, epochs=[GUESSED] * 3)) == []
    assert slugs(flat(300, epochs=[GUESSED] * 2)) == []
    assert slugs(flat(300, epochs=[GUESSED] * 3, health=STILL)) == ["rate-too-small"]
    assert slugs(flat(300, epochs=[GUESSED] * 3, first_health=fading(5000))) == ["vanishing-gradients"]


def test_guessing_knows_how_frequent_classes_are() -> None:
    rare = replace(flat(), class_count=2, class_shares=(0.9, 0.1))
    assert rare.guessing_accuracy == 0.9
    assert rare.guessing_loss == pytest.approx(-(0.9 * log(0.9) + 0.1 * log(0.1)))
    assert replace(rare, class_shares=()).guessing_loss == pytest.approx(log(2))


# --- all of them -----------------------------------------------------------------------------------------------------


def test_healthy_training_is_left_alone_and_judged_once_there_is_enough() -> None:
    healthy = course(learning(), epochs=[(0.3, 0.9, 0.3, 0.9)] * 3, accuracy=0.9)
    assert findings(healthy) == ()
    assert is_judgeable(healthy)
    assert not is_judgeable(course(learning(99), epochs=[(0.3, 0.9, 0.3, 0.9)]))
    assert not is_judgeable(course(learning()))
    assert is_judgeable(replace(course(learning(20), epochs=[(0.3, 0.9, 0.3, 0.9)]), status="finished"))


def test_nothing_is_said_of_nothing() -> None:
    empty = course([])
    assert findings(empty) == ()
    assert not is_judgeable(empty)
    assert all(list(rule(course([2.3]))) == [] for rule in RULES)


def test_every_word_that_a_finding_leads_to_is_in_the_glossary() -> None:
    used = {"exploding-loss", "learning-rate", "initial-weights", "saturation", "vanishing-gradients", "dead-relu"}
    used |= {"plateau", "overfitting", "shuffled-labels"}
    assert used <= {path.stem for path in TERMS.glob("*.md")}


def test_importing_needs_no_tensorflow() -> None:
    code = "import sys, cnn_core.training.diagnosis; sys.exit(any(n in sys.modules for n in ('tensorflow', 'keras')))"
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False).returncode == 0
