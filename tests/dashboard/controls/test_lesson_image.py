"""The image that a lesson works on: every source, what is said where there is none, and what is kept."""

from __future__ import annotations

import io
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from PIL import Image
from streamlit.testing.v1 import AppTest

from cnn_core.data import registry
from cnn_core.data.generated_image import generated_image
from cnn_core.data.registry import load_dataset
from cnn_core.errors import ClassroomError
from dashboard.controls import lesson_image
from tests.pages.helpers import checked


def page(channels: int = 1, name: str = "test") -> AppTest:
    def script(channels, name, seen):  # type: ignore[no-untyped-def]  # run elsewhere, without these names
        import streamlit as st

        from dashboard.controls.lesson_image import lesson_image

        seen.image = None
        if not st.session_state.get("elsewhere"):
            seen.image = lesson_image(st.session_state.get("name", name), channels=channels)

    seen = SimpleNamespace(image=None)
    app = AppTest.from_function(script, kwargs={"channels": channels, "name": name, "seen": seen}, default_timeout=20)
    app.seen = seen  # type: ignore[attr-defined]
    return checked(app.run())


def pixels(app: AppTest) -> Any:
    return app.seen.image  # type: ignore[attr-defined]


def choose(app: AppTest, source: str) -> AppTest:
    return checked(app.selectbox("test.image").set_value(source).run())


def upload(app: AppTest, image: Image.Image) -> AppTest:
    file = io.BytesIO()
    image.save(file, "PNG")
    return checked(app.file_uploader("test.upload").set_value(("a.png", file.getvalue(), "image/png")).run())


def test_a_digit_of_the_test_set_is_there_at_once_and_chosen_by_class_and_number() -> None:
    test = load_dataset("digits").test
    app = page()
    np.testing.assert_array_equal(pixels(app), test.images[test.labels == 7][0])
    checked(app.slider("test.digit").set_value(4).run())
    checked(app.slider("test.number").set_value(12).run())
    np.testing.assert_array_equal(pixels(app), test.images[test.labels == 4][11])


def test_generated_pictures_in_grey_and_in_colour() -> None:
    app = choose(page(), "generated")
    checked(app.slider("test.generated").set_value(5).run())
    np.testing.assert_array_equal(pixels(app), generated_image((28, 28, 1), 4))
    colour = page(channels=3)
    assert colour.selectbox("test.image").options == ["A generated picture", "Upload an image", "Take a photo"]
    np.testing.assert_array_equal(pixels(colour), generated_image((28, 28, 3), 0))


def test_without_a_drawing_the_way_to_the_canvas_is_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    linked: list[str] = []
    monkeypatch.setattr("streamlit.page_link", lambda path, **_: linked.append(path))
    app = choose(page(), "drawing")
    assert pixels(app) is None
    assert [info.value for info in app.info] == ["There is no drawing yet."]
    assert linked == ["pages/40_Draw_a_digit.py"]
    app.session_state["state.drawn_image"] = np.full((28, 28, 1), 3, np.uint8)
    checked(app.run())
    assert pixels(app).tolist() == np.full((28, 28, 1), 3).tolist()


@pytest.mark.parametrize(("channels", "value"), [(1, [90]), (3, [90, 90, 90])])
def test_a_large_picture_is_cut_and_shrunk(channels: int, value: list[int]) -> None:
    app = choose(page(channels), "upload")
    assert pixels(app) is None
    assert app.info[0].value == "The picture is cut to its middle square and shrunk to 64×64 pixels."
    upload(app, Image.new("L", (300, 200), 90))
    assert pixels(app).shape == (64, 64, channels)
    assert pixels(app)[3, 5].tolist() == value
    assert app.caption[0].value == "Your picture: cut to the middle square, scaled to 64×64."


def test_a_small_picture_stays_as_it_is() -> None:
    app = upload(
        choose(page(), "upload"), Image.fromarray(np.arange(400, dtype=np.uint16).astype(np.uint8).reshape(20, 20))
    )
    assert pixels(app)[..., 0].tolist() == (np.arange(400) % 256).reshape(20, 20).tolist()
    assert not app.caption


def test_a_bad_file_gets_one_sentence_and_the_next_one_is_read() -> None:
    app = choose(page(), "upload")
    checked(app.file_uploader("test.upload").set_value(("a.png", b"no picture", "image/png")).run())
    assert pixels(app) is None
    assert [error.value.partition(":")[0] for error in app.error] == ["The file holds no picture that can be read"]
    assert not app.info
    upload(app, Image.new("L", (8, 8), 7))
    assert not app.error
    assert pixels(app).shape == (8, 8, 1)


def test_a_photo_is_taken() -> None:
    app = choose(page(), "camera")
    file = io.BytesIO()
    Image.new("RGB", (320, 240), (9, 9, 9)).save(file, "JPEG")
    checked(app.camera_input("test.camera").set_value(("photo.jpg", file.getvalue(), "image/jpeg")).run())
    assert pixels(app).shape == (64, 64, 1)


def test_the_choice_outlives_the_page_and_a_picture_is_there_in_every_lesson() -> None:
    app = upload(choose(page(), "upload"), Image.new("L", (9, 9), 33))
    app.session_state["elsewhere"] = True
    checked(app.run())
    assert pixels(app) is None
    app.session_state["elsewhere"] = False
    checked(app.run())
    assert app.selectbox("test.image").value == "upload"
    assert np.unique(pixels(app)).tolist() == [33]
    app.session_state["name"] = "other"
    checked(app.run())
    assert app.selectbox("other.image").value == "digit"
    checked(app.selectbox("other.image").set_value("upload").run())
    assert np.unique(pixels(app)).tolist() == [33]


def test_digits_that_cannot_be_read_are_said_in_words(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_slug: str) -> None:
        raise ClassroomError("The digits are damaged.", "Fetch them once more.")

    monkeypatch.setattr(registry, "load_dataset", broken)
    monkeypatch.setattr(lesson_image, "load_dataset", broken)
    app = page()
    assert [error.value for error in app.error] == ["The digits are damaged. Fetch them once more."]
    assert pixels(app) is None
