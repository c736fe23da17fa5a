"""Lessons that train networks: curves grow and the last word comes by itself, without a further click."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from tests.browser.conftest import Server
from tests.browser.helpers import expect_coloured, follow_link, key, open_page, percent_in, wait_until_settled

BLUE, ORANGE = "#0072b2", "#d55e00"
"""The first two colours of compared trainings."""


def test_two_networks_are_trained_side_by_side(page: Page, server: Server) -> None:
    with page.expect_websocket() as opened:
        open_page(page, server.address, "Vanishing_gradients")
    # Two layers train fastest; the shallow sigmoid learns too.
    for letter in "ab":
        slider = key(page, f"vanishing.{letter}.layers").get_by_role("slider")
        with opened.value.expect_event("framesent"):  # a slider tells of a key some time after it
            slider.press("Home")
        expect(slider).to_have_value("2")
    page.get_by_role("button", name="Train both").click()
    expect(page.get_by_role("button", name="Stop both")).to_be_visible()
    expect(page.get_by_text(re.compile("Both have learned: . reads"))).to_be_visible(timeout=60_000)
    expect(page.get_by_role("button", name="Train both again")).to_be_visible()
    wait_until_settled(page)
    expect_coloured(page, "vanishing.curves", BLUE, 50)
    expect_coloured(page, "vanishing.curves", ORANGE, 50)


def test_gap_opens_while_one_looks_elsewhere(page: Page, server: Server) -> None:
    open_page(page, server.address, "Overfitting")
    page.get_by_role("radio", name="50", exact=True).click()
    page.get_by_role("button", name="Train on 50 images").click()
    expect(page.get_by_role("button", name="Stop", exact=True)).to_be_visible()
    follow_link(page, "Pooling")
    follow_link(page, "Over-fitting")
    expect(page.get_by_text("of the 50 images that it learned from")).to_be_visible(timeout=60_000)
    expect(page.get_by_role("button", name="Train on 50 images")).to_be_visible()
    told = key(page, "lesson.stage").get_by_text("a gap of").inner_text()
    assert percent_in(told) > 95
    expect_coloured(page, "overfitting.curves", BLUE, 50)
    expect(key(page, "lesson.task.heart").get_by_text("Done:")).to_be_visible()
