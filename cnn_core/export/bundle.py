"""A network and its training as one zip: the script, the notebook, what they need, and the network's description."""

from __future__ import annotations

import html
import io
import zipfile
from functools import lru_cache
from importlib.metadata import version
from pathlib import Path

import numpy as np

from cnn_core.architecture.spec import NetworkSpec
from cnn_core.data.digits.asset import unpack_images
from cnn_core.export.data_source import KERAS_DATASETS, DataSource, data_source
from cnn_core.export.notebook import keras_notebook
from cnn_core.export.script import keras_script
from cnn_core.export.sections import printable_title, summary
from cnn_core.training.settings import TrainingSettings

SCRIPT_NAME, NOTEBOOK_NAME, SPEC_NAME = "network.py", "network.ipynb", "network.json"
REQUIREMENTS_NAME, README_NAME = "requirements.txt", "README.md"
REQUIRED_PACKAGES = ("keras", "tensorflow", "numpy")

_FIXED_TIME = (1980, 1, 1, 0, 0, 0)
"""The earliest that a zip can name: so equal contents give equal bytes."""


def export_zip(spec: NetworkSpec, settings: TrainingSettings, title: str = "", data_file: Path | None = None) -> bytes:
    """Pack all that is needed to train the network elsewhere.

    Args:
        spec: The network.
        settings: How it is trained.
        title: A name for people; any text.
        data_file: The file of the built-in data set, as the app or as Keras lays it out; it goes into the zip if the
            network learns from it. None leaves it out.

    Returns:
        The zip; for the same arguments the same bytes.

    Raises:
        ClassroomError: If the network cannot be built, or does not end in one number a class.
    """
    source = data_source(spec, settings)
    included = data_file if source.file_name and not source.is_own else None
    files = {
        README_NAME: _readme(spec, source, title),
        SCRIPT_NAME: keras_script(spec, settings, title),
        NOTEBOOK_NAME: keras_notebook(spec, settings, title),
        SPEC_NAME: spec.to_json(),
        REQUIREMENTS_NAME: "".join(f"{package}=={version(package)}\n" for package in REQUIRED_PACKAGES),
    }
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, text in files.items():
            archive.writestr(_member(name, zipfile.ZIP_DEFLATED), text)
        if included is not None:
            content = _in_keras_layout(included, included.stat().st_mtime_ns)
            archive.writestr(_member(source.file_name, zipfile.ZIP_STORED), content)
    return buffer.getvalue()


def _member(name: str, compression: int) -> zipfile.ZipInfo:
    member = zipfile.ZipInfo(name, _FIXED_TIME)
    member.compress_type = compression
    member.create_system = 3  # Unix, whatever this machine is
    member.external_attr = 0o644 << 16
    return member


@lru_cache(maxsize=1)
def _in_keras_layout(path: Path, modified_ns: int) -> bytes:
    """The images as `x_train`, `y_train`, `x_test` and `y_test`; packing them anew takes half a second."""
    with np.load(path, allow_pickle=False) as arrays:
        if "x_train" in arrays:
            return path.read_bytes()
        unpacked = {}
        for part in ("train", "test"):
            unpacked[f"x_{part}"] = unpack_images(arrays[f"{part}_images"])[..., 0]
            unpacked[f"y_{part}"] = arrays[f"{part}_labels"]
    buffer = io.BytesIO()
    np.savez_compressed(buffer, allow_pickle=False, **unpacked)
    return buffer.getvalue()


def _readme(spec: NetworkSpec, source: DataSource, title: str) -> str:
    return f"""# {html.escape(printable_title(title), quote=False)}

A neural network in Keras, exported from CNN Classroom. {summary(spec)}

- `{SCRIPT_NAME}`: loads the images, builds the network, trains it and judges it
- `{NOTEBOOK_NAME}`: the same, step by step, for Jupyter
- `{SPEC_NAME}`: the network's description, which CNN Classroom reads
- `{REQUIREMENTS_NAME}`: the versions with which the results are those of the app

To run it, with Python 3.11, 3.12 or 3.13:

    pip install -r {REQUIREMENTS_NAME}
    python {SCRIPT_NAME}

The images: {source.summary} {_place(source)}
"""


def _place(source: DataSource) -> str:
    if not source.file_name:
        return "Keras fetches them when the code runs for the first time."
    if not source.is_own:
        return f"They are in `{source.file_name}`, which belongs beside the code."
    stand_in = f"{KERAS_DATASETS[source.keras_name].title} takes its place" if source.keras_name else ""
    return f"Put `{source.file_name}` beside the code; without it {stand_in or 'the script says what it must hold'}."
