"""What the registry knows about a data set, without loading it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from cnn_core.data.dataset import Dataset

Assemble = Callable[[Mapping[str, Path], Path], None]
"""Makes one archive in Keras's layout of published files, given by their names."""


@dataclass(frozen=True)
class Availability:
    """Whether a data set can be loaded right now, and what to tell the person if not.

    Args:
        is_ready: True if loading needs neither a network nor anybody's help.
        explanation: One sentence for the screen: where the data comes from, or how to get it.
    """

    is_ready: bool
    explanation: str


@dataclass(frozen=True)
class Piece:
    """One of the files that a data set was published as, where that is not one archive in Keras's layout.

    Args:
        file_name: Its name, as `"train-labels-idx1-ubyte.gz"`.
        sha256: A checksum, 64 hexadecimal digits.
        is_of_content: Whether the checksum is that of what was packed into the file, with gzip.
        in_keras_cache: Where Keras keeps it, one way for each way that Keras has had: relative to its cache.
    """

    file_name: str
    sha256: str
    is_of_content: bool = False
    in_keras_cache: tuple[str, ...] = ()


@dataclass(frozen=True)
class DownloadSource:
    """A published data set, and how to know that what arrived is that one.

    Args:
        file_name: The name under which it is kept, as `"mnist.npz"`.
        origin: The address it is fetched from; of the folder, with a slash at its end, where it is in pieces.
        sha256: The file's checksum, 64 hexadecimal digits; `""` where it is in pieces, which have their own.
        size_bytes: How much is fetched in all, or None where it is not known beforehand.
        pieces: The files that it was published as; none if that is the file itself.
        assemble: Makes the file of the pieces.
    """

    file_name: str
    origin: str
    sha256: str
    size_bytes: int | None
    pieces: tuple[Piece, ...] = ()
    assemble: Assemble | None = None

    @property
    def fetched_names(self) -> tuple[str, ...]:
        """The names of the files that are fetched."""
        return tuple(piece.file_name for piece in self.pieces) or (self.file_name,)


@dataclass(frozen=True)
class DatasetEntry:
    """One data set in the registry: everything a menu shows, and how to load it.

    Args:
        slug: The short name in addresses and saved runs, as `"mnist"`.
        title: The name on the screen.
        class_names: One name a class, in the order of the class indices.
        image_shape: Height, width and channels of one image.
        summary: One sentence for the screen. Generated data is called generated.
        train_count: How many images there are to learn from.
        test_count: How many images there are to be judged on.
        source: Whom to cite.
        load: Loads the data set, or raises a ClassroomError that says what to do. Pages call
            `registry.load_dataset`, which remembers the result.
        availability: Whether `load` would succeed. Quick enough to ask on every run of a page.
        download: Where the data can be downloaded from, or None if there is nothing to download.
        base: The data set that this one is made from; `""` if it is made from none.
        variant: How it is made from that: a name of `variants.VARIANTS`.
        has_groups: Whether it says which images belong together, as those of one patient.
    """

    slug: str
    title: str
    class_names: tuple[str, ...]
    image_shape: tuple[int, int, int]
    summary: str
    train_count: int
    test_count: int
    source: str
    load: Callable[[], Dataset]
    availability: Callable[[], Availability]
    download: DownloadSource | None
    base: str = ""
    variant: str = ""
    has_groups: bool = False
