"""The two canvases in a real browser: a mouse and a finger draw, and the network follows the live one."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

import numpy as np
from playwright.sync_api import BrowserContext, CDPSession, Page, expect

from cnn_core.strokes import Stroke, ink_of_strokes
from tests.browser.conftest import PHONE, Server
from tests.browser.helpers import (
    canvas,
    draw_stroke,
    expect_coloured,
    follow_link,
    key,
    open_page,
    package_canvas,
    wait_until_settled,
    wait_until_still,
)

NOTHING = "#440154"
"""The colour of the least amount."""
SCROLLED = "document.querySelector('[data-testid=stMain]').scrollTop + document.scrollingElement.scrollTop"


def bright_pixels(page: Page) -> np.ndarray:
    """The red of each pixel on the live canvas."""
    red = """layer => {
        const {data} = layer.getContext('2d').getImageData(0, 0, layer.width, layer.height);
        return Array.from({length: data.length / 4}, (_, place) => data[4 * place]);
    }"""
    values = np.array(canvas(page).evaluate(red))
    side = round(len(values) ** 0.5)
    return values.reshape(side, side)


def painted_here(page: Page, size_px: int) -> np.ndarray:
    """What the server paints of the strokes that the browser holds."""
    held = page.locator(".live-canvas").evaluate("root => root.view.strokes")
    strokes = [Stroke(tuple(map(tuple, one["points"])), one["width"], one["isEraser"]) for one in held]
    return ink_of_strokes(strokes, size_px)


def counts(page: Page, words: str) -> None:
    expect(page.locator(".live-canvas .count")).to_have_text(words)


def wait_until_answered(page: Page) -> None:
    """Wait until the page shows what the live canvas has told last."""
    page.wait_for_function("root => !root.view.open.length", arg=page.locator(".live-canvas").element_handle())
    wait_until_settled(page)


def choose_canvas(page: Page, title: str) -> None:
    choice = page.get_by_role("radio", name=title)
    if not choice.is_visible():
        page.get_by_text("Pen and paper").click()
        wait_until_still(page)
    choice.click()
    expect(choice).to_be_checked()
    wait_until_settled(page)
    expect(choice).to_be_visible()  # the panel that it stands in has not closed


def test_network_follows_the_pen_and_the_drawing_is_kept(server: Server, page: Page) -> None:
    open_page(page, server.address, "Draw_a_digit")
    box = canvas(page).bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 75, box["y"] + 60)
    page.mouse.down()
    page.mouse.move(box["x"] + 230, box["y"] + 60, steps=5)
    bars, verdict = key(page, "draw.probabilities"), key(page, "draw.verdict")
    expect(bars).to_be_visible(timeout=60_000)
    half = bars.inner_text()
    page.mouse.move(box["x"] + 130, box["y"] + 265, steps=8)
    expect(bars).not_to_have_text(half, use_inner_text=True)
    expect(verdict).to_contain_text("7")  # the pen is still down, and the feature maps are rough ones
    expect_coloured(page, "draw.maps", NOTHING, 500)
    page.mouse.up()
    counts(page, "1 stroke")

    page.get_by_role("button", name="Eraser").click()
    draw_stroke(page, canvas(page), ((150, 20), (150, 100)))
    counts(page, "2 strokes")
    seen = bright_pixels(page)
    assert seen[60, 120] == 255
    assert seen[60, 150] == 0
    assert np.abs(seen - painted_here(page, len(seen))).mean() < 1  # of 255
    page.get_by_role("button", name="Undo").click()
    counts(page, "1 stroke")
    assert bright_pixels(page)[60, 150] == 255

    wait_until_answered(page)
    read = bars.inner_text()
    live = page.locator(".live-canvas")
    live.evaluate("({view}) => { view.road = view.give; view.give = () => {}; }")  # where the whole page is asked for,
    draw_stroke(page, canvas(page), ((90, 200), (220, 120)))  # Streamlit drops what waits for its turn
    live.evaluate("({view}) => { view.give = view.road; }")
    expect(bars).not_to_have_text(read, use_inner_text=True)
    page.get_by_role("button", name="Undo").click()
    counts(page, "1 stroke")

    wait_until_answered(page)
    before = verdict.inner_text()
    follow_link(page, "Design")
    follow_link(page, "Draw a digit")
    counts(page, "1 stroke")
    expect(verdict).to_have_text(before, use_inner_text=True)

    wait_until_answered(page)
    live.evaluate("({view}) => { view.give = () => {}; }")
    draw_stroke(page, canvas(page), ((90, 200), (220, 120)))
    follow_link(page, "Design")  # before the server has heard of it
    follow_link(page, "Draw a digit")
    counts(page, "2 strokes")
    wait_until_answered(page)
    follow_link(page, "Design")  # now it has
    follow_link(page, "Draw a digit")
    counts(page, "2 strokes")
    page.get_by_role("button", name="Undo").click()
    counts(page, "1 stroke")
    wait_until_answered(page)

    choose_canvas(page, "When you lift the pen")
    expect(key(page, "draw.stroke_count")).to_have_text("1 stroke")
    for number in (1, 2, 3):
        draw_stroke(page, package_canvas(page), ((296, 10), (240, 60)))  # where the package's own toolbar would be
        expect(key(page, "draw.stroke_count")).to_have_text("2 strokes")
        if number < 3:  # twice: the package begins anew only where it is told so by another drawing
            page.get_by_role("button", name="Undo").click()
            expect(key(page, "draw.stroke_count")).to_have_text("1 stroke")
            wait_until_settled(page)
    choose_canvas(page, "While you draw")
    counts(page, "2 strokes")
    assert bright_pixels(page)[12, 292] == 255
    page.get_by_role("button", name="Undo").click()
    canvas(page).focus()
    page.keyboard.press("Delete")
    counts(page, "Nothing drawn yet")
    expect(verdict).to_have_count(0)


def swipe(touch: CDPSession, *places: tuple[float, float]) -> None:
    """Move a finger from place to place, in steps."""
    touch.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [_at(*places[0])]})
    for (x, y), (to_x, to_y) in pairwise(places):
        for share in np.linspace(0, 1, 9)[1:].tolist():
            place = _at(x + (to_x - x) * share, y + (to_y - y) * share)
            touch.send("Input.dispatchTouchEvent", {"type": "touchMove", "touchPoints": [place]})
    touch.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})


def _at(x: float, y: float) -> dict[str, float]:
    return {"x": x, "y": y}


def test_finger_draws_on_a_phone_and_scrolls_only_beside_the_canvas(
    server: Server, open_context: Callable[..., BrowserContext]
) -> None:
    context = open_context(viewport=PHONE, has_touch=True, is_mobile=True, device_scale_factor=2)
    page = context.new_page()
    open_page(page, server.address, "Draw_a_digit")
    box = canvas(page).bounding_box()
    assert box is not None
    touch = context.new_cdp_session(page)
    corners = [(box["x"] + x, box["y"] + y) for x, y in ((75, 60), (230, 60), (130, 265))]
    before = page.evaluate(SCROLLED)
    swipe(touch, *corners)
    counts(page, "1 stroke")
    expect(key(page, "draw.verdict")).to_contain_text("7", timeout=60_000)
    expect(key(page, "draw.verdict")).to_be_in_viewport()
    assert page.evaluate(SCROLLED) == before
    assert len(bright_pixels(page)) == 2 * round(box["width"])  # sharp
    swipe(touch, (box["x"] + box["width"] + 30, 700), (box["x"] + box["width"] + 30, 400))
    page.wait_for_function(f"before => {SCROLLED} > before + 100", arg=before)
    counts(page, "1 stroke")
