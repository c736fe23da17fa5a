"""How soon the first page can be read, and when networks can be built, from the start of a fresh server.

    python -m benchmarks.start_up [--rounds 3]

A real Chromium, opened beforehand, asks for the page as soon as the server answers.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from pathlib import Path

from playwright.sync_api import sync_playwright

from tests.browser.conftest import FLAGS, browser_path, running_server


def main() -> None:
    """Start, look, measure, and print the medians."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    rounds = parser.parse_args().rounds
    readable, usable, ready = [], [], []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=browser_path(), args=FLAGS)
        for _ in range(rounds):
            page = browser.new_page(viewport={"width": 1280, "height": 800})
            page.set_default_timeout(60_000)
            began_s = time.perf_counter()
            with tempfile.TemporaryDirectory() as folder, running_server(Path(folder)) as server:
                page.goto(server.address)
                page.get_by_role("heading", level=1).wait_for()
                readable.append(time.perf_counter() - began_s)
                page.get_by_role("button", name="Train a first network").wait_for()
                usable.append(time.perf_counter() - began_s)
                page.goto(f"{server.address}/Look_inside")
                page.locator(".st-key-inside-maps-layers canvas").first.wait_for()
                ready.append(time.perf_counter() - began_s)
            page.close()
        browser.close()
    print(f"first page readable   {statistics.median(readable):.1f} s after the server's start")
    print(f"first button there    {statistics.median(usable):.1f} s")
    print(f"networks shown        {statistics.median(ready):.1f} s (TensorFlow loads behind the page)")


if __name__ == "__main__":
    main()
