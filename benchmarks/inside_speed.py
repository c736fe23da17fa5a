"""How soon the page Look inside follows another image: its feature maps, and Grad-CAM.

    python -m benchmarks.inside_speed [--moves 40]

A real Chromium on the same machine moves the slider that chooses the image by a key; the time runs from the key's event
to the frame in which the last layer's feature maps, or Grad-CAM's map, have changed. The starter network, warm, on an
idle machine; always on to the next image, so that nothing is answered from what is known already.
"""

from __future__ import annotations

import argparse
import shutil
import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

from benchmarks.parts.answer_time import answer_times, tell
from tests.browser.conftest import BROWSER_NAMES, FLAGS, running_server
from tests.browser.helpers import key, open_page, wait_until_settled

LIMITS_MS = {"maps": 150, "why": 300}
SETTLING_MS = 8000
"""TensorFlow loads behind the page, and the first pass compiles; what is measured is warm."""


def main() -> None:
    """Move, measure, and print the percentiles."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--moves", type=int, default=40)
    moves = parser.parse_args().moves
    path = next(found for name in BROWSER_NAMES if (found := shutil.which(name)))
    with sync_playwright() as playwright, tempfile.TemporaryDirectory() as folder, running_server(Path(folder)) as app:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        page = browser.new_page(viewport={"width": 1280, "height": 800})
        page.set_default_timeout(60_000)
        open_page(page, app.address, "Look_inside")
        for view, title, watched, name in (
            ("maps", "Feature maps", "inside.layer.dense_2", "feature maps, all layers"),
            ("why", "Why this class", "inside.why.card.0", "Grad-CAM"),
        ):
            key(page, "inside.view").get_by_role("radio", name=title).click()
            key(page, watched).wait_for()
            page.wait_for_timeout(SETTLING_MS)
            wait_until_settled(page)
            times = answer_times(page, "inside.number", watched, moves, is_onward=True)
            tell(name, times, LIMITS_MS[view])
        browser.close()


if __name__ == "__main__":
    main()
