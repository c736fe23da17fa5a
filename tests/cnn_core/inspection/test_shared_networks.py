"""Many weights, one compiled network: nobody ever sees the numbers of somebody else."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import pytest

from cnn_core.architecture.layers import LAYER_KINDS, BatchNormalization, Conv2D, Dense, Dropout, Flatten
from cnn_core.architecture.shapes import find_problem
from cnn_core.architecture.spec import NetworkSpec
from cnn_core.errors import ClassroomError
from tests.cnn_core.inspection.test_probe import SPEC, open_network, weights_for

pytestmark = pytest.mark.slow

IMAGES = np.random.default_rng(11).integers(0, 256, (3, 8, 7, 1), dtype=np.uint8)
MANY = 6
"""Different weights of one network that are looked at at once."""


def spec_with(kind: str) -> NetworkSpec:
    """A small network with a layer of this kind, beside one that draws at random and one with moving statistics."""
    layer = LAYER_KINDS[kind]()
    before = (Conv2D(filters=3), BatchNormalization(), Dropout(rate=0.5))
    for layers in (
        (*before, layer, Flatten(), Dense(units=4)),
        (*before, layer, Dense(units=4)),
        (*before, Flatten(), layer, Dense(units=4)),
    ):
        spec = NetworkSpec((8, 7, 1), layers)
        if find_problem(spec) is None:
            return spec
    raise AssertionError(f"no network for {kind}")


def alone(spec: NetworkSpec, weights: list[np.ndarray]) -> list[np.ndarray]:
    """What the layers give out by a Keras model that nobody shares."""
    from cnn_core.architecture.build import build_model
    from cnn_core.backend import keras

    model = build_model(spec)
    model.set_weights(weights)
    layers = keras.Model(model.inputs[0], [model.get_layer(name).output for name in spec.layer_names])
    return [np.asarray(output) for output in layers(IMAGES.astype(np.float32) / 255, training=False)]


@pytest.mark.parametrize("kind", sorted(LAYER_KINDS))
def test_probes_of_one_network_never_mix_their_weights(keras: Any, kind: str) -> None:
    spec = spec_with(kind)
    weights = [weights_for(spec, seed) for seed in range(MANY)]
    expected = [alone(spec, arrays) for arrays in weights]
    probes = [open_network(spec, arrays) for arrays in weights]
    assert len({id(probe._network) for probe in probes}) == 1
    first_kernels = [probe.kernels()[0].kernels for probe in probes]

    def look(number: int) -> None:
        which, image = number % MANY, number % len(IMAGES)
        probe = probes[which]
        for output, values in zip(probe.feature_maps(IMAGES[image]), expected[which], strict=True):
            np.testing.assert_allclose(output.values, values[image], rtol=1e-4, atol=1e-5)
        np.testing.assert_array_equal(first_kernels[which], weights[which][0])
        probe.probabilities(IMAGES)

    for number in range(MANY):
        look(number)
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(look, range(10 * MANY)))
    assert not np.allclose(expected[0][0], expected[1][0]), "weights that differ look different"


def test_a_network_is_compiled_once_whoever_asks_and_forgotten_when_many_others_were_asked_for(
    keras: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from cnn_core.inspection import compiled

    built: list[NetworkSpec] = []
    original = compiled.build_model
    monkeypatch.setattr(compiled, "_entries", type(compiled._entries)())
    monkeypatch.setattr(compiled, "build_model", lambda spec: (built.append(spec), original(spec))[1])
    monkeypatch.setattr(compiled, "MOST_NETWORKS", 2)
    specs = [NetworkSpec((8, 7, 1), (Flatten(), Dense(units=units))) for units in (2, 3, 4)]
    with ThreadPoolExecutor(6) as pool:
        assert len(set(pool.map(compiled.compiled_network, [specs[0]] * 12))) == 1
    assert built == [specs[0]]
    for spec in (specs[1], specs[0], specs[2], specs[0]):
        compiled.compiled_network(spec)
    assert built == specs, "the one that was used lately is still there"
    compiled.compiled_network(specs[1])
    assert built == [*specs, specs[1]], "the one that was not is compiled again"


def test_a_network_that_cannot_be_built_is_refused_each_time(keras: Any) -> None:
    for _ in range(2):
        with pytest.raises(ClassroomError):
            open_network(NetworkSpec((8, 7, 1), (Conv2D(kernel_height=9),)), [])


def test_weights_of_another_type_are_taken_as_the_network_computes(keras: Any) -> None:
    weights = weights_for(SPEC)
    probe = open_network(SPEC, [weight.astype(np.float64) for weight in weights])
    assert probe.kernels()[0].kernels.dtype == np.float32
    np.testing.assert_array_equal(probe.kernels()[0].kernels, weights[0])
