"""A picture is judged in a real browser, on a phone: verdict, where it looked, and on to Look inside."""

from __future__ import annotations

import io
import re

from PIL import Image
from playwright.sync_api import Page, expect

from cnn_core.data.registry import load_dataset
from tests.browser.conftest import PHONE, Server
from tests.browser.helpers import expect_no_wider_than_the_screen, key, open_page, wait_until_settled


def test_a_picture_is_judged_on_a_phone(server: Server, page: Page) -> None:
    page.set_viewport_size(PHONE)
    open_page(page, server.address, "Judge_an_image")
    verdict = key(page, "judge.verdict")
    expect(verdict).to_contain_text("test image 1 of Digits")

    test = load_dataset("digits").test
    digit = int(test.labels[5])
    file = io.BytesIO()
    Image.fromarray(test.images[5, :, :, 0]).resize((112, 112)).save(file, "PNG")
    page.locator("input[type=file]").set_input_files(
        {"name": "a.png", "mimeType": "image/png", "buffer": file.getvalue()}
    )
    expect(verdict).to_contain_text("your picture")
    expect(verdict.get_by_role("heading")).to_have_text(f"It says “{digit}”")
    expect(page.get_by_role("img", name="Your picture")).to_be_visible()
    expect(key(page, "judge.grad_cam").locator("canvas").first).to_be_visible()
    wait_until_settled(page)
    expect_no_wider_than_the_screen(page)

    page.get_by_role("button", name="Look inside with this image").click()
    expect(page).to_have_url(re.compile("Look_inside"))
    expect(page.get_by_text("The image – your picture")).to_be_visible()
