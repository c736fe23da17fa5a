"""What is watched while a network learns: kernels by colour, verdicts by word and mark, the schedule's picture."""

from __future__ import annotations

import base64
import io
import re
from xml.etree import ElementTree

import numpy as np
import pytest
from PIL import Image

from cnn_core.training.schedules import schedule_curve
from cnn_core.training.settings import TrainingSettings
from cnn_core.training.snapshot import LayerGradients, Verdicts
from dashboard.charts.live_strips import MOST_KERNELS, kernel_strip, verdict_strip
from dashboard.charts.schedule_curve import HEIGHT, WIDTH, schedule_curve_html
from dashboard.charts.training_curves import MOST_MOMENTS, SMALLEST_NORM, gradient_curves, training_curve
from dashboard.palette import DARK, LIGHT, Palette


def pictures(html: str) -> list[np.ndarray]:
    found = re.findall(r"data:image/png;base64,([^\"]+)", html)
    return [np.asarray(Image.open(io.BytesIO(base64.b64decode(data)))) for data in found]


def rgb(colour: str) -> list[int]:
    return [int(colour[i : i + 2], 16) for i in (1, 3, 5)]


@pytest.mark.parametrize("palette", [LIGHT, DARK], ids=["light", "dark"])
def test_kernels_are_coloured_about_zero(palette: Palette) -> None:
    kernel = np.float32([[-2, 0], [1, 2]])[:, :, None, None]
    html = kernel_strip(kernel, "Kernels & more", palette)
    (picture,) = pictures(html)
    assert picture[0, 0].tolist() == rgb(palette.negative)
    assert picture[0, 1].tolist() == rgb(palette.background)
    assert picture[1, 1].tolist() == rgb(palette.positive)
    halfway = (np.array(rgb(palette.positive)) + rgb(palette.background)) / 2
    assert np.abs(picture[1, 0] - halfway).max() <= 1
    assert "Kernels &amp; more, from −2 to +2" in html


def test_kernels_of_several_channels_are_averaged_and_many_are_cut() -> None:
    kernels = np.zeros((3, 3, 2, MOST_KERNELS + 8), np.float32)
    kernels[0, 0, :, 0] = (1, 3)
    html = kernel_strip(kernels, "Kernels", LIGHT, limit=4)
    shown = pictures(html)
    assert len(shown) == MOST_KERNELS
    halfway = (np.array(rgb(LIGHT.positive)) + rgb(LIGHT.background)) / 2
    assert np.abs(shown[0][0, 0] - halfway).max() <= 1
    assert "filter 1: 0.00 to 2.00" in html


def test_kernels_that_have_not_changed_are_plain() -> None:
    (picture,) = pictures(kernel_strip(np.zeros((2, 2, 1, 1), np.float32), "Change", LIGHT))
    assert (picture == rgb(LIGHT.background)).all()


def test_verdicts_say_what_is_read_and_what_is_right() -> None:
    images = np.zeros((3, 4, 4, 1), np.uint8)
    verdicts = Verdicts(7, images, np.array([0, 1, 1]), np.array([0, 1, 0]))
    html = verdict_strip(verdicts, ("cat", "<dog>"), LIGHT)
    assert "2 of these 3 test images are read rightly after step 7." in html
    assert html.count("✓") == 2
    assert "✗ cat, is &lt;dog&gt;" in html
    assert html.count("<img") == 3


@pytest.mark.parametrize("schedule", ["constant", "step", "cosine", "one_cycle"])
def test_schedule_is_drawn_within_its_frame_with_its_numbers(schedule: str) -> None:
    settings = TrainingSettings(epochs=4, learning_rate=0.1, schedule=schedule)
    html = schedule_curve_html(schedule_curve(settings, 50), LIGHT)
    (data,) = re.findall(r"data:image/svg\+xml;base64,([^\"]+)", html)
    drawing = ElementTree.fromstring(base64.b64decode(data))
    line = drawing.find("{http://www.w3.org/2000/svg}polyline")
    assert line is not None
    points = [tuple(map(float, point.split(","))) for point in str(line.get("points")).split()]
    assert points[0][0] == 0
    assert points[-1][0] == pytest.approx(WIDTH, abs=1)
    assert all(0 <= y <= HEIGHT for _, y in points)
    assert min(y for _, y in points) == 2, "the largest rate reaches the top"
    assert "at step 200; largest 0.1." in html


def test_gradients_have_a_curve_for_each_layer_and_vanished_ones_stay_on_the_axis() -> None:
    steps = np.arange(1, 301, dtype=np.int64)
    norms = np.stack([np.zeros(300), np.full(300, 0.5)], axis=1).astype(np.float32)
    option = gradient_curves(LayerGradients(("conv_1", "dense_1"), steps, norms), 500, LIGHT)
    first, last = option["series"]
    assert [first["name"], last["name"]] == ["conv_1", "dense_1"]
    assert len(first["data"]) <= MOST_MOMENTS
    assert {value for _, value in first["data"]} == {SMALLEST_NORM}
    assert {value for _, value in last["data"]} == {0.5}
    assert option["yAxis"]["type"] == "log"
    assert (first["itemStyle"]["color"], last["itemStyle"]["color"]) == (LIGHT.training, LIGHT.validation)
    assert first["lineStyle"]["type"] != last["lineStyle"]["type"], "told apart without colour too"


def test_smoothing_leaves_the_batches_behind_and_changes_are_marked() -> None:
    numbers = np.float32([4, 0, 4, 0, 4, 0])
    option = training_curve("loss", numbers, [], [], None, 6, LIGHT, smoothing=0.9, changes=[(3, "learning rate 0.1")])
    behind, training = option["series"][:2]
    assert [value for _, value in behind["data"]] == numbers.tolist()
    assert behind["lineStyle"]["opacity"] < 0.5
    spread = [value for _, value in training["data"]][3:]
    assert max(spread) - min(spread) < 1.0
    (mark,) = training["markLine"]["data"]
    assert (mark["xAxis"], mark["label"]["formatter"]) == (3, "learning rate 0.1")
    assert len(training_curve("loss", numbers, [], [], None, 6, LIGHT)["series"]) == 2
