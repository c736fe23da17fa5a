"""Records become text and rows and come back as they were; what is none is refused."""

from __future__ import annotations

import json
from dataclasses import fields
from pathlib import Path

import pytest

from cnn_core.store.folder import PROJECT_ROOT, runs_folder
from cnn_core.store.records import (
    ACTIVE,
    STATUSES,
    RunRecord,
    check_run_id,
    new_run_id,
    record_from_json,
    record_to_json,
)
from tests.cnn_core.store.samples import record


def test_folder_lies_in_the_project_unless_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CNN_CLASSROOM_RUNS", "elsewhere")
    assert runs_folder() == tmp_path / "elsewhere"
    monkeypatch.setenv("CNN_CLASSROOM_RUNS", "~/elsewhere")
    assert runs_folder() == Path.home() / "elsewhere"
    monkeypatch.setenv("CNN_CLASSROOM_RUNS", " ")
    assert runs_folder() == PROJECT_ROOT / "user_data" / "runs"
    assert (PROJECT_ROOT / "pyproject.toml").is_file()


def test_record_survives_its_text_form() -> None:
    original = record(test_loss=0.25, test_accuracy=0.5, test_count=10, ended_at=1e9, is_pinned=True)
    assert record_from_json(record_to_json(original)) == original


def test_unknown_values_are_left_out_and_missing_ones_get_their_default() -> None:
    content = {"id": "x", "title": "X", "spec_json": "{}", "settings_json": "{}", "of_tomorrow": 3}
    assert record_from_json(json.dumps(content)) == RunRecord("x", "X", "{}", "{}")


@pytest.mark.parametrize("name", [f.name for f in fields(RunRecord)])
def test_value_of_another_kind_is_refused(name: str) -> None:
    content = json.loads(record_to_json(record()))
    content[name] = [[{}]]
    with pytest.raises(ValueError, match=rf"{name} must be .* Received: {name}="):
        record_from_json(json.dumps(content))


@pytest.mark.parametrize("text", ["", "[]", "{}", '"x"', '{"id": "../x"}', "\ud800"])
def test_text_that_is_no_record_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"Received|Expecting value"):
        record_from_json(text)


@pytest.mark.parametrize("run_id", ["", "..", "a/b", "a\\b", "A", "a.b", "-a", "a" * 65, "a\n", "con ", 3])
def test_id_that_could_leave_the_folder_is_refused(run_id: str) -> None:
    with pytest.raises(ValueError, match="id must be small letters"):
        check_run_id(run_id)


def test_new_ids_are_ids_and_differ() -> None:
    ids = {new_run_id() for _ in range(100)}
    assert len(ids) == 100
    for run_id in ids:
        check_run_id(run_id)


def test_status_is_one_of_the_words() -> None:
    assert set(STATUSES) >= ACTIVE
    assert [status for status in STATUSES if record(status=status).is_active] == [
        "queued", "preparing", "running", "paused",
    ]  # fmt: skip
    with pytest.raises(ValueError, match=r"status must be one of .* Received: status='done'"):
        record(status="done")  # type: ignore[arg-type]
