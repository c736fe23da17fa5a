"""Every colour of the app and its one meaning, for light and dark.

Charts, components and `.streamlit/config.toml` take their colours from here (a test compares the latter). Pairs that
must be told apart differ in brightness too, or carry a second sign: a dash, a mark, a label.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Palette:
    """The colours of one theme, as `#rrggbb`.

    Args:
        background: The page, and zero on the diverging scale.
        surface: Cards and the side bar.
        text: Words and axes; at least 4.5:1 on both backgrounds.
        muted: Gridlines and what stands back.
        primary: The one thing to do next.
        negative: The far end of "below zero".
        positive: The far end of "above zero".
        training: The line of what the network learns from.
        validation: The dashed line of what is kept aside.
        border: Fine lines around cards.
        classes: Ten classes, told apart by colour-blind eyes too; a shape or the class's name always goes with it.
    """

    background: str
    surface: str
    text: str
    muted: str
    primary: str
    negative: str
    positive: str
    training: str
    validation: str
    border: str
    classes: tuple[str, ...]

    @property
    def diverging(self) -> list[tuple[float, str]]:
        """Negative – zero – positive, to be used symmetrically about zero."""
        return [(0.0, self.negative), (0.5, self.background), (1.0, self.positive)]


LIGHT = Palette(
    background="#ffffff",
    surface="#f3f4f8",
    text="#1f2430",
    muted="#8a91a3",
    primary="#4338ca",
    negative="#1f5fb4",
    positive="#d0620a",
    training="#00796b",
    validation="#b5179e",
    border="#d5d9e3",
    classes=(
        "#2d78f0",
        "#c37800",
        "#009669",
        "#f000a5",
        "#5a0096",
        "#4b4b00",
        "#0087b4",
        "#ff005a",
        "#3c2d5a",
        "#78002d",
    ),
)

DARK = Palette(
    background="#12141c",
    surface="#1c1f2b",
    text="#eceef4",
    muted="#7c8499",
    primary="#6164f0",
    negative="#5aa2f5",
    positive="#f59b42",
    training="#4db6ac",
    validation="#f06ee0",
    border="#3a4054",
    classes=(
        "#2da5ff",
        "#ffff3c",
        "#78a569",
        "#d200a5",
        "#3cff87",
        "#e1002d",
        "#00f0ff",
        "#f0961e",
        "#695af0",
        "#d287a5",
    ),
)

AMOUNT_SCALE = "Viridis"
"""From nothing to much: evenly spaced to the eye, readable by colour-blind eyes and in grey."""


def palette_for(theme: str | None) -> Palette:
    """Return the colours of the theme that a browser reports: `"dark"`, `"light"`, or nothing yet."""
    return DARK if theme == "dark" else LIGHT
