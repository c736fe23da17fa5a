"""Which of a few signs (colour, dash, symbol, letter) each compared run has."""

from __future__ import annotations

from collections.abc import Mapping, Sequence


def assigned_slots(run_ids: Sequence[str], before: Mapping[str, int]) -> dict[str, int]:
    """Give each run a number of its own; a run that has one keeps it, so that no curve changes its colour.

    Args:
        run_ids: The runs, each once.
        before: The numbers that runs had.

    Returns:
        Each run's number, from 0, the lowest number first.

    Example:
        >>> assigned_slots(["new", "kept"], {"gone": 0, "kept": 1})
        {'new': 0, 'kept': 1}
    """
    slots = {run_id: before[run_id] for run_id in run_ids if run_id in before}
    free = iter(sorted(set(range(len(run_ids) + len(before))) - set(slots.values())))
    slots |= {run_id: next(free) for run_id in run_ids if run_id not in slots}
    return dict(sorted(slots.items(), key=lambda item: item[1]))
