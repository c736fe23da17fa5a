"""Numbers as people say them, at their edges."""

from __future__ import annotations

import pytest

from cnn_core.architecture.presets import PRESETS
from dashboard.words import duration, magnitude, network_line, percent, some


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0, "under 1 s"), (0.6, "1 s"), (59.4, "59 s"), (59.6, "1 min 0 s"), (3599, "59 min 59 s"), (3600, "1 h 0 min")],
)
def test_duration(seconds: float, words: str) -> None:
    assert duration(seconds) == words


@pytest.mark.parametrize(
    ("number", "words"),
    [(0, "0"), (999, "999"), (1000, "1.00 thousand"), (99_960, "100 thousand"), (2e9, "2.00 billion")],
)
def test_magnitude(number: float, words: str) -> None:
    assert magnitude(number) == words


def test_percent_stays_on_one_line() -> None:
    assert percent(1.0) == "100.0\N{NO-BREAK SPACE}%"


def test_some() -> None:
    assert (some(0, "stroke"), some(1, "stroke"), some(2, "stroke")) == ("0 strokes", "1 stroke", "2 strokes")


def test_network_lines() -> None:
    lines = {slug: network_line(preset.spec) for slug, preset in PRESETS.items()}
    assert lines["two-convolutions"] == "conv 64 → conv 32 → dense 10"
    assert lines["fully-connected"] == "dense 512 → dense 512 → dense 10"
    assert lines["blood-cells"].endswith("dense 64 → dense 1")
