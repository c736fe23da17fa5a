"""What the code is held against: the textbook's loops in plain Python, and random networks to try them on.

Nothing here is shared with `cnn_core` except the records that describe a network. The loops are slow on purpose: they
can be checked by reading. `tests/cnn_core/architecture/test_oracles.py` holds them against printed examples, and
`test_build.py` against Keras.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from cnn_core.architecture.design import MAX_BLOCKS, MAX_DENSE_LAYERS, ConvBlock, DenseBlock, NetworkDesign
from cnn_core.architecture.fields import Choice, Fraction, WholeNumber, domain_of
from cnn_core.architecture.layers import (
    LAYER_KINDS,
    Activation,
    BatchNormalization,
    Conv2D,
    Dense,
    Dropout,
    Flatten,
    Layer,
    Pooling2D,
)
from cnn_core.architecture.spec import MAX_CHANNELS, MAX_SIDE, NetworkSpec

# --- the loops ---------------------------------------------------------------------------------------------------


@dataclass
class Tally:
    """Counts multiplications with a weight, one at a time; those with padded zeros too, as everyone counts."""

    multiply_adds: int = 0


def window_places(size: int, window: int, stride: int, padding: str) -> list[int]:
    """First index of the window at each stop; with `"same"` padding it begins before the image.

    TensorFlow's rule: `ceil(size / stride)` stops, and of an odd number of padded pixels the larger half comes last.
    """
    if padding == "valid":
        return list(range(0, size - window + 1, stride))
    stops = math.ceil(size / stride)
    padded = max((stops - 1) * stride + window - size, 0)
    return [stop * stride - padded // 2 for stop in range(stops)]


def cross_correlate2d(
    image: np.ndarray, kernels: np.ndarray, stride: int = 1, padding: str = "valid", tally: Tally | None = None
) -> np.ndarray:
    """Slide every filter of `(kh, kw, in, out)` over an image of `(height, width, in)`."""
    height, width, channels = image.shape
    kernel_height, kernel_width, _, filters = kernels.shape
    tally = tally or Tally()
    tops = window_places(height, kernel_height, stride, padding)
    lefts = window_places(width, kernel_width, stride, padding)
    result = np.zeros((len(tops), len(lefts), filters))
    for (row, top), (column, left), f in (
        (a, b, f) for a in enumerate(tops) for b in enumerate(lefts) for f in range(filters)
    ):
        total = 0.0
        for i in range(kernel_height):
            for j in range(kernel_width):
                y, x = top + i, left + j
                inside = 0 <= y < height and 0 <= x < width
                for c in range(channels):
                    total += (float(image[y, x, c]) if inside else 0.0) * float(kernels[i, j, c, f])
                    tally.multiply_adds += 1
        result[row, column, f] = total
    return result


POOL_FUNCTIONS: dict[str, Callable[[list[float]], float]] = {
    "max": max,
    "min": min,
    "average": lambda patch: sum(patch) / len(patch),
}


def pool2d(image: np.ndarray, pooling: str, pool_size: int, stride: int, padding: str = "valid") -> np.ndarray:
    """Pool each channel of `(height, width, channels)`; padded places count in no way, not even for the average."""
    height, width, channels = image.shape
    tops, lefts = (window_places(n, pool_size, stride, padding) for n in (height, width))
    result = np.zeros((len(tops), len(lefts), channels))
    for row, top in enumerate(tops):
        for column, left in enumerate(lefts):
            for c in range(channels):
                patch = [
                    float(image[y, x, c])
                    for y in range(max(top, 0), min(top + pool_size, height))
                    for x in range(max(left, 0), min(left + pool_size, width))
                ]
                result[row, column, c] = POOL_FUNCTIONS[pooling](patch)
    return result


def dense(numbers: np.ndarray, weights: np.ndarray, tally: Tally | None = None) -> np.ndarray:
    """Sum `(in,)` numbers, weighted by `(in, out)`, into `(out,)`."""
    tally = tally or Tally()
    result = np.zeros(weights.shape[1])
    for unit in range(weights.shape[1]):
        for i, number in enumerate(numbers):
            result[unit] += float(number) * float(weights[i, unit])
            tally.multiply_adds += 1
    return result


def _sigmoid(x: float) -> float:
    return 1 / (1 + math.exp(-x)) if x >= 0 else math.exp(x) / (1 + math.exp(x))


ACTIVATION_FUNCTIONS: dict[str, Callable[[float], float]] = {
    "linear": lambda x: x,
    "relu": lambda x: max(x, 0.0),
    "leaky_relu": lambda x: x if x >= 0 else 0.2 * x,
    "elu": lambda x: x if x >= 0 else math.exp(x) - 1,
    "gelu": lambda x: x * 0.5 * (1 + math.erf(x / math.sqrt(2))),
    "silu": lambda x: x * _sigmoid(x),
    "sigmoid": _sigmoid,
    "tanh": math.tanh,
}


def activate(values: np.ndarray, name: str) -> np.ndarray:
    """Apply an activation to every number; softmax works along the last axis."""
    if name == "softmax":
        rows = [
            [math.exp(x - max(row)) / sum(math.exp(other - max(row)) for other in row) for x in row]
            for row in values.reshape(-1, values.shape[-1]).tolist()
        ]
        return np.array(rows).reshape(values.shape)
    flat = [ACTIVATION_FUNCTIONS[name](float(x)) for x in values.ravel()]
    return np.array(flat).reshape(values.shape)


def forward(
    spec: NetworkSpec, weights: Sequence[np.ndarray], image: np.ndarray, tally: Tally | None = None
) -> list[np.ndarray]:
    """Send one image through a network and return what each layer gives out."""
    left = list(weights)
    outputs: list[np.ndarray] = []
    values = np.asarray(image, dtype=np.float64)
    for layer in spec.layers:
        match layer:
            case Conv2D():
                values = cross_correlate2d(values, left.pop(0), layer.stride, layer.padding, tally)
                values = activate(values + (left.pop(0) if layer.use_bias else 0.0), layer.activation)
            case Dense():
                values = dense(values, left.pop(0), tally)
                values = activate(values + (left.pop(0) if layer.use_bias else 0.0), layer.activation)
            case Pooling2D():
                values = pool2d(values, layer.pooling, layer.pool_size, layer.stride, layer.padding)
            case BatchNormalization():
                gamma, beta, mean, variance = (left.pop(0).astype(np.float64) for _ in range(4))
                values = gamma * (values - mean) / np.sqrt(variance + 1e-3) + beta
            case Activation():
                values = activate(values, layer.activation)
            case Flatten():
                values = np.array(values.ravel().tolist())
        outputs.append(values)
    assert not left, f"{len(left)} weights are left over"
    return outputs


def random_weights(like: Sequence[np.ndarray], seed: int) -> list[np.ndarray]:
    """Weights of the same shapes, no two alike; those of one axis are positive, as one of them may be a variance."""
    rng = np.random.default_rng(seed)
    return [rng.uniform(0.1 if w.ndim == 1 else -0.6, 0.9, w.shape).astype(np.float32) for w in like]


# --- random networks ---------------------------------------------------------------------------------------------

STEADY = settings(
    deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much]
)
"""For property tests: the same cases in every run, and no clock, since the machine is shared."""

SMALL = {"filters": 5, "units": 9, "kernel_size": 7, "pool_size": 5, "stride": 4, "pool_stride": 4, "class_count": 9}
"""Upper ends that keep Keras and the loops quick; without them the whole declared range is drawn from."""


def records(kind: type[Any], most: dict[str, int] | None = None) -> st.SearchStrategy[Any]:
    """Valid records of a layer kind or design block, drawn from the ranges that its fields declare."""
    return st.builds(kind, **{f.name: _values(kind, f.name, most or {}) for f in fields(kind)})


def _values(kind: type[Any], name: str, most: dict[str, int]) -> st.SearchStrategy[Any]:
    match domain_of(kind, name):
        case WholeNumber(low, high):
            return st.integers(low, min(high, most.get(name, high)))
        case Fraction(low, high):
            return st.floats(low, high)
        case Choice(options):
            return st.sampled_from(options)
    return st.booleans()


def network_specs(most: dict[str, int] | None = None, side: int = MAX_SIDE) -> st.SearchStrategy[NetworkSpec]:
    """Networks of both sorts: ordinary ones, and layers in any order, of which most cannot be built."""

    def some(kinds: Sequence[type[Any]], least: int, longest: int) -> st.SearchStrategy[list[Layer]]:
        layer = st.sampled_from(kinds).flatmap(lambda kind: records(kind, most))
        return st.integers(least, longest).flatmap(lambda n: st.lists(layer, min_size=n, max_size=n))

    on_images = [Conv2D, Conv2D, Conv2D, Pooling2D, Pooling2D, BatchNormalization, Activation, Dropout]
    on_lists = [Dense, Dense, BatchNormalization, Activation, Dropout]
    ordinary = st.builds(
        lambda front, back, last: (*front, Flatten(), *back, last),
        some(on_images, 0, 5),
        some(on_lists, 0, 2),
        records(Dense, most),
    )
    disorderly = some(list(LAYER_KINDS.values()), 1, 6).map(tuple)
    layers: st.SearchStrategy[tuple[Layer, ...]] = st.one_of(ordinary, ordinary, ordinary, disorderly)
    return st.builds(NetworkSpec, image_shapes(side), layers)


def image_shapes(side: int = MAX_SIDE) -> st.SearchStrategy[tuple[int, int, int]]:
    """Shapes of one image."""
    return st.tuples(st.integers(1, side), st.integers(1, side), st.integers(1, MAX_CHANNELS))


def network_designs(most: dict[str, int] | None = None, side: int = MAX_SIDE) -> st.SearchStrategy[NetworkDesign]:
    """Designs over their whole range, of which many cannot be built."""
    parts = {
        "input_shape": image_shapes(side),
        "blocks": st.lists(records(ConvBlock, most), max_size=MAX_BLOCKS).map(tuple),
        "dense": st.lists(records(DenseBlock, most), max_size=MAX_DENSE_LAYERS).map(tuple),
    }
    many = _values(NetworkDesign, "class_count", most or {})
    return st.one_of(
        st.builds(NetworkDesign, **parts, class_count=many, output=st.sampled_from(("softmax", "logits"))),
        st.builds(NetworkDesign, **parts, class_count=st.just(2), output=st.just("sigmoid")),
    )


JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=4),
    max_leaves=12,
)
"""Anything that a JSON file may hold, NaN and infinities included."""
