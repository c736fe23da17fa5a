"""Activation maximisation where the best image is known, and the rules that the way there keeps."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
import pytest

from cnn_core.architecture.layers import Conv2D, Dense, Flatten
from cnn_core.architecture.spec import NetworkSpec
from cnn_core.errors import ClassroomError
from cnn_core.inspection.maximisation import EDGE, GREY, MaximisationSettings, maximise, passes, smoothing

SHAPE = (5, 4, 2)
BARE = MaximisationSettings(steps=300, step_size=1.0, jitter=0, l2=0, total_variation=0)


class Weighing:
    """One unit: a weighted sum of the pixels, through ReLU where it has one; the weights are the gradients."""

    def __init__(self, weights: Any, bias: float = 0.0, has_relu: bool = False) -> None:
        self.weights, self.bias, self.has_relu = np.asarray(weights, np.float32), bias, has_relu
        self.received: list[np.ndarray] = []

    def value(self, images: Any) -> Any:
        sums = np.einsum("nhwc,hwc->n", images, self.weights) + self.bias
        return np.maximum(sums, 0) if self.has_relu else sums

    def channel_gradients(self, images: Any, layer: str, channel: int) -> tuple[Any, Any]:
        assert (layer, channel) == ("conv_1", 3)
        assert images.dtype == np.float32
        assert images.min() >= 0
        assert images.max() <= 1
        self.received.append(images)
        values = self.value(images)
        is_on = (values > 0) | (not self.has_relu)
        return values, is_on[:, None, None, None] * self.weights


def linear(seed: int = 0) -> Weighing:
    return Weighing(np.random.default_rng(seed).normal(size=SHAPE))


def test_best_image_of_a_linear_unit_is_the_sign_of_its_weights() -> None:
    network = linear()
    *_, found = maximise(network, SHAPE, "conv_1", 3, BARE)
    np.testing.assert_array_equal(found.image, network.weights > 0)
    assert found.value == pytest.approx(network.weights.clip(0).sum(), rel=1e-5)
    assert (found.step, found.steps, found.is_flat) == (300, 300, False)


def test_pull_to_the_ground_is_in_balance_with_the_gradient() -> None:
    network, l2 = linear(), 4.0
    *_, found = maximise(network, SHAPE, "conv_1", 3, MaximisationSettings(jitter=0, l2=l2, total_variation=0))
    pull = network.weights / np.sqrt(np.mean(network.weights**2)) / l2
    from_grey, from_black = (np.clip(ground + max(ground, 1 - ground) * pull, 0, 1) for ground in (GREY, 0.0))
    best = max((from_grey, from_black), key=lambda image: float(network.value(image[np.newaxis])[0]))
    np.testing.assert_allclose(found.image, best, atol=1e-3)


def test_smoothing_is_minus_the_slope_of_the_total_variation() -> None:
    image = np.random.default_rng(2).random((1, 4, 3, 2))

    def variation(image: np.ndarray) -> float:
        total = 0.0
        for row, column, channel in np.ndindex(4, 3, 2):
            for down, right in ((1, 0), (0, 1)):
                if row + down < 4 and column + right < 3:
                    step = image[0, row + down, column + right, channel] - image[0, row, column, channel]
                    total += (step**2 + EDGE**2) ** 0.5
        return total

    slopes = np.zeros_like(image)
    for place in np.ndindex(image.shape):
        nudge = np.zeros_like(image)
        nudge[place] = 1e-6
        slopes[place] = (variation(image + nudge) - variation(image - nudge)) / 2e-6
    np.testing.assert_allclose(smoothing(image), -slopes, atol=1e-6)


def test_stronger_smoothing_gives_a_smoother_image() -> None:
    def roughness(strength: float) -> float:
        how = MaximisationSettings(jitter=0, l2=0.5, total_variation=strength)
        *_, found = maximise(linear(), SHAPE, "conv_1", 3, how)
        return sum(float(np.abs(np.diff(found.image, axis=axis)).sum()) for axis in (0, 1))

    assert roughness(2.0) < 0.7 * roughness(0.0)


def test_jitter_moves_the_image_and_moves_the_gradient_back() -> None:
    spot = np.zeros(SHAPE)
    spot[2, 1, 0] = 1
    network = Weighing(spot)
    how = MaximisationSettings(steps=30, jitter=2, l2=0, total_variation=0, step_size=0.003)
    steps = list(maximise(network, SHAPE, "conv_1", 3, how))
    shown = [batch for batch in network.received if len(batch) > 1]
    moved = 0
    for (before, after), batch in zip(pairwise(steps), shown, strict=False):
        changed = np.argwhere(before.image != after.image)
        if len(changed) > 1:
            continue  # another one of the noises is the best now
        ((row, column, channel),) = changed
        # Exactly that pixel is brighter now which stood at the spot when the gradient was taken.
        assert any(before.image[row, column, channel] == image[2, 1, 0] for image in batch)
        assert channel == 0
        moved += (row, column) != (2, 1)
    assert moved > 3


def test_same_seed_gives_the_same_image_and_another_seed_another_one() -> None:
    one, same, other = (
        [step.image for step in maximise(linear(), SHAPE, "conv_1", 3, MaximisationSettings(steps=3, seed=seed))]
        for seed in (5, 5, 6)
    )
    np.testing.assert_array_equal(one, same)
    assert not np.array_equal(one[-1], other[-1])


def test_every_step_is_shown_and_stays_within_black_and_white() -> None:
    steps = list(maximise(linear(), SHAPE, "conv_1", 3, MaximisationSettings(steps=20, step_size=1.0)))
    assert [step.step for step in steps] == list(range(21))
    for step in steps:
        assert step.image.shape == SHAPE
        assert step.image.dtype == np.float32
        assert 0 <= step.image.min() <= step.image.max() <= 1
    assert steps[0].value == steps[0].start == steps[-1].start < steps[-1].value


def test_unit_that_sleeps_in_most_noise_is_woken_by_another_sort() -> None:
    network = Weighing(-np.ones(SHAPE), bias=12.0, has_relu=True)  # only where it is rather dark
    first, *_, last = maximise(network, SHAPE, "conv_1", 3, BARE)
    assert first.value > 0
    np.testing.assert_array_equal(last.image, np.zeros(SHAPE))
    assert last.value == pytest.approx(12.0)


def test_dead_unit_gets_noise_and_the_word_that_there_is_no_way() -> None:
    (found,) = maximise(Weighing(np.ones(SHAPE), bias=-1000, has_relu=True), SHAPE, "conv_1", 3)
    assert found.is_flat
    assert found.value == found.start == 0
    assert found.step == 0


def test_value_at_the_end_is_that_of_the_image_which_is_shown() -> None:
    network = linear()
    *_, found = maximise(network, SHAPE, "conv_1", 3, MaximisationSettings(steps=7, jitter=2))
    assert found.value == pytest.approx(float(network.value(found.image[np.newaxis])[0]), rel=1e-6)


def test_gradients_that_are_no_numbers_are_said() -> None:
    class Steep(Weighing):
        def channel_gradients(self, images: Any, layer: str, channel: int) -> tuple[Any, Any]:
            values, gradients = super().channel_gradients(images, layer, channel)
            return values, np.full_like(gradients, np.inf)

    with pytest.raises(ClassroomError, match="training has diverged"):
        list(maximise(Steep(np.ones(SHAPE)), SHAPE, "conv_1", 3))


@pytest.mark.parametrize(("weights", "bias"), [(np.full(SHAPE, np.nan), 0.0), (np.ones(SHAPE), np.inf)])
def test_what_is_no_number_is_said(weights: Any, bias: float) -> None:
    with pytest.raises(ClassroomError, match="training has diverged"):
        list(maximise(Weighing(weights, bias), SHAPE, "conv_1", 3))


def test_settings_out_of_range_are_refused() -> None:
    with pytest.raises(ValueError, match="steps"):
        MaximisationSettings(steps=0)


def test_no_more_images_go_through_the_network_than_were_told() -> None:
    how = MaximisationSettings(steps=7)
    asleep = Weighing(np.ones(SHAPE), bias=-1000, has_relu=True)
    for network in (linear(), asleep):
        list(maximise(network, SHAPE, "conv_1", 3, how))
        assert 0 < 3 * sum(map(len, network.received)) <= passes(how) + 15  # the last image is looked at once more


@pytest.mark.slow
def test_kernel_of_a_real_linear_convolution_comes_out_as_its_sign(keras: Any) -> None:
    from tests.cnn_core.inspection.test_gradients import gradients_of, weights_for

    layer = Conv2D(filters=4, kernel_height=4, kernel_width=5, activation="linear")
    spec = NetworkSpec((4, 5, 3), (layer, Flatten(), Dense(units=3, activation="softmax")))
    weights = weights_for(spec)
    network = gradients_of(spec, weights)
    *_, found = maximise(network, spec.input_shape, "conv_1", 3, BARE)
    np.testing.assert_array_equal(found.image, weights[0][:, :, :, 3] > 0)
    assert found.value == pytest.approx(network.layer_outputs(found.image[np.newaxis], "conv_1")[0, 0, 0, 3], rel=1e-4)
    *_, found = maximise(network, spec.input_shape, "dense_1", 1, BARE)
    # Softmax would make it a share of 1, and another class's smallness would count as much.
    assert found.value == pytest.approx(network.logits(found.image[np.newaxis])[0, 1], rel=1e-4)
    of_class = np.einsum("hwcf,fk->hwck", weights[0], weights[2])[..., 1]
    np.testing.assert_array_equal(found.image, of_class > 0)
