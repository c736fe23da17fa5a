"""How soon the design page's picture follows a control, browser included.

    python -m benchmarks.design_speed [--moves 60]

A real Chromium on the same machine moves a slider by a key; the time runs from the key's event to the frame in which
the network's picture has changed. Once for the first network, once for a network of thirty layers in the list, and
before, on the same machine, for a page of one slider and one text: what Streamlit itself takes. At last the first
network again while another visitor's network trains.
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from benchmarks.parts.answer_time import answer_times, tell
from cnn_core.architecture.address import spec_to_address
from cnn_core.architecture.layers import BatchNormalization, Conv2D, Dense, Flatten, Layer, Pooling2D
from cnn_core.architecture.spec import NetworkSpec
from tests.browser.conftest import FLAGS, browser_path, running_server
from tests.browser.helpers import key, open_page

LIMIT_MS = 80
WHILE_TRAINING = "quick controls, 7 layers, while a network trains"
LONG_TRAINING = "train=1_e100b64"
SETTLING_MS = 8000
"""TensorFlow loads behind the page; what is measured is an idle machine."""


def thirty_layers() -> NetworkSpec:
    """Return a network of thirty layers."""
    block: tuple[Layer, ...] = (Conv2D(filters=16, padding="same"), BatchNormalization())
    body = (*block * 6, Pooling2D(), *block * 6, Pooling2D(), Flatten(), Dense(), Dense(units=10, activation="softmax"))
    assert len(body) == 29
    return NetworkSpec((28, 28, 1), (Conv2D(filters=8, padding="same"), *body))


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
    thirty = spec_to_address(thirty_layers())
    with sync_playwright() as playwright, tempfile.TemporaryDirectory() as folder:
        browser = playwright.chromium.launch(executable_path=browser_path(), args=FLAGS)
        quick = ("app.py", "Design", "design.quick.kernel_size")
        for title, app, slug, slider in (
            ("plain Streamlit, one slider and one text", "benchmarks/parts/plain_page.py", "", "plain.slider"),
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
                tell(title, answer_times(page, slider, "design.picture", moves), LIMIT_MS)
                page.close()
        browser.close()


if __name__ == "__main__":
    main()
