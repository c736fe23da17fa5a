"""Which random draw of a network takes which seed: what `build` builds and `cnn_core.export` writes. No TensorFlow."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from cnn_core.architecture.layers import KerasCall, KerasNode

SEED_STRIDE = 1000
SEEDS_PER_LAYER = 8
"""Layer `i` of a network with seed `s` draws its weights with seeds from `1000 s + 8 i`."""


def layer_seed(seed: int, index: int) -> int:
    """Return the first of the seeds that layer `index` of a network draws with; each draw takes the next one."""
    return seed * SEED_STRIDE + index * SEEDS_PER_LAYER


def seeded(call: KerasCall, seeds: Iterator[int]) -> KerasCall:
    """Write the seeds into a call and into those among its arguments, each draw taking the next one.

    Example:
        >>> from itertools import count
        >>> start = KerasCall("HeNormal", module="initializers", is_seeded=True)
        >>> call = seeded(KerasCall("Dense", {"units": 10, "kernel_initializer": start}), count(24))
        >>> call.arguments["kernel_initializer"].arguments
        {'seed': 24}
    """
    arguments = {
        name: seeded(value, seeds) if isinstance(value, KerasCall) else value for name, value in call.arguments.items()
    }
    if call.is_seeded:
        arguments["seed"] = next(seeds)
    return replace(call, arguments=arguments)


def node_name(layer_name: str, node: KerasNode) -> str:
    """Name one Keras layer of a layer; the last one has the layer's own name."""
    return f"{layer_name}_{node.suffix}" if node.suffix else layer_name
