"""The lesson on softmax in a real browser: a slider answers, a real network's logits are taken, a phone is enough."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from tests.browser.conftest import PHONE, Server
from tests.browser.helpers import expect_no_wider_than_the_screen, key, open_page, wait_until_settled


def test_logits_follow_the_keyboard_and_a_real_digit_brings_ten(server: Server, page: Page) -> None:
    open_page(page, server.address, "Softmax_and_loss")
    table = key(page, "lesson.stage").get_by_role("table")
    cat = table.get_by_role("row", name=re.compile("^cat"))
    expect(cat).to_contain_text("63.8")
    slider = key(page, "softmax.logit.0").get_by_role("slider")
    slider.focus()
    for _ in range(5):
        page.keyboard.press("ArrowRight")
    expect(cat).to_contain_text("74.4")  # e^2.5 of e^2.5 + e^1 + e^0.1 + e^-1
    page.get_by_role("button", name="Take the logits of a real digit").click()
    expect(table.get_by_role("row")).to_have_count(12)
    expect(table.get_by_role("row", name=re.compile("^8 ✓"))).to_contain_text("%")
    # The sliders' ends have moved apart, and they stand where the network's logits are.
    expect(key(page, "softmax.logit.8")).to_contain_text("20.0")

    page.set_viewport_size(PHONE)
    wait_until_settled(page)
    for part in ("From logits to the loss", "Why it sharpens", "Two classes"):
        page.get_by_role("radio", name=part, exact=True).click()
        wait_until_settled(page)
        expect_no_wider_than_the_screen(page)
