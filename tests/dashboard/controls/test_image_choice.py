"""Which image is looked at: from a data set, by class and by mistake, from a file, or generated."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from PIL import Image
from streamlit.testing.v1 import AppTest

from cnn_core import warm_up
from cnn_core.architecture.layers import Dense, Flatten
from cnn_core.architecture.spec import NetworkSpec
from cnn_core.data import registry
from cnn_core.data.dataset import Dataset, LabelledImages
from cnn_core.data.entry import Availability, DatasetEntry
from cnn_core.data.generated_image import generated_image
from cnn_core.data.split import subset_indices
from cnn_core.networks import TrainedNetwork
from dashboard import resources
from dashboard.controls import image_choice_dataset
from dashboard.controls.image_choice_record import ChosenImage
from tests.pages.helpers import checked

NAMES = ("cup", "ball", "fan")
LABELS = np.arange(30) % 3
WRONG = {4: 0.1, 7: 0.01, 12: 0.3}
"""The test images that the network gets wrong, with the probability that it gives the right class."""


def images_of(count: int) -> np.ndarray:
    """Images whose first pixel is their place."""
    images = np.full((count, 6, 6, 1), 9, np.uint8)
    images[:, 0, 0, 0] = np.arange(count)
    return images


def small_dataset() -> Dataset:
    train = LabelledImages(images_of(3), np.arange(3))
    return Dataset("toys", NAMES, train, LabelledImages(images_of(len(LABELS)), LABELS))


ENTRY = DatasetEntry(
    "toys", "Toys", NAMES, (6, 6, 1), "", 3, len(LABELS), "", small_dataset, lambda: Availability(True, ""), None
)


class ToyProbe:
    """Reads the class of a test image off its first pixel, and is wrong where `WRONG` says so."""

    asked = 0

    def __init__(self, wrong: dict[int, float]) -> None:
        self.wrong = wrong

    def probabilities(self, images: np.ndarray) -> np.ndarray:
        ToyProbe.asked += len(images)
        places = images[:, 0, 0, 0].astype(int)
        rows = np.zeros((len(images), 3), np.float32)
        for row, place in zip(rows, places, strict=True):
            right = self.wrong.get(int(place), 0.9)
            row[LABELS[place]], row[(LABELS[place] + 1) % 3] = right, 1 - right
        return rows


@pytest.fixture(autouse=True)
def toys(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[dict[int, float]], None]]:
    """One data set of toys, and a network that answers without TensorFlow."""

    def answering(wrong: dict[int, float]) -> None:
        monkeypatch.setattr(resources, "probe", lambda _network: ToyProbe(wrong))

    monkeypatch.setitem(registry.DATASETS, "toys", ENTRY)
    monkeypatch.setattr(resources, "_answers", type(resources._answers)())
    monkeypatch.setattr(warm_up, "state", lambda: warm_up.WarmUpState(True, 0.0, ""))
    monkeypatch.setattr(ToyProbe, "asked", 0)
    answering(WRONG)
    yield answering
    registry.forget_loaded()


def network(shape: tuple[int, int, int] = (6, 6, 1), names: tuple[str, ...] = NAMES, data: str = "toys") -> Any:
    spec = NetworkSpec(shape, (Flatten(), Dense(units=len(names), activation="softmax")))
    return TrainedNetwork("toy", 5, "Toy", spec, (), names, data)


def page(chosen_network: Any) -> AppTest:
    """The controls alone; what is chosen is kept in `seen`."""

    def script(network, seen):  # type: ignore[no-untyped-def]  # run elsewhere, without these names
        import streamlit as st

        from dashboard.controls.image_choice import image_controls

        if not st.session_state.get("elsewhere"):
            seen.image = image_controls(network)

    seen = SimpleNamespace(image=None)
    app = AppTest.from_function(script, kwargs={"network": chosen_network, "seen": seen}, default_timeout=20)
    app.seen = seen  # type: ignore[attr-defined]
    return checked(app.run())


def chosen(app: AppTest) -> ChosenImage:
    return app.seen.image  # type: ignore[attr-defined, no-any-return]


def place(app: AppTest) -> int:
    """Which test image is chosen, from 0."""
    return int(chosen(app).pixels[0, 0, 0])


def said(app: AppTest) -> str:
    kinds = (app.caption, app.info, app.error, app.warning)
    return "\n".join(str(element.value) for kind in kinds for element in kind)


def choose_wrong(app: AppTest) -> AppTest:
    return checked(app.segmented_control("inside.which").set_value("wrong").run())


def file_of(image: Image.Image, kind: str = "PNG") -> tuple[str, bytes, str]:
    file = io.BytesIO()
    image.save(file, kind)
    return ("photo.jpg", file.getvalue(), "image/jpeg") if kind == "JPEG" else ("a.png", file.getvalue(), "image/png")


# --- of a data set ------------------------------------------------------------------------------------------------


def test_images_of_a_class_are_counted_within_the_class() -> None:
    app = page(network())
    assert chosen(app).origin == "test image 1 of Toys: “cup”"
    checked(app.selectbox("inside.class").set_value("fan").run())
    checked(app.slider("inside.number").set_value(4).run())
    assert app.slider("inside.number").max == 10
    assert (place(app), chosen(app).class_name) == (11, "fan")
    assert ToyProbe.asked == 0, "nobody wants to know what it gets wrong"


def test_only_the_wrong_ones_worst_first_with_their_number() -> None:
    app = choose_wrong(page(network()))
    assert "Wrong: 3 of 30 test images. The worst comes first." in said(app)
    places = []
    for number in (1, 2, 3):
        checked(app.slider("inside.number").set_value(number).run())
        places.append(place(app))
    assert places == [7, 4, 12]
    assert ToyProbe.asked == 30, "asked once"
    assert "Asking" not in said(app)


def test_wrong_ones_of_a_class_and_classes_without_any() -> None:
    app = choose_wrong(page(network()))
    checked(app.selectbox("inside.class").set_value("ball").run())
    assert "Wrong: 3 of 30 test images, 2 of them “ball”." in said(app)
    assert [place(app), app.slider("inside.number").max] == [7, 2]
    checked(app.selectbox("inside.class").set_value("cup").run())
    assert place(app) == 12
    assert not app.slider, "one image needs no slider"
    checked(app.selectbox("inside.class").set_value("fan").run())
    assert "None of “fan” is wrong among 30 test images, so all are shown." in said(app)
    assert app.slider("inside.number").max == 10


def test_a_network_without_mistakes_shows_all(toys: Callable[[dict[int, float]], None]) -> None:
    toys({})
    app = choose_wrong(page(network()))
    assert "None is wrong among 30 test images, so all are shown." in said(app)
    assert app.slider("inside.number").max == 30


def test_a_network_without_numbers_says_so_instead_of_counting(toys: Callable[[dict[int, float]], None]) -> None:
    toys({3: float("nan")})
    app = choose_wrong(page(network()))
    assert "gives no numbers any more" in said(app)
    assert app.slider("inside.number").max == 30


def test_of_many_images_as_many_of_each_class_are_tried(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(image_choice_dataset, "MOST_TRIED", 12)
    app = choose_wrong(page(network()))
    assert ToyProbe.asked == 12
    wrong = sum(index in WRONG for index in subset_indices(LABELS, 12, image_choice_dataset.SEED).tolist())
    assert 0 < wrong < len(WRONG)
    assert f"Wrong: {wrong} of the 12 test images that were tried (of 30). The worst comes first." in said(app)


def test_while_tensorflow_is_loading_nothing_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(warm_up, "state", lambda: warm_up.WarmUpState(False, 0.0, ""))
    assert place(choose_wrong(page(network()))) == 0
    assert ToyProbe.asked == 0


def test_a_network_of_other_classes_is_neither_right_nor_wrong() -> None:
    app = page(network(names=("dog", "cat")))
    assert not app.segmented_control
    assert place(app) == 0


def test_a_panel_leads_to_an_image_by_the_choices() -> None:
    app = choose_wrong(page(network()))
    checked(app.selectbox("inside.class").set_value("ball").run())
    app.session_state["state.choices"] |= {
        "inside.source": "toys",
        "inside.class": "any",
        "inside.which": "all",
        "inside.number": 21,
    }
    checked(app.run())
    assert place(app) == 20
    assert app.selectbox("inside.class").value == "any"
    assert app.segmented_control("inside.which").value == "all"


def test_choosing_the_wrong_ones_begins_with_the_worst() -> None:
    app = page(network())
    checked(app.slider("inside.number").set_value(9).run())
    assert place(choose_wrong(app)) == 7


# --- without a data set -------------------------------------------------------------------------------------------


def test_there_is_always_something_to_look_at() -> None:
    app = page(network((32, 30, 3), data="nothing"))
    assert app.selectbox("inside.source").value == "generated"
    np.testing.assert_array_equal(chosen(app).pixels, generated_image((32, 30, 3), 0))
    assert "generated" in chosen(app).origin
    checked(app.slider("inside.generated").set_value(4).run())
    np.testing.assert_array_equal(chosen(app).pixels, generated_image((32, 30, 3), 3))


def test_sources_follow_the_shape() -> None:
    assert [*page(network()).selectbox("inside.source").options] == [
        "Toys, test images",
        "Generated: edges, a disc, a gradient",
        "Upload an image",
        "Take a photo",
    ]
    assert page(network((9, 9, 2))).selectbox("inside.source").options == ["Generated: edges, a disc, a gradient"]
    assert "My drawing" in page(network((28, 28, 1))).selectbox("inside.source").options


# --- files --------------------------------------------------------------------------------------------------------


def uploading(app: AppTest, file: tuple[str, bytes, str]) -> AppTest:
    checked(app.selectbox("inside.source").set_value("upload").run())
    return checked(app.file_uploader("inside.upload").set_value(file).run())


def test_an_upload_is_fitted_and_what_was_done_is_said() -> None:
    app = page(network())
    checked(app.selectbox("inside.source").set_value("upload").run())
    assert chosen(app) is None
    assert "cut to its middle square" in said(app)
    paper = Image.new("RGB", (40, 30), (240, 250, 240))
    uploading(app, file_of(paper))
    assert (
        "Your picture: cut to the middle square, made grey, scaled to 6×6, inverted because the background is light."
        in said(app)
    )
    assert np.unique(chosen(app).pixels).tolist() == [255 - 246]
    checked(app.segmented_control("inside.upload.polarity").set_value("as-is").run())
    assert "inverted" not in said(app)
    assert np.unique(chosen(app).pixels).tolist() == [246]
    uploading(app, file_of(paper))
    assert "inverted" in said(app), "each picture begins with what suits it"


def test_an_image_on_black_is_left_as_it_is_pixel_by_pixel() -> None:
    pixels = images_of(30)[21]
    app = uploading(page(network()), file_of(Image.fromarray(pixels[..., 0])))
    assert app.segmented_control("inside.upload.polarity").value == "as-is"
    np.testing.assert_array_equal(chosen(app).pixels, pixels)
    assert "nothing was changed" in said(app)
    assert (chosen(app).class_name, chosen(app).origin) == (None, "your picture")


def test_colours_stay_colours_and_are_never_inverted() -> None:
    app = uploading(page(network((6, 6, 3))), file_of(Image.new("RGB", (6, 6), (250, 200, 190))))
    assert not app.segmented_control
    assert chosen(app).pixels[0, 0].tolist() == [250, 200, 190]


def test_an_upload_survives_leaving_the_page_and_goes_when_it_is_taken_away() -> None:
    app = uploading(page(network()), file_of(Image.new("L", (6, 6), 33)))
    app.session_state["elsewhere"] = True
    checked(app.run())
    app.seen.image = None  # type: ignore[attr-defined]
    app.session_state["elsewhere"] = False
    checked(app.run())
    assert np.unique(chosen(app).pixels).tolist() == [33]
    uploading(app, file_of(Image.new("L", (6, 6), 44)))
    assert np.unique(chosen(app).pixels).tolist() == [44]
    checked(app.file_uploader("inside.upload").set_value(None).run())
    assert chosen(app) is None


def test_a_hostile_upload_gets_one_sentence_and_the_next_one_is_read() -> None:
    app = uploading(page(network()), ("cat.png", b"\x89PNG\r\n\x1a\nnot a cat", "image/png"))
    assert [error.value for error in app.error] == [
        "The file holds no picture that can be read: it is of another format, or damaged. "
        "Choose a PNG, JPEG, GIF, WebP, BMP or TIFF file; save a photo in HEIC format as JPEG first."
    ]
    assert chosen(app) is None
    uploading(app, file_of(Image.new("L", (6, 6), 44)))
    assert not app.error
    assert np.unique(chosen(app).pixels).tolist() == [44]


def test_a_tiff_is_taken_and_a_damaged_one_gets_one_sentence() -> None:
    file = io.BytesIO()
    Image.fromarray(np.full((6, 6), 1607, np.uint16)).save(file, "TIFF", compression="tiff_lzw")
    app = page(network())
    assert "BMP or TIFF" in uploading(app, ("cell.tif", file.getvalue(), "image/tiff")).file_uploader[0].help
    assert np.unique(chosen(app).pixels).tolist() == [100]
    uploading(app, ("cell.tif", file.getvalue()[:20], "image/tiff"))
    assert len(app.error) == 1
    assert "damaged" in app.error[0].value


def test_a_photo_is_taken_like_an_upload() -> None:
    app = page(network((28, 28, 1), data="digits"))
    checked(app.selectbox("inside.source").set_value("camera").run())
    paper = np.full((240, 320), 230, np.uint8)
    paper[60:180, 150:162] = 30
    checked(app.camera_input("inside.camera").set_value(file_of(Image.fromarray(paper), "JPEG")).run())
    assert "Your photo: cut to the middle square, strokes found" in said(app)
    assert chosen(app).origin == "your photo"
    assert chosen(app).pixels[14, 13:16].max() > 200
    assert chosen(app).pixels[0].max() == 0
