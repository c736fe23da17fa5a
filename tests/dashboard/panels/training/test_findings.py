"""What the app sees in a training, as a page shows it."""

from __future__ import annotations

import json
from xml.etree import ElementTree

from streamlit.testing.v1 import AppTest

from cnn_core.training.diagnosis import Evidence, Finding, LayerHealth
from dashboard.charts.findings_list import MOST_AT_ONCE, findings_list
from dashboard.palette import LIGHT


def page() -> None:
    import streamlit as st

    from dashboard.palette import LIGHT
    from dashboard.panels.training.findings import findings_panel

    findings, is_judgeable = st.session_state["shown"]
    findings_panel(findings, LIGHT, is_judgeable=is_judgeable)


HEALTH = (LayerHealth("conv_1", 40, gradient_norm=0.0, dead_share=0.0), LayerHealth("dense_1", 30, dead_share=1.0))
DEAD = Finding(
    "dead-relu",
    "In dense_1, all ReLU units give 0.",
    "Where a ReLU gives 0 & so on.",
    "dead-relu",
    Evidence("activations", 338, 338, "dense_1", health=HEALTH),
)
LEAP = Finding(
    "exploding-loss",
    "The loss leapt from 2.30 to 2,519.",
    "The steps are <too> long.",
    "exploding-loss",
    Evidence("loss", 1, 338, curves=(("training", (2.3, 2519.0, 2.3)),)),
)


def shown(*findings: Finding, is_judgeable: bool = True) -> AppTest:
    app = AppTest.from_function(page)
    app.session_state["shown"] = (findings, is_judgeable)
    app.run()
    assert not app.exception
    return app


def html_of(app: AppTest) -> ElementTree.Element:
    (element,) = app.get("bidi_component")
    return ElementTree.fromstring(f"<page>{json.loads(element.proto.json)['html']}</page>")


def test_findings_stand_with_reason_evidence_and_word_in_their_order() -> None:
    app = shown(LEAP, DEAD)
    assert [heading.value for heading in app.subheader] == ["What the app sees"]
    root = html_of(app)
    items = list(root.iter("li"))
    assert [item.get("data-finding") for item in items] == ["exploding-loss", "dead-relu"]
    for item, finding in zip(items, (LEAP, DEAD), strict=True):
        text = "".join(item.itertext())
        assert finding.message in text
        assert finding.reason in text
        (button,) = item.iter("button")
        assert button.get("data-term") == finding.term
    first, second = ("".join(item.itertext()) for item in items)
    assert "Seen here: The training’s loss, steps 1 to 338" in first
    assert len(list(items[0].iter("polyline"))) == 1
    assert "Seen here: What the layers give, after 338 steps, in dense_1" in second
    assert [row.get("class") for row in items[1].iter("tr")] == [None, "", "marked"]


def test_without_findings_one_sentence_says_so_once_there_is_enough_to_go_by() -> None:
    app = shown()
    assert [caption.value for caption in app.caption] == ["Nothing alarming so far."]
    assert not app.get("bidi_component")
    early = shown(is_judgeable=False)
    assert not early.caption
    assert not early.subheader


def test_many_findings_are_folded() -> None:
    root = ElementTree.fromstring(f"<page>{findings_list([LEAP] * (MOST_AT_ONCE + 2), LIGHT)}</page>")
    (folded,) = root.iter("details")
    assert len(list(folded.iter("li"))) == 2
    assert next(folded.iter("summary")).text == "2 more"
