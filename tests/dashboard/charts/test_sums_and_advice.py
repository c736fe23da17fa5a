"""What stands beside the network's picture: its sums and the advice, with the words that explain them."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest

from cnn_core.architecture.advice import Advice, network_advice
from cnn_core.architecture.presets import PRESETS
from cnn_core.architecture.shapes import network_figures
from dashboard.charts.advice_list import MOST_AT_ONCE, advice_list
from dashboard.charts.network_sums import network_sums
from dashboard.glossary import terms
from dashboard.palette import LIGHT

WORDS = {entry.slug for entry in terms()}


def parsed(html: str) -> ElementTree.Element:
    return ElementTree.fromstring(f"<page>{html}</page>")


@pytest.mark.parametrize("slug", PRESETS)
def test_sums_are_the_networks_and_every_word_is_in_the_glossary(slug: str) -> None:
    figures = network_figures(PRESETS[slug].spec)
    page = parsed(network_sums(figures, LIGHT))
    first = next(page.iter("dd")).text or ""
    assert int(first.replace(",", "")) == figures.parameters
    assert {button.get("data-term") for button in page.iter("button")} <= WORDS


@pytest.mark.parametrize("slug", PRESETS)
def test_every_piece_of_advice_has_its_reason_its_word_and_its_layer(slug: str) -> None:
    spec = PRESETS[slug].spec
    pieces = network_advice(spec, 10)
    items = list(parsed(advice_list(pieces, spec.layer_names, LIGHT)).iter("li"))
    assert len(items) == max(len(pieces), 1)
    for item, piece in zip(items, pieces, strict=False):
        text = "".join(item.itertext())
        assert piece.message in text
        assert piece.reason in text
        word, layer = item.iter("button")
        assert word.get("data-term") == piece.term
        assert layer.get("data-layer") == str(piece.layer_index)
        assert layer.text == f"Show {spec.layer_names[piece.layer_index]}"


def test_more_than_a_few_pieces_are_folded_and_markup_in_names_stays_text() -> None:
    pieces = [Advice(f"rule-{i}", "<b>1 < 2</b>", "So & so.", "kernel", 0) for i in range(MOST_AT_ONCE + 2)]
    page = parsed(advice_list(pieces, ["<i>conv</i>"], LIGHT))
    (folded,) = page.iter("details")
    assert len(list(folded.iter("li"))) == 2
    assert next(folded.iter("summary")).text == "2 more"
    assert "<b>1 < 2</b>" in "".join(page.itertext())
    assert "Show <i>conv</i>" in "".join(page.itertext())


def test_without_advice_a_sentence_says_so() -> None:
    assert "Nothing strikes one" in "".join(parsed(advice_list([], [], LIGHT)).itertext())
