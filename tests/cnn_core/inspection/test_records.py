"""What inspection hands to charts: plain, in natural scale, and safe to share."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest

from cnn_core.inspection.records import LayerKernels, LayerOutput


def output(values: list[float]) -> LayerOutput:
    return LayerOutput("dense_1", "dense", np.array(values, dtype=np.float32))


def test_charts_never_wait_for_tensorflow() -> None:
    script = (
        "import sys\n"
        "from cnn_core.data import scaling\n"
        "from cnn_core.inspection import answers, records\n"
        "sys.exit(sorted({'tensorflow', 'keras'} & sys.modules.keys()) != [])"
    )
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0


def test_a_layers_output_knows_its_shape_and_range() -> None:
    maps = LayerOutput("conv_1", "conv2d", np.array([[[-1.5, 0], [2, 7]]], dtype=np.float32))
    assert (maps.shape, maps.minimum, maps.maximum, maps.is_image) == ((1, 2, 2), -1.5, 7.0, True)
    flat = output([3, 1])
    assert (flat.shape, flat.minimum, flat.maximum, flat.is_image) == ((2,), 1.0, 3.0, False)
    assert isinstance(flat.minimum, float)


@pytest.mark.parametrize("value", [0.0, -3.0, float("inf")])
def test_a_dead_map_has_a_range_of_one_number(value: float) -> None:
    assert output([value, value]).minimum == output([value, value]).maximum == value


def test_a_network_that_lost_its_numbers_is_seen_and_warns_of_nothing() -> None:
    assert np.isnan(output([1, float("nan")]).minimum)
    assert np.isnan(output([1, float("nan")]).maximum)


def test_nobody_can_write_into_a_record() -> None:
    kernels = np.zeros((3, 3, 1, 4), dtype=np.float32)
    record = LayerKernels("conv_1", "conv_1", kernels, np.zeros(4, dtype=np.float32))
    assert record.bias is not None
    for array in (record.kernels, record.bias, output([1]).values):
        with pytest.raises(ValueError, match="read-only"):
            array[...] = 1
    kernels[...] = 0  # the array that came in stays as it was
    assert record.filters == 4
    assert LayerKernels("conv_1", "conv_1", kernels).bias is None


def test_depthwise_kernels_make_one_map_of_each_channel() -> None:
    kernels = np.zeros((3, 3, 5, 1), dtype=np.float32)
    assert LayerKernels("separable_1_depthwise", "separable_1", kernels, is_depthwise=True).filters == 5
    assert LayerKernels("conv_1", "conv_1", kernels).filters == 1
