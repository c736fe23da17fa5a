"""What the code is held against: the textbook's loops in plain Python, and random networks to try them on.

Nothing here is shared with `cnn_core` except the records that describe a network. The loops are slow on purpose: they
can be checked by reading. `tests/cnn_core/architecture/test_oracles.py` holds them against printed examples, and
`test_random_networks.py` against Keras.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from cnn_core.architecture.fields import Choice, Fraction, WholeNumber, domain_of
from cnn_core.architecture.layers import (
    GLOBAL_POOLINGS,
    LAYER_KINDS,
    Activation,
    BatchNormalization,
    Conv2D,
    Dense,
    Dropout,
    Flatten,
    GlobalPooling2D,
    Layer,
    Pooling2D,
    ResidualBlock,
    SeparableConv2D,
)
from cnn_core.architecture.spec import MAX_CHANNELS, MAX_SIDE, NetworkSpec

# --- the loops ---------------------------------------------------------------------------------------------------

Weights = Mapping[str, Sequence[np.ndarray]]
"""The arrays of each Keras layer under its name, in Keras's order."""


@dataclass
class Tally:
    """Counts multiplications with a weight, one at a time; those with padded zeros too, as everyone counts."""

    multiply_adds: int = 0


def window_places(size: int, window: int, stride: int, padding: str, dilation_rate: int = 1) -> list[int]:
    """First index of the window at each stop; with `"same"` padding it begins before the image.

    TensorFlow's rule: `ceil(size / stride)` stops, and of an odd number of padded pixels the larger half comes last.
    """
    reach = 1
    for _ in range(window - 1):
        reach += dilation_rate
    if padding == "valid":
        return list(range(0, size - reach + 1, stride))
    stops = math.ceil(size / stride)
    padded = max((stops - 1) * stride + reach - size, 0)
    return [stop * stride - padded // 2 for stop in range(stops)]


def cross_correlate2d(
    image: np.ndarray,
    kernels: np.ndarray,
    stride: int = 1,
    padding: str = "valid",
    dilation_rate: int = 1,
    tally: Tally | None = None,
) -> np.ndarray:
    """Slide every filter of `(kh, kw, in, out)` over an image of `(height, width, in)`."""
    height, width, channels = image.shape
    kernel_height, kernel_width, channels_in, filters = kernels.shape
    assert channels == channels_in
    pixels, weights, tally = image.tolist(), kernels.tolist(), tally or Tally()
    tops = window_places(height, kernel_height, stride, padding, dilation_rate)
    lefts = window_places(width, kernel_width, stride, padding, dilation_rate)
    result = np.zeros((len(tops), len(lefts), filters))
    for (row, top), (column, left), f in (
        (a, b, f) for a in enumerate(tops) for b in enumerate(lefts) for f in range(filters)
    ):
        total = 0.0
        for i in range(kernel_height):
            for j in range(kernel_width):
                y, x = top + i * dilation_rate, left + j * dilation_rate
                is_inside = 0 <= y < height and 0 <= x < width
                for c in range(channels):
                    total += (pixels[y][x][c] if is_inside else 0.0) * weights[i][j][c][f]
                    tally.multiply_adds += 1
        result[row, column, f] = total
    return result


def depthwise2d(
    image: np.ndarray,
    kernels: np.ndarray,
    stride: int = 1,
    padding: str = "valid",
    dilation_rate: int = 1,
    tally: Tally | None = None,
) -> np.ndarray:
    """Slide over each channel of `(height, width, in)` its own kernel of `(kh, kw, in, 1)`; nothing is summed up."""
    assert kernels.shape[2:] == (image.shape[2], 1)
    maps = [
        cross_correlate2d(image[:, :, c : c + 1], kernels[:, :, c : c + 1], stride, padding, dilation_rate, tally)
        for c in range(image.shape[2])
    ]
    return np.concatenate(maps, axis=-1)


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


def global_pool2d(image: np.ndarray, pooling: str) -> np.ndarray:
    """Make one number of each channel of `(height, width, channels)`."""
    return np.array([POOL_FUNCTIONS[pooling](image[:, :, c].ravel().tolist()) for c in range(image.shape[2])])


def dense(numbers: np.ndarray, weights: np.ndarray, tally: Tally | None = None) -> np.ndarray:
    """Sum `(in,)` numbers, weighted by `(in, out)`, into `(out,)`."""
    tally = tally or Tally()
    assert len(numbers) == len(weights)
    result = np.zeros(weights.shape[1])
    for unit in range(weights.shape[1]):
        for i, number in enumerate(numbers):
            result[unit] += float(number) * float(weights[i, unit])
            tally.multiply_adds += 1
    return result


def normalize(values: np.ndarray, arrays: Sequence[np.ndarray]) -> np.ndarray:
    """Scale and shift along the last axis by Keras's four arrays, as after training."""
    gamma, beta, mean, variance = (array.astype(np.float64) for array in arrays)
    return gamma * (values - mean) / np.sqrt(variance + 1e-3) + beta


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


def residual_block(
    block: ResidualBlock, name: str, weights: Weights, image: np.ndarray, tally: Tally | None = None
) -> np.ndarray:
    """Convolve twice and add what came in, or a convolution of 1×1 of it where the shape changes."""

    def convolve(part: str, values: np.ndarray, stride: int, has_bias: bool) -> np.ndarray:
        kernel, *bias = weights[f"{name}_{part}"]
        assert len(bias) == has_bias
        return cross_correlate2d(values, kernel, stride, "same", tally=tally) + (bias[0] if bias else 0.0)

    has_bias = not block.has_batch_norm
    values = convolve("conv_a", image, block.stride, has_bias)
    if block.has_batch_norm:
        values = normalize(values, weights[f"{name}_norm_a"])
    values = convolve("conv_b", activate(values, block.activation), 1, has_bias)
    if block.has_batch_norm:
        values = normalize(values, weights[f"{name}_norm_b"])
    keeps_shape = block.stride == 1 and image.shape[2] == block.filters
    skip = image if keeps_shape else convolve("skip", image, block.stride, False)
    return activate(values + skip, block.activation)


def layer_output(layer: Layer, name: str, weights: Weights, values: np.ndarray, tally: Tally | None) -> np.ndarray:
    """Send what comes into a layer through it, as after training."""
    arrays = weights.get(name, ())
    match layer:
        case Conv2D():
            kernel, *bias = arrays
            values = cross_correlate2d(values, kernel, layer.stride, layer.padding, layer.dilation_rate, tally)
        case SeparableConv2D():
            depthwise, pointwise, *bias = arrays
            values = depthwise2d(values, depthwise, layer.stride, layer.padding, layer.dilation_rate, tally)
            values = cross_correlate2d(values, pointwise, tally=tally)
        case Dense():
            kernel, *bias = arrays
            values = dense(values, kernel, tally)
        case ResidualBlock():
            return residual_block(layer, name, weights, values, tally)
        case Pooling2D():
            return pool2d(values, layer.pooling, layer.pool_size, layer.stride, layer.padding)
        case GlobalPooling2D():
            return global_pool2d(values, layer.pooling)
        case BatchNormalization():
            return normalize(values, arrays)
        case Activation():
            return activate(values, layer.activation)
        case Flatten():
            return np.array(values.ravel().tolist())
        case Dropout():
            return values
        case _:
            raise NotImplementedError(layer.kind)
    assert len(bias) == layer.use_bias
    return activate(values + (bias[0] if bias else 0.0), layer.activation)


def forward(spec: NetworkSpec, weights: Weights, image: np.ndarray, tally: Tally | None = None) -> list[np.ndarray]:
    """Send one image through a network and return what each layer gives out."""
    outputs: list[np.ndarray] = []
    values = np.asarray(image, dtype=np.float64)
    for name, layer in zip(spec.layer_names, spec.layers, strict=True):
        values = layer_output(layer, name, weights, values, tally)
        outputs.append(values)
    return outputs


def random_weights(like: Sequence[np.ndarray], seed: int) -> list[np.ndarray]:
    """Weights of the same shapes, no two alike; those of one axis are positive, as one of them may be a variance.

    The more numbers a unit sums up, the smaller its weights: so no layer drowns in what comes before it, and an
    error anywhere stays visible behind a sigmoid or softmax.
    """
    rng = np.random.default_rng(seed)

    def draw(shape: tuple[int, ...]) -> np.ndarray:
        if len(shape) == 1:
            return rng.uniform(0.1, 0.9, shape)
        return rng.uniform(-1.0, 1.4, shape) * math.sqrt(3 / math.prod(shape[:-1]))

    return [draw(w.shape).astype(np.float32) for w in like]


def weights_by_name(model: Any) -> dict[str, list[np.ndarray]]:
    """The arrays of every layer of a Keras model, as `forward` takes them."""
    return {layer.name: layer.get_weights() for layer in model.layers}


# --- random networks ---------------------------------------------------------------------------------------------

STEADY = settings(
    deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much]
)
"""For property tests: the same cases in every run, and no clock, since the machine is shared."""

SMALL = {
    "filters": 5,
    "units": 9,
    "kernel_height": 5,
    "kernel_width": 5,
    "kernel_size": 5,
    "pool_size": 5,
    "stride": 4,
    "dilation_rate": 4,
    "pool_stride": 4,
    "class_count": 9,
}
"""Upper ends that keep Keras and the loops quick; without them the whole declared range is drawn from."""

TINY = SMALL | {"filters": 3, "units": 5, "kernel_height": 4, "kernel_width": 4, "kernel_size": 4}


def records(
    kind: type[Any], most: Mapping[str, int] | None = None, **given: st.SearchStrategy[Any]
) -> st.SearchStrategy[Any]:
    """Valid records of a layer kind, or of any record class, drawn from the ranges that its fields declare.

    Args:
        kind: A record class whose fields are declared with `cnn_core.architecture.fields`.
        most: Upper ends for whole numbers, by the name of the field, where they are to be below the declared ones.
        given: What to draw a field from instead, by its name; needed for fields that declare no range.
    """
    drawn = {f.name: field_values(kind, f.name, most) for f in fields(kind) if f.name not in given}
    return st.builds(kind, **drawn, **given)


def field_values(kind: type[Any], name: str, most: Mapping[str, int] | None = None) -> st.SearchStrategy[Any]:
    """Valid values of one field of a record; `most` as for `records`."""
    match domain_of(kind, name):
        case WholeNumber(low, high):
            return st.integers(low, min(high, (most or {}).get(name, high)))
        case Fraction(low, high):
            return st.floats(low, high)
        case Choice(options):
            return st.sampled_from(options)
    return st.booleans()


def _sliding(kind: type[Any], most: Mapping[str, int] | None) -> list[st.SearchStrategy[Any]]:
    """Convolutions as Keras takes them: either a stride or a dilation above 1."""
    return [records(kind, {**(most or {}), name: 1}) for name in ("stride", "dilation_rate")]


def unpadded_layers(*kinds: type[Layer]) -> st.SearchStrategy[Layer]:
    """Layers whose windows stay inside the image, of any declared size: on small images, many do not fit."""
    return st.sampled_from(kinds).flatmap(
        lambda kind: records(kind, {"stride": 1, "filters": 9}, padding=st.just("valid"))
    )


WINDOW_MISFITS = {
    "kernel_height": {"kernel_height": st.integers(8, 15)},
    "kernel_width": {"kernel_height": st.just(1), "kernel_width": st.integers(8, 15)},
    "dilation_rate": {
        "kernel_height": st.integers(2, 3),
        "kernel_width": st.integers(1, 3),
        "dilation_rate": st.integers(7, 8),
    },
    "pool_size": {"pool_size": st.integers(8, 15)},
}
"""The settings that can make a window too large for an image of 3 to 7 pixels, and how they do."""


def misfits(kind: type[Layer], field: str) -> st.SearchStrategy[NetworkSpec]:
    """Networks of one layer whose window is too large, because of one setting."""
    layer = records(kind, {"stride": 1, "filters": 9}, padding=st.just("valid"), **WINDOW_MISFITS[field])
    return st.builds(NetworkSpec, image_shapes(7, least=3), st.tuples(layer))


def network_specs(most: Mapping[str, int] | None = None, side: int = MAX_SIDE) -> st.SearchStrategy[NetworkSpec]:
    """Networks of both sorts: ordinary ones, and layers in any order, of which most cannot be built."""

    def some(kinds: Sequence[st.SearchStrategy[Any]], least: int, longest: int) -> st.SearchStrategy[list[Layer]]:
        layer = st.sampled_from(kinds).flatmap(lambda kind: kind)
        return st.integers(least, longest).flatmap(lambda n: st.lists(layer, min_size=n, max_size=n))

    between = [records(kind, most) for kind in (BatchNormalization, Activation, Dropout)]
    sliding = [*_sliding(Conv2D, most), *_sliding(SeparableConv2D, most)]
    on_images = [*sliding, *[records(kind, most) for kind in (ResidualBlock, Pooling2D, Pooling2D)], *between]
    ordinary = st.builds(
        lambda front, bridge, back, last: (*front, bridge, *back, last),
        some(on_images, 1, 4),
        st.sampled_from((Flatten(), Flatten(), *map(GlobalPooling2D, GLOBAL_POOLINGS))),
        some([records(Dense, most), *between], 0, 2),
        records(Dense, most),
    )
    disorderly = some([records(kind, most) for kind in LAYER_KINDS.values()], 1, 6).map(tuple)
    shapes = st.sampled_from((1, side // 2)).flatmap(lambda least: image_shapes(side, least))
    return st.sampled_from((ordinary, ordinary, ordinary, disorderly)).flatmap(
        lambda layers: st.builds(NetworkSpec, shapes, layers)
    )


def image_shapes(side: int = MAX_SIDE, least: int = 1) -> st.SearchStrategy[tuple[int, int, int]]:
    """Shapes of one image, with sides from `least` to `side`."""
    return st.tuples(st.integers(least, side), st.integers(least, side), st.integers(1, MAX_CHANNELS))


JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=4),
    max_leaves=12,
)
"""Anything that a JSON file may hold, NaN and infinities included."""
