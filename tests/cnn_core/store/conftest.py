"""What all tests of the store share."""

from __future__ import annotations

import os

import pytest


@pytest.fixture(autouse=True)
def _disk_that_need_not_be_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """Files reach the disk when the system likes: that matters when the power fails, which no test lets happen."""
    monkeypatch.setattr(os, "fsync", lambda descriptor: None)
