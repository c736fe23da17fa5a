"""The first journey: train on the built-in digits, watch, reload, draw, read, look."""

from __future__ import annotations

import re
from collections.abc import Callable

from playwright.sync_api import BrowserContext, Page, expect

from dashboard.palette import LIGHT
from tests.browser.conftest import Server
from tests.browser.helpers import (
    SEVEN,
    draw,
    expect_coloured,
    follow_link,
    key,
    open_page,
    percent_in,
    wait_until_settled,
)

STEP = re.compile(r"step ([\d,]+) of ([\d,]+)")


def steps_done(page: Page) -> int:
    found = STEP.search(key(page, "training.panel").inner_text())
    return int(found[1].replace(",", "")) if found else 0


def test_first_five_minutes(server: Server, page: Page) -> None:
    open_page(page, server.address)
    expect(page.get_by_role("heading", level=1)).to_have_text("Can a computer learn to read digits?")
    page.get_by_role("button", name="Train a first network").click()

    # The curve grows, batch by batch.
    panel = key(page, "training.panel")
    expect(panel).to_contain_text(STEP)
    expect(key(page, "training.loss").locator("canvas")).to_be_visible()
    early = steps_done(page)
    page.wait_for_function(
        """([early]) => {
            const panel = document.querySelector('.st-key-training-panel');
            const found = panel && panel.innerText.match(/step ([\\d,]+) of/);
            return found && Number(found[1].replaceAll(',', '')) > early;
        }""",
        arg=[early],
    )
    expect_coloured(page, "training.loss", LIGHT.training, 100)

    # A reload in the middle finds the run going on: its id is in the address.
    assert "run=" in page.url
    page.reload()
    expect(panel).to_contain_text(re.compile(r"step|test images"))
    # The accuracy is a real one: well over 95 % on digits that it has never seen.
    expect(panel).to_contain_text("test images rightly", timeout=90_000)
    expect(key(page, "training.loss").get_by_role("img")).to_have_count(1)
    expect_coloured(page, "training.accuracy", LIGHT.validation, 100)
    assert percent_in(panel.inner_text()) > 95

    # Draw a digit with the mouse, and read the right answer with the feature maps beside it.
    page.get_by_role("button", name="Draw a digit for it").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Can it read your handwriting?")
    expect(page.get_by_text("Draw a digit on the black square")).to_be_visible()
    draw(page, SEVEN)
    expect(key(page, "draw.verdict")).to_contain_text("It reads “7”")
    expect(key(page, "draw.verdict")).to_contain_text("Sure to")  # the sentence comes after its heading
    assert percent_in(key(page, "draw.verdict").inner_text()) > 50
    first = key(page, "draw.maps").get_by_role("group", name="conv_1", exact=True)
    expect(first.locator("canvas")).to_have_accessible_name(re.compile("16 feature maps of "))

    # The network that results is usable on the other pages at once.
    follow_link(page, "Look inside")
    expect(key(page, "inside.network_choice").get_by_role("combobox")).to_have_value(re.compile("First network"))
    views = key(page, "inside.view")
    views.get_by_role("radio", name="Feature maps").click()
    for layer in ("conv_1", "pool_1", "conv_2", "pool_2", "flatten_1", "dense_1", "dense_2"):
        row = key(page, "inside.maps.layers").get_by_role("group", name=layer, exact=True)
        expect(row).to_contain_text(f"{layer} · ")
        expect(row.locator("canvas")).to_be_visible()
    views.get_by_role("radio", name="Kernels").click()
    expect(key(page, "inside.kernels").locator("canvas")).to_have_accessible_name(re.compile("16 filters of "))


def test_run_goes_on_in_a_second_tab_and_obeys_it(server: Server, open_context: Callable[..., BrowserContext]) -> None:
    context = open_context()
    first, second = context.new_page(), context.new_page()
    open_page(first, server.address)
    first.get_by_role("button", name="Train a first network").click()
    expect(key(first, "training.panel")).to_contain_text(STEP)
    first.get_by_role("button", name="Pause").click()
    expect(key(first, "training.panel")).to_contain_text("Paused")
    stood = steps_done(first)

    second.goto(first.url.replace("/?", "/Train?"))
    expect(key(second, "training.panel")).to_contain_text("Paused")
    assert steps_done(second) == stood
    second.get_by_role("button", name="One batch").click()
    expect(key(second, "training.panel")).to_contain_text(f"step {stood + 1:,} of")
    expect(key(first, "training.panel")).to_contain_text(f"step {stood + 1:,} of")

    # Other pages and other controls do not disturb it.
    follow_link(second, "Design")
    follow_link(second, "Train")
    expect(key(second, "training.panel")).to_contain_text(f"step {stood + 1:,} of")

    second.get_by_role("button", name="Stop").click()
    expect(key(second, "training.panel")).to_contain_text("Stopped early")
    expect(key(first, "training.panel")).to_contain_text("Stopped early")


def test_address_of_a_run_that_is_gone_is_said_in_one_sentence(server: Server, page: Page) -> None:
    open_page(page, server.address, "Train?run=deadbeef")
    expect(page.get_by_role("alert")).to_contain_text("is not known here")
    wait_until_settled(page)
    assert "run=" not in page.url
