"""What a network says of many images: counted, ranked, asked in chunks."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnn_core.evaluation.predictions import Predictions, predict_images
from tests.cnn_core.evaluation.samples import few, random_predictions


def test_a_worked_example() -> None:
    said = Predictions(
        np.array([[0.7, 0.2, 0.1], [0.1, 0.2, 0.7], [0.3, 0.6, 0.1], [0.5, 0.4, 0.1]], np.float32),
        np.array([0, 1, 1, 2]),
    )
    assert said.guesses.tolist() == [0, 2, 1, 0]
    assert said.confusion.tolist() == [[1, 0, 0], [0, 1, 1], [1, 0, 0]]
    assert (said.right, said.count, said.accuracy) == (2, 4, 0.5)
    assert said.is_right.tolist() == [True, False, True, False]
    np.testing.assert_allclose(said.losses, -np.log([0.7, 0.2, 0.6, 0.1]), rtol=1e-6)
    np.testing.assert_allclose(said.confidences, [0.7, 0.7, 0.6, 0.5], rtol=1e-6)
    assert [said.top(most) for most in (1, 2, 3)] == [0.5, 0.75, 1.0]


@few
@given(st.integers(2, 6), st.integers(0, 100))
def test_top_k_grows_from_the_accuracy_to_one(classes: int, seed: int) -> None:
    said = random_predictions(40, classes, seed)
    shares = [said.top(most) for most in range(1, classes + 1)]
    assert shares[0] == said.accuracy
    assert shares == sorted(shares)
    assert shares[-1] == 1.0
    assert said.confusion.sum() == said.count
    assert int(np.trace(said.confusion)) == said.right


def test_ties_go_to_the_earlier_class_in_every_count() -> None:
    said = Predictions(np.full((3, 3), 1 / 3, np.float32), np.array([0, 1, 2]))
    assert [said.top(most) for most in (1, 2, 3)] == pytest.approx([1 / 3, 2 / 3, 1])
    assert said.guesses.tolist() == [0, 0, 0]


def test_a_network_without_numbers_is_noticed() -> None:
    assert not Predictions(np.array([[np.nan, 0.5]], np.float32), np.array([0])).is_sound
    assert random_predictions(5).is_sound


@pytest.mark.parametrize(("shape", "labels"), [((0, 3), []), ((2, 3), [0]), ((1, 3), [3])])
def test_what_does_not_belong_together_is_refused(shape: tuple[int, int], labels: list[int]) -> None:
    with pytest.raises(ValueError, match="Received"):
        Predictions(np.zeros(shape, np.float32), np.array(labels, np.int64))
    with pytest.raises(ValueError, match="most must be at least 1"):
        random_predictions(5).top(0)


def test_images_are_asked_about_in_chunks_and_in_the_order_that_is_wanted() -> None:
    images = np.arange(10, dtype=np.uint8).reshape(10, 1, 1, 1)
    asked: list[int] = []
    told: list[float] = []

    def predict(part: np.ndarray) -> np.ndarray:
        asked.append(len(part))
        return part.reshape(-1, 1).astype(np.float32)

    found = predict_images(predict, images, np.array([9, 0, 4, 4, 1]), told.append, chunk=2)
    assert found.ravel().tolist() == [9, 0, 4, 4, 1]
    assert asked == [2, 2, 1]
    assert told == [0.4, 0.8, 1.0]
    with pytest.raises(ValueError, match="at least one image"):
        predict_images(predict, images, np.array([], np.int64))
