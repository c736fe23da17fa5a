"""A teacher at a projector and a student with a phone, in one room."""

from __future__ import annotations

import re
from collections.abc import Callable

from playwright.sync_api import BrowserContext, expect

from tests.browser.conftest import PHONE, Server
from tests.browser.helpers import SEVEN, draw, expect_no_wider_than_the_screen, key, open_page, wait_until_settled


def test_a_class_draws_and_the_board_ranks(server: Server, open_context: Callable[..., BrowserContext]) -> None:
    teacher = open_context().new_page()
    open_page(teacher, server.address, "Class_test_set")
    teacher.get_by_role("button", name="Open a room").click()
    expect(key(teacher, "room.code")).to_contain_text("?room=")
    expect(key(teacher, "room.code")).to_contain_text("there is no QR code: start the app with --server.address")
    code = key(teacher, "room.code").locator("span").first.inner_text()

    student = open_context(viewport=PHONE, has_touch=True, color_scheme="dark").new_page()
    open_page(student, server.address, "Class_test_set")
    student.get_by_role("textbox", name="Code of the room").fill(code.lower())
    student.get_by_role("button", name="Join this room").click()
    add = key(student, "room.add").get_by_role("button")
    expect(add).to_be_disabled()
    draw(student, SEVEN)
    expect(add).to_be_enabled()
    box = add.bounding_box()
    assert box is not None
    assert box["y"] + box["height"] <= PHONE["height"], "it is in reach of the thumb"
    assert box["width"] > 300
    add.click()
    expect(key(student, "room.progress")).to_contain_text("1 drawing of the room, 1 of them yours")
    expect(add).to_be_disabled()  # the canvas is empty again
    expect_no_wider_than_the_screen(student)

    # What the room draws comes to the projector by itself; a reload takes neither the controls nor one's own drawing.
    freeze = key(teacher, "room.freeze").get_by_role("button")
    expect(key(teacher, "room.pictures").get_by_role("button", name="drawing 1, said to be")).to_be_visible()
    teacher.reload()
    student.reload()
    expect(freeze).to_have_text(re.compile("Freeze 1 drawing$"))
    expect(key(student, "room.take_back").get_by_role("button")).to_be_enabled()
    freeze.click()
    expect(teacher.get_by_text("The board asks every network anew")).to_be_visible()
    expect(freeze).to_be_disabled()

    teacher.get_by_role("radio", name="Board").click()
    student.get_by_role("radio", name="Board").click()
    expect(student.get_by_text("version 1")).to_be_visible()
    teacher.get_by_role("button", name="Put it on the board").click()
    expect(key(student, "room.board")).to_contain_text(re.compile(r"[01] of 1"))
    wait_until_settled(student)
    expect_no_wider_than_the_screen(student)
