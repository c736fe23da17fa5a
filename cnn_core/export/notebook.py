"""A network and its training as a Jupyter notebook: the script's code in cells, each under a heading with its words."""

from __future__ import annotations

import html
import json
from typing import Any

from cnn_core.architecture.spec import NetworkSpec
from cnn_core.export.sections import export_sections, printable_title, summary
from cnn_core.training.settings import TrainingSettings

FORMAT = (4, 5)


def keras_notebook(spec: NetworkSpec, settings: TrainingSettings, title: str = "") -> str:
    r"""Write the notebook that does what `keras_script` writes, cell by cell.

    Args:
        spec: The network.
        settings: How it is trained.
        title: A name for people; any text.

    Returns:
        JSON in the notebook format 4.5.

    Raises:
        ClassroomError: If the network cannot be built, or does not end in one number a class.

    Example:
        >>> from cnn_core.architecture.presets import preset
        >>> notebook = json.loads(keras_notebook(preset("first").spec, TrainingSettings(), "My network"))
        >>> notebook["cells"][0]["source"][0]
        '# My network\n'
    """
    introduction = (
        f"# {html.escape(printable_title(title), quote=False)}\n\n"
        f"A neural network in Keras, exported from CNN Classroom. {summary(spec)}\n\n"
        "Run the cells from top to bottom. What they need is installed with `pip install -r requirements.txt`."
    )
    cells = [_cell("markdown", "introduction", introduction)]
    for section in export_sections(spec, settings):
        words = f"## {section.title}\n\n{section.text}"
        cells += [_cell("markdown", f"{section.slug}-words", words), _cell("code", section.slug, section.code)]
    major, minor = FORMAT
    notebook = {
        "cells": cells,
        "metadata": {
            "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
            "language_info": {"name": "python"},
        },
        "nbformat": major,
        "nbformat_minor": minor,
    }
    return json.dumps(notebook, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def _cell(kind: str, cell_id: str, source: str) -> dict[str, Any]:
    cell: dict[str, Any] = {
        "cell_type": kind,
        "id": cell_id,
        "metadata": {},
        "source": source.splitlines(keepends=True),
    }
    return cell | {"execution_count": None, "outputs": []} if kind == "code" else cell
