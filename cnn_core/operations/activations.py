"""Activation functions and their slopes: the curve that each number of a layer goes through.

Each is one entry of `ACTIVATIONS`, with its formula: menus, pages and tests go through the table. Slopes at a corner
are those that TensorFlow takes.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from math import erf, pi, sqrt

import numpy as np
import numpy.typing as npt

Doubles = npt.NDArray[np.float64]

LEAKY_SLOPE = 0.2
"""The slope of leaky ReLU below zero, as in Keras."""
FAR = 40.0
"""So far from zero the bell curve is 0 in every digit that a computer keeps."""

_NEXT_TO_A_SIGN = re.compile(r"(?<=-)z|(?<=\\cdot )z|z(?=\^2| \\cdot)")
"""Where a number below zero needs brackets."""


@dataclass(frozen=True)
class Formula:
    r"""A formula in LaTeX, in which `z` stands for what comes in.

    Args:
        whole: The formula.
        below: What it comes to up to zero, where that is another formula than above zero.
        above: What it comes to above zero.
    """

    whole: str
    below: str = ""
    above: str = ""

    def filled(self, number: float, written: str) -> str:
        r"""The formula with a number in place of `z`.

        Args:
            number: What comes in; its sign decides between the two formulas.
            written: The number as it is to stand there, without brackets.

        Example:
            >>> Formula(r"\max(0, z)").filled(-1.5, "-1.5")
            '\\max(0, -1.5)'
            >>> Formula("", below=r"0.2 \cdot z", above="z").filled(-2, "-2")
            '0.2 \\cdot (-2)'
        """
        text = (self.below if number <= 0 else self.above) or self.whole
        bracketed = f"({written})" if written.startswith("-") else written
        return _NEXT_TO_A_SIGN.sub(bracketed, text).replace("z", written)


@dataclass(frozen=True)
class ActivationFunction:
    """An activation function.

    Args:
        slug: Its name in Keras.
        title: Its name on the screen.
        function: Takes numbers of any shape, and gives as many.
        derivative: The function's slope at each of them.
        formula: The function in LaTeX.
        slope_formula: The slope in LaTeX.
        words: What is special about it, in a sentence.
        source: Who brought it in.
        is_bounded: Whether what comes out stays between two numbers, however large the input.
    """

    slug: str
    title: str
    function: Callable[[Doubles], Doubles]
    derivative: Callable[[Doubles], Doubles]
    formula: Formula
    slope_formula: Formula
    words: str
    source: str
    is_bounded: bool = False

    def __call__(self, values: npt.ArrayLike) -> Doubles:
        """Apply the function.

        Args:
            values: Any shape.

        Returns:
            The same shape, float64.

        Example:
            >>> ACTIVATIONS["relu"]([-2.0, 3.0]).tolist()
            [0.0, 3.0]
        """
        return self.function(np.asarray(values, np.float64))

    def slope(self, values: npt.ArrayLike) -> Doubles:
        """Say how much the result grows when what comes in grows by a little, as a multiple of that.

        Args:
            values: Any shape.

        Returns:
            The same shape, float64.

        Example:
            >>> ACTIVATIONS["relu"].slope([-2.0, 3.0]).tolist()
            [0.0, 1.0]
        """
        return self.derivative(np.asarray(values, np.float64))


def relu(values: Doubles) -> Doubles:
    """The rectified linear unit: numbers above zero stay, all others become 0.

    Args:
        values: Any shape.

    Example:
        >>> relu(np.array([-2.0, 3.0])).tolist()
        [0.0, 3.0]

    Reference:
        Nair & Hinton 2010, *Rectified linear units improve restricted Boltzmann machines*.
    """
    return np.maximum(values, 0.0)


def leaky_relu(values: Doubles) -> Doubles:
    """Numbers above zero stay, and of all others a fifth is let through.

    Args:
        values: Any shape.

    Example:
        >>> leaky_relu(np.array([-2.0, 3.0])).tolist()
        [-0.4, 3.0]

    Reference:
        Maas, Hannun & Ng 2013, *Rectifier nonlinearities improve neural network acoustic models*.
    """
    return np.where(values > 0, values, LEAKY_SLOPE * values)


def elu(values: Doubles) -> Doubles:
    """The exponential linear unit: numbers above zero stay, all others bend softly towards −1.

    Args:
        values: Any shape.

    Example:
        >>> elu(np.array([-2.0, 3.0])).round(3).tolist()
        [-0.865, 3.0]

    Reference:
        Clevert, Unterthiner & Hochreiter 2016, *Fast and accurate deep network learning by exponential linear units*.
    """
    return np.where(values > 0, values, np.expm1(np.minimum(values, 0.0)))


def sigmoid(values: Doubles) -> Doubles:
    """Squeeze every number to between 0 and 1.

    Only numbers up to 0 are ever raised to a power, so that nothing grows beyond what a computer can hold.

    Args:
        values: Any shape.

    Example:
        >>> sigmoid(np.array([-1000.0, -2.0, 0.0, 2.0, 1000.0])).round(3).tolist()
        [0.0, 0.119, 0.5, 0.881, 1.0]

    Reference:
        Rumelhart, Hinton & Williams 1986, *Learning representations by back-propagating errors*.
    """
    powers = np.exp(-np.abs(values))
    return np.where(values >= 0, 1.0, powers) / (1.0 + powers)


def silu(values: Doubles) -> Doubles:
    """The number times its sigmoid: large ones stay, small ones fade, with a dip just below zero.

    Args:
        values: Any shape.

    Example:
        >>> silu(np.array([-2.0, 3.0])).round(3).tolist()
        [-0.238, 2.858]

    Reference:
        Hendrycks & Gimpel 2016, *Gaussian error linear units*; Elfwing, Uchibe & Doya 2018, *Sigmoid-weighted linear
        units for neural network function approximation in reinforcement learning*.
    """
    product: Doubles = values * sigmoid(values)
    return product


def gelu(values: Doubles) -> Doubles:
    """The Gaussian error linear unit: the number times the share of a bell curve that lies to its left.

    Args:
        values: Any shape.

    Example:
        >>> gelu(np.array([-2.0, 3.0])).round(3).tolist()
        [-0.046, 2.996]

    Reference:
        Hendrycks & Gimpel 2016, *Gaussian error linear units*.
    """
    product: Doubles = values * _share_left_of(values)
    return product


def _tanh_slope(values: Doubles) -> Doubles:
    slope: Doubles = 4 * sigmoid(2 * values) * sigmoid(-2 * values)  # 1 − tanh² would lose its digits far from 0
    return slope


def _silu_slope(values: Doubles) -> Doubles:
    slope: Doubles = sigmoid(values) * (1.0 + values * sigmoid(-values))
    return slope


def _gelu_slope(values: Doubles) -> Doubles:
    near = np.clip(values, -FAR, FAR)
    slope: Doubles = _share_left_of(values) + near * np.exp(-near * near / 2) / sqrt(2 * pi)
    return slope


def _share_left_of(values: Doubles) -> Doubles:
    """What lies to the left of each number under the bell curve of mean 0 and deviation 1."""
    share = [0.5 + 0.5 * erf(value / sqrt(2)) for value in values.ravel().tolist()]
    return np.array(share, np.float64).reshape(values.shape)


ACTIVATIONS: dict[str, ActivationFunction] = {
    entry.slug: entry
    for entry in (
        ActivationFunction(
            "relu",
            "ReLU",
            relu,
            lambda values: np.where(values > 0, 1.0, 0.0),
            Formula(r"\max(0, z)"),
            Formula(r"\begin{cases} 0 & z \le 0 \\ 1 & z > 0 \end{cases}", "0", "1"),
            "It costs nothing to work out, and above zero the gradient passes undiminished; below zero nothing passes.",
            "Nair & Hinton 2010",
        ),
        ActivationFunction(
            "leaky_relu",
            "Leaky ReLU",
            leaky_relu,
            lambda values: np.where(values > 0, 1.0, LEAKY_SLOPE),
            Formula(r"\begin{cases} 0.2 \cdot z & z \le 0 \\ z & z > 0 \end{cases}", r"0.2 \cdot z", "z"),
            Formula(r"\begin{cases} 0.2 & z \le 0 \\ 1 & z > 0 \end{cases}", "0.2", "1"),
            "Below zero a fifth leaks through, of the number and of the gradient: it cannot die.",
            "Maas, Hannun & Ng 2013",
        ),
        ActivationFunction(
            "elu",
            "ELU",
            elu,
            lambda values: np.exp(np.minimum(values, 0.0)),
            Formula(r"\begin{cases} e^{z} - 1 & z \le 0 \\ z & z > 0 \end{cases}", "e^{z} - 1", "z"),
            Formula(r"\begin{cases} e^{z} & z \le 0 \\ 1 & z > 0 \end{cases}", "e^{z}", "1"),
            "It has no corner, and bends towards −1: far below zero it is flat.",
            "Clevert, Unterthiner & Hochreiter 2016",
        ),
        ActivationFunction(
            "gelu",
            "GELU",
            gelu,
            _gelu_slope,
            Formula(r"z \cdot \tfrac12 \left(1 + \mathrm{erf}(z/\sqrt2)\right)"),
            Formula(
                r"\tfrac12 \left(1 + \mathrm{erf}(z/\sqrt2)\right) + z \cdot \tfrac{1}{\sqrt{2\pi}}\, e^{-z^2/2}",
            ),
            "Softer than ReLU, with a dip below zero; transformers use it.",
            "Hendrycks & Gimpel 2016",
        ),
        ActivationFunction(
            "silu",
            "SiLU",
            silu,
            _silu_slope,
            Formula(r"z \cdot \sigma(z)"),
            Formula(r"\sigma(z) \left(1 + z \cdot \sigma(-z)\right)"),
            "The number times its own sigmoid (σ); it is called swish, too.",
            "Elfwing, Uchibe & Doya 2018",
        ),
        ActivationFunction(
            "sigmoid",
            "Sigmoid",
            sigmoid,
            lambda values: sigmoid(values) * sigmoid(-values),
            Formula(r"\sigma(z) = \dfrac{1}{1 + e^{-z}}"),
            Formula(r"\sigma(z) \cdot \sigma(-z)"),
            "It answers with a probability, but is flat at both ends, and nowhere steeper than 0.25.",
            "Rumelhart, Hinton & Williams 1986",
            is_bounded=True,
        ),
        ActivationFunction(
            "tanh",
            "Tanh",
            np.tanh,
            _tanh_slope,
            Formula(r"\tanh(z)"),
            Formula(r"1 - \tanh^2(z)"),
            "A sigmoid from −1 to 1: steeper, and balanced about zero, but flat at both ends, too.",
            "LeCun, Bottou, Orr & Müller 1998",
            is_bounded=True,
        ),
    )
}
"""Every activation function by its name in Keras, in the order of the menu."""
