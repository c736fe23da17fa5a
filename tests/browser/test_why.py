"""Why this class, in a real browser: a class is chosen, every method answers, and the check is passed or not."""

from __future__ import annotations

import csv
from pathlib import Path

from playwright.sync_api import Page, expect

from dashboard.panels.inside.inside_views import VIEWS
from tests.browser.conftest import PHONE, Server
from tests.browser.helpers import expect_no_wider_than_the_screen, key, open_page, saved_by, wait_until_settled

METHODS = ("grad-cam", "saliency", "smoothgrad", "integrated-gradients", "occlusion")


def test_a_class_is_asked_about_and_the_methods_are_checked(server: Server, page: Page) -> None:
    open_page(page, server.address, "Look_inside")
    page.get_by_role("radio", name=VIEWS["why"].title).click()
    for method in METHODS:
        expect(key(page, f"inside.why.map.{method}").locator("canvas").first).to_be_visible()
    chosen = page.get_by_role("combobox", name="Why this class?")
    expect(chosen).to_have_value("The verdict: “8”, 100.0\N{NO-BREAK SPACE}%")
    wait_until_settled(page)

    key(page, "inside.why.class").get_by_role("button", name="Open").click()
    page.get_by_role("option", name="Both, side by side").click()
    expect(chosen).to_have_value("Both, side by side: “8” and “3”")
    expect(page.get_by_role("application", name="2 Grad-CAM maps of 28×28")).to_be_visible()

    places = page.get_by_text("Covered at 144 places")
    expect(places).to_be_visible()
    key(page, "inside.why.patch").get_by_role("slider").press("ArrowRight")
    expect(places).to_have_count(0)
    expect(page.get_by_text("Covered at 121 places")).to_be_visible()

    saved = saved_by(page, key(page, "inside.why.map.occlusion").get_by_role("button", name="Save CSV"))
    with Path(saved.path()).open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.reader(file))
    assert saved.suggested_filename == "why-occlusion.csv"
    assert len(rows) == 1 + 2 * 28 * 28

    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    page.get_by_role("radio", name=VIEWS["sanity"].title).click()
    expect(page.get_by_text("Integrated gradients reacts by its signs alone.")).to_be_visible()
    for method in METHODS:
        expect(key(page, f"inside.sanity.map.{method}").locator("canvas").first).to_be_visible()
    expect_no_wider_than_the_screen(page)
