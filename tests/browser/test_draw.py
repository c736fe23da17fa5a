"""A misread drawing is put right, and is still there after a reload; the strip shows the way to the number."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.browser.conftest import Server
from tests.browser.helpers import SEVEN, canvas, draw, key, open_page, wait_until_settled


def test_drawing_is_labelled_and_a_reload_finds_it_again(server: Server, page: Page) -> None:
    open_page(page, server.address, "Draw_a_digit")
    draw(page, SEVEN)
    expect(key(page, "draw.verdict")).to_contain_text("It reads “7”", timeout=60_000)
    key(page, "draw.label").get_by_role("radio", name="1", exact=True).click()
    expect(page.get_by_text("Kept as “1”")).to_be_visible()

    views = key(page, "draw.view")
    views.get_by_role("radio", name="From stroke to number").click()
    way = key(page, "draw.strip").get_by_role("group", name="The way")
    expect(way.locator("canvas")).to_be_visible()
    key(page, "draw.steps").get_by_role("button", name="Cropped").click()
    expect(key(page, "draw.verdict")).to_contain_text("Left out on the way: Cropped.")

    page.reload()
    expect(canvas(page)).to_be_visible()
    wait_until_settled(page)
    views.get_by_role("radio", name="My drawings").click()
    expect(page.get_by_text("1 drawing, 0 read rightly")).to_be_visible()
    with page.expect_download() as saving:
        page.get_by_role("button", name="Save the sheet (PNG)").click()
    assert saving.value.suggested_filename == "my-drawings.png"
