"""One training step, held against an example by hand, the textbook's loops, and slopes measured by trying."""

from __future__ import annotations

import math
from dataclasses import fields, replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnn_core.errors import ClassroomError
from cnn_core.operations.kernel_gradient import kernel_change, kernel_gradient_steps
from cnn_core.operations.one_step import (
    Parameters,
    SmallNetwork,
    backward,
    forward,
    initial_network,
    loss_of,
    losses_along,
    stepped,
    steps_on_each,
)
from tests.oracles import STEADY

NAMES = [field.name for field in fields(Parameters)]
SMALL = st.tuples(st.integers(5, 7), st.integers(1, 2), st.integers(2, 3), st.integers(1, 2), st.integers(0, 999))


def by_hand() -> SmallNetwork:
    """The textbook's kernel; the dense layer adds its four sums up and takes 124 away: both classes are even."""
    dense = np.array([[1.0, 0.0]] * 4)
    kernels = np.arange(4.0).reshape(2, 2, 1, 1)
    return SmallNetwork(Parameters(kernels, np.zeros(1), dense, np.array([-124.0, 0.0])), pool_size=1)


def drawn(given: tuple[int, int, int, int, int]) -> tuple[SmallNetwork, np.ndarray, int]:
    """A small network with biases too, and an image of noise for it."""
    side, filters, kernel_size, pool_size, seed = given
    network = initial_network((side, side), filters, kernel_size, pool_size, classes=3, seed=seed)
    chance = np.random.default_rng(seed + 1)
    own = network.parameters
    own = replace(own, biases=chance.normal(size=filters) / 4, dense_biases=chance.normal(size=3))
    return SmallNetwork(own, pool_size), chance.random((side, side)), seed % 3


def loops(network: SmallNetwork, image: np.ndarray) -> list[float]:
    """The probabilities, number by number."""
    own, size, pool = network.parameters, len(network.parameters.kernels), network.pool_size
    places = len(image) - size + 1
    pooled = []
    for top in range(0, places // pool * pool, pool):
        for left in range(0, places // pool * pool, pool):
            for number in range(own.kernels.shape[3]):
                window = []
                for row in range(top, top + pool):
                    for column in range(left, left + pool):
                        total = own.biases[number]
                        for down in range(size):
                            for right in range(size):
                                weight = own.kernels[down, right, 0, number]
                                total += image[row + down, column + right] * weight
                        window.append(max(total, 0.0))
                pooled.append(max(window))
    logits = [
        own.dense_biases[answer] + sum(value * own.dense_weights[place, answer] for place, value in enumerate(pooled))
        for answer in range(len(own.dense_biases))
    ]
    powers = [math.exp(logit) for logit in logits]
    return [power / sum(powers) for power in powers]


def test_example_by_hand() -> None:
    image = np.arange(9.0).reshape(3, 3)
    network = by_hand()
    assert forward(network, image).sums[..., 0].tolist() == [[19, 25], [37, 43]]
    found = backward(network, image, 1)
    assert found.loss == pytest.approx(math.log(2))
    assert found.at_logits.tolist() == [0.5, -0.5]
    assert found.at_sums[..., 0].tolist() == [[0.5, 0.5], [0.5, 0.5]]
    assert found.parameters.kernels[..., 0, 0].tolist() == [[4, 6], [10, 12]]  # half the sum of the four patches
    assert found.parameters.biases.tolist() == [2]
    assert found.parameters.dense_weights.tolist() == [[9.5, -9.5], [12.5, -12.5], [18.5, -18.5], [21.5, -21.5]]
    after = stepped(network, found.parameters, 0.1).parameters
    np.testing.assert_allclose(after.kernels[..., 0, 0], [[-0.4, 0.4], [1.0, 1.8]])
    assert network.parameters.kernels[..., 0, 0].tolist() == [[0, 1], [2, 3]]


@STEADY
@given(SMALL)
def test_answer_is_that_of_the_loops(given: tuple[int, int, int, int, int]) -> None:
    network, image, class_index = drawn(given)
    expected = loops(network, image)
    np.testing.assert_allclose(forward(network, image).probabilities, expected)
    assert loss_of(network, image, class_index) == pytest.approx(-math.log(expected[class_index]))


@STEADY
@given(SMALL)
def test_every_gradient_is_the_slope_that_one_measures(given: tuple[int, int, int, int, int]) -> None:
    network, image, class_index = drawn(given)
    found = backward(network, image, class_index)
    assert found.loss == loss_of(network, image, class_index)
    chance, length = np.random.default_rng(given[4]), 1e-6
    for name in NAMES:
        direction = {other: np.zeros_like(getattr(network.parameters, other)) for other in NAMES}
        direction[name] = chance.normal(size=direction[name].shape)
        there, back = (
            loss_of(stepped(network, Parameters(**direction), sign * length), image, class_index) for sign in (-1, 1)
        )
        measured = (there - back) / (2 * length)
        assert measured == pytest.approx((getattr(found.parameters, name) * direction[name]).sum(), abs=1e-5), name


@STEADY
@given(SMALL)
def test_a_kernel_s_gradient_is_what_its_places_add_up_to(given: tuple[int, int, int, int, int]) -> None:
    network, image, class_index = drawn(given)
    found = backward(network, image, class_index)
    for number in range(given[1]):
        at_sums = found.at_sums[..., number]
        steps = kernel_gradient_steps(image, at_sums, given[2])
        np.testing.assert_allclose(steps.gradient, found.parameters.kernels[:, :, 0, number])
        np.testing.assert_allclose(steps.products, steps.patches * steps.upstream[:, None, None])
        np.testing.assert_allclose(steps.sums, np.cumsum(steps.products, axis=0))
        assert len(steps) == np.count_nonzero(at_sums), "noise has no black patches"
        sizes = np.abs(steps.products).sum(axis=(1, 2))
        assert (np.diff(sizes) <= 0).all()
        for step, (row, column) in enumerate(steps.places):
            assert steps.upstream[step] == at_sums[row, column]
            assert [image[tuple(cell)] for cell in steps.cells[step]] == steps.patches[step].ravel().tolist()
        assert steps.all_places == at_sums.size


def test_places_that_add_nothing_are_left_out() -> None:
    image = np.zeros((4, 4))
    image[3, 3] = 1
    steps = kernel_gradient_steps(image, np.ones((3, 3)), 2)
    assert steps.places.tolist() == [[2, 2]]
    assert len(kernel_gradient_steps(image, np.zeros((3, 3)), 2)) == 0


@STEADY
@given(SMALL, st.floats(0, 2))
def test_losses_along_a_step_are_those_of_the_networks_there(
    given: tuple[int, int, int, int, int], rate: float
) -> None:
    network, image, class_index = drawn(given)
    gradient = backward(network, image, class_index).parameters
    images, labels = np.stack([image, image.T, 1 - image]), np.array([class_index, 0, 2])
    losses = losses_along(network, gradient, np.array([0.0, rate]), images, labels)
    for row, length in zip(losses, (0.0, rate), strict=True):
        there = stepped(network, gradient, length)
        np.testing.assert_allclose(
            row, [loss_of(there, one, label) for one, label in zip(images, labels.tolist(), strict=True)], atol=1e-12
        )


def test_a_round_is_one_step_after_the_other() -> None:
    network, image, _ = drawn((6, 2, 3, 2, 1))
    first = stepped(network, backward(network, image, 0).parameters, 0.1)
    second = stepped(first, backward(first, image.T, 2).parameters, 0.1)
    round_of_two = steps_on_each(network, np.stack([image, image.T]), np.array([0, 2]), 0.1)
    for name in NAMES:
        np.testing.assert_array_equal(getattr(round_of_two.parameters, name), getattr(second.parameters, name))


def test_first_weights_are_within_the_usual_limits_and_depend_on_the_seed_alone() -> None:
    one, same, other = (initial_network((14, 14), 3, 3, seed=seed).parameters for seed in (0, 0, 1))
    np.testing.assert_array_equal(one.kernels, same.kernels)
    assert (one.kernels != other.kernels).all()
    assert np.abs(one.kernels).max() <= math.sqrt(6 / (9 + 27))
    assert np.abs(one.dense_weights).max() <= math.sqrt(6 / (108 + 10))
    assert not one.biases.any()
    assert not one.dense_biases.any()


def test_steps_beyond_all_bounds_are_no_fault_of_the_program() -> None:
    network, image, class_index = drawn((7, 2, 3, 1, 5))
    for _ in range(12):
        network = stepped(network, backward(network, image, class_index).parameters, 1e200)
    assert math.isnan(loss_of(network, image, class_index))


def test_a_weight_s_change_is_written_largest_first() -> None:
    change = kernel_change(np.array([[1.0, 2.0], [3.0, 4.0]]), np.array([[0.1, -3.0], [2.0, 0.0]]), 0.5)
    np.testing.assert_allclose(change.change, [[-0.05, 1.5], [-1.0, 0.0]])
    np.testing.assert_allclose(change.after, [[0.95, 3.5], [2.0, 4.0]])
    assert change.cells.tolist() == [[0, 1], [1, 0], [0, 0], [1, 1]]


def test_what_leaves_nothing_is_refused_with_a_remedy() -> None:
    with pytest.raises(ClassroomError, match=r"5×5 and pooling of 2×2 leaves nothing of an image of 5×5\. Choose"):
        initial_network((5, 5), filters=1, kernel_size=5)
    with pytest.raises(ClassroomError, match="5×5 leaves nothing of an image of 4×9"):
        initial_network((4, 9), filters=1, kernel_size=5, pool_size=1)


def test_images_of_another_size_are_refused() -> None:
    network = initial_network((6, 6), filters=1, kernel_size=3)
    with pytest.raises(ValueError, match=r"4 pooled numbers. Received: image.shape=\(8, 8\)"):
        forward(network, np.zeros((8, 8)))
    with pytest.raises(ValueError, match="image must be"):
        forward(network, np.zeros((6, 6, 1)))
    with pytest.raises(ValueError, match="4×4 places"):
        kernel_gradient_steps(np.zeros((6, 6)), np.zeros((3, 3)), 3)
