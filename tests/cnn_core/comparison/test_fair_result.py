"""What a comparison has shown: bands, pairs, and sentences that follow the numbers and nothing else."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnn_core.comparison.fair import Planned
from cnn_core.comparison.fair_result import PairedResult, bands_of, paired_result, seed_band, variant_costs
from cnn_core.comparison.fair_words import p_text, size_words, variant_sentences, verdict
from cnn_core.training.snapshot import Change, RunSnapshot
from tests.cnn_core.comparison.fair_runs import TEST_COUNT, ended, rivals, trainings_of

TITLES = ("Dense", "Conv")
PLAIN, CONV = (rival.title for rival in rivals())


def result(first: list[float], second: list[float], planned: int | None = None) -> PairedResult:
    seeds = tuple(range(len(first)))
    return PairedResult("digits", planned or len(first), seeds, tuple(first), tuple(second), TEST_COUNT)


def test_band_reaches_from_the_lowest_to_the_highest_seed_around_their_mean() -> None:
    band = seed_band([ended(0.9, (0.5, 0.8)), ended(0.9, (0.6, 0.7)), ended(0.9, (0.1, 0.9))], "accuracy")
    assert band.epochs.tolist() == [1, 2]
    np.testing.assert_allclose(band.mean, [0.4, 0.8])
    np.testing.assert_allclose(band.low, [0.1, 0.7])
    np.testing.assert_allclose(band.high, [0.6, 0.9])
    np.testing.assert_allclose(seed_band([ended(0.9, (0.25,))], "loss").mean, [0.75])


def test_seed_that_has_not_come_so_far_counts_up_to_where_it_is() -> None:
    band = seed_band([ended(0.9, (0.5, 0.8)), ended(0.9, (0.7,)), RunSnapshot()], "accuracy")
    assert band.count.tolist() == [2, 1]
    np.testing.assert_allclose(band.mean, [0.6, 0.8])
    assert seed_band([RunSnapshot()], "accuracy").mean.size == 0
    assert seed_band([], "loss").epochs.size == 0


def test_bands_are_those_of_each_design() -> None:
    trainings = trainings_of({"digits": ((0.9, 0.9, 0.9), (0.8, 0.8, 0.8))})
    trainings.runs[Planned(1, "digits", 0)].snapshot = ended(0.9, (0.2, 0.3))
    first, second = bands_of(trainings, "digits", "accuracy")
    np.testing.assert_allclose(first.low, [0.5, 0.8])
    np.testing.assert_allclose(second.low, [0.2, 0.3])


def test_only_pairs_that_both_went_on_to_their_end_unchanged_are_counted() -> None:
    trainings = trainings_of({"digits": ((0.90, 0.91, 0.92, 0.93), (0.95, 0.96, 0.97, 0.99))})
    stopped, steered = trainings.runs[Planned(0, "digits", 1)], trainings.runs[Planned(1, "digits", 2)]
    stopped.snapshot = replace(stopped.snapshot, status="stopped")
    steered.snapshot = replace(steered.snapshot, changes=(Change(3, "learning_rate", 0.1),))
    found = paired_result(trainings, "digits")
    assert (found.seeds, found.planned, found.test_count) == ((0, 3), 4, TEST_COUNT)
    assert found.first == (0.90, 0.93)
    np.testing.assert_allclose(found.differences, [5.0, 6.0])


def test_difference_beyond_noise_is_said_with_numbers_and_the_test() -> None:
    said = verdict(result([0.90, 0.91, 0.90, 0.92, 0.91], [0.921, 0.927, 0.926, 0.941, 0.929]), TITLES)
    assert said == (
        "Over 5 seeds “Conv” reads 2.1 points more of the test images rightly than “Dense” (by seed from 1.7 to 2.6). "
        "That is more than the noise between seeds: paired t-test, p < 0.001."
    )


def test_difference_within_noise_is_said_with_what_would_have_been_needed() -> None:
    said = verdict(result([0.90, 0.92, 0.91, 0.91], [0.91, 0.91, 0.92, 0.915]), TITLES)
    assert said.startswith("Over 4 seeds “Conv” reads 0.4 points more")
    assert "(by seed from −1.0 to 1.0)" in said
    assert "That is no more than the noise between seeds: paired t-test, p = 0.49." in said
    assert said.endswith("With four seeds the mean had to be beyond 1.5 points here.")


@given(st.lists(st.tuples(st.integers(0, 3000), st.integers(0, 3000)), min_size=3, max_size=5))
def test_swapped_designs_get_the_same_judgement(pairs: list[tuple[int, int]]) -> None:
    first, second = ([pair[place] / TEST_COUNT for pair in pairs] for place in range(2))
    one, other = verdict(result(first, second), TITLES), verdict(result(second, first), TITLES[::-1])
    if "equally many" not in one:
        assert one == other
    assert ("more than the noise" in one.replace("no more than", "")) == (
        "more than the noise" in other.replace("no more than", "")
    )


def test_three_seeds_are_said_to_show_little() -> None:
    said = verdict(result([0.90, 0.91, 0.92], [0.93, 0.92, 0.93]), TITLES)
    assert "Three seeds show large differences only: here the mean had to be beyond" in said


@pytest.mark.parametrize("count", [0, 1, 2])
def test_too_few_seeds_are_not_judged(count: int) -> None:
    said = verdict(result([0.9] * count, [0.99] * count, planned=5), TITLES)
    have = "has" if count == 1 else "have"
    assert said == f"{count} of 5 seeds {have} ended for both designs: a judgement needs at least three."


def test_part_of_the_seeds_is_called_so() -> None:
    assert verdict(result([0.9, 0.91, 0.9], [0.95, 0.95, 0.96], planned=5), TITLES).startswith(
        "So far, over 3 of 5 seeds, “Conv” reads"
    )


def test_equal_results_have_no_noise_to_compare_with() -> None:
    same = verdict(result([0.9, 0.91, 0.92], [0.9, 0.91, 0.92]), TITLES)
    assert "equally many test images rightly, with every seed: there is no difference" in same
    steady = verdict(result([0.90, 0.91, 0.92], [0.89, 0.90, 0.91]), TITLES)
    assert "“Dense” reads 1.0 point more" in steady
    assert "exactly as much with every seed: there is no noise" in steady
    balanced = verdict(result([0.90, 0.91, 0.92, 0.9], [0.91, 0.90, 0.91, 0.91]), TITLES)
    assert "read equally many test images rightly on average (by seed from −1.0 to 1.0)" in balanced


def test_size_of_the_test_is_told_in_images_and_points() -> None:
    said = size_words(result([0.9, 0.9, 0.9], [0.9, 0.9, 0.9]))
    assert "One point is 30 of the 3,000 test images" in said
    assert "about 1.1 points" in said, "1.96 · √(0.9 · 0.1 / 3000) = 1.07 points"
    assert size_words(result([], [], planned=3)) == ""


def test_probabilities_are_written_as_papers_do() -> None:
    assert [p_text(p) for p in (0.0, 0.00099, 0.001, 0.0499, 0.1, 1.0)] == [
        "p < 0.001",
        "p < 0.001",
        "p = 0.001",
        "p = 0.050",
        "p = 0.10",
        "p = 1.00",
    ]


NORMAL = ((0.900, 0.905, 0.895, 0.901), (0.930, 0.936, 0.928, 0.931))


def said_of(variant: str, first: tuple[float, ...], second: tuple[float, ...]) -> str:
    (said,) = variant_sentences(trainings_of({"digits": NORMAL, f"digits-{variant}": (first, second)}))
    return said


def test_costs_are_paired_by_seed() -> None:
    changed = tuple(share - 0.10 for share in NORMAL[0]), tuple(share - 0.02 for share in NORMAL[1])
    costs = variant_costs(trainings_of({"digits": NORMAL, "digits-shifted": changed}), "digits", "digits-shifted")
    np.testing.assert_allclose(costs[0].losses, [10.0] * 4)
    np.testing.assert_allclose(costs[1].losses, [2.0] * 4)


def test_shuffle_that_turns_the_lead_round_is_explained_by_neighbours() -> None:
    said = said_of("shuffled", (0.901, 0.903, 0.897, 0.900), (0.850, 0.862, 0.845, 0.851))
    assert f"Shuffling the pixels costs “{PLAIN}” 0.0 points (no more than noise" in said
    assert f"So “{PLAIN}” is blind to the order of the pixels, while “{CONV}” lives on" in said
    assert "its lead of 3.1 points turns into one of 4.8 points for its rival" in said


def test_shuffle_that_only_ends_or_halves_the_lead_is_said_so() -> None:
    dense = (0.901, 0.903, 0.897, 0.900)
    assert "its lead of 3.1 points is gone" in said_of("shuffled", dense, (0.899, 0.906, 0.894, 0.902))
    assert "becomes one of" in said_of("shuffled", dense, (0.912, 0.915, 0.910, 0.911))


def test_shuffle_that_hurts_the_dense_network_too_is_not_explained_away() -> None:
    said = said_of("shuffled", (0.80, 0.81, 0.80, 0.81), (0.850, 0.862, 0.845, 0.851))
    assert f"the order of the pixels matters to “{PLAIN}” too" in said
    assert "blind" not in said


def test_shuffle_that_hurts_nobody_is_said_so() -> None:
    said = said_of("shuffled", (0.901, 0.903, 0.897, 0.900), (0.931, 0.934, 0.930, 0.929))
    assert "the order of the pixels shows in neither" in said


def test_shifts_are_judged_by_who_loses_more() -> None:
    better = said_of("shifted", (0.75, 0.76, 0.74, 0.75), (0.85, 0.86, 0.84, 0.85))
    assert f"So “{CONV}” bears it better, by 6.9 points" in better
    worse = said_of("shifted", (0.89, 0.895, 0.885, 0.89), (0.75, 0.76, 0.74, 0.75))
    assert f"So in these trainings “{PLAIN}” bears it better, by 17.1 points." in worse
    alike = said_of("shifted", (0.80, 0.81, 0.79, 0.80), (0.82, 0.85, 0.82, 0.835))
    assert "it does not show that one of them bears it better" in alike


def test_variants_are_not_judged_before_three_seeds_or_without_their_data_set() -> None:
    few = dict.fromkeys(("digits", "digits-shuffled"), ((0.9, 0.9), (0.9, 0.9)))
    assert variant_sentences(trainings_of(few)) == ()
    assert variant_sentences(trainings_of({"digits-shuffled": NORMAL})) == ()
