"""Loading TensorFlow behind the page: once, in words when it fails, at once when somebody waits."""

from __future__ import annotations

import importlib.util
import threading
import types
from collections.abc import Callable

import pytest

from cnn_core import warm_up


@pytest.fixture
def fresh() -> types.ModuleType:
    """The module as a new process would have it."""
    found = importlib.util.find_spec("cnn_core.warm_up")
    assert found is not None
    assert found.loader is not None
    module = importlib.util.module_from_spec(found)
    found.loader.exec_module(module)
    return module


def loads(module: types.ModuleType, what: Callable[[], None]) -> None:
    module._take_one_step = what  # type: ignore[attr-defined]


def test_nothing_is_loaded_before_it_is_asked_for(fresh: types.ModuleType) -> None:
    loads(fresh, lambda: pytest.fail("loaded too early"))
    assert fresh.state() == fresh.WarmUpState(is_ready=False, elapsed_s=0.0, failure="")


def test_loading_happens_once_however_often_it_is_asked_for(fresh: types.ModuleType) -> None:
    times: list[int] = []
    loads(fresh, lambda: times.append(1))
    for _ in range(5):
        fresh.start()
    assert fresh.wait(10)
    assert times == [1]
    assert fresh.state().is_ready


def test_first_page_has_a_head_start_unless_somebody_waits(
    fresh: types.ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fresh, "HEAD_START_S", 60.0)
    begun = threading.Event()
    loads(fresh, begun.set)
    fresh.start()
    assert not begun.wait(0.05)
    fresh.hurry()
    assert begun.wait(10)


def test_failure_is_one_sentence_with_its_remedy(fresh: types.ModuleType) -> None:
    def fail() -> None:
        raise ImportError("libcuda.so.1: cannot open shared object file")

    loads(fresh, fail)
    fresh.start()
    assert not fresh.wait(0.5)
    assert fresh.state().failure.startswith("TensorFlow cannot be loaded on this machine.")
    assert "libcuda" not in fresh.state().failure


@pytest.mark.slow
def test_real_loading_leaves_a_trainer_that_has_taken_a_step() -> None:
    warm_up.start()
    assert warm_up.wait(120)
