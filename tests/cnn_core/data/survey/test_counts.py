"""Counts, samples and fingerprints of data sets."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from cnn_core.data.dataset import Dataset, LabelledImages
from cnn_core.data.survey.counts import NONE, class_counts, draw_samples, fingerprint, imbalance


def a_dataset(count: int = 50) -> Dataset:
    images = np.random.default_rng(0).integers(0, 256, (count, 4, 5, 1), dtype=np.uint8)
    part = LabelledImages(images, np.arange(count) % 3)
    return Dataset("some", ("a", "b", "c"), part, LabelledImages(images[:6], np.arange(6) % 3))


def test_samples_are_of_their_class_and_no_image_is_drawn_twice() -> None:
    labels = np.array([2, 0, 2, 2, 0, 2, 2])
    drawn = draw_samples(labels, class_count=3, each=4, seed=5)
    assert drawn[0].tolist() == [1, 4, NONE, NONE]
    assert drawn[1].tolist() == [NONE] * 4
    assert (labels[drawn[2]] == 2).all()
    assert (np.diff(drawn[2]) > 0).all()


def test_the_seed_decides_which_samples_and_reaches_all_images() -> None:
    labels = np.zeros(20, np.int64)
    drawn = [draw_samples(labels, 1, 3, seed).ravel().tolist() for seed in range(40)]
    assert drawn[7] == draw_samples(labels, 1, 3, 7).ravel().tolist()
    assert set(range(20)) == {place for row in drawn for place in row}


@pytest.mark.parametrize(
    ("counts", "ratio"), [([3, 3], 1.0), ([10, 40, 20], 4.0), ([0, 5], float("inf")), ([0, 0], 1.0)]
)
def test_imbalance_compares_the_largest_class_with_the_smallest(counts: list[int], ratio: float) -> None:
    assert imbalance(np.array(counts)) == ratio


def test_classes_without_images_are_counted_too() -> None:
    assert class_counts(np.array([1, 1, 3]), 5).tolist() == [0, 2, 0, 1, 0]


def test_fingerprint_follows_what_the_set_holds() -> None:
    dataset = a_dataset()
    assert fingerprint(dataset) == fingerprint(a_dataset())
    labels = dataset.train.labels.copy()
    labels[17] = 1 if labels[17] == 0 else 0
    images = dataset.train.images.copy()
    images[-1, 0, 0, 0] ^= 1
    others = [
        replace(dataset, train=LabelledImages(dataset.train.images, labels)),
        replace(dataset, train=LabelledImages(images, dataset.train.labels)),
        replace(dataset, slug="other"),
        a_dataset(51),
    ]
    assert len({fingerprint(dataset), *map(fingerprint, others)}) == 5
