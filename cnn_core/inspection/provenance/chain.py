"""From a number down to the pixels, step by step."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import numpy as np
import numpy.typing as npt

from cnn_core.architecture.layers import Shape
from cnn_core.architecture.receptive_field import mask_runs, network_reach
from cnn_core.architecture.spec import NetworkSpec
from cnn_core.data.scaling import to_network_input
from cnn_core.inspection.provenance import pooling, single, sums
from cnn_core.inspection.provenance.nodes import DEPTHWISE, Node, Read, build_nodes
from cnn_core.inspection.provenance.records import IMAGE, Doubles, Origin, PixelOrigin, Places, Position, Unexplained
from cnn_core.inspection.records import LayerOutput

Runs = tuple[tuple[int, int], ...]
OriginOf = Callable[[Node, Position, Read], Origin]
ValuesOf = Callable[[Node, Places, Places, Read], Doubles]

ORIGINS: Mapping[str, OriginOf] = MappingProxyType(
    {
        "Conv2D": sums.convolution_origin,
        DEPTHWISE: sums.convolution_origin,
        "Dense": sums.dense_origin,
        "MaxPooling2D": pooling.pooling_origin,
        "AveragePooling2D": pooling.pooling_origin,
        "MinPooling2D": pooling.pooling_origin,
        "GlobalMaxPooling2D": pooling.global_pooling_origin,
        "GlobalAveragePooling2D": pooling.global_pooling_origin,
        "BatchNormalization": single.normalized_origin,
        "Activation": single.activated_origin,
        "Dropout": single.dropped_origin,
        "Flatten": single.flattened_origin,
        "Add": single.added_origin,
    }
)
"""For each class of Keras layers the function that says where a number of it came from."""

VALUES: Mapping[str, ValuesOf] = MappingProxyType(
    {
        "Conv2D": sums.convolution_values,
        DEPTHWISE: sums.convolution_values,
        "MaxPooling2D": pooling.picked_values,
        "BatchNormalization": single.normalized_values,
        "Activation": single.activated_values,
        "Add": single.added_values,
    }
)
"""The function that computes it, for what may stand within a layer: a forward pass tells only of whole layers."""


@dataclass(frozen=True)
class Field:
    """The pixels that a number depends on: those in one of the rows and in one of the columns.

    Args:
        rows: Runs of neighbouring rows, each as its first and its last, from 0.
        columns: The same of columns.
    """

    rows: Runs
    columns: Runs

    @property
    def box(self) -> tuple[int, int, int, int] | None:
        """Top, left, bottom and right of the smallest rectangle around them; the last two are beyond it.

        Nothing where there are no pixels, as for a wide kernel whose every weight lies on padding.
        """
        if not (self.rows and self.columns):
            return None
        return self.rows[0][0], self.columns[0][0], self.rows[-1][1] + 1, self.columns[-1][1] + 1

    @property
    def pixel_count(self) -> int:
        """How many pixels they are."""
        down, across = (sum(last - first + 1 for first, last in runs) for runs in (self.rows, self.columns))
        return down * across


class Provenance:
    """What one image made of a network, ready to say of each number where it came from.

    Args:
        spec: The network.
        weights: Its weights in Keras's order.
        image: `(height, width, channels)` as the network takes it; `uint8`, or a float type from 0 to 1.
        outputs: What each layer gives out for it, as `NetworkProbe.feature_maps` says.

    Raises:
        ClassroomError: If the network cannot be built.
        ValueError: If weights, image or outputs belong to another network.
    """

    def __init__(
        self,
        spec: NetworkSpec,
        weights: Sequence[npt.NDArray[Any]],
        image: npt.NDArray[Any],
        outputs: Sequence[LayerOutput],
    ) -> None:
        self.nodes = build_nodes(spec, weights)
        self.spec = spec
        self._image = image
        self._known: dict[str, npt.NDArray[Any]] = {IMAGE: to_network_input(image)}
        self._known |= {output.name: output.values.reshape(_places(output.shape)) for output in outputs}
        wanted = {IMAGE: spec.input_shape} | {name: self.nodes[name].output_shape for name in spec.layer_names}
        shapes = {name: values.shape for name, values in self._known.items()}
        if shapes != {name: _places(shape) for name, shape in wanted.items()}:
            raise ValueError(f"image and outputs must have the shapes {wanted}. Received: {shapes}.")

    def origin(self, position: Position) -> Origin:
        """Say where a number came from.

        Raises:
            ValueError: If there is no such number.
        """
        self._check(position)
        row, column, channel = position.row, position.column, position.channel
        if position.node == IMAGE:
            value = float(self._known[IMAGE][row, column, channel])
            stored = int(self._image[row, column, channel]) if self._image.dtype == np.uint8 else None
            return PixelOrigin(position, value, stored)
        node = self.nodes[position.node]
        if node.class_name not in ORIGINS:
            return Unexplained(position, float(self._known[node.name][row, column, channel]))
        with np.errstate(all="ignore"):  # a network that has lost its numbers is shown as it is
            return ORIGINS[node.class_name](node, position, self.read)

    def chain(self, position: Position, chosen: Mapping[Position, Position] | None = None) -> tuple[Origin, ...]:
        """Follow a number down to a pixel.

        Args:
            position: Where it stands.
            chosen: For a number the one to follow among those that it was made of, instead of the one that contributed
                most. What does not belong is passed over.

        Returns:
            The number's own record first, the pixel's last; fewer where a kind of layer is not known, or where a whole
            patch lies on padding.

        Raises:
            ValueError: If there is no such number.
        """
        found = [self.origin(position)]
        while True:
            here = found[-1]
            wanted = (chosen or {}).get(here.position)
            below = wanted if wanted is not None and here.has_source(wanted) else here.main_source
            if below is None:
                return tuple(found)
            found.append(self.origin(below))

    def receptive_field(self, position: Position) -> Field:
        """Say which pixels a number of a layer depends on, whatever the image and the weights.

        Args:
            position: Where it stands; a layer's number, not one within a layer.

        Raises:
            ValueError: If there is no such number.

        Reference:
            Araujo, Norris & Sim 2019, *Computing receptive fields of convolutional neural networks*, Distill.
        """
        self._check(position)
        if position.node == IMAGE:
            return Field(((position.row, position.row),), ((position.column, position.column),))
        reach = network_reach(self.spec)[self.spec.layer_names.index(position.node)]
        is_list = len(self.nodes[position.node].output_shape) == 1
        if is_list and len(reach.rows) * len(reach.columns) > 1:
            # A list of what once had height and width: the place is that of the number that it was made of.
            source = self.origin(position).main_source
            return self.receptive_field(source) if source is not None else self._everything()
        row, column = min(position.row, len(reach.rows) - 1), min(position.column, len(reach.columns) - 1)
        return Field(mask_runs(reach.rows[row]), mask_runs(reach.columns[column]))

    def value(self, position: Position) -> float:
        """Return a number as the network computed it; within a layer, where it tells of none, as it is computed here.

        Raises:
            ValueError: If there is no such number.
        """
        self._check(position)
        numbers = self.read(position.node, np.array([position.row]), np.array([position.column]))
        return float(numbers[0, 0, position.channel])

    def range_of(self, node: str) -> tuple[float, float] | None:
        """Return the smallest and the largest number of a layer or the image; nothing for what is within a layer."""
        values = self._known.get(node)
        return None if values is None else (float(values.min()), float(values.max()))

    def read(self, node: str, rows: Places, columns: Places) -> Doubles:
        """Read or compute `(rows, columns, channels)` numbers of a node, at every pair of a row and a column."""
        if node in self._known:
            return self._known[node][rows[:, np.newaxis], columns].astype(np.float64)
        step = self.nodes[node]
        if step.class_name not in VALUES:
            raise ValueError(f"A {step.class_name} within a layer is not known. Received: node={node!r}.")
        return VALUES[step.class_name](step, rows, columns, self.read)

    def _everything(self) -> Field:
        height, width, _ = self.spec.input_shape
        return Field(((0, height - 1),), ((0, width - 1),))

    def _check(self, position: Position) -> None:
        if position.node != IMAGE and position.node not in self.nodes:
            raise ValueError(f"node must be a layer of the network or a part of one. Received: node={position.node!r}.")
        shape = self.spec.input_shape if position.node == IMAGE else self.nodes[position.node].output_shape
        place = (position.row, position.column, position.channel)
        if not all(0 <= index < size for index, size in zip(place, _places(shape), strict=True)):
            raise ValueError(f"position must lie within {shape}. Received: {position}.")


def _places(shape: Shape) -> tuple[int, int, int]:
    """The shape as height, width and channels; a list is one place with many channels."""
    height, width, channels = shape if len(shape) == 3 else (1, 1, *shape)
    return height, width, channels
