"""A picture of one's own, changed by hand until the network changes its mind, in a real browser."""

from __future__ import annotations

import io
import re
from collections.abc import Callable

import numpy as np
from PIL import Image
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.conftest import PHONE, Server
from tests.browser.helpers import (
    choose,
    expect_no_wider_than_the_screen,
    follow_link,
    is_drawn,
    key,
    open_page,
    saved_by,
    saved_chart,
    wait_until_settled,
)


def photo_of_a_one() -> bytes:
    """A dark stroke on paper that is lit from one side."""
    paper = np.tile(np.linspace(240, 190, 400), (300, 1))
    paper[60:240, 190:212] = 40
    file = io.BytesIO()
    Image.fromarray(paper.astype(np.uint8)).save(file, "JPEG")
    return file.getvalue()


def open_mind(page: Page, server: Server) -> None:
    open_page(page, server.address, "Look_inside")
    page.get_by_role("radio", name="What would change its mind").click()
    expect(key(page, "inside.mind.chart")).to_be_visible(timeout=60_000)
    wait_until_settled(page)


def test_a_photo_is_read_and_changed_until_it_is_read_otherwise(server: Server, page: Page) -> None:
    open_mind(page, server)
    choose(page, "inside.source", "Upload an image")
    upload = {"name": "one.jpg", "mimeType": "image/jpeg", "buffer": photo_of_a_one()}
    key(page, "inside.upload").locator("input[type=file]").set_input_files([upload])  # type: ignore[list-item]
    expect(page.get_by_text("cut to the middle square, strokes found")).to_be_visible()
    panel = key(page, "inside.panel.mind")
    expect(panel).to_contain_text("“1” with")
    follow_link(page, "Start")
    follow_link(page, "Look inside")
    expect(panel).to_contain_text("“1” with", timeout=60_000)
    wait_until_settled(page)

    slider = key(page, "inside.mind.rotation").get_by_role("slider")
    slider.press("ArrowRight")
    expect(panel).to_contain_text(re.compile("(Still|Now) “"))
    expect(slider).to_have_attribute("aria-valuetext", "5°")
    panel.get_by_role("button", name="Show it").click()
    expect(panel).to_contain_text("Now “")
    expect(slider).to_have_attribute("aria-valuetext", re.compile("^(?!5°)"))
    panel.get_by_role("button", name="Undo all changes").click()
    expect(panel).to_contain_text("Nothing is changed yet")
    download = saved_by(page, panel.get_by_role("button", name="Save the numbers (CSV)"))
    assert "verdict,pixel difference (RMS),0,1,2" in download.path().read_text(encoding="utf-8")
    name, chart = saved_chart(page, "inside.mind.chart")
    assert name == "sweep-noise.png"
    assert is_drawn(chart)


def test_nothing_is_wider_than_a_phone(server: Server, open_context: Callable[..., BrowserContext]) -> None:
    page = open_context(viewport=PHONE).new_page()
    open_mind(page, server)
    expect_no_wider_than_the_screen(page)
    for name in ("inside.mind.picture", "inside.mind.strip", "inside.mind.chart"):
        box = key(page, name).bounding_box()
        assert box is not None
        assert box["x"] + box["width"] <= PHONE["width"], name
