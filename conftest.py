"""What all tests share: where examples in docstrings are looked for, and which tests draw pages."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import settings

PROJECT = Path(__file__).parent

# How long one example takes says more about what else the machine does; pytest bounds the whole test.
settings.register_profile("unhurried", deadline=None)
settings.load_profile("unhurried")

# Importing these modules imports TensorFlow. They hold no examples, and the fast tests shall stay fast.
collect_ignore = [
    str(path)
    for path in sorted(PROJECT.glob("cnn_core/**/*.py"))
    if "from cnn_core.backend import" in path.read_text(encoding="utf-8")
]

FOLDERS = ("pages", "dashboard/lessons", "dashboard/panels", "dashboard/controls")
DRAWING = [PROJECT / "tests" / folder for folder in FOLDERS]
QUICK = "test_every_page.py"
"""Whether every page opens is asked by `make check` too; all else about what is drawn by `make test`."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the tests that draw pages or parts of them."""
    for item in items:
        if any(folder in item.path.parents for folder in DRAWING) and item.path.name != QUICK:
            item.add_marker(pytest.mark.page)
