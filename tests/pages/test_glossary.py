"""The glossary: found by its address, by the list and by typing."""

from __future__ import annotations

from urllib.parse import parse_qs

import pytest
from streamlit.testing.v1 import AppTest

from dashboard.glossary import Term, find_terms, terms
from tests.pages.helpers import checked, open_page, texts


def links(app: AppTest) -> dict[str, dict[str, list[str]]]:
    """The links on the page's stage, by their label, each with the address's parameters."""
    found = [link.proto for link in app.main.get("page_link")]
    return {link.label: parse_qs(link.query_string) for link in found}


def listed(app: AppTest) -> list[str]:
    """The terms in the list, in its order."""
    return [label for label in links(app) if label != "All terms"]


@pytest.fixture
def app() -> AppTest:
    return open_page("Glossary")


def test_page_lists_every_term_in_the_order_of_the_alphabet(app: AppTest) -> None:
    titles = [entry.title for entry in terms()]
    assert listed(app) == titles == sorted(titles, key=str.lower)
    assert len(titles) >= 34
    assert "All terms" not in links(app)
    for entry in terms():
        assert links(app)[entry.title] == {"term": [entry.slug]}


@pytest.mark.parametrize("entry", terms()[::9], ids=lambda entry: entry.slug)
def test_term_in_the_address_is_opened_above_the_list(entry: Term) -> None:
    app = open_page("Glossary", term=entry.slug)
    assert [header.value for header in app.header] == [entry.title]
    assert entry.text in texts(app)
    assert entry.source in texts(app)
    assert listed(app) == [other.title for other in terms()]
    assert next(iter(links(app))) == "All terms"
    assert links(app)["All terms"] == {}


@pytest.mark.parametrize("named", ["nonsense", "Receptive-field", "../start", "", "<b>"])
def test_unknown_term_in_the_address_gives_one_sentence_and_the_list(named: str) -> None:
    app = open_page("Glossary", term=named)
    assert not app.header
    assert [box.value for box in app.info] == [
        "The address names a term that is not in this glossary; here are all that are."
    ] * bool(named)
    assert len(listed(app)) == len(terms())


def test_typing_makes_the_list_shorter(app: AppTest) -> None:
    checked(app.text_input("glossary.search").set_value("POOL").run())
    assert listed(app)[:2] == ["Global pooling", "Pooling"]
    assert listed(app) == [entry.title for entry in find_terms("pool")]
    assert f"{len(listed(app))} of {len(terms())} terms" in texts(app)
    assert "Learning rate" not in listed(app)
    checked(app.text_input("glossary.search").set_value("").run())
    assert len(listed(app)) == len(terms())


def test_typing_what_is_nowhere_is_said(app: AppTest) -> None:
    checked(app.text_input("glossary.search").set_value("zzz [x](http://example.org)").run())
    assert [box.value for box in app.info] == [
        "No term holds these words. Try fewer letters, or empty the box for the whole list."
    ]
    assert listed(app) == []


def test_what_was_typed_is_there_after_another_page(app: AppTest) -> None:
    checked(app.text_input("glossary.search").set_value("softmax").run())
    checked(app.switch_page("pages/01_Start.py").run())
    checked(app.switch_page("pages/19_Glossary.py").run())
    assert app.text_input("glossary.search").value == "softmax"


def test_links_carry_the_session_s_run_along(monkeypatch: pytest.MonkeyPatch) -> None:
    from dashboard import state

    monkeypatch.setattr(state, "address_parameters", lambda: {"run": "abc"})
    app = open_page("Glossary", term="batch")
    assert links(app)["All terms"] == {"run": ["abc"]}
    assert links(app)["Epoch"] == {"run": ["abc"], "term": ["epoch"]}
