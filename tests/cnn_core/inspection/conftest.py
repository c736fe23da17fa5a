"""What tests of opened networks share."""

from __future__ import annotations

from typing import Any

import pytest


@pytest.fixture(scope="session")
def keras() -> Any:
    """Late, so that collecting these tests does not wait for TensorFlow."""
    from cnn_core.backend import keras

    return keras
