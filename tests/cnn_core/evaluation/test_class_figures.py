"""Precision, recall and F1 against loops, and what is said where nothing can be divided."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from cnn_core.evaluation.class_figures import class_figures, mean_figure, row_shares
from cnn_core.inspection.confusion import largest_confusions
from tests.cnn_core.evaluation.samples import few

matrices = st.integers(1, 5).flatmap(lambda size: arrays(np.int64, (size, size), elements=st.integers(0, 20)))


@few
@given(matrices)
def test_figures_are_what_counting_pair_by_pair_gives(confusion: np.ndarray) -> None:
    size = len(confusion)
    pairs = [(label, guess) for label in range(size) for guess in range(size) for _ in range(confusion[label, guess])]
    for one in class_figures(confusion):
        named = [label == one.class_index for label, guess in pairs if guess == one.class_index]
        found = [guess == one.class_index for label, guess in pairs if label == one.class_index]
        assert one.precision == (sum(named) / len(named) if named else None)
        assert one.recall == (sum(found) / len(found) if found else None)
        if one.precision and one.recall:
            assert one.f1 == pytest.approx(2 * one.precision * one.recall / (one.precision + one.recall))
        else:
            assert one.f1 == (0.0 if named or found else None)
        assert (one.recall_interval is None) == (not found)
    sums = row_shares(confusion).sum(axis=1)
    np.testing.assert_allclose(sums, (confusion.sum(axis=1) > 0).astype(float))


def test_a_class_that_is_never_named_has_no_precision() -> None:
    never, always = class_figures(np.array([[0, 5], [0, 5]]))
    assert (never.precision, never.recall, never.f1) == (None, 0.0, 0.0)
    assert (always.precision, always.recall) == (0.5, 1.0)
    assert mean_figure((never.precision, always.precision)) == 0.5


def test_a_matrix_that_is_not_square_is_refused() -> None:
    with pytest.raises(ValueError, match=r"Received: shape=\(2, 3\)"):
        class_figures(np.zeros((2, 3), np.int64))


@few
@given(matrices)
def test_confusions_come_with_the_largest_first_and_none_that_never_happens(confusion: np.ndarray) -> None:
    found = largest_confusions(confusion, most=100)
    counts = [one.count for one in found]
    assert counts == sorted(counts, reverse=True)
    assert sum(counts) == confusion.sum() - np.trace(confusion)
    assert all(one.label != one.guess and one.count > 0 for one in found)
    assert all(one.images == confusion[one.label].sum() for one in found)
    assert largest_confusions(confusion, most=1) == found[:1]
