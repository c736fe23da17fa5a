"""The matrix of a convolution in the browser: a click on a row, or on a number, lights what belongs to it."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.browser.conftest import Server
from tests.browser.helpers import key, open_page, wait_until_settled

EDGE = 3
"""Pixels around a picture on its canvas."""


def click_cell(page: Page, name: str, cell: tuple[int, int], size: tuple[int, int]) -> None:
    canvas = key(page, name).locator("canvas")
    box = canvas.bounding_box()
    assert box is not None
    # The picture is at the left of its canvas, as high as the canvas, and its cells are square.
    side = (box["height"] - 2 * EDGE) / size[0]
    canvas.click(position={"x": EDGE + (cell[1] + 0.5) * side, "y": EDGE + (cell[0] + 0.5) * side})


def test_click_on_the_matrix_or_on_the_map_chooses_a_row(page: Page, server: Server) -> None:
    open_page(page, server.address, "From_dense_to_convolution")
    page.get_by_role("radio", name="Matrix").click()
    expect(page.get_by_text("Row 6 times the flattened image")).to_be_visible()
    wait_until_settled(page)
    click_cell(page, "dense.matrix", (9, 20), (16, 36))
    expect(page.get_by_text("Row 10 times the flattened image")).to_be_visible()
    expect(page.get_by_text("at row 3, column 2.")).to_be_visible()
    click_cell(page, "dense.matrix.map", (3, 3), (4, 4))
    expect(page.get_by_text("Row 16 times the flattened image")).to_be_visible()
    expect(page.get_by_text("Done: In the matrix")).to_be_visible()
