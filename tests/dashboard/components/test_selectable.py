"""What Python hands the browser, and what it makes of the answer; the browser's half is in `tests/browser`."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest
from streamlit.testing.v1 import AppTest

from dashboard.components.selectable import _take
from dashboard.navigation import PROJECT


def page() -> None:
    import streamlit as st

    from dashboard.components.selectable import selectable

    selectable('<p data-layer="0" tabindex="0">conv_1</p>', "test.picture", st.write)


def sent(app: AppTest) -> dict[str, object]:
    (element,) = app.get("bidi_component")
    content: dict[str, object] = json.loads(element.proto.json)
    return content


@pytest.mark.parametrize("nth_server", [1, 2])
def test_component_is_known_to_every_server_that_draws_it(nth_server: int) -> None:
    app = AppTest.from_function(page).run()
    assert not app.exception
    assert sent(app) == {"html": '<p data-layer="0" tabindex="0">conv_1</p>'}
    assert not app.run().exception


@pytest.mark.parametrize(
    ("answer", "chosen"),
    [({"layer": 3}, [3]), ({"layer": 0}, [0]), ({}, []), ({"layer": None}, []), ({"layer": "3"}, [])]
    + [({"layer": value}, []) for value in (-1, 1.5, True, [2])],
)
def test_only_a_whole_number_is_a_choice(answer: dict[str, object], chosen: list[int]) -> None:
    taken: list[int] = []
    _take(taken.append)(answer)
    assert taken == chosen


def test_importing_needs_neither_a_server_nor_tensorflow() -> None:
    code = (
        "import sys, dashboard.components.selectable, dashboard.components.receptive_field_view; "
        "sys.exit(any(name in sys.modules for name in ('tensorflow', 'keras')))"
    )
    done = subprocess.run([sys.executable, "-W", "ignore", "-c", code], cwd=PROJECT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
