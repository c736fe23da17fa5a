"""The plan of the house, where an import contract cannot say it."""

from __future__ import annotations

import ast
import inspect
import re
import subprocess
from functools import cache
from pathlib import Path

import pytest
import streamlit as st

from dashboard.lesson_texts import lesson_path
from dashboard.navigation import PAGES, PROJECT, PageEntry

PAGE_FILES = sorted((PROJECT / "pages").glob("*.py"))
SOURCES = [path for folder in ("cnn_core", "dashboard", "pages") for path in sorted((PROJECT / folder).rglob("*.py"))]
MOST_LINES = 400


BEGINNINGS = ("value", "index", "default")


@cache
def place_of_beginning(control: str) -> tuple[int, str] | None:
    """Which argument of Streamlit's function says what a control shows at first: its place and its name."""
    try:
        names = list(inspect.signature(getattr(st, control)).parameters)
    except (AttributeError, TypeError, ValueError):
        return None
    is_control = "on_change" in names and control != "tabs"
    return next(((names.index(name), name) for name in BEGINNINGS if is_control and name in names), None)


def imported_modules(path: Path) -> set[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    names = {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    return names | {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}


def test_the_list_of_pages_is_the_folder() -> None:
    assert [entry.file for entry in PAGES] == [path.name for path in PAGE_FILES]


@pytest.mark.parametrize("path", PAGE_FILES, ids=lambda path: path.stem)
def test_page_is_named_like_the_others_and_only_arranges(path: Path) -> None:
    assert re.fullmatch(r"\d\d_[A-Z][a-z_]*\.py", path.name)
    roots = {name.split(".")[0] for name in imported_modules(path)}
    assert roots <= {"streamlit", "dashboard", "cnn_core"}
    tree = ast.parse(path.read_text(encoding="utf-8"))
    assert not any(isinstance(node, ast.FunctionDef | ast.ClassDef | ast.BinOp) for node in ast.walk(tree))
    first_call = next(node for node in ast.walk(tree) if isinstance(node, ast.Call))
    assert ast.unparse(first_call.func) == "shell.open_page"


@pytest.mark.parametrize("entry", PAGES, ids=lambda entry: entry.slug)
def test_page_has_its_text_in_sections_with_a_source(entry: PageEntry) -> None:
    text = lesson_path(entry.slug).read_text(encoding="utf-8")
    sections = ["What you see", "Try this", "Why it matters"]
    if entry.is_lesson:
        sections.remove("Try this")  # what to try stands in the lesson's tasks, where it is checked
    assert re.findall(r"^## (.+)$", text, re.MULTILINE) == sections
    assert re.search(r"\b(19|20)\d\d\b", text), "a lesson names its source"


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(PROJECT)))
def test_module_fits_a_few_screens(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= MOST_LINES


def test_keys_of_the_session_s_state_are_named_in_one_module() -> None:
    offenders = [
        str(path.relative_to(PROJECT))
        for path in SOURCES
        if "session_state" in path.read_text(encoding="utf-8") and path.name != "state.py"
    ]
    assert offenders == []


def test_every_control_names_what_it_shows_at_first() -> None:
    """Streamlit can lose what the session's state sets; only a default comes with the control (`state.sync_widget`)."""
    seen, silent = 0, []
    for path in SOURCES:
        text = path.read_text(encoding="utf-8")
        for node in ast.walk(ast.parse(text)) if "import streamlit" in text else ():
            is_method = isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
            found = place_of_beginning(node.func.attr) if is_method else None
            if found is None:
                continue
            seen += 1
            place, name = found
            # What `*` and `**` hand over cannot be read here, and does not count.
            given = [argument for argument in node.args if not isinstance(argument, ast.Starred)]
            if len(given) <= place and name not in [keyword.arg for keyword in node.keywords]:
                silent.append(f"{path.relative_to(PROJECT)}:{node.lineno} {node.func.attr} without {name}=")
    assert seen > 50
    assert silent == []


def test_public_functions_of_the_core_say_what_they_do() -> None:
    silent = []
    for path in SOURCES:
        if "cnn_core" not in path.parts:
            continue
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            is_public = isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("_")
            if is_public and not ast.get_docstring(node):
                silent.append(f"{path.name}: {node.name}")
    assert silent == []


def test_every_example_is_run() -> None:
    # Modules that bring TensorFlow are not searched for examples (conftest.py).
    bringing = [path for path in SOURCES if "from cnn_core.backend import" in path.read_text(encoding="utf-8")]
    assert bringing
    assert [path.name for path in bringing if ">>> " in path.read_text(encoding="utf-8")] == []


def test_nothing_committed_names_this_machine() -> None:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=PROJECT, capture_output=True, check=False)
    if listed.returncode != 0:
        pytest.skip("not a git checkout")
    offenders = []
    for name in filter(None, listed.stdout.decode().split("\0")):
        path = PROJECT / name
        if path == Path(__file__) or not path.is_file():
            continue
        text = path.read_bytes()
        if re.search(rb"/(work|root|home/\w+)/|pypi\.org|files\.pythonhosted", text):
            offenders.append(name)
    assert offenders == []


def test_no_graph_is_made_from_source_code() -> None:
    """Python 3.11 parses in one thread at a time only, and trainings begin while others parse."""
    calls = [
        (path.name, {keyword.arg: ast.unparse(keyword.value) for keyword in node.keywords}.get("autograph"))
        for path in SOURCES
        if "tf.function" in (text := path.read_text(encoding="utf-8"))
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "tf.function"
    ]
    assert len(calls) >= 4
    assert {autograph for _, autograph in calls} == {"False"}, calls
