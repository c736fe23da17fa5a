"""Rows of pictures on a page of their own: each acts for itself, and what changes is drawn in place."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import BrowserContext, Locator, Page, expect

from tests.browser.conftest import PHONE
from tests.browser.helpers import expect_no_wider_than_the_screen, key, wait_until_settled
from tests.browser.test_components import running_script

STACK = """
import numpy as np
import streamlit as st

from dashboard.components.pixel_stack import Row, pixel_stack
from dashboard.components.pixel_view import Pictures
from dashboard.palette import palette_for

st.set_page_config(layout="wide")
log = st.session_state.setdefault("log", [])
number = st.slider("Rows", 1, 3, 3)
with st.container(key="test.log"):
    st.text("; ".join(log))
maps = np.arange(24.0).reshape(2, 3, 4)
rows = [
    Row("first", ["first", "2 maps"], Pictures(maps, ["1", "2"], (0, 23)), what="map", act="Show large",
        act_help="Show the maps of first", leaves=["1–2 of 4", "3–4 of 4"], leaf=st.session_state.get("leaf", 0)),
    Row("second", ["second"]),
    Row("third", ["third"], Pictures(maps + number, ["1", "2"], (0, 23)), what="map"),
]


def turn(name, leaf):
    st.session_state["leaf"] = leaf
    log.append(f"{name} leaf {leaf}")


pixel_stack(
    rows[-number:], "test.stack", palette_for(st.context.theme.type),
    on_choose=lambda name, cell: log.append(f"{name} {cell.picture},{cell.row},{cell.column}"),
    on_act=lambda name: log.append(f"{name} act"), on_leaf=turn,
)
"""
CHANGING = """
import time

import numpy as np
import streamlit as st

from dashboard.components.pixel_stack import Row, pixel_stack
from dashboard.components.pixel_view import Pictures
from dashboard.palette import palette_for

st.set_page_config(layout="wide")
level = st.slider("Level", 0, 9, 0)
anew = st.checkbox("Anew")
values = np.linspace(level, level + 9, 2 * 20 * 20, dtype=np.float32).reshape(2, 20, 20)
values[1, :3] = np.nan if level % 2 else 0
rows = [
    Row(f"row {number}", ["some"], Pictures(values, ["1", "2"], (0, 18 + level)), what="map", tile_px=300)
    for number in range(4)
]
pixel_stack(rows, f"test.stack.{level if anew else 0}", palette_for(st.context.theme.type))
"""


def press(page: Page, *keys: str) -> None:
    for name in keys:
        page.keyboard.press(name)


def test_stack_shows_rows_that_act_each_for_itself(page: Page, tmp_path: Path) -> None:
    with running_script(tmp_path, STACK) as address:
        page.goto(address)
        stack, log = key(page, "test.stack"), key(page, "test.log")
        rows = stack.get_by_role("group")
        first, third = (stack.get_by_role("group", name=name) for name in ("first", "third"))
        expect(rows).to_have_count(3)
        expect(first).to_contain_text("first · 2 maps")
        expect(rows.nth(1).locator("canvas")).to_be_hidden()
        expect(third.get_by_role("button")).to_have_count(0)
        third.locator("canvas").evaluate("element => { element.isTheSame = true }")
        third.locator("canvas").focus()
        press(page, "ArrowRight", "PageDown", "ArrowDown", "Enter")
        expect(log).to_have_text("third 1,1,0")
        expect(third.locator(".words")).to_have_text("Map 2, row 2, column 1: 19")
        first.get_by_role("button", name="Show large").click()
        expect(log).to_have_text("third 1,1,0; first act")
        leaves = first.get_by_role("combobox", name="maps of first")
        expect(leaves).to_have_value("1–2 of 4")
        leaves.select_option("3–4 of 4")
        expect(log).to_have_text("third 1,1,0; first act; first leaf 1")
        expect(leaves).to_have_value("3–4 of 4")
        # Fewer rows: those that stay are the same elements, with new numbers.
        page.get_by_role("slider").first.press("ArrowLeft")
        expect(rows).to_have_count(2)
        third.locator("canvas").focus()
        press(page, "ArrowRight", "Home")
        expect(third.locator(".words")).to_have_text("Map 1, row 1, column 1: 2")
        assert third.locator("canvas").evaluate("element => element.isTheSame")
        page.set_viewport_size(PHONE)
        expect_no_wider_than_the_screen(page)


def test_what_is_drawn_again_looks_as_if_it_were_new_and_what_is_out_of_sight_comes_later(
    open_context: Callable[..., BrowserContext], tmp_path: Path
) -> None:
    page = open_context(device_scale_factor=1.5).new_page()  # lines lie between the screen's pixels
    with running_script(tmp_path, CHANGING) as address:
        page.goto(address)
        canvases = page.locator(".pixel-stack canvas")
        expect(canvases).to_have_count(4)
        wait_until_settled(page)
        seen, hidden = canvases.first, canvases.last
        expect(seen).to_be_in_viewport()
        expect(hidden).not_to_be_in_viewport()
        blank = picture_of(seen)
        assert picture_of(hidden) == blank
        seen.hover(position={"x": 8, "y": 40})
        words = page.locator(".pixel-stack .words").first
        expect(words).to_have_text(re.compile("^Map 1, row [0-9]+, column [0-9]+: "))
        level = page.get_by_role("slider")
        level.focus()
        for _ in range(3):  # to and fro between pictures with gaps and without
            before, said = picture_of(seen), words.inner_text()
            press(page, "ArrowRight")
            page.wait_for_function(
                "([canvas, before]) => canvas.toDataURL() !== before", arg=[seen.element_handle(), before]
            )
            expect(words).not_to_have_text(said)
        again = picture_of(seen)
        page.wait_for_function(
            "([canvas, other]) => canvas.toDataURL() === other.toDataURL()",
            arg=[hidden.element_handle(), seen.element_handle()],
        )
        old = seen.element_handle()
        page.get_by_text("Anew").click()
        page.wait_for_function("canvas => !canvas.isConnected", arg=old)
        wait_until_settled(page)
        expect(canvases).to_have_count(4)
        page.wait_for_function(
            "([canvas, again]) => canvas.toDataURL() === again", arg=[canvases.first.element_handle(), again]
        )
        assert again != blank


def picture_of(canvas: Locator) -> str:
    """What stands on a canvas."""
    found: str = canvas.evaluate("canvas => canvas.toDataURL()")
    return found
