"""What to keep in mind when reading an accuracy: too few images, images learned from, images of another kind."""

from __future__ import annotations

from dataclasses import dataclass

from cnn_core.architecture.layers.base import some
from cnn_core.data.registry import DATASETS, dataset_title
from cnn_core.evaluation.class_figures import ClassFigures
from cnn_core.evaluation.interval import images_needed, is_wide, wilson_interval
from cnn_core.evaluation.judged import LEARNED, TEST, VALIDATION
from cnn_core.training.settings import TrainingSettings

WANTED_MARGIN = 0.02
"""How well one would like to know an accuracy: give or take 2 percentage points."""

FEWEST_OF_A_CLASS = 20
"""Of fewer images of a class, its recall is hardly known: with 20 it may be 20 percentage points off."""


@dataclass(frozen=True)
class Reservation:
    """One thing to keep in mind.

    Args:
        slug: Its short name.
        words: What it is, in a sentence or two.
        is_warning: Whether the accuracy says less than it seems to; else it only says something else.
    """

    slug: str
    words: str
    is_warning: bool = True


@dataclass(frozen=True)
class Overlap:
    """Judged images that the network has learned from, pixel for pixel.

    Args:
        shared: How many of those that are judged.
        others: How many are not.
        others_right: How many of these are read rightly.
    """

    shared: int
    others: int
    others_right: int


def size_reservations(
    right: int, total: int, classes: tuple[ClassFigures, ...], names: tuple[str, ...]
) -> list[Reservation]:
    """Warn where there are too few images, in all or of a class.

    Args:
        right: How many images are read rightly.
        total: How many there are, at least 1.
        classes: The figures of each class.
        names: One name a class.

    Example:
        >>> print(size_reservations(45, 50, (), ())[0].words)
        With only 50 images the accuracy is known to ± 8.5 points: take about 1,700 for ± 2 points.
    """
    found = []
    interval = wilson_interval(right, total)
    if is_wide(interval):
        # What is known of the accuracy is this interval: the end nearer to one half needs the most images.
        needed = _rounded_up(images_needed(min(max(0.5, interval.low), interval.high), WANTED_MARGIN))
        found.append(
            Reservation(
                "few",
                f"With only {some(total, 'image')} the accuracy is known to ± {100 * interval.margin:.1f} points: "
                f"take about {needed:,} for ± {100 * WANTED_MARGIN:.0f} points.",
            )
        )
    rare = [(names[one.class_index], one.images) for one in classes if one.images < FEWEST_OF_A_CLASS]
    if rare:
        listed = ", ".join(f"“{name}” has {count}" for name, count in rare[:4])
        more = f" and {len(rare) - 4} more classes have few" if len(rare) > 4 else ""
        found.append(
            Reservation("rare", f"Some classes have hardly any image: {listed}{more}. Their figures are chance.")
        )
    return found


def part_reservations(part: str, settings: TrainingSettings | None) -> list[Reservation]:
    """Warn where the images took part in the training.

    Args:
        part: The part of the data set, in `judged.PARTS`.
        settings: How the network was trained, where known.

    Example:
        >>> [one.slug for one in part_reservations("learned", None)], part_reservations("test", None)
        (['learned'], [])

    Reference:
        Goodfellow, Bengio & Courville 2016, *Deep Learning*, section 5.3.
    """
    if part == LEARNED:
        return [
            Reservation(
                "learned",
                "The network has learned from these very images: the accuracy says how well it remembers, and nothing "
                "of how it does on new ones. Judge it by the test images.",
            )
        ]
    if part == VALIDATION:
        is_chosen_by = settings is not None and (settings.keeps_best or settings.patience > 0)
        if is_chosen_by:
            words = "These images decided which weights were kept, so the accuracy flatters a little."
            return [Reservation("chosen", f"{words} The test images decided nothing.")]
        words = "These images were kept aside while it learned; whoever chose settings by them has spent them a little."
        return [Reservation("aside", words, is_warning=False)]
    return []


def origin_reservations(learned: tuple[str, ...], slug: str, part: str = TEST) -> list[Reservation]:
    """Say where the images are of another kind than those that the network has learned from.

    That is allowed, and tells much; but it is another question.

    Args:
        learned: The data sets that it has learned from.
        slug: The one that it is judged on.
        part: The part of it.

    Example:
        >>> print(origin_reservations(("digits",), "mnist")[0].words)
        It has learned from Digits and is judged on MNIST: this says how well what it learned carries over.
        >>> origin_reservations(("digits",), "digits")
        []

    Reference:
        Torralba & Efros 2011, *Unbiased look at dataset bias*.
    """
    if slug in learned:
        return []
    entry = DATASETS.get(slug)
    title = _title(slug)
    if entry is not None and entry.base in learned:
        words = f"It has learned from {_title(entry.base)} and is judged on the same images, changed"
    else:
        words = f"It has learned from {' and '.join(_title(one) for one in learned)} and is judged on {title}"
    return [Reservation("origin", f"{words}: this says how well what it learned carries over.", is_warning=False)]


def taught_reservations(remark: str) -> list[Reservation]:
    """Say that a network is a copy which was taught, so that not all that it has learned from is known.

    Args:
        remark: A sentence that says whose copy it is, and with how many drawings it was taught.

    Example:
        >>> taught_reservations("It is a copy of “A”, taught with 2 drawings.")[0].is_warning
        False
    """
    return [Reservation("taught", f"{remark} So it knows all that that one had learned from, too.", is_warning=False)]


def overlap_reservations(overlap: Overlap | None) -> list[Reservation]:
    """Warn where judged images are among those that were learned from.

    Args:
        overlap: How many are; nothing where nobody can tell.

    Example:
        >>> print(overlap_reservations(Overlap(10, 90, 81))[0].words)
        10 of these 100 images are also among those that it learned from. Without them it reads 90.0 % rightly.

    Reference:
        Barz & Denzler 2020, *Do we train on test data? Purging CIFAR of near-duplicates*.
    """
    if overlap is None or not overlap.shared:
        return []
    total = overlap.shared + overlap.others
    without = (
        f"Without them it reads {100 * overlap.others_right / overlap.others:.1f} % rightly."
        if overlap.others
        else "There is no other image to judge it by."
    )
    are = "is" if overlap.shared == 1 else "are"
    words = f"{overlap.shared:,} of these {total:,} images {are} also among those that it learned from."
    return [Reservation("shared", f"{words} {without}")]


def _rounded_up(number: int) -> int:
    """Round up to two digits: more would promise too much of what is an estimate."""
    step: int = 10 ** max(0, len(str(number)) - 2)
    return -(-number // step) * step


def _title(slug: str) -> str:
    entry = DATASETS.get(slug)
    return f"“{dataset_title(slug)}”" if entry is None else entry.title
