"""Duplicates between the two parts, held against a loop over all pairs."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cnn_core.data.dataset import LabelledImages
from cnn_core.data.survey import likeness as likeness_module
from cnn_core.data.survey import twins
from cnn_core.data.survey.likeness import describe, likeness
from cnn_core.data.survey.twins import Twins, find_twins

Bytes = npt.NDArray[np.uint8]


def noise(count: int, shape: tuple[int, int, int], seed: int) -> Bytes:
    return np.random.default_rng(seed).integers(0, 256, (count, *shape), dtype=np.uint8)


def correlation(first: Bytes, second: Bytes) -> float:
    if first.min() == first.max() or second.min() == second.max():
        return 0.0
    return float(np.corrcoef(first.ravel(), second.ravel())[0, 1])


@settings(max_examples=30)
@given(st.tuples(st.integers(1, 33), st.integers(1, 40), st.sampled_from([1, 3])), st.integers(0, 999))
def test_descriptions_promise_at_least_the_likeness(shape: tuple[int, int, int], seed: int) -> None:
    images = noise(4, shape, seed)
    images[1] = np.clip(images[0].astype(int) + np.random.default_rng(seed).integers(-20, 21, shape), 0, 255)
    images[2] = 77  # one colour
    described = describe(images)
    for first in range(4):
        for second in range(4):
            exact = correlation(images[first], images[second])
            assert likeness(images[first : first + 1], images[second : second + 1])[0] == pytest.approx(exact, abs=1e-4)
            assert described[first] @ described[second] >= exact - 1e-4
    assert described.shape[1] <= likeness_module.MOST_NUMBERS + 1


def test_descriptions_of_coarse_images_are_as_alike_as_the_images() -> None:
    # Where blocks are of one colour the thumbnail loses nothing: what is compared afterwards is only what must be.
    coarse = noise(2, (14, 14, 1), 5).repeat(2, axis=1).repeat(2, axis=2)
    first, second = describe(coarse)
    assert first @ second == pytest.approx(correlation(coarse[0], coarse[1]), abs=1e-4)
    assert [first[-1], second[-1]] == pytest.approx([0, 0], abs=1e-2)


def a_part(seed: int, rng: np.random.Generator, known: Bytes) -> LabelledImages:
    """Images of which some are those that are known: unchanged, brighter, or with a little noise."""
    images = noise(9, known.shape[1:], seed)
    for place in range(6):
        source = known[rng.integers(len(known))].astype(int)
        change = rng.integers(3)
        images[place] = np.clip(
            (source, source // 2 + 60, source + rng.integers(-25, 26, source.shape))[change], 0, 255
        )
    return LabelledImages(images, rng.integers(0, 2, len(images)))


@settings(max_examples=25)
@given(st.integers(0, 9999), st.sampled_from([(6, 6, 1), (17, 18, 1), (9, 8, 3)]))
def test_search_finds_what_a_loop_over_all_pairs_finds(seed: int, shape: tuple[int, int, int]) -> None:
    rng = np.random.default_rng(seed)
    known = noise(8, shape, seed + 1)
    known[1], known[2] = known[0], 9
    train = LabelledImages(known, rng.integers(0, 2, len(known)))
    test = a_part(seed + 2, rng, known)
    found = find_twins(train, test, least=0.9)
    best: dict[tuple[int, bool], float] = {}
    for index, image in enumerate(test.images):
        for other, candidate in enumerate(train.images):
            is_same = bool((image == candidate).all())
            alike = 1.0 if is_same else correlation(image, candidate)
            key = (index, bool(test.labels[index] != train.labels[other]))
            if abs(alike - 0.9) < 1e-4:
                return  # rounding decides
            if is_same or alike >= 0.9:
                best[key] = max(best.get(key, 0.0), alike)
    assert {
        (pair.test_index, pair.is_contradictory): pytest.approx(pair.likeness, abs=1e-4) for pair in found.pairs
    } == best
    for pair in found.pairs:
        is_same = bool((test.images[pair.test_index] == train.images[pair.train_index]).all())
        assert pair.is_identical == is_same
        assert (pair.test_label, pair.train_label) == (test.labels[pair.test_index], train.labels[pair.train_index])
    ranks = [(not pair.is_identical, -pair.likeness) for pair in found.pairs]
    assert ranks == sorted(ranks)
    assert found.train_repeats == 1


def test_an_image_of_one_colour_is_a_twin_only_of_itself() -> None:
    grey = np.full((1, 5, 5, 1), 90, np.uint8)
    part = LabelledImages(np.concatenate([grey, grey + 1]), np.zeros(2, np.int64))
    found = find_twins(part, LabelledImages(grey, np.zeros(1, np.int64)))
    assert [(pair.train_index, pair.is_identical) for pair in found.pairs] == [(0, True)]


def test_the_pair_that_contradicts_is_shown_beside_the_one_that_agrees() -> None:
    image = noise(1, (6, 6, 1), 0)
    train = LabelledImages(np.concatenate([image, image, image]), np.array([0, 1, 0]))
    found = find_twins(train, LabelledImages(image, np.array([0])))
    assert [(pair.train_index, pair.is_contradictory) for pair in found.pairs] == [(1, True), (0, False)]
    assert found.at_least(1.1) == found.pairs


def test_too_many_candidates_are_cut_to_the_most_promising(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(twins, "MOST_COMPARED", 3)
    image = noise(1, (12, 12, 1), 3)[0].astype(int)
    rng = np.random.default_rng(4)
    near = [np.clip(image + rng.integers(-size, size + 1, image.shape), 0, 255) for size in (20, 16, 12, 8, 4)]
    train = LabelledImages(np.array(near, np.uint8), np.zeros(5, np.int64))
    found = find_twins(train, LabelledImages(image[np.newaxis].astype(np.uint8), np.zeros(1, np.int64)))
    assert found.cut_short == 1
    assert [pair.train_index for pair in found.pairs] == [4]


def test_small_pieces_of_work_find_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    images = noise(30, (5, 5, 1), 1)
    train, test = (LabelledImages(part, np.arange(30) % 3) for part in (images, images // 2 + 60))
    told: list[float] = []
    whole = find_twins(train, test)
    monkeypatch.setattr(twins, "MOST_CANDIDATES", 60)
    monkeypatch.setattr(likeness_module, "AT_ONCE_BYTES", 900)
    assert find_twins(train, test, told.append) == whole
    assert len(whole.pairs) == 30
    assert told == sorted(told)
    assert len(told) == 18
    assert told[-1] == 1.0


def test_a_search_can_be_stopped_by_whoever_is_told() -> None:
    part = LabelledImages(noise(3, (5, 5, 1), 1), np.zeros(3, np.int64))

    def stop(share: float) -> None:
        raise TimeoutError(share)

    with pytest.raises(TimeoutError, match=r"0\.05"):
        find_twins(part, part, stop)


def test_pairs_say_whether_labels_agree() -> None:
    assert Twins(0, 0, 1.0, True, 2, 3).is_contradictory
    assert not Twins(0, 0, 1.0, True, 2, 2).is_contradictory
