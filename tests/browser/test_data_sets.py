"""Drawing a data set of one's own classes, and looking at a data set, in a real browser."""

from __future__ import annotations

import re

from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import Server
from tests.browser.helpers import key, open_page, wait_until_settled

EACH = 5


def draw_line(page: Page, canvas: Locator, start: tuple[float, float], end: tuple[float, float]) -> None:
    """Draw with the mouse, in shares of the canvas."""
    box = canvas.bounding_box()
    assert box is not None
    (x, y), (right, down) = (
        (box["x"] + across * box["width"], box["y"] + below * box["height"]) for across, below in (start, end)
    )
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(right, down, steps=3)
    page.mouse.up()


def test_two_classes_are_drawn_by_key_and_button_and_become_a_data_set(server: Server, page: Page) -> None:
    open_page(page, server.address, "Data_sets")
    samples = key(page, "data_sets.samples")
    samples.locator("[data-layer]").nth(12).click()
    expect(samples.locator("[aria-pressed=true]")).to_have_count(1)
    shown = re.search(r"test image [\d,]+", samples.locator("[aria-pressed=true]").get_attribute("title") or "")
    assert shown
    expect(page.get_by_text(f"{shown[0].capitalize()} of Digits")).to_be_visible()

    page.get_by_role("radio", name="Draw your own classes").click()
    names = page.get_by_role("textbox", name="Your classes, with a comma between them")
    names.fill("slash, backslash")
    names.press("Enter")
    expect(key(page, "own_classes.add.1")).to_contain_text("backslash · 0")
    canvas = key(page, "own_classes.live").locator("canvas")
    for number in range(EACH):
        for index, ends in enumerate((((0.8, 0.2), (0.2, 0.8)), ((0.2, 0.2), (0.8, 0.8)))):
            draw_line(page, canvas, *ends)
            # A key right behind the stroke's end must not lose the drawing.
            if number % 2:
                page.keyboard.press(str(index + 1))
            else:
                key(page, f"own_classes.add.{index}").get_by_role("button").click()
            expect(key(page, f"own_classes.add.{index}")).to_contain_text(f"· {number + 1}")
            expect(key(page, "own_classes.live")).to_contain_text("Nothing drawn yet")
    tiles = key(page, "own_classes.sheet").locator("[data-layer]")
    expect(tiles).to_have_count(2 * EACH)
    expect(page.get_by_text("Every class has enough drawings")).to_be_visible()

    # Drawings outlive the page, by its address.
    wait_until_settled(page)
    page.reload()
    page.get_by_role("radio", name="Draw your own classes").click()
    expect(tiles).to_have_count(2 * EACH)
    page.get_by_role("button", name="Make a data set").click()
    expect(page.get_by_text(re.compile("My drawings.*is a data set now: 8 drawings to learn from, 2"))).to_be_visible()
    page.get_by_role("radio", name="Look", exact=True).click()
    expect(page.get_by_text("28×28 pixels, grey · 2 classes · 8 images")).to_be_visible()
