"""What only the style sheet does: words that can be read in the dark, keys that look like keys, a plan on a phone."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import BrowserContext, Page, expect

from dashboard.palette import DARK
from tests.browser.conftest import PHONE, Server
from tests.browser.helpers import expect_no_wider_than_the_screen, key, open_page, wait_until_still
from tests.dashboard.test_palette import contrast


def open_styled(page: Page, address: str, slug: str) -> None:
    """Open a page and wait for what its style sheet changes smoothly."""
    open_page(page, address, slug)
    wait_until_still(page)


def test_what_is_chosen_can_be_read_in_the_dark(server: Server, open_context: Callable[..., BrowserContext]) -> None:
    page = open_context(color_scheme="dark").new_page()
    readable = f"rgb({', '.join(str(int(DARK.text[place : place + 2], 16)) for place in (1, 3, 5))})"
    assert contrast(DARK.text, DARK.background) >= 4.5 > contrast(DARK.primary, DARK.background)
    open_styled(page, server.address, "Data_sets")
    chosen = page.get_by_role("radio", name="Look", exact=True)
    expect(chosen).to_be_checked()
    expect(chosen).to_have_css("color", readable)
    open_styled(page, server.address, "Train")
    expect(page.get_by_test_id("stSliderThumbValue").first).to_have_css("color", readable)


def test_the_kinds_of_pictures_are_named_to_the_end(server: Server, page: Page) -> None:
    open_styled(page, server.address, "Judge_an_image")
    kinds = page.get_by_test_id("stFileUploaderDropzoneInstructions").get_by_text("per file")
    expect(kinds).to_be_visible()
    assert kinds.evaluate("words => words.scrollWidth <= words.clientWidth")


def test_a_button_s_key_is_framed_and_a_finger_sees_none(
    server: Server, open_context: Callable[..., BrowserContext]
) -> None:
    for options, is_there in (({}, True), ({"viewport": PHONE, "has_touch": True, "is_mobile": True}, False)):
        page = open_context(**options).new_page()
        open_styled(page, server.address, "Data_sets")
        page.get_by_text("Draw your own classes", exact=True).click()
        mark = key(page, "own_classes.add.0").locator("kbd")
        expect(key(page, "own_classes.add.0")).to_contain_text("circle · 0")
        expect(mark).to_be_visible(visible=is_there)
        if is_there:
            expect(mark).to_have_css("border-top-width", "1px")


def test_on_a_phone_what_to_say_has_the_width_of_the_screen(
    server: Server, open_context: Callable[..., BrowserContext]
) -> None:
    page = open_context(viewport=PHONE).new_page()
    open_styled(page, server.address, "Teach")
    box = page.locator(".plan tbody tr").first.locator("td").last.bounding_box()
    assert box is not None
    assert box["width"] > 300
    expect_no_wider_than_the_screen(page)
