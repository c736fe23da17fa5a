"""How soon the design page's picture follows a control, browser included.

    python -m benchmarks.design_speed [--moves 60]

A real Chromium on the same machine moves a slider by a key; the time runs from the key's event to the frame in which
the network's picture has changed. Once for the first network, once for a network of thirty layers in the list, and
before, on the same machine, for a page of one slider and one text: what Streamlit itself takes. At last the first
network again while another visitor's network trains.
"""

from __future__ import annotations

import argparse
import shutil
import statistics
import tempfile
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from cnn_core.architecture.address import spec_to_address
from cnn_core.architecture.layers import BatchNormalization, Conv2D, Dense, Flatten, Layer, Pooling2D
from cnn_core.architecture.spec import NetworkSpec
from tests.browser.conftest import BROWSER_NAMES, FLAGS, running_server
from tests.browser.helpers import key, open_page, wait_until_settled

LIMIT_MS = 80
WHILE_TRAINING = "quick controls, 7 layers, while a network trains"
LONG_TRAINING = "train=1_e100b64"
SETTLING_MS = 8000
"""TensorFlow loads behind the page; what is measured is an idle machine."""

WATCH = """(keyed) => {
    window.moves = [];
    let pressed = null;
    document.addEventListener('keydown', () => { pressed = performance.now(); }, true);
    const parts = (node) => [node, ...node.querySelectorAll('*')].flatMap(e => e.shadowRoot ? [e, e.shadowRoot] : []);
    const roots = [document.querySelector(keyed), ...parts(document.querySelector(keyed))];
    const seen = new MutationObserver(() => {
        if (pressed === null) return;
        const began = pressed;
        pressed = null;
        requestAnimationFrame(() => setTimeout(() => window.moves.push(performance.now() - began)));
    });
    const everything = {subtree: true, childList: true, attributes: true, characterData: true};
    for (const root of roots) seen.observe(root, everything);
}"""


def thirty_layers() -> NetworkSpec:
    """Return a network of thirty layers."""
    block: tuple[Layer, ...] = (Conv2D(filters=16, padding="same"), BatchNormalization())
    body = (*block * 6, Pooling2D(), *block * 6, Pooling2D(), Flatten(), Dense(), Dense(units=10, activation="softmax"))
    assert len(body) == 29
    return NetworkSpec((28, 28, 1), (Conv2D(filters=8, padding="same"), *body))


def measure(page: Page, slider: str, moves: int) -> list[float]:
    """Move a slider to and fro and return the milliseconds until the picture had followed."""
    page.evaluate(WATCH, ".st-key-design-picture")
    handle = key(page, slider).get_by_role("slider")
    handle.focus()
    for move in range(moves):
        page.keyboard.press("ArrowRight" if move % 2 == 0 else "ArrowLeft")
        page.wait_for_function("count => window.moves.length >= count", arg=move + 1)
        wait_until_settled(page)
    return [float(ms) for ms in page.evaluate("window.moves")]


def begin_training(browser: Browser, address: str) -> None:
    """Let another visitor train the first network for long, and look at it."""
    page = browser.new_page(viewport={"width": 1280, "height": 800})
    page.set_default_timeout(60_000)
    open_page(page, address, f"Train?{LONG_TRAINING}")
    page.get_by_role("button", name="Train this network").click()
    page.get_by_text("images/s").wait_for()


def main() -> None:
    """Move, measure, and print the percentiles."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--moves", type=int, default=60)
    moves = parser.parse_args().moves
    path = next(found for name in BROWSER_NAMES if (found := shutil.which(name)))
    thirty = spec_to_address(thirty_layers())
    with sync_playwright() as playwright, tempfile.TemporaryDirectory() as folder:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        quick = ("app.py", "Design", "design.quick.kernel_size")
        for title, app, slug, slider in (
            ("plain Streamlit, one slider and one text", "benchmarks/plain_page.py", "", "plain.slider"),
            ("quick controls, 7 layers", *quick),
            ("layer by layer, 30 layers", "app.py", f"Design?net={thirty}", "design.own.conv2d.kernel_height"),
            (WHILE_TRAINING, *quick),
        ):
            with running_server(Path(folder), app) as server:
                if title == WHILE_TRAINING:
                    begin_training(browser, server.address)
                page = browser.new_page(viewport={"width": 1280, "height": 800})
                open_page(page, server.address, slug)
                key(page, slider).get_by_role("slider").wait_for()
                page.wait_for_timeout(SETTLING_MS)
                times = sorted(measure(page, slider, moves))
                p95 = times[min(len(times) - 1, round(0.95 * len(times)))]
                verdict = "within" if p95 <= LIMIT_MS else "ABOVE"
                print(f"{title}: p50 {statistics.median(times):.0f} ms, p95 {p95:.0f} ms, {verdict} {LIMIT_MS} ms")
                page.close()
        browser.close()


if __name__ == "__main__":
    main()
