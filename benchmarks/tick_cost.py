"""What it costs the server to keep a training's page up to date, in processor time for each refresh.

    python -m benchmarks.tick_cost [--seconds 20] [--visitors 4]

A training is halted after a while, so that its process does nothing but draw pages, which it goes on doing once a
second. Its processor time is counted with so many visitors on the page and with none.
"""

from __future__ import annotations

import argparse
import os
import tempfile
import time
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from dashboard.panels.training.panel import REFRESH_S
from tests.browser.conftest import FLAGS, browser_path, running_server
from tests.browser.helpers import open_page

LIMIT_MS = 30


def processor_s(pid: int) -> float:
    """Return the processor time that a process has taken, in seconds; Linux only."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def rate(pid: int, seconds: float, page: Page | None) -> float:
    """Return which share of a processor a process takes."""
    before = processor_s(pid)
    began_s = time.perf_counter()
    if page is not None:
        page.wait_for_timeout(1000 * seconds)
    else:
        time.sleep(seconds)
    return (processor_s(pid) - before) / (time.perf_counter() - began_s)


def visit(browser: Browser, address: str) -> Page:
    """Open an address in a session of its own."""
    page = browser.new_context(viewport={"width": 1280, "height": 800}).new_page()
    page.set_default_timeout(60_000)
    page.goto(address)
    page.get_by_role("button", name="Resume").wait_for()
    return page


def main() -> None:
    """Count and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=20)
    parser.add_argument("--visitors", type=int, default=4)
    given = parser.parse_args()
    with sync_playwright() as playwright, tempfile.TemporaryDirectory() as folder:
        browser = playwright.chromium.launch(executable_path=browser_path(), args=FLAGS)
        with running_server(Path(folder)) as server:
            first = browser.new_page(viewport={"width": 1280, "height": 800})
            first.set_default_timeout(60_000)
            open_page(first, server.address, "Train?train=1_e100b64")
            first.get_by_role("button", name="Train this network").click()
            first.get_by_text("epoch 3 of 100").wait_for()
            first.get_by_role("button", name="Pause").click()
            first.get_by_role("button", name="Resume").wait_for()
            address = first.url
            first.close()
            time.sleep(5)
            alone = rate(server.process.pid, given.seconds, None)
            pages = [visit(browser, address) for _ in range(given.visitors)]
            pages[0].wait_for_timeout(3000)
            visited = rate(server.process.pid, given.seconds, pages[0])
            tick_ms = 1000 * (visited - alone) * REFRESH_S / given.visitors
            verdict = "within" if tick_ms <= LIMIT_MS else "ABOVE"
            print(f"{100 * alone:.1f} % of a processor without visitors, {100 * visited:.1f} % with {given.visitors}")
            print(f"{tick_ms:.1f} ms of processor time a refresh, side bar included: {verdict} {LIMIT_MS} ms")
        browser.close()


if __name__ == "__main__":
    main()
