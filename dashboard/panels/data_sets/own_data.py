"""Bring your own data set: a zip, an npz, or a folder on the server; a look at it, the settings, the import."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import IO

import streamlit as st

from cnn_core.data.folder import data_folder
from cnn_core.data.image_file import FORMAT_WORDS
from cnn_core.data.image_file import SUFFIXES as IMAGE_SUFFIXES
from cnn_core.data.own.folder import MOST_SET_BYTES, bring_folder
from cnn_core.data.own.import_job import ImportJob, ImportSnapshot, find_import
from cnn_core.data.own.listing import MOST_FILES, shown_name
from cnn_core.data.own.sources import MOST_UPLOAD_MB, SUFFIXES, Offer, drop_upload, keep_upload, offered_path, offers
from cnn_core.data.own.zip_source import MOST_UNPACKED_BYTES, MOST_ZIP_BYTES, is_packed_folder
from cnn_core.errors import ClassroomError
from dashboard import resources, state
from dashboard.components.folder_packer import folder_packer
from dashboard.palette import Palette
from dashboard.panels.data_sets.own_data_list import own_data_list, skipped_table, train_on
from dashboard.panels.data_sets.own_data_preview import forget_settings, own_data_preview
from dashboard.words import count, literal, memory, some, time_left

REFRESH_S = 1.0
PATH = "own_data.path"
NAME = "own_data.name"
JOB = "own_data.job"
FAILURE = "own_data.failure"
_ROUND = "own_data.round"
_OFFER = "own_data.offer"


def own_data_panel(palette: Palette) -> None:
    """Let people bring a data set, and list those that were brought.

    Args:
        palette: The theme's colours.
    """
    job = find_import(state.choice(JOB, ""))
    failure = state.choice(FAILURE, "")
    if failure:
        st.error(failure)
        state.set_choice(FAILURE, "")
    if job is not None and job.snapshot.status == "running":
        st.fragment(_progress, run_every=REFRESH_S)(job.id)
    elif job is not None and job.snapshot.status == "done":
        _result(job.snapshot)
    else:
        if job is not None:
            _explain_end(job)
        _choose_or_look()
    own_data_list()


def _choose_or_look() -> None:
    """Ask for files; once there are some, show what they are and ask how to import them."""
    path: Path | None = state.choice(PATH, None)
    if path is None:
        _invitation()
        return
    name = state.choice(NAME, "")
    with st.container(horizontal=True, vertical_alignment="center", key="own_data.chosen"):
        st.markdown(f"**{literal(shown_name(name))}**")
        start = st.container(key="own_data.start")
        st.button("Choose other files", key="own_data.other", icon=":material/close:", on_click=_forget_files)
    try:
        preview = resources.own_preview(path)
    except ClassroomError as error:
        st.error(str(error))
        return
    own_data_preview(preview, name, start, _keep_job)


def _invitation() -> None:
    st.markdown(
        "**One folder for each class, with the class’s images in it.** The folders’ names become the "
        "names of the classes; if there are folders *train* and *test* around them, that split is kept."
    )
    folder, packed = st.columns(2, gap="medium")
    key = f"own_data.file_{state.choice(_ROUND, 0)}"
    with folder:
        folder_packer(
            "own_data.folder",
            key,
            f"The folder around the class folders (up to {MOST_UPLOAD_MB} MB)",
            "or drop it here; your browser packs it",
            most_mb=MOST_UPLOAD_MB,
            suffixes=IMAGE_SUFFIXES,
        )
    with packed:
        st.file_uploader(
            f"A zip of class folders, or an npz (up to {MOST_UPLOAD_MB} MB)",
            list(SUFFIXES),
            key=key,
            on_change=_take_upload,
            args=(key,),
            max_upload_size=MOST_UPLOAD_MB,
            help=f"{FORMAT_WORDS}, grey or colour, of any sizes. An npz holds x_train and y_train, and "
            "x_test and y_test if it has a split, as Keras’s own data sets do.",
        )
    _offered(offers())
    st.caption(
        "Everybody who uses this server can see and train on what you bring: bring no pictures of people who have not "
        "agreed to that. Nothing leaves this server."
    )
    _limits()


def _offered(found: tuple[Offer, ...]) -> None:
    """Let people choose from what lies ready on the server; no path can be typed."""
    if not found:
        st.caption(
            f"Larger than that? Whoever runs this server can put a folder, zip or npz into `{_place()}`; it can then "
            "be chosen here. For safety no other folder of the server can be named."
        )
        return
    titles = {offer.name: _offer_title(offer) for offer in found}
    st.selectbox(
        "Or from this server’s folder for large data sets",
        list(titles),
        0,
        format_func=titles.__getitem__,
        key=_OFFER,
        help=f"What lies in `{_place()}` on the server.",
    )
    st.button("Look at it", key="own_data.take_offer", icon=":material/folder_open:", on_click=_take_offer)


def _place() -> str:
    """Name the folder as whoever runs the server knows it, and tell nobody where on the disk it is."""
    return f"{data_folder().name}/{bring_folder().name}"


def _offer_title(offer: Offer) -> str:
    return f"{offer.name} ({offer.kind if not offer.size_bytes else memory(offer.size_bytes)})"


def _limits() -> None:
    with st.expander("Limits", key="own_data.limits"):
        st.markdown(
            f"- An upload has at most {MOST_UPLOAD_MB} MB; a file from the server’s folder {memory(MOST_ZIP_BYTES)}, "
            f"unpacked {memory(MOST_UNPACKED_BYTES)}.\n"
            f"- At most {count(MOST_FILES)} files, 20 MB and 40 million pixels each; more than that, and what cannot "
            "be read, is left out and named.\n"
            f"- A data set takes at most {memory(MOST_SET_BYTES)} decoded: 80,000 images of 64×64 in colour.\n"
            "- A zip is refused if it holds links, locked files, or files that would lie outside its folder, or "
            "unpacks to far more than its size."
        )


def _progress(job_id: str) -> None:
    job = find_import(job_id)
    snapshot = job.snapshot if job is not None else None
    if job is None or snapshot is None or snapshot.status != "running":
        st.rerun()
    share = snapshot.done / snapshot.total if snapshot.total else 0.0
    left = f" · {time_left(snapshot.time_left_s)}" if snapshot.time_left_s is not None and snapshot.done else ""
    rate = f" · {count(snapshot.rate)} images/s" if snapshot.rate and snapshot.done else ""
    out = f" · {some(snapshot.skipped_count, 'file')} left out" if snapshot.skipped_count else ""
    done = f" {count(snapshot.done)} of {count(snapshot.total)}" if snapshot.total else ""
    words = f"{snapshot.message}{done}{rate}{left}{out}"
    st.progress(min(share, 1.0), text=words)
    st.button("Cancel the import", key="own_data.cancel", icon=":material/cancel:", on_click=job.cancel)


def _result(snapshot: ImportSnapshot) -> None:
    entry = snapshot.entry
    if entry is None:
        return
    _drop_files()  # what was uploaded is not needed any more
    st.success(
        f"**“{entry.title}” is ready:** {count(entry.train_count)} images to learn from and "
        f"{count(entry.test_count)} to be judged on, in {len(entry.class_names)} classes."
    )
    _skipped(snapshot)
    with st.container(horizontal=True, key="own_data.next"):
        if st.button("Train a network on it", key="own_data.train", type="primary", icon=":material/play_arrow:"):
            train_on(entry.slug)
        st.button("Bring another data set", key="own_data.again", icon=":material/add:", on_click=_forget_files)


def _explain_end(job: ImportJob) -> None:
    if job.snapshot.status == "cancelled":
        st.info(job.snapshot.message)
        return
    st.error(job.snapshot.message)
    _skipped(job.snapshot)


def _skipped(snapshot: ImportSnapshot) -> None:
    """Name the files that were left out, in one table."""
    if not snapshot.skipped_count:
        return
    with st.expander(f"{some(snapshot.skipped_count, 'file')} left out", key="own_data.skipped"):
        skipped_table(snapshot.skipped, snapshot.skipped_count)


def _take_upload(key: str) -> None:
    file: IO[bytes] | None = state.widget_value(key)
    if file is None:
        return
    name = getattr(file, "name", "")
    try:
        path = keep_upload(file, name)
    except ClassroomError as error:
        state.set_choice(FAILURE, str(error))
    else:
        _take(path, name.removesuffix(".zip") if is_packed_folder(path) else name)
    # The file is on disk now: another uploader in this one's place lets Streamlit free its memory.
    state.set_choice(_ROUND, state.choice(_ROUND, 0) + 1)


def _take_offer() -> None:
    name = state.widget_value(_OFFER)  # as it stands now: a quick click comes before the page is drawn with it
    try:
        _take(offered_path(name), name)
    except ClassroomError as error:
        state.set_choice(FAILURE, str(error))


def _take(path: Path, name: str) -> None:
    _forget_files()
    forget_settings()
    state.set_choice(PATH, path)
    state.set_choice(NAME, name)


def _forget_files() -> None:
    _drop_files()
    state.set_choice(JOB, "")


def _drop_files() -> None:
    path: Path | None = state.choice(PATH, None)
    if path is not None:
        with suppress(OSError):
            drop_upload(path)
    state.set_choice(PATH, None)


def _keep_job(job_id: str) -> None:
    state.set_choice(JOB, job_id)
