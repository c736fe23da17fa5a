"""Designing needs no TensorFlow: nothing of it is imported, from the first figure to the exported notebook."""

from __future__ import annotations

import subprocess
import sys

from dashboard.navigation import PROJECT

DESIGNING = """
import sys
from cnn_core.architecture.address import spec_to_address
from cnn_core.architecture.advice import network_advice
from cnn_core.architecture.presets import PRESETS
from cnn_core.architecture.receptive_field import network_reach
from cnn_core.architecture.shapes import layer_formulas, network_figures
from cnn_core.export.bundle import export_zip
from cnn_core.export.notebook import keras_notebook
from cnn_core.training.settings import settings_for
from dashboard.charts.layer_table import layer_table
from dashboard.charts.network_diagram import network_picture, network_svg
from dashboard.palette import LIGHT
for preset in PRESETS.values():
    figures, settings = network_figures(preset.spec), settings_for(preset)
    network_picture(figures, preset.spec.input_shape, LIGHT, 0)
    network_svg(figures, preset.spec.input_shape, LIGHT)
    layer_table(figures, LIGHT)
    [layer_formulas(row) for row in figures.layers]
    network_advice(preset.spec, 10), network_reach(preset.spec), spec_to_address(preset.spec)
    keras_notebook(preset.spec, settings), export_zip(preset.spec, settings)
print(sorted(name for name in ("tensorflow", "keras", "streamlit") if name in sys.modules))
"""


def test_designing_imports_neither_tensorflow_nor_keras() -> None:
    done = subprocess.run([sys.executable, "-c", DESIGNING], cwd=PROJECT, capture_output=True, text=True, check=False)
    assert done.stdout.strip() == "[]", done.stderr
