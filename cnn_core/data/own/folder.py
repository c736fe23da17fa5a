"""Where own data sets lie, how they are named, and how much of them there may be."""

from __future__ import annotations

import re
import secrets
import unicodedata
from pathlib import Path

from cnn_core.data.folder import data_folder

PREFIX = "own-"
PART_PREFIX = ".part-"
"""The beginning of a folder's name while it is being filled, or emptied."""
UPLOAD_PREFIX = f"{PART_PREFIX}upload-"
RECORD_NAME = "record.json"

MOST_SETS = 60
MOST_SET_BYTES = 1_000_000_000
"""So much the decoded images of one set may take: 25,000 of 64 × 64 in colour take 307 MB."""
MOST_OWN_BYTES = 5_000_000_000
"""So much all own sets may take together."""
SPARE_BYTES = 500_000_000
"""So much stays free on the disk."""
MOST_CLASSES = 100
MOST_TITLE = 60
MOST_CLASS_NAME = 40

_SLUG = re.compile(r"own-[a-z0-9]+(-[a-z0-9]+)*")


def own_folder() -> Path:
    """The folder in which own sets are kept: `own` in the data folder. It need not exist yet."""
    return data_folder() / "own"


def bring_folder() -> Path:
    """The folder into which whoever runs the server puts what is too large to be uploaded: `bring` in the data folder.

    Pages list what lies in there. No page takes a path that somebody typed: whoever can name any folder of a server
    can read any picture on it.
    """
    return data_folder() / "bring"


def is_own_slug(slug: str) -> bool:
    """Whether a short name has the form of an own set's. Only such a name may become a part of a path.

    Example:
        >>> is_own_slug("own-cells-3f9a2c"), is_own_slug("own-../cells"), is_own_slug("mnist")
        (True, False, False)
    """
    return len(slug) <= 60 and _SLUG.fullmatch(slug) is not None


def new_slug(title: str) -> str:
    """Make a short name that nobody has: letters of the title, so that people recognise it, and a random end.

    Example:
        >>> slug = new_slug("Zellen (groß) ../../etc")
        >>> slug[:-6], is_own_slug(slug)
        ('own-zellen-gro-etc-', True)
    """
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    words = "-".join(re.findall(r"[a-z0-9]+", plain))[:24].strip("-")
    return f"{PREFIX}{words}{'-' if words else ''}{secrets.token_hex(3)}"


def clean_name(text: str, most: int) -> str:
    """Make of what somebody wrote, or of a folder's name, a name that every page can show as it is.

    Letters of all scripts, digits, spaces and a few signs stay; what could be taken for formatting, a link or a
    formula becomes a space.

    Args:
        text: Anything.
        most: Letters at most.

    Example:
        >>> clean_name("  *Cats*_and_[dogs](x)  ", 40)
        'Cats and dogs (x)'
        >>> clean_name("<b>1.5</b> $x$", 40), clean_name("../..", 40)
        ('b 1.5 b x', '')
    """
    kept = "".join(letter if _is_plain(letter) else " " for letter in unicodedata.normalize("NFC", text))
    kept = re.sub(r"(?<![^\W_])[-_.',+&]+|[-_.',+&]+(?![^\W_])", " ", kept)
    return " ".join(kept.split())[:most].strip()


def _is_plain(letter: str) -> bool:
    return letter.isalnum() or unicodedata.category(letter) in ("Mn", "Mc") or letter in " -_.,'+&()"
