"""How a network is trained as a short text for an address, and back; the data set stands in the address by itself."""

from __future__ import annotations

import re

from cnn_core.architecture.record_text import record_from_text, record_to_text
from cnn_core.augmentation.settings import Augmentation
from cnn_core.errors import ClassroomError
from cnn_core.training.settings import TrainingSettings

VERSION = 1
"""Raised when a default, a letter or the order of a list of options changes: old texts would mean other settings."""

MAX_LENGTH = 800
"""The longest text that is looked at. With all digits of every setting there are some 400 characters."""

REMEDY = "Use the whole link, unchanged, or choose the settings anew."

_TEXT = re.compile(r"([0-9]+)(?:_([A-Za-z0-9.-]+))?(?:__([A-Za-z0-9.-]+))?")


def settings_to_address(settings: TrainingSettings) -> str:
    """Write settings without their data set; equal settings give equal text.

    Example:
        >>> settings_to_address(TrainingSettings(epochs=5, optimizer="sgd")), settings_to_address(TrainingSettings())
        ('1_e5o1', '1')
        >>> from cnn_core.augmentation.settings import Augmentation
        >>> settings_to_address(TrainingSettings(augmentation=Augmentation(shift=0.1)))
        '1__s0.1'
    """
    own, augmentation = record_to_text(settings), record_to_text(settings.augmentation)
    return f"{VERSION}{own and f'_{own}'}{augmentation and f'__{augmentation}'}"


def settings_from_address(text: str, dataset: str = TrainingSettings.dataset) -> TrainingSettings:
    """Read what `settings_to_address` wrote.

    Args:
        text: The settings; what is not mentioned has its default.
        dataset: Slug of the data set. It is not looked up here.

    Raises:
        ClassroomError: If the text is too long, of another version, or no settings.

    Example:
        >>> settings_from_address("1_e5o1").optimizer
        'sgd'
    """
    if len(text) > MAX_LENGTH:
        raise ClassroomError(f"The settings in this address are longer than {MAX_LENGTH} characters.", REMEDY)
    found = _TEXT.fullmatch(text)
    if found is None:
        raise ClassroomError("The settings in this address are empty or damaged.", REMEDY)
    version, record, augmentation = found.groups(default="")
    if version != str(VERSION):
        raise ClassroomError(f"The settings in this address are not of version {VERSION}, which is read here.", REMEDY)
    try:
        changes = record_from_text(Augmentation, augmentation)
        return record_from_text(TrainingSettings, record, dataset=dataset, augmentation=changes)
    except ValueError as error:
        raise ClassroomError(f"The settings in this address cannot be read: {error}", REMEDY) from error
