"""The one list of pages: menu, addresses, titles and tests derive from it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import streamlit as st

PROJECT = Path(__file__).resolve().parents[1]


@dataclass(frozen=True)
class PageEntry:
    """One page of the app.

    Args:
        file: Its file in `pages/`; the address is the file's name without number and ending.
        title: Its name in the menu.
        group: The menu's heading above it.
        question: What it answers, in large type at its top.
        summary: One sentence below the question.
        icon: An emoji of Streamlit's own font, in Material notation.
    """

    file: str
    title: str
    group: str
    question: str
    summary: str
    icon: str

    @property
    def slug(self) -> str:
        """The page's address, as `"Draw_a_digit"`: what Streamlit makes of the file's name."""
        return self.file.removesuffix(".py").split("_", 1)[1]

    @property
    def path(self) -> str:
        """The page's file as seen from `app.py`."""
        return f"pages/{self.file}"


PAGES: tuple[PageEntry, ...] = (
    PageEntry(
        "01_Start.py",
        "Start",
        "Start",
        "Can a computer learn to read digits?",
        "Train a network of your own in about ten seconds, then draw a digit for it.",
        ":material/rocket_launch:",
    ),
    PageEntry(
        "19_Glossary.py",
        "Glossary",
        "Learn",
        "What do the words mean?",
        "Every word of the field that this app uses, with an example small enough to check by hand.",
        ":material/menu_book:",
    ),
    PageEntry(
        "20_Design.py",
        "Design",
        "Build and train",
        "What shall the network look like?",
        "Choose its layers and see at once what they make of an image, and what they cost.",
        ":material/architecture:",
    ),
    PageEntry(
        "21_Train.py",
        "Train",
        "Build and train",
        "How does it learn?",
        "Watch loss and accuracy batch by batch; pause, step and stop whenever you like.",
        ":material/show_chart:",
    ),
    PageEntry(
        "22_Compare.py",
        "Compare",
        "Build and train",
        "Which one is better, and what does it cost?",
        "Lay trainings over each other: curves, figures, and the settings in which they differ.",
        ":material/compare_arrows:",
    ),
    PageEntry(
        "30_Look_inside.py",
        "Look inside",
        "Look inside",
        "What does the network see?",
        "One network, one image: what every layer makes of it, and why the network decides as it does.",
        ":material/visibility:",
    ),
    PageEntry(
        "40_Draw_a_digit.py",
        "Draw a digit",
        "Try",
        "Can it read your handwriting?",
        "Draw one digit; the network answers as soon as you lift the pen.",
        ":material/draw:",
    ),
)


def page(slug: str) -> PageEntry:
    """Return the page with that address.

    Raises:
        KeyError: If there is none.
    """
    return {entry.slug: entry for entry in PAGES}[slug]


def run_selected_page() -> None:
    """Run the page that the address names; the first one where it names none."""
    pages = [
        st.Page(PROJECT / entry.path, title=entry.title, url_path=entry.slug, default=entry is PAGES[0])
        for entry in PAGES
    ]
    st.navigation(pages, position="hidden").run()
