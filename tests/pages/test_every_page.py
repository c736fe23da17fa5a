"""What holds on every page."""

from __future__ import annotations

import pytest

from cnn_core import warm_up
from dashboard.navigation import page
from tests.pages.helpers import SLUGS, open_page, texts


@pytest.mark.parametrize("slug", SLUGS)
def test_page_opens_with_its_question_and_says_no_error(slug: str) -> None:
    app = open_page(slug)
    assert app.title[0].value == page(slug).question
    assert not app.error


@pytest.mark.parametrize("slug", SLUGS)
def test_address_of_an_unknown_run_is_said_and_leaves_the_address(slug: str) -> None:
    app = open_page(slug, run="deadbeef")
    assert "is not known here" in texts(app)
    assert "run" not in app.query_params


def test_page_that_needs_tensorflow_says_so_while_it_loads(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(warm_up, "state", lambda: warm_up.WarmUpState(is_ready=False, elapsed_s=2.0, failure=""))
    app = open_page("Look_inside")
    bars = [bar.proto.text for bar in app.get("progress")]
    assert bars == ["Loading TensorFlow, which computes the networks: about 3 s left"]
    assert "Kernels" not in texts(app)


def test_installation_without_tensorflow_gets_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(warm_up, "_failure", "TensorFlow cannot be loaded on this machine.")
    app = open_page("Look_inside")
    assert [error.value for error in app.error] == ["TensorFlow cannot be loaded on this machine."]
