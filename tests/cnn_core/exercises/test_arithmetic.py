"""What the layers decide: each answer against counting by hand, and against the records of the network."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from cnn_core.architecture.layers import Conv2D, Dense, Flatten, Pooling2D, ResidualBlock, SeparableConv2D
from cnn_core.architecture.presets import PRESETS
from cnn_core.architecture.receptive_field import mask_runs, network_reach
from cnn_core.architecture.shapes import network_figures
from cnn_core.architecture.spec import NetworkSpec
from cnn_core.errors import ClassroomError
from cnn_core.exercises import EXERCISE_KINDS, Exercise, Subject, make_exercise
from tests.oracles import window_places

PLAIN = [slug for slug, kind in EXERCISE_KINDS.items() if not kind.needs_images]
MANY = NetworkSpec(
    (40, 40, 3),
    (
        Conv2D(filters=8, kernel_height=5, kernel_width=3, stride=2),
        SeparableConv2D(filters=12, padding="same"),
        Pooling2D(pool_size=3, stride=2, padding="same"),
        ResidualBlock(filters=12, stride=2),
        Conv2D(filters=4, dilation_rate=2, padding="same", use_bias=False),
        Flatten(),
        Dense(units=7),
    ),
)
DENSE = NetworkSpec((6, 6, 1), (Flatten(), Dense(units=10, activation="softmax")))
SPECS = {"many": MANY, "dense": DENSE, **{slug: preset.spec for slug, preset in PRESETS.items()}}


def subject(spec: NetworkSpec) -> Subject:
    return Subject(spec, tuple(map(str, range(10))))


def made(kind: str, spec: NetworkSpec, count: int) -> list[Exercise]:
    return [make_exercise(kind, subject(spec), seed) for seed in range(count)]


@pytest.mark.parametrize("slug", SPECS)
@pytest.mark.parametrize("kind", PLAIN)
def test_the_right_answer_is_marked_right_and_its_working_leads_to_it(kind: str, slug: str) -> None:
    spec = SPECS[slug]
    if EXERCISE_KINDS[kind].missing(subject(spec)):
        with pytest.raises(ClassroomError):
            make_exercise(kind, subject(spec), 0)
        return
    for exercise in made(kind, spec, 12):
        assert exercise.kind == kind
        assert exercise.marks(exercise.answer_text)
        assert exercise.question.endswith("?")
        values = [re.sub(r" \(jump.*", "", line.value) for line in exercise.worked]
        if exercise.answer_kind == "number":
            assert not exercise.marks("987654321")
            assert exercise.answer_text.split()[0] == values[-1].split()[0]
        else:
            assert isinstance(exercise.answer, tuple)
            assert not exercise.marks("×".join("7" for _ in range(5)))
            assert [f"{size:,}" for size in exercise.answer] == values[-len(exercise.answer) :]


def test_a_network_without_windows_has_no_question_about_them() -> None:
    missing = {kind for kind in PLAIN if EXERCISE_KINDS[kind].missing(subject(DENSE))}
    assert missing == {"what-if", "receptive-field"}


@pytest.mark.parametrize("spec", [MANY, PRESETS["first"].spec])
def test_what_if_counts_the_places_one_by_one(spec: NetworkSpec) -> None:
    rows = {row.name: row for row in network_figures(spec).layers}
    seen = set()
    for exercise in made("what-if", spec, 60):
        name = exercise.name.split(":")[1]
        row, words = rows[name], exercise.name.split(":", 2)[2]
        assert words in exercise.given
        seen.add(words.replace(name, "")[:12])
        first, *later = row.layer.windows()
        if later:
            continue  # two convolutions and a skip: against Keras, in test_against_keras.py
        stride, padding = first.stride, first.padding
        size = [first.height, first.width]
        if "stride" in words:
            stride = int(re.findall(r"were (\d+) instead", words)[0])
        elif "padding" in words:
            padding = "valid" if "had no padding" in words else "same"
        else:
            size = [int(re.findall(r"were (\d+)×", words)[0])] * 2
        counted = [
            len(window_places(row.input_shape[axis], size[axis], stride, padding, first.dilation_rate))
            for axis in (0, 1)
        ]
        assert isinstance(exercise.answer, tuple)
        assert list(exercise.answer) == [*counted, row.output_shape[2]]
        assert ("as it is" in exercise.remark) == (exercise.answer == row.output_shape)
    assert len(seen) >= 3, "stride, size and padding are all asked about"


def test_what_if_asks_about_stride_two() -> None:
    words = [exercise.given for exercise in made("what-if", PRESETS["first"].spec, 40)]
    assert any("were 2 instead of 1" in given for given in words)


def test_a_size_without_a_network_is_the_number_of_places() -> None:
    dilations, paddings = set(), set()
    for exercise in made("conv-size", DENSE, 300):
        _, size, kernel, stride, dilation, padding = exercise.name.split(":")
        extra = 0 if padding in ("valid", "same") else int(padding)
        places = window_places(
            int(size) + 2 * extra, int(kernel), int(stride), "same" if padding == "same" else "valid", int(dilation)
        )
        assert exercise.answer == len(places) > 0
        for number in (size, kernel, stride):
            assert number in exercise.given
        dilations.add(dilation)
        paddings.add(padding)
    assert dilations == {"1", "2"}
    assert paddings == {"valid", "same", "1", "2", "3"}


@pytest.mark.parametrize("spec", [MANY, PRESETS["first"].spec])
def test_a_receptive_field_is_what_the_middle_of_a_large_image_sees(spec: NetworkSpec) -> None:
    large = NetworkSpec((400, 400, spec.input_shape[2]), tuple(layer for layer in spec.layers if layer.windows()))
    reaches = dict(zip(large.layer_names, network_reach(large), strict=True))
    asked = made("receptive-field", spec, 20)
    for exercise in asked:
        rows = reaches[exercise.name.split(":")[1]].rows
        runs = mask_runs(rows[len(rows) // 2])
        assert exercise.answer == runs[-1][1] - runs[0][0] + 1
    assert len({exercise.name for exercise in asked}) > 1


@pytest.mark.parametrize(("kind", "figure"), [("parameters", "parameters"), ("multiply-adds", "multiply_adds")])
def test_costs_are_those_of_the_layer_as_it_is_or_with_the_size_that_was_said(kind: str, figure: str) -> None:
    rows = {row.name: row for row in network_figures(MANY).layers}
    as_it_is, changed = 0, 0
    for exercise in made(kind, MANY, 60):
        _, name, words = exercise.name.split(":", 2)
        row = rows[name]
        now: int = getattr(row, figure)
        assert f"{now:,}" in (exercise.remark if words else exercise.answer_text)
        if not words:
            as_it_is += 1
            assert exercise.answer == now
        else:
            changed += 1
            assert words in exercise.given
            new, old = map(int, re.findall(r"had (\d+) \w+ instead of (\d+)", words)[0])
            assert new != old
            by_hand: dict[str, Callable[[int], int]] = {
                "conv_1": lambda n: (5 * 3 * 3 * n + n) if kind == "parameters" else 18 * 19 * 5 * 3 * 3 * n,
                "separable_1": lambda n: (
                    (3 * 3 * 8 + 8 * n) * (1 if kind == "parameters" else 18 * 19) + (n if kind == "parameters" else 0)
                ),
                "conv_2": lambda n: 3 * 3 * 12 * n * (1 if kind == "parameters" else 5 * 5),
            }
            if name in by_hand:
                assert exercise.answer == by_hand[name](new)
    assert as_it_is > 5
    assert changed > 5
