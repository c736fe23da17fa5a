"""The race of the lesson on learning: played, stepped and scrubbed in the browser alone; another start by a click."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from tests.browser.conftest import Server
from tests.browser.helpers import key, open_page, wait_until_settled


def test_race_is_played_without_the_server_and_begins_where_one_clicks(page: Page, server: Server) -> None:
    sent: list[object] = []
    page.on("websocket", lambda socket: socket.on("framesent", lambda frame: sent.append(frame)))
    open_page(page, server.address, "Learning")
    key(page, "learning.view").get_by_text("Optimisers raced").click()
    place, race = page.locator(".race-view .place"), page.locator(".race-view")
    expect(place).to_have_text("Step 150 of 150")
    runner = race.locator(".runners li").nth(1)
    expect(runner).to_contain_text("at the minimum after 44 steps")
    wait_until_settled(page)

    before = len(sent)
    race.get_by_role("button", name="To the start").click()
    expect(place).to_have_text("Step 1 of 150")
    expect(runner).to_contain_text("under way")
    page.get_by_role("combobox", name="Pace").select_option("Very fast")
    race.get_by_role("button", name="Play").click()
    expect(race.get_by_role("button", name="Pause")).to_be_visible()
    expect(runner).to_contain_text("at the minimum after 44 steps")
    race.get_by_role("slider", name="Step").fill("43")
    expect(runner).to_contain_text("under way")
    race.get_by_role("button", name="One step on").click()
    expect(place).to_have_text("Step 44 of 150")
    expect(runner).to_contain_text("at the minimum after 44 steps")
    picture = race.locator("canvas")
    shown = picture.screenshot()
    race.get_by_role("button", name="To the start").click()
    assert picture.screenshot() != shown
    assert len(sent) == before, "nothing of this needs the server"

    picture.hover(position={"x": 100, "y": 60})
    expect(race.locator(".words")).to_have_text(re.compile(r"x = −\d\.\d+, y = 1\.\d+: loss \d+"))
    box = picture.bounding_box()
    assert box is not None
    loss = runner.locator(".loss")
    first_loss = loss.inner_text()
    picture.click(position={"x": box["width"] * 0.75, "y": box["height"] * 0.25})
    page.get_by_text("More: start").click()
    start = key(page, "learning.start_x.valley")
    expect(start).to_contain_text(re.compile(r"2\.2"))
    expect(loss).not_to_have_text(first_loss)
    wait_until_settled(page)
    picture.focus()
    page.keyboard.press("ArrowLeft")
    expect(race.locator(".words")).to_contain_text("x = 2.1")
    page.keyboard.press("Enter")
    expect(start).to_contain_text(re.compile(r"2\.1"))
