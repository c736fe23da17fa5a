"""Nearest neighbours against loops that can be checked by reading."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnn_core.inspection import embedding_neighbours
from cnn_core.inspection.embedding_neighbours import nearest_neighbours, neighbour_class, neighbourhoods
from tests.oracles import STEADY

Points = list[list[int]]


@st.composite
def point_lists(draw: st.DrawFn) -> Points:
    size = draw(st.integers(1, 4))
    return draw(st.lists(st.lists(st.integers(-6, 6), min_size=size, max_size=size), min_size=2, max_size=14))


def near(points: Points, point: list[int], k: int, itself: int | None) -> list[int]:
    """Look at every point, one after the other."""
    found = []
    for index, other in enumerate(points):
        if index == itself:
            continue
        total = 0
        for a, b in zip(point, other, strict=True):
            total += (a - b) * (a - b)
        found.append((total, index))
    return [index for _, index in sorted(found)[:k]]


def most(labels: list[int]) -> int:
    """The class that is there most often; of several, the one that comes first."""
    best, winner = 0, -1
    for label in labels:
        times = sum(1 for other in labels if other == label)
        if times > best:
            best, winner = times, label
    return winner


@STEADY
@given(point_lists(), st.integers(1, 7), st.integers(1, 3))
def test_neighbours_are_those_of_the_loops(points: Points, k: int, at_once: int) -> None:
    vectors = np.array(points, dtype=np.float32)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(embedding_neighbours, "_FEATURES_AT_ONCE", at_once)
        found = nearest_neighbours(vectors, k)
        of_others = nearest_neighbours(vectors, k, of=vectors[:1] + 1)
    assert found.tolist() == [near(points, point, k, index) for index, point in enumerate(points)]
    assert of_others.tolist() == [near(points, [n + 1 for n in points[0]], k, None)]


@STEADY
@given(st.lists(st.lists(st.integers(0, 5), min_size=5, max_size=5), min_size=1, max_size=6))
def test_majority_is_that_of_the_loops(labels: Points) -> None:
    assert neighbour_class(np.array(labels)).tolist() == [most(row) for row in labels]


@STEADY
@given(point_lists(), st.integers(0, 100))
def test_neighbourhoods_are_those_of_the_loops(points: Points, seed: int) -> None:
    labels = np.random.default_rng(seed).integers(0, 3, len(points))
    found = neighbourhoods(np.array(points, dtype=np.float64), labels)
    astray = 0
    for index, point in enumerate(points):
        theirs = [int(labels[other]) for other in near(points, point, 5, index)]
        own = sum(1 for label in theirs if label == labels[index])
        assert found.own[index] == own
        assert found.is_astray[index] == (own < len(theirs) - own)
        assert found.class_indices[index] == most(theirs)
        astray += own < len(theirs) - own
    assert found.separation == pytest.approx(1 - astray / len(points))


def test_one_image_in_the_wrong_cluster() -> None:
    # Six points of class 0 about 0, six of class 1 about 100, and one of class 1 among the zeros.
    places = np.array([[0], [1], [2], [3], [4], [5], [100], [101], [102], [103], [104], [105], [2.5]])
    found = neighbourhoods(places, np.array([0] * 6 + [1] * 7))
    assert np.flatnonzero(found.is_astray).tolist() == [12]
    assert (int(found.own[12]), int(found.class_indices[12])) == (0, 0)
    assert found.separation == pytest.approx(12 / 13)


def test_one_image_has_no_neighbours() -> None:
    with pytest.raises(ValueError, match=r"Received: vectors\.shape=\(1, 3\)"):
        neighbourhoods(np.zeros((1, 3)), np.zeros(1, np.int64))
