"""One filter's card in a real browser: leafing, leading to a test image, and switching a filter off."""

from __future__ import annotations

import csv
import re
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.browser.conftest import PHONE, Server
from tests.browser.helpers import (
    choose,
    expect_no_wider_than_the_screen,
    is_drawn,
    key,
    open_page,
    saved_by,
    saved_chart,
    wait_until_settled,
)

VIEWS = ("kernel", "map", "images", "best")


def test_a_filter_is_looked_at_from_all_sides(server: Server, page: Page) -> None:
    open_page(page, server.address, "Look_inside")
    page.get_by_role("radio", name="One filter").click()
    for view in VIEWS:
        expect(key(page, f"inside.filter.{view}").locator("canvas").first).to_be_visible()
    off = key(page, "inside.filter.card.off")
    expect(off).to_contain_text(re.compile(r"Accuracy \d+\.\d\s% → \d+\.\d\s% on 1,000 test images of Digits"))
    expect(key(page, "inside.filter.card.images")).to_contain_text("MNIST, which this network has learned from, is not")
    wait_until_settled(page)
    first = off.inner_text()

    page.get_by_role("spinbutton", name="Filter, 1 to 16").press("ArrowUp")
    page.get_by_role("spinbutton", name="Filter, 1 to 16").press("Enter")
    expect(off).not_to_have_text(first, use_inner_text=True)
    wait_until_settled(page)
    saved = saved_by(page, key(page, "inside.filter.images").get_by_role("button", name="Save CSV"))
    assert saved.suggested_filename == "conv_1-2-test-images.csv"
    with Path(saved.path()).open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.reader(file))
    assert len(rows) == 1 + 12 * 28 * 28
    name, chart = saved_chart(page, "inside.filter.card.off")
    assert name == "conv_1-2-switched-off.png"
    assert is_drawn(chart)

    shown = page.get_by_text(re.compile(r"test image [\d,]+ of Digits: “\d”"))
    before = shown.inner_text()
    pictures = key(page, "inside.filter.images").locator("canvas").first
    pictures.focus()
    pictures.press("PageDown")
    pictures.press("Enter")
    expect(shown).not_to_have_text(before)
    wait_until_settled(page)

    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    choose(page, "inside.filter.layer", "dense_2")
    expect(off).to_contain_text("Choose an earlier layer.")
    expect(page.get_by_text("This unit stands for the class “0”.")).to_be_visible()
    expect(key(page, "inside.filter.card.best")).to_contain_text("Its logit is")
    expect_no_wider_than_the_screen(page)
