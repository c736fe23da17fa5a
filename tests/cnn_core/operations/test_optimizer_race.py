"""Loss surfaces and the races on them: slopes measured by trying, and how a race ends."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnn_core.operations.optimizer_race import FAR, TRIED_RATES, RacePath, race, race_at_best
from cnn_core.operations.optimizers import RULES
from cnn_core.operations.surfaces import SURFACES
from tests.oracles import STEADY

SHARES = st.tuples(st.floats(0, 1), st.floats(0, 1))


def one(surface: str, rule: str, rate: float, steps: int = 150, start: tuple[float, float] | None = None) -> RacePath:
    (path,) = race(SURFACES[surface], [rule], start or SURFACES[surface].start, rate, steps)
    return path


@STEADY
@given(st.sampled_from(sorted(SURFACES)), SHARES)
def test_every_gradient_is_the_slope_that_one_measures(name: str, shares: tuple[float, float]) -> None:
    surface = SURFACES[name]
    place = np.array([low + share * (high - low) for share, (low, high) in zip(shares, _ranges(name), strict=True)])
    length = 1e-6
    for axis in range(2):
        offset = length * np.eye(2)[axis]
        slope = (surface.loss_at(place + offset) - surface.loss_at(place - offset)) / (2 * length)
        assert slope == pytest.approx(surface.gradient_at(place)[axis], abs=1e-5)


def _ranges(name: str) -> tuple[tuple[float, float], tuple[float, float]]:
    return SURFACES[name].x_range, SURFACES[name].y_range


@pytest.mark.parametrize("name", SURFACES)
def test_minimum_is_level_and_nothing_on_the_map_is_lower(name: str) -> None:
    surface = SURFACES[name]
    for place in surface.minima:
        np.testing.assert_allclose(surface.gradient_at(np.array(place)), 0, atol=1e-12)
        assert surface.loss_at(np.array(place)) == pytest.approx(surface.lowest)
    assert surface.grid(101, 101).min() >= surface.lowest - 1e-12
    for value, (low, high) in zip(surface.start, _ranges(name), strict=True):
        assert low < value < high
    wide, high = (end - begin for begin, end in _ranges(name))
    assert high / wide == pytest.approx(0.5), "the picture has this shape, so that a circle is round"


def test_grid_is_a_map_with_its_largest_y_on_top() -> None:
    surface = SURFACES["curved"]
    grid = surface.grid(5, 3)
    assert grid.shape == (3, 5)
    corner = surface.loss_at(np.array([surface.x_range[0], surface.y_range[1]]))
    assert grid[0, 0] == corner != grid[2, 0]


@pytest.mark.parametrize("rule", RULES)
def test_path_is_the_rule_applied_again_and_again(rule: str) -> None:
    from cnn_core.operations.optimizers import no_memory

    surface, place = SURFACES["curved"], np.array([-1.6, 1.6])
    path = one("curved", rule, 0.03, steps=4)
    memory = no_memory(place)
    for point, loss in zip(path.points, path.losses, strict=True):
        np.testing.assert_allclose(point, place)
        assert loss == pytest.approx(float(surface.loss_at(place)))
        place, memory = RULES[rule](place, surface.gradient_at(place), memory, 0.03)
    assert len(path.points) == 5


def test_sgd_diverges_as_soon_as_its_step_overshoots_by_more_than_it_came() -> None:
    assert one("valley", "sgd", 0.066).outcome == "arrived"  # 2 / 30 is the bound
    assert one("valley", "sgd", 0.067).outcome == "diverged"
    assert one("valley", "adam", 0.1).outcome == "arrived"


def test_who_leaves_all_bounds_ends_there() -> None:
    path = one("bowl", "sgd", 10.0)
    assert path.outcome == "diverged"
    assert path.outcome_step == 1
    assert np.abs(path.points[-1]).max() >= FAR > np.abs(path.points[-2]).max()
    assert len(path.points) < 20
    assert np.isfinite(path.losses).all()


def test_arrived_is_who_stays() -> None:
    path = one("valley", "momentum", 0.03)
    above = path.losses / path.losses[0]
    assert path.outcome == "arrived"
    assert (above[path.outcome_step :] <= 0.01).all()
    assert above[path.outcome_step - 1] > 0.01
    assert above[: path.outcome_step].min() <= 0.01, "it had passed by the minimum before"


def test_level_ground_holds_who_has_no_swing() -> None:
    assert one("saddle", "sgd", 0.1, start=(-1.9, 0.0)).outcome == "stuck"
    assert one("two-minima", "sgd", 0.05).outcome == "stuck"
    assert one("two-minima", "momentum", 0.05).outcome == "arrived"
    assert one("plain", "sgd", 0.1).outcome == "on the way"


def test_who_begins_at_the_minimum_has_arrived() -> None:
    path = one("bowl", "adam", 0.1, start=(0.0, 0.0))
    assert (path.outcome, path.outcome_step) == ("arrived", 0)


def test_best_learning_rate_is_the_one_that_arrives_first() -> None:
    surface = SURFACES["valley"]
    (best,) = race_at_best(surface, ["sgd"], surface.start, 150)
    arrivals = {rate: one("valley", "sgd", rate) for rate in TRIED_RATES}
    steps = {rate: path.outcome_step for rate, path in arrivals.items() if path.outcome == "arrived"}
    assert best.outcome_step == min(steps.values())
    assert steps[best.learning_rate] == best.outcome_step
    np.testing.assert_allclose(best.points, arrivals[best.learning_rate].points)


def test_where_none_arrives_the_lowest_is_best() -> None:
    surface = SURFACES["curved"]
    (best,) = race_at_best(surface, ["adam"], surface.start, 3)
    assert best.outcome != "arrived"
    ends = [race(surface, ["adam"], surface.start, rate, 3)[0].losses[-1] for rate in TRIED_RATES]
    assert best.losses[-1] == pytest.approx(min(ends))
