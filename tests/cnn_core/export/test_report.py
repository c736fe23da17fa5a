"""The report of a training: one page that holds all it shows, runs nothing, and takes no typed text as code."""

from __future__ import annotations

import base64
import io
import re
from dataclasses import replace
from html import escape
from html.parser import HTMLParser

import numpy as np
import pytest
from PIL import Image

from cnn_core.architecture.shapes import network_figures
from cnn_core.augmentation.settings import Augmentation
from cnn_core.data.dataset import LabelledImages
from cnn_core.errors import ClassroomError
from cnn_core.export import report
from cnn_core.export.report import TestAnswers, ask_about_test_images, report_page
from cnn_core.export.report_svg import HEIGHT, WIDTH, curve_svg, png_address
from cnn_core.training.adoption import adopt
from cnn_core.training.snapshot import RunSnapshot
from tests.cnn_core.export.run_samples import SETTINGS, SPEC, sample_copy
from tests.cnn_core.training.fakes import small_dataset

TEST = small_dataset().test
ANSWERS = TestAnswers(TEST, np.tile(np.array([[0.7, 0.2, 0.1]], np.float32), (len(TEST), 1)))
"""A network that takes all thirty images for the first class."""

EVIL = "<script>alert(1)</script>\"'&<img src=http://evil.example/x onerror=alert(1)>"


class Reader(HTMLParser):
    """Collects the tags, their attributes, and the text."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.open: list[str] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in ("meta", "img"):
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open[-1:] != ["style"]:
            self.text += data + " "


def page_of(copy: object = None, answers: TestAnswers | str = ANSWERS) -> Reader:
    return Reader(report_page(copy or sample_copy(), answers))  # type: ignore[arg-type]


def test_the_page_is_well_formed_and_names_what_it_holds() -> None:
    page = page_of()
    assert page.open == []
    for title in ("Design", "Settings", "Curves", "What is taken for what", "Its worst mistakes"):
        assert title in page.text


def test_it_runs_nothing_and_fetches_nothing() -> None:
    page = page_of()
    assert not {tag for tag, _ in page.tags} & {"script", "link", "iframe", "object", "form", "base"}
    for _, attributes in page.tags:
        assert not [name for name in attributes if name.startswith("on")]
        for name in ("src", "href"):
            assert (attributes.get(name) or "data:").startswith("data:")
    assert "url(" not in report.STYLE
    assert "@import" not in report.STYLE


@pytest.mark.parametrize("place", ["title", "note", "class_names", "versions", "dataset", "remark", "message"])
def test_what_people_typed_is_text_and_no_code(place: str) -> None:
    copy = sample_copy()
    match place:
        case "class_names":
            copy = replace(copy, class_names=(EVIL,) * 3)
        case "versions":
            copy = replace(copy, versions={EVIL: EVIL})
        case "dataset":
            copy = replace(copy, settings=replace(SETTINGS, dataset=EVIL))
        case "remark":
            copy = replace(copy, snapshot=replace(copy.snapshot, remark=EVIL))
        case "message":
            copy = replace(copy, snapshot=RunSnapshot(status="failed", message=EVIL))
        case _:
            copy = replace(copy, **{place: EVIL})
    page = page_of(copy)
    assert EVIL in page.text
    assert "script" not in {tag for tag, _ in page.tags}
    assert [tag for tag, _ in page.tags] == [tag for tag, _ in page_of(_plain(copy, place)).tags]


def _plain(copy: object, place: str) -> object:
    text = repr(copy)
    assert EVIL in text or repr(EVIL)[1:-1] in text
    plain = sample_copy()
    if place == "message":
        return replace(plain, snapshot=RunSnapshot(status="failed", message="It failed."))
    return plain


def test_the_design_names_each_layer_with_its_shape_and_parameters() -> None:
    page = page_of().text
    for row in network_figures(SPEC).layers:
        assert row.name in page
        assert f"{row.parameters:,}" in page
    assert "dense_1 Dense: 3 units, softmax 3 111" in " ".join(page.split())


def test_settings_are_those_that_count() -> None:
    text = " ".join(page_of().text.split())
    assert "Optimiser SGD" in text
    assert "Batch size 16" in text
    assert "From step 4: learning rate 0.004" in text
    assert "Momentum" not in text
    assert "Rotation" not in text
    turned = replace(SETTINGS, optimizer="momentum", augmentation=Augmentation(rotation_degrees=15))
    text = " ".join(page_of(sample_copy(settings=turned)).text.split())
    assert "Momentum 0.9" in text
    assert "Rotation in degrees 15" in text


def test_the_confusion_matrix_holds_the_counts() -> None:
    page = report_page(sample_copy(), ANSWERS)
    rows = re.findall(r'<tr><th scope="row">(.*?)</th>(.*?)</tr>', page)
    assert [name for name, _ in rows] == ["top", "middle", "bottom"]
    cells = [re.findall(r">([^<]+)</td>", cells) for _, cells in rows]
    assert cells == [["10", "·", "·"]] * 3


def test_of_many_classes_the_most_frequent_confusions_are_listed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(report, "MOST_CLASSES", 2)
    text = " ".join(page_of().text.split())
    assert "middle top 10 of 10 bottom top 10 of 10" in text
    right = TestAnswers(TEST, np.eye(3, dtype=np.float32)[TEST.labels])
    assert "Nothing is taken for something else." in page_of(answers=right).text


def test_the_worst_mistakes_show_the_very_test_images() -> None:
    probabilities = np.eye(3, dtype=np.float32)[TEST.labels]
    probabilities[4] = (0.9, 0.04, 0.06)
    assert TEST.labels[4] == 1
    page = page_of(answers=TestAnswers(TEST, probabilities))
    [address] = [attributes["src"] for tag, attributes in page.tags if tag == "img"]
    assert address is not None
    shown = np.asarray(Image.open(io.BytesIO(base64.b64decode(address.split(",")[1]))))
    np.testing.assert_array_equal(shown, TEST.images[4, :, :, 0])
    assert "It says top , 90 % sure. It is middle , 4.0 %." in " ".join(page.text.split())


def test_a_network_without_mistakes_has_none_to_show() -> None:
    right = TestAnswers(TEST, np.eye(3, dtype=np.float32)[TEST.labels])
    assert "It reads every test image rightly." in page_of(answers=right).text


def test_without_the_test_images_it_says_why() -> None:
    text = page_of(answers="The images <b>are</b> not here.").text
    assert "The images <b>are</b> not here." in text
    assert "Its worst mistakes" not in text


def test_a_training_that_failed_at_once_has_a_report_too() -> None:
    page = page_of(sample_copy(snapshot=RunSnapshot(status="failed", message="It broke."), class_names=()), "No.")
    assert "Failed. After 0 steps and 0 s. It broke." in page.text


def test_a_result_is_said_with_its_numbers() -> None:
    assert "It reads 85.0\xa0% of 30 test images rightly" in page_of().text


def test_images_that_do_not_fit_are_told_in_words(monkeypatch: pytest.MonkeyPatch) -> None:
    run = adopt(sample_copy(), None, lambda slug: small_dataset())
    with pytest.raises(ClassroomError, match="no data set called “small”"):
        ask_about_test_images(run)
    nothing = adopt(sample_copy(moments=(), result_step=None), None, lambda slug: small_dataset())
    with pytest.raises(ClassroomError, match="no weights"):
        ask_about_test_images(nothing)


@pytest.mark.slow
def test_the_answers_are_those_of_the_network(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(report, "load_dataset", lambda slug: small_dataset())
    run = adopt(sample_copy(), None, lambda slug: small_dataset())
    answers = ask_about_test_images(run)
    assert run.weights is not None
    kernel, bias = run.weights.arrays
    sums = TEST.images.reshape(30, -1).astype(np.float32) / 255 @ kernel + bias
    expected = np.exp(sums) / np.exp(sums).sum(axis=1, keepdims=True)
    np.testing.assert_allclose(answers.probabilities, expected, atol=1e-5)
    assert answers.test is not None
    np.testing.assert_array_equal(answers.test.labels, TEST.labels)


def points(svg: str) -> list[list[tuple[float, float]]]:
    lines = re.findall(r'points="([^"]*)"', svg)
    return [[(float(x), float(y)) for x, y in (pair.split(",") for pair in line.split())] for line in lines]


def test_a_curve_has_a_point_for_each_batch_at_its_height() -> None:
    batches, validation = points(curve_svg("Accuracy", np.array([0, 0.5, 1], np.float32), [3], [0.5], highest=1.0))
    assert len(batches) == 3
    heights = [y for _, y in batches]
    assert heights[0] - heights[1] == pytest.approx(heights[1] - heights[2], abs=0.2)
    assert validation == [(batches[2][0], heights[1])]


def test_a_long_curve_is_drawn_with_means() -> None:
    steps = np.arange(10_000, dtype=np.float32)
    [line] = points(curve_svg("Loss", steps, [], []))
    assert len(line) == 400
    assert all(0 <= x <= WIDTH and 0 <= y <= HEIGHT for x, y in line)
    assert [y for _, y in line] == sorted((y for _, y in line), reverse=True)


@pytest.mark.parametrize("values", [[], [np.nan], [np.inf, 1, np.nan], [0, 0], [1e-30], [3e38, 1]])
def test_any_numbers_give_a_picture_without_any_that_are_none(values: list[float]) -> None:
    svg = curve_svg("Loss", np.array(values, np.float32), [1, 2], [np.nan, np.inf])
    assert "nan" not in svg
    assert "inf" not in svg
    Reader(f"<p>{svg}</p>")


def test_names_of_curves_are_escaped() -> None:
    assert escape(EVIL) in curve_svg(EVIL, np.ones(2, np.float32), [], [])


@pytest.mark.parametrize("channels", [1, 2, 3, 4])
def test_images_of_any_channels_can_be_shown(channels: int) -> None:
    images = LabelledImages(np.full((1, 3, 5, channels), 7, np.uint8), np.zeros(1, np.int64))
    shown = Image.open(io.BytesIO(base64.b64decode(png_address(images.images[0]).split(",")[1])))
    assert shown.size == (5, 3)
    assert shown.mode == ("RGB" if channels == 3 else "L")
