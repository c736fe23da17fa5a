"""A folder of images that the browser packs into one zip and hands to a file uploader of the same page.

Streamlit's own uploader for folders sends every file by itself, draws the list anew at each of them, and knows no limit
for all of them together: 500 images took ten seconds, with 2,400 the page stopped answering, and the server
would have to keep whatever came. So the folder becomes a zip before anything is sent: what is too large is refused in
the browser, and the server reads it with the same care as any other zip.
"""

from __future__ import annotations

from collections.abc import Sequence

from cnn_core.data.own.zip_source import FOLDER_MARK
from dashboard.components.registration import register

HTML = (
    '<p class="label" id="label"></p><div class="packer" role="group" aria-labelledby="label">'
    '<input type="file" class="pick" multiple webkitdirectory hidden>'
    '<button type="button" class="choose">Choose a folder</button>'
    '<p class="said" aria-live="polite"></p></div>'
)
MOST_PACKED = 65_535
"""Files in a zip of the plain form that the browser writes."""

_component = register("folder_packer", HTML)


def folder_packer(key: str, uploader: str, label: str, hint: str, *, most_mb: int, suffixes: Sequence[str]) -> None:
    """Let people choose or drop a folder, and give it to an uploader as a zip called as the folder is.

    Of files that are no images by their names' endings only the names are packed: they are named as left out.

    Args:
        key: The component's key.
        uploader: The key of the uploader, which must take zips, and stand on the same page.
        label: What is to be chosen.
        hint: What is said while nothing has been chosen.
        most_mb: So long the zip may be; a larger folder is refused before any of it is read.
        suffixes: The endings of images' names, small, without the dot.
    """
    data = {
        "uploader": uploader.replace(".", "-"),
        "label": label,
        "hint": hint,
        "mostMb": most_mb,
        "mostFiles": MOST_PACKED,
        "suffixes": list(suffixes),
        "mark": FOLDER_MARK,
    }
    _component(key=key, data=data)
