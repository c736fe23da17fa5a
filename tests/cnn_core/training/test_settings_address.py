"""Settings as addresses: one for each, and whatever is broken refused in words."""

from __future__ import annotations

import re
from dataclasses import fields
from urllib.parse import quote

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from cnn_core.architecture.fields import Choice, domain_of
from cnn_core.architecture.record_text import field_letters
from cnn_core.augmentation.settings import Augmentation
from cnn_core.errors import ClassroomError
from cnn_core.training.address import MAX_LENGTH, settings_from_address, settings_to_address
from cnn_core.training.settings import TrainingSettings
from tests.oracles import STEADY, field_values

FROZEN = {
    "e": ("epochs", 3),
    "b": ("batch_size", 64),
    "r": ("learning_rate", 0.001),
    "o": ("optimizer", "adam"),
    "v": ("validation_share", 0.1),
    "n": ("train_count", 100_000),
    "s": ("seed", 0),
    "m": ("momentum", 0.9),
    "t": ("rho", 0.9),
    "p": ("beta_1", 0.9),
    "q": ("beta_2", 0.999),
    "w": ("weight_decay", 0.004),
    "c": ("schedule", "constant"),
    "d": ("drop_epochs", 2),
    "f": ("drop_factor", 0.5),
    "u": ("warm_up_share", 0.3),
    "l": ("l2", 0.0),
    "y": ("label_smoothing", 0.0),
    "k": ("has_class_weights", False),
    "x": ("patience", 0),
    "z": ("keeps_best", False),
    "a": ("precision", "auto"),
}
"""What addresses that people have kept rely on. A change here, other than an addition, needs a new `VERSION`."""


def any_settings() -> st.SearchStrategy[TrainingSettings]:
    names = field_letters(TrainingSettings).values()
    own = {name: field_values(TrainingSettings, name) for name in names}
    changes = {name: field_values(Augmentation, name) for name in field_letters(Augmentation).values()}
    return st.builds(TrainingSettings, augmentation=st.builds(Augmentation, **changes), **own)


def refusal(text: str) -> str:
    """Read a text that is no settings; return what a person is told."""
    with pytest.raises(ClassroomError) as caught:
        settings_from_address(text)
    assert re.fullmatch(r"[A-Z].*\.", caught.value.problem)
    assert caught.value.remedy
    assert len(str(caught.value)) < 300
    return caught.value.problem


@settings(STEADY, max_examples=300)
@given(any_settings(), st.sampled_from(["digits", "mnist"]))
def test_address_leads_back_to_its_settings(chosen: TrainingSettings, dataset: str) -> None:
    text = settings_to_address(chosen)
    assert settings_from_address(text) == chosen
    assert settings_from_address(text, dataset).dataset == dataset
    assert quote(text, safe="") == text, "an address needs no escaping"
    assert len(text) <= MAX_LENGTH // 2


def test_address_that_somebody_kept_still_means_the_same() -> None:
    chosen = TrainingSettings("digits", 10, 128, 0.00005, "rmsprop", 0.25, 2000, 42)
    assert settings_to_address(chosen) == "1_e10b128r5E-05o2v0.25n2000s42"
    assert settings_from_address("1_e10b128r5E-05o2v0.25n2000s42") == chosen
    assert settings_from_address("1") == TrainingSettings()


def test_letters_defaults_and_options_are_those_that_kept_addresses_rely_on() -> None:
    letters = field_letters(TrainingSettings)
    assert [*letters.values(), "augmentation"] == [f.name for f in fields(TrainingSettings)[1:]]
    assert all(re.fullmatch("[a-z]", letter) for letter in letters)
    for letter, (name, default) in FROZEN.items():
        assert letters[letter] == name
        assert getattr(TrainingSettings(), name) == default
    optimizers = domain_of(TrainingSettings, "optimizer")
    assert isinstance(optimizers, Choice)
    newest = ("adam", "sgd", "rmsprop", "momentum", "nesterov", "adamw")
    assert optimizers.options[:6] == newest, "options are added at the end"
    schedules = domain_of(TrainingSettings, "schedule")
    assert isinstance(schedules, Choice)
    assert schedules.options[:4] == ("constant", "step", "cosine", "one_cycle"), "options are added at the end"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "empty or damaged"),
        ("e10", "empty or damaged"),
        ("1_", "empty or damaged"),
        ("1_e10_", "empty or damaged"),
        ("1_e1٠", "empty or damaged"),
        ("1\n", "empty or damaged"),
        ("2", "not of version 1"),
        ("01_e10", "not of version 1"),
        ("1_e0", "“e” (epochs) must be a whole number from 1 to 100. Received: e0."),
        ("1_e10e10", "“e” (epochs) is there twice"),
        ("1_r0", "“r” (learning rate) must be a number from 1e-05 to 10. Received: r0."),
        ("1_rNaN", "must be a number from 1e-05 to 10. Received: r."),
        ("1_N1", "one small letter, followed by its value"),
        ("1_o9", "“o” (optimizer) must be a whole number from 0 to"),
        ("1_g1", "no setting “g”"),
        ("1_e" + "1" * MAX_LENGTH, "longer than 800 characters"),
    ],
)
def test_broken_address_is_refused_with_the_reason(text: str, reason: str) -> None:
    assert reason in refusal(text)


@settings(STEADY, max_examples=300)
@given(st.text(max_size=40) | st.from_regex(r"1_([a-z][0-9.E-]{0,7}){0,4}(__([a-z][0-9.E-]{0,7}){0,3})?"))
@example("1_r1E400")
def test_any_text_is_refused_or_settings(text: str) -> None:
    try:
        found = settings_from_address(text)
    except ClassroomError:
        refusal(text)
    else:
        assert settings_from_address(settings_to_address(found)) == found
