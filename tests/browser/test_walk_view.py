"""The stepping view's own JavaScript, on a page of its own: playing, scrubbing, keys, clicks, values at the cursor."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, expect

from tests.browser.conftest import PHONE
from tests.browser.helpers import expect_no_wider_than_the_screen, key, wait_until_settled
from tests.browser.test_components import running_script

SCRIPT = """
import numpy as np
import streamlit as st

from dashboard.components.walk_view import Walk, WalkGrid, walk_view
from dashboard.palette import palette_for

st.set_page_config(layout="wide")
runs = st.session_state["runs"] = st.session_state.get("runs", 0) + 1
with st.container(key="test.runs"):
    st.text(f"run {runs}")
add = st.slider("Add", 0, 9, 0)
size = st.slider("Size", 3, 30, 3)
image = np.arange(float(size * size)).reshape(size, size) + add
kernel = np.array([[0, 1], [2, 3.0]])
places = [(row, column) for row in range(size - 1) for column in range(size - 1)]
patches = np.array([image[row : row + 2, column : column + 2] for row, column in places])
sums = (patches * kernel).sum(axis=(1, 2))
corners = np.array(places)[:, None, :]
marks = corners + np.array([[0, 0], [0, 1], [1, 0], [1, 1]])
padded = np.pad(image, ((1, 0), (0, 0)))
walk_view(
    Walk(
        [
            WalkGrid("Input", padded, "input", marks + [1, 0], marks[:, 3:] + [1, 0], padding=(1, 0, 0, 0)),
            WalkGrid("Kernel", kernel, "kernel"),
            WalkGrid("Products", patches * kernel, "product", factors=(patches, kernel)),
            WalkGrid("Output", sums.reshape(size - 1, size - 1), "output", corners, is_filling=True),
        ],
        [f"The sum is {value:.0f}" for value in sums],
        "kernel over the image",
    ),
    "test.walk",
    palette_for(st.context.theme.type),
)
"""
CORNERS = [19, 25, 37, 43]
"""The textbook's sums."""
EDGE = 3
"""Pixels around a grid on its canvas."""


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with running_script(tmp_path_factory.mktemp("walk"), SCRIPT) as going:
        yield going


def opened(page: Page, address: str) -> Page:
    page.goto(address)
    expect_step(page, 1)
    wait_until_settled(page)
    return page


def expect_step(page: Page, number: int, of: int = 4) -> None:
    """The step in words, for the eye and for screen readers, and its sentence."""
    expect(page.locator(".place")).to_have_text(f"Step {number} of {of}")
    expect(slider(page)).to_have_attribute("aria-valuetext", f"step {number} of {of}")
    if of == 4:
        expect(page.locator(".sentence")).to_have_text(f"The sum is {CORNERS[number - 1]}")


def slider(page: Page) -> Locator:
    return page.get_by_role("slider", name="Step")


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()


def grid(page: Page, name: str) -> Locator:
    return page.locator("figure").filter(has_text=name).locator("canvas")


def at(page: Page, name: str, row: int, column: int, columns: int) -> tuple[float, float]:
    box = grid(page, name).bounding_box()
    assert box is not None
    side = (box["width"] - 2 * EDGE) / columns
    return box["x"] + EDGE + (column + 0.5) * side, box["y"] + EDGE + (row + 0.5) * side


def colour(page: Page, name: str, row: int, column: int) -> list[int]:
    """The colour near the upper left of a cell of 2×2, beside its number and inside its frame."""
    share = [(column + 0.2) / 2, (row + 0.2) / 2]
    found: list[int] = grid(page, name).evaluate(
        """(canvas, [x, y]) => {
            const pen = canvas.getContext("2d");
            return [...pen.getImageData(canvas.width * x, canvas.height * y, 1, 1).data];
        }""",
        share,
    )
    return found


def test_play_goes_on_by_itself_and_ends_at_the_last_step_without_asking_the_server(page: Page, address: str) -> None:
    frames: list[object] = []
    page.on("websocket", lambda socket: socket.on("framesent", lambda frame: frames.append(frame)))
    opened(page, address)
    frames.clear()
    sentence = page.locator(".sentence")
    expect(sentence).to_have_attribute("aria-live", "polite")
    page.get_by_label("Pace").select_option("Slow")
    press(page, "Play")
    # While it plays, screen readers are not told of every step.
    expect(sentence).to_have_attribute("aria-live", "off")
    press(page, "Pause")
    expect_step(page, 1)
    expect(sentence).to_have_attribute("aria-live", "polite")
    press(page, "Play")
    page.get_by_label("Pace").select_option("Very fast")
    expect_step(page, 4)
    expect(page.get_by_role("button", name="Play")).to_be_visible()
    # From the end, it begins anew.
    page.get_by_label("Pace").select_option("Slow")
    press(page, "Play")
    expect(page.locator(".place")).not_to_have_text("Step 4 of 4")
    page.get_by_label("Pace").select_option("Very fast")
    expect_step(page, 4)
    press(page, "To the start")
    expect_step(page, 1)
    press(page, "One step on")
    press(page, "One step on")
    press(page, "One step back")
    expect_step(page, 2)
    slider(page).fill("3")
    expect_step(page, 3)
    assert frames == []
    expect(key(page, "test.runs")).to_have_text("run 1")


def test_keys_play_step_and_go_to_both_ends(page: Page, address: str) -> None:
    opened(page, address)
    slider(page).focus()
    for pressed, step in (("ArrowRight", 2), ("End", 4), ("ArrowRight", 4), ("ArrowLeft", 3), ("Home", 1)):
        page.keyboard.press(pressed)
        expect_step(page, step)
    page.get_by_label("Pace").select_option("Slow")
    page.keyboard.press("Space")
    pause = page.get_by_role("button", name="Pause")
    expect(pause).to_be_visible()
    page.keyboard.press("Space")
    expect(pause).to_have_count(0)
    expect_step(page, 1)
    # On a button, space presses it, and the arrows step.
    page.get_by_role("button", name="One step on").focus()
    page.keyboard.press("Space")
    expect_step(page, 2)
    page.keyboard.press("ArrowLeft")
    expect_step(page, 1)


def test_grids_are_one_stop_of_the_keyboard_that_reads_values_and_finds_steps(page: Page, address: str) -> None:
    opened(page, address)
    words = page.locator(".words")
    grid(page, "Input").focus()
    for pressed, said in (
        ("ArrowDown", "Input, row 1, column 1, padding: 0"),
        ("ArrowDown", "Input, row 2, column 1: 0"),
        ("End", "Input, row 2, column 3: 2"),
        ("PageDown", "Kernel, row 1, column 1: 0"),
        ("PageDown", "Products, row 1, column 1: 0 × 0 = 0"),
        ("PageDown", "Output, row 1, column 1: 19"),
        ("ArrowRight", "Output, row 1, column 2: not written yet"),
        ("Enter", "Output, row 1, column 2: 25"),
    ):
        page.keyboard.press(pressed)
        expect(words).to_have_text(said)
    expect_step(page, 2)
    expect(grid(page, "Output")).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="To the start")).to_be_focused()
    page.keyboard.press("Shift+Tab")
    expect(grid(page, "Output")).to_be_focused()


def test_mouse_names_values_and_a_cell_of_the_output_leads_to_its_step(page: Page, address: str) -> None:
    opened(page, address)
    words = page.locator(".words")
    expect(words).to_contain_text("Click a cell of “Output”")
    page.mouse.move(*at(page, "Output", 1, 0, 2))
    expect(words).to_have_text("Output, row 2, column 1: not written yet")
    empty = colour(page, "Output", 1, 1)
    assert colour(page, "Output", 1, 0) == empty
    page.mouse.click(*at(page, "Output", 1, 0, 2))
    expect_step(page, 3)
    expect(words).to_have_text("Output, row 2, column 1: 37")
    assert colour(page, "Output", 1, 0) != empty
    assert colour(page, "Output", 1, 1) == empty
    page.mouse.move(*at(page, "Products", 1, 1, 2))
    expect(words).to_have_text("Products, row 2, column 2: 7 × 3 = 21")
    page.mouse.click(*at(page, "Input", 1, 0, 3))
    expect_step(page, 3)
    expect(words).to_have_text("Input, row 2, column 1: 0")
    page.mouse.move(0, 0)
    expect(words).to_contain_text("Point at a cell")


def test_new_numbers_keep_the_step_the_canvas_and_the_focus(page: Page, address: str) -> None:
    opened(page, address)
    slider(page).fill("3")
    grid(page, "Output").evaluate("canvas => { canvas.isTheSame = true }")
    page.get_by_role("slider", name="Add").press("ArrowRight")
    expect(page.locator(".sentence")).to_have_text("The sum is 43")
    expect(page.locator(".place")).to_have_text("Step 3 of 4")
    # Other sizes: the step stays where there is one, and the end stays the end.
    page.get_by_role("slider", name="Size").press("ArrowRight")
    expect_step(page, 3, 9)
    slider(page).press("End")
    page.get_by_role("slider", name="Size").press("End")
    expect_step(page, 841, 841)
    page.mouse.move(*at(page, "Output", 14, 0, 29))
    expect(page.locator(".words")).to_contain_text("Output, row 15, column 1: 2,6")
    page.get_by_role("slider", name="Size").press("Home")
    expect(page.locator(".place")).to_have_text("Step 4 of 4")
    assert grid(page, "Output").evaluate("canvas => canvas.isTheSame")


def test_phone_has_room_for_all_and_a_tap_leads_to_a_step(
    address: str, open_context: Callable[..., BrowserContext]
) -> None:
    context = open_context(viewport=PHONE, has_touch=True, color_scheme="dark", reduced_motion="reduce")
    page = opened(context.new_page(), address)
    page.get_by_role("slider", name="Size").press("End")
    expect(page.locator(".place")).to_have_text("Step 1 of 841")
    expect_no_wider_than_the_screen(page)
    room = page.locator(".walk-view").bounding_box()
    assert room is not None
    for name in ("Input", "Kernel", "Products", "Output"):
        box = grid(page, name).bounding_box()
        assert box is not None
        assert room["x"] <= box["x"]
        assert box["x"] + box["width"] <= room["x"] + room["width"]
    for name in ("To the start", "Play"):
        box = page.get_by_role("button", name=name).bounding_box()
        assert box is not None
        assert min(box["width"], box["height"]) >= 44
    grid(page, "Output").scroll_into_view_if_needed()
    page.touchscreen.tap(*at(page, "Output", 1, 0, 29))
    expect(page.locator(".place")).to_have_text("Step 30 of 841")
    expect(page.locator(".words")).to_have_text("Output, row 2, column 1: 334")
    # Whoever asks for less motion, and yet presses play, sees it play.
    page.get_by_role("button", name="Play").tap()
    expect(page.locator(".place")).not_to_have_text("Step 30 of 841")
