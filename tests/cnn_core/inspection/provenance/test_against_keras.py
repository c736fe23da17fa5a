"""Every number as the model itself computes it: all small ready-made networks, and random ones."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import Phase, assume, given, settings

from cnn_core.architecture.presets import PRESETS
from cnn_core.architecture.shapes import find_problem, network_figures
from cnn_core.architecture.spec import NetworkSpec
from cnn_core.architecture.weight_shapes import weight_shapes
from cnn_core.inspection.provenance import Provenance
from tests.cnn_core.inspection.provenance.networks import some_positions
from tests.cnn_core.inspection.provenance.test_random_networks import check_chain
from tests.oracles import STEADY, TINY, network_specs, random_weights

pytestmark = [
    pytest.mark.slow,
    # Keras warns of a softmax over one single number; such networks are pointless but possible.
    pytest.mark.filterwarnings("ignore:You are using a softmax over axis -1:UserWarning"),
]

SMALL = {preset.spec: slug for slug, preset in PRESETS.items() if network_figures(preset.spec).parameters < 1_000_000}


def modelled(spec: NetworkSpec) -> Provenance:
    """A network with random weights and a random image, its outputs computed by TensorFlow."""
    from cnn_core.inspection.probe import NetworkProbe

    weights = random_weights([np.zeros(shape) for shape in weight_shapes(spec)], seed=len(spec.layers))
    image = np.random.default_rng(5).integers(0, 256, spec.input_shape, dtype=np.uint8)
    return Provenance(spec, weights, image, NetworkProbe(spec, weights).feature_maps(image))


def check(spec: NetworkSpec) -> None:
    provenance = modelled(spec)
    for position in some_positions(spec, provenance, seed=9):
        result, wanted = provenance.origin(position).result, provenance.value(position)
        assert result == pytest.approx(wanted, rel=1e-4, abs=1e-5), position
    *_, last = some_positions(spec, provenance, seed=1, most=1)
    check_chain(provenance, last)


@pytest.mark.parametrize("spec", SMALL, ids=SMALL.values())
def test_ready_made_networks(keras: Any, spec: NetworkSpec) -> None:
    check(spec)


@settings(STEADY, max_examples=15, phases=[Phase.generate])
@given(network_specs(TINY, side=8))
def test_random_networks(keras: Any, spec: NetworkSpec) -> None:
    assume(find_problem(spec) is None)
    check(spec)
