"""The page Draw a digit: the strip, the labels, the sheet and the teaching, with the real starter network."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from streamlit.testing.v1 import AppTest

from cnn_core import warm_up
from cnn_core.correction import teaching
from cnn_core.correction.kept import keep_drawing, kept_drawings
from cnn_core.correction.teaching import Marks, Score, Taught, TeachingJob, TeachingSnapshot
from cnn_core.networks import starter_network
from cnn_core.strokes import Stroke
from cnn_core.training import runs
from dashboard.panels.draw.canvas import CanvasRecord
from tests.cnn_core.correction.drawings import ANN, drawing, own_data
from tests.cnn_core.drawing.photos import Scene, photo_of, photo_of_two
from tests.cnn_core.export.run_samples import sample_copy
from tests.pages.helpers import checked, open_page, texts
from tests.pages.test_look_inside_and_draw import pictures

__all__ = ["own_data"]
pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("own_data")]

SEVEN = Stroke(((60.0, 50.0), (200.0, 50.0), (120.0, 250.0)), 20.0)
ONE = Stroke(((150.0, 40.0), (145.0, 260.0)), 20.0)


@pytest.fixture(scope="module", autouse=True)
def warm() -> None:
    warm_up.start()
    assert warm_up.wait(120)


@pytest.fixture(autouse=True)
def no_jobs(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(teaching, "_jobs", {})
    yield
    for job in teaching._jobs.values():
        job.stop()
        job.join(30)


def choices(app: AppTest) -> dict[str, Any]:
    found: dict[str, Any] = app.session_state["state.choices"]
    return found


def draw(app: AppTest, *strokes: Stroke, view: str = "maps") -> AppTest:
    """Put strokes on the canvas, and choose a view."""
    choices(app)["draw.drawing"] = CanvasRecord(strokes=strokes)
    choices(app)["draw.view"] = view
    return checked(app.run())


def opened() -> AppTest:
    app = open_page("Draw_a_digit")
    app.session_state["state.choices"] = {**choices(app), "draw.person": ANN}
    return app


def rows(app: AppTest, key: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = pictures(app, key)["rows"]
    return found


def test_a_drawing_is_read_and_every_layer_reacts() -> None:
    app = draw(opened(), SEVEN)
    assert "It reads “7”" in texts(app)
    assert "Sure to 100" not in texts(app), "nothing is certain"
    shown = rows(app, "draw.maps")
    names = [row["name"] for row in shown]
    assert names == [
        name for name in starter_network().spec.layer_names if "dropout" not in name and "flat" not in name
    ]
    assert shown[0]["view"]["count"] == 16
    before = shown[0]["view"]["values"]
    assert rows(draw(app, ONE), "draw.maps")[0]["view"]["values"] != before


def test_the_strip_says_what_would_be_read_and_a_step_can_be_switched_off() -> None:
    app = draw(opened(), Stroke(((40.0, 40.0), (75.0, 40.0), (55.0, 90.0)), 6.0), view="way")
    way, changed = (row["view"] for row in rows(app, "draw.strip"))
    titles = ["As it came", "Ink found", "Cropped", "Thickened", "Scaled to 20×20", "Centred by mass", "Normalised"]
    assert way["names"] == titles
    assert way["notes"][-1].startswith("“7” ")
    assert changed["names"][1] == "Without: cropped"
    assert len(changed["notes"]) == 6
    assert "counts most" in texts(app) or "matters most" in texts(app)
    seen = pictures(app, "draw.seen")["values"]
    checked(app.pills("draw.steps").set_value(["ink", "scale", "centre", "normalise"]).run())
    assert pictures(app, "draw.seen")["values"] != seen
    assert "Left out on the way: Cropped, Thickened." in texts(app)
    way, changed = (row["view"] for row in rows(app, "draw.strip"))
    assert way["names"][2] == "Cropped: off"
    assert changed["names"][1] == "With: cropped"


def test_a_drawing_is_kept_as_what_it_is_said_to_be_and_can_be_taken_back() -> None:
    app = draw(opened(), SEVEN)
    checked(app.pills("draw.label").set_value("1").run())
    (kept,) = kept_drawings(ANN)
    assert (kept.class_name, kept.guess) == ("1", "7")
    assert "Kept as “1”; 1 drawing kept." in texts(app)
    checked(app.pills("draw.label").set_value("2").run())
    (kept,) = kept_drawings(ANN)
    assert kept.class_name == "2"
    draw(app, ONE)
    assert app.pills("draw.label").value is None
    checked(app.pills("draw.label").set_value("1").run())
    assert [one.is_right for one in kept_drawings(ANN)] == [False, True]
    checked(app.pills("draw.label").set_value(None).run())
    assert [one.class_name for one in kept_drawings(ANN)] == ["2"]


def test_the_sheet_shows_what_is_kept_and_lets_it_go(own_data: Path) -> None:
    keep_drawing(ANN, drawing())
    (path,) = (own_data / "drawings").glob("*.npz")
    path.write_bytes(b"no")
    app = draw(opened(), view="sheet")
    assert "cannot be read" in texts(app)
    checked(app.button("draw.sheet.delete_all").click().run())
    made = [drawing("7", "1", 1), drawing("3", "3", 2)]
    for one in made:
        keep_drawing(ANN, one)
    app = draw(opened(), view="sheet")
    assert "2 drawings**, 1 read rightly" in texts(app)
    shown = pictures(app, "draw.sheet")
    assert (shown["names"], shown["notes"]) == (["7", "3"], ["read “1”", "read “3”"])
    assert app.button("draw.sheet.delete").disabled
    choices(app)["draw.sheet_chosen"] = made[1].id
    checked(app.run())
    checked(app.button("draw.sheet.delete").click().run())
    assert [one.id for one in kept_drawings(ANN)] == [made[0].id]
    checked(app.button("draw.sheet.delete_all").click().run())
    assert kept_drawings(ANN) == ()
    assert "will appear here" in texts(app)


def test_a_copy_is_taught_and_says_what_it_forgot(monkeypatch: pytest.MonkeyPatch) -> None:
    run = runs.adopt_run(sample_copy(title="Starter network, taught"))
    marks = Marks(Score(3, 7), Score(1, 3), Score(989, 1000)), Marks(Score(7, 7), Score(2, 3), Score(987, 1000))
    result = Taught(run.id, run.title, *marks, "digits")

    def start(job: TeachingJob) -> None:
        job.snapshot = TeachingSnapshot("finished", 1.0, result=result)

    monkeypatch.setattr(TeachingJob, "start", start)
    app = draw(opened(), view="teach")
    assert "Nothing to teach yet" in texts(app)
    assert app.button("draw.teach").disabled
    draw(app, SEVEN, view="teach")
    checked(app.pills("draw.label").set_value("1").run())
    assert "1 drawing** to teach, misread when you drew it. A copy learns it, mixed" in texts(app)
    checked(app.button("draw.teach").click().run())
    said = texts(app)
    assert "It now reads 9 of your 10 drawings** (before: 4)" in said
    assert "on 1,000 test images 98.9\xa0% → 98.7\xa0%" in said
    assert "Of the 3 that it did not learn from it reads 2 (before: 1)." in said
    assert "Keras code of its design does not" in said
    assert "| Drawings that were left out | 1 of 3 (33.3\xa0%) | 2 of 3 (66.7\xa0%) |" in said
    checked(app.button("draw.take_taught").click().run())
    assert "**Trained: it judges" in texts(app)  # on the page Train


def test_a_photo_goes_the_same_way_and_a_second_digit_is_said() -> None:
    app = open_page("Draw_a_digit")
    choices(app)["draw.source"] = "upload"
    checked(app.run())
    seven = np.zeros((28, 28), np.uint8)
    seven[4:7, 7:20] = 255
    for row in range(7, 25):
        seven[row, 18 - (row - 7) // 2 : 21 - (row - 7) // 2] = 255
    upload(app, photo_of(seven, Scene(gradient=0.4, shadow=0.6, noise=0.02)))
    assert "It reads “7”" in texts(app)
    assert "largest one was taken" not in texts(app)
    upload(app, photo_of_two(seven, seven, Scene(column=110)))
    assert "There seem to be 2 digits in this photo; **the largest one was taken**" in texts(app)
    upload(app, np.full((300, 300, 3), 200, np.uint8))
    assert "No digit was found in this photo" in texts(app)


def upload(app: AppTest, photo: np.ndarray) -> None:
    file = io.BytesIO()
    Image.fromarray(photo).save(file, "PNG")
    checked(app.file_uploader("draw.upload").set_value(("photo.png", file.getvalue(), "image/png")).run())
