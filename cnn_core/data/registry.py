"""Every data set by its short name, and the ones that are loaded. Menus and tests iterate over `DATASETS`."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import MutableMapping

from cnn_core.data.catalogue import catalogue
from cnn_core.data.dataset import Dataset
from cnn_core.data.entry import Availability, DatasetEntry, DownloadSource
from cnn_core.data.live_entries import LiveEntries
from cnn_core.errors import ClassroomError

__all__ = [
    "DATASETS",
    "Availability",
    "DatasetEntry",
    "DownloadSource",
    "dataset_entry",
    "dataset_title",
    "forget_loaded",
    "load_dataset",
]

MOST_LOADED = 4
"""How many data sets stay in memory. MNIST takes 55 MB, the whole of CIFAR-10 would take 184 MB."""


def _load(slug: str) -> Dataset:
    return load_dataset(slug)


_guard = threading.Lock()
_loaded: OrderedDict[str, Dataset] = OrderedDict()
_loading: dict[str, threading.Lock] = {}


def _forget_others(known: set[str]) -> None:
    """Forget loaded data sets that are in the list no longer."""
    with _guard:
        for slug in set(_loaded) - known:
            del _loaded[slug]
        for slug in set(_loading) - known:
            del _loading[slug]


DATASETS: MutableMapping[str, DatasetEntry] = LiveEntries(lambda: catalogue(_load), _forget_others)
"""Every data set, in the order of the menu, the own ones last; always up to date."""


def dataset_entry(slug: str) -> DatasetEntry:
    """Look a data set up by its short name.

    Args:
        slug: The short name, as `"digits"`.

    Returns:
        Its entry in the registry.

    Raises:
        ClassroomError: If there is no such data set; the error names those that there are.

    Example:
        >>> dataset_entry("mnist").image_shape
        (28, 28, 1)
    """
    entry = DATASETS.get(slug)
    if entry is None and dataset_title(slug) != slug:
        raise ClassroomError(
            f"Somebody has deleted the data set “{dataset_title(slug)}”.", "Choose another one, or bring it again."
        )
    if entry is None:
        known = ", ".join(DATASETS)
        raise ClassroomError(f"There is no data set called “{slug}”.", f"Choose one of these: {known}.")
    return entry


def dataset_title(slug: str) -> str:
    """Return what a data set is called, or was called before somebody deleted it; else its short name.

    Example:
        >>> dataset_title("mnist"), dataset_title("own-long-gone-123456")
        ('MNIST', 'own-long-gone-123456')
    """
    try:
        return DATASETS[slug].title
    except KeyError:
        return slug


def load_dataset(slug: str) -> Dataset:
    """Load a data set, or hand out the one that was loaded before.

    All pages and all visitors share the same arrays, so these are read-only: copy before changing. When
    several threads ask for a data set at once, one loads it and the others wait for that.

    Args:
        slug: The short name, as `"digits"`.

    Returns:
        The data set. Its images and labels cannot be written to.

    Raises:
        ClassroomError: If there is no such data set, or it has to be downloaded or repaired first.
    """
    entry = dataset_entry(slug)
    with _guard:
        one_at_a_time = _loading.setdefault(slug, threading.Lock())
    with one_at_a_time:
        with _guard:
            found = _loaded.get(slug)
            # An entry follows the file that is there: what was loaded from another file is loaded anew.
            if found is not None and _promise(entry) == _content(found):
                _loaded.move_to_end(slug)
                return found
        dataset = entry.load()
        _check_against_entry(dataset, entry)
        _make_read_only(dataset)
        with _guard:
            _loaded[slug] = dataset
            while len(_loaded) > MOST_LOADED:
                _loaded.popitem(last=False)
        return dataset


def forget_loaded(slug: str | None = None) -> None:
    """Forget what is loaded, so that the next `load_dataset` reads its file again.

    Args:
        slug: Only this data set; every one if none is named.
    """
    with _guard:
        if slug is None:
            _loaded.clear()
        else:
            _loaded.pop(slug, None)


def _content(dataset: Dataset) -> tuple[object, ...]:
    return dataset.slug, dataset.class_names, dataset.train.images.shape, dataset.test.images.shape


def _promise(entry: DatasetEntry) -> tuple[object, ...]:
    shapes = ((count, *entry.image_shape) for count in (entry.train_count, entry.test_count))
    return entry.slug, entry.class_names, *shapes


def _check_against_entry(dataset: Dataset, entry: DatasetEntry) -> None:
    """A menu promises what the entry says, so a loader that brings something else is a mistake of ours."""
    received, expected = _content(dataset), _promise(entry)
    if received != expected:
        raise ValueError(f"The loader must bring what the entry says: {expected}. Received: {received}.")


def _make_read_only(dataset: Dataset) -> None:
    for part in (dataset.train, dataset.test):
        part.images.setflags(write=False)
        part.labels.setflags(write=False)
