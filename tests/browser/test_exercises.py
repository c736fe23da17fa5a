"""Exercises in a real browser: answers right, wrong and shown; the score stays on this device, also over a reload."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from tests.browser.conftest import PHONE, Server
from tests.browser.helpers import (
    choose,
    expect_no_wider_than_the_screen,
    follow_link,
    key,
    open_page,
    saved_by,
    wait_until_settled,
)
from tests.oracles import window_places


def right_answer(page: Page) -> int:
    """Count the places of the window that the question describes."""
    text = key(page, "exercises.card").inner_text()
    found = re.search(r"kernel of (\d+)×\d+ slides over an image of (\d+)×\d+ pixels: stride (\d+)", text)
    assert found, text
    kernel, size, stride = map(int, found.groups())
    dilation = 2 if "dilation 2" in text else 1
    zeros = re.search(r"(\d+) rows? of zeros", text)
    padding = "same" if "same padding" in text else "valid"
    return len(window_places(size + 2 * int(zeros[1]) if zeros else size, kernel, stride, padding, dilation))


def choose_kind(page: Page, kind: str) -> None:
    """Choose a kind of question, by way of another one: the question before may be of that kind by chance."""
    for title in ("What if", kind):
        choose(page, "exercises.kind", title)
        expect(key(page, "exercises.card")).to_contain_text(f"· {title}")
    wait_until_settled(page)


def answer(page: Page, text: str) -> None:
    field = key(page, "exercises.card").get_by_role("textbox")
    field.fill(text)
    field.press("Enter")
    expect(key(page, "exercises.another")).to_be_visible()
    wait_until_settled(page)


def another(page: Page) -> None:
    before = key(page, "exercises.card").inner_text()
    page.get_by_role("button", name="Another one").click()
    expect(page.get_by_role("button", name="Check my answer")).to_be_visible()
    expect(key(page, "exercises.card")).not_to_have_text(before)
    wait_until_settled(page)


def test_the_score_counts_each_answer_once_and_stays_in_this_browser(server: Server, page: Page) -> None:
    open_page(page, server.address, "Exercises")
    score = key(page, "exercises.score")
    expect(score).to_contain_text("Nothing answered yet")
    choose_kind(page, "Size without a network")
    answer(page, f"= {right_answer(page)}")
    expect(page.get_by_text(re.compile(r"^Right: \d+ numbers"))).to_be_visible()
    expect(score).to_contain_text("1 of 1 right")
    another(page)
    answer(page, str(right_answer(page) + 1))
    expect(page.get_by_text(re.compile(r"^Not right: you said \d+, it is"))).to_be_visible()
    expect(score).to_contain_text("1 of 2 right")
    another(page)
    page.get_by_role("button", name="Show the answer").click()
    expect(page.get_by_text("It counts as not solved")).to_be_visible()
    expect(score).to_contain_text("1 of 3 right")

    expect(score.get_by_role("row")).to_have_text(["Size without a network1 of 3"])

    follow_link(page, "Glossary")
    follow_link(page, "Exercises")
    wait_until_settled(page)
    expect(page.get_by_text("It counts as not solved")).to_be_visible()
    expect(score).to_contain_text("1 of 3 right")

    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    page.reload()
    expect(score).to_contain_text("1 of 3 right")
    wait_until_settled(page)
    expect_no_wider_than_the_screen(page)

    page.get_by_role("button", name="Begin again").click()
    page.get_by_role("button", name="Keep them").click()
    expect(score).to_contain_text("1 of 3 right")
    page.get_by_role("button", name="Begin again").click()
    page.get_by_role("button", name="Forget 3 answers").click()
    expect(score).to_contain_text("Nothing answered yet")
    # Another tab has answered, and left some nonsense too.
    kept = '{"kinds": {"conv-size": [7, "x"], "kernel": [3, 1], "what-if": [1, 2]}, "counted": []}'
    page.evaluate(
        """text => {
            localStorage.setItem("cnn_classroom.score", text);
            window.dispatchEvent(new StorageEvent("storage", { key: "cnn_classroom.score" }));
        }""",
        kept,
    )
    expect(score).to_contain_text("1 of 2 right")
    expect(score.get_by_role("row")).to_have_text(["What if1 of 2"])


def test_a_kernel_is_chosen_by_its_picture_and_a_sheet_is_saved(server: Server, page: Page) -> None:
    open_page(page, server.address, "Exercises")
    choose_kind(page, "Which kernel")
    kernels = key(page, "exercises.choices").locator("canvas").first
    expect(kernels).to_be_visible(timeout=60_000)
    wait_until_settled(page)
    kernels.click(position={"x": 160, "y": 70})
    expect(key(page, "exercises.card").get_by_role("radio", name="B")).to_be_checked()
    page.get_by_role("button", name="Check my answer").click()
    expect(page.get_by_text(re.compile("^(Right: |Not right: you said B)"))).to_be_visible()
    expect(key(page, "exercises.score")).to_contain_text("of 1 right")

    wait_until_settled(page)
    page.get_by_text("Sheets to print").click()
    expect(page.get_by_text("The solutions come last")).to_be_visible()
    saved = saved_by(page, page.get_by_role("button", name="Save the sheet (HTML)"))
    assert saved.suggested_filename == "exercises-1.html"
    html = saved.path().read_text(encoding="utf-8")
    assert html.count("<li>") == 12
    assert "data:image/png;base64," in html
