"""One table of colours: used by the theme, legible, and told apart by colour-blind eyes."""

from __future__ import annotations

import re
import tomllib
from itertools import combinations

import numpy as np
import pytest

from dashboard.charts.network_tiles import mixed
from dashboard.navigation import PROJECT
from dashboard.palette import DARK, LIGHT, Palette, palette_for

BOTH = pytest.mark.parametrize("palette", [LIGHT, DARK], ids=["light", "dark"])

# Linear RGB to what people see who lack one kind of cone: Viénot, Brettel & Mollon 1999.
PROTANOPIA = np.array([[0.11238, 0.88762, 0.0], [0.11238, 0.88762, 0.0], [0.00401, -0.00401, 1.0]])
DEUTERANOPIA = np.array([[0.29275, 0.70725, 0.0], [0.29275, 0.70725, 0.0], [-0.02234, 0.02234, 1.0]])


def linear(colour: str) -> np.ndarray:
    rgb = np.array([int(colour[index : index + 2], 16) / 255 for index in (1, 3, 5)])
    return np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)


def lab(rgb: np.ndarray) -> np.ndarray:
    """CIE L*a*b* of linear RGB, white at D65: equal distances look about equally different."""
    to_xyz = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])
    share = to_xyz @ np.clip(rgb, 0, 1) / to_xyz.sum(axis=1)
    x, y, z = np.where(share > (6 / 29) ** 3, np.cbrt(share), share * (29 / 6) ** 2 / 3 + 4 / 29)
    return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])


def contrast(one: str, other: str) -> float:
    """The ratio of WCAG 2, 1 to 21."""
    light, dark = sorted((float(linear(c) @ [0.2126, 0.7152, 0.0722]) for c in (one, other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_the_theme_takes_its_colours_from_the_table() -> None:
    config = tomllib.loads((PROJECT / ".streamlit/config.toml").read_text(encoding="utf-8"))
    for name, palette in (("light", LIGHT), ("dark", DARK)):
        assert config["theme"][name] == {
            "primaryColor": palette.primary,
            "backgroundColor": palette.background,
            "secondaryBackgroundColor": palette.surface,
            "textColor": palette.text,
            "borderColor": palette.border,
        }


@BOTH
def test_text_and_graphics_reach_the_contrast_that_wcag_asks(palette: Palette) -> None:
    for ground in (palette.background, palette.surface):
        assert contrast(palette.text, ground) >= 4.5
        for graphic in (palette.training, palette.validation, palette.negative, palette.positive, palette.primary):
            assert contrast(graphic, ground) >= 3
        for colour in palette.classes:
            assert contrast(colour, ground) >= 3
        faint = mixed(palette.text, ground, caption_opacity())
        assert contrast(faint, ground) >= 4.5, "captions"
    assert contrast(palette.muted, palette.background) >= 3  # lines of charts, which lie on the page
    assert contrast("#ffffff", palette.primary) >= 4.5, "words on buttons"


def caption_opacity() -> float:
    """How much of the text's colour Streamlit's captions get: its own 0.6 is too faint."""
    found = re.search(r'stCaptionContainer"\] \{ opacity: (0\.\d+)', (PROJECT / "assets/style.css").read_text("utf-8"))
    assert found
    return float(found[1])


@BOTH
@pytest.mark.parametrize("deficiency", [PROTANOPIA, DEUTERANOPIA], ids=["protanopia", "deuteranopia"])
def test_pairs_with_opposite_meaning_stay_apart_for_colour_blind_eyes(palette: Palette, deficiency: np.ndarray) -> None:
    pairs = [(palette.negative, palette.positive), (palette.training, palette.validation)]
    for one, other in pairs:
        assert np.abs(deficiency @ linear(one) - deficiency @ linear(other)).max() > 0.1


@BOTH
def test_ten_classes_are_told_apart_by_all_eyes_and_stand_out_from_the_page(palette: Palette) -> None:
    assert len(set(palette.classes)) == 10
    for colour in palette.classes:
        assert contrast(colour, palette.background) >= 3
    # A distance of 2 is just seen; colours far from each other on a chart need ten times that.
    for eyes, least in ((np.eye(3), 40), (PROTANOPIA, 20), (DEUTERANOPIA, 20)):
        seen = [lab(eyes @ linear(colour)) for colour in palette.classes]
        assert min(np.linalg.norm(one - other) for one, other in combinations(seen, 2)) > least


@BOTH
def test_no_two_meanings_share_a_colour(palette: Palette) -> None:
    meanings = (palette.primary, palette.negative, palette.positive, palette.training, palette.validation)
    meanings = (*meanings, palette.text, *palette.classes)
    assert all(one != other for one, other in combinations(meanings, 2))


def test_zero_is_the_colour_of_the_page() -> None:
    for palette in (LIGHT, DARK):
        places = dict(palette.diverging)
        assert places[0.5] == palette.background
        assert (places[0.0], places[1.0]) == (palette.negative, palette.positive)


def test_unknown_theme_is_light() -> None:
    assert palette_for(None) is palette_for("light") is LIGHT
    assert palette_for("dark") is DARK
