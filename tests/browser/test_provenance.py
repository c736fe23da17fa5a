"""From a clicked cell down to the pixels, in a real browser."""

from __future__ import annotations

import re

from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import Server
from tests.browser.helpers import choose, expect_no_wider_than_the_screen, key, open_page, wait_until_settled

VIEW = "Where a number came from"


def first_card(page: Page) -> Locator:
    return key(page, "inside.provenance.step.0")


def hover(page: Page, name: str, down: float, across: float) -> str:
    """Point into a picture, and read what it says of the number there."""
    canvas = key(page, name).locator("canvas")
    canvas.scroll_into_view_if_needed()
    box = canvas.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + across, box["y"] + down)
    words = key(page, name).locator(".words")
    expect(words).to_contain_text(re.compile(r"row \d+, column \d+: "))
    return words.inner_text()


def test_a_clicked_cell_is_explained_with_the_value_at_the_cursor(server: Server, page: Page) -> None:
    open_page(page, server.address, "Look_inside")
    page.get_by_role("button", name=VIEW).or_(page.get_by_role("radio", name=VIEW)).click()
    expect(first_card(page)).to_be_visible(timeout=60_000)
    wait_until_settled(page)
    said = hover(page, "inside.provenance.map", 100, 120)
    found = re.fullmatch(r"Map (\d+), (row \d+, column \d+): (\S+)", said)
    assert found, said
    page.mouse.down()
    page.mouse.up()
    title = f"1. conv_1, filter {found[1]}, {found[2]} = {found[3]}"
    expect(first_card(page)).to_contain_text(title)
    wait_until_settled(page)

    # A number of the patch that is not followed yet: with the keyboard, as without a mouse.
    second = key(page, "inside.provenance.step.1")
    before = second.inner_text()
    followed = first_card(page).locator("td[aria-current]")
    label = first_card(page).locator("td[data-layer]:not([aria-current])").first
    place = (label.get_attribute("aria-label") or "").split(":")[0]
    label.focus()
    page.keyboard.press("Enter")
    expect(second).to_contain_text(f"2. pixel, {place} = ")
    expect(second).not_to_have_text(before, use_inner_text=True)
    expect(followed).to_have_attribute("aria-label", re.compile(f"^{place}:"))
    expect(first_card(page)).to_contain_text(title)

    choose(page, "inside.provenance.layer", "dense_2 · 10")
    expect(first_card(page)).to_contain_text("1. dense_2, unit ")
    folded = key(page, "inside.provenance.step.3")
    folded.locator("summary").click()
    expect(folded.locator(".sum")).to_be_visible()
    expect_no_wider_than_the_screen(page)
