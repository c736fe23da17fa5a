"""The training studio in a real browser: settings, steering, watching, starting again."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from tests.browser.conftest import Server
from tests.browser.helpers import choose, key, open_page, wait_until_settled


def unfold(page: Page, name: str) -> None:
    key(page, name).get_by_role("group").locator("summary").click()
    wait_until_settled(page)


def test_schedule_is_drawn_and_augmented_images_are_shown_before_the_start(server: Server, page: Page) -> None:
    open_page(page, server.address, "Train")
    unfold(page, "settings.steps")
    choose(page, "settings.schedule", "one cycle")
    expect(key(page, "settings.steps").get_by_role("img")).to_have_attribute("alt", re.compile(r"largest 0\.00"))
    unfold(page, "settings.changing")
    key(page, "settings.augmentation.rotation_degrees").get_by_role("slider").press("ArrowRight")
    expect(page.get_by_role("button", name="Draw others")).to_be_visible(timeout=60_000)


def test_a_training_is_steered_and_watched(server: Server, page: Page) -> None:
    open_page(page, server.address, "Train")
    page.get_by_role("button", name="Train this network").click()
    panel = key(page, "training.panel")
    expect(panel).to_contain_text(re.compile(r"step \d+ of"), timeout=60_000)
    page.get_by_role("button", name="Pause").click()
    expect(panel).to_contain_text("Paused")

    # What is set is what the slider shows, although it is drawn only when it is opened.
    page.get_by_role("button", name="Change", exact=True).click()
    rate = page.locator("[class*='st-key-training-now'][class*='learning_rate']").get_by_role("slider")
    expect(rate).to_have_attribute("aria-valuetext", "0.002")
    rate.press("ArrowRight")
    page.keyboard.press("Escape")
    page.get_by_role("button", name="One batch").click()
    expect(panel).to_contain_text("learning rate 0.003")

    for view, words in (
        ("Gradients", "How strongly each layer’s weights are pulled"),
        ("First kernels", "What has changed in them since the start"),
        ("Test images", "test images are read rightly"),
    ):
        key(page, "training.view_choice").get_by_role("radio", name=view).click()
        expect(panel).to_contain_text(words)
    expect(panel.locator(".verdicts img")).to_have_count(24)

    page.get_by_role("button", name="One epoch").click()
    expect(panel).to_contain_text("Paused · epoch 2", timeout=60_000)
    page.get_by_role("button", name="Stop").click()
    expect(panel).to_contain_text("test images rightly", timeout=60_000)
    key(page, "keeping.panel").get_by_role("group").locator("summary").click()
    name = key(page, "keeping.panel").get_by_role("textbox", name="Name")
    expect(name).to_have_value("First network")
    name.fill("Steered by hand")
    name.press("Enter")
    expect(page.get_by_test_id("stMain")).to_contain_text("Steered by hand")
    page.get_by_role("button", name="Again, same initial weights").click()
    expect(page.get_by_role("button", name="Pause")).to_be_visible()
    page.get_by_role("button", name="Stop").click()
    expect(panel).to_contain_text("test images rightly", timeout=60_000)
