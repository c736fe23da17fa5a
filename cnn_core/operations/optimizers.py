"""The rules that turn a gradient into a step, in NumPy: what an optimiser does with the numbers of a network.

Each is a pure function: weights, gradient and what the rule remembers go in, and come out after one step. They give
what Keras's optimisers give.

Reference:
    Ruder 2016, *An overview of gradient descent optimization algorithms*; Goodfellow, Bengio & Courville 2016, *Deep
    Learning*, chapter 8.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from cnn_core.operations.windows import Floats

EPSILON = 1e-7
"""Keeps divisions from ending at zero; Keras's own."""


@dataclass(frozen=True, eq=False)
class Memory:
    """What a rule remembers from step to step.

    Args:
        step: Steps taken so far.
        direction: The average of gradients, or the velocity; like the weights.
        size: The average of squared gradients; like the weights.
    """

    step: int
    direction: Floats
    size: Floats


Rate = float | Floats
"""A learning rate, or several for weights that are laid along the same axis."""

Rule = Callable[[Floats, Floats, Memory, Rate], tuple[Floats, Memory]]
"""Takes weights, gradient, memory and learning rate; returns weights and memory after the step."""


def no_memory(weights: Floats) -> Memory:
    """What a rule remembers before the first step: nothing.

    Args:
        weights: Any shape.
    """
    return Memory(0, np.zeros_like(weights), np.zeros_like(weights))


def sgd_step(weights: Floats, gradient: Floats, memory: Memory, learning_rate: Rate) -> tuple[Floats, Memory]:
    """Go downhill, the further the steeper.

    Args:
        weights: Any shape.
        gradient: The same shape.
        memory: Not used but for the count of steps.
        learning_rate: How far to go.

    Example:
        >>> sgd_step(np.array([0.5]), np.array([2.0]), no_memory(np.zeros(1)), 0.1)[0]
        array([0.3])

    Reference:
        Robbins & Monro 1951, *A stochastic approximation method*.
    """
    return weights - learning_rate * gradient, Memory(memory.step + 1, memory.direction, memory.size)


def momentum_step(
    weights: Floats, gradient: Floats, memory: Memory, learning_rate: Rate, momentum: float = 0.9
) -> tuple[Floats, Memory]:
    """Roll downhill like a ball: what is left of the last step is added to this one.

    Args:
        weights: Any shape.
        gradient: The same shape.
        memory: Its `direction` is the velocity.
        learning_rate: How far to go.
        momentum: The part of the velocity that stays, 0 to 1.

    Example:
        >>> weights, memory = momentum_step(np.array([0.5]), np.array([2.0]), no_memory(np.zeros(1)), 0.1)
        >>> momentum_step(weights, np.array([0.0]), memory, 0.1)[0].round(6)
        array([0.12])

    Reference:
        Polyak 1964, *Some methods of speeding up the convergence of iteration methods*.
    """
    velocity = momentum * memory.direction - learning_rate * gradient
    return weights + velocity, Memory(memory.step + 1, velocity, memory.size)


def nesterov_step(
    weights: Floats, gradient: Floats, memory: Memory, learning_rate: Rate, momentum: float = 0.9
) -> tuple[Floats, Memory]:
    """Roll like a ball that looks ahead to where it would roll, and brakes in time.

    The arguments are those of `momentum_step`.

    Example:
        >>> nesterov_step(np.array([0.5]), np.array([2.0]), no_memory(np.zeros(1)), 0.1)[0].round(6)
        array([0.12])

    Reference:
        Nesterov 1983, *A method for solving the convex programming problem with convergence rate O(1/k²)*; in the form
        of Sutskever et al. 2013, *On the importance of initialization and momentum in deep learning*.
    """
    velocity = momentum * memory.direction - learning_rate * gradient
    after = weights + momentum * velocity - learning_rate * gradient
    return after, Memory(memory.step + 1, velocity, memory.size)


def rmsprop_step(
    weights: Floats, gradient: Floats, memory: Memory, learning_rate: Rate, rho: float = 0.9
) -> tuple[Floats, Memory]:
    """Divide each weight's step by how large its gradients have been lately: steep and flat directions go equally far.

    Args:
        weights: Any shape.
        gradient: The same shape.
        memory: Its `size` is the average of squared gradients.
        learning_rate: How far to go.
        rho: The part of the former average that stays, 0 to 1.

    Example:
        >>> rmsprop_step(np.zeros(2), np.array([1.0, 100.0]), no_memory(np.zeros(2)), 0.1)[0].round(4)
        array([-0.3162, -0.3162])

    Reference:
        Hinton, Srivastava & Swersky 2012, *Neural networks for machine learning*, lecture 6.
    """
    size = rho * memory.size + (1 - rho) * gradient**2
    return weights - learning_rate * gradient / np.sqrt(size + EPSILON), Memory(memory.step + 1, memory.direction, size)


def adam_step(
    weights: Floats,
    gradient: Floats,
    memory: Memory,
    learning_rate: Rate,
    beta_1: float = 0.9,
    beta_2: float = 0.999,
) -> tuple[Floats, Memory]:
    """Momentum and RMSprop together: an average direction, divided by an average size.

    Both averages begin at 0, which the learning rate makes good for in the first steps.

    Args:
        weights: Any shape.
        gradient: The same shape.
        memory: Both averages.
        learning_rate: How far to go.
        beta_1: The part of the former average of gradients that stays, 0 to 1.
        beta_2: The part of the former average of squared gradients that stays, 0 to 1.

    Example:
        >>> adam_step(np.zeros(2), np.array([1.0, 100.0]), no_memory(np.zeros(2)), 0.1)[0].round(4)
        array([-0.1, -0.1])

    Reference:
        Kingma & Ba 2015, *Adam: a method for stochastic optimization*.
    """
    step = memory.step + 1
    direction = beta_1 * memory.direction + (1 - beta_1) * gradient
    size = beta_2 * memory.size + (1 - beta_2) * gradient**2
    rate = learning_rate * np.sqrt(1 - beta_2**step) / (1 - beta_1**step)
    return weights - rate * direction / (np.sqrt(size) + EPSILON), Memory(step, direction, size)


def adamw_step(
    weights: Floats,
    gradient: Floats,
    memory: Memory,
    learning_rate: Rate,
    beta_1: float = 0.9,
    beta_2: float = 0.999,
    weight_decay: float = 0.004,
) -> tuple[Floats, Memory]:
    """Adam, after every weight has shrunk a little.

    Args:
        weights: Any shape.
        gradient: The same shape.
        memory: As in `adam_step`.
        learning_rate: How far to go.
        beta_1: As in `adam_step`.
        beta_2: As in `adam_step`.
        weight_decay: The share of each weight that is taken away, times the learning rate.

    Example:
        >>> adamw_step(np.ones(1), np.zeros(1), no_memory(np.ones(1)), 0.1, weight_decay=0.5)[0]
        array([0.95])

    Reference:
        Loshchilov & Hutter 2019, *Decoupled weight decay regularization*.
    """
    return adam_step(weights * (1 - learning_rate * weight_decay), gradient, memory, learning_rate, beta_1, beta_2)


RULES: dict[str, Rule] = {
    "sgd": sgd_step,
    "momentum": momentum_step,
    "nesterov": nesterov_step,
    "rmsprop": rmsprop_step,
    "adam": adam_step,
    "adamw": adamw_step,
}
"""The rules by the names that trainings give them, with the usual values of their own settings."""
