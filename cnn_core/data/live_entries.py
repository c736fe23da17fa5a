"""The list of data sets as it stands now: those known by name, and those that were brought to this server."""

from __future__ import annotations

import threading
from collections.abc import Callable, ItemsView, Iterator, MutableMapping, ValuesView

from cnn_core.data.entry import DatasetEntry
from cnn_core.data.folder import data_folder, keras_cache_folder
from cnn_core.data.folder_watch import FolderWatch
from cnn_core.data.own.sets import departed_entries, own_entries

Entries = dict[str, DatasetEntry]


class LiveEntries(MutableMapping[str, DatasetEntry]):
    """Every data set by its short name, in the order of the menu. It is always up to date, and cheap to ask.

    The catalogue is made anew when something was put into the data folder or Keras's cache, because an entry may
    depend on the file that is there; the own sets are listed anew when their folder has changed.

    An own set can be deleted while somebody else's page is being drawn. So `entries[slug]` still finds one that was
    there before, whose `availability` says that it is gone; `in`, `get` and the lists know it no more.

    Args:
        make_catalogue: Makes the entries that are known by name.
        when_changed: Is told which short names there are now, whenever the list may have changed.
    """

    def __init__(
        self, make_catalogue: Callable[[], tuple[DatasetEntry, ...]], when_changed: Callable[[set[str]], None]
    ) -> None:
        self._make_catalogue = make_catalogue
        self._when_changed = when_changed
        self._watch = FolderWatch()
        self._lock = threading.RLock()
        self._named: tuple[DatasetEntry, ...] = ()
        self._own: tuple[DatasetEntry, ...] = ()
        self._by_hand: Entries = {}
        self._all: Entries = {}

    def __getitem__(self, slug: str) -> DatasetEntry:
        there = self._now()
        return there[slug] if slug in there else departed_entries()[slug]

    def __contains__(self, slug: object) -> bool:
        return slug in self._now()

    def get(self, slug: str, default: DatasetEntry | None = None) -> DatasetEntry | None:  # type: ignore[override]
        """Return the entry of a data set that is there now."""
        return self._now().get(slug, default)

    def __iter__(self) -> Iterator[str]:
        return iter(self._now())

    def __len__(self) -> int:
        return len(self._now())

    def items(self) -> ItemsView[str, DatasetEntry]:
        """All short names with their entries, as they stand at one moment; asks the disk once."""
        return self._now().items()

    def values(self) -> ValuesView[DatasetEntry]:
        """All entries, as they stand at one moment; asks the disk once."""
        return self._now().values()

    def __setitem__(self, slug: str, entry: DatasetEntry) -> None:
        """Put an entry in by hand, in place of what has this short name; made for tests."""
        with self._lock:
            is_already_there = any(entry is other for other in (*self._named, *self._own))
            kept = {name: other for name, other in self._by_hand.items() if name != slug}
            self._by_hand = kept if is_already_there else kept | {slug: entry}
            self._merge()

    def __delitem__(self, slug: str) -> None:
        with self._lock:
            self._by_hand = {name: entry for name, entry in self._by_hand.items() if name != slug}
            self._merge()

    def _now(self) -> Entries:
        """The list as it stands; nobody changes a dictionary that was handed out, so it can be walked in peace."""
        with self._lock:
            own = own_entries()
            is_other = own is not self._own
            if self._watch.has_changed(data_folder(), keras_cache_folder()) or not self._named:
                self._named, is_other = self._make_catalogue(), True
            self._own = own
            if is_other:
                self._merge()
            return self._all

    def _merge(self) -> None:
        self._all = {entry.slug: entry for entry in (*self._named, *self._own)} | self._by_hand
        self._when_changed(set(self._all))
