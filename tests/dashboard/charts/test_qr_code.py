"""The QR code of an address: the squares that segno makes of it, with white around, black on white."""

from __future__ import annotations

import re
from html import unescape
from urllib.parse import unquote

import numpy as np
import segno

from dashboard.charts.qr_code import qr_code

ADDRESS = "http://192.0.2.7:8501/Class_test_set?room=K7M2P9"
SQUARES = re.compile(r"([Mmh])(-?[\d.]+)(?: (-?[\d.]+))?")


def dark_squares(html: str) -> np.ndarray:
    """Read the squares back from the picture's lines: `M`, `m` move, `h` draws to the right."""
    picture = unquote(unescape(re.search(r'src="([^"]*)"', html)[1]))  # type: ignore[index]
    side = int(re.search(r"viewBox=['\"]0 0 (\d+) \1['\"]", picture)[1])  # type: ignore[index]
    ground, ink = re.findall(r"<path[^>]*>", picture)
    assert "#fff" in ground
    assert f"M0 0h{side}v{side}h-{side}z" in ground
    assert "#000" in ink
    squares, x, y = np.zeros((side, side), bool), 0.0, 0.0
    for kind, first, second in SQUARES.findall(re.search(r" d=['\"]([^'\"]*)['\"]", ink)[1]):  # type: ignore[index]
        if kind == "h":
            squares[int(y), int(x) : int(x + float(first))] = True
            x += float(first)
        else:
            x, y = (float(first), float(second)) if kind == "M" else (x + float(first), y + float(second))
    return squares


def test_it_says_the_address_and_has_white_around() -> None:
    squares = dark_squares(qr_code(ADDRESS, "QR code", "9rem"))
    expected = np.array(segno.make(ADDRESS, micro=False, error="m").matrix, bool)
    np.testing.assert_array_equal(squares, np.pad(expected, 4))


def test_what_it_is_named_is_text() -> None:
    html = qr_code('http://h/"><script>', '"><b>room</b>', "9rem")
    assert "<b>" not in html
    assert "<script" not in html
    assert 'alt="&quot;&gt;&lt;b&gt;room&lt;/b&gt;"' in html
