"""A trained run to take along: the network, its numbers, a report, or all of it; and one that comes from elsewhere."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import streamlit as st

from cnn_core.architecture.shapes import BYTES_PER_NUMBER
from cnn_core.architecture.weight_shapes import network_nodes
from cnn_core.errors import ClassroomError
from cnn_core.export.metrics_files import batches_csv, epochs_csv
from cnn_core.export.report import TestAnswers, ask_about_test_images, report_page
from cnn_core.export.run_archive import MOST_FILE_BYTES
from cnn_core.export.run_file import SUFFIX, pack_run, unpack_run
from cnn_core.networks import TrainedNetwork, network_of_run
from cnn_core.store.records import RunRecord
from cnn_core.training import runs
from cnn_core.training.adoption import copy_run
from cnn_core.training.run import Run
from dashboard import state

_REFUSAL = "take_away.refusal"
_OPENED = "take_away.opened"
_UPLOADS = "take_away.uploads"

_OWN_LAYER = (
    "Its minimum pooling is a layer of this app: elsewhere, Keras refuses the .keras file until a class “MinPooling2D” "
    "is registered under the package name “cnn_classroom”. The other files know nothing of that."
)


@dataclass(frozen=True)
class TakeAway:
    """Something that can be taken along.

    Args:
        name: A short word for it, as `"keras"`.
        label: What stands on its button.
        purpose: What it is for, in one line.
        ending: How the file's name ends, with its dot.
        mime: The file's type.
        make: Computes it; called when the button is pressed, in a thread without Streamlit.
    """

    name: str
    label: str
    purpose: str
    ending: str
    mime: str
    make: Callable[[], str | bytes]


def run_take_away_panel(run: Run) -> None:
    """Offer a training that has ended, in every form in which others can use it.

    Args:
        run: The training.
    """
    if not run.has_weights:
        return
    # Drawn when it is open, so that its weights are not read from the disk before.
    folded = st.expander("Take it away", key="take_away.panel", on_change="rerun")
    if not folded.open:
        return
    with folded:
        network = network_of_run(run)
        if network is None:
            st.warning("The weights of this training cannot be read any more. Train the network again.")
            return
        for title, items in take_aways(run, network).items():
            st.markdown(f"**{title}**")
            for item in items:
                _row(run, item)
        if _has_own_layer(network):
            st.caption(_OWN_LAYER)
        if BYTES_PER_NUMBER * run.parameters > _most_upload_mb() * 1_000_000:
            st.caption(
                f"The run file will have more than {_most_upload_mb()} MB. To be opened, it needs an installation that "
                "allows larger uploads (`maxUploadSize` in `.streamlit/config.toml`)."
            )


def take_aways(run: Run, network: TrainedNetwork) -> dict[str, tuple[TakeAway, ...]]:
    """List what can be taken along of a training, under the titles of their groups. Nothing is computed yet.

    Args:
        run: The training.
        network: What it has led to.
    """
    binary, table, snapshot = "application/octet-stream", "text/csv", run.snapshot
    return {
        "The network": (
            TakeAway("keras", "Keras", "To use or train on in Python.", ".keras", binary, partial(_keras, network)),
            TakeAway(
                "tflite",
                "TensorFlow Lite",
                "For phones and small computers.",
                ".tflite",
                binary,
                partial(_lite, network),
            ),
            TakeAway("onnx", "ONNX", "For most other programs and browsers.", ".onnx", binary, partial(_onnx, network)),
        ),
        "Its numbers": (
            TakeAway(
                "batches",
                "Batches (CSV)",
                "One line a batch, for a spreadsheet.",
                "-batches.csv",
                table,
                partial(batches_csv, snapshot),
            ),
            TakeAway(
                "epochs",
                "Epochs (CSV)",
                "One line an epoch, with the validation.",
                "-epochs.csv",
                table,
                partial(epochs_csv, snapshot),
            ),
            TakeAway(
                "tensorboard",
                "TensorBoard",
                "The curves as event files, in a zip.",
                "-tensorboard.zip",
                "application/zip",
                partial(_tensorboard, run),
            ),
        ),
        "The whole training": (
            TakeAway(
                "report",
                "Report (HTML)",
                "To read and to print: design, settings, curves, mistakes.",
                "-report.html",
                "text/html",
                partial(_report, run),
            ),
            TakeAway(
                "run",
                "Run file",
                "To open on the Train page of another CNN Classroom.",
                SUFFIX,
                binary,
                partial(_run_file, run),
            ),
        ),
    }


def open_run_panel() -> None:
    """Take in a run file from elsewhere, and follow that run; a file that is refused changes nothing."""
    opened = state.choice(_OPENED, "")
    if opened:
        st.toast(f"{opened} is open.", icon=":material/check:")
        state.set_choice(_OPENED, "")
    folded = st.expander("Open a run file", key="take_away.open", icon=":material/folder_open:")
    file = folded.file_uploader(
        "Run file",
        type=[SUFFIX.removeprefix(".")],
        # With a new key the field is empty again.
        key=f"take_away.upload.{state.choice(_UPLOADS, 0)}",
        max_upload_size=_most_upload_mb(),
        help="One that “Take it away” has written, here or on another computer. Nothing in it is ever run.",
        on_change=partial(state.set_choice, _REFUSAL, ""),
    )
    if file is not None and not state.choice(_REFUSAL, ""):
        with st.spinner("Opening the run"):
            _open(file.getvalue())
        if not state.choice(_REFUSAL, ""):
            st.rerun()  # the rest of the page shows the run that is followed
    refusal = state.choice(_REFUSAL, "")
    if refusal:
        st.error(refusal)


def _open(content: bytes) -> None:
    try:
        run = runs.adopt_run(unpack_run(content))
    except ClassroomError as error:
        state.set_choice(_REFUSAL, str(error))
        return
    state.follow_run(run)
    state.set_choice(_OPENED, "The run file")
    state.set_choice(_UPLOADS, state.choice(_UPLOADS, 0) + 1)


def _most_upload_mb() -> int:
    """The largest run file that can be opened, in megabytes: the server refuses more than it is set to."""
    return min(MOST_FILE_BYTES // 1_000_000, int(st.get_option("server.maxUploadSize")))


def _row(run: Run, item: TakeAway) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        st.download_button(
            item.label,
            item.make,
            f"{_file_stem(run.title)}{item.ending}",
            item.mime,
            key=f"take_away.{run.id}.{item.name}",
            on_click="ignore",
            icon=":material/download:",
            width=190,
        )
        st.caption(item.purpose)


def _file_stem(title: str) -> str:
    """Make a title the beginning of a file's name on any system."""
    return re.sub(r"[^a-z0-9]+", "-", title.lower()).strip("-")[:60] or "network"


def _has_own_layer(network: TrainedNetwork) -> bool:
    return any(node.node.call.class_name == "MinPooling2D" for node in network_nodes(network.spec))


# Each of these imports what it needs when its button is pressed: pages do not wait for TensorFlow.


def _keras(network: TrainedNetwork) -> bytes:
    from cnn_core.export.model_files import keras_file

    return keras_file(network.spec, network.weights)


def _lite(network: TrainedNetwork) -> bytes:
    from cnn_core.export.model_files import tflite_file

    return tflite_file(network.spec, network.weights)


def _onnx(network: TrainedNetwork) -> bytes:
    from cnn_core.export.onnx_file import onnx_file

    return onnx_file(network.spec, network.weights)


def _tensorboard(run: Run) -> bytes:
    from cnn_core.export.event_files import tensorboard_zip

    return tensorboard_zip(run.snapshot, run.started_at)


def _report(run: Run) -> str:
    answers: TestAnswers | str
    try:
        answers = ask_about_test_images(run)
    except ClassroomError as error:
        answers = f"The test images could not be looked at: {error}"
    return report_page(copy_run(run, _record(run), has_moments=False), answers)


def _run_file(run: Run) -> bytes:
    return pack_run(copy_run(run, _record(run)))


def _record(run: Run) -> RunRecord | None:
    try:
        return runs.stored_record(run.id)
    except ClassroomError:  # only its note is missing then
        return None
