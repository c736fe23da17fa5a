"""What a room can draw: the classes of every data set whose images are as large as a drawing."""

from __future__ import annotations

from cnn_core.data.registry import DATASETS
from cnn_core.room.limits import MOST_CLASSES
from cnn_core.room.records import IMAGE_SHAPE


def room_subjects() -> dict[str, tuple[str, ...]]:
    """Return what a room can draw: the class names, by the title of the first data set that has them.

    Example:
        >>> next(iter(room_subjects().items()))
        ('Digits', ('0', '1', '2', '3', '4', '5', '6', '7', '8', '9'))
    """
    subjects: dict[str, tuple[str, ...]] = {}
    for entry in DATASETS.values():
        is_drawable = entry.image_shape == IMAGE_SHAPE and len(entry.class_names) <= MOST_CLASSES
        if is_drawable and entry.class_names not in subjects.values():
            subjects[entry.title] = entry.class_names
    return subjects
