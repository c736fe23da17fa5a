"""What an activation makes of a layer's sums."""

from __future__ import annotations

import numpy as np

from cnn_core.inspection.provenance.records import ActivationStep, Doubles
from cnn_core.operations.activations import ACTIVATIONS
from cnn_core.operations.softmax import softmax


def activate(values: Doubles, name: str) -> Doubles:
    """Apply an activation.

    Args:
        values: Any shape; softmax works along the last axis.
        name: One of `operations.activations.ACTIVATIONS`, `"softmax"`, or `"linear"`.

    Returns:
        The same shape.

    Example:
        >>> activate(np.array([-1.0, 0.0, 2.0]), "relu").tolist()
        [0.0, 0.0, 2.0]
        >>> activate(np.array([0.0, 0.0]), "softmax").tolist()
        [0.5, 0.5]

    Reference:
        Goodfellow, Bengio & Courville 2016, *Deep Learning*, section 6.3.
    """
    if name == "linear":
        return values
    return softmax(values) if name == "softmax" else ACTIVATIONS[name](values)


def activation_step(vector: Doubles, index: int, name: str) -> ActivationStep:
    """Say what an activation makes of one number of a vector.

    Args:
        vector: `(count,)`, the numbers of one place in all channels, before the activation.
        index: Which of them.
        name: The activation.
    """
    before = float(vector[index])
    if name == "softmax":
        return ActivationStep(name, before, float(activate(vector, name)[index]), vector)
    result = float(activate(vector[index : index + 1], name)[0])
    return ActivationStep(name, before, result, np.zeros(0))
