"""What holds for every kind: the same seed gives the same, other seeds others; and series for neighbours."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from cnn_core.architecture.presets import PRESETS
from cnn_core.errors import ClassroomError
from cnn_core.exercises import EXERCISE_KINDS, Exercise, Picture, Subject, Working, make_exercise, subject_of
from cnn_core.exercises.record import AnswerKind
from cnn_core.exercises.series import fresh_exercise, kind_order, next_exercise, next_kind
from cnn_core.networks import starter_network
from tests.cnn_core.exercises.networks import SPEC, network_of, seeing

KINDS = list(EXERCISE_KINDS)


def parts(exercise: Exercise) -> tuple[object, ...]:
    """All that is shown of an exercise, so that it can be compared."""
    pictures = [*exercise.pictures, *exercise.choice_pictures]
    drawn = tuple((picture.title, picture.scale, np.asarray(picture.values).tobytes()) for picture in pictures)
    plain = replace(exercise, pictures=(), choice_pictures=())
    return (*(getattr(plain, name) for name in plain.__dataclass_fields__), drawn)


@pytest.mark.parametrize("kind", KINDS)
def test_the_same_network_and_seed_give_the_same_exercise(kind: str) -> None:
    assert parts(make_exercise(kind, seeing(), 11)) == parts(make_exercise(kind, seeing(), 11))


@pytest.mark.parametrize("kind", KINDS)
def test_other_seeds_give_other_exercises(kind: str) -> None:
    made = [make_exercise(kind, seeing(), seed) for seed in range(12)]
    assert len({parts(exercise) for exercise in made}) > 1
    texts = {(exercise.name, exercise.given, exercise.question) for exercise in made}
    assert len(texts) == len({exercise.name for exercise in made})


@pytest.mark.parametrize("kind", KINDS)
def test_another_network_has_other_questions_where_it_matters(kind: str) -> None:
    other = replace(seeing(), spec=PRESETS["first"].spec)
    if EXERCISE_KINDS[kind].needs_images or kind == "conv-size":
        return
    assert {make_exercise(kind, other, seed).name for seed in range(9)} != {
        make_exercise(kind, seeing(), seed).name for seed in range(9)
    } or make_exercise(kind, other, 0).given != make_exercise(kind, seeing(), 0).given


def test_neighbours_rarely_begin_with_the_same_question() -> None:
    subject = subject_of(starter_network())
    first = [next_exercise(subject, f"person {number}", 0).name for number in range(60)]
    same = sum(one == other for one, other in pairwise(first))
    assert same <= 3


def test_a_mixed_series_goes_through_all_kinds_and_begins_without_waiting() -> None:
    subject = seeing()
    for name in ("a", "b", "c"):
        order = [next_exercise(subject, name, number).kind for number in range(len(KINDS))]
        assert sorted(order) == sorted(KINDS)
        assert order == [next_kind(subject, name, number) for number in range(len(KINDS))]
        assert not any(EXERCISE_KINDS[kind].needs_images for kind in order[:2])
    assert len({kind_order(str(number)) for number in range(20)}) > 10


def test_nothing_comes_again_before_all_else_has_been_asked() -> None:
    subject = Subject(SPEC, ())
    asked: list[str] = []
    for number in range(6):
        asked.append(fresh_exercise("output-shape", subject, "me", number, asked).name)
    # Two convolutions, a pooling, flatten and dense.
    assert len(set(asked[:5])) == 5
    assert asked[5] != asked[4]


def test_without_images_a_mixed_series_leaves_their_kinds_out() -> None:
    subject = Subject(SPEC, ())
    made = [next_exercise(subject, "me", number).kind for number in range(16)]
    assert not any(EXERCISE_KINDS[kind].needs_images for kind in made)


def test_kinds_that_fail_on_this_network_are_passed_over() -> None:
    subject = seeing()
    assert subject.seen is not None
    lost = replace(subject, seen=replace(subject.seen, probabilities=np.full((30, 5), np.nan, np.float32)))
    kinds = {next_exercise(lost, "me", number).kind for number in range(16)}
    assert "second-guess" not in kinds
    assert "kernel" in kinds


def exercise(kind: AnswerKind, answer: object, **more: object) -> Exercise:
    worked = (Working("Sum", "", "", "1"),)
    return Exercise("test", "test:1", "Given.", "Asked?", kind, answer, worked, **more)  # type: ignore[arg-type]


def test_answers_are_marked() -> None:
    assert exercise("number", 1234, unit="pixels").marks("1,234")
    assert not exercise("number", 1234).marks("1,235")
    assert exercise("shape", (26, 26, 16)).marks("26, 26, 16")
    assert not exercise("shape", (26, 26, 16)).marks("26x26x32")
    assert not exercise("shape", (26, 26, 16)).marks("26x26")
    assert exercise("shape", (5408,)).marks("5,408")
    assert exercise("shape", (128, 128, 128)).marks("128,128,128")
    assert not exercise("shape", (5408,)).marks("13x13x32")


def test_a_choice_is_its_text_or_its_letter_and_its_text_comes_first() -> None:
    plain = exercise("choice", 1, choices=("cat", "dog"))
    assert plain.marks("dog")
    assert plain.marks("b")
    assert not plain.marks("cat")
    assert not plain.marks("A")
    turned = exercise("choice", 0, choices=("B", "A"))
    assert turned.marks("B")
    assert not turned.marks("A")
    for nothing in ("", "C", "horse"):
        with pytest.raises(ClassroomError, match="Choose one of cat, dog"):
            plain.marks(nothing)


@pytest.mark.parametrize(
    ("kind", "answer", "more"),
    [
        ("number", (1, 2), {}),
        ("shape", 12, {}),
        ("number", 1, {"choices": ("a", "b")}),
        ("choice", 0, {"choices": ("a",)}),
        ("choice", 0, {"choices": ("a", "a")}),
        ("choice", 2, {"choices": ("a", "b")}),
        ("choice", 0, {"choices": ("a", "b"), "choice_pictures": (Picture("A", np.zeros((2, 2))),)}),
    ],
)
def test_an_exercise_that_cannot_be_answered_is_a_mistake_of_ours(kind: str, answer: object, more: dict) -> None:  # type: ignore[type-arg]
    with pytest.raises(ValueError, match="Received"):
        exercise(kind, answer, **more)  # type: ignore[arg-type]


def test_subject_has_kernels_only_where_the_first_layer_is_a_convolution() -> None:
    found = subject_of(network_of()).kernels
    assert found is not None
    assert found.kernels.shape == (3, 3, 1, 6)
    dense = replace(SPEC, layers=SPEC.layers[4:])
    assert subject_of(network_of(dense)).kernels is None
