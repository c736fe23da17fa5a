"""Parts of a data set keep every class's share, whatever the labels."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from cnn_core.data.split import stratified_split, subset_indices

Labels = npt.NDArray[np.int64]

any_labels = hnp.arrays(np.int64, st.integers(0, 120), elements=st.integers(0, 6))
any_seed = st.integers(0, 2**32)
any_share = st.floats(0, 1, exclude_max=True)


@given(any_labels, any_share, any_seed)
def test_split_names_every_image_once_in_rising_order(labels: Labels, share: float, seed: int) -> None:
    training, validation = stratified_split(labels, share, seed)
    assert sorted([*training, *validation]) == list(range(len(labels)))
    assert (np.diff(training) > 0).all()
    assert (np.diff(validation) > 0).all()
    assert training.dtype == validation.dtype == np.int64


@given(any_labels, any_share, any_seed)
def test_split_takes_the_share_of_each_class_within_one_image(labels: Labels, share: float, seed: int) -> None:
    training, validation = stratified_split(labels, share, seed)
    for class_index in np.unique(labels):
        class_size = (labels == class_index).sum()
        assert abs((labels[validation] == class_index).sum() - share * class_size) <= 1 + 1e-9
        assert (labels[training] == class_index).any()


@given(any_labels, any_share, any_seed)
def test_split_is_the_same_for_the_same_seed(labels: Labels, share: float, seed: int) -> None:
    for first, second in zip(stratified_split(labels, share, seed), stratified_split(labels, share, seed), strict=True):
        np.testing.assert_array_equal(first, second)


@given(st.integers(2, 40), st.integers(2, 10), any_share, any_seed)
def test_split_keeps_the_share_of_the_whole_where_no_class_would_be_used_up(
    class_size: int, class_count: int, share: float, seed: int
) -> None:
    labels = np.repeat(np.arange(class_count), class_size)
    _, validation = stratified_split(labels, share, seed)
    most_possible = class_count * (class_size - 1)
    assert len(validation) == min(round(share * labels.size), most_possible)


def test_split_differs_with_the_seed_and_is_not_the_order_of_the_file() -> None:
    labels = np.repeat(np.arange(10), 50)
    _, first = stratified_split(labels, 0.2, seed=1)
    _, second = stratified_split(labels, 0.2, seed=2)
    assert first.tolist() != second.tolist()
    assert first[:10].tolist() != list(range(10))


def test_split_accepts_labels_that_are_not_consecutive() -> None:
    labels = np.array([7, 7, 7, 7, -3, -3, -3, -3], dtype=np.int16)
    _, validation = stratified_split(labels, 0.5, seed=0)
    assert np.sort(labels[validation]).tolist() == [-3, -3, 7, 7]


@given(any_labels, st.data(), any_seed)
def test_subset_has_the_count_and_no_image_twice(labels: Labels, data: st.DataObject, seed: int) -> None:
    count = data.draw(st.integers(0, len(labels)))
    chosen = subset_indices(labels, count, seed)
    assert chosen.shape == (count,)
    assert chosen.dtype == np.int64
    assert (np.diff(chosen) > 0).all()
    assert not count or 0 <= chosen[0] <= chosen[-1] < len(labels)


@given(any_labels, st.data(), any_seed)
def test_subset_is_balanced_save_for_classes_that_ran_out(labels: Labels, data: st.DataObject, seed: int) -> None:
    count = data.draw(st.integers(0, len(labels)))
    available = np.bincount(labels, minlength=7)
    taken = np.bincount(labels[subset_indices(labels, count, seed)], minlength=7)
    for class_index in range(7):
        if taken[class_index] < available[class_index]:
            assert taken[class_index] >= taken.max() - 1


@given(any_labels, st.data(), any_seed)
def test_smaller_subset_lies_within_the_larger(labels: Labels, data: st.DataObject, seed: int) -> None:
    larger = data.draw(st.integers(0, len(labels)))
    smaller = data.draw(st.integers(0, larger))
    assert set(subset_indices(labels, smaller, seed)) <= set(subset_indices(labels, larger, seed))


def test_subset_differs_with_the_seed() -> None:
    labels = np.repeat(np.arange(10), 50)
    assert subset_indices(labels, 100, 1).tolist() != subset_indices(labels, 100, 2).tolist()
    assert subset_indices(labels, 100, 1).tolist() == subset_indices(labels, 100, 1).tolist()


@pytest.mark.parametrize("share", [-0.1, 1.0, float("nan")])
def test_split_refuses_a_share_outside_its_range(share: float) -> None:
    with pytest.raises(ValueError, match=r"share must be at least 0 and below 1\. Received: share="):
        stratified_split(np.array([0, 1]), share, seed=0)


@pytest.mark.parametrize("count", [-1, 3])
def test_subset_refuses_a_count_outside_its_range(count: int) -> None:
    with pytest.raises(ValueError, match=rf"count must be 0 to 2\. Received: count={count}\."):
        subset_indices(np.array([0, 1]), count, seed=0)


@pytest.mark.parametrize("labels", [np.zeros((2, 1), int), np.zeros(2)])
def test_labels_must_be_a_row_of_integers(labels: npt.NDArray[np.int64]) -> None:
    with pytest.raises(ValueError, match=r"labels must be \(count,\) integers\. Received: shape="):
        stratified_split(labels, 0.5, seed=0)
    with pytest.raises(ValueError, match=r"labels must be \(count,\) integers\. Received: shape="):
        subset_indices(labels, 0, seed=0)
