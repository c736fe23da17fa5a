"""Splits that keep groups whole: nothing of a group on both sides, and shares as even as groups allow."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cnn_core.data.group_split import group_split
from cnn_core.data.split import stratified_split

SHARES = st.sampled_from([0.1, 0.2, 0.3, 0.5])


@st.composite
def grouped(draw: st.DrawFn) -> tuple[np.ndarray, np.ndarray]:
    """Groups of 1 to 9 images, each in one class or in several."""
    sizes = draw(st.lists(st.integers(1, 9), min_size=2, max_size=30))
    groups = np.repeat(np.arange(len(sizes)), sizes) * 7 - 3
    labels = np.array(draw(st.lists(st.integers(0, 3), min_size=len(groups), max_size=len(groups))))
    return labels, groups


@given(grouped(), SHARES, st.integers(0, 50))
@settings(max_examples=60)
def test_no_group_is_on_both_sides_and_no_image_is_lost(
    case: tuple[np.ndarray, np.ndarray], share: float, seed: int
) -> None:
    labels, groups = case
    stays, aside = group_split(labels, groups, share, seed)
    assert not set(groups[stays]) & set(groups[aside])
    np.testing.assert_array_equal(np.sort(np.concatenate([stays, aside])), np.arange(len(labels)))
    assert set(labels[stays]) == set(labels), "every class is learned"
    if any(set(labels[groups != group]) == set(labels) for group in groups):
        assert len(aside)
    again = group_split(labels, groups, share, seed)
    np.testing.assert_array_equal(aside, again[1])


@given(grouped(), SHARES, st.integers(0, 50))
@settings(max_examples=60)
def test_moving_one_group_makes_no_share_better(case: tuple[np.ndarray, np.ndarray], share: float, seed: int) -> None:
    labels, groups = case
    _, aside = group_split(labels, groups, share, seed)
    sizes = np.bincount(labels, minlength=4).astype(float)
    is_there = sizes > 0

    def distance(chosen: set[int]) -> float:
        counts = np.bincount(labels[np.isin(groups, list(chosen))], minlength=4)
        return float((((counts - sizes * share) ** 2)[is_there] / sizes[is_there]).sum())

    def is_whole(chosen: set[int]) -> bool:
        """Whether every class has images on both sides."""
        there, here = (set(labels[np.isin(groups, list(chosen), invert=it)]) for it in (False, True))
        return there == here == set(labels)

    chosen = set(groups[aside].tolist())
    for group in set(groups.tolist()):
        other = chosen ^ {group}
        if is_whole(other):
            assert is_whole(chosen)
            assert distance(other) >= distance(chosen) - 1e-9


@given(st.lists(st.integers(0, 2), min_size=6, max_size=80), SHARES, st.integers(0, 20))
@settings(max_examples=40)
def test_groups_of_one_image_give_the_shares_of_a_stratified_split(values: list[int], share: float, seed: int) -> None:
    labels = np.array(values)
    _, aside = group_split(labels, np.arange(len(labels)), share, seed)
    sizes, counts = np.bincount(labels), np.bincount(labels[aside], minlength=labels.max() + 1)
    assert (abs(counts - sizes * share) <= 1).all()


def test_large_groups_are_as_even_as_they_can_be() -> None:
    # Ten patients of twenty cells, half of them of each class; 30 % are three patients, and never two and a half.
    groups = np.repeat(np.arange(10), 20)
    labels = np.tile([0, 1], 100)
    _, aside = group_split(labels, groups, 0.3, seed=4)
    assert len(set(groups[aside])) == 3
    assert np.bincount(labels[aside]).tolist() == [30, 30]


def test_other_seeds_choose_other_groups() -> None:
    groups, labels = np.repeat(np.arange(20), 5), np.tile([0, 1, 0, 1, 1], 20)
    found = {tuple(sorted(set(groups[group_split(labels, groups, 0.2, seed)[1]].tolist()))) for seed in range(6)}
    assert len(found) >= 4


def test_class_of_one_group_stays_in_training() -> None:
    labels, groups = np.array([0, 0, 0, 1, 1, 1, 1]), np.array([0, 0, 0, 1, 2, 3, 4])
    stays, aside = group_split(labels, groups, 0.4, seed=1)
    assert set(labels[stays]) == {0, 1}
    assert set(labels[aside]) == {1}


def test_without_groups_it_is_the_stratified_split() -> None:
    labels = np.arange(40) % 4
    for ours, theirs in zip(group_split(labels, None, 0.25, 3), stratified_split(labels, 0.25, 3), strict=True):
        np.testing.assert_array_equal(ours, theirs)


def test_nothing_set_aside() -> None:
    labels, groups = np.zeros(4, np.int64), np.arange(4)
    assert [len(part) for part in group_split(labels, groups, 0.0, 0)] == [4, 0]
    assert [len(part) for part in group_split(labels, np.zeros(4, np.int64), 0.5, 0)] == [4, 0]


def test_many_groups_are_quick_to_split() -> None:
    groups = np.arange(25_000)
    labels = groups % 7
    _, aside = group_split(labels, groups, 0.2, seed=0)
    assert abs(len(aside) - 5_000) <= 7


@pytest.mark.parametrize(
    ("groups", "share", "words"), [(np.arange(3), 0.2, "alike"), (np.arange(4), 1.0, "at least 0 and below 1")]
)
def test_arguments_that_do_not_fit(groups: np.ndarray, share: float, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        group_split(np.zeros(4, np.int64), groups, share, 0)
