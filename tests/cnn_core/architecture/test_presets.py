"""The ready-made networks are those of their sources, weight for weight."""

from __future__ import annotations

import pytest

from cnn_core.architecture.design import NetworkDesign, find_design_problem
from cnn_core.architecture.presets import DEFAULT_PRESET, PRESETS, Preset, preset
from cnn_core.architecture.shapes import network_figures
from cnn_core.architecture.spec import NetworkSpec
from cnn_core.errors import ClassroomError

EACH = pytest.mark.parametrize("ready_made", PRESETS.values(), ids=PRESETS)


@EACH
def test_every_preset_can_be_built_and_written(ready_made: Preset) -> None:
    assert find_design_problem(ready_made.design) is None
    assert NetworkDesign.from_json(ready_made.design.to_json()) == ready_made.design
    spec = ready_made.design.to_spec()
    assert NetworkSpec.from_json(spec.to_json()) == spec


@EACH
def test_every_preset_says_what_it_teaches(ready_made: Preset) -> None:
    assert ready_made.title
    assert ready_made.teaches.endswith(".")
    assert 1 <= ready_made.epochs <= 20
    assert preset(ready_made.slug) is ready_made


@pytest.mark.parametrize(
    ("slug", "parameters"),
    [
        ("fully-connected", 784 * 512 + 512 + 512 * 512 + 512 + 512 * 10 + 10),
        ("fully-connected", 669_706),
        ("large-cnn", 3_274_634),
        ("two-convolutions", 203_434),
        ("colour-images", 122_570),
        ("first", 160 + 4_640 + 100_416 + 650),
        ("blood-cells", (432 + 64) + (4_608 + 128) + (18_432 + 256) + 262_208 + 65),
    ],
)
def test_parameters_are_those_of_the_source(slug: str, parameters: int) -> None:
    assert network_figures(preset(slug).design.to_spec()).parameters == parameters


def test_batch_norm_keeps_two_numbers_a_channel_from_training() -> None:
    figures = network_figures(preset("blood-cells").design.to_spec())
    assert figures.parameters - figures.trainable_parameters == 2 * (16 + 32 + 64)


def test_slugs_are_unique_and_the_default_is_one_of_them() -> None:
    assert all(slug == ready_made.slug for slug, ready_made in PRESETS.items())
    assert len({ready_made.title for ready_made in PRESETS.values()}) == len(PRESETS)
    assert DEFAULT_PRESET in PRESETS


def test_an_unknown_name_is_refused_with_the_known_ones() -> None:
    with pytest.raises(ClassroomError, match=r"no ready-made network called “lenet”.*large-cnn"):
        preset("lenet")
