"""The exported notebook: valid, and the script in cells."""

from __future__ import annotations

import ast
import json
from typing import Any

import nbformat
import pytest

from cnn_core.export.notebook import keras_notebook
from cnn_core.export.script import keras_script
from tests.cnn_core.export.samples import Sample, preset_samples, random_samples

SAMPLES = {sample.name: sample for sample in (*preset_samples(), *random_samples()[:4])}

each_sample = pytest.mark.parametrize("sample", SAMPLES.values(), ids=SAMPLES)


def cells_of(sample: Sample, kind: str) -> list[str]:
    cells: list[dict[str, Any]] = json.loads(keras_notebook(sample.spec, sample.settings, sample.name))["cells"]
    return ["".join(cell["source"]) for cell in cells if cell["cell_type"] == kind]


@each_sample
def test_notebook_is_valid(sample: Sample) -> None:
    text = keras_notebook(sample.spec, sample.settings, sample.name)
    notebook = nbformat.reads(text, as_version=nbformat.NO_CONVERT)
    nbformat.validate(notebook)
    assert (notebook.nbformat, notebook.nbformat_minor) == (4, 5)
    assert len({cell.id for cell in notebook.cells}) == len(notebook.cells)
    assert nbformat.writes(notebook) == text.rstrip("\n")


@each_sample
def test_code_cells_are_the_script(sample: Sample) -> None:
    script = keras_script(sample.spec, sample.settings, sample.name)
    code = cells_of(sample, "code")
    assert ast.dump(ast.parse("\n".join(code))) == ast.dump(ast.parse(script))
    rest = script
    for cell in code:
        before, found, rest = rest.partition(cell + "\n")
        assert found
        assert all(not line or line.startswith("#") for line in before.splitlines())
    assert rest == ""


@each_sample
def test_each_code_cell_stands_below_its_words(sample: Sample) -> None:
    cells = json.loads(keras_notebook(sample.spec, sample.settings, sample.name))["cells"]
    assert [cell["cell_type"] for cell in cells] == ["markdown", *["markdown", "code"] * (len(cells) // 2)]
    for words in cells_of(sample, "markdown")[1:]:
        heading, gap, text = words.split("\n")
        assert heading.startswith("## ")
        assert gap == ""
        assert text.endswith(".")


def test_title_from_outside_stays_one_plain_line() -> None:
    sample = SAMPLES["first"]
    text = keras_notebook(sample.spec, sample.settings, "<script>\n# x & y")
    first = "".join(json.loads(text)["cells"][0]["source"]).splitlines()
    assert first[:2] == ["# &lt;script&gt; # x &amp; y", ""]
