"""Sizes and costs of a network by arithmetic alone, and what is wrong with one that cannot be built."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache

from cnn_core.architecture.fields import WholeNumber, domain_of
from cnn_core.architecture.formula import Formula, quantity
from cnn_core.architecture.layers import Layer, Misfit, Shape
from cnn_core.architecture.layers.base import AXES
from cnn_core.architecture.receptive_field import AxisField
from cnn_core.architecture.spec import NetworkSpec, shape_text
from cnn_core.errors import ClassroomError

MAX_PARAMETERS = 20_000_000
MAX_MULTIPLY_ADDS = 2_000_000_000
MAX_ACTIVATIONS = 20_000_000
"""Limits for one network: weights, multiply-adds for one image, and numbers held for one image in all layers."""

BYTES_PER_NUMBER = 4
"""Networks compute with float32."""


@dataclass(frozen=True)
class LayerFigures:
    """What one layer takes in, gives out, costs and sees, for one image.

    Args:
        name: The layer's name in the network, as Keras gets it.
        layer: The layer itself.
        input_shape: Shape of what comes in, without the batch axis.
        output_shape: Shape of what goes out, without the batch axis.
        parameters: All weights.
        trainable_parameters: The weights that gradient descent changes.
        multiply_adds: Multiplications with a weight, for one image.
        held_numbers: Numbers that the layer computes and that training holds, for one image.
        fields_before: The receptive field of what comes in, along height and width, by formula.
        fields: The receptive field of what goes out; nothing where each number depends on all that came before.
    """

    name: str
    layer: Layer
    input_shape: Shape
    output_shape: Shape
    parameters: int
    trainable_parameters: int
    multiply_adds: int
    held_numbers: int
    fields_before: tuple[AxisField, ...] | None
    fields: tuple[AxisField, ...] | None

    @property
    def held_bytes(self) -> int:
        """Memory for the numbers that the layer computes for one image, in bytes."""
        return self.held_numbers * BYTES_PER_NUMBER


@dataclass(frozen=True)
class Problem:
    """Something that keeps a network from being built.

    Args:
        layer_index: Position of the layer that has to change.
        field: Which of its settings; `""` where the layer as a whole is in the wrong place.
        message: One sentence with the numbers.
        nearest: The nearest value that works, if there is one.
    """

    layer_index: int
    field: str
    message: str
    nearest: int | float | str | None = None


@dataclass(frozen=True)
class NetworkFigures:
    """All layers' figures, and their sums."""

    layers: tuple[LayerFigures, ...]

    @property
    def parameters(self) -> int:
        """All weights of the network."""
        return sum(layer.parameters for layer in self.layers)

    @property
    def trainable_parameters(self) -> int:
        """The weights that training changes."""
        return sum(layer.trainable_parameters for layer in self.layers)

    @property
    def multiply_adds(self) -> int:
        """Multiplications with a weight for one image."""
        return sum(layer.multiply_adds for layer in self.layers)

    @property
    def held_bytes(self) -> int:
        """Memory for all numbers that the layers compute for one image, in bytes."""
        return sum(layer.held_bytes for layer in self.layers)

    @property
    def output_shape(self) -> Shape:
        """Shape of the network's answer for one image."""
        return self.layers[-1].output_shape


@lru_cache(maxsize=512)
def find_problem(spec: NetworkSpec) -> Problem | None:
    """Say what keeps a network from being built, or nothing.

    Layers are looked at in order, and the first one that does not fit is reported: what follows it has no shape yet.
    """
    shape: Shape = spec.input_shape
    totals = _Costs()
    for index, layer in enumerate(spec.layers):
        misfit = layer.misfit(shape)
        if misfit is None:
            before, totals = totals, totals + _costs(layer, shape)
            misfit = _excess(layer, shape, before, totals)
            message = misfit.message if misfit else ""
        else:
            message = misfit.message + _what_made_it_small(spec, index, misfit)
        if misfit is not None:
            return Problem(index, misfit.field, message, misfit.nearest)
        shape = layer.output_shape(shape)
    return None


_WINDOW_AXES = {"kernel_height": (0,), "kernel_width": (1,), "pool_size": (0, 1)}
"""The settings that make a window too large, and along which axes."""


def _what_made_it_small(spec: NetworkSpec, index: int, misfit: Misfit) -> str:
    """Name the layers whose strides left too little of the image for a window."""
    axes = _WINDOW_AXES.get(misfit.field)
    if axes is None:
        return ""
    before = spec.layers[:index]

    def left_over(layers: tuple[Layer, ...]) -> int:
        shape: Shape = spec.input_shape
        for layer in layers:
            shape = layer.output_shape(shape)
        return min(shape[axis] for axis in axes)

    def with_small_steps(position: int) -> tuple[Layer, ...]:
        changed: Layer = replace(before[position], stride=1)  # type: ignore[type-var]
        return (*before[:position], changed, *before[position + 1 :])

    names = [
        name
        for position, (name, layer) in enumerate(zip(spec.layer_names, before, strict=False))
        if getattr(layer, "stride", 1) > 1 and left_over(with_small_steps(position)) > left_over(before)
    ]
    return f" A smaller stride in {_any_of(names)} would leave more of it." if names else ""


def _any_of(names: list[str]) -> str:
    *others, last = names
    return f"{', '.join(others)} or {last}" if others else last


@lru_cache(maxsize=512)
def network_figures(spec: NetworkSpec) -> NetworkFigures:
    """Compute every layer's shape, costs and receptive field without building anything.

    Raises:
        ClassroomError: If the network cannot be built; the message is that of `find_problem`.

    Example:
        >>> from cnn_core.architecture.layers import Dense, Flatten
        >>> spec = NetworkSpec((28, 28, 1), (Flatten(), Dense(units=10, activation="softmax")))
        >>> network_figures(spec).parameters
        7850
    """
    problem = find_problem(spec)
    if problem is not None:
        raise ClassroomError(problem.message, "Change that setting first.")
    shape: Shape = spec.input_shape
    fields: tuple[AxisField, ...] | None = (AxisField(), AxisField())
    rows = []
    for name, layer in zip(spec.layer_names, spec.layers, strict=True):
        costs = _costs(layer, shape)
        after = None if layer.mixes_places(shape) or fields is None else _fields_after(fields, layer)
        rows.append(
            LayerFigures(
                name=name,
                layer=layer,
                input_shape=shape,
                output_shape=layer.output_shape(shape),
                parameters=costs.parameters,
                trainable_parameters=costs.parameters - layer.untrained_count(shape),
                multiply_adds=costs.multiply_adds,
                held_numbers=costs.held_numbers,
                fields_before=fields,
                fields=after,
            )
        )
        shape, fields = rows[-1].output_shape, after
    return NetworkFigures(tuple(rows))


def class_count(spec: NetworkSpec) -> int:
    """Count the classes that a network tells apart; 0 where it ends in feature maps. One output tells two apart.

    Raises:
        ClassroomError: If the network cannot be built.
    """
    shape = network_figures(spec).output_shape
    return max(shape[0], 2) if len(shape) == 1 else 0


def layer_formulas(row: LayerFigures) -> tuple[tuple[str, Formula, str], ...]:
    """Say how each of a layer's figures is worked out.

    Returns:
        For each figure its title, its formula, and the unit of its value (`""` for a plain count).

    Example:
        >>> from cnn_core.architecture.layers import Conv2D
        >>> row = network_figures(NetworkSpec((28, 28, 1), (Conv2D(filters=8, stride=2),))).layers[0]
        >>> [f"{title}: {formula.numbers} = {formula.value}" for title, formula, _ in layer_formulas(row)][0]
        'Output height: ⌊(28 − 3) / 2⌋ + 1 = 13'
    """
    layer, shape = row.layer, row.input_shape
    rows: list[tuple[str, Formula, str]] = []
    sides = list(shape[:2]) if len(shape) == 3 else []
    fields = row.fields_before
    for window in layer.windows():
        for axis, name in enumerate(AXES):
            rows.append((f"Output {name}", window.places_formula(sides[axis], axis), ""))
            sides[axis] = window.places(sides[axis], axis)
    rows.append(("Parameters", layer.parameters(shape), ""))
    rows.append(("Multiply-adds", layer.multiply_adds(shape), ""))
    memory = quantity("bytes a number", BYTES_PER_NUMBER) * layer.held_numbers(shape)
    rows.append(("Memory for one image", memory, "bytes"))
    for window in layer.windows():
        if fields is not None:
            for axis, name in enumerate(AXES):
                rows.append((f"Receptive field, {name}", fields[axis].size_formula(window, axis), "pixels"))
            fields = tuple(fields[axis].after(window, axis) for axis in range(len(AXES)))
    return tuple(rows)


@dataclass(frozen=True)
class _Costs:
    parameters: int = 0
    multiply_adds: int = 0
    held_numbers: int = 0

    def __add__(self, other: _Costs) -> _Costs:
        return _Costs(
            self.parameters + other.parameters,
            self.multiply_adds + other.multiply_adds,
            self.held_numbers + other.held_numbers,
        )

    def passed_limits(self) -> list[tuple[int, int, str]]:
        """Return what is above its limit: the total, the limit, and what it counts."""
        return [
            (total, limit, what)
            for total, limit, what in (
                (self.parameters, MAX_PARAMETERS, "parameters"),
                (self.multiply_adds, MAX_MULTIPLY_ADDS, "multiply-adds per image"),
                (self.held_numbers, MAX_ACTIVATIONS, "numbers to hold per image"),
            )
            if total > limit
        ]


def _costs(layer: Layer, shape: Shape) -> _Costs:
    return _Costs(layer.parameters(shape).value, layer.multiply_adds(shape).value, layer.held_numbers(shape).value)


def _fields_after(fields: tuple[AxisField, ...], layer: Layer) -> tuple[AxisField, ...]:
    for window in layer.windows():
        fields = tuple(field.after(window, axis) for axis, field in enumerate(fields))
    return fields


_SIZE_FIELDS = ("units", "filters")


def _excess(layer: Layer, shape: Shape, before: _Costs, totals: _Costs) -> Misfit | None:
    """Say which limit the network passes at this layer, and the largest size of the layer that passes none."""
    passed = totals.passed_limits()
    if not passed:
        return None
    field = next((name for name in _SIZE_FIELDS if hasattr(layer, name)), "")
    nearest = _largest_size(layer, field, shape, before) if field else None
    total, limit, what = passed[0]
    message = (
        f"With this layer ({shape_text(shape)} in) the network has {total:,} {what}; "
        f"{limit:,} is the most that this app builds."
    )
    return Misfit(field, message, nearest)


def _largest_size(layer: Layer, field: str, shape: Shape, before: _Costs) -> int | None:
    """Halve the range again and again: a layer's costs grow with its size.

    One step may go down: a residual block with as many filters as channels come in needs no convolution on its skip.
    """
    domain = domain_of(layer, field)
    assert isinstance(domain, WholeNumber)
    current = getattr(layer, field)

    def fits(size: int) -> bool:
        candidate: Layer = replace(layer, **{field: size})  # type: ignore[type-var]
        return not (before + _costs(candidate, shape)).passed_limits()

    low, high = domain.low - 1, current
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if fits(middle) else (low, middle)
    if low < shape[-1] < current and fits(shape[-1]):
        low = shape[-1]
    return low if low >= domain.low else None
