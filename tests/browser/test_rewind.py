"""Back through a training in a real browser: kernels, feature maps and a drawing's verdict as they were."""

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
NOTE_MOMENTS = """() => {
    window.seenMoments = [];
    const note = () => {
        const text = document.querySelector('.st-key-inside-moment')?.innerText ?? '';
        const [said] = text.match(/As it was [^;]*|Its final weights/) ?? [];
        if (said && said !== window.seenMoments.at(-1)) window.seenMoments.push(said);
    };
    note();
    new MutationObserver(note).observe(document.body, {subtree: true, childList: true, characterData: true});
}"""
"""Keeps what the page says of the moment, now and each time that it says something else: none is shown for long."""


def slider(page: Page, place: str) -> Locator:
    return key(page, place).get_by_role("slider")


def kernels(page: Page) -> str:
    """What the page says of the kernels' range."""
    return page.get_by_text(re.compile(r"filters of .* Weights from")).inner_text()


def train(page: Page, address: str) -> None:
    open_page(page, address, f"Train?train={FEW_IMAGES}")
    page.get_by_role("button", name="Train this network").click()
    expect(key(page, "training.panel")).to_contain_text("test images rightly", timeout=60_000)
    wait_until_settled(page)


def test_one_moment_is_looked_at_on_every_page(server: Server, page: Page) -> None:
    train(page, server.address)
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


def test_training_is_played_by_itself_from_its_first_moment_to_its_last(server: Server, page: Page) -> None:
    train(page, server.address)
    page.get_by_role("button", name="Look inside it").click()
    moment = key(page, "inside.moment")
    expect(moment).to_contain_text(FINAL, timeout=60_000)
    key(page, "inside.view").get_by_role("radio", name="Feature maps").click()
    maps = page.get_by_text(re.compile(r"28×28×16 · "))
    expect(maps).to_be_visible()
    wait_until_settled(page)
    final = maps.inner_text()
    count = int(slider(page, "inside.moment").get_attribute("max") or 0) + 1
    page.evaluate(NOTE_MOMENTS)
    moment.get_by_role("button", name="Play the training").click()
    expect(moment.get_by_role("button", name="Stop")).to_be_visible()
    expect(maps).not_to_have_text(final, use_inner_text=True)

    expect(moment).to_contain_text(FINAL, timeout=60_000)
    expect(moment.get_by_role("button", name="Play the training")).to_be_visible()
    expect(slider(page, "inside.moment")).to_have_attribute("aria-valuetext", "newest")
    expect(maps).to_have_text(final, use_inner_text=True)
    at_rest, first, *between, last = page.evaluate("window.seenMoments")
    assert (at_rest, first, last) == (FINAL, BEFORE, FINAL)
    steps = [int(re.findall(r"after step (\d+) of", said)[0]) for said in between]
    assert steps == sorted(set(steps))
    assert len(steps) == count - 2 >= 2, "no moment is left out; the epochs' ends are always kept"
