"""A progress bar for work that may be over before one could read it."""

from __future__ import annotations

from collections.abc import Callable
from time import monotonic

from streamlit.delta_generator import DeltaGenerator

from dashboard.words import time_left

SHOWN_AFTER_S = 0.4
"""What is done sooner needs no progress bar; it would only flicker."""
TOLD_FROM_S = 5.0
"""Where it takes longer, the time left is said."""


def progress_teller(slot: DeltaGenerator, words: str) -> Callable[[float], None]:
    """Make a function that is told which share is done, and shows it once the work takes a while.

    Args:
        slot: An empty place of the page; it is empty again at the end.
        words: What is being done.
    """
    began_s = monotonic()

    def tell(share: float) -> None:
        elapsed_s = monotonic() - began_s
        if share >= 1:
            slot.empty()
        elif elapsed_s >= SHOWN_AFTER_S:
            left_s = elapsed_s * (1 - share) / max(share, 1e-3)
            ending = f" · {time_left(left_s)}" if elapsed_s + left_s > TOLD_FROM_S else ""
            slot.progress(share, text=f"{words}{ending}")

    return tell
