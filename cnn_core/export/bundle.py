"""A network and its training as one zip: the script, the notebook, what they need, and the network's description."""

from __future__ import annotations

import html
import io
import weakref
import zipfile
from collections.abc import Callable
from importlib.metadata import version

import numpy as np
import numpy.typing as npt

from cnn_core.architecture.spec import NetworkSpec
from cnn_core.data.dataset import Dataset
from cnn_core.export.data_source import GROUPS_NAME, KERAS_DATASETS, DataSource, data_source
from cnn_core.export.notebook import keras_notebook
from cnn_core.export.script import keras_script
from cnn_core.export.sections import printable_title, summary
from cnn_core.training.settings import TrainingSettings

SCRIPT_NAME, NOTEBOOK_NAME, SPEC_NAME = "network.py", "network.ipynb", "network.json"
REQUIREMENTS_NAME, README_NAME = "requirements.txt", "README.md"
REQUIRED_PACKAGES = ("keras", "tensorflow", "numpy")

_QUICKLY = 1
"""Of zip's nine levels: somewhat larger, and several times faster, which counts when somebody waits for 60 MB."""

_FIXED_TIME = (1980, 1, 1, 0, 0, 0)
"""The earliest that a zip can name: so equal contents give equal bytes."""
MOST_PACKED_BYTES = 100_000_000
"""Images that take more are left out: a zip of that size is not what one click should bring."""


def export_zip(
    spec: NetworkSpec,
    settings: TrainingSettings,
    title: str = "",
    load: Callable[[str], Dataset] | None = None,
) -> bytes:
    """Pack all that is needed to train the network elsewhere.

    Args:
        spec: The network.
        settings: How it is trained.
        title: A name for people; any text.
        load: Loads a data set by its short name. The images go into the zip if they are of a set that Keras cannot
            fetch, and not too many. None leaves them out.

    Returns:
        The zip; for the same arguments the same bytes.

    Raises:
        ClassroomError: If the network cannot be built, does not end in one number a class, or its data set cannot be
            loaded.
    """
    source = data_source(spec, settings)
    has_file = bool(source.file_name) and not source.is_own
    dataset = load(source.file_name.removesuffix(".npz")) if has_file and load is not None else None
    is_too_large = dataset is not None and dataset.train.images.nbytes + dataset.test.images.nbytes > MOST_PACKED_BYTES
    files = {
        README_NAME: _readme(spec, source, title, is_too_large),
        SCRIPT_NAME: keras_script(spec, settings, title),
        NOTEBOOK_NAME: keras_notebook(spec, settings, title),
        SPEC_NAME: spec.to_json(),
        REQUIREMENTS_NAME: "".join(f"{package}=={version(package)}\n" for package in REQUIRED_PACKAGES),
    }
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, text in files.items():
            archive.writestr(_member(name, zipfile.ZIP_DEFLATED), text)
        if dataset is not None and not is_too_large:
            archive.writestr(_member(source.file_name, zipfile.ZIP_STORED), _in_keras_layout(dataset))
    return buffer.getvalue()


def _member(name: str, compression: int) -> zipfile.ZipInfo:
    member = zipfile.ZipInfo(name, _FIXED_TIME)
    member.compress_type = compression
    member.create_system = 3  # Unix, whatever this machine is
    member.external_attr = 0o644 << 16
    return member


_latest: list[tuple[weakref.ref[npt.NDArray[np.uint8]], bytes]] = []
"""The images that were packed last, and what came of it: packing takes half a second, and up to three."""


def _in_keras_layout(dataset: Dataset) -> bytes:
    """The images as `x_train`, `y_train`, `x_test` and `y_test`; grey ones without an axis for it; the groups, too."""
    for packed_images, content in _latest:
        if packed_images() is dataset.train.images:
            return content
    arrays: dict[str, npt.NDArray[np.integer]] = {}
    for name, part in (("train", dataset.train), ("test", dataset.test)):
        arrays[f"x_{name}"] = part.images[..., 0] if dataset.image_shape[2] == 1 else part.images
        arrays[f"y_{name}"] = part.labels.astype(np.uint8)
    if dataset.train.groups is not None:
        arrays[GROUPS_NAME] = dataset.train.groups
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=_QUICKLY) as archive:
        for name, array in arrays.items():
            with archive.open(f"{name}.npy", "w") as file:
                np.lib.format.write_array(file, array, allow_pickle=False)
    _latest[:] = [(weakref.ref(dataset.train.images), buffer.getvalue())]
    return buffer.getvalue()


def _readme(spec: NetworkSpec, source: DataSource, title: str, is_too_large: bool) -> str:
    return f"""# {html.escape(printable_title(title), quote=False)}

A neural network in Keras, exported from CNN Classroom. {summary(spec)}

- `{SCRIPT_NAME}`: loads the images, builds the network, trains it and judges it
- `{NOTEBOOK_NAME}`: the same, step by step, for Jupyter
- `{SPEC_NAME}`: the network's description, which CNN Classroom reads
- `{REQUIREMENTS_NAME}`: the versions with which the results are those of the app

To run it, with Python 3.11, 3.12 or 3.13:

    pip install -r {REQUIREMENTS_NAME}
    python {SCRIPT_NAME}

The images: {source.summary} {_place(source, is_too_large)}
"""


def _place(source: DataSource, is_too_large: bool) -> str:
    if not source.file_name:
        return "Keras fetches them when the code runs for the first time."
    if is_too_large:
        return f"They are too many for this zip: the script says how to save them as `{source.file_name}` beside it."
    if not source.is_own:
        return f"They are in `{source.file_name}`, which belongs beside the code."
    stand_in = f"{KERAS_DATASETS[source.keras_name].title} takes its place" if source.keras_name else ""
    return f"Put `{source.file_name}` beside the code; without it {stand_in or 'the script says what it must hold'}."
