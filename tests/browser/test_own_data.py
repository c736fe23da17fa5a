"""A folder is chosen, packed, uploaded, imported and trained on; on a phone nothing is wider than the screen."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import BrowserContext, expect

from tests.browser.conftest import PHONE, Server
from tests.browser.helpers import expect_no_wider_than_the_screen, key, open_page, wait_until_settled
from tests.cnn_core.data.own.making import image_bytes, write_folder

IMAGES = {
    f"{('round', 'square')[cell % 2]}/P{patient}Thin_{cell}.png": image_bytes(20 * patient + cell, (40, 40))
    for patient in range(10)
    for cell in range(4)
}


def test_own_folder_from_the_upload_to_the_training_page(
    server: Server, open_context: Callable[..., BrowserContext], tmp_path: Path
) -> None:
    page = open_context(viewport=PHONE).new_page()
    open_page(page, server.address, "Data_sets")
    page.get_by_text("Bring your own", exact=True).click()
    write_folder(tmp_path / "empty", {"notes.txt": b"no image"})
    key(page, "own_data.folder").locator("input").set_input_files(tmp_path / "empty")
    expect(page.get_by_text("There are no images in this folder.")).to_be_visible()
    folder = write_folder(tmp_path / "Own shapes ä", IMAGES | {"notes.txt": b"n" * 99})
    key(page, "own_data.folder").locator("input").set_input_files(folder)
    expect(page.get_by_text("1 file left out so far")).to_be_visible()
    expect(page.get_by_text("It is a folder of class folders")).to_be_visible()
    expect(key(page, "own_data.chosen").get_by_text("Own shapes ä", exact=True)).to_be_visible()
    page.get_by_role("button", name="They are: keep them together").click()
    expect(page.get_by_text("10 groups by the name up to “Thin”")).to_be_visible()
    expect_no_wider_than_the_screen(page)
    title = page.get_by_role("textbox", name="Name of the data set")
    expect(title).to_have_value("Own shapes ä")
    title.fill("Named ä last")
    page.get_by_role("button", name="Import 40 images").click()  # leaves the field and presses in one
    expect(page.get_by_text("32 images to learn from and 8 to be judged on")).to_be_visible()
    page.get_by_role("button", name="Train a network on it").click()
    expect(page).to_have_url(re.compile(r"/Train\?.*data=own-named-a-last-"))
    wait_until_settled(page)
    expect(key(page, "train.start").get_by_role("button")).to_be_enabled()

    open_page(page, server.address, "Data_sets")
    page.get_by_text("Bring your own", exact=True).click()
    key(page, "own_data.row").get_by_role("button", name="Delete").click()
    page.get_by_role("button", name="Delete it for good").click()
    expect(page.get_by_text("1 own data set,")).to_have_count(0)
