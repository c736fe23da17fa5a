"""The lesson on other convolutions: walks show the core's steps, costs follow the layer, tasks know their result."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from cnn_core.operations.convolution import cross_correlate2d
from cnn_core.operations.kernels import KERNELS
from dashboard.components.walk_view import Walk
from dashboard.lessons import (
    other_convolutions as lesson,
)
from dashboard.lessons import (
    other_convolutions_dilated,
    other_convolutions_pointwise,
    other_convolutions_separable,
    other_convolutions_transposed,
)
from dashboard.lessons.other_convolutions_record import Seen
from tests.dashboard.lessons.helpers import lesson_app
from tests.pages.helpers import checked

PARTS = (
    other_convolutions_dilated,
    other_convolutions_pointwise,
    other_convolutions_separable,
    other_convolutions_transposed,
)


@pytest.fixture
def walks(monkeypatch: pytest.MonkeyPatch) -> list[Walk]:
    """What is shown in the stepping view, the newest last."""
    shown: list[Walk] = []
    for part in PARTS:
        show = part.walk_view

        def noted(walk: Walk, key: str, palette: Any, show: Any = show) -> None:
            shown.append(walk)
            show(walk, key, palette)

        monkeypatch.setattr(part, "walk_view", noted)
    return shown


@pytest.fixture
def app(walks: list[Walk]) -> AppTest:
    return lesson_app("other_convolutions")


def view(app: AppTest, slug: str) -> AppTest:
    return checked(app.segmented_control("other.view").set_value(slug).run())


def slide(app: AppTest, name: str, value: int) -> AppTest:
    return checked(app.slider(f"other.{name}").set_value(value).run())


def pick(app: AppTest, name: str, value: Any) -> AppTest:
    return checked(app.selectbox(f"other.{name}").set_value(value).run())


def weigh(app: AppTest, name: str, value: float) -> AppTest:
    return checked(app.number_input(f"other.{name}").set_value(value).run())


def said(app: AppTest) -> str:
    kinds = (app.markdown, app.caption, app.warning, app.info)
    words = [str(element.value) for kind in kinds for element in kind]
    return "\n".join([*words, *(element.proto.body for element in app.get("html"))])


def is_done(app: AppTest, slug: str) -> bool:
    return next(task.found for task in lesson.LESSON.tasks if task.slug == slug) in said(app)


def grids(walk: Walk, role: str) -> list[np.ndarray]:
    return [grid.values for grid in walk.grids if grid.role == role]


def test_pointwise_mixes_the_channels_of_each_place(app: AppTest, walks: list[Walk]) -> None:
    image = np.stack(grids(walks[-1], "input"), axis=-1)
    assert image.shape == (4, 4, 3)
    np.testing.assert_allclose(grids(walks[-1], "output")[0], image @ [0.3, 0.6, 0.1])
    assert walks[-1].sentences[-1] == "9×0.3 + 8×0.6 + 3×0.1 = 7.8, into row 4, column 4"
    marks = {grid.role: grid.marks for grid in walks[-1].grids}
    for role in ("input", "output"):
        assert [marks[role][step].tolist() for step in (0, 6, 15)] == [[[0, 0]], [[1, 2]], [[3, 3]]]  # type: ignore[index]
    assert "1 × 1 × 32 × 32 + 32" in said(app)
    weigh(app, "pointwise.red", 0.0)
    assert not is_done(app, "one")
    weigh(app, "pointwise.blue", 0.0)
    np.testing.assert_allclose(grids(walks[-1], "output")[0], 0.6 * image[..., 1])
    assert is_done(app, "one")


def test_separable_looks_around_first_and_mixes_then(app: AppTest, walks: list[Walk]) -> None:
    view(app, "separable")
    image, maps = np.stack(grids(walks[-1], "input")), np.stack(grids(walks[-1], "output"))
    kernels = [KERNELS[slug].weights for slug in ("sobel-x", "sobel-y", "blur")]
    for pixels, kernel, found in zip(image, kernels, maps, strict=True):
        np.testing.assert_array_equal(found, cross_correlate2d(pixels, kernel))
    assert walks[-1].sentences[0] == "Row 1, column 1: red 36, green 32, blue 1. Nothing is added across channels."
    assert "largest difference 0." in said(app)
    pick(app, "separable.kernel.red", "identity")
    checked(app.segmented_control("other.separable.part").set_value("mixing").run())
    weigh(app, "mixing.blue", 2.0)
    np.testing.assert_array_equal(grids(walks[-1], "input")[0], image[0, 1:-1, 1:-1])
    np.testing.assert_allclose(grids(walks[-1], "output")[0], image[0, 1:-1, 1:-1] - maps[1] + 2 * maps[2])
    assert "largest difference 0." in said(app)
    assert "3 × 3 × 32 + 32 × 32 + 32" in said(app)


def test_dilated_leaves_gaps_and_reaches_further(app: AppTest, walks: list[Walk]) -> None:
    view(app, "dilated")
    assert "dilation × (kernel − 1) + 1 = 2 × (3 − 1) + 1 = 5" in said(app)
    marks = walks[-1].grids[0].marks
    assert marks is not None
    assert marks[0].tolist() == [[row, column] for row in (0, 2, 4) for column in (0, 2, 4)]
    assert not is_done(app, "seven")
    slide(app, "dilated.rate", 3)
    (image,) = grids(walks[-1], "input")
    expected = cross_correlate2d(image, KERNELS["sobel-x"].weights, dilation=3)
    np.testing.assert_array_equal(grids(walks[-1], "output")[0], expected)
    assert "9 weights reach over 7×7 pixels" in said(app)
    assert is_done(app, "seven")


def test_dilation_that_does_not_fit_is_said_with_the_largest_that_does(
    app: AppTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    small = {"A grid with an edge": np.ones((6, 6, 1), np.uint8)}
    monkeypatch.setitem(lesson.EXAMPLES, "dilated", small)
    slide(view(app, "dilated"), "dilated.rate", 4)
    assert "reaches over 9×9 pixels, and the image has 6×6. Choose dilation 2" in said(app)
    checked(app.button("other.dilated.repair").click().run())
    assert app.slider("other.dilated.rate").value == 2
    assert not app.warning


def test_transposed_spreads_each_number(app: AppTest, walks: list[Walk]) -> None:
    view(app, "transposed")
    slide(app, "transposed.stride", 1)
    (outputs,) = grids(walks[-1], "output")
    assert outputs[-1].tolist() == [[0, 0, 1], [0, 4, 6], [4, 12, 9]]
    assert outputs[2].tolist() == [[0, 0, 1], [0, 4, 3], [4, 6, 0]]
    assert walks[-1].sentences[3] == "3 (row 2, column 2) × kernel, added to rows 2 to 3, columns 2 to 3 of the output"
    assert "(input − 1) × stride + kernel = (2 − 1) × 1 + 2 = **3**" in said(app)
    assert "is the sum of 1 to 4 products**; away from the edge each gets equally many." in said(app)
    assert "from 3×3 to 2×2 is a matrix of 4 × 9" in said(app)
    assert "largest difference 0." in said(app)
    slide(app, "transposed.stride", 2)
    assert "is the sum of 1 product**" in said(app)
    assert not is_done(app, "chessboard")
    slide(app, "transposed.size", 3)
    assert "a larger output looks like a **chessboard**" in said(app)
    assert is_done(app, "chessboard")


def test_padding_that_cuts_everything_off_is_said_and_repaired(app: AppTest) -> None:
    view(app, "transposed")
    pick(app, "transposed.padding", 2)
    assert "Choose padding 1 or less." in said(app)
    checked(app.button("other.transposed.repair").click().run())
    assert app.selectbox("other.transposed.padding").value == "valid"
    assert not app.warning


def test_costs_follow_the_layer_that_is_set(app: AppTest) -> None:
    view(app, "costs")
    assert "26 × 26 × 3 × 3 × 32 × 32" in said(app)
    pick(app, "costs.filters", 64)
    assert "26 × 26 × (3 × 3 × 32 + 32 × 64)" in said(app)
    assert not is_done(app, "saving")
    pick(app, "costs.filters", 128)
    assert is_done(app, "saving")
    slide(slide(app, "costs.kernel", 5), "costs.dilation", 3)
    assert "sees 13×13, gives 16×16×128" in said(app)
    view(app, "pointwise")
    assert "28×28 with 32 channels to 128 filters" in said(app)


def test_without_an_image_it_says_what_to_do(app: AppTest) -> None:
    pick(app, "colour.image", "upload")
    assert "There is no image yet. Press “Image”" in said(app)


@pytest.mark.parametrize("slug", list(lesson.VIEWS))
def test_other_parts_do_no_task(slug: str) -> None:
    seen = Seen(slug)  # type: ignore[arg-type]
    assert not any(task.is_done(seen) for task in lesson.LESSON.tasks)
