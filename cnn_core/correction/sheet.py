"""A person's drawings to take along: one sheet to print, and a zip of class folders that can be learned from."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw, ImageFont

from cnn_core.correction.kept import KeptDrawing

COLUMNS = 8
TILE_PX = 112
"""Four pixels of the sheet for one of a drawing."""
MARGIN_PX = 16
WORDS_PX = 40
LINE_PX = 18
TYPE_PX = 13
FONT = Path(__file__).resolve().parents[2] / "assets" / "fonts" / "DejaVuSans.ttf"
"""Shipped, because Pillow's own font knows no letter beyond English. Its licence lies beside it."""

_ELLIPSIS = "…"
_MOST_LETTERS = 60
"""Letters of a name that are looked at; far fewer fit below a drawing."""

_INK, _PAPER, _WRONG = (20, 20, 30), (255, 255, 255), (176, 0, 32)
_OLDEST = (1980, 1, 1, 0, 0, 0)
_UNSAFE = re.compile(r"[^\w \-]")


def drawings_sheet(drawings: Sequence[KeptDrawing]) -> bytes:
    """Lay drawings out on a white sheet: below each what it is, and what was read.

    The names are printed in DejaVu Sans: letters of Latin, Greek, Cyrillic, Armenian, Georgian, Hebrew and Arabic.
    Where Pillow finds no fribidi on the machine, Arabic letters are not joined and run from the left. Of Chinese,
    Japanese, Korean, Indic and other letters, which the font lacks, each is an empty box; the zip has them all. A name
    that is too wide for its drawing is cut, and ends in “…”.

    Args:
        drawings: At least one.

    Returns:
        A PNG file.

    Raises:
        ValueError: If there is none.
    """
    if not drawings:
        raise ValueError("drawings must be at least one. Received: none.")
    columns = min(COLUMNS, len(drawings))
    rows = -(-len(drawings) // columns)
    cell = TILE_PX + MARGIN_PX
    sheet = Image.new("RGB", (columns * cell + MARGIN_PX, rows * (cell + WORDS_PX) + MARGIN_PX), _PAPER)
    pen, font = ImageDraw.Draw(sheet), ImageFont.truetype(FONT, TYPE_PX)
    for place, one in enumerate(drawings):
        left = MARGIN_PX + place % columns * cell
        top = MARGIN_PX + place // columns * (cell + WORDS_PX)
        tile = Image.fromarray(_printed(one.image)).resize((TILE_PX, TILE_PX), Image.Resampling.NEAREST)
        sheet.paste(tile, (left, top))
        pen.rectangle((left - 1, top - 1, left + TILE_PX, top + TILE_PX), outline=(160, 160, 170))
        below = top + TILE_PX + 3
        sheet.paste(_line("", one.class_name, font, _INK), (left, below))
        sheet.paste(_line("read: ", one.guess, font, _INK if one.is_right else _WRONG), (left, below + LINE_PX))
    file = io.BytesIO()
    sheet.save(file, "PNG")
    return file.getvalue()


def drawings_zip(drawings: Sequence[KeptDrawing]) -> bytes:
    """Pack drawings as PNG files in one folder a class, as data sets are brought to this app.

    Args:
        drawings: Any number.

    Returns:
        A zip file. Equal drawings give equal files.

    Example:
        >>> from cnn_core.correction.kept import KeptDrawing
        >>> drawing = KeptDrawing("0a", np.zeros((28, 28, 1), np.uint8), "7", "1", 0.5)
        >>> zipfile.ZipFile(io.BytesIO(drawings_zip([drawing]))).namelist()
        ['7/drawing-001-0a.png']
    """
    folders = class_folders(tuple(one.class_name for one in drawings))
    memory = io.BytesIO()
    with zipfile.ZipFile(memory, "w", zipfile.ZIP_DEFLATED) as archive:
        for number, one in enumerate(drawings, start=1):
            file = io.BytesIO()
            Image.fromarray(one.image[..., 0]).save(file, "PNG")
            name = f"{folders[one.class_name]}/drawing-{number:03}-{one.id}.png"
            archive.writestr(zipfile.ZipInfo(name, _OLDEST), file.getvalue())
    return memory.getvalue()


def class_folders(class_names: Sequence[str]) -> dict[str, str]:
    """Give every class a folder's name that every system takes, and no two the same.

    Args:
        class_names: Names of classes, whatever people have called them.

    Example:
        >>> class_folders(["7", "a/b", "a:b", ".."])
        {'7': '7', 'a/b': 'a_b', 'a:b': 'a_b 2', '..': '__'}
    """
    folders: dict[str, str] = {}
    for name in dict.fromkeys(class_names):
        plain = _UNSAFE.sub("_", name).strip() or "class"
        folder, number = plain, 1
        while folder.lower() in {taken.lower() for taken in folders.values()}:
            number += 1
            folder = f"{plain} {number}"
        folders[name] = folder
    return folders


def _printed(image: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
    """A drawing as it looks on paper: dark on white."""
    dark: npt.NDArray[np.uint8] = 255 - image[..., 0]
    return dark


def _line(before: str, name: str, font: ImageFont.FreeTypeFont, colour: tuple[int, int, int]) -> Image.Image:
    """A line of words as wide as a drawing; signs that are piled upon a letter are cut off where the line ends."""
    line = Image.new("RGB", (TILE_PX, LINE_PX), _PAPER)
    ImageDraw.Draw(line).text((0, 0), before + _shortened(before, name, font), colour, font)
    return line


def _shortened(before: str, name: str, font: ImageFont.FreeTypeFont) -> str:
    """As much of a name as there is room for after what stands before it, in one line."""
    flat = "".join(letter if letter.isprintable() else " " for letter in name[:_MOST_LETTERS])
    words = " ".join(flat.split())
    if len(name) <= _MOST_LETTERS and _fits(before + words, font):
        return words
    most = next((most for most in range(len(words), 0, -1) if _fits(before + words[:most] + _ELLIPSIS, font)), 0)
    return words[:most].rstrip() + _ELLIPSIS


def _fits(words: str, font: ImageFont.FreeTypeFont) -> bool:
    return max(font.getbbox(words)[2], font.getlength(words)) <= TILE_PX
