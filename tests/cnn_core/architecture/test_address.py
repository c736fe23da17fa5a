"""Networks as addresses: one for each network, short enough, never misread, and whatever is broken refused in words."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import fields, replace
from urllib.parse import quote

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from cnn_core.architecture.address import MAX_LENGTH, spec_from_address, spec_to_address
from cnn_core.architecture.fields import Choice, Domain, Fraction, WholeNumber, domain_of
from cnn_core.architecture.layers import (
    LAYER_KINDS,
    Activation,
    BatchNormalization,
    Conv2D,
    Dense,
    Dropout,
    Flatten,
    GlobalPooling2D,
    Layer,
    Pooling2D,
    ResidualBlock,
    SeparableConv2D,
)
from cnn_core.architecture.record_text import field_letters, record_from_text, record_to_text
from cnn_core.architecture.spec import MAX_LAYERS, NetworkSpec
from cnn_core.errors import ClassroomError
from tests.oracles import STEADY, field_values, image_shapes, network_specs, records

KINDS = tuple(LAYER_KINDS.values())
PREFIX = "http://some-school-server.example.org:8501/Design?net="
MOST_LAYERS_OF_A_LESSON = 30
LONGEST_FRACTION = 2.2250738585072014e-308
"""Seventeen digits, and an exponent as long as they come: no number from 0 up is written longer."""

ONE_OF_EACH = NetworkSpec(
    (64, 48, 3),
    (
        Conv2D(filters=16, kernel_height=5, kernel_width=1, padding="same", dilation_rate=2, activation="leaky_relu"),
        SeparableConv2D(filters=24, stride=2, use_bias=False, initializer="he_uniform"),
        ResidualBlock(filters=24, kernel_size=5, stride=2, activation="elu", has_batch_norm=False, initializer="zeros"),
        BatchNormalization(),
        Activation(activation="silu"),
        Pooling2D(pooling="min", pool_size=3, stride=1, padding="same"),
        Dropout(rate=0.3),
        GlobalPooling2D(pooling="max"),
        Flatten(),
        Dense(units=128, activation="tanh", use_bias=False, initializer="lecun_normal", l2=0.00001),
        Dense(units=10, activation="softmax"),
    ),
)

ACTIVATIONS = ("linear", "relu", "leaky_relu", "elu", "gelu", "silu", "sigmoid", "tanh", "softmax")
INITIALIZERS = ("glorot_uniform", "glorot_normal", "he_uniform", "he_normal", "lecun_normal", "random_normal", "zeros")
PADDINGS = ("valid", "same")
WHOLE = ("whole number",)
CONVOLUTION = {
    "f": ("filters", 32, WHOLE),
    "h": ("kernel_height", 3, WHOLE),
    "w": ("kernel_width", 3, WHOLE),
    "s": ("stride", 1, WHOLE),
    "p": ("padding", "valid", PADDINGS),
    "d": ("dilation_rate", 1, WHOLE),
    "a": ("activation", "relu", ACTIVATIONS),
    "b": ("use_bias", True, ("yes or no",)),
    "i": ("initializer", "glorot_uniform", INITIALIZERS),
}
FROZEN: dict[str, tuple[type[Layer], dict[str, tuple[str, object, tuple[str, ...]]]]] = {
    "C": (Conv2D, CONVOLUTION),
    "S": (SeparableConv2D, CONVOLUTION),
    "R": (
        ResidualBlock,
        {
            "f": ("filters", 32, WHOLE),
            "k": ("kernel_size", 3, WHOLE),
            "s": ("stride", 1, WHOLE),
            "a": ("activation", "relu", ACTIVATIONS),
            "n": ("has_batch_norm", True, ("yes or no",)),
            "i": ("initializer", "glorot_uniform", INITIALIZERS),
        },
    ),
    "B": (BatchNormalization, {}),
    "A": (Activation, {"a": ("activation", "relu", ACTIVATIONS)}),
    "D": (Dropout, {"r": ("rate", 0.25, ("number",))}),
    "F": (Flatten, {}),
    "N": (
        Dense,
        {
            "u": ("units", 64, WHOLE),
            "a": ("activation", "relu", ACTIVATIONS),
            "b": ("use_bias", True, ("yes or no",)),
            "i": ("initializer", "glorot_uniform", INITIALIZERS),
            "l": ("l2", 0.0, ("number",)),
        },
    ),
    "P": (
        Pooling2D,
        {
            "t": ("pooling", "max", ("max", "average", "min")),
            "k": ("pool_size", 2, WHOLE),
            "s": ("stride", 2, WHOLE),
            "p": ("padding", "valid", PADDINGS),
        },
    ),
    "G": (GlobalPooling2D, {"t": ("pooling", "average", ("average", "max"))}),
}
"""What addresses that people have kept rely on. A change here, other than an addition, needs a new `VERSION`."""


def specs() -> st.SearchStrategy[NetworkSpec]:
    """Layers of every kind with any settings, in any order: an address need not make sense as a network."""
    layer = st.sampled_from(KINDS).flatmap(records)
    some = st.lists(layer, min_size=1, max_size=12).map(tuple)
    return network_specs() | st.builds(NetworkSpec, image_shapes(), some)


def refusal(text: str) -> str:
    """Read a text that is no network; return what a person is told."""
    with pytest.raises(ClassroomError) as caught:
        spec_from_address(text)
    assert re.fullmatch(r"[A-Z].*\.", caught.value.problem)
    assert caught.value.remedy
    assert len(str(caught.value)) < 300
    return caught.value.problem


def read_or_refuse(text: str) -> None:
    """A text is either refused, or it is a network whose own address leads back to it."""
    try:
        spec = spec_from_address(text)
    except ClassroomError:
        refusal(text)
    else:
        assert spec_from_address(spec_to_address(spec)) == spec


@settings(STEADY, max_examples=200)
@given(specs())
@example(ONE_OF_EACH)
def test_address_leads_back_to_its_network(spec: NetworkSpec) -> None:
    text = spec_to_address(spec)
    again = spec_from_address(text)
    assert again == spec
    assert spec_to_address(again) == text
    assert quote(text, safe="") == text, "an address needs no escaping"


@settings(STEADY, max_examples=150)
@given(specs(), st.data())
def test_another_value_gives_another_address(spec: NetworkSpec, data: st.DataObject) -> None:
    index = data.draw(st.integers(0, len(spec.layers) - 1))
    kind = type(spec.layers[index])
    names = list(field_letters(kind).values())
    assume(names)
    name = data.draw(st.sampled_from(names))
    layers = list(spec.layers)
    layers[index] = replace(layers[index], **{name: data.draw(field_values(kind, name))})  # type: ignore[type-var]
    other = NetworkSpec(spec.input_shape, tuple(layers))
    assert (spec_to_address(other) == spec_to_address(spec)) == (other == spec)


@settings(STEADY, max_examples=300)
@given(st.floats(0, 0.9))
@example(LONGEST_FRACTION)
@example(5e-324)
@example(-0.0)
@example(0.1 + 0.2)
def test_fraction_is_written_exactly(rate: float) -> None:
    text = record_to_text(Dropout(rate=rate))
    assert record_from_text(Dropout, text).rate == rate
    assert len(text) <= 1 + len(repr(LONGEST_FRACTION))


def test_equal_networks_have_one_address() -> None:
    texts = {spec_to_address(NetworkSpec((8, 8, 1), (Dropout(rate=zero),))) for zero in (0, 0.0, -0.0)}
    assert texts == {"2_8x8x1_Dr0.0"}


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        ("2_28x28x1_Cp1f16", "2_28x28x1_Cf16p1"),
        ("2_28x28x1_Cf32h3w3s1p0d1a1b1i0", "2_28x28x1_C"),
        ("2_28x28x1_Dr0.50", "2_28x28x1_Dr0.5"),
        ("2_28x28x1_Dr5E-1", "2_28x28x1_Dr0.5"),
        ("2_28x28x1_Dr0", "2_28x28x1_Dr0.0"),
        ("2_28x28x1_Dr0.25", "2_28x28x1_D"),
    ],
)
def test_what_people_write_by_hand_is_read_and_written_as_always(text: str, canonical: str) -> None:
    spec = spec_from_address(text)
    assert spec_to_address(spec) == canonical
    assert spec_from_address(canonical) == spec


# --- addresses outlive versions ----------------------------------------------------------------------------------


def test_address_that_somebody_kept_still_means_the_same() -> None:
    kept = "2_64x48x3_Cf16h5w1p1d2a2_Sf24s2b0i2_Rf24k5s2a3n0i6_B_Aa5_Pt2k3s1p1_Dr0.3_Gt1_F_Nu128a7b0i4l1E-05_Nu10a8"
    assert spec_from_address(kept) == ONE_OF_EACH
    assert spec_to_address(ONE_OF_EACH) == kept


def test_letters_defaults_and_options_are_those_that_kept_addresses_rely_on() -> None:
    def options(domain: Domain) -> tuple[str, ...]:
        match domain:
            case Choice(words):
                return words
            case WholeNumber():
                return WHOLE
            case Fraction():
                return ("number",)
        return ("yes or no",)

    found = {
        kind.code: (
            kind,
            {
                letter: (name, getattr(kind(), name), options(domain_of(kind, name)))
                for letter, name in field_letters(kind).items()
            },
        )
        for kind in KINDS
    }
    for letter, (kind, expected) in FROZEN.items():
        assert found[letter][0] is kind
        for code, (name, default, words) in expected.items():
            assert found[letter][1][code][:2] == (name, default)
            assert found[letter][1][code][2][: len(words)] == words, "options are added at the end"


def test_every_letter_is_unique() -> None:
    codes = [kind.code for kind in KINDS]
    assert len(set(codes)) == len(codes)
    assert all(re.fullmatch("[A-Z]", code) for code in codes)
    for kind in KINDS:
        letters = field_letters(kind)
        assert list(letters.values()) == [f.name for f in fields(kind)], "two fields share a letter"  # type: ignore[arg-type]
        assert all(re.fullmatch("[a-z]", letter) for letter in letters)


# --- length ------------------------------------------------------------------------------------------------------


def longest_value(domain: Domain) -> object:
    """A value that is written with as many characters as any."""
    match domain:
        case WholeNumber(low, high):
            assert low >= 0
            return high
        case Choice(options):
            return options[-1]
        case Fraction(low, _):
            assert low >= 0
            return LONGEST_FRACTION
    return False


def longest_layer(kind: type[Layer]) -> Layer:
    """A layer of that kind whose text is as long as any: every setting differs from its default and is long."""
    names = field_letters(kind).values()
    layer = kind(**{name: longest_value(domain_of(kind, name)) for name in names})
    default = kind()
    assert all(getattr(layer, name) != getattr(default, name) for name in names)
    return layer


def longest_address(layers: Sequence[Layer]) -> str:
    return spec_to_address(NetworkSpec((512, 512, 4), tuple(layers)))


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_thirty_layers_of_any_settings_fit_into_an_address(kind: type[Layer]) -> None:
    text = longest_address([longest_layer(kind)] * MOST_LAYERS_OF_A_LESSON)
    assert len(PREFIX + text) < 2000


@settings(STEADY, max_examples=200)
@given(st.sampled_from(KINDS).flatmap(lambda kind: st.tuples(st.just(kind), records(kind))))
def test_longest_layer_is_the_longest(case: tuple[type[Layer], Layer]) -> None:
    kind, layer = case
    assert len(record_to_text(layer)) <= len(record_to_text(longest_layer(kind)))


def test_every_network_s_address_is_short_enough_to_be_read() -> None:
    longest = max((longest_layer(kind) for kind in KINDS), key=lambda layer: len(record_to_text(layer)))
    text = longest_address([longest] * MAX_LAYERS)
    assert len(text) <= MAX_LENGTH
    assert len(spec_from_address(text).layers) == MAX_LAYERS


# --- what is broken ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "is empty"),
        ("2", "no image size"),
        ("2_", "no image size"),
        ("2_28x28x1", "has 0 layers"),
        ("2_28x28x1_", "Layer 1 of the network in this address is of no known kind"),
        ("1_28x28x1_F", "not of version 2"),
        ("3_28x28x1_F", "not of version 2"),
        ("02_28x28x1_F", "not of version 2"),
        ("28x28x1_F", "not of version 2"),
        ("2_28x28_F", "no image size"),
        ("2_28x28x1x1_F", "no image size"),
        ("2_028x28x1_F", "no image size"),
        ("2_0x28x1_F", "no image size"),
        ("2_513x28x1_F", "sides 1 to 512"),
        ("2_28x28x5_F", "channels 1 to 4"),
        ("2_99999x28x1_F", "no image size"),
        ("2_28x28x1_Z", "Layer 1 of the network in this address is of no known kind"),
        ("2_28x28x1_F_c", "Layer 2 of the network in this address is of no known kind"),
        ("2_28x28x1_Cz1", "no setting “z”"),
        ("2_28x28x1_Cf16f16", "“f” (filters) is there twice"),
        ("2_28x28x1_Cf", "a whole number from 1 to 1024. Received: f."),
        ("2_28x28x1_C16", "one small letter, followed by its value"),
        ("2_28x28x1_Cf16Fp1", "one small letter, followed by its value"),
        ("2_28x28x1_Cf1F", "one small letter, followed by its value"),
        ("2_28x28x1_Cf0", "a whole number from 1 to 1024. Received: f0."),
        ("2_28x28x1_Cf1025", "Received: f1025."),
        ("2_28x28x1_Cf016", "Received: f016."),
        ("2_28x28x1_Cf-16", "Received: f-16."),
        ("2_28x28x1_Cf16.0", "Received: f16.0."),
        ("2_28x28x1_Cf1E3", "Received: f1E3."),
        ("2_28x28x1_Cf" + "9" * 400, "Received: f99999999999…."),
        ("2_28x28x1_Cp2", "“p” (padding) must be a whole number from 0 to 1. Received: p2."),
        ("2_28x28x1_Cp-1", "Received: p-1."),
        ("2_28x28x1_Cp-0", "Received: p-0."),
        ("2_28x28x1_Cb2", "“b” (use bias) must be 0 or 1. Received: b2."),
        ("2_28x28x1_Cb-1", "Received: b-1."),
        ("2_28x28x1_Dr0.95", "a number from 0 to 0.9. Received: r0.95."),
        ("2_28x28x1_Dr-0.1", "Received: r-0.1."),
        ("2_28x28x1_Dr.5", "Received: r.5."),
        ("2_28x28x1_Dr00.5", "Received: r00.5."),
        ("2_28x28x1_Dr1E999", "Received: r1E999."),
        ("2_28x28x1_DrE", "Received: rE."),
        ("2_28x28x1_DrNaN", "a number from 0 to 0.9. Received: r."),
        ("2_28x28x1_Drnan", "Received: r."),
        ("2_28x28x1_DrInfinity", "a number from 0 to 0.9. Received: r."),
        ("2_28x28x1_Fa1", "no setting “a”"),
        ("2_28x28x1_F\n", "characters other than"),
        (" 2_28x28x1_F", "characters other than"),
        ("2_28x28x1_Cf+16", "characters other than"),
        ("2_28x28x1_Cf1٦", "characters other than"),
        ("2_2８x28x1_F", "characters other than"),
        ("2_28x28x1_Dr0.1e-05", "no setting “e”"),
        ("2_28x28x1_Dr0.1I", "one small letter, followed by its value"),
        ("2_28x28x1_F%00", "characters other than"),
        ("2_28x28x1_[x](http://example.org)", "characters other than"),
        ("2_28x28x1" + "_F" * (MAX_LAYERS + 1), "has 121 layers; it takes 1 to 120"),
        ("2_28x28x1_Dr0." + "0" * MAX_LENGTH, "longer than 5,000 characters"),
    ],
)
def test_broken_address_is_refused_with_the_reason(text: str, reason: str) -> None:
    assert reason in refusal(text)


def test_long_text_is_refused_before_it_is_looked_at() -> None:
    assert "longer than 5,000 characters" in refusal("\ud800" * (MAX_LENGTH + 1))
    assert "longer" not in refusal("\ud800" * MAX_LENGTH)


@settings(STEADY, max_examples=400)
@given(st.text(max_size=60) | st.from_regex(r"2_[0-9]{1,3}x[0-9]{1,3}x[0-9](_[A-Z]([a-z][0-9.E-]{0,5}){0,3}){1,3}"))
def test_any_text_is_refused_or_a_network(text: str) -> None:
    read_or_refuse(text)


@settings(STEADY, max_examples=300)
@given(st.just(ONE_OF_EACH) | specs(), st.data())
def test_damaged_address_is_refused_or_a_network(spec: NetworkSpec, data: st.DataObject) -> None:
    text = spec_to_address(spec)
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, min(start + 3, len(text))))
    middle = data.draw(st.text("0123456789.-_xEaflrCDFNP٣+\u00b2 ", max_size=3) | st.just(text[start:end] * 2))
    read_or_refuse(text[:start] + middle + text[end:])
