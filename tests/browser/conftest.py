"""A real server and a real Chromium. Without a browser these tests fail; they never skip."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlparse

import pytest
from playwright.sync_api import Browser, BrowserContext, Error, Page, Playwright, Request, expect, sync_playwright

PROJECT = Path(__file__).resolve().parents[2]
BROWSER_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
NO_OTHER_MACHINE = "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1"
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-sync",
    NO_OTHER_MACHINE,
]
expect.set_options(timeout=20_000)

DESKTOP = {"width": 1280, "height": 800}
PHONE = {"width": 390, "height": 844}


@dataclass
class Server:
    """A running app."""

    address: str
    process: subprocess.Popen[bytes]
    log: Path


def browser_path() -> str:
    """Return where Chromium is; without it the tests, the benchmarks and the pictures end with one sentence."""
    found = next((path for name in BROWSER_NAMES if (path := shutil.which(name))), "")
    if not found:
        raise SystemExit("No Chromium on this machine. Install it, on Debian with: apt-get install chromium")
    return found


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker("browser")


@contextmanager
def running_server(folder: Path, app: str = "app.py", **variables: str) -> Iterator[Server]:
    """Start the app on a free port, with data folders of its own and more environment variables; end it afterwards."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    log = folder / f"server-{port}.log"
    environment = {
        **os.environ,
        "CNN_CLASSROOM_DATA": str(folder / "data"),
        "CNN_CLASSROOM_RUNS": str(folder / "runs"),
        "KERAS_HOME": str(folder / "keras"),
        "CNN_CLASSROOM_MNIST_ORIGIN": "http://127.0.0.1:9/mnist.npz",  # nothing listens there
        **variables,
    }
    command = [sys.executable, "-m", "streamlit", "run", app, f"--server.port={port}", "--server.headless=true"]
    with log.open("wb") as output:
        process = subprocess.Popen(command, cwd=PROJECT, env=environment, stdout=output, stderr=output)
    address = f"http://localhost:{port}"
    try:
        for _ in range(300):
            if process.poll() is not None:
                raise AssertionError(f"the server ended: {log.read_text()}")
            try:
                with urllib.request.urlopen(f"{address}/_stcore/health", timeout=1) as answer:
                    if answer.status == 200:
                        break
            except OSError:
                time.sleep(0.1)
        else:
            raise AssertionError(f"the server did not come up: {log.read_text()}")
        yield Server(address, process, log)
    finally:
        process.terminate()
        process.wait(20)


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """One server for all tests that do not need a fresh one."""
    # Tests share this server: none has to wait for what another one has begun.
    with running_server(tmp_path_factory.mktemp("server"), CNN_CLASSROOM_TRAININGS="4") as going:
        yield going
        assert "Traceback" not in going.log.read_text(), going.log.read_text()


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as going:
        yield going


@pytest.fixture(scope="session")
def browser(playwright: Playwright) -> Iterator[Browser]:
    try:
        path = browser_path()
    except SystemExit as missing:
        pytest.fail(str(missing))
    going = playwright.chromium.launch(executable_path=path, args=FLAGS)
    yield going
    going.close()


class Visitors:
    """Browser contexts, each with a cache and a storage of its own; tests take them one after the other.

    A context that has loaded the app once opens a page in half the time, so it is handed on to the next test that asks
    for one like it, emptied of all but its cache.

    Args:
        browser: Where they live.
    """

    def __init__(self, browser: Browser) -> None:
        self._browser = browser
        self._free: dict[str, list[BrowserContext]] = {}
        self._taken: list[tuple[str, BrowserContext]] = []
        self.outside: list[str] = []

    def take(self, **options: object) -> BrowserContext:
        """Hand out a context that nobody else has until `give_back`."""
        kind = repr(sorted(options.items()))
        free = self._free.setdefault(kind, [])
        context = free.pop() if free else self._make(options)
        self._taken.append((kind, context))
        return context

    def give_back(self) -> None:
        """Close every page of those that were taken, and forget what the pages have stored."""
        for kind, context in self._taken:
            for page in context.pages:
                with suppress(Error):
                    page.evaluate("localStorage.clear(), sessionStorage.clear()")
                page.close()
            context.clear_cookies()
            self._free[kind].append(context)
        self._taken.clear()
        self.outside.clear()

    def _make(self, options: dict[str, object]) -> BrowserContext:
        context = self._browser.new_context(**{"viewport": DESKTOP, **options})  # type: ignore[arg-type]
        context.set_default_timeout(20_000)
        context.on("request", self._note)
        return context

    def _note(self, request: Request) -> None:
        url = urlparse(request.url)
        if url.hostname not in ("localhost", "127.0.0.1") and url.scheme not in ("data", "blob"):
            self.outside.append(request.url)


@pytest.fixture(scope="session")
def visitors(browser: Browser) -> Visitors:
    return Visitors(browser)


@pytest.fixture
def open_context(visitors: Visitors) -> Iterator[Callable[..., BrowserContext]]:
    """Make browser contexts in which every request to another machine is refused and fails the test.

    The browser itself refuses: to ask Python about every request would take half a second a page, and the cache.
    """
    yield visitors.take
    outside = list(visitors.outside)
    visitors.give_back()
    assert outside == [], "the app asks other machines"


@pytest.fixture
def page(open_context: Callable[..., BrowserContext]) -> Page:
    return open_context().new_page()
