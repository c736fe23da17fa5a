"""The registry, and what every method does with any network."""

from __future__ import annotations

import numpy as np
import pytest

from cnn_core.architecture.layers import Conv2D, Dense, Flatten
from cnn_core.architecture.spec import NetworkSpec
from cnn_core.errors import ClassroomError
from cnn_core.inspection.attribution.methods import METHODS, Method, explain
from cnn_core.inspection.attribution.settings import MOST_BATCH_IMAGES, AttributionSettings, batch_for
from dashboard.glossary import terms
from tests.cnn_core.inspection.attribution.fakes import CROSS, SIDE, Linear

SETTINGS = AttributionSettings(layer="conv_1", patch=2, stride=1, samples=3, steps=3)
PLUS_MINUS = np.stack([CROSS - 0.5, 0.5 - CROSS])
EVERY = pytest.mark.parametrize("method", METHODS.values(), ids=list(METHODS))


@EVERY
def test_map_has_the_image_s_size_and_cannot_be_written_to(method: Method) -> None:
    found = explain(method, Linear(PLUS_MINUS), np.uint8(255 * CROSS), 1, SETTINGS)
    assert found.values.shape == (SIDE, SIDE)
    assert found.values.dtype == np.float32
    assert not found.values.flags.writeable
    assert found.values.any()


@EVERY
def test_only_signed_maps_have_signs(method: Method) -> None:
    values = [explain(method, Linear(PLUS_MINUS), CROSS, class_index, SETTINGS).values for class_index in (0, 1)]
    if method.meaning == "amount":
        assert min(one.min() for one in values) >= 0
    else:
        np.testing.assert_allclose(values[0], -values[1], atol=1e-6)
        assert min(one.min() for one in values) < 0


@EVERY
def test_numbers_that_are_none_are_said_in_words(method: Method) -> None:
    for network in (Linear(np.full((2, SIDE, SIDE, 1), np.nan)), Linear(PLUS_MINUS, (np.inf, 0.0))):
        with pytest.raises(ClassroomError, match=r"training has diverged: .* Look at an earlier moment"):
            explain(method, network, CROSS, 0, SETTINGS)


def test_gradients_that_are_no_numbers_are_said_in_words_even_if_the_logits_are() -> None:
    network = Linear(PLUS_MINUS)
    network.image_gradients = lambda images, class_index: np.full(images.shape, np.inf)  # type: ignore[method-assign]
    with pytest.raises(ClassroomError, match="training has diverged"):
        explain(METHODS["saliency"], network, CROSS, 0, SETTINGS)


@EVERY
def test_its_words_are_there(method: Method) -> None:
    assert METHODS[method.slug] is method
    assert method.sentence.endswith(".")
    assert method.term in {entry.slug for entry in terms()}
    assert method.reference
    assert len(method.details(SETTINGS)) == len(method.needs)


def test_maps_are_kept_by_what_they_depend_on() -> None:
    assert METHODS["occlusion"].details(SETTINGS) == (2, 1, "mean")
    assert METHODS["grad-cam"].details(SETTINGS) == ("conv_1",)
    assert METHODS["saliency"].details(SETTINGS) == ()


def test_gradients_of_several_channels_are_added_up_for_the_map() -> None:
    weights = np.zeros((2, SIDE, SIDE, 3))
    weights[0, 1, 1] = [1.0, 2.0, -5.0]
    found = explain(METHODS["integrated-gradients"], Linear(weights), np.ones((SIDE, SIDE, 3)), 0, SETTINGS)
    assert found.values[1, 1] == pytest.approx(-2.0)
    assert found.completeness is not None
    assert found.completeness.total == pytest.approx(-2.0)


def test_settings_out_of_range_are_refused() -> None:
    with pytest.raises(ValueError, match=r"AttributionSettings\.samples must be .* Received: samples=0"):
        AttributionSettings(samples=0)


def test_batches_shrink_with_the_network() -> None:
    small = NetworkSpec((8, 8, 1), (Flatten(), Dense(units=2)))
    large = NetworkSpec((256, 256, 3), (Conv2D(filters=16), Conv2D(filters=16), Flatten(), Dense(units=2)))
    wide = NetworkSpec((512, 512, 1), (Conv2D(filters=16, kernel_height=1, kernel_width=1), Flatten()))
    assert batch_for(small) == MOST_BATCH_IMAGES
    assert batch_for(wide) <= 4  # few multiplications, but four million numbers a layer
    assert 1 <= batch_for(large) < 16
