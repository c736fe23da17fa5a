"""Every setting counts, the ones that do not exist yet included."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import Any

import pytest

from cnn_core.architecture.fields import Choice, Fraction, WholeNumber, YesNo, domain_of, fraction, yes_no
from cnn_core.architecture.layers import Conv2D, Dense, Dropout, Flatten
from cnn_core.architecture.presets import PRESETS, preset
from cnn_core.architecture.spec import NetworkSpec
from cnn_core.comparison import differences
from cnn_core.comparison.differences import differing_networks, differing_settings
from cnn_core.training.settings import TrainingSettings

DECLARED = [field.name for field in fields(TrainingSettings) if "domain" in field.metadata]


def another(name: str) -> Any:
    """A value of a setting that is not its default."""
    default = getattr(TrainingSettings(), name)
    match domain_of(TrainingSettings, name):
        case YesNo():
            return not default
        case Choice(options):
            return next(option for option in options if option != default)
        case WholeNumber(low, high) | Fraction(low, high):
            return high if default != high else low


@pytest.mark.parametrize("name", DECLARED)
def test_every_setting_is_found(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(differences, "_is_used", lambda record, field: True)
    one = TrainingSettings()
    (row,) = differing_settings([one, replace(one, **{name: another(name)}), one])
    assert row.label
    assert [row.is_other(index) for index in range(3)] == [False, True, False]
    assert row.values[0] != row.values[1]


def test_equal_settings_differ_in_nothing() -> None:
    assert differing_settings([TrainingSettings(), TrainingSettings()]) == ()
    assert differing_settings([TrainingSettings(epochs=9)]) == ()
    assert differing_settings([]) == ()


def test_values_are_written_for_people() -> None:
    one = TrainingSettings()
    other = replace(one, dataset="mnist", learning_rate=0.00001, train_count=5000, optimizer="sgd", keeps_best=True)
    values = {row.label: row.values for row in differing_settings([one, other])}
    assert values["Data set"] == ("Digits", "MNIST")
    assert values["Learning rate"] == ("0.001", "0.00001")
    assert values["Images, at most"] == ("100,000", "5,000")
    assert values["Optimiser"] == ("Adam", "SGD")
    assert values["Keep the best"] == ("no", "yes")


def test_setting_of_one_optimiser_or_schedule_counts_only_where_it_is_used() -> None:
    one = TrainingSettings()
    assert differing_settings([one, replace(one, momentum=0.5, drop_epochs=7)]) == ()
    rolling = replace(one, optimizer="momentum", momentum=0.5)
    assert {row.label: row.values for row in differing_settings([one, rolling])} == {
        "Optimiser": ("Adam", "SGD with momentum"),
        "Momentum": ("not used", "0.5"),
    }


@dataclass(frozen=True)
class Turning:
    is_on: bool = yes_no(False, label="On")
    angle_deg: float = fraction(10.0, 0.0, 90.0, label="Angle")


@dataclass(frozen=True)
class Richer:
    """Settings as they may be one day: a record within the record, and a field that declares nothing."""

    turning: Turning = Turning()
    new_one: str = "a"


def test_new_settings_and_records_within_appear_by_themselves() -> None:
    rows: Any = differing_settings([Richer(), Richer(Turning(True, 20.5), "b")])  # type: ignore[list-item]
    assert [(row.label, row.values) for row in rows] == [
        ("Turning: on", ("no", "yes")),
        ("Turning: angle", ("10", "20.5")),
        ("New one", ("a", "b")),
    ]


def test_networks_are_compared_as_a_whole_and_layer_by_layer() -> None:
    rows = {row.label: row.values for row in differing_networks([preset(s).spec for s in ("fully-connected", "first")])}
    assert rows["Network"] == (
        "dense 512 → dense 512 → dense 10",
        "conv 16 → max pool → conv 32 → max pool → dense 64 → dense 10",
    )
    assert rows["dense_1"] == ("512 units, ReLU", "64 units, ReLU")
    assert rows["dense_3"] == ("10 units, softmax", "none")
    assert rows["conv_1"][0] == "none"
    assert "flatten_1" not in rows
    assert "Images" not in rows


def test_layer_setting_that_the_layer_s_own_words_leave_out_is_found() -> None:
    def network(**settings: Any) -> NetworkSpec:
        return NetworkSpec((8, 8, 1), (Conv2D(filters=4, **settings), Flatten(), Dense(units=2), Dropout()))

    for field in fields(Conv2D):
        if field.name == "filters":
            continue
        domain = domain_of(Conv2D, field.name)
        default = getattr(Conv2D(), field.name)
        match domain:
            case YesNo():
                value: Any = not default
            case Choice(options):
                value = next(option for option in options if option != default)
            case _:
                value = domain.high
        rows = differing_networks([network(), network(**{field.name: value})])
        assert rows, field.name
        assert all("conv_1" in row.label or row.label == "Network" for row in rows)


@pytest.mark.parametrize("slug", [slug for slug in PRESETS if slug != "first"])
def test_any_two_ready_made_networks_differ_in_words_where_they_differ(slug: str) -> None:
    one, other = preset("first").spec, preset(slug).spec
    assert bool(differing_networks([one, other])) == (one != other)
