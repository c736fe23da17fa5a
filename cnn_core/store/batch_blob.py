"""The numbers of some batches as one piece of bytes."""

from __future__ import annotations

import zlib

import numpy as np
import numpy.typing as npt

Numbers = npt.NDArray[np.float32]

BYTES_PER_BATCH = 12
"""Loss, accuracy and learning rate take four bytes each."""


def pack_batches(loss: npt.ArrayLike, accuracy: npt.ArrayLike, learning_rate: npt.ArrayLike) -> tuple[bytes, int, int]:
    """Put the numbers of some batches together.

    Args:
        loss: `(count,)`, loss of each batch.
        accuracy: `(count,)`, accuracy of each batch, 0 to 1.
        learning_rate: `(count,)`, learning rate of each step.

    Returns:
        The bytes, how many batches they hold, and their checksum.

    Raises:
        ValueError: If the arrays are not of one length.
    """
    rows = [np.asarray(row, "<f4") for row in (loss, accuracy, learning_rate)]
    if any(row.ndim != 1 or len(row) != len(rows[0]) for row in rows):
        shapes = ", ".join(str(row.shape) for row in rows)
        raise ValueError(f"loss, accuracy and learning_rate must be (count,). Received: {shapes}.")
    numbers = np.stack(rows).tobytes()
    return numbers, len(rows[0]), zlib.crc32(numbers)


def unpack_batches(numbers: object, count: object, checksum: object) -> Numbers | None:
    """Take the numbers of some batches apart again.

    Args:
        numbers: What `pack_batches` made.
        count: How many batches it holds.
        checksum: Its checksum.

    Returns:
        `(3, count)`: loss, accuracy and learning rate; or `None` if they are damaged.
    """
    if not isinstance(numbers, bytes) or not isinstance(count, int) or count < 1:
        return None
    if len(numbers) != BYTES_PER_BATCH * count or zlib.crc32(numbers) != checksum:
        return None
    return np.frombuffer(numbers, "<f4").reshape(3, count)
