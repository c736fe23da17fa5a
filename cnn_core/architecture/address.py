"""A network as a short text for an address, and back.

    2_28x28x1_Cf16p1_P_Cp1_P_F_N_Nu10a8
    │ │       │      │             └ a dense layer: 10 units, activation number 8 (softmax)
    │ │       │      └ pooling with nothing but defaults
    │ │       └ a convolution: 16 filters, padding number 1 (same)
    │ └ height, width and channels of one image
    └ the version of this writing

A layer is the letter of its kind and what differs from that kind's defaults, as `record_text` writes it. The text
needs no escaping in an address, and equal networks have equal addresses.
"""

from __future__ import annotations

import re

from cnn_core.architecture.layers import LAYER_KINDS, Layer
from cnn_core.architecture.record_text import record_from_text, record_to_text
from cnn_core.architecture.spec import MAX_LAYERS, NetworkSpec
from cnn_core.errors import ClassroomError

VERSION = 2
"""Raised when a default, a letter or the order of a list of options changes: old addresses would mean other networks.

It began at 2, the format of files whose kernels have a height and a width.
"""

MAX_LENGTH = 5_000
"""The longest text that is looked at. The longest address there is, 120 dense layers, has some 4,500 characters."""

REMEDY = "Use the whole link, unchanged, or build the network anew."

_TEXT = re.compile(r"[A-Za-z0-9._-]+")
_SHAPE = re.compile(r"([1-9][0-9]{0,3})x([1-9][0-9]{0,3})x([1-9][0-9]{0,3})")


def spec_to_address(spec: NetworkSpec) -> str:
    """Write a network with letters, digits, `.`, `-` and `_` only; equal networks give equal text.

    Example:
        >>> from cnn_core.architecture.layers import Conv2D, Dense, Flatten
        >>> layers = (Conv2D(filters=16, padding="same"), Flatten(), Dense(units=10, activation="softmax"))
        >>> spec_to_address(NetworkSpec((28, 28, 1), layers))
        '2_28x28x1_Cf16p1_F_Nu10a8'
    """
    shape = "x".join(str(n) for n in spec.input_shape)
    return "_".join([str(VERSION), shape, *(layer.code + record_to_text(layer) for layer in spec.layers)])


def spec_from_address(text: str) -> NetworkSpec:
    """Read what `spec_to_address` wrote.

    Settings that are mentioned with their default value, or in another order, are read too; `spec_to_address` of the
    result then gives the one address of that network. Nothing in a message is quoted but letters and numbers.

    Raises:
        ClassroomError: If the text is too long, of another version, or not a network.

    Example:
        >>> spec_from_address("2_28x28x1_F_Nu10a8").layer_names
        ('flatten_1', 'dense_1')
    """
    if len(text) > MAX_LENGTH:
        raise ClassroomError(f"The network in this address is longer than {MAX_LENGTH:,} characters.", REMEDY)
    if not _TEXT.fullmatch(text):
        raise ClassroomError(
            "The network in this address is empty, or holds characters other than letters, digits and “.-_”.", REMEDY
        )
    version, *rest = text.split("_")
    if version != str(VERSION):
        raise ClassroomError(f"The network in this address is not of version {VERSION}, which is read here.", REMEDY)
    shape = _SHAPE.fullmatch(rest[0]) if rest else None
    if shape is None:
        raise ClassroomError("The network in this address names no image size such as 28x28x1.", REMEDY)
    if not 1 <= len(rest) - 1 <= MAX_LAYERS:
        raise ClassroomError(
            f"The network in this address has {len(rest) - 1} layers; it takes 1 to {MAX_LAYERS}.", REMEDY
        )
    layers = tuple(_layer_from_text(number, part) for number, part in enumerate(rest[1:], 1))
    height, width, channels = (int(n) for n in shape.groups())
    try:
        return NetworkSpec((height, width, channels), layers)
    except ValueError as error:
        raise ClassroomError(f"The network in this address cannot be read: {error}", REMEDY) from error


def _layer_from_text(number: int, text: str) -> Layer:
    kinds = {kind.code: kind for kind in LAYER_KINDS.values()}
    if text[:1] not in kinds:
        raise ClassroomError(f"Layer {number} of the network in this address is of no known kind.", REMEDY)
    kind = kinds[text[0]]
    try:
        return record_from_text(kind, text[1:])
    except ValueError as error:
        raise ClassroomError(f"In layer {number} of this address ({kind.title.lower()}): {error}", REMEDY) from error
