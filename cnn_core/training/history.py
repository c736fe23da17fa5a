"""Numbers that only ever grow at the end, readable from other threads without a lock."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt


class MetricSeries:
    """A list of float32 numbers to which one thread appends while others read.

    Readers get `values()`: a view of what was there at that moment. It never changes afterwards, because numbers
    behind its end are written to places that it does not cover, and growth moves to a new array.

    Example:
        >>> series = MetricSeries()
        >>> series.append(0.5)
        >>> early = series.values()
        >>> series.append(0.25)
        >>> early.tolist(), series.values().tolist()
        ([0.5], [0.5, 0.25])
    """

    def __init__(self, capacity: int = 256) -> None:
        self._numbers = np.empty(max(1, capacity), dtype=np.float32)
        self._count = 0

    def __len__(self) -> int:
        return self._count

    def append(self, value: float) -> None:
        """Add one number at the end."""
        if self._count == len(self._numbers):
            self._numbers = np.concatenate([self._numbers, np.empty_like(self._numbers)])
        self._numbers[self._count] = value
        self._count += 1

    def values(self) -> npt.NDArray[np.float32]:
        """Return all numbers so far, `(count,)`, read-only."""
        view = self._numbers[: self._count]
        view.flags.writeable = False
        return view
