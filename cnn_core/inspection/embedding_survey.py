"""What there is to know about many test images in a network's last hidden layer, whatever map shows it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from cnn_core.data.scaling import to_network_input
from cnn_core.errors import ClassroomError
from cnn_core.inspection.confusion import class_guesses
from cnn_core.inspection.embedding import PcaMap, check_vectors, pca_map
from cnn_core.inspection.embedding_neighbours import (
    Neighbourhoods,
    nearest_neighbours,
    neighbour_class,
    neighbourhoods,
)
from cnn_core.inspection.records import FloatArray, _Frozen


@dataclass(frozen=True, eq=False)
class Survey(_Frozen):
    """Test images with the network's verdicts and their neighbours.

    Args:
        indices: `(count,)`, which test images, from 0.
        labels: `(count,)`, their class indices in the data set.
        guesses: `(count,)`, the class indices of the network's verdicts.
        sureness: `(count,)`, the probability of each verdict, 0 to 1.
        around: Among whom each lies in the hidden layer, in all its dimensions.
        pixel_separation: Share of the images that lie among their own class by their pixels alone, 0 to 1.
        pca: The map by PCA.
    """

    indices: npt.NDArray[np.int64]
    labels: npt.NDArray[np.int64]
    guesses: npt.NDArray[np.int64]
    sureness: FloatArray
    around: Neighbourhoods
    pixel_separation: float
    pca: PcaMap


def take_survey(
    indices: npt.NDArray[np.int64],
    images: npt.NDArray[np.uint8],
    labels: npt.NDArray[np.int64],
    vectors: FloatArray,
    probabilities: FloatArray,
    layer_name: str,
) -> Survey:
    """Find out how images lie in a hidden layer.

    Args:
        indices: `(count,)`, which test images; at least two.
        images: `(count, height, width, channels)`, uint8.
        labels: `(count,)`, the class of each.
        vectors: `(count, size)`, what the layer gives for each.
        probabilities: `(count, classes)`, what the network says of each.
        layer_name: The layer's name, for messages.

    Raises:
        ClassroomError: If the network gives no numbers, or the same ones for every image.
    """
    check_vectors(vectors, layer_name)
    if not np.isfinite(probabilities).all():
        raise ClassroomError(
            "The network gives no numbers any more: training has diverged.",
            "Go back to an earlier moment, or train again with a smaller learning rate.",
        )
    pixels = to_network_input(images).reshape(len(images), -1)
    return Survey(
        indices=indices,
        labels=labels,
        guesses=class_guesses(probabilities),
        sureness=probabilities.max(axis=1),
        around=neighbourhoods(vectors, labels),
        pixel_separation=neighbourhoods(pixels, labels).separation,
        pca=pca_map(vectors),
    )


@dataclass(frozen=True, eq=False)
class Newcomers(_Frozen):
    """Images that are not among those of a survey, as a drawing.

    Args:
        points: `(m, 2)`, their places on the survey's map by PCA.
        guesses: `(m,)`, the class indices of the network's verdicts.
        sureness: `(m,)`, the probability of each verdict, 0 to 1.
        neighbours: `(m, k)`, their nearest neighbours among the survey's images, the nearest first.
        class_indices: `(m,)`, the class that most of these are of.
    """

    points: FloatArray
    guesses: npt.NDArray[np.int64]
    sureness: FloatArray
    neighbours: npt.NDArray[np.int64]
    class_indices: npt.NDArray[np.int64]


def place_newcomers(
    survey: Survey, vectors: FloatArray, new_vectors: FloatArray, probabilities: FloatArray
) -> Newcomers:
    """Find out where other images lie among those of a survey.

    Args:
        survey: The survey.
        vectors: `(count, size)`, what the layer gives for the survey's images.
        new_vectors: `(m, size)`, what it gives for the others.
        probabilities: `(m, classes)`, what the network says of the others.
    """
    neighbours = nearest_neighbours(vectors, of=new_vectors)
    return Newcomers(
        points=survey.pca.place(new_vectors),
        guesses=class_guesses(probabilities),
        sureness=probabilities.max(axis=1),
        neighbours=neighbours,
        class_indices=neighbour_class(survey.labels[neighbours]),
    )


def find_image(images: npt.NDArray[np.uint8], image: npt.NDArray[Any]) -> int | None:
    """Return the place of the first image that has the same pixels; nothing where none has.

    Args:
        images: `(count, height, width, channels)`.
        image: `(height, width, channels)`.

    Example:
        >>> find_image(np.arange(6, dtype=np.uint8).reshape(3, 1, 2, 1), np.array([[[2], [3]]]))
        1
    """
    if images.shape[1:] != image.shape:
        return None
    same = np.flatnonzero((images == image).all(axis=(1, 2, 3)))
    return int(same[0]) if len(same) else None
