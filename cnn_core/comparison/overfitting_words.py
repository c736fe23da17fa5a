"""What trials against over-fitting have shown, in plain sentences. All of them are made from the measured numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from cnn_core.comparison.overfitting import Trial, trial_of
from cnn_core.training.run import Run

LUCK = 0.02
"""Two single trainings that differ by less than this share of the test images may do so by luck."""

LOWER_LOSS = 0.9
"""A loss below this part of another one is worth a word. With L2 it includes what the weights add, and says less."""


@dataclass(frozen=True)
class TrialResult:
    """What a trial has come to.

    Args:
        trial: What was trained.
        learned: Share of the images it learned from that it reads rightly, 0 to 1.
        aside: The same of the images that were kept aside.
        test: The same of the test images.
        test_count: How many test images there are.
        test_loss: The loss on them, with what L2 adds.

    Example:
        >>> result = TrialResult(Trial(500), 1.0, 0.86, 0.88, 3000, 0.79)
        >>> round(result.gap, 2)
        0.14
    """

    trial: Trial
    learned: float
    aside: float
    test: float
    test_count: int
    test_loss: float

    @property
    def gap(self) -> float:
        """How much better it reads what it has learned from than what was kept aside."""
        return self.learned - self.aside


def result_of(run: Run, learned: float | None) -> TrialResult | None:
    """Read what a trial has come to.

    Args:
        run: The training.
        learned: What `recall_of` says of it.

    Returns:
        The result; nothing before the end, or where the training was stopped or is no trial.
    """
    snapshot, trial, weights = run.snapshot, trial_of(run), run.weights
    if snapshot.status != "finished" or snapshot.test is None or learned is None or trial is None or weights is None:
        return None
    # An early stop goes back to the best epoch: its accuracy belongs to the weights, not that of the last one.
    kept = [epoch for epoch in snapshot.epochs if epoch.step == weights.step] or snapshot.epochs[-1:]
    if not kept:
        return None
    return TrialResult(
        trial, learned, kept[-1].val_accuracy, snapshot.test.accuracy, snapshot.test.count, snapshot.test.loss
    )


def gap_sentence(result: TrialResult) -> str:
    """Say how large the gap is.

    Example:
        >>> result = TrialResult(Trial(500), 1.0, 0.864, 0.882, 3000, 0.79)
        >>> print(gap_sentence(result))  # doctest: +NORMALIZE_WHITESPACE
        It knows 100.0 % of the 500 images that it learned from and reads 86.4 % of 500 others: a gap of 13.6 points.
    """
    number = f"{result.trial.images:,}"
    return (
        f"It knows {_percent(result.learned)} of the {number} images that it learned from and reads "
        f"{_percent(result.aside)} of {number} others: a gap of {_points(result.gap)}."
    )


def help_sentence(results: Sequence[TrialResult], newest: TrialResult) -> str:
    """Say which help did how much, or what more images did.

    Args:
        results: All results that there are; of equal trials the last one counts.
        newest: The one that is spoken of.

    Example:
        >>> plain, other = TrialResult(Trial(500), 1.0, 0.86, 0.88, 3000, 0.79), Trial(500, augmentation=True)
        >>> found = TrialResult(other, 0.99, 0.92, 0.92, 3000, 0.3)
        >>> print(help_sentence([plain, found], found))  # doctest: +NORMALIZE_WHITESPACE
        On 500 images augmentation helped: 92.0 % of the 3,000 test images instead of 88.0 %, 4.0 points more.
    """
    known = {result.trial: result for result in results}
    plain = known.get(newest.trial.plain)
    number = f"{newest.trial.images:,}"
    if plain is None:
        return f"Train on {number} images without any help too: then one can say how much {_these(newest)} helped."
    others = [known[trial] for trial in known if trial.images == newest.trial.images and trial.helps]
    if len(others) > 1:
        return _ranking(plain, others)
    if others:
        return f"On {number} images {_effect(plain, others[0])}."
    return _more_images(newest, [known[trial] for trial in known if not trial.helps])


def luck_sentence(result: TrialResult) -> str:
    """Say how far a single training can be trusted.

    Example:
        >>> print(luck_sentence(TrialResult(Trial(50), 1.0, 0.56, 0.58, 3000, 3.3)))  # doctest: +NORMALIZE_WHITESPACE
        Each is one training with one choice of images: less than about 2 points may be luck. One of the 50 images kept
        aside alone is 2 points, so helps are compared by the 3,000 test images.
    """
    images = result.trial.images
    return (
        f"Each is one training with one choice of images: less than about {100 * LUCK:.0f} points may be luck. One of "
        f"the {images:,} images kept aside alone is {100 / images:g} points, so helps are compared by the "
        f"{result.test_count:,} test images."
    )


def _effect(plain: TrialResult, other: TrialResult) -> str:
    """Say what the helps of one trial did."""
    difference = other.test - plain.test
    words = other.trial.helps_words
    reached = f"{_percent(other.test)} of the {other.test_count:,} test images instead of {_percent(plain.test)}"
    if abs(difference) < LUCK:
        return f"{words} made no more difference than luck does: {reached}"
    if difference > 0:
        return f"{words} helped: {reached}, {_points(difference)} more"
    is_calmer = other.test_loss < LOWER_LOSS * plain.test_loss and not other.trial.l2
    though = f", though with a lower loss: {other.test_loss:.2f} instead of {plain.test_loss:.2f}" if is_calmer else ""
    return f"{words} did harm: {reached}, {_points(-difference)} fewer{though}"


def _ranking(plain: TrialResult, others: Sequence[TrialResult]) -> str:
    ranked = sorted(others, key=lambda result: result.test, reverse=True)
    best, *rest = ranked
    lead = _effect(plain, best).replace(" helped: ", " helped most: ", 1)
    if best.test - plain.test < LUCK:
        lead = (
            f"nothing helped by more than luck, the best being {best.trial.helps_words} with {_percent(best.test)} of "
        )
        lead += f"the {best.test_count:,} test images instead of {_percent(plain.test)}"
    changes = [f"{result.trial.helps_words} {100 * (result.test - plain.test):+.1f}" for result in rest]
    listed = ", ".join(changes).replace("-", "−")
    return f"On {plain.trial.images:,} images {lead}. The others, in points: {listed}."


def _more_images(newest: TrialResult, plain: Sequence[TrialResult]) -> str:
    """Say what more images do by themselves."""
    ranked = sorted(plain, key=lambda result: result.trial.images)
    if len(ranked) < 2:
        return "Now switch a help on, or take another number of images, and train again: then one can say what it did."
    few, many = ranked[0], ranked[-1]
    return (
        f"More images helped: {many.trial.images:,} instead of {few.trial.images:,} brought {_percent(many.test)} of "
        f"the {newest.test_count:,} test images instead of {_percent(few.test)}, and a gap of {_points(many.gap)} "
        f"instead of {_points(few.gap)}."
    )


def _these(result: TrialResult) -> str:
    return result.trial.helps_words if len(result.trial.helps) == 1 else "these"


def _percent(share: float) -> str:
    return f"{100 * share:.1f} %"


def _points(share: float) -> str:
    return f"{100 * share:.1f} points".replace("-", "−")
