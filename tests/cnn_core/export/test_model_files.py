"""A trained network as files: what other programs make of them, against Keras."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import Phase, assume, given, settings

from cnn_core.architecture.layers import (
    ACTIVATIONS,
    LAYER_KINDS,
    Activation,
    BatchNormalization,
    Conv2D,
    Dense,
    Dropout,
    Flatten,
    GlobalPooling2D,
    KerasCall,
    KerasNode,
    Layer,
    Pooling2D,
    ResidualBlock,
    SeparableConv2D,
    Shape,
)
from cnn_core.architecture.shapes import find_problem
from cnn_core.architecture.spec import NetworkSpec
from cnn_core.architecture.weight_shapes import weight_shapes
from cnn_core.errors import ClassroomError
from cnn_core.export.onnx_file import onnx_file
from tests.oracles import SMALL, STEADY, network_specs

KERAS_SAVES = "ignore:__array__ implementation doesn't accept a copy keyword:DeprecationWarning"
"""Keras 3.15 itself asks TensorFlow's variables for NumPy arrays in a way of which NumPy 2 warns."""

SOFTMAX_OVER_ONE = "ignore:You are using a softmax over axis -1:UserWarning"

EVERYTHING = NetworkSpec(
    (15, 14, 3),
    (
        Conv2D(filters=6, padding="same", dilation_rate=2, activation="gelu"),
        Pooling2D(pooling="min", pool_size=3, stride=1, padding="same"),
        SeparableConv2D(filters=5, kernel_width=4, stride=2, padding="same", activation="silu"),
        BatchNormalization(),
        ResidualBlock(filters=7, stride=2),
        Activation(activation="leaky_relu"),
        Pooling2D(pooling="average", pool_size=2, stride=3, padding="same"),
        Dropout(),
        Flatten(),
        Dense(units=4, activation="softmax"),
    ),
)
ORDINARY = NetworkSpec(
    (12, 12, 1),
    (Conv2D(filters=4), Pooling2D(), ResidualBlock(filters=4), GlobalPooling2D(), Dense(units=3, activation="softmax")),
)


def weights_of(spec: NetworkSpec, seed: int = 0) -> list[np.ndarray]:
    """Random weights, all above zero where they stand alone: variances among them."""
    rng = np.random.default_rng(seed)
    draw = [rng.uniform(0.1, 0.9, s) if len(s) == 1 else rng.normal(0, 0.3, s) for s in weight_shapes(spec)]
    return [array.astype(np.float32) for array in draw]


def images_for(spec: NetworkSpec, count: int = 3) -> np.ndarray:
    return np.random.default_rng(1).random((count, *spec.input_shape), np.float32)


def keras_answers(spec: NetworkSpec) -> np.ndarray:
    from cnn_core.architecture.build import build_model

    model = build_model(spec)
    model.set_weights(weights_of(spec))
    answers: np.ndarray = model(images_for(spec), training=False).numpy()
    return answers


def onnx_answers(content: bytes, images: np.ndarray) -> np.ndarray:
    import onnxruntime

    session = onnxruntime.InferenceSession(content, providers=["CPUExecutionProvider"])
    [answers] = session.run(["answer"], {"image": images})
    return np.asarray(answers)


IN_A_FRESH_PROCESS = """
import json, os
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
import keras, numpy as np

def answers(name):
    return np.asarray(keras.saving.load_model(name + ".keras")(np.load(name + ".npy"), training=False)).tolist()

try:
    refusal = f"no refusal, but {answers('own')}"
except TypeError as error:
    refusal = str(error)

@keras.saving.register_keras_serializable(package="cnn_classroom")
class MinPooling2D(keras.layers.Layer):
    def __init__(self, pool_size=2, strides=2, padding="valid", **kwargs):
        super().__init__(**kwargs)
        self.arguments = pool_size, strides, padding
    def call(self, inputs):
        return -keras.ops.max_pool(-inputs, *self.arguments)

print(json.dumps([answers("ordinary"), refusal, answers("own")]))
"""
OWN_LAYER = NetworkSpec((6, 6, 1), (Pooling2D(pooling="min"), Flatten(), Dense(units=3, activation="softmax")))


@pytest.mark.slow
@pytest.mark.filterwarnings(KERAS_SAVES)
def test_a_keras_file_gives_the_same_answers_elsewhere_once_our_own_layer_is_known_there(tmp_path: Path) -> None:
    from cnn_core.export.model_files import keras_file

    for name, spec in (("ordinary", ORDINARY), ("own", OWN_LAYER)):
        (tmp_path / f"{name}.keras").write_bytes(keras_file(spec, weights_of(spec)))
        np.save(tmp_path / f"{name}.npy", images_for(spec))
    done = subprocess.run(
        [sys.executable, "-c", IN_A_FRESH_PROCESS], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    ordinary, refusal, own = json.loads(done.stdout.splitlines()[-1])
    np.testing.assert_array_equal(np.array(ordinary, np.float32), keras_answers(ORDINARY))
    assert "MinPooling2D" in refusal
    np.testing.assert_allclose(own, keras_answers(OWN_LAYER), atol=1e-6)


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore:.*tf.lite.Interpreter is deprecated:UserWarning")
@pytest.mark.parametrize("spec", [ORDINARY, EVERYTHING], ids=["ordinary", "every kind"])
def test_tensorflow_lite_gives_the_answers_of_keras(spec: NetworkSpec) -> None:
    from cnn_core.backend import tf
    from cnn_core.export.model_files import tflite_file

    interpreter = tf.lite.Interpreter(model_content=tflite_file(spec, weights_of(spec)))
    [taken], [given_out] = interpreter.get_input_details(), interpreter.get_output_details()
    images = images_for(spec)
    interpreter.resize_tensor_input(taken["index"], images.shape)
    interpreter.allocate_tensors()
    interpreter.set_tensor(taken["index"], images)
    interpreter.invoke()
    np.testing.assert_allclose(interpreter.get_tensor(given_out["index"]), keras_answers(spec), atol=2e-5)


def test_an_onnx_file_is_one_to_onnxs_own_eyes() -> None:
    import onnx

    assert {layer.kind for layer in (*EVERYTHING.layers, *ORDINARY.layers)} == set(LAYER_KINDS)
    for spec in (EVERYTHING, ORDINARY):
        model = onnx.load_model_from_string(onnx_file(spec, weights_of(spec)))
        onnx.checker.check_model(model, full_check=True)


@pytest.mark.slow
@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_onnx_runtime_knows_every_activation(activation: str) -> None:
    layers = (Conv2D(filters=3, activation=activation), Flatten(), Dense(units=4, activation=activation))
    spec = NetworkSpec((7, 6, 2), (*layers, Activation(activation=activation)))
    answers = onnx_answers(onnx_file(spec, weights_of(spec)), images_for(spec))
    np.testing.assert_allclose(answers, keras_answers(spec), atol=2e-5, rtol=1e-4)


@pytest.mark.slow
@pytest.mark.filterwarnings(SOFTMAX_OVER_ONE)
def test_onnx_runtime_gives_the_answers_of_keras_for_random_networks() -> None:
    seen = set()

    @settings(STEADY, phases=[Phase.generate], max_examples=80)
    @given(network_specs(SMALL, side=14))
    def compare(spec: NetworkSpec) -> None:
        assume(find_problem(spec) is None)
        answers = onnx_answers(onnx_file(spec, weights_of(spec)), images_for(spec))
        expected = keras_answers(spec)
        np.testing.assert_allclose(answers, expected, atol=1e-4 * max(1.0, float(np.abs(expected).max())))
        seen.update(layer.kind for layer in spec.layers)

    compare()
    assert seen == set(LAYER_KINDS)


@pytest.mark.parametrize("count", [-1, 1])
def test_weights_of_another_network_are_not_written(count: int) -> None:
    weights = weights_of(ORDINARY)
    spoilt = weights[:count] if count < 0 else [*weights, weights[0]]
    with pytest.raises(ValueError, match="weights"):
        onnx_file(ORDINARY, spoilt)


def test_a_layer_that_onnx_export_does_not_know_is_refused_in_words(monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(layer: Layer, shape: Shape) -> tuple[KerasNode, ...]:
        return (KerasNode("", KerasCall("SpectralNormalization")),)

    monkeypatch.setattr(Dropout, "keras_nodes", unknown)
    spec = NetworkSpec((6, 6, 1), (Dropout(), Flatten(), Dense(units=3)))
    with pytest.raises(ClassroomError, match="dropout_1 cannot be written as ONNX"):
        onnx_file(spec, weights_of(spec))
