"""The components' own JavaScript, on a page of its own: choosing by mouse, touch and keyboard, and what is drawn."""

from __future__ import annotations

import io
import os
import re
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import BrowserContext, Locator, Page, expect

from dashboard.components.receptive_field_view import VEIL_OPACITY
from dashboard.palette import DARK, LIGHT, Palette
from tests.browser.conftest import DESKTOP, PHONE, PROJECT
from tests.browser.helpers import expect_no_wider_than_the_screen, key, wait_until_settled

SCRIPT = """
import numpy as np
import streamlit as st

from cnn_core.architecture.layers import Activation, BatchNormalization, Conv2D, Dense, Flatten, Pooling2D
from cnn_core.architecture.receptive_field import network_reach
from cnn_core.architecture.shapes import network_figures
from cnn_core.architecture.spec import NetworkSpec
from dashboard.charts.layer_table import layer_table
from dashboard.charts.network_diagram import network_picture
from dashboard.components.receptive_field_view import receptive_field_view
from dashboard.components.selectable import selectable
from dashboard.palette import palette_for

st.set_page_config(layout="wide")
st.session_state.setdefault("chosen", [0])
palette = palette_for(st.context.theme.type)
filters = st.slider("Filters", 1, 64, 4)
spec = NetworkSpec(
    (14, 18, 1),
    (
        Conv2D(filters=filters, dilation_rate=2), BatchNormalization(), Activation(), Pooling2D(),
        Conv2D(filters=8, padding="same"), Flatten(), Dense(units=64), Dense(units=4),
    ),
)
figures = network_figures(spec)
chosen = st.session_state.chosen[-1]
with st.container(key="test.chosen"):
    st.text(",".join(map(str, st.session_state.chosen)))
selectable(network_picture(figures, spec.input_shape, palette, chosen), "test.picture", st.session_state.chosen.append)
selectable(layer_table(figures, palette, chosen), "test.table", st.session_state.chosen.append)
image = np.arange(14 * 18, dtype=np.uint8).reshape(14, 18, 1)
receptive_field_view(network_reach(spec)[chosen], figures.layers[chosen].name, image, palette, "test.field", "A ramp.")
st.container(height=600)
"""
HEIGHT, WIDTH = 14, 18
RAMP = np.arange(HEIGHT * WIDTH, dtype=np.uint8).reshape(HEIGHT, WIDTH)


@contextmanager
def running_script(folder: Path, script: str) -> Iterator[str]:
    """Serve a script of its own, with the app's settings; gives its address."""
    path, log = folder / "page.py", folder / "page.log"
    path.write_text(script, encoding="utf-8")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "streamlit", "run", str(path), f"--server.port={port}", "--server.headless=true"]
    with log.open("wb") as output:
        environment = {**os.environ, "PYTHONPATH": str(PROJECT)}
        process = subprocess.Popen(command, cwd=PROJECT, env=environment, stdout=output, stderr=output)
    try:
        _wait_for_health(f"http://localhost:{port}/_stcore/health", process, log)
        yield f"http://localhost:{port}"
        assert "Traceback" not in log.read_text(), log.read_text()
    finally:
        process.terminate()
        process.wait(20)


def _wait_for_health(address: str, process: subprocess.Popen[bytes], log: Path) -> None:
    for _ in range(300):
        assert process.poll() is None, log.read_text()
        try:
            with urllib.request.urlopen(address, timeout=1):
                return
        except OSError:
            time.sleep(0.1)
    raise AssertionError(f"the server did not come up: {log.read_text()}")


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with running_script(tmp_path_factory.mktemp("components"), SCRIPT) as going:
        yield going


def opened(page: Page, address: str) -> Page:
    page.goto(address)
    expect(page.locator(".words")).to_contain_text("conv_1")
    wait_until_settled(page)
    return page


def tile(page: Page, layer: int) -> Locator:
    return page.locator(f".tile[data-layer='{layer}']")


def table_row(page: Page, layer: int) -> Locator:
    return page.locator(f"tr[data-layer='{layer}']")


def expect_chosen(page: Page, *layers: int) -> None:
    """All choices that Python has been told of, and the last one marked in picture, table and view."""
    expect(key(page, "test.chosen")).to_have_text(",".join(map(str, (0, *layers))))
    last = layers[-1] if layers else 0
    expect(page.locator("[aria-pressed='true']")).to_have_count(1)
    expect(tile(page, last)).to_have_attribute("aria-pressed", "true")
    expect(page.locator("[aria-selected='true']")).to_have_count(1)
    expect(table_row(page, last)).to_have_attribute("aria-selected", "true")


def test_click_chooses_a_layer_in_picture_and_table(page: Page, address: str) -> None:
    opened(page, address)
    expect_chosen(page)
    tile(page, 3).click()
    expect_chosen(page, 3)
    table_row(page, 4).get_by_text("8 filters").click()
    expect_chosen(page, 3, 4)
    # What is chosen already is reported too, and the image cannot be chosen.
    tile(page, 4).click()
    expect_chosen(page, 3, 4, 4)
    page.get_by_role("img", name="The image: 14×18×1").click()
    wait_until_settled(page)
    expect_chosen(page, 3, 4, 4)
    expect(page.locator(".words")).to_contain_text("conv_2")


def test_keys_move_and_choose_and_the_focus_stays(page: Page, address: str) -> None:
    opened(page, address)
    tile(page, 0).focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    expect(tile(page, 2)).to_be_focused()
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("Enter")
    expect_chosen(page, 1)
    expect(tile(page, 1)).to_be_focused()
    page.keyboard.press("End")
    expect(tile(page, 7)).to_be_focused()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Space")
    expect_chosen(page, 1, 7)
    # One press of the tab key leaves the picture for the chosen row of the table.
    page.keyboard.press("Tab")
    expect(table_row(page, 7)).to_be_focused()
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")
    expect_chosen(page, 1, 7, 5)
    page.keyboard.press("Home")
    expect(table_row(page, 0)).to_be_focused()


def test_redrawing_touches_only_what_differs(page: Page, address: str) -> None:
    opened(page, address)
    page.evaluate("window.shown = []")
    for locator in (tile(page, 0), tile(page, 4), table_row(page, 4)):
        locator.evaluate("element => { element.isTheSame = true }")
    tile(page, 4).evaluate(
        "element => new MutationObserver(changes => window.shown.push(...changes))"
        ".observe(element, { subtree: true, childList: true, attributes: true, characterData: true })"
    )
    slider = page.get_by_role("slider")
    slider.focus()
    slider.press("ArrowRight")
    expect(table_row(page, 0)).to_contain_text("10×14×5")
    expect(tile(page, 0)).to_contain_text("10×14×5")
    for locator in (tile(page, 0), tile(page, 4), table_row(page, 4)):
        assert locator.evaluate("element => element.isTheSame")
    # A later convolution has more parameters now: its words have changed, its picture has not.
    assert page.evaluate("window.shown.map(change => change.attributeName)") == ["aria-label", "title"]


def test_no_text_is_cut_off(page: Page, address: str) -> None:
    opened(page, address)
    page.evaluate("() => document.fonts.ready")
    cut = page.locator(".tile svg").evaluate_all(
        """pictures => pictures.flatMap(picture => {
            const room = picture.getBoundingClientRect();
            return [...picture.querySelectorAll('text')].filter(text => {
                const box = text.getBoundingClientRect();
                return box.left < room.left || box.right > room.right || box.top < room.top || box.bottom > room.bottom;
            }).map(text => text.textContent);
        })"""
    )
    assert cut == []


def test_touch_chooses_and_the_table_stays_where_it_was_scrolled(
    address: str, open_context: Callable[..., BrowserContext]
) -> None:
    page = opened(open_context(viewport=PHONE, has_touch=True).new_page(), address)
    tile(page, 4).tap()
    expect_chosen(page, 4)
    across = page.locator(".across")
    across.evaluate("element => { element.scrollLeft = 120 }")
    table_row(page, 3).tap()
    expect_chosen(page, 4, 3)
    assert across.evaluate("element => element.scrollLeft") == 120
    # The names stay in sight beside the numbers.
    head, box = table_row(page, 3).locator("th").bounding_box(), across.bounding_box()
    assert head is not None
    assert box is not None
    assert head["x"] == pytest.approx(box["x"], abs=1)
    expect_no_wider_than_the_screen(page)


def test_arrow_down_goes_to_the_tile_below(page: Page, address: str) -> None:
    opened(page, address)
    page.add_style_tag(content=".st-key-test-picture { width: 20rem !important }")
    tile(page, 0).focus()
    page.keyboard.press("ArrowDown")
    focused = page.locator(".tile:focus")
    below, above = focused.bounding_box(), tile(page, 0).bounding_box()
    assert below is not None
    assert above is not None
    assert below["y"] >= above["y"] + above["height"] - 1
    page.keyboard.press("ArrowUp")
    expect(tile(page, 0)).to_be_focused()


def shown_image(page: Page) -> np.ndarray:
    """The pixel in the middle of each of the image's pixels, as the screen shows it: `(height, width, 3)`."""
    with Image.open(io.BytesIO(page.locator("svg.image").screenshot())) as shot:
        pixels = np.asarray(shot.convert("RGB")).astype(int)
    rows = ((np.arange(HEIGHT) + 0.5) * pixels.shape[0] / HEIGHT).astype(int)
    columns = ((np.arange(WIDTH) + 0.5) * pixels.shape[1] / WIDTH).astype(int)
    return pixels[np.ix_(rows, columns)]


def expect_seen(page: Page, rows: list[int], columns: list[int], palette: Palette) -> None:
    """Check that exactly these rows and columns of the ramp are bright, and all else lies under the veil."""
    veil = np.array([int(palette.muted[i : i + 2], 16) for i in (1, 3, 5)])
    grey = np.repeat(RAMP[:, :, None].astype(float), 3, axis=2)
    expected = (1 - VEIL_OPACITY) * grey + VEIL_OPACITY * veil
    expected[np.ix_(rows, columns)] = grey[np.ix_(rows, columns)]
    assert np.abs(shown_image(page) - expected).max() <= 3


@pytest.mark.parametrize("palette", [LIGHT, DARK], ids=["light", "dark"])
def test_what_a_place_sees_is_bright_and_all_else_is_veiled(
    address: str, open_context: Callable[..., BrowserContext], palette: Palette
) -> None:
    theme = "dark" if palette is DARK else "light"
    page = opened(open_context(viewport={"width": 1280, "height": 2000}, color_scheme=theme).new_page(), address)
    words = page.locator(".words")
    # The middle of 10×14 places; with dilation 2 every second pixel is left out.
    expect(words).to_have_text(
        "Row 5, column 7 of conv_1 sees 3×3 pixels within rows 5–9, columns 7–11; those between are left out."
    )
    expect_seen(page, [4, 6, 8], [6, 8, 10], palette)
    point(page, 0, 0, 10, 14)
    expect(words).to_contain_text("Row 1, column 1 of conv_1 sees 3×3 pixels within rows 1–5, columns 1–5")
    expect_seen(page, [0, 2, 4], [0, 2, 4], palette)
    tile(page, 4).click()
    expect(words).to_contain_text("Row 3, column 4 of conv_2 sees 10×10 pixels: rows 3–12, columns 5–14.")
    expect_seen(page, list(range(2, 12)), list(range(4, 14)), palette)
    tile(page, 6).click()
    expect(words).to_have_text("Every number of dense_1 sees all 14×18 pixels of the image.")
    expect_seen(page, list(range(14)), list(range(18)), palette)


def point(page: Page, row: int, column: int, rows: int, columns: int) -> None:
    """Hold the mouse over a place of the layer's output."""
    box = page.locator("svg.grid").bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + box["width"] * (column + 0.5) / columns, box["y"] + box["height"] * (row + 0.5) / rows)


def test_hull_is_outlined_and_no_question_goes_to_the_server(page: Page, address: str) -> None:
    frames: list[object] = []
    page.on("websocket", lambda socket: socket.on("framesent", lambda frame: frames.append(frame)))
    opened(page, address)
    page.locator("svg.grid").scroll_into_view_if_needed()
    wait_until_settled(page)
    frames.clear()
    for step in range(10):
        point(page, step, step, 10, 14)
    expect(page.locator(".words")).to_contain_text("Row 10, column 10 of conv_1")
    hull = page.locator(".hull")
    place = {name: float(hull.get_attribute(name) or "") for name in ("x", "y", "width", "height")}
    assert place == {"x": 9, "y": 9, "width": 5, "height": 5}
    assert (hull.get_attribute("stroke") or "") == LIGHT.positive
    assert frames == []


def test_arrow_keys_walk_over_the_output(page: Page, address: str) -> None:
    opened(page, address)
    page.locator("svg.grid").focus()
    words = page.locator(".words")
    for pressed, place in (
        ("ArrowRight", "Row 5, column 8 "),
        ("ArrowUp", "Row 4, column 8 "),
        ("End", "Row 4, column 14 "),
        ("ArrowRight", "Row 4, column 14 "),
        ("Home", "Row 4, column 1 "),
        ("ArrowDown", "Row 5, column 1 "),
    ):
        page.keyboard.press(pressed)
        expect(words).to_contain_text(place)
    expect(words).to_have_attribute("aria-live", "polite")
    # The same place is still chosen when the page is drawn anew for another reason.
    slider = page.get_by_role("slider")
    slider.press("ArrowRight")
    expect(tile(page, 0)).to_contain_text("10×14×5")
    wait_until_settled(page)
    expect(words).to_contain_text("Row 5, column 1 ")


def test_finger_chooses_and_does_not_scroll_the_page(address: str, open_context: Callable[..., BrowserContext]) -> None:
    page = opened(open_context(viewport=PHONE, has_touch=True).new_page(), address)
    grid, image = page.locator("svg.grid"), page.locator("svg.image")
    grid.evaluate("element => element.scrollIntoView()")
    page.get_by_test_id("stMain").evaluate("element => element.scrollBy(0, -80)")
    box, below = grid.bounding_box(), image.bounding_box()
    assert box is not None
    assert below is not None
    assert below["y"] > box["y"] + box["height"]
    assert below["y"] + below["height"] < PHONE["height"], "both pictures are on the screen"
    assert box["x"] + box["width"] <= PHONE["width"]
    before = page.get_by_test_id("stMain").evaluate("element => element.scrollTop")
    touch = page.context.new_cdp_session(page)
    places = [
        {"x": box["x"] + box["width"] / 2, "y": box["y"] + box["height"] * part} for part in (0.95, 0.6, 0.3, 0.05)
    ]
    touch.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": places[:1]})
    for place in places[1:]:
        touch.send("Input.dispatchTouchEvent", {"type": "touchMove", "touchPoints": [place]})
    touch.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    expect(page.locator(".words")).to_contain_text(re.compile("Row 1, column 8 of conv_1"))
    assert page.get_by_test_id("stMain").evaluate("element => element.scrollTop") == before


@pytest.mark.parametrize("screen", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_choosing_another_layer_moves_nothing(
    address: str, open_context: Callable[..., BrowserContext], screen: dict[str, int]
) -> None:
    page = opened(open_context(viewport=screen).new_page(), address)
    shapes = []
    for layer in (1, 5, 7):
        table_row(page, layer).press("Enter")
        expect(tile(page, layer)).to_have_attribute("aria-pressed", "true")
        boxes = [page.locator(name).bounding_box() for name in ("svg.grid", "svg.image", ".words")]
        scrolled = page.get_by_test_id("stMain").evaluate("element => element.scrollTop")
        shapes.append([(box["width"], box["height"], box["y"] + scrolled) for box in boxes if box])
    assert shapes[0] == shapes[1] == shapes[2]
