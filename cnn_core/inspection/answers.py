"""From what a network gives out to one probability for each class."""

from __future__ import annotations

import numpy as np

from cnn_core.inspection.records import FloatArray


def to_probabilities(outputs: FloatArray, activation: str) -> FloatArray:
    """Turn a network's answers into probabilities that sum to 1.

    Softmax has done so already. A single number is the second of two classes: sigmoid gives its probability, and the
    first class has the rest. Anything else is taken as logits and goes through softmax here.

    Args:
        outputs: `(count, units)`, what the network gave out.
        activation: The activation that the outputs have gone through, as `final_activation` names it.

    Returns:
        `(count, classes)` float32: a column for each unit, or two columns for one unit.

    Raises:
        ValueError: If the outputs are not `(count, units)`.

    Example:
        >>> to_probabilities(np.array([[0.25]], dtype=np.float32), "sigmoid").tolist()
        [[0.75, 0.25]]
        >>> to_probabilities(np.array([[2.0, 2.0]], dtype=np.float32), "linear").tolist()
        [[0.5, 0.5]]

    Reference:
        Goodfellow, Bengio & Courville 2016, *Deep Learning*, section 6.2.2.
    """
    if outputs.ndim != 2:
        raise ValueError(f"outputs must be (count, units). Received: shape={outputs.shape}.")
    if outputs.shape[1] == 1:
        # Softmax over one number is always 1 and says nothing; like sigmoid it is a probability already.
        second = outputs if activation in ("sigmoid", "softmax") else _sigmoid(outputs)
        return np.concatenate([1 - second, second], axis=1)
    if activation == "softmax":
        return outputs
    shifted = outputs - outputs.max(axis=1, keepdims=True)  # the largest becomes 0, so that exp stays finite
    powers = np.exp(shifted)
    shares: FloatArray = powers / powers.sum(axis=1, keepdims=True)
    return shares


def _sigmoid(x: FloatArray) -> FloatArray:
    powers = np.exp(-np.abs(x))  # never above 1, so that exp stays finite
    share: FloatArray = np.where(x >= 0, np.float32(1), powers) / (1 + powers)
    return share
