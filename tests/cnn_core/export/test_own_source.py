"""The app's own source without its scaffolding: what is left, and that it does the same."""

from __future__ import annotations

import textwrap
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnn_core.data import split
from cnn_core.export.own_source import defined_names, plain_source
from tests.oracles import STEADY

SCAFFOLDED = '''
    """A module."""

    from typing import Any

    LIMIT: int = 3


    def area(width: int, height: "int | None" = None, *rest: Any, scale: float = 1.0, **more: Any) -> float:
        """Say how large: ×.

        Args:
            width: In pixels.
        """
        _check_width(width)
        if height is None and not more:
            raise ValueError("height is missing")

        sides: list[int] = [width, height]  # type: ignore[list-item]
        if width > 9:
            scale = 2.0
        return _product(sides) * scale  # the unit is pixels


    def unrelated() -> None:
        pass


    class Holder:
        """Hold one thing."""

        def held(self, *, thing: int) -> int:  # noqa: N805
            return thing


    def _product(numbers: list[int]) -> int:
        return numbers[0] * numbers[1]


    def _check_width(width: int) -> None:
        raise ValueError(f"width must be small. Received: width={width}.")
'''

PLAIN = '''
    def area(width, height=None, *rest, scale=1.0, **more):
        """Say how large: ×."""
        sides = [width, height]
        if width > 9:
            scale = 2.0
        return _product(sides) * scale  # the unit is pixels


    class Holder:
        """Hold one thing."""

        def held(self, *, thing):
            return thing


    def _product(numbers):
        return numbers[0] * numbers[1]
'''


@pytest.fixture
def scaffolded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    (tmp_path / "scaffolded.py").write_text(textwrap.dedent(SCAFFOLDED), encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    return "scaffolded"


def test_scaffolding_is_taken_off_and_helpers_come_along(scaffolded: str) -> None:
    assert plain_source(scaffolded, ("Holder", "area")) == textwrap.dedent(PLAIN).strip()


def test_names_are_those_at_the_top(scaffolded: str) -> None:
    assert defined_names(scaffolded) == ("area", "unrelated", "Holder", "_product", "_check_width")


def test_unknown_name_is_refused(scaffolded: str) -> None:
    with pytest.raises(KeyError, match="volume"):
        plain_source(scaffolded, ("volume",))


def test_unknown_module_is_refused() -> None:
    with pytest.raises(KeyError, match="no module no_such_module"):
        plain_source("no_such_module", ("area",))


@pytest.fixture(scope="module")
def exported() -> dict[str, Any]:
    names: dict[str, Any] = {"np": np}
    exec(plain_source("cnn_core.data.split", ("subset_indices", "stratified_split")), names)
    return names


@STEADY
@given(
    labels=st.lists(st.integers(0, 5), min_size=1, max_size=60).map(np.array),
    share=st.floats(0, 0.99),
    seed=st.integers(0, 10**6),
)
def test_exported_split_is_the_app_s(exported: dict[str, Any], labels: np.ndarray, share: float, seed: int) -> None:
    ours, theirs = split.stratified_split(labels, share, seed), exported["stratified_split"](labels, share, seed)
    assert [part.tolist() for part in theirs] == [part.tolist() for part in ours]


@STEADY
@given(
    labels=st.lists(st.integers(0, 5), min_size=1, max_size=60).map(np.array),
    share=st.floats(0, 1),
    seed=st.integers(0, 10**6),
)
def test_exported_subset_is_the_app_s(exported: dict[str, Any], labels: np.ndarray, share: float, seed: int) -> None:
    count = int(share * len(labels))
    ours, theirs = split.subset_indices(labels, count, seed), exported["subset_indices"](labels, count, seed)
    assert theirs.tolist() == ours.tolist()
