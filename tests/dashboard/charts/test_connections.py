"""The drawing of three layers: as many lines and colours as it says, and the numbers of the count."""

from __future__ import annotations

import base64
import re

import pytest

from cnn_core.operations.weight_sharing import weight_counts
from dashboard.charts.connections import connection_table
from dashboard.palette import DARK, LIGHT, Palette


@pytest.mark.parametrize("palette", [LIGHT, DARK], ids=["light", "dark"])
def test_drawings_have_the_lines_and_weights_that_they_say(palette: Palette) -> None:
    html = connection_table(weight_counts((28, 28), 3, 1), palette)
    drawings = [base64.b64decode(code).decode() for code in re.findall(r"base64,([^\"]+)\"", html)]
    lines = [
        re.findall(r'x1="([\d.]+)".*?x2="([\d.]+)".*?stroke="(#\w+)" stroke-width="([\d.]+)"', svg) for svg in drawings
    ]
    said = re.findall(r"<small>(\d+) lines, (\d+) weights</small>", html)
    assert [int(count) for count, _ in said] == [len(drawn) for drawn in lines] == [24, 12, 12]
    assert [int(count) for _, count in said] == [24, 12, 3]
    # Shared: lines that lean equally have equal colours and widths, and the three are told apart.
    looks = {(float(x2) - float(x1), colour, width) for x1, x2, colour, width in lines[2]}
    assert len(looks) == len({lean for lean, *_ in looks}) == len({look[1:] for look in looks}) == 3
    # Local: the same lines, of other weights; each goes straight up or to a neighbour.
    assert [line[:2] for line in lines[1]] == [line[:2] for line in lines[2]]
    assert all(f'alt="{title}' in html for title in ("Dense: 24 lines", "Local: 12 lines", "Shared: a convolution: 12"))


def test_weights_stand_beside_their_drawings() -> None:
    html = connection_table(weight_counts((28, 28), 3, 32), LIGHT)
    rows = html.split("<figure>")[1:]
    assert "28 × 28 × 21,632 + 21,632 = <strong>16,981,120 weights</strong> <span>(53,066 times" in rows[0]
    assert "<strong>216,320 weights</strong> <span>(676 times" in rows[1]
    assert "3 × 3 × 32 + 32 = <strong>320 weights</strong></span>" in rows[2]
