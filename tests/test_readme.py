"""What the README claims: its example runs, its figures are those of the code, its pictures and files exist."""

from __future__ import annotations

import re

import pytest

from cnn_core.architecture.presets import PRESETS
from cnn_core.architecture.shapes import network_figures
from cnn_core.data.registry import DATASETS
from dashboard.navigation import PROJECT

README = (PROJECT / "README.md").read_text(encoding="utf-8")


def test_every_ready_made_network_is_listed_with_its_parameters() -> None:
    rows = dict(re.findall(r"^\| ([^|]+) \| [^|]+ \| ([\d,]+) \|$", README, re.MULTILINE))
    assert rows == {entry.title: f"{network_figures(entry.spec).parameters:,}" for entry in PRESETS.values()}


def test_every_data_set_is_named() -> None:
    for entry in DATASETS.values():
        assert f"| {entry.title} |" in README
    assert f"{DATASETS['digits'].train_count:,} + {DATASETS['digits'].test_count:,} generated digits" in README


def test_example_runs(capsys: pytest.CaptureFixture[str]) -> None:
    (code,) = re.findall(r"```python\n(.+?)```", README, re.DOTALL)
    exec(compile(code, "README.md", "exec"), {})
    assert capsys.readouterr().out.startswith("3274634 [(28, 28, 32), ")


@pytest.mark.parametrize("target", sorted(set(re.findall(r"\]\(((?!http)[^)#]+)\)", README))))
def test_linked_file_is_there(target: str) -> None:
    assert (PROJECT / target).exists()


@pytest.mark.parametrize(
    "name", sorted(set(re.findall(r"`((?:cnn_core|dashboard|docs|assets|pages)/[\w/.]*)`", README)))
)
def test_named_place_is_there(name: str) -> None:
    assert (PROJECT / name).exists()


def test_every_benchmark_that_is_quoted_exists() -> None:
    for name in set(re.findall(r"\| `(\w+)` \|$", README, re.MULTILINE)):
        assert (PROJECT / "benchmarks" / f"{name}.py").is_file()
