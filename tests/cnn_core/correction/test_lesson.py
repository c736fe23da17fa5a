"""What a lesson is made of: every drawing learned or left out, old images around them, nothing of the test part."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cnn_core.architecture.spec import NetworkSpec
from cnn_core.correction import lesson as module
from cnn_core.correction.lesson import BATCH, ENOUGH, make_lesson, rehearsal_dataset, teachable
from cnn_core.data.dataset import Dataset, LabelledImages
from cnn_core.errors import ClassroomError
from cnn_core.networks import TrainedNetwork, starter_network
from tests.cnn_core.correction.drawings import drawing

NAMES = ("cat", "dog", "owl")


def dataset(count: int = 300) -> Dataset:
    labels = np.arange(count, dtype=np.int64) % 3
    images = np.zeros((count, 28, 28, 1), np.uint8)
    images[:, 0, 0, 0] = 1  # old ones, told by a pixel
    tests = images.copy()
    tests[:, 0, 0, 0] = 2
    return Dataset("animals", NAMES, LabelledImages(images, labels), LabelledImages(tests, labels))


@settings(max_examples=30)
@given(st.lists(st.sampled_from(NAMES), min_size=1, max_size=40), st.integers(0, 9))
def test_every_drawing_is_learned_or_left_out_and_each_class_is_learned(names: list[str], seed: int) -> None:
    drawings = [drawing(name, seed=place) for place, name in enumerate(names)]
    lesson = make_lesson(drawings, NAMES, dataset(30), seed)
    both = Counter(lesson.learned.labels.tolist()) + Counter(lesson.left_out.labels.tolist())
    assert both == Counter(NAMES.index(name) for name in names)
    given_images = sorted(one.image.tobytes() for one in drawings)
    assert sorted(i.tobytes() for part in (lesson.learned, lesson.left_out) for i in part.images) == given_images
    assert set(lesson.learned.labels) == {NAMES.index(name) for name in names}
    assert len(lesson.left_out) <= (round(len(names) / 4) if len(names) >= ENOUGH else 0)
    if len(names) >= 20:
        assert len(lesson.left_out) >= 1


@pytest.mark.parametrize("seed", range(8))
def test_the_only_drawing_of_a_class_is_never_left_out(seed: int) -> None:
    drawings = [drawing(name, seed=place) for place, name in enumerate(["cat", "dog", *6 * ["owl"]])]
    lesson = make_lesson(drawings, NAMES, dataset(30), seed)
    assert lesson.left_out.labels.tolist() == [2, 2]


def test_most_of_a_batch_is_old_and_every_drawing_has_its_turn() -> None:
    lesson = make_lesson([drawing("owl", seed=seed) for seed in range(6)], NAMES, dataset())
    assert lesson.old_count == 300
    assert len(lesson.train) == 306
    batches = lesson.batches(9, seed=1)
    assert batches.shape == (9, BATCH)
    drawn = batches >= lesson.old_count
    assert (drawn.sum(axis=1) == 16).all()
    turns = Counter(batches[drawn].tolist())
    assert set(turns.values()) == {24}
    np.testing.assert_array_equal(batches, lesson.batches(9, seed=1))
    assert (batches != lesson.batches(9, seed=2)).any()


def test_a_single_drawing_does_not_fill_the_batches() -> None:
    lesson = make_lesson([drawing("owl")], NAMES, dataset())
    assert ((lesson.batches(3, 0) >= lesson.old_count).sum(axis=1) == 4).all()


def test_what_it_is_judged_by_is_of_the_test_part(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "HELD_OUT", 30)
    monkeypatch.setattr(module, "MOST_OLD", 60)
    lesson = make_lesson([drawing("cat")], NAMES, dataset())
    assert (lesson.held_out.images[:, 0, 0, 0] == 2).all()
    assert np.bincount(lesson.held_out.labels).tolist() == [10, 10, 10]
    assert (lesson.train.images[:60, 0, 0, 0] == 1).all()


def test_nothing_to_teach_is_said() -> None:
    with pytest.raises(ClassroomError, match="nothing to teach"):
        make_lesson([], NAMES, dataset())


class TestWhichImagesAreOld:
    def network(self, slug: str) -> TrainedNetwork:
        return replace(starter_network(), dataset=slug)

    def test_the_network_s_own_come_first(self) -> None:
        assert rehearsal_dataset(self.network("digits")) == "digits"

    def test_without_them_those_of_the_same_classes(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("CNN_CLASSROOM_DATA", "nowhere")
        monkeypatch.setenv("KERAS_HOME", "nowhere")
        assert rehearsal_dataset(self.network("mnist")) == "digits"
        assert rehearsal_dataset(self.network("gone")) == "digits"

    def test_without_any_it_is_said(self) -> None:
        stranger = replace(self.network("digits"), class_names=("a", "b"))
        with pytest.raises(ClassroomError, match="would forget"):
            rehearsal_dataset(stranger)
        other = replace(self.network("digits"), spec=NetworkSpec((9, 9, 1), starter_network().spec.layers[:1]))
        with pytest.raises(ClassroomError, match="would forget"):
            rehearsal_dataset(other)


def test_only_classes_that_the_network_knows_are_taught() -> None:
    found = teachable([drawing("7"), drawing("owl"), drawing("0")], starter_network())
    assert [one.class_name for one in found] == ["7", "0"]
