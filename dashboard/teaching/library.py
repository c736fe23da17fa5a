"""The plans that there are: those that ship, and those that teachers have brought to this server."""

from __future__ import annotations

import hashlib
import threading
from functools import cache

from dashboard.navigation import PROJECT
from dashboard.teaching.plan import Plan
from dashboard.teaching.plan_file import plan_from_bytes, plan_to_text

PLANS = PROJECT / "assets" / "plans"
SHIPPED = ("first-lesson", "lab", "explain-a-mistake")
"""The names of the plans that ship, as they stand in the address and in `assets/plans`."""
MOST_BROUGHT = 100

_brought: dict[str, Plan] = {}
_lock = threading.Lock()


@cache
def _shipped(name: str) -> Plan:
    return plan_from_bytes((PLANS / f"{name}.json").read_bytes())


def shipped_plans() -> dict[str, Plan]:
    """Return the plans that ship, by their names."""
    return {name: _shipped(name) for name in SHIPPED}


def keep_plan(plan: Plan) -> str:
    """Keep a plan that somebody has brought until the server ends, so that a reload finds it by its address.

    Of more than `MOST_BROUGHT` the oldest is forgotten.

    Returns:
        Its name for the address; the same plan has the same name.
    """
    name = f"own-{hashlib.sha256(plan_to_text(plan).encode()).hexdigest()[:16]}"
    with _lock:
        _brought.pop(name, None)
        _brought[name] = plan
        while len(_brought) > MOST_BROUGHT:
            del _brought[next(iter(_brought))]
    return name


def find_plan(name: str) -> Plan | None:
    """Return the plan of that name, if there is one here.

    Example:
        >>> find_plan("nothing") is None
        True
    """
    if name in SHIPPED:
        return _shipped(name)
    with _lock:
        return _brought.get(name)
