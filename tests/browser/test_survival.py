"""A server is killed in the middle of a training; the next one on the same folder has lost nothing that counts."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import urlparse

from playwright.sync_api import Page, expect

from tests.browser.conftest import running_server
from tests.browser.helpers import follow_link, key, open_page

MINE = re.compile("First network")


def test_a_killed_server_s_training_opens_on_every_page_of_the_next_one(tmp_path: Path, page: Page) -> None:
    with running_server(tmp_path) as server:
        open_page(page, server.address, "Train")
        page.get_by_role("button", name="Train this network").click()
        panel = key(page, "training.panel")
        expect(panel).to_contain_text(re.compile(r"epoch 2 of 3"), timeout=90_000)
        query = urlparse(page.url).query
        server.process.kill()
        server.process.wait(10)
    with running_server(tmp_path) as server:
        open_page(page, server.address, f"Train?{query}")
        panel = key(page, "training.panel")
        expect(panel).to_contain_text("This training was interrupted after step")
        expect(panel).to_contain_text(re.compile(r"What it had learned by step [\d,]+ is kept"))
        expect(key(page, "training.loss").locator("canvas")).to_be_visible()
        page.get_by_role("button", name="Draw a digit for it").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Can it read your handwriting?")
        expect(key(page, "draw.network_choice").get_by_role("combobox")).to_have_value(MINE)
        follow_link(page, "Look inside")
        expect(key(page, "inside.network_choice").get_by_role("combobox")).to_have_value(MINE, timeout=60_000)
        follow_link(page, "Compare")
        expect(page.get_by_test_id("stMain")).to_contain_text("interrupted", timeout=60_000)
        follow_link(page, "Train")
        page.get_by_role("button", name="Resume it").click()
        expect(panel).to_contain_text(re.compile(r"epoch [23] of 3|Trained"), timeout=60_000)
        expect(panel).to_contain_text("Trained: it reads", timeout=120_000)
