"""Ready-made networks: those of their sources weight for weight, and patients that have one illness each."""

from __future__ import annotations

from dataclasses import fields, replace
from difflib import SequenceMatcher
from math import prod, sqrt
from pathlib import Path

import pytest

from cnn_core.architecture.layers import BatchNormalization, Conv2D, Dense, Layer, Pooling2D
from cnn_core.architecture.presets import CLASSICS, CLINIC, DEFAULT_PRESET, PRESETS, SYSTEMS, Diagnosis, Preset, preset
from cnn_core.architecture.receptive_field import network_reach
from cnn_core.architecture.shapes import find_problem, network_figures
from cnn_core.architecture.spec import NetworkSpec
from cnn_core.errors import ClassroomError
from cnn_core.training.optimizers import OPTIMIZERS
from cnn_core.training.settings import TrainingSettings, settings_for, settings_for_recipe

TERMS = Path(__file__).parents[3] / "assets" / "lessons" / "terms"
EACH = pytest.mark.parametrize("ready_made", PRESETS.values(), ids=PRESETS)
EACH_PATIENT = pytest.mark.parametrize("patient", CLINIC, ids=[patient.slug for patient in CLINIC])


def diagnosis_of(slug: str) -> Diagnosis:
    diagnosis = preset(slug).diagnosis
    assert diagnosis is not None
    return diagnosis


@EACH
def test_every_preset_can_be_built_and_written(ready_made: Preset) -> None:
    specs = [ready_made.spec, *([ready_made.diagnosis.healthy_spec] if ready_made.diagnosis else [])]
    for spec in specs:
        assert find_problem(spec) is None
        assert NetworkSpec.from_json(spec.to_json()) == spec


@EACH
def test_every_preset_says_what_it_teaches(ready_made: Preset) -> None:
    assert ready_made.title
    assert ready_made.teaches.endswith(".")
    assert preset(ready_made.slug) is ready_made


@EACH
def test_every_recipe_is_a_possible_setting(ready_made: Preset) -> None:
    settings = settings_for(ready_made)
    assert 1 <= settings.epochs <= 20
    assert settings.optimizer in OPTIMIZERS
    if ready_made.diagnosis:
        assert settings_for_recipe(ready_made.diagnosis.healthy_recipe).epochs <= 20


def test_slugs_and_titles_are_unique_and_the_default_is_one_of_them() -> None:
    everything = (*SYSTEMS, *CLASSICS, *CLINIC)
    assert list(PRESETS) == [ready_made.slug for ready_made in everything]
    assert len(PRESETS) == len(everything)
    assert len({ready_made.title for ready_made in everything}) == len(everything)
    assert DEFAULT_PRESET in PRESETS


def test_an_unknown_name_is_refused_with_the_known_ones() -> None:
    with pytest.raises(ClassroomError, match=r"no ready-made network called “lenet”.*large-cnn"):
        preset("lenet")


# --- the systems and the classics --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("slug", "parameters"),
    [
        ("two-convolutions", 203_434),
        ("colour-images", 122_570),
        ("fully-connected", 784 * 512 + 512 + 512 * 512 + 512 + 512 * 10 + 10),
        ("fully-connected", 669_706),
        ("large-cnn", 3_274_634),
        ("first", 160 + 4_640 + 100_416 + 650),
        ("blood-cells", (432 + 64) + (4_608 + 128) + (18_432 + 256) + 262_208 + 65),
        ("lenet-5", 61_706),
        ("lenet-5", 156 + 2_416 + 48_120 + 10_164 + 850),
    ],
)
def test_parameters_are_those_of_the_source(slug: str, parameters: int) -> None:
    assert network_figures(preset(slug).spec).parameters == parameters


def test_colour_images_end_in_logits_and_take_four_epochs() -> None:
    colour = preset("colour-images")
    last = colour.spec.layers[-1]
    assert isinstance(last, Dense)
    assert (last.units, last.activation) == (10, "linear")
    assert colour.spec.input_shape == (32, 32, 3)
    assert (colour.recipe.epochs, settings_for(colour).epochs) == (4, 4)


def test_systems_end_as_their_sources_do() -> None:
    for slug in ("two-convolutions", "fully-connected", "large-cnn"):
        last = preset(slug).spec.layers[-1]
        assert isinstance(last, Dense)
        assert (last.units, last.activation) == (10, "softmax")
    cells = preset("blood-cells").spec.layers[-1]
    assert isinstance(cells, Dense)
    assert (cells.units, cells.activation) == (1, "sigmoid")


def test_batch_norm_keeps_two_numbers_a_channel_from_training() -> None:
    figures = network_figures(preset("blood-cells").spec)
    assert figures.parameters - figures.trainable_parameters == 2 * (16 + 32 + 64)


# --- the recipe as settings --------------------------------------------------------------------------------------


def test_settings_follow_the_recipe_and_keep_the_rest() -> None:
    mine = TrainingSettings(dataset="mnist", batch_size=32, seed=7, train_count=500, optimizer="rmsprop")
    patient = preset("patient-5")
    settings = settings_for(patient, mine)
    assert (settings.epochs, settings.learning_rate, settings.optimizer) == (2, 0.05, "sgd")
    assert (settings.dataset, settings.batch_size, settings.seed) == ("mnist", 32, 7)
    assert settings.train_count == TrainingSettings().train_count == 100_000
    assert settings_for(preset("patient-6"), mine).train_count == 3_000
    assert settings_for_recipe(patient.recipe, mine) == settings
    assert settings_for_recipe(patient.recipe) == settings_for(patient)


# --- the clinic --------------------------------------------------------------------------------------------------


def test_patients_and_nobody_else_have_a_diagnosis() -> None:
    assert {p.slug for p in PRESETS.values() if p.diagnosis is not None} == {p.slug for p in CLINIC}
    assert len(CLINIC) == 6


GIVEAWAYS = (
    "learning rate",
    "zero",
    "initial",
    "sigmoid",
    "vanish",
    "stride",
    "normal",
    "dense",
    "large",
    "overfit",
    "pixel",
)


@EACH_PATIENT
def test_no_patient_names_its_own_illness(patient: Preset) -> None:
    said = f"{patient.slug} {patient.title} {patient.teaches}".lower()
    assert [word for word in GIVEAWAYS if word in said] == []


@EACH_PATIENT
def test_every_diagnosis_is_complete(patient: Preset) -> None:
    diagnosis = diagnosis_of(patient.slug)
    for sentence in (diagnosis.symptom, diagnosis.cause, diagnosis.cure):
        assert sentence.endswith(".")
    assert any(sign.isdigit() for sign in diagnosis.symptom + diagnosis.cause)
    assert (TERMS / f"{diagnosis.term}.md").is_file()


@EACH_PATIENT
def test_patients_fit_the_built_in_digits_and_can_be_trained_at_once(patient: Preset) -> None:
    for spec in (patient.spec, diagnosis_of(patient.slug).healthy_spec):
        assert spec.input_shape == (28, 28, 1)
        assert network_figures(spec).output_shape == (10,)
        assert network_figures(spec).multiply_adds < 12_000_000


def changes(patient: Preset) -> tuple[list[Layer], list[Layer], set[str], set[str]]:
    """What the cure takes out, what it puts in, which settings of layers it changes, and which of the recipe."""
    diagnosis = diagnosis_of(patient.slug)
    before, after = list(patient.spec.layers), list(diagnosis.healthy_spec.layers)
    removed, added, settings = [], [], set()
    for kind, a, b, c, d in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if kind == "replace" and b - a == d - c:
            for old, new in zip(before[a:b], after[c:d], strict=True):
                assert type(old) is type(new)
                settings |= {f.name for f in fields(old) if getattr(old, f.name) != getattr(new, f.name)}  # type: ignore[arg-type]
        elif kind != "equal":
            removed += before[a:b]
            added += after[c:d]
    recipe = {
        f.name
        for f in fields(patient.recipe)
        if getattr(patient.recipe, f.name) != getattr(diagnosis.healthy_recipe, f.name)
    }
    return removed, added, settings, recipe


@pytest.mark.parametrize(
    ("slug", "added", "layer_settings", "recipe"),
    [
        ("patient-1", set(), set(), {"learning_rate"}),
        ("patient-2", set(), {"initializer"}, set()),
        ("patient-3", set(), {"activation"}, set()),
        ("patient-4", set(), {"stride"}, set()),
        ("patient-5", {BatchNormalization}, set(), set()),
        ("patient-6", {Pooling2D}, set(), set()),
    ],
)
def test_the_cure_changes_what_the_diagnosis_names_and_nothing_else(
    slug: str, added: set[type[Layer]], layer_settings: set[str], recipe: set[str]
) -> None:
    removed, put_in, changed, in_recipe = changes(preset(slug))
    assert removed == []
    assert ({type(layer) for layer in put_in}, changed, in_recipe) == (added, layer_settings, recipe)


def test_figures_of_the_second_diagnosis() -> None:
    patient = preset("patient-2")
    weighted = [layer for layer in patient.spec.layers if isinstance(layer, Conv2D | Dense)]
    assert {layer.initializer for layer in weighted} == {"zeros"}
    assert f"{network_figures(patient.spec).parameters:,} weights" in diagnosis_of(patient.slug).cause


def test_figures_of_the_third_diagnosis() -> None:
    activations = [layer.activation for layer in preset("patient-3").spec.layers if hasattr(layer, "activation")]
    assert activations == ["sigmoid"] * 12 + ["softmax"]
    assert 0.25**12 < 1e-7


def test_figures_of_the_fourth_diagnosis() -> None:
    patient, diagnosis = preset("patient-4"), diagnosis_of("patient-4")
    sick, healthy = (network_reach(spec)[0].pixel_count for spec in (patient.spec, diagnosis.healthy_spec))
    assert (sick, healthy) == (144, 729)
    assert f"{sick} of the 784 pixels, {100 * sick / 784:.0f} %" in diagnosis.cause
    assert f"{healthy} pixels are read, {100 * healthy / 784:.0f} %" in diagnosis.cure
    parameters = {network_figures(spec).parameters for spec in (patient.spec, diagnosis.healthy_spec)}
    assert parameters == {14_378}
    assert "14,378 weights" in diagnosis.cure


def test_figures_of_the_fifth_diagnosis() -> None:
    patient = preset("patient-5")
    convolutions = [layer for layer in patient.spec.layers if isinstance(layer, Conv2D)]
    assert len(convolutions) == 10
    assert {(layer.filters, layer.initializer, layer.activation) for layer in convolutions} == {
        (16, "random_normal", "linear")
    }
    assert 0.05 * sqrt(3 * 3 * 16 / 2) == pytest.approx(0.42, abs=0.005)
    norms = [layer for layer in diagnosis_of(patient.slug).healthy_spec.layers if isinstance(layer, BatchNormalization)]
    assert len(norms) == 10


def test_figures_of_the_sixth_diagnosis() -> None:
    patient, diagnosis = preset("patient-6"), diagnosis_of("patient-6")
    figures, healthy = network_figures(patient.spec), network_figures(diagnosis.healthy_spec)
    dense = next(row for row in figures.layers if isinstance(row.layer, Dense))
    assert dense.input_shape == (prod((28, 28, 32)),) == (25_088,)
    for number in (dense.input_shape[0], dense.parameters, figures.parameters):
        assert f"{number:,}" in diagnosis.cause
    learned_from = 0.9 * settings_for(patient).train_count
    assert f"{learned_from:,.0f} training images" in diagnosis.symptom
    assert figures.parameters / learned_from == pytest.approx(2_400, rel=0.01)
    assert next(row for row in healthy.layers if isinstance(row.layer, Dense)).input_shape == (1_568,)
    assert f"{healthy.parameters:,} weights" in diagnosis.cure
    assert figures.parameters / healthy.parameters == pytest.approx(16, abs=0.5)


def test_the_cured_first_and_second_patient_are_one_network() -> None:
    first, second = diagnosis_of("patient-1"), diagnosis_of("patient-2")
    assert first.healthy_spec == second.healthy_spec == preset("first").spec
    assert replace(first.healthy_recipe, learning_rate=0.3) == preset("patient-1").recipe
