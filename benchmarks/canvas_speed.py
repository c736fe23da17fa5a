"""How soon the bars and the feature maps follow the pen, on both canvases of the page Draw a digit.

    python -m benchmarks.canvas_speed [--seconds 12] [--strokes 40]

A real Chromium on the same machine draws with the mouse for the starter network; warm, on an idle machine.
On the live canvas one long line goes round and round: for each message that the canvas sends, the time runs from the
moment up to which it knows the pen to the frame in which the bars, or the maps, have changed by its answer; and the
answers that were seen are counted. On the package's canvas the time runs from the mouse button's release to that frame.
Bars that stay as they were, to a tenth of a percent, are not counted.
"""

from __future__ import annotations

import argparse
import math
import tempfile
import time
from pathlib import Path

from playwright.sync_api import Locator, Page, expect, sync_playwright

from benchmarks.parts.answer_time import tell
from benchmarks.parts.pen_time import NOTE_MESSAGES, answer_count, lags, watch
from tests.browser.conftest import FLAGS, browser_path, running_server
from tests.browser.helpers import (
    canvas,
    draw,
    draw_stroke,
    key,
    open_page,
    package_canvas,
    wait_until_settled,
    words_of_strokes,
)

BARS, MAPS = "draw.probabilities", "draw.maps"
PARTS = (("bars", BARS), ("feature maps", MAPS))
LIVE_LIMIT_MS = 100
PACKAGE_LIMIT_MS = 300
FEWEST_UPDATES = 10
SETTLING_MS = 8000
"""TensorFlow loads behind the page, and the first pass compiles; what is measured is warm."""
BETWEEN_MOVES_S = 0.008
RESTING_MS = 400
LINES = (((80, 60), (225, 70)), ((225, 70), (120, 250)), ((90, 160), (215, 150)), ((85, 240), (230, 245)))


def draw_round(page: Page, layer: Locator, seconds: float) -> float:
    """Draw one long line, and return how long it took."""
    box = layer.bounding_box()
    assert box is not None
    x, y = box["x"] + 154, box["y"] + 154
    page.mouse.move(x + 90, y)
    page.mouse.down()
    began_s = time.monotonic()
    while (past_s := time.monotonic() - began_s) < seconds:
        # Ever another figure: the bars are to change as well.
        turn = 2.4 * past_s
        page.mouse.move(x + 95 * math.cos(turn) * math.cos(0.31 * turn), y + 105 * math.sin(turn))
        time.sleep(BETWEEN_MOVES_S)
    page.mouse.up()
    return past_s


def measure_live(page: Page, seconds: float) -> None:
    """Draw on the live canvas, and print how far the bars and the maps were behind the pen."""
    canvas(page).scroll_into_view_if_needed()
    draw(page, [((140, 150), (160, 150))])
    key(page, MAPS).wait_for()
    page.wait_for_timeout(SETTLING_MS)
    wait_until_settled(page)
    for watched in (BARS, MAPS):
        watch(page, watched)
    drawn_s = draw_round(page, canvas(page), seconds)
    wait_until_settled(page)
    for title, watched in PARTS:
        times = lags(page, watched)
        tell(f"live canvas, {title} behind the pen", times, LIVE_LIMIT_MS)
        print(f"live canvas, {title}: {len(times) / drawn_s:.1f} changes seen a second", flush=True)
    rate = answer_count(page) / drawn_s
    # The last message goes when the pen is lifted, so that there is one more or less than ten a second.
    verdict = "as many as" if rate >= FEWEST_UPDATES - 1 / drawn_s else "FEWER than"
    print(f"live canvas: {rate:.1f} answers a second, {verdict} {FEWEST_UPDATES}", flush=True)


def measure_package(page: Page, strokes: int) -> None:
    """Draw on the package's canvas, and print how long after the button's release the bars have changed."""
    page.get_by_text("Pen and paper").click()
    page.get_by_role("radio", name="When you lift the pen").click()
    layer = package_canvas(page)
    layer.scroll_into_view_if_needed()
    times: dict[str, list[float]] = {BARS: [], MAPS: []}
    for number in range(strokes):
        is_first = number % len(LINES) == 0  # what follows the pen is new on the page then, and cannot be watched yet
        if is_first:
            wait_until_settled(page)
            page.get_by_role("button", name="Clear").click()
            expect(key(page, "draw.stroke_count")).to_have_text(words_of_strokes(0))
            page.wait_for_timeout(2 * RESTING_MS)  # the package echoes
            wait_until_settled(page)
        else:
            watch(page, BARS)
            watch(page, MAPS)
        draw_stroke(page, layer, LINES[number % len(LINES)])
        if is_first:
            key(page, MAPS).wait_for()
        else:
            page.wait_for_function("name => window.frames_of[name].length", arg=MAPS)
            for watched, found in times.items():
                seen = page.evaluate("name => window.frames_of[name].map((at) => at - window.released)", watched)
                found += [float(ms) for ms in seen[:1]]
        expect(key(page, "draw.stroke_count")).to_have_text(words_of_strokes(number % len(LINES) + 1))
        page.wait_for_timeout(RESTING_MS)
    for title, watched in PARTS:
        tell(f"package's canvas, {title} after the button's release", sorted(times[watched]), PACKAGE_LIMIT_MS)
        print(f"package's canvas: {len(times[watched])} of {strokes} strokes changed the {title}", flush=True)


def main() -> None:
    """Draw, measure, and print the percentiles."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=12)
    parser.add_argument("--strokes", type=int, default=40)
    chosen = parser.parse_args()
    with sync_playwright() as playwright, tempfile.TemporaryDirectory() as folder, running_server(Path(folder)) as app:
        browser = playwright.chromium.launch(executable_path=browser_path(), args=FLAGS)
        page = browser.new_page(viewport={"width": 1280, "height": 800})
        page.set_default_timeout(60_000)
        page.add_init_script(NOTE_MESSAGES)
        open_page(page, app.address, "Draw_a_digit")
        measure_live(page, chosen.seconds)
        measure_package(page, chosen.strokes)
        browser.close()


if __name__ == "__main__":
    main()
