"""Numbers that are made of one number at the same place, or of one number of each of several maps."""

from __future__ import annotations

from functools import reduce

import numpy as np

from cnn_core.inspection.provenance.activations import activate, activation_step
from cnn_core.inspection.provenance.nodes import Node, Read
from cnn_core.inspection.provenance.records import (
    Activated,
    Added,
    Doubles,
    Normalized,
    Passed,
    Places,
    Position,
    Term,
)

KERAS_EPSILON = 1e-3
"""What Keras's batch normalisation adds to the variance."""


def normalized_values(node: Node, rows: Places, columns: Places, read: Read) -> Doubles:
    """Normalise: `(rows, columns, channels)`."""
    gamma, beta, mean, variance = (array.astype(np.float64) for array in node.weights)
    spread = np.sqrt(variance + node.arguments.get("epsilon", KERAS_EPSILON))
    values: Doubles = gamma * (read(node.inputs[0], rows, columns) - mean) / spread + beta
    return values


def normalized_origin(node: Node, position: Position, read: Read) -> Normalized:
    """Say how batch normalisation made a number, as it judges: with the mean and variance of training."""
    source, vector = _below(node, position, read)
    gamma, beta, mean, variance = (float(array[position.channel]) for array in node.weights)
    epsilon = float(node.arguments.get("epsilon", KERAS_EPSILON))
    value = float(vector[position.channel])
    result = float(gamma * (value - mean) / np.sqrt(variance + epsilon) + beta)
    return Normalized(position, result, source, value, mean, variance, gamma, beta, epsilon)


def activated_values(node: Node, rows: Places, columns: Places, read: Read) -> Doubles:
    """Apply an activation: `(rows, columns, channels)`."""
    return activate(read(node.inputs[0], rows, columns), node.activation)


def activated_origin(node: Node, position: Position, read: Read) -> Activated:
    """Say what an activation made of a number."""
    source, vector = _below(node, position, read)
    step = activation_step(vector, position.channel, node.activation)
    return Activated(position, step.result, source, step.before, step)


def dropped_origin(node: Node, position: Position, read: Read) -> Passed:
    """Say that dropout handed a number on: while a network judges, nothing is dropped."""
    source, vector = _below(node, position, read)
    value = float(vector[position.channel])
    return Passed(position, value, source, value, "dropout")


def flattened_origin(node: Node, position: Position, read: Read) -> Passed:
    """Say from which place of which map a number of a list came."""
    shape = node.input_shape if len(node.input_shape) == 3 else (1, 1, *node.input_shape)
    row, column, channel = (int(place) for place in np.unravel_index(position.channel, shape))
    source = Position(node.inputs[0], channel, row, column)
    value = float(read(node.inputs[0], np.array([row]), np.array([column]))[0, 0, channel])
    return Passed(position, value, source, value, "flatten")


def added_values(node: Node, rows: Places, columns: Places, read: Read) -> Doubles:
    """Add maps: `(rows, columns, channels)`."""
    return reduce(np.add, [read(name, rows, columns) for name in node.inputs])


def added_origin(node: Node, position: Position, read: Read) -> Added:
    """Say what was added to what."""
    row, column = np.array([position.row]), np.array([position.column])
    parts = tuple(
        Term(
            Position(name, position.channel, position.row, position.column),
            float(read(name, row, column)[0, 0, position.channel]),
        )
        for name in node.inputs
    )
    return Added(position, sum(part.value for part in parts), parts)


def _below(node: Node, position: Position, read: Read) -> tuple[Position, Doubles]:
    """The same place one node further down, and the numbers of all channels there."""
    source = Position(node.inputs[0], position.channel, position.row, position.column)
    numbers = read(node.inputs[0], np.array([position.row]), np.array([position.column]))
    return source, numbers[0, 0]
