"""The glossary in a real browser: its addresses, its list, and what a phone shows."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from dashboard.glossary import terms
from tests.browser.conftest import DESKTOP, PHONE, Server
from tests.browser.helpers import key, open_page, wait_until_settled


def choose_term(page: Page, title: str) -> None:
    """Follow the list's link to a term."""
    link = page.get_by_test_id("stMain").get_by_role("link", name=title, exact=True)
    link.scroll_into_view_if_needed()
    link.click()
    expect(key(page, "glossary.term").get_by_role("heading", name=title, exact=True)).to_be_visible()
    wait_until_settled(page)


@pytest.mark.parametrize("screen", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_chosen_term_is_seen_and_stands_in_the_address(
    server: Server, open_context: Callable[..., BrowserContext], screen: dict[str, int]
) -> None:
    page = open_context(viewport=screen).new_page()
    open_page(page, server.address, "Glossary")
    for title, slug in (("Vanishing gradients", "vanishing-gradients"), ("Tanh", "tanh"), ("Loss", "loss")):
        choose_term(page, title)
        heading = key(page, "glossary.term").get_by_role("heading", name=title, exact=True)
        expect(heading).to_be_in_viewport()
        header = page.locator("header").bounding_box()
        place = heading.bounding_box()
        assert header is not None
        assert place is not None
        if screen is PHONE:
            assert place["y"] >= header["y"] + header["height"] - 1
        expect(page).to_have_url(f"{server.address}/Glossary?term={slug}")
    # A reload, the way back, and the browser's own way back.
    page.reload()
    expect(page.get_by_role("heading", name="Loss", exact=True)).to_be_visible()
    page.get_by_role("link", name="All terms").click()
    expect(key(page, "glossary.term")).to_have_count(0)
    expect(page).to_have_url(f"{server.address}/Glossary")
    page.go_back()
    expect(page.get_by_role("heading", name="Loss", exact=True)).to_be_visible()


def test_list_grows_shorter_while_one_types(server: Server, page: Page) -> None:
    open_page(page, server.address, "Glossary")
    box = page.get_by_label("Find a word")
    box.press_sequentially("softm", delay=40)
    expect(page.get_by_text(f"of {len(terms())} terms")).not_to_have_text(f"{len(terms())} of {len(terms())} terms")
    main = page.get_by_test_id("stMain")
    # While the list is drawn, a link may stand at its new place and at the one before.
    expect(main.get_by_role("link", name="Softmax", exact=True)).to_have_count(1)
    expect(main.get_by_role("link", name="Stride", exact=True)).to_have_count(0)
    choose_term(page, "Softmax")
    expect(box).to_have_value("softm")
