"""What a person takes along: the Keras code, the description, the picture, and an address that others can open."""

from __future__ import annotations

from functools import partial

import streamlit as st

from cnn_core.architecture.shapes import class_count, network_figures
from cnn_core.architecture.spec import NetworkSpec
from cnn_core.data.registry import load_dataset
from cnn_core.errors import ClassroomError
from cnn_core.export.bundle import NOTEBOOK_NAME, SCRIPT_NAME, SPEC_NAME, export_zip
from cnn_core.export.notebook import keras_notebook
from cnn_core.export.script import keras_script
from dashboard import state
from dashboard.charts.network_diagram import network_svg
from dashboard.controls.design_controls import show_network
from dashboard.palette import LIGHT

MOST_UPLOAD_KB = 200
MOST_PASSED_ON = 2000
"""Characters of an address that every browser and chat program passes on."""

UPLOAD_KEY = "design.upload"
_REFUSAL = "design.upload_refusal"


def take_away_panel() -> None:
    """Offer everything that can be taken along, and take back what was."""
    code, share = st.columns(2, gap="large")
    with code:
        _downloads()
    with share:
        _address()
        _upload()


def _downloads() -> None:
    spec, settings, title = state.valid_network(), state.settings(), state.network_title()
    st.markdown(
        "**As Keras code.** It runs without this app, and gives the same network with the same first weights. "
        "The zip holds script, notebook, description and, where they are built in, the images."
    )
    is_code = class_count(spec) > 0
    if not is_code:
        st.caption("Code can be taken along once the network ends in one number for each class: in a dense layer.")
    with st.container(horizontal=True):
        everything = partial(export_zip, spec, settings, title, load_dataset)
        _download("Everything (zip)", "zip", everything, "network.zip", "application/zip", is_code)
        _download(
            "Script", "script", partial(keras_script, spec, settings, title), SCRIPT_NAME, "text/x-python", is_code
        )
        notebook = partial(keras_notebook, spec, settings, title)
        _download("Notebook", "notebook", notebook, NOTEBOOK_NAME, "application/x-ipynb+json", is_code)
        _download("Description (JSON)", "json", spec.to_json, SPEC_NAME, "application/json")
        # A picture to print or to put on a slide has the light colours.
        _download("Picture (SVG)", "svg", partial(_picture, spec), "network.svg", "image/svg+xml")


def _picture(spec: NetworkSpec) -> str:
    return network_svg(network_figures(spec), spec.input_shape, LIGHT)


def _download(label: str, name: str, make: object, file_name: str, mime: str, is_there: bool = True) -> None:
    st.download_button(
        label,
        make,  # type: ignore[arg-type]
        file_name,
        mime,
        key=f"design.download.{name}",
        on_click="ignore",
        disabled=not is_there,
        icon=":material/download:",
    )


def _address() -> None:
    st.markdown("**As an address.** Whoever opens it has this network, and how you train it, before them.")
    link = state.design_link()
    st.code(link, language=None, wrap_lines=True)
    if len(link) > MOST_PASSED_ON:
        st.caption(
            f"It has {len(link):,} characters. Browsers take it, but some chat programs cut addresses beyond "
            f"{MOST_PASSED_ON:,}: pass on the description instead."
        )


def _upload() -> None:
    st.file_uploader(
        "Open a description (JSON)",
        type=["json"],
        key=UPLOAD_KEY,
        max_upload_size=1,
        on_change=_take_upload,
    )
    refusal = state.choice(_REFUSAL, "")
    if refusal:
        st.error(refusal)


def _take_upload() -> None:
    state.set_choice(_REFUSAL, "")
    file = state.widget_value(UPLOAD_KEY)
    if file is None:
        return
    try:
        show_network(_read(file.getvalue()))
    except ClassroomError as error:
        state.set_choice(_REFUSAL, str(error))


def _read(content: bytes) -> NetworkSpec:
    if len(content) > MOST_UPLOAD_KB * 1000:
        raise ClassroomError(
            f"This file is larger than {MOST_UPLOAD_KB} kB, so it is no network description.",
            "Choose a network.json that this app has written.",
        )
    spec = NetworkSpec.from_json(content.decode("utf-8", errors="replace"))
    network_figures(spec)
    return spec
