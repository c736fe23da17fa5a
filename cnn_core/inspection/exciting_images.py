"""The images that excite the units of a layer most, and the place in each that does it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol

import numpy as np
import numpy.typing as npt

from cnn_core.architecture.receptive_field import mask_runs, network_reach
from cnn_core.architecture.spec import NetworkSpec
from cnn_core.errors import ClassroomError
from cnn_core.inspection.records import FloatArray

Places = npt.NDArray[np.integer[Any]]


class LayerOutputs(Protocol):
    """A network that shows what its layers make of images."""

    def layer_outputs(self, images: npt.NDArray[Any], layer: str) -> FloatArray:
        """Return a layer's outputs, `(count, height, width, channels)` or `(count, units)`."""
        ...


class ExcitingImage(NamedTuple):
    """An image and the place in a unit's map that is largest there.

    Args:
        image: Which image, from 0.
        value: The map's maximum.
        row: Its row in the map, from 0; the uppermost one where several are equal.
        column: Its column, from 0; the leftmost one.
    """

    image: int
    value: float
    row: int
    column: int


class Box(NamedTuple):
    """A part of an image, in pixels; bottom and right are the first that do not belong to it."""

    top: int
    left: int
    bottom: int
    right: int


@dataclass(frozen=True, eq=False)
class Excitement:
    """How strongly images excite every unit of a layer, as far as they have been looked at.

    Args:
        done: Images that have been looked at.
        total: All of them.
        indices: `(best, units)`, the images that excite each unit most, the most exciting one first.
        values: `(best, units)`, the maximum of the unit's map for each.
        rows: `(best, units)`, where the maximum is.
        columns: `(best, units)`, the same.
        lowest: `(units,)`, the maximum of the unit's map for the image that excites it least.
    """

    done: int
    total: int
    indices: Places
    values: FloatArray
    rows: Places
    columns: Places
    lowest: FloatArray

    def of(self, channel: int) -> tuple[ExcitingImage, ...]:
        """Return what excites one unit most, the most exciting image first."""
        arrays = (self.indices, self.values, self.rows, self.columns)
        return tuple(ExcitingImage(*row) for row in zip(*(array[:, channel].tolist() for array in arrays), strict=True))

    def is_constant(self, channel: int) -> bool:
        """Whether all images excite the unit equally; so it is with dead units, whose maps are 0 everywhere."""
        return bool(self.values[0, channel] == self.lowest[channel])


def exciting_images(
    network: LayerOutputs, images: npt.NDArray[Any], layer: str, best: int = 9, batch: int = 64
) -> Iterator[Excitement]:
    """Find for every unit of a layer the images that excite it most, by the maximum of its map.

    All units of the layer are looked at together, since they come from the same forward passes. Of images that excite
    a unit equally, those that come first are taken.

    Args:
        network: The network.
        images: `(count, height, width, channels)` as the network takes them, at least one.
        layer: The layer's name.
        best: How many images to keep for each unit, at least 1.
        batch: Images that go through the network at a time.

    Yields:
        What has been found after each batch; the last one is the answer.

    Raises:
        ClassroomError: If an output is no number.
        ValueError: If there are no images, or `best` or `batch` is below 1.

    Reference:
        Zeiler & Fergus 2014, *Visualizing and understanding convolutional networks*, section 4.
    """
    if not len(images) or best < 1 or batch < 1:
        raise ValueError(
            "images, best and batch must be at least 1. "
            f"Received: images of shape {images.shape}, best={best}, batch={batch}."
        )
    found: Excitement | None = None
    for start in range(0, len(images), batch):
        outputs = network.layer_outputs(images[start : start + batch], layer)
        check_finite(outputs)
        found = _merged(found, _peaks(outputs, start, len(images)), best)
        yield found


def sample_places(total: int, most: int, seed: int = 0) -> npt.NDArray[np.int64]:
    """Choose images at random, so that a data set sorted by class gives some of each; all where there are few.

    Args:
        total: How many there are.
        most: How many to choose at most.
        seed: Of the choice.

    Returns:
        Their places in rising order.

    Example:
        >>> sample_places(3, 5).tolist(), len(sample_places(100, 5))
        ([0, 1, 2], 5)
    """
    if total <= most:
        return np.arange(total)
    return np.sort(np.random.default_rng(seed).choice(total, most, replace=False))


def seen_box(spec: NetworkSpec, layer: str, row: int, column: int) -> Box | None:
    """Return the smallest part of the image that has all pixels which a place of a layer sees.

    Args:
        spec: A network that can be built.
        layer: The layer's name.
        row: Row of the place in the layer's output; 0 where it has no height.
        column: Its column; 0 where it has no width.

    Returns:
        The part; nothing where the place sees padding alone.

    Example:
        >>> from cnn_core.architecture.layers import Conv2D, Pooling2D
        >>> seen_box(NetworkSpec((8, 8, 1), (Conv2D(), Pooling2D())), "pool_1", 1, 0)
        Box(top=2, left=0, bottom=6, right=4)
    """
    reach = network_reach(spec)[spec.layer_names.index(layer)]
    rows, columns = mask_runs(reach.rows[row]), mask_runs(reach.columns[column])
    return Box(rows[0][0], columns[0][0], rows[-1][1] + 1, columns[-1][1] + 1) if rows and columns else None


def check_finite(values: npt.NDArray[np.floating[Any]]) -> None:
    """Raise if one of a network's numbers is none.

    Raises:
        ClassroomError: If one is infinite or not a number.
    """
    if not np.isfinite(values).all():
        raise ClassroomError(
            "This network's training has diverged: what it computes are no numbers any more.",
            "Look at an earlier moment of its training, or train it again with a smaller learning rate.",
        )


def _peaks(outputs: FloatArray, start: int, total: int) -> Excitement:
    """Find each map's maximum in each image of a batch; the images stay in their order."""
    count, units = len(outputs), outputs.shape[-1]
    width = outputs.shape[2] if outputs.ndim == 4 else 1
    flat = outputs.reshape(count, -1, units)
    places = flat.argmax(axis=1).astype(np.int32)  # a layer may have very many units
    values = np.take_along_axis(flat, places[:, np.newaxis], axis=1)[:, 0]
    indices = np.broadcast_to(np.arange(start, start + count, dtype=np.int32)[:, np.newaxis], (count, units))
    return Excitement(start + count, total, indices, values, places // width, places % width, values.min(axis=0))


def _merged(before: Excitement | None, new: Excitement, best: int) -> Excitement:
    """Keep the best of both. All that is in `before` comes first, so that a stable order settles ties."""
    parts = [new] if before is None else [before, new]
    order = np.argsort(-np.concatenate([part.values for part in parts]), axis=0, kind="stable")[:best]

    def kept(arrays: list[npt.NDArray[Any]]) -> npt.NDArray[Any]:
        return np.take_along_axis(np.concatenate(arrays), order, axis=0)

    return Excitement(
        new.done,
        new.total,
        indices=kept([part.indices for part in parts]),
        values=kept([part.values for part in parts]),
        rows=kept([part.rows for part in parts]),
        columns=kept([part.columns for part in parts]),
        lowest=np.min([part.lowest for part in parts], axis=0),
    )
