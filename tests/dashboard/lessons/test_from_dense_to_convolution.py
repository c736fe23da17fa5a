"""The lesson from dense to convolution: its numbers are the core's, what cannot be is said, tasks know their result."""

from __future__ import annotations

import base64
import json
from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from cnn_core.data.registry import load_dataset
from cnn_core.operations.convolution import cross_correlate2d
from cnn_core.operations.kernels import KERNELS
from cnn_core.operations.small_image import small_image
from dashboard.lessons import from_dense_to_convolution as lesson
from dashboard.lessons.from_dense_to_convolution_record import Seen
from tests.dashboard.lessons.helpers import lesson_app
from tests.pages.helpers import checked

KINDS = {"float32": "<f4", "uint8": "u1"}


@pytest.fixture
def app() -> AppTest:
    return lesson_app("from_dense_to_convolution")


def view(app: AppTest, slug: str) -> AppTest:
    return checked(app.segmented_control("dense.view").set_value(slug).run())


def slide(app: AppTest, name: str, value: int) -> AppTest:
    return checked(app.slider(f"dense.{name}").set_value(value).run())


def pick(app: AppTest, name: str, value: Any) -> AppTest:
    return checked(app.selectbox(f"dense.{name}").set_value(value).run())


def said(app: AppTest) -> str:
    kinds = (app.markdown, app.caption, app.warning, app.info)
    words = [str(element.value) for kind in kinds for element in kind]
    return "\n".join([*words, *(element.proto.body for element in app.get("html"))])


def pictures(app: AppTest) -> list[dict[str, Any]]:
    """What the browser was sent to draw."""
    return [json.loads(element.proto.json) for element in app.get("bidi_component")]


def values(picture: dict[str, Any]) -> np.ndarray:
    numbers = np.frombuffer(base64.b64decode(picture["values"]), KINDS[picture["kind"]])
    return numbers.reshape(picture["count"], picture["height"], picture["width"])


def is_done(app: AppTest, slug: str) -> bool:
    return next(task.found for task in lesson.LESSON.tasks if task.slug == slug) in said(app)


def seven() -> np.ndarray:
    test = load_dataset("digits").test
    return test.images[test.labels == 7][0][..., 0]


def test_weights_are_counted_for_what_is_set(app: AppTest) -> None:
    assert "28 × 28 × 676 + 676 = <strong>530,660 weights" in said(app)
    image, dense, feature_map = (values(picture)[0] for picture in pictures(app))
    np.testing.assert_array_equal(image, seven())
    assert dense.shape == feature_map.shape == (26, 26)
    slide(slide(app, "size", 5), "filters", 4)
    assert "5 × 5 × 4 + 4 = <strong>104 weights" in said(app)
    assert not is_done(app, "billion")
    pick(app, "times", 8)
    assert "From 224×224 pixels to 4 feature maps of 220×220 numbers" in said(app)
    assert "5 × 5 × 4 + 4 = <strong>104 weights" in said(app)
    assert is_done(app, "billion")


def test_matrix_does_what_the_kernel_does(app: AppTest) -> None:
    view(app, "matrix")
    matrix, image, feature_map = (values(picture)[0] for picture in pictures(app))
    np.testing.assert_array_equal(image, small_image(seven()[..., np.newaxis], 6)[..., 0])
    np.testing.assert_array_equal(feature_map, cross_correlate2d(image, KERNELS["sobel-x"].weights))
    np.testing.assert_array_equal(matrix.astype(float) @ image.ravel(), feature_map.ravel())
    assert "16 rows × 36 columns" in said(app)
    assert "A dense layer would have 576 free weights here" in said(app)
    assert "differ by at most **0**" in said(app)
    assert f"Sliding the kernel writes **{feature_map[1, 1]:.0f}** at row 2, column 2." in said(app)
    assert not is_done(app, "row")


def test_chosen_row_lights_its_patch_and_its_number(app: AppTest) -> None:
    view(app, "matrix")
    slide(app, "row.slider", 16)
    matrix, image, feature_map = pictures(app)
    assert matrix["frames"] == [[0, 15, 0, 16, 36]]
    assert image["frames"] == [[0, 3, 3, 6, 6]]
    assert feature_map["chosen"] == [0, 3, 3]
    assert "at row 4, column 4" in said(app)
    assert is_done(app, "row")
    # With a stride there are fewer rows: the last one is chosen then.
    slide(app, "matrix.stride", 2)
    assert pictures(app)[0]["frames"] == [[0, 3, 0, 4, 36]]
    assert app.slider("dense.row.slider").value == 4


def test_padding_leaves_weights_of_the_first_row_out(app: AppTest) -> None:
    view(app, "matrix")
    pick(app, "matrix.padding", "same")
    slide(app, "row.slider", 1)
    matrix, image, _ = pictures(app)
    assert values(matrix)[0].shape == (36, 36)
    assert image["frames"] == [[0, 0, 0, 2, 2]]


def test_shift_is_followed_by_the_map_and_not_by_the_dense_layer(app: AppTest) -> None:
    view(app, "shift")
    assert "moved along by 2 columns. 624 of 624 numbers are those from before; largest difference **0**" in said(app)
    assert "**Dense layer**: 0 of 676 numbers are those from before" in said(app)
    before, after = values(pictures(app)[1])
    np.testing.assert_array_equal(before[:, :-2], after[:, 2:])
    slide(app, "shift", 0)
    assert "676 of 676 numbers are those from before; largest change **0**" in said(app)
    assert "not moved yet" in said(app)
    slide(app, "shift.stride", 2)
    slide(app, "shift", 4)
    assert "moved along by 2 columns" in said(app)
    assert not is_done(app, "behind")
    slide(app, "shift", 3)
    assert "a shift by 3 is no multiple of stride 2" in said(app)
    assert is_done(app, "behind")


def test_field_grows_with_depth_and_is_drawn_on_the_image(app: AppTest) -> None:
    view(app, "field")
    (image,) = pictures(app)
    assert image["frames"] == [[0, 13, 13, 16, 16], [0, 12, 12, 17, 17], [0, 11, 11, 18, 18]]
    assert "5 + (3 − 1) × 1 = 7; output 22×22" in said(app)
    slide(app, "field.stride", 2)
    assert "3 + (3 − 1) × 2 = 7; output 6×6" in said(app)
    pick(app, "field.padding", "same")
    assert "output 7×7" in said(app)
    assert not is_done(app, "whole")
    slide(app, "depth", 5)
    assert "the whole image" in said(app)
    assert is_done(app, "whole")


def test_stack_that_does_not_fit_is_said_with_the_depth_that_does(app: AppTest) -> None:
    view(app, "field")
    pick(app, "field.pooling", "after")
    slide(app, "depth", 8)
    assert "Choose 3 or fewer convolutions, or “Same” padding." in said(app)
    assert not pictures(app)
    checked(app.button("dense.field.repair").click().run())
    assert app.slider("dense.depth").value == 3
    assert pictures(app)
    assert not app.warning
    # Here it is the fourth pooling that does not fit.
    slide(slide(app, "field.kernel", 2), "depth", 4)
    assert "Choose 3 or fewer convolutions" in said(app)


def test_without_an_image_it_says_what_to_do(app: AppTest) -> None:
    pick(app, "image", "upload")
    assert "There is no image yet. Press “Image”" in said(app)
    assert not pictures(app)


@pytest.mark.parametrize("slug", list(lesson.VIEWS))
def test_other_parts_do_no_task(slug: str) -> None:
    seen = Seen(slug)  # type: ignore[arg-type]
    assert not any(task.is_done(seen) for task in lesson.LESSON.tasks)
