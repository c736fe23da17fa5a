"""What a fair comparison has shown, in plain sentences. All of them are made from the measured numbers."""

from __future__ import annotations

from collections.abc import Sequence
from math import sqrt

from cnn_core.architecture.layers import Conv2D, ResidualBlock, SeparableConv2D
from cnn_core.architecture.spec import NetworkSpec
from cnn_core.comparison.fair import FairTrainings
from cnn_core.comparison.fair_result import PairedResult, VariantCost, paired_result, variant_costs
from cnn_core.comparison.significance import PairedTest, paired_t_test
from cnn_core.data.registry import DATASETS

FEWEST_SEEDS = 3
"""Nothing is judged before so many seeds have ended for both designs."""

TEST_NAME = "paired t-test"

_NUMBERS = {2: "two", 3: "three", 4: "four", 5: "five"}
_TWO_STANDARD_ERRORS = 1.96
_DEEDS = {"shifted": "Moving the images", "shuffled": "Shuffling the pixels"}


def verdict(result: PairedResult, titles: Sequence[str]) -> str:
    """Say which design reads more of the test images rightly, and whether that is more than noise between seeds.

    Args:
        result: What both reach.
        titles: The designs' names.

    Example:
        >>> result = PairedResult("digits", 3, (0, 1, 2), (0.900, 0.905, 0.895), (0.920, 0.926, 0.914), 3000)
        >>> print(verdict(result, ("A", "B")))  # doctest: +NORMALIZE_WHITESPACE
        Over 3 seeds “B” reads 2.0 points more of the test images rightly than “A” (by seed from 1.9 to 2.1). That is
        more than the noise between seeds: paired t-test, p < 0.001. Three seeds show large differences only:
        here the mean had to be beyond 0.2 points.
    """
    count = len(result.seeds)
    if count < FEWEST_SEEDS:
        have = "has" if count == 1 else "have"
        return f"{count} of {result.planned} seeds {have} ended for both designs: a judgement needs at least three."
    begin = f"Over {count} seeds" if count == result.planned else f"So far, over {count} of {result.planned} seeds,"
    differences, test = result.differences, result.test
    if test is None:
        return _without_noise(begin, differences[0], titles)
    lead = f"{begin} {_lead(differences, titles)}."
    if test.is_beyond_noise:
        judged = f"That is more than the noise between seeds: {TEST_NAME}, {p_text(test.p_value)}."
    else:
        judged = f"That is no more than the noise between seeds: {TEST_NAME}, {p_text(test.p_value)}."
    return f"{lead} {judged}{_reach(test)}"


def size_words(result: PairedResult) -> str:
    """Say what a point means on these test images, and how far others would move the accuracies; `""` before any."""
    if not result.seeds:
        return ""
    share = sum(result.first + result.second) / (2 * len(result.seeds))
    error = 100 * _TWO_STANDARD_ERRORS * sqrt(share * (1 - share) / result.test_count)
    return (
        f"One point is {result.test_count / 100:,.0f} of the {result.test_count:,} test images, which are the same for "
        f"every seed: as many others would move each accuracy by up to about {_points(error)}."
    )


def variant_sentences(trainings: FairTrainings) -> tuple[str, ...]:
    """Say what changed images cost each design and what that means, for each variant of a data set in a comparison.

    Returns:
        A sentence or two for each variant whose data set takes part too; none before three seeds have ended.
    """
    said = []
    for slug in trainings.comparison.datasets:
        entry = DATASETS.get(slug)
        if entry is None or entry.base not in trainings.comparison.datasets:
            continue
        costs = variant_costs(trainings, entry.base, slug)
        if min(len(cost.losses) for cost in costs) < FEWEST_SEEDS:
            continue
        titles = [f"“{contestant.title}”" for contestant in trainings.comparison.contestants]
        words = [f"{title} {_cost_words(cost)}" for title, cost in zip(titles, costs, strict=True)]
        said.append(f"{_DEEDS[entry.variant]} costs {words[0]}, and {words[1]}. {_meaning(trainings, slug)}".strip())
    return tuple(said)


def p_text(p_value: float) -> str:
    """Write a probability as papers do.

    Example:
        >>> p_text(0.0002), p_text(0.0314), p_text(0.4)
        ('p < 0.001', 'p = 0.031', 'p = 0.40')
    """
    if p_value < 0.001:
        return "p < 0.001"
    return f"p = {p_value:.2f}" if p_value >= 0.1 else f"p = {p_value:.3f}"


def _lead(differences: Sequence[float], titles: Sequence[str]) -> str:
    mean = sum(differences) / len(differences)
    winner, loser = (titles[1], titles[0]) if mean >= 0 else (titles[0], titles[1])
    leads = sorted(differences if mean >= 0 else [-difference for difference in differences])
    spread = f"by seed from {_number(leads[0])} to {_number(leads[-1])}"
    if abs(mean) < 1e-9:
        return f"“{winner}” and “{loser}” read equally many test images rightly on average ({spread})"
    return f"“{winner}” reads {_points(abs(mean))} more of the test images rightly than “{loser}” ({spread})"


def _without_noise(begin: str, difference: float, titles: Sequence[str]) -> str:
    if not difference:
        return f"{begin} both designs read equally many test images rightly, with every seed: there is no difference."
    winner, loser = (titles[1], titles[0]) if difference > 0 else (titles[0], titles[1])
    return (
        f"{begin} “{winner}” reads {_points(abs(difference))} more of the test images rightly than “{loser}”, exactly "
        f"as much with every seed: there is no noise with which a {TEST_NAME} could compare it."
    )


def _reach(test: PairedTest) -> str:
    """Say what so few seeds could have shown at all."""
    if test.count == FEWEST_SEEDS:
        return f" Three seeds show large differences only: here the mean had to be beyond {_points(test.margin)}."
    if test.is_beyond_noise:
        return ""
    return f" With {_NUMBERS.get(test.count, test.count)} seeds the mean had to be beyond {_points(test.margin)} here."


def _cost_words(cost: VariantCost) -> str:
    mean = sum(cost.losses) / len(cost.losses)
    amount = _points(mean)
    if cost.test is None:
        return f"{amount}, with every seed the same"
    noise = "more than noise" if cost.test.is_beyond_noise else "no more than noise"
    return f"{amount} ({noise}: {p_text(cost.test.p_value)})"


def _is_harmed(cost: VariantCost) -> bool:
    mean = sum(cost.losses) / len(cost.losses)
    return mean > 0 and (cost.test is None or cost.test.is_beyond_noise)


def _meaning(trainings: FairTrainings, variant: str) -> str:
    """Draw the conclusion, where exactly one of the designs has convolutions; what was measured decides which."""
    contestants = trainings.comparison.contestants
    kinds = [has_convolution(contestant.spec) for contestant in contestants]
    if sorted(kinds) != [False, True]:
        return ""
    conv = kinds.index(True)
    plain_title, conv_title = (f"“{contestants[place].title}”" for place in (1 - conv, conv))
    entry = DATASETS[variant]
    costs = variant_costs(trainings, entry.base, variant)
    plain, convolutional = costs[1 - conv], costs[conv]
    if entry.variant == "shuffled":
        if _is_harmed(plain):
            return (
                f"So in these trainings the order of the pixels matters to {plain_title} too, though it knows of no "
                "neighbours."
            )
        if not _is_harmed(convolutional):
            return "So in these trainings the order of the pixels shows in neither."
        return (
            f"So {plain_title} is blind to the order of the pixels, while {conv_title} lives on which of them are "
            f"neighbours: {_advantage(trainings, variant, conv)}."
        )
    extra = [one - other for one, other in zip(plain.losses, convolutional.losses, strict=False)]
    test, mean = paired_t_test(extra), sum(extra) / len(extra)
    if test is not None and not test.is_beyond_noise:
        return "So in these trainings it does not show that one of them bears it better."
    if mean > 0:
        return (
            f"So {conv_title} bears it better, by {_points(mean)}: its kernels are the same at every place of the "
            "image, while a dense layer learns each place by itself."
        )
    return f"So in these trainings {plain_title} bears it better, by {_points(-mean)}."


def _advantage(trainings: FairTrainings, variant: str, conv: int) -> str:
    """Say what has become of the convolution's lead."""
    before, after = (paired_result(trainings, slug) for slug in (DATASETS[variant].base, variant))
    sign = 1 if conv == 1 else -1
    leads = [sign * sum(result.differences) / len(result.differences) for result in (before, after)]
    beyond = [result.test is None or result.test.is_beyond_noise for result in (before, after)]
    if not (beyond[0] and leads[0] > 0):
        return f"without them it loses {_points(leads[0] - leads[1])} against its rival"
    if not beyond[1]:
        return f"without them its lead of {_points(leads[0])} is gone"
    if leads[1] < 0:
        return f"without them its lead of {_points(leads[0])} turns into one of {_points(-leads[1])} for its rival"
    return f"without them its lead of {_points(leads[0])} becomes one of {_points(leads[1])}"


def has_convolution(spec: NetworkSpec) -> bool:
    """Whether any layer of a network uses the same weights at every place.

    Example:
        >>> from cnn_core.architecture.presets import preset
        >>> has_convolution(preset("first").spec), has_convolution(preset("fully-connected").spec)
        (True, False)
    """
    return any(isinstance(layer, Conv2D | SeparableConv2D | ResidualBlock) for layer in spec.layers)


def _points(points: float) -> str:
    number = _number(points)
    return f"{number} point" if number in ("1.0", "−1.0") else f"{number} points"


def _number(points: float) -> str:
    """One decimal, two where the first would be zero; a minus sign and not a hyphen."""
    text = f"{points:.2f}" if 0.005 <= abs(points) < 0.1 else f"{points:.1f}"
    return text.replace("-", "−") if float(text) else "0.0"
