"""Questions with pictures have exactly one right answer, which is worked out anew here."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from cnn_core.architecture.layers import Conv2D, Dense, Flatten
from cnn_core.architecture.spec import NetworkSpec
from cnn_core.errors import ClassroomError
from cnn_core.exercises import EXERCISE_KINDS, make_exercise, subject_of
from cnn_core.exercises.pictures import LEAST_SURE, MOST_ALIKE
from cnn_core.networks import TrainedNetwork
from tests.cnn_core.exercises.networks import NAMES, SPEC, Fake, network_of, seeing
from tests.oracles import cross_correlate2d

SEEDS = range(15)


def bias_of(network: TrainedNetwork, kernel: np.ndarray) -> float:
    """The bias of the filter that has this kernel."""
    kernels, bias = network.weights[:2]
    (number,) = [n for n in range(len(bias)) if np.array_equal(kernels[:, :, 0, n], kernel)]
    return float(bias[number])


def test_only_the_right_kernel_makes_the_map_that_is_shown() -> None:
    network = network_of()
    subject = seeing(network)
    for seed in SEEDS:
        exercise = make_exercise("kernel", subject, seed)
        image, shown = (np.asarray(picture.values) for picture in exercise.pictures)
        makes_it = []
        for picture in exercise.choice_pictures:
            kernel = np.asarray(picture.values)
            sums = cross_correlate2d(image[..., np.newaxis] / 255, kernel[..., np.newaxis, np.newaxis])[..., 0]
            remade = np.maximum(sums + bias_of(network, kernel), 0)
            makes_it.append(bool(np.allclose(remade, shown, atol=1e-5)))
        assert makes_it.count(True) == 1
        assert makes_it.index(True) == exercise.answer
        assert exercise.marks(exercise.choices[makes_it.index(True)])


def test_the_kernels_to_choose_from_are_really_different() -> None:
    subject = seeing()
    for seed in SEEDS:
        exercise = make_exercise("kernel", subject, seed)
        flat = np.stack([np.asarray(picture.values).ravel() for picture in exercise.choice_pictures])
        flat = flat / np.linalg.norm(flat, axis=1, keepdims=True)
        likeness = np.abs(flat @ flat.T) - np.eye(len(flat))
        assert likeness.max() <= MOST_ALIKE + 1e-6
        assert 2 <= len(flat) <= 4


def test_the_working_says_what_each_kernel_gives_where_the_map_is_largest() -> None:
    subject = seeing()
    for seed in SEEDS:
        exercise = make_exercise("kernel", subject, seed)
        shown = np.asarray(exercise.pictures[1].values)
        values = [float(line.value) for line in exercise.worked]
        assert values[int(exercise.answer)] == pytest.approx(float(shown.max()), abs=0.006)  # type: ignore[arg-type]
        assert sum(abs(value - shown.max()) < 0.1 * np.ptp(shown) for value in values) == 1
        row, column = (int(place) for place in np.unravel_index(shown.argmax(), shown.shape))
        assert f"row {row + 1}, column {column + 1}" in exercise.worked[0].words


def test_kernels_that_are_nearly_the_same_never_stand_side_by_side() -> None:
    network = network_of()
    kernels, bias = (array.copy() for array in network.weights[:2])
    kernels[..., 3:] = kernels[..., :3] * np.float32(1.7)
    bias[3:] = bias[:3] + 5  # so the maps differ where the activation cuts them off
    twins = seeing(replace(network, weights=(kernels, bias, *network.weights[2:])))
    for seed in SEEDS:
        shown = [np.asarray(picture.values) for picture in make_exercise("kernel", twins, seed).choice_pictures]
        origins = [int(np.argmin([np.ptp(one / kernels[:, :, 0, n]) for n in range(3)])) for one in shown]
        assert len(set(origins)) == len(origins)


def test_kernels_that_are_all_alike_cannot_be_asked_about() -> None:
    network = network_of()
    kernels = np.repeat(network.weights[0][..., :1], 6, axis=3) * np.arange(1, 7, dtype=np.float32)
    alike = replace(network, weights=(kernels, *network.weights[1:]))
    with pytest.raises(ClassroomError, match="told apart"):
        make_exercise("kernel", seeing(alike), 0)


@pytest.mark.parametrize("number", [np.nan, np.inf, 0.0])
def test_a_first_layer_that_gives_nothing_cannot_be_asked_about(number: float) -> None:
    network = network_of()
    lost = tuple(np.full_like(array, number) for array in network.weights)
    with np.errstate(all="ignore"), pytest.raises(ClassroomError, match="told apart"):
        make_exercise("kernel", seeing(replace(network, weights=lost), Fake(network_of())), 0)


def test_colour_kernels_stand_side_by_side() -> None:
    spec = NetworkSpec((12, 12, 3), (Conv2D(filters=4), Flatten(), Dense(units=5, activation="softmax")))
    network = network_of(spec)
    images = np.random.default_rng(1).integers(0, 256, (8, 12, 12, 3), np.uint8)
    from cnn_core.exercises import see_images

    fake = Fake(network)
    subject = see_images(subject_of(network), fake, images, ("cat",) * 8, fake.probabilities(images))
    exercise = make_exercise("kernel", subject, 2)
    assert exercise.choice_pictures[0].values.shape == (3, 9)
    assert exercise.pictures[0].values.shape == (12, 12, 3)


@pytest.mark.parametrize(
    ("layers", "words"),
    [
        ((Flatten(), Dense(units=5)), "no convolution"),
        ((Conv2D(filters=1), Flatten(), Dense(units=5)), "not enough kernels"),
        ((Conv2D(kernel_height=1, kernel_width=3), Flatten(), Dense(units=5)), "not enough kernels"),
    ],
)
def test_a_network_without_kernels_to_look_at_says_so(layers: tuple, words: str) -> None:  # type: ignore[type-arg]
    subject = subject_of(network_of(NetworkSpec((12, 12, 1), layers)))
    assert words in EXERCISE_KINDS["kernel"].missing(subject)
    with pytest.raises(ClassroomError, match=words):
        make_exercise("kernel", subject, 0)


def test_the_second_guess_is_the_second_largest_probability() -> None:
    subject = seeing()
    assert subject.seen is not None
    asked = set()
    for seed in SEEDS:
        exercise = make_exercise("second-guess", subject, seed)
        index = int(exercise.name.split(":")[1])
        np.testing.assert_array_equal(exercise.pictures[0].values, subject.seen.images[index, :, :, 0])
        shares = dict(zip(NAMES, subject.seen.probabilities[index].tolist(), strict=True))
        first, second = sorted(shares, key=lambda name: -shares[name])[:2]
        assert exercise.answer_text == second
        assert f"“{first}”" in exercise.given
        assert first not in exercise.choices
        wrong = [name for name in exercise.choices if name != second]
        assert wrong
        assert all(2 * shares[name] <= shares[second] for name in wrong)
        assert f"“{subject.seen.class_names[index]}”" in exercise.remark
        assert ("is right" in exercise.remark) == (subject.seen.class_names[index] == first)
        asked.add(index)
    assert len(asked) > 3


def test_images_that_the_network_is_sure_about_come_last() -> None:
    subject = seeing(count=200)
    assert subject.seen is not None
    ranked = np.sort(subject.seen.probabilities, axis=1)[:, ::-1]
    usable = np.flatnonzero(ranked[:, 1] >= 2 * ranked[:, 2])
    surest = np.sort(ranked[usable, 0])[:LEAST_SURE][-1]
    for seed in SEEDS:
        index = int(make_exercise("second-guess", subject, seed).name.split(":")[1])
        assert ranked[index, 0] <= surest


def test_few_classes_or_no_numbers_or_no_images_are_said() -> None:
    two = network_of(replace(SPEC, layers=(*SPEC.layers[:-1], Dense(units=2, activation="softmax"))), ("a", "b"))
    assert "two classes" in EXERCISE_KINDS["second-guess"].missing(subject_of(two))
    unnamed = network_of(names=("a",) * 5)
    assert "does not name" in EXERCISE_KINDS["second-guess"].missing(subject_of(unnamed))
    with pytest.raises(ClassroomError, match="no test images"):
        make_exercise("second-guess", subject_of(network_of()), 0)
    subject = seeing()
    assert subject.seen is not None
    lost = replace(subject.seen, probabilities=np.full((30, 5), np.nan, np.float32))
    with pytest.raises(ClassroomError, match="gives no numbers"):
        make_exercise("second-guess", replace(subject, seen=lost), 0)
