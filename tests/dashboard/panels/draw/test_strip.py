"""Why a drawing was misread, in words."""

from __future__ import annotations

import numpy as np
import pytest

from cnn_core.drawing.way import STEPS, WHOLE_WAY, Strip, tellings
from dashboard.panels.draw.strip import telling_sentence

NAMES = ("1", "7", "9")
STEADY = (0.1, 0.8, 0.1)
"""It is read as a 7."""


def sentence(said: str | None, **changed: tuple[float, float, float]) -> str:
    """What is said of a drawing that is read as a 7, with other probabilities where a step is left out."""
    probabilities = np.array([STEADY, *(changed.get(step.name, STEADY) for step in STEPS)], np.float32)
    images = np.zeros((7, 28, 28, 1), np.uint8)
    strip = Strip(WHOLE_WAY, (), images, ended=(), turned=(1, 2, 3, 4, 5, 6), seen=0)
    return telling_sentence(tellings(strip, probabilities), NAMES, strip, "7", said)


def test_the_step_without_which_it_would_be_read_rightly_is_why() -> None:
    said = sentence("1", centre=(0.9, 0.1, 0.0), crop=(0.0, 0.1, 0.9))
    assert said.startswith("**Centred by mass** is why it was misread: left out, it would read “1”, sure to 90.0\xa0%.")


@pytest.mark.parametrize("said", [None, "7"])
def test_what_is_not_misread_has_no_culprit(said: str | None) -> None:
    words = sentence(said, crop=(0.0, 0.1, 0.9))
    assert words.startswith("**Cropped** matters most here: left out, it would read “9”, sure to 90.0\xa0%.")
    assert (
        "reads the same. **Cropped** counts most: left out, it would be sure to 60.0\xa0% instead of 80.0"
        in sentence(said, crop=(0.3, 0.6, 0.1))
    )


def test_where_no_step_is_to_blame_it_is_the_network() -> None:
    blame = "**No single step** is why it was misread: whichever one is changed, it is not read as “1”."
    words = sentence("1", crop=(0.0, 0.1, 0.9))
    assert words.startswith(blame)
    assert "takes such a drawing for a “7”" in words
    assert "**Cropped** matters most here" in words
    assert "reads the same" not in sentence("1")
    assert sentence("1").startswith(blame)
