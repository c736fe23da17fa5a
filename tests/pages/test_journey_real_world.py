"""Journey 4: a zip of class folders becomes a network that judges one image, and says where it looked."""

from __future__ import annotations

import io
import zipfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from streamlit.testing.v1 import AppTest

from cnn_core import warm_up
from cnn_core.architecture.presets import preset
from cnn_core.data.own.sets import own_records
from cnn_core.data.registry import load_dataset
from cnn_core.training import runs
from dashboard.controls import judged_image
from dashboard.navigation import page
from tests.cnn_core.training.test_adoption import forget
from tests.pages.helpers import checked, open_page, texts, until

pytestmark = pytest.mark.slow
CLASSES = ("Parasitized", "Uninfected")


def cell(rng: np.random.Generator, is_sick: bool) -> bytes:
    """A disc on black, with a dark spot or without; of any size, as cut from a photo."""
    height, width = rng.integers(50, 90, 2)
    rows, columns = np.ogrid[:height, :width]
    away = ((rows - height / 2) / (height / 2)) ** 2 + ((columns - width / 2) / (width / 2)) ** 2
    pixels = np.where(away[..., None] < 0.9, (220, 150, 160), (0, 0, 0)).astype(np.uint8)
    if is_sick:
        top, left = rng.integers(15, 25, 2)
        pixels[top : top + 20, left : left + 20] = (80, 20, 120)
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "PNG")
    return file.getvalue()


def zip_of_cells() -> bytes:
    """Class folders as people pack them: four images of each patient, and a file that is no image."""
    rng, file = np.random.default_rng(8), io.BytesIO()
    with zipfile.ZipFile(file, "w") as packed:
        for name in CLASSES:
            for number in range(20):
                image = cell(rng, name == CLASSES[0])
                packed.writestr(f"cells/{name}/P{number // 4}{name[0]}ThinF_{number}.png", image)
        packed.writestr("cells/Uninfected/Thumbs.png", b"no image")
    return file.getvalue()


def follow(app: AppTest, slug: str) -> AppTest:
    """Stay on the page that the app has switched to; AppTest goes back to its own with the next run."""
    app.switch_page(page(slug).path)
    return checked(app.run())


def bring(app: AppTest) -> AppTest:
    """Bring the zip, keep patients together, and wait until it is a data set."""
    (field,) = [field for field in app.file_uploader if field.key and field.key.startswith("own_data.file")]
    checked(field.set_value(("cells.zip", zip_of_cells(), "application/zip")).run())
    (pattern,) = [field for field in app.text_input if field.key and "pattern" in field.key]
    checked(pattern.set_value("Thin").run())
    checked(app.button("own_data.import").click().run())
    until(lambda: bool(own_records()), "the import")
    return checked(app.run())


def test_a_zip_of_class_folders_becomes_a_verdict_on_one_image(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("CNN_CLASSROOM_DATA", str(tmp_path))
    warm_up.start()
    app = open_page("Start")
    checked(app.button("start.bring").click().run())
    assert "What does it learn from?" in texts(app)
    app = bring(follow(app, "Data_sets"))
    assert "is ready" in texts(app)
    (record,) = own_records()
    assert (record.class_names, record.image_shape, record.group_count) == (CLASSES, (64, 64, 3), 10)
    train, test = load_dataset(record.slug).train, load_dataset(record.slug).test
    assert train.groups is not None
    assert test.groups is not None
    assert not set(train.groups) & set(test.groups), "no patient is on both sides"

    checked(app.button("own_data.train").click().run())
    follow(app, "Train")
    assert app.session_state["state.network"] == preset("blood-cells").spec
    settings = app.session_state["state.settings"]
    assert (settings.dataset, settings.epochs, settings.augmentation.flip) == (record.slug, 20, "both")
    assert "Two classes, one number: the probability of “Uninfected”" in texts(app)

    assert warm_up.wait(120)
    app.session_state["state.settings"] = replace(settings, epochs=1)
    checked(app.run())
    checked(app.button("train.start").click().run())
    (run,) = runs.all_runs()
    assert run.join(60)
    assert run.snapshot.test is not None, run.snapshot.message

    forget(monkeypatch)  # the server is started anew, the network is still there
    app = open_page("Judge_an_image", run=run.id)
    picture = ("mine.png", cell(np.random.default_rng(9), True), "image/png")
    checked(app.file_uploader("judge.upload").set_value(picture).run())
    said = texts(app)
    assert "It says “Parasitized”" in said or "It says “Uninfected”" in said
    assert "within black borders" in said, "fitted as the images that it learned from"
    assert "**Where it looked** (Grad-CAM)" in said
    assert app.slider("judge.threshold").value == 0.5
    checked(app.file_uploader("judge.upload").set_value(("mine.png", b"no picture", "image/png")).run())
    assert app.error[0].value.startswith("The file holds no picture")
    assert app.error[0].value.endswith("Until then, a test image is judged."), "it is not what the person has brought"
    assert "test image 1 of" in texts(app)
    monkeypatch.setattr(judged_image, "fitting_datasets", lambda _network: [])  # its data set was deleted
    checked(app.file_uploader("judge.upload").set_value([]).run())
    assert app.info[0].value == "Bring a picture of your own."
    assert "It says" not in texts(app)
