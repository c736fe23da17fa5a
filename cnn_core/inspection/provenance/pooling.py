"""Numbers that stand for a patch, or for a whole feature map."""

from __future__ import annotations

import numpy as np

from cnn_core.inspection.provenance.nodes import Node, Read, window_taps
from cnn_core.inspection.provenance.records import Doubles, Flags, Origin, Passed, Places, Pooled, Position

POOLINGS = {
    "MaxPooling2D": "max",
    "AveragePooling2D": "average",
    "MinPooling2D": "min",
    "GlobalMaxPooling2D": "max",
    "GlobalAveragePooling2D": "average",
}


def picked_values(node: Node, rows: Places, columns: Places, read: Read) -> Doubles:
    """Read the numbers that a pool of 1×1 picks: `(rows, columns, channels)`.

    Raises:
        ValueError: If the pool is larger. Inside a layer there is none; those of a network are known already.
    """
    if node.arguments["pool_size"] != 1:
        raise ValueError(f"Only a pool of 1×1 may stand within a layer. Received: {node.arguments}.")
    stride = node.window.stride
    return read(node.inputs[0], rows * stride, columns * stride)


def pooling_origin(node: Node, position: Position, read: Read) -> Origin:
    """Say which number of a patch won, or what its mean is made of; a pool of 1×1 only picks."""
    window, (height, width, _) = node.window, node.input_shape
    down, is_down = window_taps(window, height, 0, np.array([position.row]))
    across, is_across = window_taps(window, width, 1, np.array([position.column]))
    rows, columns, is_inside = down[0], across[0], is_down[0][:, np.newaxis] & is_across[0]
    numbers = read(node.inputs[0], rows.clip(0, height - 1), columns.clip(0, width - 1))
    patch = np.where(is_inside, numbers[:, :, position.channel], 0.0)
    if window.height == window.width == 1:
        value = float(patch[0, 0])
        source = Position(node.inputs[0], position.channel, int(rows[0]), int(columns[0]))
        return Passed(position, value, source, value, "pick")
    return _pooled(node, position, patch, (rows, columns, is_inside), is_global=False)


def global_pooling_origin(node: Node, position: Position, read: Read) -> Pooled:
    """Say the same of a whole feature map."""
    height, width, _ = node.input_shape
    rows, columns = np.arange(height), np.arange(width)
    patch = read(node.inputs[0], rows, columns)[:, :, position.channel]
    everything = np.ones((height, width), dtype=np.bool_)
    return _pooled(node, position, patch, (rows, columns, everything), is_global=True)


def _pooled(
    node: Node, position: Position, patch: Doubles, where: tuple[Places, Places, Flags], *, is_global: bool
) -> Pooled:
    rows, columns, is_inside = where
    pooling = POOLINGS[node.class_name]
    numbers = patch[is_inside]
    result = float(numbers.max() if pooling == "max" else numbers.min() if pooling == "min" else numbers.mean())
    winners = is_inside & (patch == result) if pooling != "average" else np.zeros_like(is_inside)
    return Pooled(
        position=position,
        result=result,
        source=node.inputs[0],
        rows=rows,
        columns=columns,
        is_inside=is_inside,
        pooling=pooling,
        is_global=is_global,
        channel=position.channel,
        patch=patch,
        winners=winners,
    )
