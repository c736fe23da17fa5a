"""The lesson on convolution in a real browser: the walk of the textbook's example, and a kernel typed in place."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.browser.conftest import PHONE, Server
from tests.browser.helpers import choose, expect_no_wider_than_the_screen, key, open_page, wait_until_settled

SUMS = [19, 25, 37, 43]


def test_textbook_example_is_stepped_through_and_a_kernel_typed(server: Server, page: Page) -> None:
    open_page(page, server.address, "Convolution")
    expect(key(page, "lesson.stage")).to_contain_text("Step 1 of 10")
    key(page, "convolution.view").get_by_role("radio", name="Two dimensions").click()
    stage = key(page, "lesson.stage")
    for step, total in enumerate(SUMS, start=1):
        expect(stage).to_contain_text(f"Step {step} of 4")
        expect(stage).to_contain_text(f"= {total}, into row")
        if step < len(SUMS):
            stage.get_by_role("button", name="One step on").click()

    choose(page, "convolution.kernel", "My own")
    weights = stage.get_by_role("textbox", name="Weights, one row a line")
    expect(weights).to_have_value("0 1\n2 3")
    weights.fill("1 0\n0 nothing")
    weights.press("Control+Enter")
    expect(stage).to_contain_text("“nothing” is not a number.")
    expect(weights).to_have_value("1 0\n0 nothing")
    weights.fill("1 0\n0 -1")
    weights.press("Control+Enter")
    expect(stage).to_contain_text("4×1 + 5×0 + 7×0 + 8×(−1) = −4")
    expect(key(page, "lesson.tasks")).to_contain_text("Done: In two dimensions")

    page.set_viewport_size(PHONE)
    wait_until_settled(page)
    expect_no_wider_than_the_screen(page)
