"""Numbers that are sums of products: of convolutions, of depthwise convolutions, and of dense layers."""

from __future__ import annotations

from typing import Literal

import numpy as np

from cnn_core.inspection.provenance.activations import activate, activation_step
from cnn_core.inspection.provenance.nodes import DEPTHWISE, Node, Read, window_taps
from cnn_core.inspection.provenance.records import Doubles, Flags, Places, Position, WeightedSum


def convolution_values(node: Node, rows: Places, columns: Places, read: Read) -> Doubles:
    """Compute a convolution at every pair of a row and a column: `(rows, columns, filters)`."""
    patches, _, _, _ = _patches(node, rows, columns, read)
    sums: Doubles
    if node.class_name == DEPTHWISE:
        sums = np.einsum("ricjk,ijk->rck", patches, node.weights[0][:, :, :, 0].astype(np.float64))
    else:
        sums = np.tensordot(patches, node.weights[0].astype(np.float64), axes=([1, 3, 4], [0, 1, 2]))
    return activate(sums + node.weights[1] if _has_bias(node) else sums, node.activation)


def convolution_origin(node: Node, position: Position, read: Read) -> WeightedSum:
    """Say where a number of a convolution came from, depthwise or not."""
    patches, down, across, is_inside = _patches(node, np.array([position.row]), np.array([position.column]), read)
    inputs, kernels, channels = patches[0, :, 0], node.weights[0], np.arange(node.input_shape[2])
    if node.class_name != DEPTHWISE:
        where = (down[0], across[0], is_inside[0, :, 0])
        return _weighted_sum(node, position, "convolution", inputs, channels, where)
    chosen = slice(position.channel, position.channel + 1)
    weights = kernels[:, :, chosen, 0].astype(np.float64)
    total = np.array([(inputs[:, :, chosen] * weights).sum()])
    step = activation_step(total, 0, node.activation)
    return WeightedSum(
        position=position,
        result=step.result,
        source=node.inputs[0],
        rows=down[0],
        columns=across[0],
        is_inside=is_inside[0, :, 0],
        kind="depthwise",
        channels=channels[chosen],
        inputs=inputs[:, :, chosen],
        weights=weights,
        bias=None,
        activation=step,
    )


def dense_origin(node: Node, position: Position, read: Read) -> WeightedSum:
    """Say where a number of a dense layer came from."""
    place = np.array([0])
    inputs = read(node.inputs[0], place, place)
    where = (place, place, np.ones((1, 1), dtype=np.bool_))
    return _weighted_sum(node, position, "dense", inputs, np.arange(inputs.shape[2]), where)


def _weighted_sum(
    node: Node,
    position: Position,
    kind: Literal["convolution", "dense"],
    inputs: Doubles,
    channels: Places,
    where: tuple[Places, Places, Flags],
) -> WeightedSum:
    kernels = node.weights[0].reshape(*inputs.shape, -1)
    # Softmax weighs all filters or units against each other; for anything else one of them is enough.
    chosen = slice(None) if node.activation == "softmax" else slice(position.channel, position.channel + 1)
    sums = np.tensordot(inputs, kernels[..., chosen].astype(np.float64), axes=3)
    if _has_bias(node):
        sums = sums + node.weights[1][chosen]
    step = activation_step(sums, position.channel if node.activation == "softmax" else 0, node.activation)
    rows, columns, is_inside = where
    return WeightedSum(
        position=position,
        result=step.result,
        source=node.inputs[0],
        rows=rows,
        columns=columns,
        is_inside=is_inside,
        kind=kind,
        channels=channels,
        inputs=inputs,
        weights=kernels[..., position.channel].astype(np.float64),
        bias=float(node.weights[1][position.channel]) if _has_bias(node) else None,
        activation=step,
    )


def _patches(node: Node, rows: Places, columns: Places, read: Read) -> tuple[Doubles, Places, Places, Flags]:
    """Cut the patch of every place: `(rows, height, columns, width, channels)`, with its taps and what is inside."""
    window, (height, width, channels) = node.window, node.input_shape
    down, is_down = window_taps(window, height, 0, rows)
    across, is_across = window_taps(window, width, 1, columns)
    numbers = read(node.inputs[0], down.clip(0, height - 1).ravel(), across.clip(0, width - 1).ravel())
    is_inside = is_down[:, :, np.newaxis, np.newaxis] & is_across
    patches = numbers.reshape(*down.shape, *across.shape, channels)
    return np.where(is_inside[..., np.newaxis], patches, 0.0), down, across, is_inside


def _has_bias(node: Node) -> bool:
    return len(node.weights) > 1
