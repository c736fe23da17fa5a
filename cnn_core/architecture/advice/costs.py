"""Rules on where a network's parameters are."""

from __future__ import annotations

from collections.abc import Iterator

from cnn_core.architecture.advice.base import Advice, Case, percent
from cnn_core.architecture.layers import Dense, Flatten

DENSE_SHARE = 0.75
"""Above three quarters of all parameters, thrift anywhere else in the network changes next to nothing."""

DENSE_LEAST_PARAMETERS = 10_000
"""Below that a dense layer is small whatever its share: some 40 kB."""

LARGE_LIST = 4_096
"""Numbers in a flat list. Even a dense layer of only 64 units has more than a quarter of a million weights on so many,
which is more than all of a small network for digits."""


def large_flatten(case: Case) -> Iterator[Advice]:
    """Feature maps as large as the image become one long list."""
    index, dense = case.bridge, _dense_on_large_list(case)
    if index is None or dense is None:
        return
    height, width, channels = case.rows[index].input_shape
    size, pooled = height * width * channels, max(height // 2, 1) * max(width // 2, 1) * channels
    row = case.rows[dense]
    yield Advice(
        "large-flatten",
        f"Nothing before {case.name(index)} makes the image smaller: {height}×{width}×{channels} become a list of "
        f"{size:,} numbers, on which {row.name} has {row.parameters:,} parameters, {_share(case, dense)} of the "
        f"network's. One pooling of 2×2 before it would leave {pooled:,} numbers.",
        "A dense layer has a weight for each number of the list and each of its units. Pooling keeps what was found "
        "and gives up where exactly, which is rarely needed.",
        "pooling",
        index,
    )


def dense_share(case: Case) -> Iterator[Advice]:
    """A dense layer holds most of the parameters of a network with convolutions."""
    dense = [index for index, row in enumerate(case.rows) if isinstance(row.layer, Dense)]
    if not dense or not case.convolutions:
        return
    index = max(dense, key=lambda i: case.rows[i].parameters)
    row, total = case.rows[index], sum(row.parameters for row in case.rows)
    is_small = row.parameters < DENSE_LEAST_PARAMETERS or row.parameters <= DENSE_SHARE * total
    if is_small or index == _dense_on_large_list(case):
        return
    numbers = row.input_shape[0]
    units = row.output_shape[0]
    yield Advice(
        "dense-share",
        f"{row.name} holds {_share(case, index)} of the network's parameters: {row.parameters:,} of {total:,}. "
        "Fewer numbers coming in, by more pooling or by global pooling, or fewer units would save the most.",
        f"It has a weight for each of the {numbers:,} numbers that come in and each of its {units:,} units. "
        "A convolution uses the same few weights at every place of the image.",
        "dense",
        index,
    )


def _dense_on_large_list(case: Case) -> int | None:
    """Return the dense layer on a long list that no stride has made shorter."""
    index = case.bridge
    if index is None or not isinstance(case.rows[index].layer, Flatten):
        return None
    if case.rows[index].output_shape[0] < LARGE_LIST:
        return None
    if any(window.stride > 1 for row in case.rows[:index] for window in row.layer.windows()):
        return None
    return case.next_kernel(index)


def _share(case: Case, index: int) -> str:
    return percent(case.rows[index].parameters / sum(row.parameters for row in case.rows))
