"""One neuron, worked out by hand; and two layers of them, with a curve between and without.

Reference:
    Goodfellow, Bengio & Courville 2016, *Deep Learning*, sections 6.1 and 6.3.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from cnn_core.operations.activations import ActivationFunction, Doubles

DIGITS = 12
"""So many decimals of a sum are kept; a computer's errors lie behind them."""


@dataclass(frozen=True, eq=False)
class NeuronResult:
    """What a neuron makes of its inputs, step by step.

    Args:
        products: `(n,)`, each input times its weight.
        total: The sum of the products and the bias, which goes into the activation.
        output: What comes out of the activation.
        slope: How much the output grows for each bit that the sum grows.
        weight_gradients: `(n,)`, how much the output grows for each bit that a weight grows.
    """

    products: Doubles
    total: float
    output: float
    slope: float
    weight_gradients: Doubles


def neuron(inputs: npt.ArrayLike, weights: npt.ArrayLike, bias: float, activation: ActivationFunction) -> NeuronResult:
    """Work out one neuron: multiply, add up, and send the sum through the activation.

    A weight can change the output only as far as its input and the activation's slope let it: where the slope is 0,
    nothing can be learned.

    Args:
        inputs: `(n,)` numbers.
        weights: `(n,)` numbers.
        bias: What is added to the sum.
        activation: The curve.

    Raises:
        ValueError: If there is not one weight for each input.

    Example:
        >>> from cnn_core.operations.activations import ACTIVATIONS
        >>> result = neuron([1.0, 2.0], [3.0, -1.0], -0.5, ACTIVATIONS["relu"])
        >>> result.products.tolist(), result.total, result.output
        ([3.0, -2.0], 0.5, 0.5)
        >>> result.weight_gradients.tolist()
        [1.0, 2.0]

    Reference:
        Goodfellow, Bengio & Courville 2016, *Deep Learning*, section 6.3.
    """
    given, weighting = np.asarray(inputs, np.float64), np.asarray(weights, np.float64)
    if given.ndim != 1 or given.shape != weighting.shape:
        raise ValueError(
            "inputs and weights must be equally long rows. "
            f"Received: inputs.shape={given.shape}, weights.shape={weighting.shape}."
        )
    # Without the last digits 0.1 + 0.2 − 0.3 is 0, as on paper.
    products = np.round(given * weighting, DIGITS)
    total = round(float(products.sum() + bias), DIGITS)
    slope = float(activation.slope(total))
    return NeuronResult(products, total, float(activation(total)), slope, slope * given)


@dataclass(frozen=True, eq=False)
class TwoLayers:
    """Two layers in a row, from one input to one output.

    Args:
        hidden_weights: `(units,)`, the first layer's weight for each of its units.
        hidden_biases: `(units,)`, what each of them adds.
        output_weights: `(units,)`, the second layer's weights.
        output_bias: What the second layer adds.
    """

    hidden_weights: Doubles
    hidden_biases: Doubles
    output_weights: Doubles
    output_bias: float

    def hidden_sums(self, inputs: npt.ArrayLike) -> Doubles:
        """The first layer's sums.

        Args:
            inputs: `(count,)`.

        Returns:
            `(count, units)`.
        """
        given = np.asarray(inputs, np.float64)
        return given[:, np.newaxis] * self.hidden_weights + self.hidden_biases

    def output(self, inputs: npt.ArrayLike, activation: ActivationFunction | None = None) -> Doubles:
        """What the second layer gives out.

        Args:
            inputs: `(count,)`.
            activation: The curve between the layers; none if left out.

        Returns:
            `(count,)`.

        Example:
            >>> from cnn_core.operations.activations import ACTIVATIONS
            >>> layers = TwoLayers(np.array([1.0, -1.0]), np.zeros(2), np.ones(2), 0.0)
            >>> layers.output([-2.0, 0.0, 2.0]).tolist()
            [0.0, 0.0, 0.0]
            >>> layers.output([-2.0, 0.0, 2.0], ACTIVATIONS["relu"]).tolist()
            [2.0, 0.0, 2.0]
        """
        sums = self.hidden_sums(inputs)
        passed = sums if activation is None else activation(sums)
        result: Doubles = passed @ self.output_weights + self.output_bias
        return result

    @property
    def as_one(self) -> tuple[float, float]:
        """Weight and bias of the single layer that does the same, where there is no curve between the two.

        Example:
            >>> TwoLayers(np.array([3.0]), np.array([1.0]), np.array([2.0]), -1.0).as_one
            (6.0, 1.0)
        """
        weight = float(self.hidden_weights @ self.output_weights)
        return weight, float(self.hidden_biases @ self.output_weights + self.output_bias)


def is_straight(values: npt.NDArray[np.float64]) -> bool:
    """Whether values at equal distances lie on one straight line.

    Args:
        values: `(count,)`.

    Example:
        >>> is_straight(np.array([1.0, 3.0, 5.0])), is_straight(np.array([1.0, 3.0, 3.0]))
        (True, False)
    """
    return bool(np.allclose(np.diff(values, 2), 0, atol=1e-9))
