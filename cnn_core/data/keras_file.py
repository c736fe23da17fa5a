"""A data set that lies in one published Keras archive: where it is looked for, and what is said if it is not there."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

from cnn_core.data.dataset import Dataset
from cnn_core.data.entry import Availability, DatasetEntry, DownloadSource, Piece
from cnn_core.data.folder import data_folder, find_data_file, keras_cache_folder, shown_path
from cnn_core.data.npz import KerasLayout, check_keras_npz, keras_npz_counts, read_keras_npz
from cnn_core.errors import ClassroomError


@dataclass(frozen=True)
class KerasFile:
    """One Keras archive. It is looked for in the user's data folder first, then in Keras's cache.

    A file that the user put there by hand is checked by its shapes, not by its checksum: a file that was
    packed anew is as good. What the classroom downloads itself is checked by its checksum (`download.py`).

    Args:
        slug: The data set's short name.
        title: The data set's name on the screen.
        class_names: One name a class.
        layout: What the archive must hold.
        source: The file's name and where it can be downloaded.
        takes_any_count: Whether a file of fewer images is as good: then the entry has the counts of what is there.
    """

    slug: str
    title: str
    class_names: tuple[str, ...]
    layout: KerasLayout
    source: DownloadSource
    takes_any_count: bool = False

    def entry(self, summary: str, credit: str) -> DatasetEntry:
        """Describe the data set for the registry, with the counts of the file that is there.

        Args:
            summary: One sentence for the screen.
            credit: Whom to cite.
        """
        return _entry(self, self._as_it_is_there(), summary, credit)

    def _as_it_is_there(self) -> KerasFile:
        """The same with the counts of the file that is there, if there is one and they may differ."""
        path = find_data_file(self.source.file_name) if self.takes_any_count else None
        if path is None:
            return self
        try:
            train_count, test_count = keras_npz_counts(path, self._remedy_for_bad_file())
        except ClassroomError:
            return self
        if min(train_count, test_count) < self.layout.class_count:
            return self
        return replace(self, layout=replace(self.layout, train_count=train_count, test_count=test_count))

    def availability(self) -> Availability:
        """Whether the file is there and its headers are right. Takes a few milliseconds."""
        path = find_data_file(self.source.file_name)
        if path is None:
            size = "" if self.source.size_bytes is None else f" ({self.source.size_bytes / 1e6:.0f} MB)"
            missing = f"{self.title} is not on this computer yet: download it{size}, "
            if self.source.pieces and all(cached_piece(piece, keras_cache_folder()) for piece in self.source.pieces):
                missing = f"{self.title} lies in Keras’s cache: a click takes it from there, with no network, "
            return Availability(False, f"{missing}or put {self.source.file_name} into {shown_path(data_folder())}.")
        try:
            check_keras_npz(path, self.layout, self._remedy_for_bad_file())
        except ClassroomError as error:
            return Availability(False, _one_sentence(error))
        return Availability(True, f"{self.title} is read from {shown_path(path)}.")

    def load(self) -> Dataset:
        """Read the data set from its file.

        Returns:
            The data set, with images of the layout's shape.

        Raises:
            ClassroomError: If the file is missing or no good.
        """
        path = find_data_file(self.source.file_name)
        if path is None:
            raise ClassroomError(
                f"{self.title} is not on this computer yet.",
                f"Download it, or put {self.source.file_name} into {shown_path(data_folder())}.",
            )
        train, test = read_keras_npz(path, self.layout, self._remedy_for_bad_file())
        return Dataset(self.slug, self.class_names, train, test)

    def _remedy_for_bad_file(self) -> str:
        return (
            f"Download {self.title} again, or put the right {self.source.file_name} into {shown_path(data_folder())}."
        )


@lru_cache(maxsize=16)
def _entry(published: KerasFile, found: KerasFile, summary: str, credit: str) -> DatasetEntry:
    """The same object for as long as the same is there, so that menus see no change where there is none."""
    train_count, test_count = found.layout.train_count, found.layout.test_count
    if found != published:
        all_count = published.layout.train_count + published.layout.test_count
        part = f"the file on this computer holds {train_count:,} + {test_count:,} of its {all_count:,} images"
        summary = f"{summary.removesuffix('.')}; {part}."
    return DatasetEntry(
        slug=found.slug,
        title=found.title,
        class_names=found.class_names,
        image_shape=found.layout.image_shape,
        summary=summary,
        train_count=train_count,
        test_count=test_count,
        source=credit,
        load=found.load,
        availability=found.availability,
        download=found.source,
    )


def cached_piece(piece: Piece, cache: Path) -> Path | None:
    """Look for a published file in Keras's cache.

    Args:
        piece: The file.
        cache: Keras's cache.

    Returns:
        The first place that holds it, or None. Whether it is complete is another question.
    """
    candidates = (cache / place for place in piece.in_keras_cache)
    return next((path for path in candidates if path.is_file()), None)


def _one_sentence(error: ClassroomError) -> str:
    """Join problem and remedy, which here always begins with a verb."""
    return f"{error.problem.rstrip('.')}: {error.remedy[:1].lower()}{error.remedy[1:]}"
