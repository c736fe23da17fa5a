"""How soon the page Look inside follows another image: its feature maps, and Grad-CAM.

    python -m benchmarks.inside_speed [--moves 40]

A real Chromium on the same machine moves the slider that chooses the image by a key; the time runs from the key's event
to the frame in which the last layer's feature maps, or Grad-CAM's map, have changed. The first network, trained for a
moment, and the starter network, which has twice as many feature maps; warm, on an idle machine; always on to the next
image, so that nothing is answered from what is known already.
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from benchmarks.parts.answer_time import answer_times, tell
from cnn_core.training.address import settings_to_address
from cnn_core.training.settings import TrainingSettings
from tests.browser.conftest import FLAGS, browser_path, running_server
from tests.browser.helpers import key, open_page, wait_until_settled

VIEWS = (("Feature maps", "inside.maps.layers", 150), ("Why this class", "inside.why.card.0", 300))
"""Each with the key of what is watched, and the milliseconds within which it is to follow."""
FEW_IMAGES = settings_to_address(TrainingSettings(train_count=500, epochs=3))
SETTLING_MS = 8000
"""TensorFlow loads behind the page, and the first pass compiles; what is measured is warm."""


def measure(page: Page, network: str, moves: int) -> None:
    """Look at one image after the other in both views."""
    for title, watched, limit_ms in VIEWS:
        key(page, "inside.view").get_by_role("radio", name=title).click()
        key(page, watched).wait_for()
        page.wait_for_timeout(SETTLING_MS)
        wait_until_settled(page)
        tell(f"{network}, {title}", answer_times(page, "inside.number", watched, moves, is_onward=True), limit_ms)


def main() -> None:
    """Move, measure, and print the percentiles."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--moves", type=int, default=40)
    moves = parser.parse_args().moves
    with sync_playwright() as playwright, tempfile.TemporaryDirectory() as folder, running_server(Path(folder)) as app:
        browser = playwright.chromium.launch(executable_path=browser_path(), args=FLAGS)
        page = browser.new_page(viewport={"width": 1280, "height": 800})
        page.set_default_timeout(60_000)
        open_page(page, app.address, "Look_inside")
        measure(page, "starter network", moves)
        open_page(page, app.address, f"Train?train={FEW_IMAGES}")
        page.get_by_role("button", name="Train this network").click()
        page.get_by_text("test images rightly").wait_for()
        wait_until_settled(page)
        page.get_by_role("button", name="Look inside it").click()
        measure(page, "first network", moves)
        browser.close()


if __name__ == "__main__":
    main()
