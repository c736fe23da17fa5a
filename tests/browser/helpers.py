"""What the browser tests do again and again: wait for the app, train, draw."""

from __future__ import annotations

import re
from collections.abc import Sequence

from PIL import Image
from playwright.sync_api import Download, Locator, Page, TimeoutError, expect

from dashboard.navigation import PAGES

Stroke = Sequence[tuple[float, float]]

SEVEN: tuple[Stroke, ...] = (((75, 60), (230, 60), (130, 265)),)
"""A seven without a bar, in pixels of the canvas."""


STANDING_OUT = """() => {
    const main = document.querySelector('[data-testid=stMain]');
    if ([main, document.documentElement].every(room => room.scrollWidth <= room.clientWidth)) return [];
    const end = main.getBoundingClientRect().left + main.clientWidth;
    return ['the page', ...[...main.querySelectorAll('*')]
        .map(part => [part.className || part.tagName, Math.round(part.getBoundingClientRect().right)])
        .filter(([, right]) => right > end)];
}"""
"""What a page is too wide with, each with its right end in pixels; the main part scrolls for itself."""


STYLED = """() => !document.querySelector('.st-key-shell-menu')
    || getComputedStyle(document.documentElement).getPropertyValue('--classroom-style')"""
"""Whether a page of the app has its style sheet, which comes last, and moves what is there already."""


def key(page: Page, name: str) -> Locator:
    """Find an element by the key that the page gave it; not what Streamlit still shows of the run before."""
    return page.locator(_selector(name))


def _selector(name: str) -> str:
    return f".st-key-{name.replace('.', '-')}:not([data-retained])"


def wait_until_settled(page: Page) -> None:
    """Wait until the page's script is not running."""
    expect(page.locator('[data-testid="stApp"][data-test-script-state="notRunning"]')).to_have_count(1)


def open_page(page: Page, address: str, slug: str = "") -> None:
    """Open a page of the app and wait for its question."""
    page.goto(f"{address}/{'' if slug == PAGES[0].slug else slug}")  # the first page's address is that of the app
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    wait_until_settled(page)
    page.wait_for_function(STYLED)


def follow_link(page: Page, title: str) -> None:
    """Go to another page by the menu."""
    before = page.get_by_role("heading", level=1).inner_text()
    page.get_by_test_id("stSidebar").get_by_role("link", name=title, exact=True).click()
    expect(page.get_by_role("heading", level=1)).not_to_have_text(before)
    wait_until_settled(page)


def wait_until_still(page: Page) -> None:
    """Wait until nothing opens or closes: what moves takes no click, and a menu closes when its place moves."""
    page.wait_for_function(
        "document.getAnimations().every(it => it.playState !== 'running' || it.effect.getTiming().iterations > 9)"
    )


def expect_no_wider_than_the_screen(page: Page) -> None:
    """Wait until nothing stands out to the right: a picture takes its place's new width some frames after the place."""
    try:
        page.wait_for_function(f"({STANDING_OUT})().length === 0")
    except TimeoutError as late:
        raise AssertionError(f"wider than the screen: {page.evaluate(STANDING_OUT)}") from late


def choose(page: Page, name: str, option: str) -> None:
    """Choose an option of a select box; typing brings it into a long list's part that is drawn.

    A menu closes when the page is scrolled, and the browser tells of that a frame later: so it is opened after that,
    and the option is pressed where it is.
    """
    opener = key(page, name).get_by_role("button", name="Open")
    wait_until_still(page)
    opener.scroll_into_view_if_needed()
    page.evaluate("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")
    opener.click()
    page.keyboard.type(option)
    page.get_by_role("option", name=option, exact=True).evaluate("option => option.click()")
    wait_until_settled(page)


def saved_by(page: Page, button: Locator) -> Download:
    """Press a button that saves a file. While a page is drawn anew Streamlit forgets the file of the old button."""
    wait_until_settled(page)
    wait_until_still(page)
    with page.expect_download() as saving:
        button.click()
    return saving.value


def saved_chart(page: Page, name: str) -> tuple[str, Image.Image]:
    """Save a chart of Plotly's by the button at its top: the file's name, and the picture in it."""
    wait_until_settled(page)
    chart = key(page, name)
    chart.hover()
    saved = saved_by(page, chart.locator("[data-title*='as a PNG'], [data-title*='as a png']"))
    with Image.open(saved.path()) as picture:
        picture.load()
        return saved.suggested_filename, picture


def is_drawn(picture: Image.Image) -> bool:
    """Whether a picture is of a chart's size, and holds more than its ground and one colour."""
    colours = picture.convert("RGB").getcolors(maxcolors=1_000_000) or []
    return min(picture.size) > 200 and len(colours) > 20


def canvas(page: Page) -> Locator:
    """The live canvas, which a page shows until the other one is chosen."""
    layer = page.locator(".live-canvas canvas")
    expect(layer).to_be_visible()
    return layer


def package_canvas(page: Page) -> Locator:
    """The layer of the package's canvas that takes the pen."""
    layer = page.locator("canvas.upper-canvas")
    expect(layer).to_be_visible()
    return layer


def draw(page: Page, strokes: Sequence[Stroke]) -> None:
    """Draw on the live canvas with the mouse, in its pixels."""
    for stroke in strokes:
        seen = stroke_count(page)
        draw_stroke(page, canvas(page), stroke)
        expect(page.locator(".live-canvas .count")).to_have_text(words_of_strokes(seen + 1))


def draw_stroke(page: Page, layer: Locator, stroke: Stroke) -> None:
    """Draw one stroke on a canvas with the mouse, in its pixels."""
    layer.scroll_into_view_if_needed()
    box = layer.bounding_box()
    assert box is not None
    (x, y), *rest = stroke
    page.mouse.move(box["x"] + x, box["y"] + y)
    page.mouse.down()
    for x, y in rest:
        page.mouse.move(box["x"] + x, box["y"] + y, steps=8)
    page.mouse.up()


def stroke_count(page: Page) -> int:
    """How many strokes the live canvas has, as it says itself."""
    number = re.match(r"\d+", page.locator(".live-canvas .count").inner_text())
    return int(number[0]) if number else 0


def words_of_strokes(count: int) -> str:
    """What the app says of so many strokes."""
    return {0: "Nothing drawn yet", 1: "1 stroke"}.get(count, f"{count} strokes")


def percent_in(text: str) -> float:
    """Read the first percentage in a text."""
    found = re.search(r"(\d+(?:\.\d+)?)\s*%", text)
    assert found, f"no percentage in: {text}"
    return float(found[1])


COUNT_COLOURED = """(canvas, [red, green, blue]) => {
    const pixels = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data;
    let count = 0;
    for (let i = 0; i < pixels.length; i += 4)
        count += pixels[i + 3] > 200 && Math.abs(pixels[i] - red) + Math.abs(pixels[i + 1] - green)
            + Math.abs(pixels[i + 2] - blue) < 12;
    return count;
}"""


def coloured_pixels(page: Page, name: str, colour: str) -> int:
    """How many pixels of a chart's canvas have a colour, given as `#rrggbb`."""
    return int(key(page, name).locator("canvas").first.evaluate(COUNT_COLOURED, _numbers_of(colour)))


def expect_coloured(page: Page, name: str, colour: str, least: int) -> None:
    """Wait until that many pixels of a chart's canvas have a colour: what it shows is painted after what it says."""
    try:
        page.wait_for_function(
            f"""([place, wanted, least]) => {{
                const all = [...document.querySelectorAll(`${{place}}, ${{place}} *`)];
                const rooms = all.flatMap(part => part.shadowRoot ?? []);  // a component's canvas is in one
                const canvas = [...all, ...rooms].map(room => room.querySelector('canvas')).find(found => found);
                return canvas && ({COUNT_COLOURED})(canvas, wanted) >= least;
            }}""",
            arg=[_selector(name), _numbers_of(colour), least],
        )
    except TimeoutError as late:
        found = coloured_pixels(page, name, colour)
        raise AssertionError(f"{found} pixels of {colour} in {name}, not {least}") from late


def _numbers_of(colour: str) -> list[int]:
    return [int(colour[index : index + 2], 16) for index in (1, 3, 5)]
