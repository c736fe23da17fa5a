"""The map of images: which ones, PCA against NumPy, t-SNE by its properties, and what stands in a map's way."""

from __future__ import annotations

import re
import threading
from collections import Counter
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn import manifold
from threadpoolctl import threadpool_info, threadpool_limits

from cnn_core.architecture.layers import (
    Activation,
    BatchNormalization,
    Conv2D,
    Dense,
    Dropout,
    Flatten,
    GlobalPooling2D,
    Layer,
)
from cnn_core.architecture.spec import NetworkSpec
from cnn_core.errors import ClassroomError
from cnn_core.inspection import embedding_job
from cnn_core.inspection.embedding import balanced_sample, check_vectors, pca_map, tsne_map, usable_perplexity
from cnn_core.inspection.embedding_layer import hidden_layer
from cnn_core.inspection.embedding_survey import find_image, place_newcomers, take_survey
from tests.oracles import STEADY


def cloud(count: int, size: int, seed: int = 0) -> np.ndarray:
    """Points that are spread differently along slanted directions."""
    rng = np.random.default_rng(seed)
    return (rng.normal(size=(count, size)) * np.linspace(3, 0.5, size) @ rng.normal(size=(size, size))).astype(
        np.float32
    )


def distances(points: np.ndarray) -> np.ndarray:
    return np.linalg.norm(points[:, None] - points[None], axis=-1)


# --- which layer, which images ---------------------------------------------------------------------------------------

SOFTMAX = Dense(units=3, activation="softmax")


@pytest.mark.parametrize(
    ("layers", "expected"),
    [
        ((Conv2D(filters=2), Flatten(), Dense(units=7), SOFTMAX), ("dense_1", 7, False)),
        ((Flatten(), Dense(units=7), Dropout(), SOFTMAX), ("dense_1", 7, False)),
        ((Flatten(), Dense(units=7), BatchNormalization(), Activation(), SOFTMAX), ("activation_1", 7, False)),
        ((Conv2D(filters=2), Flatten(), SOFTMAX), ("flatten_1", 32, False)),
        ((Conv2D(filters=2), GlobalPooling2D(), SOFTMAX), ("global_pool_1", 2, False)),
        ((Flatten(), Dense(units=7), Dense(units=3), BatchNormalization(), Activation(activation="softmax")),
         ("dense_1", 7, False)),
        ((Conv2D(filters=5), Conv2D(filters=3), GlobalPooling2D(), Activation(activation="softmax")),
         ("conv_1", 80, False)),
        ((Flatten(), Dropout(), SOFTMAX), ("flatten_1", 36, True)),
        ((Conv2D(filters=3), GlobalPooling2D()), ("", 36, True)),
    ],
)  # fmt: skip
def test_last_hidden_layer_is_what_goes_into_the_output_layer(
    layers: tuple[Layer, ...], expected: tuple[str, int, bool]
) -> None:
    found = hidden_layer(NetworkSpec((6, 6, 1), layers))
    assert (found.name, found.size, found.is_image) == expected


@STEADY
@given(st.lists(st.integers(0, 4), min_size=1, max_size=60), st.integers(1, 70), st.integers(0, 5))
def test_sample_has_as_many_of_each_class_as_there_are(labels: list[int], count: int, seed: int) -> None:
    drawn = balanced_sample(np.array(labels), count, seed).tolist()
    assert drawn == sorted(set(drawn))
    assert len(drawn) == min(count, len(labels))
    there, taken = Counter(labels), Counter(labels[index] for index in drawn)
    most = max(taken.values())
    assert all(taken[index] >= min(there[index], most - 1) for index in there)
    assert drawn == balanced_sample(np.array(labels), count, seed).tolist()


def test_another_seed_draws_other_images() -> None:
    labels = np.arange(100) % 10
    assert balanced_sample(labels, 50, 0).tolist() != balanced_sample(labels, 50, 1).tolist()


# --- PCA ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("count", "size"), [(40, 7), (9, 30), (5, 3), (4, 2), (40, 300)])
def test_pca_is_what_numpy_finds_by_singular_values(count: int, size: int) -> None:
    vectors = cloud(count, size)
    found = pca_map(vectors)
    centred = vectors.astype(np.float64) - vectors.mean(axis=0)
    left, values, right = np.linalg.svd(centred, full_matrices=False)
    for axis in range(2):
        sign = np.sign(right[axis][np.abs(right[axis]).argmax()])
        np.testing.assert_allclose(found.axes[axis], sign * right[axis], atol=1e-4)
        np.testing.assert_allclose(
            found.points[:, axis], sign * left[:, axis] * values[axis], atol=1e-4 * np.abs(values[0])
        )
        assert found.explained[axis] == pytest.approx(values[axis] ** 2 / (values**2).sum(), rel=1e-4)
        assert found.axes[axis][np.abs(found.axes[axis]).argmax()] > 0
    np.testing.assert_allclose(found.place(vectors[:2]), found.points[:2], atol=1e-4 * np.abs(values[0]))


@STEADY
@given(st.integers(0, 10_000))
def test_turning_the_space_changes_no_distance_on_the_map(seed: int) -> None:
    vectors = cloud(25, 5, seed)
    turn, _ = np.linalg.qr(np.random.default_rng(seed + 1).normal(size=(5, 5)))
    one, other = (distances(pca_map(points).points) for points in (vectors, (vectors @ turn).astype(np.float32)))
    np.testing.assert_allclose(one, other, atol=2e-3 * one.max())


def test_one_dimension_fills_one_axis() -> None:
    found = pca_map(np.float32([[1], [2], [6], [7]]))
    assert found.points.tolist() == [[-3, 0], [-2, 0], [2, 0], [3, 0]]
    assert found.explained.tolist() == [1, 0]
    only = pca_map(np.outer(np.float32([1, 2, 6, 7, 9]), np.float32([0, 2, 0, 0])))
    assert np.isfinite(only.points).all()
    assert only.explained == pytest.approx([1, 0], abs=1e-6)


# --- t-SNE -------------------------------------------------------------------------------------------------------


def three_clusters(each: int = 15) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(0)
    labels = np.repeat(np.arange(3), each)
    return (8 * np.eye(3, 6)[labels] + rng.normal(size=(3 * each, 6))).astype(np.float32), labels


def test_clusters_stay_apart_and_the_same_seed_gives_the_same_map() -> None:
    vectors, labels = three_clusters()
    points = tsne_map(vectors, seed=3, perplexity=8)
    apart = distances(points) + np.diag(np.full(len(points), np.inf))
    assert (labels[apart.argmin(axis=1)] == labels).all()
    same = labels[:, None] == labels[None]
    assert apart[~same].min() > np.median(apart[same & np.isfinite(apart)])
    assert (tsne_map(vectors, seed=3, perplexity=8) == points).all()
    assert (tsne_map(vectors, seed=4, perplexity=8) != points).any()


def test_map_begins_as_pca_has_it_and_leaves_the_other_cores_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    begun: list[np.ndarray] = []
    threads: list[int] = []
    real = manifold.TSNE

    def note(**given: Any) -> Any:
        begun.append(given["init"])
        threads.extend(pool["num_threads"] for pool in threadpool_info() if pool["user_api"] == "openmp")
        return real(**given)

    monkeypatch.setattr(manifold, "TSNE", note)
    vectors = cloud(30, 6)
    with threadpool_limits(2, user_api="openmp"):
        tsne_map(vectors, 2)
    start = pca_map(vectors).points
    scaled = 1e-4 * start / start[:, 0].std()
    assert 0 < np.abs(begun[0] - scaled).max() < 5e-6
    assert set(threads) == {1}


def test_few_points_of_one_dimension_get_a_map_in_the_plane() -> None:
    points = tsne_map(np.float32([[0], [1], [2], [50], [51]]))
    assert np.isfinite(points).all()
    assert points.shape == (5, 2)
    assert usable_perplexity(30, 5) == pytest.approx(4 / 3)


def test_who_asks_for_the_same_map_at_the_same_time_shares_the_work(monkeypatch: pytest.MonkeyPatch) -> None:
    vectors, _ = three_clusters(5)
    calls = []
    real = embedding_job.tsne_map
    monkeypatch.setattr(embedding_job, "tsne_map", lambda *given: calls.append(given) or real(*given))
    monkeypatch.setattr(embedding_job, "_s_per_point", [1000.0])
    # All workers are busy until both have asked.
    gate = threading.Event()
    busy = [embedding_job._workers.submit(gate.wait) for _ in range(embedding_job.AT_ONCE)]
    jobs = [embedding_job.start_tsne(vectors, 1, 4.0), embedding_job.start_tsne(vectors.copy(), 1, 4.0)]
    other = embedding_job.start_tsne(vectors, 2, 4.0)
    gate.set()
    assert all(job.result(20) for job in busy)
    assert jobs[0] is jobs[1]
    assert other is not jobs[0]
    np.testing.assert_array_equal(jobs[0].result(20), real(vectors, 1, 4.0))
    other.result(20)
    assert len(calls) == 2
    assert 0 < embedding_job.expected_s(100) < 1000


# --- what stands in a map's way, and the survey ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("vectors", "words"),
    [
        (np.float32([[1, 2], [np.nan, 3]]), "The layer dense_1 gives no numbers any more: training has diverged."),
        (np.float32([[1, 2], [np.inf, 3]]), "The layer dense_1 gives no numbers any more: training has diverged."),
        (np.zeros((5, 3), np.float32), "The layer dense_1 gives the same numbers for every image"),
    ],
)
def test_what_cannot_be_a_map_is_said_in_one_sentence(vectors: np.ndarray, words: str) -> None:
    with pytest.raises(ClassroomError, match=f"^{re.escape(words)}"):
        check_vectors(vectors, "dense_1")


def test_survey_compares_the_hidden_layer_with_the_pixels() -> None:
    vectors, labels = three_clusters(6)
    images = np.random.default_rng(0).integers(0, 256, (18, 3, 3, 1), dtype=np.uint8)
    probabilities = np.float32(np.eye(3)[labels] * 0.5 + 1 / 6)
    probabilities[4] = [0.1, 0.8, 0.1]
    survey = take_survey(np.arange(18) * 7, images, labels, vectors, probabilities, "dense_1")
    assert survey.guesses.tolist() == [0, 0, 0, 0, 1, *[0], *[1] * 6, *[2] * 6]
    assert survey.sureness[4] == pytest.approx(0.8)
    assert survey.around.separation == 1.0
    assert survey.pixel_separation < 0.7
    np.testing.assert_array_equal(survey.pca.points, pca_map(vectors).points)

    new = place_newcomers(survey, vectors, vectors[[13]] + np.float32(0.01), np.float32([[0.2, 0.3, 0.5]]))
    assert (new.guesses.tolist(), new.class_indices.tolist()) == ([2], [2])
    assert new.neighbours[0, 0] == 13
    np.testing.assert_allclose(new.points, survey.pca.points[[13]], atol=0.05)

    probabilities[0] = np.nan
    with pytest.raises(ClassroomError, match="training has diverged"):
        take_survey(np.arange(18), images, labels, vectors, probabilities, "dense_1")


def test_image_is_found_by_its_pixels() -> None:
    images = np.random.default_rng(0).integers(0, 256, (9, 4, 5, 3), dtype=np.uint8)
    assert find_image(images, images[6].copy()) == 6
    assert find_image(images, 255 - images[6]) is None
    assert find_image(images, images[6][:, :, :1]) is None
