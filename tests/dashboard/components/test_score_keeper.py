"""What Python tells the browser about the newest answer; the browser's half is in tests/browser/test_exercises.py."""

from __future__ import annotations

import json

from streamlit.testing.v1 import AppTest

from dashboard.components.registration import ASSETS


def page() -> None:
    from dashboard.components.score_keeper import Result, score_keeper

    score_keeper("test.empty", {"shape": "Output shape"}, None)
    score_keeper("test.full", {"shape": "Output shape", "kernel": "Which kernel"}, Result("ann-1", "kernel", True))


def test_the_browser_gets_the_kinds_and_the_newest_answer_and_nothing_else() -> None:
    app = AppTest.from_function(page).run()
    assert not app.exception
    assert [json.loads(element.proto.json) for element in app.get("bidi_component")] == [
        {"kinds": [["shape", "Output shape"]], "result": None},
        {
            "kinds": [["shape", "Output shape"], ["kernel", "Which kernel"]],
            "result": {"id": "ann-1", "kind": "kernel", "isRight": True},
        },
    ]


def test_the_score_is_never_sent_to_the_server() -> None:
    script = (ASSETS / "score_keeper.js").read_text(encoding="utf-8")
    for way in ("setTriggerValue", "setStateValue", "fetch", "XMLHttpRequest", "sendBeacon", "WebSocket", "cookie"):
        assert way not in script
