"""Every page: reached by any address, whole on every screen, in both themes."""

from __future__ import annotations

import contextlib
import re
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from dashboard.navigation import PAGES, PageEntry
from tests.browser.conftest import DESKTOP, PHONE, Server, running_server
from tests.browser.helpers import (
    choose,
    expect_no_wider_than_the_screen,
    follow_link,
    open_page,
    wait_until_settled,
    wait_until_still,
)

COLD = ("Start", "Look_inside")
"""The page that most people see first, and one that waits for TensorFlow."""


@pytest.fixture
def cold_server(tmp_path: Path) -> Iterator[Server]:
    """A server that no browser has visited yet."""
    with running_server(tmp_path) as going:
        yield going


@pytest.mark.parametrize("entry", [page for page in PAGES if page.slug in COLD], ids=lambda entry: entry.slug)
def test_cold_deep_link_shows_the_page_with_its_one_menu(cold_server: Server, page: Page, entry: PageEntry) -> None:
    page.goto(f"{cold_server.address}/{entry.slug}")
    expect(page.get_by_role("heading", level=1)).to_have_text(entry.question)
    sidebar = page.get_by_test_id("stSidebar")
    for other in PAGES:
        expect(sidebar.get_by_role("link", name=other.title, exact=True)).to_have_count(1)
    expect(page.get_by_test_id("stSidebarNav")).to_have_count(0)
    expect(page).to_have_title(f"{entry.title} · CNN Classroom")
    # The first click is not lost, and TensorFlow's loading gives way to the page.
    other = PAGES[1] if entry is not PAGES[1] else PAGES[2]
    follow_link(page, other.title)
    expect(page.get_by_role("heading", level=1)).to_have_text(other.question)
    follow_link(page, entry.title)
    expect(page.get_by_text("Loading TensorFlow")).to_have_count(0, timeout=60_000)
    expect(page.get_by_role("heading", level=1)).to_have_text(entry.question)
    assert "Traceback" not in cold_server.log.read_text()


BACKGROUND = {"light": "rgb(255, 255, 255)", "dark": "rgb(18, 20, 28)"}


def test_every_page_is_as_wide_as_the_screen_and_no_wider(
    server: Server, open_context: Callable[..., BrowserContext]
) -> None:
    page = open_context(color_scheme="light").new_page()  # one for all: what it has loaded it keeps
    for entry in PAGES:
        page.set_viewport_size(DESKTOP)  # type: ignore[arg-type]
        if entry is PAGES[0]:
            open_page(page, server.address)
        else:
            follow_link(page, entry.title)
        expect_to_fit(page, "light")
        page.set_viewport_size(PHONE)  # type: ignore[arg-type]
        expect_to_fit(page, "light")


@pytest.mark.parametrize("entry", PAGES[::5], ids=lambda entry: entry.slug)
def test_on_a_phone_the_question_is_in_sight_in_the_dark_too(
    server: Server, open_context: Callable[..., BrowserContext], entry: PageEntry
) -> None:
    page = open_context(viewport=PHONE, color_scheme="dark").new_page()
    open_page(page, server.address, entry.slug)
    expect_to_fit(page, "dark")
    heading, header = page.get_by_role("heading", level=1).bounding_box(), page.locator("header").bounding_box()
    assert heading is not None
    assert header is None or heading["y"] >= header["y"] + header["height"] - 1


def expect_to_fit(page: Page, theme: str) -> None:
    """Wait until a page is whole, no wider than the screen, and of its theme's colour."""
    expect(page.get_by_text("Why it matters")).to_be_attached(timeout=60_000)
    wait_until_settled(page)
    wait_until_still(page)
    expect_no_wider_than_the_screen(page)
    expect(page.get_by_test_id("stApp")).to_have_css("background-color", BACKGROUND[theme])


def test_missing_mnist_says_where_to_put_it_and_the_built_in_data_goes_on(server: Server, page: Page) -> None:
    open_page(page, server.address, "Train")
    expect(page.get_by_role("button", name="Train this network")).to_be_in_viewport()
    choose(page, "settings.dataset", "MNIST")
    expect(page.get_by_test_id("stAlert").filter(has_text="mnist.npz")).to_be_visible()
    expect(page.get_by_role("button", name="Train this network")).to_be_disabled()
    page.get_by_role("button", name="Download MNIST").click()
    expect(page.get_by_test_id("stAlert").filter(has_text="mnist.npz")).to_be_visible(timeout=60_000)
    expect(page.get_by_role("button", name="Download MNIST")).to_be_visible(timeout=60_000)
    choose(page, "settings.dataset", "Digits")
    expect(page.get_by_role("button", name="Train this network")).to_be_enabled()


class _Trickle(BaseHTTPRequestHandler):
    """Promise MNIST's length, send a little, and then wait for ever."""

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", "11490434")
        self.end_headers()
        with contextlib.suppress(OSError):
            for _ in range(600):
                self.wfile.write(b"x" * 20_000)
                time.sleep(0.1)

    def log_message(self, *args: object) -> None:
        pass


def test_download_shows_its_progress_and_can_be_cancelled(tmp_path: Path, page: Page) -> None:
    with ThreadingHTTPServer(("127.0.0.1", 0), _Trickle) as slow:
        threading.Thread(target=slow.serve_forever, daemon=True).start()
        origin = f"http://127.0.0.1:{slow.server_port}/mnist.npz"
        with running_server(tmp_path, CNN_CLASSROOM_MNIST_ORIGIN=origin) as server:
            open_page(page, server.address, "Train")
            choose(page, "settings.dataset", "MNIST")
            page.get_by_role("button", name="Download MNIST").click()
            expect(
                page.get_by_test_id("stProgress").filter(has_text=re.compile(r"[1-9]\d*\.\d MB|0\.[1-9] MB"))
            ).to_be_visible(timeout=60_000)
            page.get_by_role("button", name="Cancel the download").click()
            expect(page.get_by_role("button", name="Download MNIST")).to_be_visible()
            assert not list(tmp_path.rglob("mnist.npz"))
        slow.shutdown()
