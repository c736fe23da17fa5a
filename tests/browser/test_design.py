"""The designer in a real browser: what is edited, shown, clicked, taken away and shared."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from urllib.parse import parse_qs, urlparse

from playwright.sync_api import BrowserContext, Locator, Page, expect

from benchmarks.design_speed import thirty_layers
from cnn_core.architecture.address import spec_to_address
from cnn_core.architecture.presets import PRESETS
from cnn_core.architecture.spec import NetworkSpec
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

THIRTY = spec_to_address(thirty_layers())


def design_in(page: Page) -> str:
    """The network that the address names."""
    return parse_qs(urlparse(page.url).query).get("net", [""])[0]


def tile(page: Page, index: int) -> Locator:
    """The picture of a layer."""
    return key(page, "design.picture").locator(f'[data-layer="{index}"]')


def slider(page: Page, name: str) -> Locator:
    return key(page, f"design.quick.{name}").get_by_role("slider")


def test_impossible_kernel_is_said_and_repaired_beside_its_control(server: Server, page: Page) -> None:
    open_page(page, server.address, "Design")
    choose(page, "design.quick.padding", "valid")
    slider(page, "kernel_size").focus()
    slider(page, "kernel_size").press("End")
    alert = page.get_by_test_id("stAlert").filter(has_text="A kernel of 11×11 does not fit")
    expect(alert).to_contain_text("what is left of the image here, 9×9; a height of 9 is the largest that does.")
    control, said = slider(page, "kernel_size").bounding_box(), alert.bounding_box()
    assert control is not None
    assert said is not None
    assert 0 < said["y"] - control["y"] < 120, "the sentence stands right below its control"
    expect(page.get_by_text("This network cannot be built yet.")).to_be_visible()
    expect(tile(page, 0)).to_contain_text("26×26×16")
    expect(page.get_by_role("button", name="Choose how to train it")).to_be_disabled()
    page.get_by_role("button", name="Set kernel size to 9").click()
    expect(alert).to_have_count(0)
    expect(tile(page, 0)).to_contain_text("20×20×16")
    expect(page.get_by_role("button", name="Choose how to train it")).to_be_enabled()
    # What was designed is still there after a look at another page.
    follow_link(page, "Train")
    follow_link(page, "Design")
    expect(slider(page, "kernel_size")).to_have_value("9")


def test_a_click_on_a_layer_opens_its_numbers_and_its_view(server: Server, page: Page) -> None:
    open_page(page, server.address, "Design")
    tile(page, 2).click()
    expect(page.get_by_role("heading", name="conv_2: how its numbers come about")).to_be_visible()
    expect(page.locator(".formulas")).to_contain_text("3 × 3 × 16 × 32 + 32 = 4,640")
    expect(key(page, "design.field").locator(".words")).to_contain_text("conv_2 sees 8×8 pixels")
    key(page, "design.table").locator('[data-layer="4"]').click()
    expect(page.get_by_role("heading", name="flatten_1: how its numbers come about")).to_be_visible()
    choose_mode(page, "Layer by layer")
    expect(key(page, "design.list").get_by_role("radio", name="flatten_1")).to_be_checked()


def choose_mode(page: Page, name: str) -> None:
    key(page, "design.mode_choice").get_by_role("radio", name=name).click()
    wait_until_settled(page)


def test_layers_are_edited_without_losing_the_hand(server: Server, page: Page) -> None:
    """Thirty layers: the slider keeps the focus, the picture follows, undo goes back."""
    open_page(page, server.address, f"Design?net={THIRTY}")
    expect(key(page, "design.list").get_by_role("radio")).to_have_count(30)
    height = key(page, "design.own.conv2d.kernel_height").get_by_role("slider")
    height.focus()
    for rows in (4, 5, 6):
        page.keyboard.press("ArrowRight")
        expect(tile(page, 0)).to_contain_text(f"{rows}×3")
    expect(height).to_be_focused()
    for rows in (5, 4, 3):
        page.get_by_role("button", name="Undo").click()
        expect(tile(page, 0)).to_contain_text(f"{rows}×3")
    page.get_by_role("button", name="Redo").click()
    expect(tile(page, 0)).to_contain_text("4×3")
    expect(height).to_have_value("4")


def test_the_address_carries_the_design_and_going_back_undoes(
    server: Server, page: Page, open_context: Callable[..., BrowserContext]
) -> None:
    open_page(page, server.address, "Design")
    choose(page, "preset.slug", "Residual, with skips")
    expect(tile(page, 2)).to_contain_text("residual_1")
    wait_until_settled(page)
    assert design_in(page) == spec_to_address(PRESETS["residual"].spec)
    follow_link(page, "Train")
    expect(page.get_by_test_id("stMain")).to_contain_text("residual 16 → residual 32")

    friend = open_context().new_page()
    friend.goto(page.url)
    expect(friend.get_by_test_id("stMain")).to_contain_text("residual 16 → residual 32")
    follow_link(friend, "Design")
    expect(tile(friend, 2)).to_contain_text("residual_1")

    follow_link(page, "Design")
    choose(page, "preset.slug", "LeNet-5 (1998)")
    expect(tile(page, 0)).to_contain_text("28×28×6")
    page.go_back()
    expect(tile(page, 2)).to_contain_text("residual_1")


def test_hostile_address_gets_a_sentence_and_the_default(server: Server, page: Page) -> None:
    page.goto(f"{server.address}/Design?net=2_28x28x1_%3Cscript%3Ealert(1)%3C%2Fscript%3E")
    expect(page.get_by_test_id("stAlert").filter(has_text="The network in this address")).to_be_visible()
    expect(tile(page, 0)).to_contain_text("28×28×16")
    wait_until_settled(page)
    assert design_in(page) == ""


def saved(page: Page, label: str) -> str:
    waiting = saved_by(page, page.get_by_role("button", name=label, exact=True))
    return Path(waiting.path()).read_text(encoding="utf-8")


def test_everything_can_be_taken_away_and_comes_back(server: Server, page: Page, tmp_path: Path) -> None:
    open_page(page, server.address, f"Design?net={spec_to_address(PRESETS['lenet-5'].spec)}")
    key(page, "design.take_away").get_by_text("Take it away").click()
    script = saved(page, "Script")
    compile(script, "network.py", "exec")
    assert "lenet" in script.lower()
    notebook = json.loads(saved(page, "Notebook"))
    assert notebook["nbformat"] == 4
    assert saved(page, "Picture (SVG)").startswith("<")
    description = saved(page, "Description (JSON)")
    assert NetworkSpec.from_json(description) == PRESETS["lenet-5"].spec
    waiting = saved_by(page, page.get_by_role("button", name="Everything (zip)"))
    assert waiting.suggested_filename == "network.zip"
    wait_until_settled(page)

    choose(page, "preset.slug", "First network")
    expect(tile(page, 0)).to_contain_text("28×28×16")
    file = tmp_path / "network.json"
    file.write_text(description, encoding="utf-8")
    page.get_by_test_id("stFileUploaderDropzoneInput").set_input_files(file)
    expect(tile(page, 0)).to_contain_text("28×28×6")


def test_advice_leads_to_its_word_in_the_glossary_and_back(server: Server, page: Page) -> None:
    open_page(page, server.address, f"Design?net={spec_to_address(PRESETS['large-cnn'].spec)}")
    page.get_by_role("button", name=re.compile("What is meant")).first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("What do the words mean?")
    wait_until_settled(page)
    assert design_in(page) == spec_to_address(PRESETS["large-cnn"].spec)
    follow_link(page, "Design")
    expect(tile(page, 0)).to_contain_text("28×28×32")


def test_a_patient_is_trained_as_it_is_and_cured(server: Server, page: Page) -> None:
    open_page(page, server.address, "Design")
    choose(page, "preset.slug", f"Clinic: {PRESETS['patient-2'].title}")
    expect(page.get_by_text("Kept back until you ask for the diagnosis")).to_be_visible()
    page.get_by_role("button", name="Show the diagnosis").click()
    expect(page.get_by_text("What helps:")).to_be_visible()
    page.get_by_role("button", name="Apply the cure").click()
    expect(page.get_by_role("button", name="Cured")).to_be_disabled()


def test_the_designer_works_by_touch_on_a_phone(server: Server, open_context: Callable[..., BrowserContext]) -> None:
    page = open_context(viewport=PHONE, has_touch=True).new_page()
    open_page(page, server.address, "Design")
    tile(page, 5).tap()
    expect(page.get_by_role("heading", name="dense_1: how its numbers come about")).to_be_visible()
    expect_no_wider_than_the_screen(page)


def test_on_a_phone_the_picture_stays_in_sight_above_the_control(
    server: Server, open_context: Callable[..., BrowserContext]
) -> None:
    page = open_context(viewport=PHONE, has_touch=True).new_page()
    open_page(page, server.address, "Design")
    control_box = key(page, "design.quick.dense_layers")
    control_box.scroll_into_view_if_needed()
    slider(page, "dense_layers").press("ArrowRight")
    expect(tile(page, 6)).to_contain_text("dense_2")
    expect(tile(page, 0)).to_be_in_viewport(ratio=0.9)
    expect(control_box).to_be_in_viewport(ratio=0.9)
    wait_until_settled(page)
    slider(page, "dense_layers").press("ArrowRight")
    expect(tile(page, 7)).to_contain_text("dense_3")
    page.wait_for_function(  # the picture hides no control
        "([picture, control]) => picture.getBoundingClientRect().bottom <= control.getBoundingClientRect().top",
        arg=[tile(page, 0).element_handle(), control_box.element_handle()],
    )
