"""The lesson on softmax and loss: every number that is written, a real network's logits, and when a task is done."""

from __future__ import annotations

import re
from dataclasses import replace
from math import exp, log
from types import SimpleNamespace

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from cnn_core import warm_up
from cnn_core.architecture.layers import Dense, Flatten
from cnn_core.architecture.spec import NetworkSpec
from cnn_core.warm_up import WarmUpState
from dashboard import resources
from dashboard.lessons import softmax_and_loss as lesson
from dashboard.lessons import softmax_and_loss_digit as digit
from tests.dashboard.lessons.helpers import lesson_app
from tests.pages.helpers import checked

FAKE_LOGITS = np.array([[-3.0, 1.5, 0.0, 4.25, -1.0, 2.0, -2.0, 0.5, 9.0, 1.0]], np.float32)


@pytest.fixture
def app() -> AppTest:
    return lesson_app("softmax_and_loss")


@pytest.fixture
def network(monkeypatch: pytest.MonkeyPatch) -> None:
    """A network that is there at once, and always answers the same."""
    shares = np.exp(FAKE_LOGITS) / np.exp(FAKE_LOGITS).sum()
    monkeypatch.setattr(warm_up, "state", lambda: WarmUpState(True, 0.0, ""))
    monkeypatch.setattr(resources, "gradients", lambda _: SimpleNamespace(logits=lambda images: FAKE_LOGITS))
    monkeypatch.setattr(resources, "probe", lambda _: SimpleNamespace(probabilities=lambda images: shares))


def part(app: AppTest, slug: str) -> str:
    app.segmented_control("softmax.part").set_value(slug)
    return said(checked(app.run()))


def moved(app: AppTest, **numbers: float) -> str:
    """Move sliders, and return all that is said."""
    for name, number in numbers.items():
        key = f"softmax.{name.replace('_', '.')}"
        control = app.select_slider(key) if name == "temperature" else app.slider(key)
        control.set_value(number)
    return said(checked(app.run()))


def rows(app: AppTest) -> list[list[str]]:
    """The cells of the table, row by row."""
    (html,) = (element.proto.body for element in app.get("html") if "<table" in element.proto.body)
    lines = re.findall(r"<tr.*?</tr>", html)
    cells = ([re.sub(r"<[^>]+>", "", cell) for cell in re.findall(r"<t[hd].*?</t[hd]>", line)] for line in lines)
    return [[cell.replace("\N{NO-BREAK SPACE}", " ") for cell in line] for line in cells]


def said(app: AppTest) -> str:
    words = [str(element.value) for kind in (app.markdown, app.caption, app.warning, app.info) for element in kind]
    charts = [element.proto.alt for element in app.get("plotly_chart")]
    return "\n".join([*words, *charts]).replace("\N{NO-BREAK SPACE}", " ")


def done(app: AppTest) -> list[str]:
    words = said(app)
    return [task.slug for task in lesson.TASKS if task.found in words]


def test_every_term_is_filled_in(app: AppTest) -> None:
    powers = [exp(logit) for logit in (2.0, 1.0, 0.1, -1.0)]
    total = sum(powers)
    assert rows(app) == [
        ["class", "logit", "elogit", "share of the sum"],
        ["cat", "2", "7.39", f"{100 * powers[0] / total:.1f} %"],
        ["dog ✓", "1", "2.72", f"{100 * powers[1] / total:.1f} %"],
        ["bird", "0.1", "1.11", f"{100 * powers[2] / total:.1f} %"],
        ["fish", "−1", "0.368", f"{100 * powers[3] / total:.1f} %"],
        ["sum", "", "11.6", "100 %"],
    ]
    words = said(app)
    share = powers[1] / total
    assert r"\dfrac{e^{1}}{e^{2} + e^{1} + e^{0.1} + e^{-1}} = \dfrac{2.72}{11.6} = 0.235" in words
    assert rf"-\ln 0.235 = \mathbf{{{-log(share):.3g}}}" in words
    assert f"dog −{1 - share:.3g}, cat +{powers[0] / total:.3g}" in words
    app.selectbox("softmax.right").set_value(3)
    words = said(checked(app.run()))
    assert rf"\mathbf{{{-log(powers[3] / total):.3g}}}" in words
    assert "raises the logit of “fish”" in words


def test_logits_are_dragged_until_the_loss_is_small_and_then_large(app: AppTest) -> None:
    moved(app, logit_1=4.2)
    assert done(app) == []
    moved(app, logit_1=4.9)
    assert done(app) == ["right"]
    moved(app, logit_1=-2.0)
    assert done(app) == ["right"]
    moved(app, logit_1=-3.2)
    assert done(app) == ["right", "wrong"]


def test_adding_one_number_to_all_logits_changes_no_probability(app: AppTest) -> None:
    before = [row[-1] for row in rows(app)]
    moved(app, added=13.0)
    assert [row[-1] for row in rows(app)] == before
    assert done(app) == []
    moved(app, added=14.0)
    assert [row[-1] for row in rows(app)] == before
    assert rows(app)[1] == ["cat", "2", "16", "8.89 × 10⁶", before[1]]
    assert done(app) == ["added"]


def test_temperature_divides_and_makes_all_alike(app: AppTest) -> None:
    moved(app, temperature=0.5)
    assert [row[2] for row in rows(app)[1:3]] == ["4", "2"]
    assert rows(app)[1][3] == f"{exp(4):.3g}"
    assert done(app) == []
    moved(app, temperature=10.0)
    assert done(app) == ["alike"]


def test_powers_beyond_what_a_computer_holds_are_kept_small_and_it_is_said(app: AppTest) -> None:
    words = moved(app, logit_0=9.0, temperature=0.1, added=20.0)
    assert "was subtracted" not in words
    large = {"softmax.start": digit.Start(("a", "b"), (71.0, 0.0), (0, 1), 0), "softmax.right": 0}
    app.session_state["state.choices"].update(large, **{"softmax.logit.0": 71.0, "softmax.logit.1": 0.0})
    words = moved(app, added=0.0)
    assert "The largest exponent, 710, was subtracted from all" in words
    assert rows(app)[1][-1] == "100.0 %"


def test_sharpening_is_said_as_a_factor(app: AppTest) -> None:
    words = part(app, "sharpen")
    assert "is **1** ahead of “dog” (1)" in words
    assert "**2.72 times** as likely" in words
    words = moved(app, temperature=0.5)
    assert "e to the power of 1 / 0.5 = 2 is 7.39, so “cat” is **7.39 times** as likely" in words
    app.segmented_control("softmax.growing").set_value("logit")
    checked(app.run())
    words = moved(
        app,
        logit_0=3.0,
    )
    assert f"**{exp(4):.3g} times** as likely" in words
    assert "At 3: cat 97.9 %" in words
    # Both parts have the same logits and the same temperature.
    part(app, "terms")
    assert rows(app)[1][1:3] == ["3", "6"]


def test_two_classes_need_only_the_difference(app: AppTest) -> None:
    words = part(app, "two")
    assert r"\sigma(1.5) = \dfrac{1}{1 + e^{-1.5}} = 0.818$, the same as softmax’s 81.8 % for “cat”" in words
    assert rf"-\ln(0.818) = \mathbf{{{log(1 + exp(-1.5)):.3g}}}" in words
    words = moved(app, two_cat=7.0, two_dog=9.0)
    assert r"\sigma(-2) = \dfrac{1}{1 + e^{-(-2)}} = 0.119" in words
    app.selectbox("softmax.two.right").set_value(1)
    words = said(checked(app.run()))
    assert rf"-\ln(1 - 0.119) = \mathbf{{{log(1 + exp(-2)):.3g}}}" in words


def test_logits_of_a_network_for_a_digit_are_a_start(app: AppTest, network: None) -> None:
    moved(app, temperature=2.0, added=5.0)
    app.button("softmax.take").click()
    words = said(checked(app.run()))
    assert [row[0] for row in rows(app)[1:-1]] == [*"01234567", "8 ✓", "9"]
    assert [row[1] for row in rows(app)[1:-1]] == ["−3", "1.5", "0", "4.25", "−1", "2", "−2", "0.5", "9", "1"]
    # As the network has it, at temperature 1.
    share = float(np.exp(9) / np.exp(FAKE_LOGITS.astype(np.float64)).sum())
    assert f"it says “8” with {100 * share:.1f} %" in words
    assert rows(app)[9][-1] == f"{100 * share:.1f} %"
    logits = [slider.label for slider in app.slider if slider.label.startswith("Logit")]
    assert logits == [f"Logit of “{name}”" for name in "1358"]
    assert done(app) == [], "a network that is right has done nobody's task"
    app.button("softmax.back").click()
    checked(app.run())
    assert [row[0] for row in rows(app)[1:-1]] == ["cat", "dog ✓", "bird", "fish"]


def test_one_s_own_training_is_asked_unless_it_has_one_output(
    app: AppTest, network: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = replace(resources.starter(), id="own", title="My training", dataset="digits")
    monkeypatch.setattr(digit.state, "current_run", lambda: object())
    monkeypatch.setattr(digit, "network_of_run", lambda run: own)
    app.button("softmax.take").click()
    assert "My training, test image 1" in said(checked(app.run()))
    one_output = NetworkSpec((28, 28, 1), (Flatten(), Dense(units=1, activation="sigmoid")))
    monkeypatch.setattr(digit, "network_of_run", lambda run: replace(own, spec=one_output))
    app.button("softmax.take").click()
    assert "Starter network, test image 2" in said(checked(app.run()))


def test_network_that_gives_no_numbers_is_refused_and_the_logits_stay(
    app: AppTest, network: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = SimpleNamespace(logits=lambda images: np.full((1, 10), np.nan, np.float32))
    monkeypatch.setattr(resources, "gradients", lambda _: broken)
    app.button("softmax.take").click()
    assert "gives no numbers any more" in said(checked(app.run()))
    assert rows(app)[1][0] == "cat"


def test_while_tensorflow_is_loading_one_goes_on_with_the_example(
    app: AppTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(warm_up, "state", lambda: WarmUpState(False, 1.0, ""))
    app.button("softmax.take").click()
    assert "The network is being loaded" in said(checked(app.run()))
    moved(app, logit_0=3.0)
    assert rows(app)[1][1] == "3"
    monkeypatch.setattr(warm_up, "state", lambda: WarmUpState(False, 1.0, "TensorFlow cannot be loaded."))
    assert "TensorFlow cannot be loaded." in said(checked(app.run()))
    assert "being loaded" not in said(checked(app.run()))


@pytest.mark.slow
def test_starter_network_s_own_probability_comes_out(app: AppTest) -> None:
    warm_up.start()
    assert warm_up.wait(120)
    app.button("softmax.take").click()
    words = said(checked(app.run()))
    found = re.search(r"test image 1, a “8”: it says “8” with ([\d.]+ %)", words)
    assert found
    assert rows(app)[9][0] == "8 ✓"
    assert rows(app)[9][-1] == found[1]
