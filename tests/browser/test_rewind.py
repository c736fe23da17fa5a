"""Back through a training in a real browser: kernels and a drawing's verdict as they were."""

from __future__ import annotations

import re

from playwright.sync_api import Locator, Page, expect

from cnn_core.training.address import settings_to_address
from cnn_core.training.settings import TrainingSettings
from tests.browser.conftest import Server
from tests.browser.helpers import SEVEN, draw, follow_link, key, open_page, wait_until_settled

FEW_IMAGES = settings_to_address(TrainingSettings(train_count=500, epochs=3))
BEFORE = "As it was before its first step"
FINAL = "Its final weights"


def slider(page: Page, place: str) -> Locator:
    return key(page, place).get_by_role("slider")


def kernels(page: Page) -> str:
    """What the page says of the kernels' range."""
    return page.get_by_text(re.compile(r"filters of .* Weights from")).inner_text()


def test_one_moment_is_looked_at_on_every_page(server: Server, page: Page) -> None:
    open_page(page, server.address, f"Train?train={FEW_IMAGES}")
    page.get_by_role("button", name="Train this network").click()
    expect(key(page, "training.panel")).to_contain_text("test images rightly", timeout=60_000)
    wait_until_settled(page)
    expect(slider(page, "training.rewind")).to_have_attribute("aria-valuetext", "newest")
    slider(page, "training.rewind").press("Home")
    expect(key(page, "training.rewind")).to_contain_text(BEFORE)

    page.get_by_role("button", name="Look inside it").click()
    expect(key(page, "inside.moment")).to_contain_text(BEFORE, timeout=60_000)
    expect(slider(page, "inside.moment")).to_have_attribute("aria-valuetext", "step 0")
    key(page, "inside.view").get_by_role("radio", name="Kernels").click()
    expect(page.get_by_text("Weights from")).to_be_visible()
    wait_until_settled(page)
    at_first = kernels(page)
    slider(page, "inside.moment").press("End")
    expect(key(page, "inside.moment")).to_contain_text(FINAL)
    wait_until_settled(page)
    assert kernels(page) != at_first
    slider(page, "inside.moment").press("Home")
    expect(page.get_by_text(at_first)).to_be_visible()

    follow_link(page, "Draw a digit")
    expect(key(page, "draw.moment")).to_contain_text(BEFORE)
    draw(page, SEVEN)
    verdict = key(page, "draw.verdict")
    expect(verdict).to_contain_text("It reads")
    wait_until_settled(page)
    before = verdict.inner_text()
    slider(page, "draw.moment").press("End")
    expect(key(page, "draw.moment")).to_contain_text(FINAL)
    expect(verdict).not_to_have_text(before, use_inner_text=True)
    expect(verdict).to_contain_text("“7”")
