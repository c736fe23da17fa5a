"""A network as Keras code: one statement for each Keras layer, from the nodes that `architecture.build` builds."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import count
from typing import Any

from cnn_core.architecture.layers import BLOCK_INPUT, KerasCall
from cnn_core.architecture.seeds import SEED_STRIDE, layer_seed, node_name, seeded
from cnn_core.architecture.shapes import LayerFigures, network_figures
from cnn_core.architecture.spec import NetworkSpec, shape_text
from cnn_core.export.own_source import defined_names, plain_source

LINE_LENGTH = 100
WEIGHT_SEED = f"{SEED_STRIDE} * SEED"
"""What the script's constant of that name is: the seed of the first draw."""

_INDENT = "    "
_OWN_LAYERS = "cnn_core.architecture.keras_layers"


def network_code(spec: NetworkSpec, *, ends_in_float32: bool = False) -> str:
    """Write the function `build_network` that builds the network as the app does, with equal weights for equal seeds.

    Args:
        spec: The network; it must be one that can be built.
        ends_in_float32: Whether the last layer says that it computes with float32, whatever the others do.

    Returns:
        The function. It uses the constants `IMAGE_SHAPE` and `WEIGHT_SEED` and the classes that `keras_imports` and
        `own_layers_code` bring.

    Raises:
        ClassroomError: If the network cannot be built.

    Example:
        >>> from cnn_core.architecture.layers import Flatten
        >>> code = network_code(NetworkSpec((28, 28, 1), (Flatten(),)))
        >>> [line.strip() for line in code.splitlines()[4:6]]
        ['# Flatten → 784', 'x = Flatten(name="flatten_1")(image)']
    """
    lines = [
        "def build_network():",
        '    """Build the network, layer by layer; no layer has learned anything yet."""',
        '    image = keras.Input(IMAGE_SHAPE, name="image")',
        "",
    ]
    variable = "image"
    rows = network_figures(spec).layers
    for index, row in enumerate(rows):
        more = ('dtype="float32"',) if ends_in_float32 and row is rows[-1] else ()
        statements = list(_layer_statements(row, index, variable, more))
        if len(statements) > 1 and lines[-1]:
            lines.append("")
        lines += [f"{_INDENT}# {_gives(row)}", *statements]
        if len(statements) > 1:
            lines.append("")
        variable = "x"
    if lines[-1]:
        lines.append("")
    return "\n".join([*lines, '    return keras.Model(image, x, name="network")'])


def keras_imports(spec: NetworkSpec) -> str:
    """Write the import lines for the classes that `network_code` uses; the app's own layers are not among them."""
    names: dict[str, set[str]] = {}
    own = defined_names(_OWN_LAYERS)
    for call in _calls(spec):
        if call.class_name not in own:
            names.setdefault(call.module, set()).add(call.class_name)
    return "\n".join(_import_line(f"keras.{module}", sorted(names[module])) for module in sorted(names))


def own_layers_code(spec: NetworkSpec) -> str:
    """Return the source of the layers that the network uses and Keras does not have; `""` where there are none."""
    used = {call.class_name for call in _calls(spec)} & set(defined_names(_OWN_LAYERS))
    return plain_source(_OWN_LAYERS, tuple(sorted(used))) if used else ""


def is_seeded(spec: NetworkSpec) -> bool:
    """Whether anything in the network is drawn at random, so that its code uses `WEIGHT_SEED`."""
    return any(call.is_seeded for call in _calls(spec))


def _calls(spec: NetworkSpec) -> Iterator[KerasCall]:
    waiting = [node.call for row in network_figures(spec).layers for node in row.layer.keras_nodes(row.input_shape)]
    while waiting:
        call = waiting.pop()
        yield call
        waiting += [value for value in call.arguments.values() if isinstance(value, KerasCall)]


def _import_line(module: str, names: list[str]) -> str:
    line = f"from {module} import {', '.join(names)}"
    if len(line) <= LINE_LENGTH:
        return line
    return "\n".join([f"from {module} import (", *(f"{_INDENT}{name}," for name in names), ")"])


def _gives(row: LayerFigures) -> str:
    """Say what a layer gives out: its shape and its parameters."""
    weights = f", {row.parameters:,} parameters" if row.parameters else ""
    return f"{row.layer.title} → {shape_text(row.output_shape)}{weights}"


def _layer_statements(row: LayerFigures, index: int, variable: str, more: tuple[str, ...]) -> Iterator[str]:
    """Write one statement for each Keras layer; what stays inside a block has its suffix for a name."""
    seeds = count(layer_seed(0, index))
    for node in row.layer.keras_nodes(row.input_shape):
        call = seeded(node.call, seeds)
        arguments = [f"{name}={_value_code(name, value)}" for name, value in call.arguments.items()]
        arguments += [*more, f'name="{node_name(row.name, node)}"']
        inputs = [variable if suffix == BLOCK_INPUT else suffix for suffix in node.inputs]
        given = inputs[0] if len(inputs) == 1 else f"[{', '.join(inputs)}]"
        yield _statement(f"{node.suffix or 'x'} = {call.class_name}", arguments, given)


def _statement(beginning: str, arguments: list[str], given: str) -> str:
    line = f"{_INDENT}{beginning}({', '.join(arguments)})({given})"
    if len(line) <= LINE_LENGTH:
        return line
    return "\n".join(
        [f"{_INDENT}{beginning}(", *(f"{2 * _INDENT}{argument}," for argument in arguments), f"{_INDENT})({given})"]
    )


def _value_code(name: str, value: Any) -> str:
    if isinstance(value, KerasCall):
        arguments = ", ".join(f"{inner}={_value_code(inner, given)}" for inner, given in value.arguments.items())
        return f"{value.class_name}({arguments})"
    if name == "seed":
        return f"WEIGHT_SEED + {value}" if value else "WEIGHT_SEED"
    return json.dumps(value) if isinstance(value, str) else repr(value)
