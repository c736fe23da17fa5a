"""What tests against Keras share; imported late, so that collecting them does not wait for TensorFlow."""

from __future__ import annotations

from types import ModuleType
from typing import Any

import pytest


@pytest.fixture(scope="session")
def build() -> ModuleType:
    """The module that builds networks in Keras."""
    from cnn_core.architecture import build

    return build


@pytest.fixture(scope="session")
def keras(build: ModuleType) -> Any:
    from cnn_core.backend import keras

    return keras


@pytest.fixture(scope="session")
def tf(build: ModuleType) -> Any:
    from cnn_core.backend import tf

    return tf
