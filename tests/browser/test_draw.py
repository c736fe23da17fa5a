"""A misread drawing is put right, is still there after a reload, and a copy is taught with it."""

from __future__ import annotations

import re
from pathlib import Path

from PIL import Image, ImageDraw
from playwright.sync_api import Page, expect

from tests.browser.conftest import Server
from tests.browser.helpers import SEVEN, canvas, draw, key, open_page, saved_by, wait_until_settled


def test_drawing_is_labelled_found_again_after_a_reload_and_taught_to_a_copy(server: Server, page: Page) -> None:
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
    saving = saved_by(page, page.get_by_role("button", name="Save the sheet (PNG)"))
    assert saving.suggested_filename == "my-drawings.png"

    views.get_by_role("radio", name="Teach it").click()
    page.get_by_role("button", name="Teach it").click()
    taught = key(page, "draw.taught")
    expect(taught).to_contain_text("It now reads 1 of your 1 drawing (before: 0)", timeout=60_000)
    rows = taught.get_by_role("row")
    expect(rows.filter(has_text="learned from").first).to_have_text(re.compile(r"0 of 1 .*1 of 1 "))
    expect(rows.filter(has_text="never learned from")).to_have_text(re.compile(r"( of 1,000 .*){2}"))
    taught.get_by_role("button", name="Draw for the taught copy").click()
    expect(key(page, "draw.network_choice").get_by_role("combobox")).to_have_value(
        re.compile("Starter network, taught")
    )
    draw(page, SEVEN)
    expect(key(page, "draw.verdict")).to_contain_text("It reads “1”")


def test_a_photo_is_read_beside_where_it_was_asked_for(server: Server, page: Page, tmp_path: Path) -> None:
    file = tmp_path / "seven.png"
    paper = Image.new("L", (280, 280), 230)
    ImageDraw.Draw(paper).line([(80, 60), (200, 60), (130, 220)], 30, 18)
    paper.save(file)
    open_page(page, server.address, "Draw_a_digit")
    page.get_by_role("radio", name="Photo").click()
    expect(page.get_by_text("Write one digit with a dark pen")).to_be_visible()
    page.locator("input[type=file]").set_input_files(file)
    expect(key(page, "draw.verdict")).to_contain_text("It reads “7”", timeout=60_000)
    expect(key(page, "draw.probabilities").get_by_role("listitem")).to_have_count(10)
    expect(key(page, "draw.maps").get_by_role("group", name="conv_1", exact=True)).to_be_visible()
    page.get_by_role("radio", name="Draw", exact=True).click()
    expect(page.get_by_text("what the network makes of it will appear here")).to_be_visible()
    expect(key(page, "draw.probabilities").get_by_role("listitem")).to_have_count(0)
