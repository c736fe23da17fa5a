"""Whether a network has seen drawings of a room before it is judged on them: it would know some of the answers."""

from __future__ import annotations

import numpy as np

from cnn_core.data.own.folder import is_own_slug
from cnn_core.data.registry import DATASETS, load_dataset
from cnn_core.errors import ClassroomError
from cnn_core.evaluation.overlap import learned_before
from cnn_core.networks import TrainedNetwork
from cnn_core.room.records import IMAGE_SHAPE, Drawings, Room
from cnn_core.room.take_away import is_from_room
from cnn_core.training.material import chosen_places
from cnn_core.training.runs import find_run


def check_origin(room: Room, network: TrainedNetwork) -> None:
    """Refuse a network whose data set was made of a room's drawings, or is not there to be looked through.

    Args:
        room: The room.
        network: The network.

    Raises:
        ClassroomError: If it has learned from this room's drawings, or nobody can tell.
    """
    learned_from = DATASETS.get(network.dataset)
    if learned_from is None:
        raise ClassroomError(
            "The data set that this network learned from is not on this server any more, so nobody can tell whether it "
            "has seen these drawings.",
            "Enter one whose data set is still here.",
        )
    if is_from_room(room, learned_from.source):
        raise ClassroomError(
            "This network has learned from drawings of this very room, so it knows some of the answers.",
            "Enter one that has never seen them.",
        )


def drawings_seen(network: TrainedNetwork, drawings: Drawings) -> int:
    """Count the drawings that are among the images of a network's training, pixel for pixel.

    Whoever takes a room's drawings along can bring them back as a data set of their own, under any name. Only sets that
    were brought are looked through: those that ship with the app, and the known ones, hold no drawing of a room.

    Args:
        network: The network.
        drawings: The drawings on which it is judged.

    Returns:
        How many of them it has learned from, or was chosen by; 0 where its data set is gone.

    Raises:
        ClassroomError: If its data set cannot be read.
    """
    entry = DATASETS.get(network.dataset)
    if entry is None or not is_own_slug(network.dataset) or entry.image_shape != IMAGE_SHAPE:
        return 0
    dataset, run = load_dataset(network.dataset), find_run(network.id)
    places = np.arange(len(dataset.train))
    if run is not None:
        places = np.concatenate(chosen_places(run.settings, dataset))
    return int(learned_before(drawings.images, (dataset.train.images[place] for place in places)).sum())


def seen_words(seen: int, count: int) -> str:
    """Say why a network is not ranked that has seen some of the drawings.

    Example:
        >>> seen_words(1, 40)
        'It has seen the answers: 1 of these 40 drawings is among the images of its training.'
    """
    is_among = "is" if seen == 1 else "are"
    return f"It has seen the answers: {seen:,} of these {count:,} drawings {is_among} among the images of its training."
