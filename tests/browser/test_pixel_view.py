"""The pixel view's own JavaScript, on a page of its own: colours, values at the cursor, choosing, saving."""

from __future__ import annotations

import base64
import csv
import io
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import BrowserContext, Locator, Page, expect

from dashboard.components.pixel_view import Scale, scale_table
from dashboard.palette import DARK, LIGHT, Palette
from tests.browser.conftest import DESKTOP, PHONE
from tests.browser.helpers import expect_no_wider_than_the_screen, key, saved_by, wait_until_settled
from tests.browser.test_components import running_script

SCRIPT = """
import numpy as np
import streamlit as st

from dashboard.components.pixel_view import Cell, Frame, Pictures, pixel_view
from dashboard.palette import palette_for

st.set_page_config(layout="wide")
palette = palette_for(st.context.theme.type)
log = st.session_state.setdefault("log", [])
seed = st.slider("Seed", 0, 9, 0)
st.slider("Something else", 0, 9, 0)
with st.container(key="test.log"):
    st.text(" ".join(f"{cell.picture},{cell.row},{cell.column}" for cell in log))
maps = np.random.default_rng(seed).normal(size=(12, 6, 8)).astype(np.float32)
maps[3, 2, 1] = np.nan
maps[5] = 0
names, notes = [str(number) for number in range(1, 13)], ["dead" if number == 5 else "" for number in range(12)]
pixel_view(
    Pictures(maps, names, (-2, 2), "diverging", notes), "test.maps", palette, what="feature map",
    chosen=log[-1] if log else None, file_name="my maps", on_choose=log.append,
)
image = np.random.default_rng(1).integers(0, 256, (2, 5, 5, 3), dtype=np.uint8)
pixel_view(Pictures(image, ['a "b", c', "d"]), "test.patches", palette, what="patch", file_name="patches", columns=2)
pixel_view(
    Pictures(maps[:4, :3, :3] ** 2, ["", "", "", ""], [(0, 1), (0, 2), (0, 3), (0, 4)]), "test.own", palette,
    what="map", columns=4, tile_px=300,
)
grey = np.full((2, 8, 1), 100, dtype=np.uint8)
cover = np.array([[[0.0, 2.0, -1.0, np.nan]]])
pixel_view(Pictures(cover, [""], (-2, 2), "diverging", under=grey), "test.under", palette, what="heatmap", tile_px=40)
units = np.arange(40, dtype=np.float32).reshape(40, 1, 1)
units[:5, 0, 0] = -1.25e-7, 123456, np.inf, 0.1, 0.12345678
pixel_view(Pictures(units, [str(n) for n in range(40)], (0, 39)), "test.units", palette, what="unit", tile_px=20,
           has_names=False, file_name="units")
"""
COUNT, HEIGHT, WIDTH = 12, 6, 8
COUNTER = """
window.draws = 0;
const pen = CanvasRenderingContext2D.prototype;
const original = pen.clearRect;
pen.clearRect = function (...box) { window.draws += 1; return original.apply(this, box); };
"""


def maps_of(seed: int) -> np.ndarray:
    maps = np.random.default_rng(seed).normal(size=(COUNT, HEIGHT, WIDTH)).astype(np.float32)
    maps[3, 2, 1], maps[5] = np.nan, 0
    return maps


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with running_script(tmp_path_factory.mktemp("pixels"), SCRIPT) as going:
        yield going


def opened(page: Page, address: str) -> Page:
    page.add_init_script(COUNTER)
    page.goto(address)
    expect(view(page, "units").locator("canvas")).to_have_attribute("aria-label", "40 units. " + KEYS.format("unit"))
    wait_until_settled(page)
    return page


KEYS = "Colours from 0 to 39. Arrow keys move from value to value, page up and page down from one {} to another."


def view(page: Page, name: str) -> Locator:
    return key(page, f"test.{name}")


def words(page: Page, name: str = "maps") -> Locator:
    return view(page, name).locator(".words")


def press(page: Page, *keys: str) -> None:
    for name in keys:
        page.keyboard.press(name)


def place(page: Page, name: str = "maps") -> tuple[float, float]:
    """The middle of the cell that is marked as pointed at, in pixels of the window."""
    box = view(page, name).locator(".cursor").bounding_box()
    assert box is not None
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def colour_there(page: Page, name: str = "maps") -> list[int]:
    """The colour that the canvas has in the middle of the cell that is pointed at."""
    found: list[int] = (
        view(page, name)
        .locator("canvas")
        .evaluate(
            """(canvas, [x, y]) => {
            const box = canvas.getBoundingClientRect();
            const [wide, high] = [canvas.width / box.width, canvas.height / box.height];
            const pen = canvas.getContext('2d');
            return [...pen.getImageData((x - box.left) * wide, (y - box.top) * high, 1, 1).data.slice(0, 3)];
        }""",
            place(page, name),
        )
    )
    return found


def on_scale(value: float, low: float, high: float, scale: Scale, palette: Palette) -> list[int]:
    table = np.frombuffer(base64.b64decode(scale_table(scale, palette)), dtype=np.uint8).reshape(-1, 3)
    share = min(max((value - low) / (high - low), 0), 1)
    return table[int(np.floor(share * (len(table) - 1) + 0.5))].tolist()  # type: ignore[no-any-return]


@pytest.mark.parametrize("palette", [LIGHT, DARK], ids=["light", "dark"])
def test_colours_are_the_scale_s_and_words_say_the_value(
    address: str, open_context: Callable[..., BrowserContext], palette: Palette
) -> None:
    theme = "dark" if palette is DARK else "light"
    page = opened(open_context(color_scheme=theme).new_page(), address)
    maps = maps_of(0)
    view(page, "maps").locator("canvas").focus()
    press(page, "ArrowRight")
    for picture, row, column, keys in [
        (0, 0, 0, []),
        (0, 0, 1, ["ArrowRight"]),
        (0, 0, 7, ["End"]),
        (1, 0, 0, ["ArrowRight"]),
        (0, 0, 7, ["ArrowLeft"]),
        (0, 1, 7, ["ArrowDown"]),
        (4, 1, 7, ["PageDown"] * 4),
        (4, 1, 0, ["Home"]),
        (5, 0, 0, ["ArrowDown"] * 5),
        (11, 0, 0, ["PageDown"] * 9),
    ]:
        press(page, *keys)
        expect(words(page)).to_contain_text(f"Feature map {picture + 1}, row {row + 1}, column {column + 1}: ")
        said = float(words(page).inner_text().split(": ")[1].replace("−", "-"))
        assert said == pytest.approx(float(maps[picture, row, column]), rel=5e-3)
        assert colour_there(page) == on_scale(maps[picture, row, column], -2, 2, "diverging", palette)
    press(page, *["PageUp"] * 8, "ArrowDown", "ArrowDown", "ArrowRight")
    expect(words(page)).to_have_text("Feature map 4, row 3, column 2: not a number")
    hatched = [
        [int(colour[part : part + 2], 16) for part in (1, 3, 5)] for colour in (palette.text, palette.background)
    ]
    assert colour_there(page) in hatched
    assert words(page).get_attribute("aria-live") == "polite"


def test_mouse_names_values_without_asking_the_server(page: Page, address: str) -> None:
    frames: list[object] = []
    page.on("websocket", lambda socket: socket.on("framesent", lambda frame: frames.append(frame)))
    opened(page, address)
    expect(words(page)).to_have_text("Point at a pixel, or tap it, to read its value.")
    view(page, "patches").locator("canvas").focus()
    press(page, "ArrowRight", "PageDown", "ArrowDown", "ArrowRight")
    canvas, (x, y) = view(page, "patches").locator("canvas"), place(page, "patches")
    corner = canvas.bounding_box()
    assert corner is not None
    red, green, blue = np.random.default_rng(1).integers(0, 256, (2, 5, 5, 3), dtype=np.uint8)[1, 1, 1]
    assert colour_there(page, "patches") == [red, green, blue]
    view(page, "units").locator("canvas").focus()
    expect(words(page, "patches")).to_have_text("Point at a pixel, or tap it, to read its value.")
    frames.clear()
    canvas.hover(position={"x": x - corner["x"], "y": y - corner["y"]})
    expect(words(page, "patches")).to_have_text(f"Patch d, row 2, column 2: red {red}, green {green}, blue {blue}")
    page.mouse.move(5, 5)
    expect(words(page, "patches")).to_have_text("Point at a pixel, or tap it, to read its value.")
    # Where each picture has its own scale, the words say it; single numbers have no row and column.
    view(page, "own").locator("canvas").focus()
    press(page, "ArrowRight", "PageDown")
    expect(words(page, "own")).to_contain_text("Map, row 1, column 1: ")
    expect(words(page, "own")).to_contain_text("(its scale: 0 to 2)")
    view(page, "units").locator("canvas").focus()
    for pressed, said in (
        ("ArrowRight", "Unit 0: −1.25×10⁻⁷"),
        ("ArrowRight", "Unit 1: 123,456"),
        ("ArrowDown", "Unit 2: infinity"),
        ("PageDown", "Unit 3: 0.1"),
        ("End", "Unit 39: 39"),
        ("ArrowRight", "Unit 39: 39"),
    ):
        press(page, pressed)
        expect(words(page, "units")).to_have_text(said)
    assert colour_there(page, "units") == on_scale(39, 0, 39, "amount", LIGHT)
    # Nothing can be chosen here, so neither a click nor Enter reports anything.
    press(page, "Enter")
    page.mouse.click(*place(page, "units"))
    assert frames == []


def test_image_beneath_is_covered_by_magnitude(page: Page, address: str) -> None:
    opened(page, address)
    view(page, "under").locator("canvas").focus()
    for value, colour in ((0, LIGHT.positive), (1, LIGHT.positive), (0.5, LIGHT.negative)):
        press(page, "ArrowRight")
        cover = 0.85 * value
        expected = [(1 - cover) * 100 + cover * int(colour[part : part + 2], 16) for part in (1, 3, 5)]
        assert np.abs(np.subtract(colour_there(page, "under"), expected)).max() <= 2


def test_click_and_keys_choose_a_cell_and_the_view_stays(page: Page, address: str) -> None:
    opened(page, address)
    canvas, log = view(page, "maps").locator("canvas"), view(page, "log")
    canvas.evaluate("element => { element.isTheSame = true }")
    canvas.focus()
    press(page, "ArrowRight", "PageDown", "ArrowDown")
    page.mouse.click(*place(page))
    expect(log).to_have_text("1,1,0")
    press(page, "ArrowRight", "Enter")
    expect(log).to_have_text("1,1,0 1,1,1")
    press(page, "ArrowDown", " ")
    expect(log).to_have_text("1,1,0 1,1,1 1,2,1")
    wait_until_settled(page)
    expect(canvas).to_be_focused()
    assert canvas.evaluate("element => element.isTheSame")
    # What is chosen is named when nothing is pointed at.
    page.get_by_role("slider").nth(1).focus()
    page.mouse.move(5, 5)
    expect(words(page)).to_contain_text("Feature map 2, row 3, column 2: ")
    # Another rerun draws nothing; new numbers are drawn in place.
    before = page.evaluate("window.draws")
    assert before > 4
    press(page, "ArrowRight")
    expect(page.get_by_role("slider").nth(1)).to_have_value("1")
    wait_until_settled(page)
    assert page.evaluate("window.draws") == before
    page.get_by_role("slider").first.press("ArrowRight")
    value = float(maps_of(1)[1, 2, 1])
    expect(words(page)).to_have_text(f"Feature map 2, row 3, column 2: {value:.3g}".replace("-", "−"))
    assert canvas.evaluate("element => element.isTheSame")


def saved(page: Page, name: str, button: str) -> tuple[str, bytes]:
    download = saved_by(page, view(page, name).get_by_role("button", name=button))
    return download.suggested_filename, Path(download.path()).read_bytes()


def test_numbers_and_picture_are_saved(page: Page, address: str) -> None:
    opened(page, address)
    name, content = saved(page, "maps", "Save CSV")
    assert name == "my maps.csv"
    head, *rows = csv.reader(io.StringIO(content.decode()))
    assert head == ["picture", "row", "column", "value"]
    assert len(rows) == COUNT * HEIGHT * WIDTH
    found = np.full((COUNT, HEIGHT, WIDTH), -9, np.float32)
    for picture, row, column, value in rows:
        found[int(picture) - 1, int(row) - 1, int(column) - 1] = np.float32(value)
    np.testing.assert_array_equal(found, maps_of(0))
    _, content = saved(page, "units", "Save CSV")
    lines = content.decode().splitlines()
    # As short as it can be and still stand for the same 32-bit number.
    assert lines[1:6] == ["0,1,1,-1.25e-7", "1,1,1,123456", "2,1,1,Infinity", "3,1,1,0.1", "4,1,1,0.12345678"]
    _, content = saved(page, "patches", "Save CSV")
    head, first, *_ = csv.reader(io.StringIO(content.decode()))
    colours = np.random.default_rng(1).integers(0, 256, (2, 5, 5, 3), dtype=np.uint8)
    assert head == ["picture", "row", "column", "red", "green", "blue"]
    assert first == ['a "b", c', "1", "1", *map(str, colours[0, 0, 0])]
    name, content = saved(page, "patches", "Save PNG")
    assert name == "patches.png"
    with Image.open(io.BytesIO(content)) as image:
        shown = {colour for _, colour in image.convert("RGB").getcolors(1 << 20)}
        assert min(image.size) >= 180
    assert {tuple(pixel) for pixel in colours.reshape(-1, 3).tolist()} <= shown
    expect(view(page, "own").get_by_role("button")).to_have_count(0)


def test_phone_shows_it_all_and_a_tap_chooses(address: str, open_context: Callable[..., BrowserContext]) -> None:
    page = opened(open_context(viewport=PHONE, has_touch=True, device_scale_factor=2).new_page(), address)
    expect_no_wider_than_the_screen(page)
    canvas = view(page, "maps").locator("canvas")
    size = canvas.evaluate("element => [element.width, element.offsetWidth, element.offsetHeight]")
    assert size[0] == 2 * size[1] <= 2 * PHONE["width"]
    assert canvas.evaluate("element => getComputedStyle(element).touchAction") == "manipulation"
    canvas.focus()
    press(page, "ArrowRight", *["PageDown"] * 3, "ArrowDown")
    spot = place(page)
    press(page, "Home", *["PageUp"] * 3)
    page.touchscreen.tap(*spot)
    expect(view(page, "log")).to_have_text("3,1,0")
    expect(words(page)).to_contain_text("Feature map 4, row 2, column 1: ")


def test_words_stay_in_sight_and_the_width_follows_the_window(page: Page, address: str) -> None:
    page.set_viewport_size({"width": 420, "height": 400})
    opened(page, address)
    canvas = view(page, "maps").locator("canvas")
    canvas.focus()
    press(page, "ArrowRight")
    page.get_by_test_id("stMain").evaluate("element => { element.scrollTop = 0 }")
    canvas.evaluate("element => element.scrollIntoView({ block: 'start' })")
    high = canvas.evaluate("element => element.offsetHeight")
    assert high > 370, "the words would be below the window"
    expect(words(page)).to_be_in_viewport(ratio=1)
    page.set_viewport_size(DESKTOP)
    page.wait_for_function("([element, high]) => element.offsetHeight < high - 50", arg=[canvas.element_handle(), high])
    press(page, "PageDown", "ArrowRight")
    assert colour_there(page) == on_scale(maps_of(0)[1, 0, 1], -2, 2, "diverging", LIGHT)
