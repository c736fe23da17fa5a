"""The images that a network is judged by, whether it has seen them, and what has to be said about that."""

from __future__ import annotations

import csv
import io

import numpy as np

from cnn_core.evaluation.class_figures import class_figures
from cnn_core.evaluation.judged import (
    LEARNED,
    STARTER_LEARNED,
    TEST,
    VALIDATION,
    judged_images,
    judged_places,
    learned_from,
    parts_of,
)
from cnn_core.evaluation.overlap import learned_before
from cnn_core.evaluation.predictions import Predictions
from cnn_core.evaluation.reservations import (
    Overlap,
    origin_reservations,
    overlap_reservations,
    part_reservations,
    size_reservations,
)
from cnn_core.evaluation.stress import StressCurve
from cnn_core.evaluation.tables import class_csv, confusion_csv, predictions_csv, stress_csv
from cnn_core.networks import STARTER_ID, TrainedNetwork
from cnn_core.starter import load_starter
from cnn_core.training.material import choose_material
from cnn_core.training.settings import TrainingSettings
from tests.cnn_core.training.fakes import SPEC, small_dataset

SMALL = small_dataset()
SETTINGS = TrainingSettings(dataset="small", train_count=100, validation_share=0.2, seed=3)


def network(network_id: str = "run", dataset: str = "small") -> TrainedNetwork:
    return TrainedNetwork(network_id, 1, "A network", SPEC, (), SMALL.class_names, dataset)


def test_the_parts_are_those_that_the_training_had() -> None:
    material = choose_material(SPEC, SETTINGS, SMALL)
    for part, expected in ((VALIDATION, material.validation), (LEARNED, material.train), (TEST, material.test)):
        judged = judged_images(SMALL, part, judged_places(SMALL, part, SETTINGS))
        np.testing.assert_array_equal(judged.images(np.arange(len(judged))), expected.images)
        np.testing.assert_array_equal(judged.labels, expected.labels)
    learned, kept = (set(judged_places(SMALL, part, SETTINGS).tolist()) for part in (LEARNED, VALIDATION))
    assert (len(learned), len(kept), learned & kept) == (80, 20, set())
    assert len(judged_places(SMALL, LEARNED, None)) == 120


def test_only_of_its_own_data_set_are_all_parts_known() -> None:
    assert parts_of(network(), SETTINGS, "small") == (TEST, VALIDATION, LEARNED)
    assert parts_of(network(), SETTINGS, "other") == (TEST,)
    assert parts_of(network(STARTER_ID), None, "digits") == (TEST, LEARNED)


def test_the_starter_network_learned_from_what_its_card_says() -> None:
    assert learned_from(network(STARTER_ID, "mnist")) == STARTER_LEARNED
    card = load_starter().card.split("## Data")[1].split("##")[0]
    assert "training images of MNIST" in card
    assert "this app's own generator, training part" in card


def test_equal_pixels_are_found_and_other_shapes_are_other_images() -> None:
    images = SMALL.test.images
    mask = learned_before(images, np.concatenate([SMALL.train.images, images[[3, 7]]]))
    assert np.flatnonzero(mask).tolist() == [3, 7]
    assert not learned_before(images[:1].reshape(1, 4, 9, 1), images).any()
    assert learned_before([], images).shape == (0,)


def test_few_images_and_rare_classes_are_said() -> None:
    figures = class_figures(np.array([[400, 0], [1, 3]]))
    rare = size_reservations(950, 1000, figures, ("well", "ill"))
    assert [one.slug for one in rare] == ["rare"]
    assert "“ill” has 4." in rare[0].words
    many = class_figures(np.eye(6, dtype=np.int64))
    assert " and 2 more classes have few." in size_reservations(950, 1000, many, tuple("abcdef"))[0].words
    assert [one.slug for one in size_reservations(19, 20, (), ())] == ["few"]
    assert size_reservations(950, 1000, (), ()) == []


def test_images_that_took_part_in_the_training_are_said() -> None:
    assert "learned from these very images" in part_reservations(LEARNED, SETTINGS)[0].words
    kept = part_reservations(VALIDATION, SETTINGS)[0]
    chosen = part_reservations(VALIDATION, TrainingSettings(keeps_best=True))[0]
    stopped = part_reservations(VALIDATION, TrainingSettings(patience=2))[0]
    assert (kept.is_warning, chosen.is_warning) == (False, True)
    assert chosen == stopped


def test_images_of_another_kind_are_said_and_are_no_warning() -> None:
    other = origin_reservations(STARTER_LEARNED, "digits-shifted")[0]
    assert "from Digits and is judged on the same images, changed" in other.words
    assert not other.is_warning
    gone = origin_reservations(("gone",), "digits")[0]
    assert "from “gone” and is judged on Digits" in gone.words


def test_images_that_were_learned_from_are_counted_and_left_out() -> None:
    assert overlap_reservations(None) == overlap_reservations(Overlap(0, 5, 5)) == []
    assert overlap_reservations(Overlap(1, 9, 9))[0].words.startswith("1 of these 10 images is also")
    assert "no other image" in overlap_reservations(Overlap(4, 0, 0))[0].words


def read(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text)))


def test_tables_hold_every_number_and_odd_names() -> None:
    names = ('say "a", b', "c", "d")
    judged = judged_images(SMALL, TEST, np.array([5, 2]))
    said = Predictions(np.array([[0.7, 0.2, 0.1], [0.1, 0.3, 0.6]], np.float32), judged.labels)
    assert SMALL.test.labels[[5, 2]].tolist() == [2, 2]
    classes = read(class_csv(said, names))
    assert classes[1][:7] == ['say "a", b', "0", "1", "0", "0", "", "0"]
    assert classes[3][:7] == ["d", "2", "1", "1", "1", "0.5", "0.666667"]
    assert read(confusion_csv(said, names))[3] == ["d", "1", "0", "1"]
    rows = read(predictions_csv(said, judged))
    assert rows[1][:4] == ["6", "bottom", "top", "2.30259"]
    assert rows[2][:3] == ["3", "bottom", "bottom"]
    curve = StressCurve("right", np.array([-1.0, 0.0]), np.array([1, 2]), 2)
    assert read(stress_csv([curve]))[1][:6] == ["Shift to the right", "-1", "px", "1", "2", "0.5"]
