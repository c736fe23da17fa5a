"""The network as a value: an input shape and a list of layers, from which everything else derives."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass, fields
from typing import Any

from cnn_core.architecture.fields import WholeNumber, has_default, short_repr
from cnn_core.architecture.layers import LAYER_KINDS, Layer, Shape
from cnn_core.errors import ClassroomError

MAX_SIDE = 512
MAX_CHANNELS = 4
MAX_LAYERS = 120
FORMAT = 2
"""Since 2 a kernel has a height and a width."""


@dataclass(frozen=True)
class NetworkSpec:
    """A network, layer by layer.

    Args:
        input_shape: `(height, width, channels)` of one image; sides 1 to 512, channels 1 to 4.
        layers: The layers in order, 1 to 120 of them; the last one gives the classes.

    Raises:
        ValueError: If the input shape or the number of layers is out of range.

    Example:
        >>> from cnn_core.architecture.layers import Dense, Flatten
        >>> spec = NetworkSpec((28, 28, 1), (Flatten(), Dense(units=10, activation="softmax")))
        >>> NetworkSpec.from_json(spec.to_json()) == spec
        True
        >>> spec.layer_names
        ('flatten_1', 'dense_1')
    """

    input_shape: tuple[int, int, int]
    layers: tuple[Layer, ...]

    def __post_init__(self) -> None:
        check_input_shape(self.input_shape)
        if not 1 <= len(self.layers) <= MAX_LAYERS:
            raise ValueError(f"A network has 1 to {MAX_LAYERS} layers. Received: {len(self.layers)} layers.")

    @property
    def layer_names(self) -> tuple[str, ...]:
        """One unique name a layer, numbered within its kind: `conv_1`, `pool_1`, `conv_2` …."""
        seen: Counter[str] = Counter()
        names = []
        for layer in self.layers:
            seen[layer.name_stem] += 1
            names.append(f"{layer.name_stem}_{seen[layer.name_stem]}")
        return tuple(names)

    def to_json(self) -> str:
        """Write the spec as compact JSON; equal specs give equal text."""
        return json.dumps(
            {
                "format": FORMAT,
                "input_shape": list(self.input_shape),
                "layers": [layer_to_dict(layer) for layer in self.layers],
            },
            separators=(",", ":"),
        )

    @classmethod
    def from_json(cls, text: str) -> NetworkSpec:
        """Read what `to_json` wrote.

        Raises:
            ClassroomError: If the text is not JSON, not of this format, or describes layers that do not exist.
        """
        remedy = "Use a file that this app has written, unchanged."
        try:
            raw = json.loads(text)
        except (ValueError, RecursionError) as error:
            raise ClassroomError("This is not a network description: it is not valid JSON.", remedy) from error
        try:
            if raw["format"] != FORMAT or isinstance(raw["format"], bool):
                found = short_repr(raw["format"])
                raise ClassroomError(
                    f"This network description has format {found}, but this version reads {FORMAT}.", remedy
                )
            layers = tuple(layer_from_dict(item) for item in raw["layers"])
            return cls(tuple(raw["input_shape"]), layers)
        except (KeyError, TypeError, ValueError, AttributeError, RecursionError) as error:
            raise ClassroomError(f"This network description cannot be read: {_reason(error)}", remedy) from error


def check_input_shape(shape: tuple[int, ...]) -> None:
    """Raise if `shape` is not the `(height, width, channels)` of an image that networks here may take.

    Raises:
        ValueError: If it has not three whole numbers, or one of them is out of range.
    """
    most = (MAX_SIDE, MAX_SIDE, MAX_CHANNELS)
    if len(shape) != 3 or not all(WholeNumber(1, high).admits(n) for n, high in zip(shape, most, strict=True)):
        raise ValueError(
            f"input_shape must be (height, width, channels), sides 1 to {MAX_SIDE}, channels 1 to {MAX_CHANNELS}. "
            f"Received: input_shape={short_repr(shape)}."
        )


def layer_to_dict(layer: Layer) -> dict[str, Any]:
    """Write one layer as a dictionary with its kind and every setting."""
    return {"kind": layer.kind} | {f.name: getattr(layer, f.name) for f in fields(layer)}  # type: ignore[arg-type]


def layer_from_dict(raw: dict[str, Any]) -> Layer:
    """Read one layer; settings that are left out take their default.

    Raises:
        ValueError: If the kind or a setting is unknown, or a value is out of range.
    """
    settings = dict(raw)
    kind = settings.pop("kind", None)
    if kind not in LAYER_KINDS:
        raise ValueError(f"kind must be one of {', '.join(LAYER_KINDS)}. Received: kind={short_repr(kind)}.")
    record = LAYER_KINDS[kind]
    known = {f.name: f for f in fields(record)}  # type: ignore[arg-type]
    unknown = settings.keys() - known.keys()
    missing = {name for name, f in known.items() if not has_default(f)} - settings.keys()
    if unknown or missing:
        names = ", ".join(short_repr(name) for name in sorted(unknown | missing)[:5])
        raise ValueError(f"{kind} does not have these settings. Received: {names}.")
    return record(**settings)


def shape_text(shape: Shape) -> str:
    """Write a shape as people say it.

    Example:
        >>> shape_text((26, 26, 32)), shape_text((10,))
        ('26×26×32', '10')
    """
    return "×".join(str(n) for n in shape)


def _reason(error: Exception) -> str:
    if isinstance(error, KeyError):
        return f"{error.args[0]!r} is missing."
    if isinstance(error, ValueError) and str(error).endswith("."):
        return str(error)
    return "its parts are not of the expected kind."
