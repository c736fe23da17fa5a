"""What only a browser shows of teaching: the keys, reloads, measured type, what is hidden, and the keyboard's way."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from dashboard.navigation import page as entry_of
from tests.browser.conftest import Server
from tests.browser.helpers import expect_no_wider_than_the_screen, follow_link, key, open_page, wait_until_settled

SIZES = """() => {
    const size = (one) => parseFloat(getComputedStyle(one).fontSize);
    const words = document.querySelector('[data-testid="stMain"] [data-testid="stMarkdownContainer"] p');
    return [document.documentElement, document.querySelector('h1'), words].map(size);
}"""


def at_step(page: Page, words: str, slug: str) -> None:
    expect(key(page, "teach.bar").locator("strong")).to_have_text(words)
    expect(page.get_by_role("heading", level=1)).to_have_text(entry_of(slug).question)
    wait_until_settled(page)


def test_a_lesson_is_given_with_one_key_and_survives_a_reload(
    server: Server, page: Page, open_context: Callable[..., BrowserContext]
) -> None:
    open_page(page, server.address, "Teach")
    page.get_by_role("button", name="Begin plan").click()
    at_step(page, "Step 1 of 11 · 4 min", "Start")
    page.keyboard.press("PageDown")
    at_step(page, "Step 2 of 11 · 4 min", "Start")
    page.keyboard.press("PageDown")
    at_step(page, "Step 3 of 11 · 5 min", "Draw_a_digit")
    page.keyboard.press("PageDown")
    at_step(page, "Step 4 of 11 · 4 min", "Look_inside")
    # While a picture, a slider or a field has the keyboard, the keys are its own.
    key(page, "inside.picture").locator("canvas").first.focus()
    page.keyboard.press("PageDown")
    wait_until_settled(page)
    at_step(page, "Step 4 of 11 · 4 min", "Look_inside")
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("PageUp")
    at_step(page, "Step 3 of 11 · 5 min", "Draw_a_digit")
    page.reload()
    at_step(page, "Step 3 of 11 · 5 min", "Draw_a_digit")
    follow_link(page, "Glossary")
    page.get_by_test_id("stMain").locator("input").first.focus()
    page.keyboard.press("PageDown")
    at_step(page, "Step 3 of 11 · 5 min", "Glossary")
    page.get_by_role("button", name="Return to Draw a digit").click()
    at_step(page, "Step 3 of 11 · 5 min", "Draw_a_digit")
    # Another person's browser, with the address alone.
    other = open_context().new_page()
    other.goto(f"{server.address}/?plan=explain-a-mistake&step=2")
    at_step(other, "Step 2 of 9 · 4 min", "Look_inside")
    expect(other.get_by_role("radio", name="Its mistakes")).to_be_checked()
    page.get_by_role("button", name="End plan").click()
    expect(key(page, "teach.bar")).to_have_count(0)
    assert "plan=" not in page.url


def test_large_type_is_a_third_larger_and_kept_by_the_address(server: Server, page: Page) -> None:
    open_page(page, server.address, "Start")
    usual = page.evaluate(SIZES)
    switch = page.get_by_test_id("stSidebar").get_by_text("Large type")
    switch.click()
    expect(page.locator("html")).to_have_css("font-size", "21.3333px")
    wait_until_settled(page)
    assert page.evaluate(SIZES) == pytest.approx([4 / 3 * size for size in usual], abs=0.1)
    follow_link(page, "Design")
    page.reload()
    expect(page.locator("html")).to_have_css("font-size", "21.3333px")
    wait_until_settled(page)
    expect_no_wider_than_the_screen(page)
    switch.click()
    expect(page.locator("html")).to_have_css("font-size", "16px")
    expect(page).not_to_have_url(re.compile("large"))


def test_what_is_hidden_is_out_of_the_keyboard_s_way_and_comes_back(server: Server, page: Page) -> None:
    open_page(page, server.address, "Teach")
    for group in ("Side bar", "Controls of the pages"):
        page.get_by_role("button", name=group).click()
        wait_until_settled(page)
    expect(page.get_by_test_id("stSidebar")).to_be_hidden()
    expect(page.get_by_role("button", name="Begin plan")).to_be_hidden()
    page.get_by_role("button", name="Show controls").click()
    expect(page.get_by_test_id("stSidebar")).to_be_visible()
    wait_until_settled(page)
    expect(page.get_by_role("button", name="Begin plan")).to_be_visible()


FOCUSED = """async () => {
    let one = document.activeElement;
    const path = [];
    while (one?.shadowRoot?.activeElement) { path.push(one); one = one.shadowRoot.activeElement; }
    const keyOf = (part) => part.closest?.('[class*="st-key-"]')?.className.match(/st-key-(\\S+)/)?.[1];
    const around = [one.nextElementSibling];
    for (let part = one; part && around.length < 8; part = part.parentElement) around.push(part);
    const looks = () => around.filter(Boolean).map((part) => {
        const { outline, boxShadow, borderColor, backgroundColor } = getComputedStyle(part);
        return [outline, boxShadow, borderColor, backgroundColor].join();
    }).join();
    const focused = looks();
    one.blur();
    let isVisible = false;
    for (let frame = 0; frame < 40 && !isVisible; frame += 1) {  // some fade
        isVisible = looks() !== focused;
        if (!isVisible) await new Promise(requestAnimationFrame);
    }
    one.focus();
    return [[...path, one].map(keyOf).find(Boolean) ?? '', one.tagName, isVisible];
}"""


def walk_by_tab(page: Page, until: set[str], most: int = 90) -> tuple[set[str], list[str]]:
    """Press Tab until all these keys were reached; return which were not, and where nobody could see it."""
    left, blind = set(until), []
    for _ in range(most):
        page.keyboard.press("Tab")
        where, tag, is_visible = page.evaluate(FOCUSED)
        left.discard(where)
        if (where in until or tag == "A") and not is_visible:
            blind.append(f"{where} {tag}")
        if not left:
            break
    return left, blind


@pytest.mark.parametrize(
    ("slug", "keys"),
    [
        ("Teach", {"teach-plan", "teach-begin", "teach-download", "teach-large", "teach-hide"}),
        (
            "Look_inside",
            {"inside-source", "inside-which", "inside-number", "inside-picture", "inside-view", "inside-maps-layers"},
        ),
    ],
)
def test_tab_alone_reaches_what_there_is_to_operate(server: Server, page: Page, slug: str, keys: set[str]) -> None:
    open_page(page, server.address, slug)
    if slug != "Teach":  # the menu is the same
        page.get_by_test_id("stMain").focus()
    for name in keys:
        expect(page.locator(f".st-key-{name}").first).to_be_visible()
    left, blind = walk_by_tab(page, keys)
    assert (left, blind) == (set(), [])
