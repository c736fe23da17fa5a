"""The lesson on convolution: what is set is what walks, what cannot be is said, and tasks know when they are done."""

from __future__ import annotations

import io
import json
from typing import Any

import numpy as np
import pytest
from PIL import Image
from scipy import signal
from streamlit.testing.v1 import AppTest

from cnn_core.data.registry import load_dataset
from cnn_core.operations.convolution import channel_steps, convolution_steps
from cnn_core.operations.kernels import KERNELS, random_kernel
from dashboard.lessons import convolution
from dashboard.lessons.convolution_record import Seen, WindowSettings
from dashboard.lessons.convolution_walks import channel_walk, image_walk, row_walk
from dashboard.lessons.convolution_words import size_words, written_sum
from tests.dashboard.lessons.helpers import lesson_app
from tests.pages.helpers import checked

SOBEL = KERNELS["sobel-x"].weights


class Sight:
    """What the stage has returned last."""

    seen: Seen | None = None


@pytest.fixture
def app(monkeypatch: pytest.MonkeyPatch) -> AppTest:
    """The lesson alone, without its page."""

    def noting(stage: Any) -> Any:
        def noted(palette: Any) -> Seen | None:
            Sight.seen = stage(palette)
            return Sight.seen

        return noted

    monkeypatch.setattr(convolution, "STAGES", {view: noting(stage) for view, stage in convolution.STAGES.items()})
    return lesson_app("convolution")


def seen() -> Seen:
    assert Sight.seen is not None
    return Sight.seen


def view(app: AppTest, slug: str) -> AppTest:
    return checked(app.segmented_control("convolution.view").set_value(slug).run())


def pick(app: AppTest, name: str, option: str) -> AppTest:
    return checked(app.selectbox(f"convolution.{name}").set_value(option).run())


def set_number(app: AppTest, name: str, value: int) -> AppTest:
    return checked(app.number_input(f"convolution.{name}").set_value(value).run())


def type_kernel(app: AppTest, text: str) -> AppTest:
    pick(app, "kernel", "own")
    return checked(app.text_area("convolution.typed").set_value(text).run())


def walk(app: AppTest) -> dict[str, Any]:
    """What the browser was sent to play."""
    sent = [json.loads(element.proto.json) for element in app.get("bidi_component")]
    (found,) = [data for data in sent if "sentences" in data]
    return found  # type: ignore[no-any-return]


def said(app: AppTest) -> str:
    kinds = (app.markdown, app.caption, app.warning, app.info)
    return "\n".join(str(element.value) for kind in kinds for element in kind)


def is_done(app: AppTest, slug: str) -> bool:
    task = next(task for task in convolution.LESSON.tasks if task.slug == slug)
    return task.found in said(app)


# --- along a line -------------------------------------------------------------------------------------------------


def test_it_begins_along_a_line(app: AppTest) -> None:
    assert seen().view == "line"
    assert seen().output.tolist() == [0, 0, 5, 5, 0, 0, 0, -5, -5, 0]
    assert walk(app)["sentences"][2] == "0×(−1) + 0×0 + 5×1 = 5, into place 3"
    assert [grid["role"] for grid in walk(app)["grids"]] == ["input", "kernel", "product", "output"]
    assert "= ⌊(12 − 3) / 1⌋ + 1 = **10**" in said(app)


def test_lines_and_kernels_are_chosen_or_typed(app: AppTest) -> None:
    pick(app, "line.row.named", "spike")
    pick(app, "line.taps.named", "mean")
    assert seen().output.tolist() == [0, 0, 0, 1.5, 3, 1.5, 0, 0, 0, 0]
    checked(app.text_input("convolution.line.row.typed").set_value("1 2 4 8").run())
    checked(app.text_input("convolution.line.taps.typed").set_value("1 0 0").run())
    assert seen().output.tolist() == [1, 2]
    assert app.selectbox("convolution.line.row.named").value == "own"
    checked(app.text_input("convolution.line.taps.typed").set_value("0 1 0").run())
    assert app.selectbox("convolution.line.taps.named").value == "copy"


def test_what_cannot_be_read_changes_nothing_and_stays_to_be_mended(app: AppTest) -> None:
    checked(app.text_input("convolution.line.taps.typed").set_value("1 2").run())
    assert [box.value for box in app.warning] == [
        "Here are 2 numbers, and there must be exactly 3. Type 1 more. Until then the numbers stay as they were."
    ]
    assert app.text_input("convolution.line.taps.typed").value == "1 2"
    assert seen().kernel.tolist() == [-1, 0, 1]
    checked(app.text_input("convolution.line.taps.typed").set_value("1 2 3").run())
    assert not app.warning
    assert seen().kernel.tolist() == [1, 2, 3]


def test_stride_padding_and_dilation_along_the_line(app: AppTest) -> None:
    set_number(app, "line.stride", 2)
    pick(app, "line.padding", "3")
    set_number(app, "line.dilation", 4)
    assert seen().output.shape == (5,)
    assert "⌊(12 + 2 × 3 − (4 × (3 − 1) + 1)) / 2⌋ + 1 = **5**" in said(app)
    checked(app.text_input("convolution.line.row.typed").set_value("1 2").run())
    assert "Type 1 more." in said(app)


def test_turning_along_the_line(app: AppTest) -> None:
    before = seen().output
    checked(app.toggle("convolution.line.turn").set_value(True).run())
    np.testing.assert_array_equal(seen().output, -before)
    assert "every number of the output changes its sign" in said(app)


# --- over an image ------------------------------------------------------------------------------------------------


def test_the_plane_begins_with_the_textbook(app: AppTest) -> None:
    view(app, "plane")
    assert seen().output.tolist() == [[19, 25], [37, 43]]
    assert walk(app)["sentences"] == [
        "0×0 + 1×1 + 3×2 + 4×3 = 19, into row 1, column 1",
        "1×0 + 2×1 + 4×2 + 5×3 = 25, into row 1, column 2",
        "3×0 + 4×1 + 6×2 + 7×3 = 37, into row 2, column 1",
        "4×0 + 5×1 + 7×2 + 8×3 = 43, into row 2, column 2",
    ]
    assert "**Output height and width** = ⌊(side − kernel) / stride⌋ + 1 = ⌊(3 − 2) / 1⌋ + 1 = **2**" in said(app)


def test_any_kernel_over_a_digit(app: AppTest) -> None:
    test = load_dataset("digits").test
    digit = test.images[test.labels == 7][0][..., 0]
    pick(view(app, "plane"), "plane.image", "digit")
    for slug, kernel in KERNELS.items():
        pick(app, "kernel", slug)
        np.testing.assert_allclose(seen().output, signal.correlate2d(digit, kernel.weights, "valid"))
        assert kernel.words in said(app)
    pick(app, "kernel", "random")
    set_number(app, "seed", 5)
    np.testing.assert_array_equal(seen().kernel, random_kernel(5))
    assert walk(app)["steps"] == 26 * 26


def test_turning_over_an_image_shows_both(app: AppTest) -> None:
    pick(pick(view(app, "plane"), "plane.image", "digit"), "kernel", "emboss")
    checked(app.toggle("convolution.plane.turn").set_value(True).run())
    np.testing.assert_allclose(
        seen().output, signal.convolve2d(seen().image, KERNELS["emboss"].weights, "valid"), atol=1e-9
    )
    assert "numbers of the output are others now" in said(app)
    shown = [json.loads(element.proto.json).get("names") for element in app.get("bidi_component")]
    assert ["Cross-correlation", "Convolution"] in shown


def test_a_photo_is_walked_over(app: AppTest) -> None:
    pick(view(app, "plane"), "plane.image", "upload")
    assert Sight.seen is None
    file = io.BytesIO()
    Image.new("RGB", (200, 120), (30, 60, 90)).save(file, "PNG")
    checked(app.file_uploader("convolution.plane.upload").set_value(("a.png", file.getvalue(), "image/png")).run())
    assert seen().image.shape == (40, 40)


def test_a_kernel_is_typed_beginning_with_the_one_that_was_there(app: AppTest) -> None:
    pick(view(app, "plane"), "kernel", "laplacian")
    pick(app, "kernel", "own")
    assert app.text_area("convolution.typed").value == "0 1 0\n1 -4 1\n0 1 0"
    type_kernel(app, "1 0\n0 -1")
    assert seen().kernel.tolist() == [[1, 0], [0, -1]]
    type_kernel(app, "1 0\n0 oh")
    assert [box.value for box in app.warning] == [
        "“oh” is not a number. Write numbers as 2, -1, 0.5 or 1/9, with blanks between. "
        "Until then the kernel stays as it was."
    ]
    assert seen().kernel.tolist() == [[1, 0], [0, -1]]
    pick(app, "kernel", "identity")
    assert not app.warning
    pick(app, "kernel", "own")
    assert app.text_area("convolution.typed").value == "1 0\n0 oh", "nothing that was typed is lost"


def test_a_kernel_that_does_not_fit_is_said_with_what_works(app: AppTest) -> None:
    set_number(view(app, "plane"), "plane.dilation", 3)
    assert Sight.seen is None
    assert [box.value for box in app.warning] == [
        "The kernel of 2×2 with dilation 3 reaches over 4×4 pixels, and the image has 3×3. "
        "Choose dilation 2: it is the largest that fits."
    ]
    checked(app.button("convolution.plane.repair").click().run())
    assert app.number_input("convolution.plane.dilation").value == 2
    assert seen().output.shape == (1, 1)
    type_kernel(app, "\n".join(["1 2 3 4 5 6 7"] * 7))
    set_number(app, "plane.dilation", 4)
    assert "Choose padding 11, or a kernel of at most 3×3." in said(app)
    checked(app.button("convolution.plane.repair").click().run())
    assert app.selectbox("convolution.plane.padding").value == "11"
    assert seen().output.shape == (1, 1)
    pick(app, "plane.padding", "same")
    assert seen().output.shape == (3, 3)


# --- over several channels ----------------------------------------------------------------------------------------


def test_channels_are_added_up(app: AppTest) -> None:
    view(app, "channels")
    set_number(app, "channels.bias", -2)
    found = seen()
    maps = [signal.correlate2d(found.image[..., c], found.kernel[..., c], "valid") for c in range(3)]
    np.testing.assert_array_equal(found.output, sum(maps) - 2)
    parts = [str(int(single[0, 0])).replace("-", "−") for single in maps]
    assert walk(app)["sentences"][0].startswith(f"red {parts[0]} + green {parts[1]} + blue {parts[2]}")
    assert "+ bias (−2) = " in walk(app)["sentences"][0]
    assert [grid["role"] for grid in walk(app)["grids"]] == ["input"] * 3 + ["kernel"] * 3 + ["product"] * 3 + [
        "output"
    ]
    pick(app, "channels.image", "generated")
    assert seen().image.shape == (28, 28, 3)
    assert "The image in its colours" in said(app)


# --- tasks --------------------------------------------------------------------------------------------------------


def test_tasks_are_done_by_what_they_ask_for(app: AppTest) -> None:
    for other in ("plane", "channels", "line"):
        view(app, other)
    assert not any(is_done(app, task.slug) for task in convolution.LESSON.tasks)

    pick(app, "line.padding", "2")
    assert not is_done(app, "length")
    pick(app, "line.padding", "1")
    assert is_done(app, "length")

    pick(view(app, "plane"), "kernel", "blur")
    assert not is_done(app, "even")
    pick(app, "kernel", "sobel-y")
    assert is_done(app, "even")

    checked(app.toggle("convolution.plane.turn").set_value(True).run())
    assert not is_done(app, "turn")
    pick(app, "kernel", "sharpen")
    assert is_done(app, "turn")

    pick(view(app, "channels"), "channels.red", "none")
    assert not is_done(app, "colour")
    pick(app, "channels.blue", "none")
    assert is_done(app, "colour")


def test_zeros_are_no_solution(app: AppTest) -> None:
    type_kernel(view(app, "plane"), "0 0\n0 0")
    checked(app.toggle("convolution.plane.turn").set_value(True).run())
    assert not is_done(app, "even")
    assert not is_done(app, "turn")


# --- words and walks ----------------------------------------------------------------------------------------------


def test_long_sums_are_cut_in_their_middle() -> None:
    patch, kernel = np.arange(25).reshape(5, 5), np.ones((5, 5))
    assert written_sum(patch, kernel, 300) == "0×1 + 1×1 + 2×1 + … + 22×1 + 23×1 + 24×1 = 300"


def test_output_size_in_two_lines_where_the_sides_differ() -> None:
    windows = WindowSettings(2, "same", 1).windows((5, 8), (3, 3))
    assert size_words(windows) == (
        "**Output height** = ⌈height / stride⌉ = ⌈5 / 2⌉ = **3**  \n"
        "**Output width** = ⌈width / stride⌉ = ⌈8 / 2⌉ = **4**"
    )


def test_walks_hold_what_the_steps_say() -> None:
    image = np.arange(20).reshape(4, 5)
    steps = convolution_steps(image, SOBEL, 1, 1)
    walked = image_walk(steps, 19)
    grids = {grid.name: grid for grid in walked.grids}
    assert grids["Image"].padding == (1, 1, 1, 1)
    assert (grids["Image"].scale, grids["Image"].limits) == ("grey", (0, 19))
    np.testing.assert_array_equal(grids["Image"].marks, steps.cells)
    np.testing.assert_array_equal(grids["Output"].marks[:, 0], steps.output_cells)
    np.testing.assert_array_equal(grids["Output"].values, steps.output)
    np.testing.assert_array_equal(grids["Products"].values, steps.products)
    assert grids["Output"].is_filling
    row = row_walk(convolution_steps(np.array([1, -2, 3]), np.array([1, 1])))
    assert row.grids[0].scale == "diverging", "numbers below zero have a colour"
    colours = channel_walk(channel_steps(np.ones((3, 3, 3)), np.ones((2, 2, 3))), 255)
    assert [grid.name for grid in colours.grids][:3] == ["Red", "Green", "Blue"]
