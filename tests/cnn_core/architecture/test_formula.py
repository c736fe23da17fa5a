"""What is shown of a formula is how its number comes about: read back as a calculation, it gives that number."""

from __future__ import annotations

import re
from collections import Counter

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from cnn_core.architecture.formula import Formula, constant, product_of, quantity, shape_formula
from cnn_core.architecture.layers import (
    LAYER_KINDS,
    Conv2D,
    Dense,
    Flatten,
    GlobalPooling2D,
    Layer,
    Pooling2D,
    ResidualBlock,
    SeparableConv2D,
)
from cnn_core.architecture.shapes import LayerFigures, find_problem, layer_formulas, network_figures
from cnn_core.architecture.spec import NetworkSpec
from tests.oracles import SMALL, STEADY, network_specs

OPERATORS = re.compile(r"([×+−/()⌊⌋⌈⌉])")
WRITTEN_IN_PYTHON = {"×": "*", "−": "-", "/": ",", "⌊": "floor_of(", "⌋": ")", "⌈": "ceil_of(", "⌉": ")"}


def calculated(numbers: str) -> int:
    """Work out what is written, by the ordinary rules of precedence."""
    without_thousands = re.sub(r"(?<=\d),(?=\d{3})", "", numbers)
    code = "".join(WRITTEN_IN_PYTHON.get(sign, sign) for sign in without_thousands)
    assert re.fullmatch(r"(?:[0-9 *+,()-]|floor_of|ceil_of)+", code)
    rounding = {"floor_of": lambda a, b: a // b, "ceil_of": lambda a, b: -(-a // b)}
    return int(eval(code, {"__builtins__": {}}, rounding))


def structure(text: str) -> list[str]:
    """The operators and brackets of a formula, with what stands between them replaced by an n."""
    return [part if OPERATORS.fullmatch(part) else "n" for part in map(str.strip, OPERATORS.split(text)) if part]


def check(formula: Formula) -> None:
    assert calculated(formula.numbers) == formula.value
    assert structure(formula.words) == structure(formula.numbers)
    assert repr(formula) == f"{formula.words} = {formula.numbers} = {formula.value:,}"


LEAVES = st.integers(0, 3000).map(lambda n: quantity("some number", n)) | st.integers(0, 5000).map(constant)
DIVIDED = st.sampled_from((Formula.floor_divided, Formula.ceil_divided))
COMBINED = st.sampled_from((Formula.__add__, Formula.__sub__, Formula.__mul__))


def longer(parts: st.SearchStrategy[Formula]) -> st.SearchStrategy[Formula]:
    divisors = parts.filter(lambda part: part.value != 0)
    return st.builds(lambda combine, a, b: combine(a, b), COMBINED, parts, parts) | st.builds(
        lambda divide, a, b: divide(a, b), DIVIDED, parts, divisors
    )


@settings(STEADY, max_examples=150)
@given(st.recursive(LEAVES, longer, max_leaves=9))
def test_any_formula_reads_as_it_is_calculated(formula: Formula) -> None:
    check(formula)


@pytest.mark.parametrize(
    ("formula", "words"),
    [
        (quantity("a", 9) - (quantity("b", 4) - quantity("c", 1)), "a − (b − c)"),
        (quantity("a", 9) - (quantity("b", 4) + quantity("c", 1)), "a − (b + c)"),
        ((quantity("a", 9) - quantity("b", 4)) - quantity("c", 1), "a − b − c"),
        (quantity("a", 9) + (quantity("b", 4) + quantity("c", 1)), "a + b + c"),
        (quantity("a", 9) * (quantity("b", 4) + quantity("c", 1)), "a × (b + c)"),
        ((quantity("a", 9) + quantity("b", 4)).floor_divided(quantity("c", 2)), "⌊(a + b) / c⌋"),
        (quantity("a", 9).ceil_divided(quantity("b", 2) * quantity("c", 2)), "⌈a / (b × c)⌉"),
        (quantity("a", 9).ceil_divided(quantity("b", 2)) * quantity("c", 2), "⌈a / b⌉ × c"),
        (product_of(), "1"),
        (product_of(quantity("a", 1), quantity("b", 2), quantity("c", 3)), "a × b × c"),
        (constant(1234), "1,234"),
        (shape_formula((2, 3, 4), "output "), "output height × output width × output channels"),
        (shape_formula((7,)), "units"),
    ],
)
def test_brackets_stand_where_they_are_needed(formula: Formula, words: str) -> None:
    assert formula.words == words
    check(formula)


def check_row(row: LayerFigures) -> None:
    """Every formula of a layer is true, and its last values are the figures that the layer claims."""
    values: dict[str, int] = {}
    for title, formula, unit in layer_formulas(row):
        check(formula)
        assert unit in ("", "bytes", "pixels")
        assert title[0].isupper()
        values[title] = formula.value
    assert values.pop("Parameters") == row.parameters
    assert values.pop("Multiply-adds") == row.multiply_adds
    assert values.pop("Memory for one image") == row.held_bytes == 4 * row.held_numbers
    if row.layer.windows():
        assert (values.pop("Output height"), values.pop("Output width")) == row.output_shape[:2]
        assert row.fields is not None
        for field, side in zip(row.fields, ("height", "width"), strict=True):
            assert values.pop(f"Receptive field, {side}") == field.size
    assert values == {}


def test_every_formula_of_every_layer_is_true() -> None:
    seen: Counter[type[Layer]] = Counter()

    @settings(STEADY, max_examples=100)
    @given(network_specs(SMALL, side=40) | network_specs())
    def compare(spec: NetworkSpec) -> None:
        assume(find_problem(spec) is None)
        for row in network_figures(spec).layers:
            seen[type(row.layer)] += 1
            check_row(row)

    compare()
    assert min(seen[kind] for kind in LAYER_KINDS.values()) >= 5, seen


def written(layer: Layer, shape: tuple[int, int, int], title: str) -> list[str]:
    """The formulas of a layer under one title, filled in."""
    row = network_figures(NetworkSpec(shape, (layer,))).layers[0]
    return [f"{formula.numbers} = {formula.value:,}" for found, formula, _ in layer_formulas(row) if found == title]


def test_formulas_read_as_in_the_textbook() -> None:
    """Dumoulin & Visin 2016, relationships 5, 6 and 15, for height; the image is 28×28×3."""
    shape = (28, 28, 3)
    assert written(Conv2D(), shape, "Output height") == ["⌊(28 − 3) / 1⌋ + 1 = 26"]
    assert written(Conv2D(stride=2), shape, "Output height") == ["⌊(28 − 3) / 2⌋ + 1 = 13"]
    assert written(Conv2D(dilation_rate=4), shape, "Output height") == ["⌊(28 − (4 × (3 − 1) + 1)) / 1⌋ + 1 = 20"]
    assert written(Conv2D(stride=3, padding="same"), shape, "Output height") == ["⌈28 / 3⌉ = 10"]
    assert written(Pooling2D(), shape, "Output height") == ["⌊(28 − 2) / 2⌋ + 1 = 14"]
    block = ResidualBlock(filters=3, stride=2)
    assert written(block, shape, "Output height") == ["⌈28 / 2⌉ = 14", "⌈14 / 1⌉ = 14"]
    assert written(block, shape, "Receptive field, height") == ["1 + (3 − 1) × 1 = 3", "3 + (3 − 1) × 2 = 7"]


def test_costs_read_as_in_the_textbook() -> None:
    shape = (28, 28, 3)
    assert written(Conv2D(filters=8, kernel_width=5), shape, "Parameters") == ["3 × 5 × 3 × 8 + 8 = 368"]
    assert written(Conv2D(filters=8, use_bias=False), shape, "Parameters") == ["3 × 3 × 3 × 8 = 216"]
    assert written(SeparableConv2D(filters=8), shape, "Parameters") == ["3 × 3 × 3 + 3 × 8 + 8 = 59"]
    assert written(SeparableConv2D(filters=8), shape, "Multiply-adds") == ["26 × 26 × (3 × 3 × 3 + 3 × 8) = 34,476"]
    assert written(SeparableConv2D(filters=8), shape, "Memory for one image") == ["4 × 26 × 26 × (3 + 8) = 29,744"]
    assert written(GlobalPooling2D(), shape, "Memory for one image") == ["4 × 3 = 12"]
    row = network_figures(NetworkSpec((2, 2, 1), (Flatten(), Dense(units=5)))).layers[1]
    assert [formula.words for _, formula, _ in layer_formulas(row)] == [
        "numbers in × units + biases",
        "numbers in × units",
        "bytes a number × output units",
    ]
