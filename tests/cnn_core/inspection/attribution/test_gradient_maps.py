"""Saliency, SmoothGrad and integrated gradients on networks written by hand."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnn_core.inspection.attribution.integrated_gradients import integrated_gradients
from cnn_core.inspection.attribution.saliency import saliency_map, smoothgrad_map
from tests.cnn_core.inspection.attribution.fakes import CROSS, SIDE, Linear, Square

WEIGHTS = np.arange(-25, 25, dtype=np.float32).reshape(2, SIDE, SIDE, 1)
COLOURS = np.random.default_rng(2).normal(size=(2, SIDE, SIDE, 3)).astype(np.float32)
COLOUR_IMAGE = np.random.default_rng(3).random((SIDE, SIDE, 3)).astype(np.float32)


def test_saliency_of_a_linear_network_is_the_size_of_its_weights() -> None:
    found = saliency_map(Linear(WEIGHTS), CROSS, 0)
    np.testing.assert_array_equal(found, np.arange(25, 0, -1).reshape(5, 5))


def test_saliency_takes_the_channel_that_matters_most() -> None:
    weights = np.zeros((2, SIDE, SIDE, 3))
    weights[1, 2, 3] = [0.5, -3.0, 1.0]
    found = saliency_map(Linear(weights), COLOUR_IMAGE, 1)
    assert found[2, 3] == 3.0
    assert found.sum() == 3.0


def test_smoothgrad_without_noise_is_saliency() -> None:
    network = Square(COLOURS)
    expected = saliency_map(network, COLOUR_IMAGE, 1)
    np.testing.assert_allclose(smoothgrad_map(network, COLOUR_IMAGE, 1, noise=0.0, samples=3), expected, rtol=1e-5)


def test_smoothgrad_is_the_size_of_the_mean_gradient_of_noisy_copies_that_stay_images() -> None:
    image = 0.25 + 0.5 * CROSS
    found = smoothgrad_map(Square(WEIGHTS), image, 0, samples=7, noise=0.4, seed=5, batch=3)
    noise = np.random.default_rng(5).normal(0.0, 0.4 * 0.5, (7, SIDE, SIDE, 1))
    mean = sum(2 * WEIGHTS[0] * np.clip(image + one, 0, 1) for one in noise) / 7
    np.testing.assert_allclose(found, np.abs(mean)[:, :, 0], rtol=1e-4)


def test_noise_is_a_share_of_the_image_s_own_range() -> None:
    pale = np.full((SIDE, SIDE, 1), 0.5, np.float32)
    expected = saliency_map(Square(WEIGHTS), pale, 0)
    np.testing.assert_allclose(smoothgrad_map(Square(WEIGHTS), pale, 0, noise=1.0, samples=4), expected, rtol=1e-5)


def test_smoothgrad_depends_on_its_seed_and_not_on_its_batches() -> None:
    def found(seed: int, batch: int) -> np.ndarray:
        return smoothgrad_map(Square(WEIGHTS), 0.5 * CROSS, 1, samples=6, seed=seed, batch=batch)

    np.testing.assert_allclose(found(1, 6), found(1, 4), rtol=1e-5)
    assert not np.allclose(found(1, 6), found(2, 6))


def test_integrated_gradients_of_a_linear_network_are_weights_times_pixels() -> None:
    found, complete = integrated_gradients(Linear(WEIGHTS, (3.0, 0.0)), CROSS, 0, steps=4)
    np.testing.assert_allclose(found, WEIGHTS[0] * CROSS, rtol=1e-5)
    assert complete.total == pytest.approx(complete.difference, rel=1e-5)
    assert complete.baseline_logit == 3.0


@given(seed=st.integers(0, 999), steps=st.integers(1, 9), class_index=st.integers(0, 1), batch=st.integers(1, 9))
def test_integrated_gradients_of_squares_add_up_exactly_with_any_baseline(
    seed: int, steps: int, class_index: int, batch: int
) -> None:
    rng = np.random.default_rng(seed)
    network, baseline = Square(rng.normal(size=(2, SIDE, SIDE, 3)), (1.0, -1.0)), rng.random((SIDE, SIDE, 3))
    found, complete = integrated_gradients(
        network, COLOUR_IMAGE, class_index, steps=steps, baseline=baseline, batch=batch
    )
    # The gradient grows evenly on the way, so that the middle of each step is exact.
    np.testing.assert_allclose(
        found, network.weights[class_index] * (COLOUR_IMAGE**2 - baseline.astype(np.float32) ** 2), atol=1e-4
    )
    assert abs(complete.gap) < 1e-3
    assert complete.logit == pytest.approx(float(network.logits(COLOUR_IMAGE[None])[0, class_index]))


def test_pixels_of_whole_numbers_are_scaled_to_what_the_network_sees() -> None:
    image = np.uint8(255 * CROSS)
    np.testing.assert_allclose(integrated_gradients(Linear(WEIGHTS), image, 1)[0], WEIGHTS[1] * CROSS, rtol=1e-5)


def test_baseline_of_another_shape_is_refused() -> None:
    with pytest.raises(ValueError, match=r"baseline must have the image's shape \(5, 5, 1\)"):
        integrated_gradients(Linear(WEIGHTS), CROSS, 0, baseline=COLOUR_IMAGE)


@pytest.mark.parametrize("count", [1, 8, 20])
def test_work_goes_in_batches_and_tells_how_far_it_is(count: int) -> None:
    for method in ("smoothgrad", "integrated"):
        network, told = Linear(WEIGHTS), list[float]()
        if method == "smoothgrad":
            smoothgrad_map(network, CROSS, 0, samples=count, batch=8, progress=told.append)
        else:
            integrated_gradients(network, CROSS, 0, steps=count, batch=8, progress=told.append)
            network.batches.remove(2)  # the two logits of the check
        assert max(network.batches) <= 8
        assert sum(network.batches) == count
        assert told[-1] == 1.0
        assert all(before < after for before, after in pairwise([0.0, *told]))
