"""A data set that is not on this machine yet: where to put it, or fetch it with progress and a way to cancel."""

from __future__ import annotations

import streamlit as st

from cnn_core.data.download import current_download, start_download
from cnn_core.data.registry import dataset_entry
from cnn_core.errors import ClassroomError
from dashboard.words import time_left

REFRESH_S = 1.0


def download_panel(slug: str) -> bool:
    """Show what is missing for a data set, if anything.

    Args:
        slug: The data set.

    Returns:
        Whether the data set is ready.
    """
    entry = dataset_entry(slug)
    availability = entry.availability()
    if availability.is_ready:
        return True
    download = current_download(slug)
    snapshot = download.snapshot() if download is not None else None
    if snapshot is not None and snapshot.status == "running":
        st.fragment(_download_progress, run_every=REFRESH_S)(slug)
        return False
    if snapshot is not None and snapshot.status == "failed":
        st.error(snapshot.message)
    else:
        st.info(availability.explanation)
    if entry.download is not None:
        size = f" ({entry.download.size_bytes / 1e6:.1f} MB)" if entry.download.size_bytes else ""
        st.button(f"Download {entry.title}{size}", key="download.start", on_click=_start, args=(slug,))
    return False


def _download_progress(slug: str) -> None:
    download = current_download(slug)
    snapshot = download.snapshot() if download is not None else None
    if download is None or snapshot is None or snapshot.status != "running":
        st.rerun()
    share = snapshot.received_bytes / snapshot.total_bytes if snapshot.total_bytes else 0.0
    left = f", {time_left(snapshot.time_left_s)}" if snapshot.time_left_s is not None else ""
    st.progress(min(share, 1.0), text=f"{snapshot.message} {snapshot.received_bytes / 1e6:.1f} MB{left}")
    st.button("Cancel the download", key="download.cancel", on_click=download.cancel)


def _start(slug: str) -> None:
    try:
        start_download(slug)
    except ClassroomError as error:
        st.error(str(error))
