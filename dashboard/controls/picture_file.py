"""A picture that somebody brings along, asked for and kept: a file, or a photo from the camera."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import streamlit as st

from cnn_core.data.image_file import FORMAT_WORDS, MOST_BYTES, SUFFIXES, Picture, read_picture
from cnn_core.errors import ClassroomError
from dashboard import state

UPLOAD = "upload"
CAMERA = "camera"
FILE_SOURCES = {UPLOAD: "your picture", CAMERA: "your photo"}
"""The sources, and what is said of what comes from them."""


def picture_controls(
    source: str,
    key: str,
    name: str,
    *,
    side: int,
    invitation: str,
    meanwhile: str = "",
    on_new: Callable[[], None] | None = None,
    read: Callable[[bytes, int], Picture] = read_picture,
) -> Picture | None:
    """Let people bring a picture.

    What is kept is a small square of it, or what `read` makes of it, so that it is still there when the page is left
    and entered again.

    Args:
        source: `UPLOAD` or `CAMERA`.
        key: The widget's key.
        name: The name under which `state` keeps the picture, and what is wrong with it.
        side: Pixels along a side that are needed at least.
        invitation: What is said while there is none.
        meanwhile: What is shown instead, in a sentence; said then, too, and where the file cannot be read.
        on_new: Called when another picture has come, or the file was taken away.
        read: What is made of the file's content and `side`.

    Returns:
        The picture; nothing where there is none yet, or it cannot be read, after saying so.
    """
    _ask_for_file(source, key, partial(_take, key, name, lambda data: read(data, side), on_new))
    problem: str = state.choice(_problem(name), "")
    picture: Picture | None = state.choice(_picture(name), None)
    if problem:
        st.error(f"{problem} {meanwhile}".strip())
    elif picture is None:
        st.info(f"{invitation} {meanwhile}".strip())
    return picture


def _ask_for_file(source: str, key: str, take: Callable[[], None]) -> None:
    if source == CAMERA:
        words = "Browsers allow the camera on this computer itself (localhost) and on pages opened with https."
        st.camera_input("Take a photo", key=key, on_change=take, help=words)
        return
    limit_mb = MOST_BYTES // 1_000_000
    st.file_uploader(
        "Picture",
        list(SUFFIXES),
        key=key,
        on_change=take,
        max_upload_size=limit_mb,
        help=f"{FORMAT_WORDS}, up to {limit_mb} MB. It stays on the computer that runs this app.",
    )


def _take(key: str, name: str, read: Callable[[bytes], Picture], on_new: Callable[[], None] | None) -> None:
    """Keep a new picture, or forget the one whose file was taken away; leaving the page calls nothing."""
    file = state.widget_value(key)
    picture, problem = None, ""
    if file is not None:
        try:
            picture = read(file.getvalue())
        except ClassroomError as error:
            problem = str(error)
    state.set_choice(_picture(name), picture)
    state.set_choice(_problem(name), problem)
    if on_new is not None:
        on_new()


def _picture(name: str) -> str:
    return f"{name}.picture"


def _problem(name: str) -> str:
    return f"{name}.problem"
