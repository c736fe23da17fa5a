"""Sizes and costs of a network by arithmetic alone, and what is wrong with one that cannot be built."""

from __future__ import annotations

from dataclasses import dataclass
from math import prod

from cnn_core.architecture.layers import Layer, Misfit, Shape
from cnn_core.architecture.spec import NetworkSpec, shape_text
from cnn_core.errors import ClassroomError

MAX_PARAMETERS = 20_000_000
MAX_MULTIPLY_ADDS = 2_000_000_000
MAX_ACTIVATIONS = 20_000_000
"""Limits for one network: weights, multiply-adds for one image, and numbers held for one image in all layers."""


@dataclass(frozen=True)
class LayerFigures:
    """What one layer takes in, gives out and costs, for one image.

    Args:
        name: The layer's name in the network, as Keras gets it.
        layer: The layer itself.
        input_shape: Shape of what comes in, without the batch axis.
        output_shape: Shape of what goes out, without the batch axis.
        parameters: All weights.
        trainable_parameters: The weights that gradient descent changes.
        multiply_adds: Multiplications with a weight, for one image.
    """

    name: str
    layer: Layer
    input_shape: Shape
    output_shape: Shape
    parameters: int
    trainable_parameters: int
    multiply_adds: int


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
    def output_shape(self) -> Shape:
        """Shape of the network's answer for one image."""
        return self.layers[-1].output_shape


def find_problem(spec: NetworkSpec) -> Problem | None:
    """Say what keeps a network from being built, or nothing.

    Layers are looked at in order, and the first one that does not fit is reported: what follows it has no shape yet.
    """
    shape: Shape = spec.input_shape
    parameters = multiply_adds = activations = 0
    for index, layer in enumerate(spec.layers):
        misfit = layer.misfit(shape)
        if misfit is not None:
            return Problem(index, misfit.field, misfit.message, misfit.nearest)
        parameters += layer.parameter_count(shape)
        multiply_adds += layer.multiply_adds(shape)
        before = shape
        shape = layer.output_shape(shape)
        activations += prod(shape)
        excess = _excess(layer, before, parameters, multiply_adds, activations)
        if excess is not None:
            return Problem(index, excess.field, excess.message, excess.nearest)
    return None


def network_figures(spec: NetworkSpec) -> NetworkFigures:
    """Compute every layer's shape, parameters and multiply-adds without building anything.

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
    rows = []
    for name, layer in zip(spec.layer_names, spec.layers, strict=True):
        parameters = layer.parameter_count(shape)
        rows.append(
            LayerFigures(
                name=name,
                layer=layer,
                input_shape=shape,
                output_shape=layer.output_shape(shape),
                parameters=parameters,
                trainable_parameters=parameters - layer.untrained_count(shape),
                multiply_adds=layer.multiply_adds(shape),
            )
        )
        shape = rows[-1].output_shape
    return NetworkFigures(tuple(rows))


_SIZE_FIELDS = ("units", "filters")


def _excess(layer: Layer, shape: Shape, parameters: int, multiply_adds: int, activations: int) -> Misfit | None:
    """Say which limit the network passes at this layer, and the largest size of the layer that passes none."""
    passed = [
        (total, own, limit, what)
        for total, own, limit, what in (
            (parameters, layer.parameter_count(shape), MAX_PARAMETERS, "parameters"),
            (multiply_adds, layer.multiply_adds(shape), MAX_MULTIPLY_ADDS, "multiply-adds per image"),
            (activations, prod(layer.output_shape(shape)), MAX_ACTIVATIONS, "numbers to hold per image"),
        )
        if total > limit
    ]
    if not passed:
        return None
    field = next((name for name in _SIZE_FIELDS if hasattr(layer, name)), "")
    size = getattr(layer, field, 0)
    # Each cost of a layer is proportional to its size; the layers before it stay below every limit.
    nearest = min((limit - (total - own)) * size // own for total, own, limit, _ in passed) if size else 0
    total, _, limit, what = passed[0]
    message = (
        f"With this layer ({shape_text(shape)} in) the network has {total:,} {what}; "
        f"{limit:,} is the most that this app builds."
    )
    return Misfit(field, message, nearest if nearest >= 1 else None)
