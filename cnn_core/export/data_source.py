"""Where exported code finds its images: in a file beside it, or in a data set that Keras fetches."""

from __future__ import annotations

from dataclasses import dataclass, replace

from cnn_core.architecture.fields import WholeNumber, domain_of
from cnn_core.architecture.shapes import network_figures
from cnn_core.architecture.spec import NetworkSpec, shape_text
from cnn_core.data.entry import DatasetEntry
from cnn_core.data.registry import DATASETS
from cnn_core.errors import ClassroomError
from cnn_core.training.settings import TrainingSettings

GROUPS_NAME = "groups_train"
"""The array in a file of images that says which of them belong together."""

OWN_IMAGES_FILE = "images.npz"
"""Where the images lie of a network that no data set here suits."""


@dataclass(frozen=True)
class KerasDataset:
    """A data set that Keras fetches.

    Args:
        title: Its name for people.
        image_shape: Height, width and channels of one image.
        class_count: How many classes it has.
        train_count: How many images there are to learn from.
    """

    title: str
    image_shape: tuple[int, int, int]
    class_count: int
    train_count: int

    def suits(self, image_shape: tuple[int, int, int], class_count: int) -> bool:
        """Whether a network that takes such images and tells so many classes apart can learn from it."""
        return (self.image_shape, self.class_count) == (image_shape, class_count)


KERAS_DATASETS = {
    "mnist": KerasDataset("MNIST", (28, 28, 1), 10, 60_000),
    "fashion_mnist": KerasDataset("Fashion-MNIST", (28, 28, 1), 10, 60_000),
    "cifar10": KerasDataset("CIFAR-10", (32, 32, 3), 10, 50_000),
    "cifar100": KerasDataset("CIFAR-100", (32, 32, 3), 100, 50_000),
}
"""The data sets of images in `keras.datasets`, by their name there."""


@dataclass(frozen=True)
class DataSource:
    """Where exported code finds its images. One of the two places is always given.

    Args:
        image_shape: Height, width and channels of one image.
        class_count: How many classes there are.
        summary: One or two sentences on the images.
        file_name: A file beside the code, in Keras's layout; `""` for none.
        keras_name: A data set of `keras.datasets`: the images, or what takes their place if the file is missing; `""`
            for none.
        most_images: The most images to learn from that there may be.
        variant: How the images are changed once they are read: a name of `VARIANTS`, or `""` for not at all.
        has_groups: Whether the file says which images belong together, so that none of a group is kept aside alone.
    """

    image_shape: tuple[int, int, int]
    class_count: int
    summary: str
    file_name: str
    keras_name: str
    most_images: int
    variant: str = ""
    has_groups: bool = False

    @property
    def is_own(self) -> bool:
        """Whether the images come from a file of the reader's own."""
        return self.file_name == OWN_IMAGES_FILE


def data_source(spec: NetworkSpec, settings: TrainingSettings) -> DataSource:
    """Say where the images for a network come from.

    That is the data set of the settings if it suits the network, else the first of the registry that does. A network
    that none suits takes a file of one's own, and one of Keras's data sets in its place where that suits.

    Raises:
        ClassroomError: If the network cannot be built, or does not end in one number a class.
    """
    outputs = network_figures(spec).output_shape
    if len(outputs) != 1:
        raise ClassroomError(
            f"This network ends in {shape_text(outputs)} numbers, but training needs one number for each class.",
            "End it with a dense layer.",
        )
    class_count = max(outputs[0], 2)
    if settings.dataset not in DATASETS:
        return _own_images(spec.input_shape, class_count, "")
    for entry in (DATASETS[settings.dataset], *DATASETS.values()):
        if entry.image_shape == spec.input_shape and len(entry.class_names) == class_count:
            return _registered(entry)
    suiting = (name for name, it in KERAS_DATASETS.items() if it.suits(spec.input_shape, class_count))
    return _own_images(spec.input_shape, class_count, next(suiting, ""))


def _registered(entry: DatasetEntry) -> DataSource:
    """A published data set is fetched by Keras; a built-in one lies beside the code; a variant is made from either."""
    if entry.variant:
        summary = f"{entry.title}. {entry.summary} Source: {entry.source}"
        return replace(_registered(DATASETS[entry.base]), summary=summary, variant=entry.variant)
    keras_name = _published_name(entry)
    file_name = "" if keras_name else f"{entry.slug}.npz"
    if not keras_name:
        alike = (
            e for e in DATASETS.values() if (e.image_shape, e.class_names) == (entry.image_shape, entry.class_names)
        )
        keras_name = next(filter(None, map(_published_name, alike)), "")
    counts = [entry.train_count, *(it.train_count for name, it in KERAS_DATASETS.items() if name == keras_name)]
    summary = f"{entry.title}. {entry.summary} Source: {entry.source}"
    return DataSource(
        entry.image_shape,
        len(entry.class_names),
        summary,
        file_name,
        keras_name,
        max(counts),
        has_groups=entry.has_groups and bool(file_name),
    )


def _published_name(entry: DatasetEntry) -> str:
    """The name of a data set in Keras; `""` if Keras does not have it."""
    name = entry.slug.replace("-", "_")
    return name if entry.download is not None and name in KERAS_DATASETS else ""


def _own_images(image_shape: tuple[int, int, int], class_count: int, keras_name: str) -> DataSource:
    most_images = domain_of(TrainingSettings, "train_count")
    assert isinstance(most_images, WholeNumber)
    summary = f"Images of {shape_text(image_shape)} in {class_count:,} classes, from a file of your own."
    return DataSource(image_shape, class_count, summary, OWN_IMAGES_FILE, keras_name, most_images.high)
