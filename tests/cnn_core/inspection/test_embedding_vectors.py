"""What goes into the output layer, held against the loops of the textbook and against Keras."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from cnn_core.architecture.layers import Conv2D, Dense, Dropout, Flatten, Layer
from cnn_core.architecture.spec import NetworkSpec
from tests.oracles import forward, random_weights, weights_by_name

pytestmark = pytest.mark.slow

SOFTMAX = Dense(units=3, activation="softmax")


@pytest.mark.parametrize(
    ("layers", "name"),
    [
        ((Conv2D(filters=2), Flatten(), Dense(units=5), Dropout(), SOFTMAX), "dense_1"),
        ((Conv2D(filters=2), Conv2D(filters=4), Flatten(), Dense(units=1, activation="sigmoid")), "flatten_1"),
        ((Conv2D(filters=2), Conv2D(filters=3), Flatten()), "conv_1"),
        ((Flatten(), SOFTMAX), "flatten_1"),
    ],
)
def test_vectors_are_the_last_hidden_layer_s(keras: Any, layers: tuple[Layer, ...], name: str) -> None:
    from cnn_core.architecture.build import build_model
    from cnn_core.inspection import embedding_vectors

    spec = NetworkSpec((6, 5, 3), layers)
    model = build_model(spec)
    model.set_weights(random_weights(model.get_weights(), 0))
    images = np.random.default_rng(1).integers(0, 256, (5, 6, 5, 3), dtype=np.uint8)
    told: list[float] = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(embedding_vectors, "MOST_IN_A_BATCH", 2)
        found = embedding_vectors.hidden_vectors(spec, model.get_weights(), images, told.append)
    assert told == [0.4, 0.8, 1.0]
    outputs = [forward(spec, weights_by_name(model), image / 255) for image in images]
    place = spec.layer_names.index(name)
    np.testing.assert_allclose(found, [one[place].ravel() for one in outputs], atol=1e-5)
    part = keras.Model(model.inputs, model.get_layer(name).output)
    np.testing.assert_allclose(found, part.predict(np.float32(images / 255), verbose=0).reshape(5, -1), atol=1e-5)


def test_a_convolution_alone_is_given_the_image_itself() -> None:
    from cnn_core.inspection.embedding_vectors import hidden_vectors

    images = np.full((2, 3, 3, 1), 51, np.uint8)
    found = hidden_vectors(NetworkSpec((3, 3, 1), (Conv2D(filters=1),)), [], images)
    np.testing.assert_allclose(found, np.full((2, 9), 0.2))
