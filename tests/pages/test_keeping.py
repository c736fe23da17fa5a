"""Trainings on disk, as people see them: named, noted, pinned, deleted, brought back, and too many."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from cnn_core.errors import ClassroomError
from cnn_core.store.store import RunStore
from cnn_core.training import runs
from cnn_core.training.run import Run
from tests.cnn_core.training.fakes import FakeTrainer
from tests.pages.helpers import checked, open_page, texts


def trained_app() -> tuple[AppTest, Run]:
    app = open_page("Train")
    checked(app.button("train.start").click().run())
    run = runs.all_runs()[0]
    assert run.join(20)
    app.session_state["keeping.panel"] = True
    return checked(app.run()), run


def test_a_training_gets_a_name_a_note_and_a_pin(fake_trainer: type[FakeTrainer]) -> None:
    app, run = trained_app()
    checked(app.text_input(f"keeping.{run.id}.name").set_value("My best").run())
    checked(app.text_area(f"keeping.{run.id}.note").set_value("With **momentum**").run())
    checked(app.toggle(f"keeping.{run.id}.pin").set_value(True).run())
    record = runs.stored_record(run.id)
    assert record is not None
    assert (record.title, record.note, record.is_pinned) == ("My best", "With **momentum**", True)
    assert "My best" in texts(app)


def test_an_empty_name_is_refused_in_words_and_the_old_one_stays(fake_trainer: type[FakeTrainer]) -> None:
    app, run = trained_app()
    checked(app.text_input(f"keeping.{run.id}.name").set_value("   ").run())
    assert "A training needs a name. Type at least one letter." in texts(app)
    assert run.title == "First network"
    assert app.text_input(f"keeping.{run.id}.name").value == "First network"


def test_a_deleted_training_is_gone_and_comes_back(fake_trainer: type[FakeTrainer]) -> None:
    app, run = trained_app()
    checked(app.button("keeping.delete").click().run())
    assert runs.find_run(run.id) is None
    assert run.id not in {other.id for other in runs.all_runs()}
    assert "1 training deleted." in texts(app)
    assert "run" not in app.query_params
    checked(app.button("keeping.undo").click().run())
    back = runs.find_run(run.id)
    assert back is not None
    assert back.snapshot.step == run.snapshot.step
    assert "deleted." not in texts(app)
    assert "test images rightly" in texts(app)
    for view in ("gradients", "verdicts"):
        checked(app.segmented_control("training.view_choice").set_value(view).run())
        assert f"The {view} are watched while it learns, and not kept for later" in texts(app)


def test_where_they_take_too_much_room_the_oldest_are_offered(
    fake_trainer: type[FakeTrainer], monkeypatch: pytest.MonkeyPatch
) -> None:
    app, oldest = trained_app()
    checked(app.button("training.again").click().run())
    newest = runs.all_runs()[0]
    assert newest.join(20)
    runs.pin_run(newest.id, True)
    assert "are meant for them" not in texts(checked(app.run()))
    monkeypatch.setenv(runs.STORAGE_VARIABLE, "0.000000001")
    checked(app.run())
    assert "are meant for them. Pinned ones stay." in texts(app)
    checked(app.button("keeping.make_room").click().run())
    assert runs.find_run(oldest.id) is None
    assert runs.find_run(newest.id) is not None


def test_a_training_that_goes_on_is_not_deleted(fake_trainer: type[FakeTrainer]) -> None:
    fake_trainer.gate.clear()
    app = open_page("Train")
    checked(app.button("train.start").click().run())
    run = runs.all_runs()[0]
    with pytest.raises(ClassroomError, match="still going on"):
        runs.delete_runs((run.id,))
    assert runs.find_run(run.id) is run


@pytest.mark.parametrize("value", ["", "many", "-3"])
def test_a_limit_that_is_no_number_is_the_usual_or_none(value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(runs.STORAGE_VARIABLE, value)
    assert runs.storage_limit_bytes() == (0 if value == "-3" else 5_000_000_000)


def test_without_a_folder_the_page_says_so_and_trains(fake_trainer: type[FakeTrainer], tmp_path: Path) -> None:
    (tmp_path / "runs").write_text("a file where the folder should be")
    app, _ = trained_app()
    assert "Trainings are not kept: " in texts(app)
    assert "test images rightly" in texts(app)


def test_a_full_disk_is_told_beside_the_training(
    fake_trainer: type[FakeTrainer], monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> Callable[[], None]:
        raise ClassroomError("The disk is full.", "Make room.")

    monkeypatch.setattr(RunStore, "append_batches", full)
    app, _ = trained_app()
    assert "This training goes on, but is not being kept on disk: The disk is full. Make room." in texts(app)
