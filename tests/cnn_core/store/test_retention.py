"""What is kept is dense at the beginning, even on a logarithmic scale, and never wants back what was dropped."""

from __future__ import annotations

import math
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnn_core.store.retention import EARLY_STEPS, MARKED_WEIGHT, Mark, Snapshot, kept_steps

MARKS: list[Mark] = ["", "", "", "epoch", "best"]
SNAPSHOTS = st.lists(
    st.builds(Snapshot, st.integers(0, 5000), st.integers(0, 1000), st.sampled_from(MARKS)),
    min_size=1,
    max_size=60,
    unique_by=lambda snapshot: snapshot.step,
)


def width(before: int, after: int) -> float:
    """The distance of two steps on the scale on which gaps are compared."""
    return math.log((after + EARLY_STEPS) / (before + EARLY_STEPS))


def kept_one_by_one(snapshots: list[Snapshot], most: int) -> list[Snapshot]:
    """What is left when the choice is made anew after each snapshot, as the store does."""
    left: list[Snapshot] = []
    for snapshot in sorted(snapshots, key=lambda snapshot: snapshot.step):
        left.append(snapshot)
        kept = kept_steps(left, most=most)
        left = [one for one in left if one.step in kept]
    return left


@given(SNAPSHOTS, st.integers(1, 30), st.integers(0, 20_000))
def test_choice_keeps_what_it_must_and_keeps_to_its_budget(
    snapshots: list[Snapshot], most: int, most_bytes: int
) -> None:
    steps = sorted(snapshot.step for snapshot in snapshots)
    best = max((snapshot.step for snapshot in snapshots if snapshot.mark == "best"), default=steps[0])
    staying = {steps[0], steps[-1], best, steps[len(steps) // 2]}
    kept = kept_steps(snapshots, most=most, most_bytes=most_bytes, needed=[steps[len(steps) // 2]])
    assert staying <= kept <= set(steps)
    room = sum(snapshot.size_bytes for snapshot in snapshots if snapshot.step in kept)
    assert kept == staying or (len(kept) <= most and room <= most_bytes)


@given(SNAPSHOTS, st.integers(1, 30))
def test_nothing_is_dropped_that_need_not_be(snapshots: list[Snapshot], most: int) -> None:
    kept = kept_steps(snapshots, most=most, most_bytes=10**9)
    assert len(kept) >= min(most, len(snapshots))


@given(SNAPSHOTS, st.integers(1, 30))
def test_choosing_again_changes_nothing(snapshots: list[Snapshot], most: int) -> None:
    kept = kept_steps(snapshots, most=most)
    assert kept_steps([one for one in snapshots if one.step in kept], most=most) == kept


@given(SNAPSHOTS, st.integers(6, 30))
def test_gaps_stay_narrow_when_chosen_one_by_one(snapshots: list[Snapshot], most: int) -> None:
    left = kept_one_by_one(snapshots, most)
    arrived = sorted(snapshot.step for snapshot in snapshots)
    widest_arrival = max((width(a, b) for a, b in pairwise(arrived)), default=0.0)
    # The dropped snapshot leaves the narrowest of all gaps, which is at most their mean; marks weigh at most this much.
    widest_merged = MARKED_WEIGHT * 2 * width(arrived[0], arrived[-1]) / (most - 3)
    steps = [snapshot.step for snapshot in left]
    for before, after in pairwise(steps):
        assert width(before, after) <= max(widest_arrival, widest_merged) + 1e-9


def test_beginning_is_dense_and_later_distances_grow() -> None:
    left = [one.step for one in kept_one_by_one([Snapshot(step) for step in range(0, 10_000, 5)], most=20)]
    assert len(left) == 20
    assert left[0] == 0
    assert left[-1] == 9995
    assert sum(step <= 100 for step in left) >= 4
    assert sum(step >= 5000 for step in left) <= 5


def test_end_of_an_epoch_is_rather_kept_than_its_neighbours() -> None:
    snapshots = [Snapshot(step, mark="epoch" if step % 100 == 0 else "") for step in range(0, 1001, 20)]
    left = [one.step for one in kept_one_by_one(snapshots, most=16)]
    assert sum(step % 100 == 0 for step in left) >= 9


def test_only_the_newest_of_the_best_is_sure_to_stay() -> None:
    snapshots = [Snapshot(0), Snapshot(10, mark="best"), Snapshot(20, mark="best"), Snapshot(30)]
    assert kept_steps(snapshots, most=1) == {0, 20, 30}


@pytest.mark.parametrize("most_bytes", [0, 25, 1000])
def test_room_is_kept_to(most_bytes: int) -> None:
    kept = kept_steps([Snapshot(step, size_bytes=10) for step in range(200)], most=500, most_bytes=most_bytes)
    assert len(kept) == max(2, most_bytes // 10)


def test_nothing_is_kept_of_nothing() -> None:
    assert kept_steps([]) == frozenset()
