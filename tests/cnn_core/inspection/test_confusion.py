"""Which classes are taken for which, and the worst mistakes, on answers written by hand."""

from __future__ import annotations

import numpy as np
import pytest

from cnn_core.inspection.confusion import class_guesses, confusion_matrix, image_losses, worst_mistakes

PROBABILITIES = np.array(
    [
        [0.7, 0.2, 0.1],  # right
        [0.6, 0.3, 0.1],  # a 1 taken for a 0
        [0.1, 0.1, 0.8],  # a 0 taken for a 2
        [0.0, 1.0, 0.0],  # a 2 taken for a 1, and nothing left for what it is
        [0.2, 0.5, 0.3],  # right
    ],
    np.float32,
)
LABELS = np.array([0, 1, 0, 2, 1])


def test_rows_are_what_it_is_and_columns_what_is_said() -> None:
    assert confusion_matrix(PROBABILITIES, LABELS).tolist() == [[1, 0, 1], [1, 1, 0], [0, 1, 0]]


def test_a_class_without_images_has_an_empty_row() -> None:
    assert confusion_matrix(PROBABILITIES[:1], LABELS[:1]).tolist() == [[1, 0, 0], [0, 0, 0], [0, 0, 0]]


def test_no_images_confuse_nothing() -> None:
    assert confusion_matrix(PROBABILITIES[:0], LABELS[:0]).tolist() == [[0] * 3] * 3
    assert worst_mistakes(PROBABILITIES[:0], LABELS[:0]) == ()


def test_counts_add_up_to_the_images_and_the_diagonal_to_the_accuracy() -> None:
    rng = np.random.default_rng(3)
    probabilities, labels = rng.dirichlet(np.ones(4), 500), rng.integers(0, 4, 500)
    matrix = confusion_matrix(probabilities, labels)
    assert matrix.sum() == 500
    assert matrix.trace() == sum(int(row.argmax()) == label for row, label in zip(probabilities, labels, strict=True))
    assert matrix.sum(axis=1).tolist() == [int((labels == c).sum()) for c in range(4)]


def test_the_surest_mistakes_come_first() -> None:
    mistakes = worst_mistakes(PROBABILITIES, LABELS)
    assert [(mistake.index, mistake.label, mistake.guess) for mistake in mistakes] == [(3, 2, 1), (2, 0, 2), (1, 1, 0)]
    assert mistakes[1].loss == pytest.approx(-np.log(0.1))
    assert mistakes[1].guess_probability == pytest.approx(0.8)
    assert mistakes[1].label_probability == pytest.approx(0.1)


def test_so_many_mistakes_are_named_as_are_asked_for() -> None:
    assert len(worst_mistakes(PROBABILITIES, LABELS, most=2)) == 2


def test_equal_mistakes_keep_the_order_of_the_images() -> None:
    probabilities = np.tile(np.array([[0.9, 0.1]]), (5, 1))
    assert [mistake.index for mistake in worst_mistakes(probabilities, np.ones(5, np.int64))] == [0, 1, 2, 3, 4]


def test_a_class_that_got_nothing_costs_a_finite_loss() -> None:
    assert image_losses(PROBABILITIES, LABELS)[3] == pytest.approx(-np.log(1e-7))


def test_an_answer_that_is_no_number_is_the_worst_mistake() -> None:
    probabilities = PROBABILITIES.copy()
    probabilities[4] = np.nan
    worst = worst_mistakes(probabilities, LABELS)[0]
    assert (worst.index, worst.guess, worst.loss) == (4, 0, np.inf)


def test_of_equal_probabilities_the_first_class_is_said() -> None:
    assert class_guesses(np.full((1, 3), 1 / 3)).tolist() == [0]


@pytest.mark.parametrize("labels", [np.array([0, 1]), np.array([0, 1, 0, 2, 3]), np.array([0, -1, 0, 2, 1])])
def test_labels_that_do_not_belong_are_refused(labels: np.ndarray) -> None:
    with pytest.raises(ValueError, match="labels"):
        confusion_matrix(PROBABILITIES, labels)
