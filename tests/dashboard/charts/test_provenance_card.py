"""A step's card: numbers that can be read, parts that add up, and a file that says all of it."""

from __future__ import annotations

import csv
import re
from html import unescape
from io import StringIO
from typing import Any

import numpy as np
import pytest

from cnn_core.architecture.layers import (
    Activation,
    BatchNormalization,
    Conv2D,
    Dense,
    Flatten,
    GlobalPooling2D,
    Pooling2D,
    ResidualBlock,
)
from cnn_core.architecture.spec import NetworkSpec
from cnn_core.inspection.provenance import Position, Provenance
from dashboard.charts import provenance_colours as colours
from dashboard.charts.provenance_card import MOST_CHANNELS, MOST_TERMS, Card, Facts, step_card
from dashboard.charts.provenance_parts import Target
from dashboard.charts.provenance_table import HEAD, terms_csv
from dashboard.charts.provenance_words import number, short_number, sum_words, working
from dashboard.palette import DARK, LIGHT, Palette
from tests.cnn_core.inspection.provenance.networks import looped, one_layer


def card_of(provenance: Provenance, position: Position, **facts: Any) -> Card:
    origin = provenance.origin(position)
    node = provenance.nodes[position.node]
    given = {"followed": origin.main_source, "channels_below": node.input_shape[-1]} | facts
    return step_card(origin, Facts(node, **given), LIGHT)


def words(card: Card) -> str:
    return unescape(re.sub(r"\s+", " ", re.sub(r"<style>.*?</style>|<[^>]+>", " ", card.html)))


def contrast(first: str, second: str) -> float:
    def luminance(colour: str) -> float:
        parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
        linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    dark, light = sorted(map(luminance, (first, second)))
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("palette", [LIGHT, DARK], ids=["light", "dark"])
def test_every_number_can_be_read_on_its_colour(palette: Palette) -> None:
    tints = (colours.diverging(1.0, palette), colours.amount(-1.0, 1.0, palette), colours.grey(palette))
    for tint in tints:
        for value in [*np.linspace(-1.2, 1.2, 49), np.nan, np.inf]:
            background = tint(float(value))
            assert contrast(background, colours.ink(background)) >= 4.5


def test_zero_is_paper_and_the_ends_are_the_palette() -> None:
    tint = colours.diverging(2.0, LIGHT)
    assert [tint(value) for value in (-2.0, 0.0, 2.0)] == [LIGHT.negative, LIGHT.background, LIGHT.positive]
    assert colours.diverging(0.0, LIGHT)(0.0) == LIGHT.background
    assert [colours.grey(LIGHT)(value) for value in (0.0, 1.0)] == ["#000000", "#ffffff"]
    assert colours.amount(3.0, 3.0, LIGHT)(3.0) == colours.amount(0.0, 1.0, LIGHT)(0.0)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (1.125, "1.13"),
        (0.7, "0.7"),
        (999.6, "1,000"),
        (-1234.5, "−1,234.5"),
        (0.00099951, "1.00·10^−3"),
        (-1.5e7, "−1.50·10^7"),
        (float("-inf"), "−infinity"),
        (0.0, "0"),
        (-0.0, "0"),
    ],
)
def test_numbers_are_written_as_at_the_cursor(value: float, text: str) -> None:
    assert number(value) == text


def test_narrow_numbers_fit_a_cell() -> None:
    rng = np.random.default_rng(0)
    assert all(len(short_number(float(x))) <= 7 for x in rng.normal(0, 1, 500) * 10.0 ** rng.integers(-6, 9, 500))


def test_a_long_sum_keeps_its_total() -> None:
    parts = np.random.default_rng(1).integers(-99, 99, 40).astype(float).tolist()
    text = sum_words(parts, "products").replace("−", "-").replace("- ", "-").replace("+ ", "+")
    shown, rest = text.split("+the other 32 products")
    total = sum(float(part) for part in shown.split()) + float(re.sub(r"[() ]", "", rest))
    assert total == sum(parts)


def test_the_grid_has_all_numbers_and_one_cell_for_the_tab_key() -> None:
    layer = Conv2D(filters=1, padding="same", use_bias=False, activation="linear")
    provenance = one_layer(layer, [[0.1, 0.2], [0.3, 0.4]], [np.arange(9) - 4])
    card = card_of(provenance, Position("conv_1", 0, 0, 0))
    assert card.html.count('tabindex="0"') == 1
    assert card.html.count('aria-current="true"') == 1
    assert card.html.count('class="padding"') == 10
    cells = [unescape(cell) for cell in re.findall(r"<td[^>]*>([^<]*)</td>", card.html)]
    assert cells[:9] == ["0", "0", "0", "0", "0.1", "0.2", "0", "0.3", "0.4"]
    assert cells[9:18] == ["−4", "−3", "−2", "−1", "0", "1", "2", "3", "4"]
    assert cells[18:] == ["0", "0", "0", "0", "0", "0.2", "0", "0.9", "1.6"]
    assert card.targets == tuple(Target(Position("image", 0, row, column)) for row in (0, 1) for column in (0, 1))
    assert "0 + 0 + 0 + 0 + 0 + 0.2 + 0 + 0.9 + 1.6 = 2.7" in words(card)


def test_input_channels_are_listed_by_what_they_add() -> None:
    provenance = looped(NetworkSpec((5, 5, 1), (Conv2D(filters=9), Conv2D(filters=1))))
    origin: Any = provenance.origin(Position("conv_2"))
    card = card_of(provenance, Position("conv_2"), channel=4)
    order = np.argsort(-np.abs(origin.channel_sums))
    named = re.findall(r"<span>map (\d+)</span>.*?<b>([^<]*)</b>", card.html)
    assert named == [(str(place + 1), number(float(origin.channel_sums[place]))) for place in order]
    rest = float(origin.channel_sums[order[MOST_CHANNELS:]].sum())
    assert f"The other 3: {number(rest)}" in words(card)
    assert "Patch of map 5 of conv_1" in words(card)
    assert [target.channel for target in card.targets if target.follow is None] == order.tolist()
    assert card.html.count('tabindex="0"') == 1


def test_terms_of_a_dense_layer_add_up_with_the_rest_and_the_bias() -> None:
    provenance = looped(NetworkSpec((6, 6, 1), (Flatten(), Dense(units=3, activation="softmax"))))
    position = Position("dense_1", 2)
    origin: Any = provenance.origin(position)
    card = card_of(provenance, position, class_names=("a", "b", "<c>"))
    values = [text.replace("−", "-") for text in re.findall(r"<b>([^<]*)</b>", card.html)]
    assert len(values) == MOST_TERMS + 2
    assert sum(map(float, values)) == pytest.approx(origin.activation.before, abs=0.02)
    assert "the other 28" in words(card)
    assert "<th>&lt;c&gt;</th>" in card.html
    table = re.findall(r"<tr[^>]*><th>[^<]*</th><td>[^<]*</td><td>[^<]*</td><td>([^<]*)</td></tr>", card.html)
    assert sum(float(share) for share in table[:3]) == pytest.approx(1, abs=0.002)
    assert table[2] == number(origin.result)


def test_a_softmax_of_many_names_the_largest_and_the_one_in_question() -> None:
    provenance = one_layer(Activation(activation="softmax"), np.arange(30).reshape(1, 1, 30)[:, :, :4] / 10, [])
    assert "others" not in words(card_of(provenance, Position("activation_1", 0)))
    spec = NetworkSpec((4, 4, 1), (Flatten(), Dense(units=25, activation="softmax")))
    provenance = looped(spec)
    least = int(np.argmin(provenance._known["dense_1"]))
    card = card_of(provenance, Position("dense_1", least))
    assert f'<tr aria-current="true"><th>{least + 1}</th>' in card.html
    assert "14 others" in words(card)


def test_every_kind_of_step_is_worked_out_in_words() -> None:
    pooled = one_layer(Pooling2D(), [[0.1, 0.4], [0.3, 0.2]], [])
    assert words(card_of(pooled, Position("pool_1"))).strip().startswith("The largest of 0.1, 0.4, 0.3, 0.2 is 0.4")
    mean = one_layer(GlobalPooling2D(), np.full((4, 4), 0.5), [])
    assert working(mean.origin(Position("global_pool_1")), None) == "The 16 numbers add up to 8; 8 / 16 = 0.5"
    norm = one_layer(BatchNormalization(), [[[0.5]]], [[2], [-0.25], [0.25], [0.999]])
    assert working(norm.origin(Position("norm_1")), None) == (
        "gamma 2 × (0.5 − mean 0.25) / √(variance 0.999 + 0.001) + beta (−0.25) = 0.25"
    )
    block = one_layer(ResidualBlock(filters=1, kernel_size=1, has_batch_norm=False), [[[0.5]]], [[2], [1], [-3], [4]])
    assert working(block.origin(Position("residual_1_add")), None) == "−2 + 0.5 = −1.5"
    assert working(block.origin(Position("residual_1")), None) == "−1.5 → ReLU, max(0, x) → 0"
    assert "the skip around them" in words(card_of(block, Position("residual_1_add")))
    flat = looped(NetworkSpec((2, 2, 1), (Flatten(),)), 0, [], np.array([[[0], [51]], [[102], [255]]], np.uint8))
    text = working(flat.origin(Position("flatten_1", 2)), flat.nodes["flatten_1"])
    assert text == "Flatten writes all maps into one list. This is the image, row 2, column 1, unchanged: 0.4"
    assert working(flat.origin(Position("image", 0, 0, 1)), None).startswith("51 of 255: 51 / 255 = 0.2. Here the way")


def test_the_file_adds_up_to_the_number() -> None:
    provenance = looped(NetworkSpec((5, 5, 1), (Conv2D(filters=2, padding="same"), Flatten(), Dense(units=2))))
    for position in (Position("conv_1", 1, 0, 4), Position("dense_1", 1)):
        origin: Any = provenance.origin(position)
        lines = list(csv.DictReader(StringIO(terms_csv(origin))))
        assert tuple(lines[0]) == HEAD
        terms = [line for line in lines if line["what"] in ("number", "padding")]
        assert len(terms) == origin.inputs.size
        assert all(not line["layer"] for line in lines if line["what"] == "padding")
        named = {line["what"]: float(line["number"]) for line in lines if line["what"] not in ("number", "padding")}
        total = sum(float(line["product"]) for line in terms) + named["bias"]
        assert total == pytest.approx(named["before activation"], rel=1e-12)
        assert named["result"] == named["after relu"] == origin.result
        assert lines[-1]["layer"] == position.node
        followed = origin.main_source
        places = {(line["layer"], line["channel"], line["row"], line["column"]) for line in terms}
        wanted = (followed.node, *(str(place + 1) for place in (followed.channel, followed.row, followed.column)))
        assert wanted in places
