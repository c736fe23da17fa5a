"""From an accuracy to the pictures behind it, and from a picture to what the network saw in it."""

from __future__ import annotations

import re

from PIL import Image
from playwright.sync_api import Page, expect

from tests.browser.conftest import PHONE, Server
from tests.browser.helpers import (
    expect_no_wider_than_the_screen,
    is_drawn,
    key,
    open_page,
    saved_by,
    saved_chart,
    wait_until_settled,
)


def test_from_the_accuracy_to_a_picture_and_its_explanation(server: Server, page: Page) -> None:
    open_page(page, server.address, "Evaluate")
    expect(page.get_by_role("heading", name="are read rightly")).to_be_visible(timeout=60_000)
    page.get_by_role("radio", name="Confusions").click()
    matrix, pictures = key(page, "evaluate.matrix"), key(page, "evaluate.cell.pictures")
    saving = saved_by(page, matrix.get_by_role("button", name="Save PNG"))
    with Image.open(saving.path()) as picture:
        assert is_drawn(picture)
        assert picture.width > picture.height / 2 > 300, "all of it, twice as fine as on the screen"
    assert saving.suggested_filename == "starter-digits-test-confusions.png"
    matrix.get_by_role("button", name="read as").first.click()
    expect(matrix.get_by_role("button", pressed=True)).to_have_count(1)
    matrix.locator("[data-layer='0']").first.focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    panel = key(page, "evaluate.panel.confusions")
    expect(panel).to_contain_text("“1” read rightly")
    wait_until_settled(page)

    page.set_viewport_size(PHONE)
    expect_no_wider_than_the_screen(page)
    box = matrix.bounding_box()
    assert box is not None
    assert box["x"] + box["width"] <= PHONE["width"]
    page.set_viewport_size({"width": 1280, "height": 800})

    page.get_by_role("radio", name="Threshold").click()
    slider = key(page, "evaluate.threshold").get_by_role("slider")
    found = key(page, "evaluate.panel.classes")
    expect(found).to_contain_text("It finds")
    slider.press("End")
    expect(found).to_contain_text(re.compile("It finds 0.0|It finds [0-9.]+"))
    expect(slider).to_have_attribute("aria-valuetext", "1.000")
    name, chart = saved_chart(page, "evaluate.roc")
    assert name == "starter-digits-test-roc.png"
    assert is_drawn(chart)

    page.get_by_role("radio", name="Confusions").click()
    explanation = panel.get_by_role("radio", name="Explanation")
    expect(explanation).to_have_count(1)  # while the panel is drawn, the one that was there before may stand beside it
    wait_until_settled(page)
    explanation.click()
    wait_until_settled(page)
    pictures.locator("canvas").click(position={"x": 40, "y": 60})
    expect(page.get_by_role("heading", name="What does the network see?")).to_be_visible()
    expect(page.get_by_text(re.compile("test image [0-9,]+ of Digits: “1”"))).to_be_visible(timeout=60_000)
    expect(page.get_by_role("radio", name="Why this class")).to_be_checked()
