"""Take the README's pictures of the real app: `python -m scripts.take_pictures`."""

from __future__ import annotations

import tempfile
from pathlib import Path

from playwright.sync_api import Page, expect, sync_playwright

from dashboard.navigation import PROJECT
from tests.browser.conftest import DESKTOP, FLAGS, browser_path, running_server
from tests.browser.helpers import draw, key, open_page, wait_until_settled

FOLDER = PROJECT / "docs" / "images"
FIVE = (((215, 60), (110, 62), (100, 140), (160, 128), (205, 160), (205, 210), (160, 250), (95, 240)),)


def take_all(page: Page, address: str) -> None:
    """Draw a digit for the starter network, look at a design and a lesson, then train a network half-way."""
    open_page(page, address, "Draw_a_digit")
    draw(page, FIVE)
    expect(key(page, "draw.verdict")).to_contain_text("It reads “5”", timeout=60_000)
    wait_until_settled(page)
    page.mouse.move(700, 780)
    page.wait_for_timeout(1000)
    page.screenshot(path=FOLDER / "draw.png")

    open_page(page, address, "Design")
    expect(key(page, "design.picture").locator('[data-layer="0"]')).to_be_visible()
    page.wait_for_timeout(8000)  # until TensorFlow has loaded behind the page
    page.screenshot(path=FOLDER / "design.png")

    open_page(page, address, "Convolution")
    page.get_by_role("radio", name="Two dimensions").click()
    step = page.get_by_role("button", name="One step on", exact=True)
    step.click()
    step.click()
    wait_until_settled(page)
    page.mouse.move(700, 780)
    page.screenshot(path=FOLDER / "lesson.png")

    open_page(page, address)
    page.get_by_role("button", name="Train a first network").click()
    expect(key(page, "training.panel")).to_contain_text("epoch 3 of", timeout=60_000)
    page.screenshot(path=FOLDER / "train.png")


def main() -> None:
    """Start a server, take the pictures, end it."""
    with (
        tempfile.TemporaryDirectory() as folder,
        running_server(Path(folder)) as server,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=browser_path(), args=FLAGS)
        page = browser.new_page(viewport=DESKTOP)
        page.set_default_timeout(60_000)
        take_all(page, server.address)
        browser.close()


if __name__ == "__main__":
    main()
