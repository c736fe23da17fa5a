"""Two trainings side by side in a real browser: one click, live curves, all values at the cursor."""

from __future__ import annotations

import re
from collections.abc import Callable

from playwright.sync_api import BrowserContext, Page, expect

from dashboard.charts.run_comparison import RUN_STYLES
from tests.browser.conftest import PHONE, Server
from tests.browser.helpers import (
    expect_coloured,
    expect_no_wider_than_the_screen,
    follow_link,
    key,
    open_page,
    wait_until_settled,
)


def point_at(page: Page, name: str, share: float) -> None:
    """Move the mouse over a chart, at a share of its width; in small steps, as a hand does."""
    box = key(page, name).locator("canvas").first.bounding_box()
    assert box is not None
    for pixel in range(5):
        page.mouse.move(box["x"] + share * box["width"] + pixel, box["y"] + 0.6 * box["height"])


def test_two_networks_at_one_click_and_every_value_at_the_cursor(server: Server, page: Page) -> None:
    open_page(page, server.address, "Compare")
    page.get_by_role("button", name="Train fully connected against convolutional").click()
    expect(key(page, "compare.loss").locator("canvas")).to_be_visible()
    table = key(page, "compare.table")
    expect(table).to_contain_text(re.compile("3,274,634"))
    expect(table).to_contain_text("≠ conv 32")
    # Both curves grow: the words for those who do not see them name a loss of each.
    grown = re.compile(r"A Fully connected, 512-512 \d\.\d\d; B Convolutional, 32 and 64 of 5×5 \d\.\d\d")
    expect(key(page, "compare.loss").get_by_role("img")).to_have_accessible_name(grown, timeout=90_000)
    for style in RUN_STYLES[:2]:
        expect_coloured(page, "compare.loss", style.colour, 60)

    # Whoever comes back finds the same two.
    expect(page).to_have_url(re.compile(r"runs=\w{8}(,|%2C)\w{8}"))
    follow_link(page, "Glossary")
    follow_link(page, "Compare")
    expect(key(page, "compare.table")).to_contain_text("≠ conv 32")

    page.get_by_role("button", name="Stop these trainings").click()
    expect(table).to_contain_text(re.compile(r"(stopped early|trained).*(stopped early|trained)", re.DOTALL))
    # Both curves answer the cursor at once.
    wait_until_settled(page)
    point_at(page, "compare.loss", 0.1)
    expect(key(page, "compare.loss")).to_contain_text(re.compile(r"A\s+Fully connected.+B\s+Convolutional", re.DOTALL))
    expect(key(page, "compare.scatter").get_by_role("img")).to_have_count(1)
    expect_coloured(page, "compare.scatter", RUN_STYLES[0].colour, 100)


def test_compared_runs_fit_on_a_phone(server: Server, open_context: Callable[..., BrowserContext]) -> None:
    page = open_context(viewport=PHONE, has_touch=True).new_page()
    open_page(page, server.address)
    page.get_by_role("button", name="Train a first network").click()
    expect(key(page, "training.panel")).to_contain_text("step")
    page.get_by_role("button", name="Stop").click()
    expect(key(page, "training.panel")).to_contain_text("Stopped early")
    open_page(page, server.address, "Compare")
    expect(key(page, "compare.table")).to_contain_text("First network")
    wait_until_settled(page)
    expect_no_wider_than_the_screen(page)


def test_two_designs_are_compared_fairly_on_a_phone(
    server: Server, open_context: Callable[..., BrowserContext]
) -> None:
    page = open_context(viewport=PHONE, has_touch=True).new_page()
    with page.expect_websocket() as opened:
        open_page(page, server.address, "Compare")
    key(page, "compare.what_choice").get_by_role("radio", name="Two designs, fairly").click()
    key(page, "fair.seeds").get_by_role("radio", name="3").click()
    button = page.get_by_role("button", name="Compare both: 6 trainings")
    expect(button).to_be_visible()
    for slider in ("epochs", "images"):
        with opened.value.expect_event("framesent"):  # a slider tells of a key some time after it
            key(page, f"fair.{slider}").get_by_role("slider").press("Home")
    button.click()
    panel = key(page, "fair.panel")
    expect(panel).to_contain_text("of 6 trainings have ended")
    expect(page).to_have_url(re.compile(r"fair=\w{8}(-\w{8}){5}"))
    expect(panel).to_contain_text(re.compile(r"Over 3 seeds.+paired t-test, p"), timeout=60_000)
    expect(key(page, "fair.accuracy").locator(".xtick")).to_have_text("1")  # the epoch that was asked for, no more
    expect(panel).not_to_contain_text("of 6 trainings have ended")
    for chart in ("fair.accuracy", "fair.loss"):  # while it is drawn, a chart may stand beside the one before
        expect(key(page, chart).locator(".js-plotly-plot")).to_have_count(1)
    expect_no_wider_than_the_screen(page)
