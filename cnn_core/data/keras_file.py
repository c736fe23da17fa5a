"""A data set that lies in one published Keras archive: where it is looked for, and what is said if it is not there."""

from __future__ import annotations

from dataclasses import dataclass

from cnn_core.data.dataset import Dataset
from cnn_core.data.entry import Availability, DownloadSource
from cnn_core.data.folder import data_folder, find_data_file
from cnn_core.data.npz import KerasLayout, check_keras_npz, read_keras_npz
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
    """

    slug: str
    title: str
    class_names: tuple[str, ...]
    layout: KerasLayout
    source: DownloadSource

    def availability(self) -> Availability:
        """Whether the file is there and its headers are right. Takes a few milliseconds."""
        path = find_data_file(self.source.file_name)
        if path is None:
            size = "" if self.source.size_bytes is None else f" ({self.source.size_bytes / 1e6:.0f} MB)"
            return Availability(
                False,
                f"{self.title} is not on this computer yet: download it{size}, "
                f"or put {self.source.file_name} into {data_folder()}.",
            )
        try:
            check_keras_npz(path, self.layout, self._remedy_for_bad_file())
        except ClassroomError as error:
            return Availability(False, _one_sentence(error))
        return Availability(True, f"{self.title} is read from {path}.")

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
                f"Download it, or put {self.source.file_name} into {data_folder()}.",
            )
        train, test = read_keras_npz(path, self.layout, self._remedy_for_bad_file())
        return Dataset(self.slug, self.class_names, train, test)

    def _remedy_for_bad_file(self) -> str:
        return f"Download {self.title} again, or put the right {self.source.file_name} into {data_folder()}."


def _one_sentence(error: ClassroomError) -> str:
    """Join problem and remedy, which here always begins with a verb."""
    return f"{error.problem.rstrip('.')}: {error.remedy[:1].lower()}{error.remedy[1:]}"
