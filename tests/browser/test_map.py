"""The map of images in a real browser: the image at the cursor, choosing it, and saving the picture."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import BrowserContext, Locator, Page, expect

from dashboard.palette import LIGHT
from tests.browser.conftest import PHONE, Server, running_server
from tests.browser.helpers import expect_no_wider_than_the_screen, key, saved_by, wait_until_settled

SCRIPT = """
import numpy as np
import streamlit as st

from dashboard.charts.embedding_map import MapPoint
from dashboard.components.image_map import image_map
from dashboard.palette import palette_for

st.session_state.setdefault("chosen", [])
names = ["cat", "dog", "a class with a name that is far too long for a map"]
labels = [0] * 6 + [1] * 6 + [2] * 6
points = np.array([[100 * label + 10 * (i % 3), 150 * (label % 2) + 10 * (i % 2)] for i, label in enumerate(labels)])
points[5] = [105, 155]
entries = [
    MapPoint(f"test image {i + 1}", i + 1, label, names[1 if i == 5 else label], 0.9, i != 5,
             ((i + 1) % 18, (i + 2) % 18), names[1 if i == 5 else label], 2, i == 5)
    for i, label in enumerate(labels)
] + [MapPoint("your drawing", None, None, "dog", 1.0, None, (6, 7), "dog", 2, False)]
images = np.repeat(np.arange(19, dtype=np.uint8) * 10, 64).reshape(19, 8, 8, 1)
with st.container(key="test.chosen"):
    st.text(",".join(map(str, st.session_state.chosen)))
image_map(
    np.vstack([points, [50, 150]]), entries, images, names, [(0, "this image"), (18, "your drawing")],
    palette_for(st.context.theme.type), "test.map", file_name="map-of-18", on_choose=st.session_state.chosen.append,
)
"""

EDGE = 26
"""Room at the canvas's edge, as in the component's own file."""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("map")
    (folder / "script.py").write_text(SCRIPT)
    with running_server(folder, str(folder / "script.py")) as going:
        yield going


def open_map(page: Page, server: Server) -> Locator:
    page.goto(server.address)
    canvas = page.get_by_role("application")
    expect(canvas).to_be_visible()
    wait_until_settled(page)
    return canvas


def place_of(canvas: Locator, x: float, y: float) -> tuple[float, float]:
    """Where a point lies on the screen; all points together reach from 0 to 220 and from 0 to 160."""
    box = canvas.bounding_box()
    assert box is not None
    scale = min((box["width"] - 2 * EDGE) / 220, (box["height"] - 2 * EDGE) / 160)
    return box["x"] + box["width"] / 2 + (x - 110) * scale, box["y"] + box["height"] / 2 - (y - 80) * scale


def grey_of(page: Page) -> int:
    """The grey of the picture at the cursor."""
    with Image.open(io.BytesIO(page.locator(".card .picture").screenshot())) as shot:
        return int(np.asarray(shot.convert("L"))[shot.height // 2, shot.width // 2])


def test_image_at_the_cursor_and_by_keyboard_and_its_choice(
    server: Server, open_context: Callable[..., BrowserContext], tmp_path: Path
) -> None:
    page = open_context(color_scheme="light").new_page()
    canvas = open_map(page, server)
    words, chosen = page.locator(".words"), key(page, "test.chosen")
    expect(words).to_have_text(
        "Test image 1: “cat”. The network says “cat” (90.0\N{NO-BREAK SPACE}%), rightly. "
        "2 of its 2 nearest neighbours are “cat”."
    )
    expect(page.locator(".card")).to_be_hidden()
    page.mouse.move(*place_of(canvas, 110, 160))  # the eighth
    expect(words).to_contain_text("Test image 8: “dog”.")
    assert grey_of(page) == 70
    page.mouse.click(*place_of(canvas, 110, 160))
    expect(chosen).to_have_text("8")
    page.mouse.move(0, 0)
    expect(page.locator(".card")).to_be_hidden()

    canvas.focus()
    page.keyboard.press("PageDown")
    expect(words).to_contain_text("Test image 2: “cat”.")
    assert grey_of(page) == 10
    page.keyboard.press("ArrowLeft")
    expect(words).to_contain_text("Test image 4: “cat”.")
    page.keyboard.press("Enter")
    expect(chosen).to_have_text("8,4")

    astray = page.get_by_role("button", name="“cat” among “dog”")
    expect(page.get_by_role("heading", name="In the wrong cluster: 1")).to_be_visible()
    astray.hover()
    expect(words).to_contain_text("Test image 6: “cat”. The network says “dog” (90.0\N{NO-BREAK SPACE}%), wrongly.")
    astray.click()
    expect(chosen).to_have_text("8,4,6")
    page.mouse.click(*place_of(canvas, 50, 150))  # the drawing is no test image
    expect(words).to_contain_text("Your drawing. The network says “dog”")
    expect(page.locator(".legend")).to_contain_text("this image, your drawing")

    saving = saved_by(page, page.get_by_role("button", name="Save PNG"))
    assert saving.suggested_filename == "map-of-18.png"
    saving.save_as(tmp_path / "map.png")
    with Image.open(tmp_path / "map.png") as picture:
        pixels = np.asarray(picture.convert("RGB")).reshape(-1, 3)
    for colour, least in (*((colour, 200) for colour in (*LIGHT.classes[:3], LIGHT.text)), (LIGHT.background, 2e6)):
        wanted = [int(colour[index : index + 2], 16) for index in (1, 3, 5)]
        assert (np.abs(pixels.astype(int) - wanted).sum(axis=1) < 6).sum() > least
    expect(chosen).to_have_text("8,4,6")


def test_a_finger_sees_first_and_chooses_then(server: Server, open_context: Callable[..., BrowserContext]) -> None:
    page = open_context(viewport=PHONE, has_touch=True, is_mobile=True, color_scheme="dark").new_page()
    canvas = open_map(page, server)
    canvas.scroll_into_view_if_needed()
    page.touchscreen.tap(*place_of(canvas, 110, 160))  # the eighth
    expect(page.locator(".words")).to_contain_text("Test image 8: “dog”.")
    expect(page.locator(".words")).to_contain_text("Tap it again to choose it.")
    spot = place_of(canvas, 220, 10)  # the eighteenth
    page.touchscreen.tap(*spot)
    expect(page.locator(".words")).to_contain_text(
        "Test image 18: “a class with a name that is far too long for a map”"
    )
    page.touchscreen.tap(*spot)
    expect(key(page, "test.chosen")).to_have_text("18")
    expect_no_wider_than_the_screen(page)
