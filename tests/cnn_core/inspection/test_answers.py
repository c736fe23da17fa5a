"""Whatever a network ends in, its probabilities sum to one."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from cnn_core.inspection.answers import to_probabilities
from tests.oracles import STEADY, activate

LOGITS = arrays(np.float32, st.tuples(st.integers(0, 4), st.integers(1, 6)), elements=st.floats(-1e4, 1e4, width=32))


@STEADY
@given(LOGITS)
def test_logits_become_probabilities(logits: np.ndarray) -> None:
    probabilities = to_probabilities(logits, "linear")
    assert probabilities.dtype == np.float32
    assert probabilities.shape == (len(logits), max(logits.shape[1], 2))
    assert ((probabilities >= 0) & (probabilities <= 1)).all()
    np.testing.assert_allclose(probabilities.sum(axis=1), 1, rtol=1e-6)
    if logits.shape[1] > 1 and len(logits):
        np.testing.assert_allclose(probabilities, activate(logits, "softmax"), rtol=1e-4, atol=1e-7)
    elif len(logits):
        np.testing.assert_allclose(probabilities[:, 1:], activate(logits, "sigmoid"), rtol=1e-5, atol=1e-7)


def test_probabilities_stay_as_they_are() -> None:
    outputs = np.array([[0.2, 0.3, 0.5]], dtype=np.float32)
    assert np.array_equal(to_probabilities(outputs, "softmax"), outputs)


def test_one_sigmoid_output_is_the_second_class() -> None:
    outputs = np.array([[0.0], [0.75], [1.0]], dtype=np.float32)
    assert to_probabilities(outputs, "sigmoid").tolist() == [[1, 0], [0.25, 0.75], [0, 1]]


def test_outputs_must_be_a_table() -> None:
    with pytest.raises(ValueError, match=r"\(count, units\). Received: shape=\(2, 3, 3, 1\)"):
        to_probabilities(np.zeros((2, 3, 3, 1), dtype=np.float32), "linear")
