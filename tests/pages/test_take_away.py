"""A trained run to take along, and one that comes from elsewhere, as people meet them on the Train page."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from cnn_core.architecture.presets import PRESETS
from cnn_core.architecture.weight_shapes import weight_shapes
from cnn_core.errors import ClassroomError
from cnn_core.export.run_file import unpack_run
from cnn_core.networks import network_of_run
from cnn_core.store.store import RunStore
from cnn_core.training import runs
from cnn_core.training.adoption import RunCopy
from cnn_core.training.run import Run
from dashboard.panels.training.take_away import TakeAway, take_aways
from tests.cnn_core.export.run_samples import packed, sample_copy, with_manifest
from tests.cnn_core.training.fakes import FakeTrainer
from tests.pages.helpers import checked, open_page, texts

UPLOAD = "take_away.upload"


def offered(run: Run) -> dict[str, TakeAway]:
    network = network_of_run(run)
    assert network is not None
    return {item.name: item for items in take_aways(run, network).values() for item in items}


def buttons(app: AppTest) -> list[str]:
    return [element.proto.label for element in app.get("download_button")]


def opened(app: AppTest) -> AppTest:
    app.session_state["take_away.panel"] = True
    return checked(app.run())


def upload(app: AppTest, content: bytes) -> AppTest:
    [field] = [field for field in app.file_uploader if field.key and field.key.startswith(UPLOAD)]
    field.set_value(("training.cnnrun", content, "application/octet-stream"))
    return checked(app.run())


@pytest.fixture
def trained(fake_trainer: type[FakeTrainer], monkeypatch: pytest.MonkeyPatch) -> tuple[AppTest, Run]:
    """The Train page after a training, whose weights are those of its design."""
    shapes = weight_shapes(PRESETS["first"].spec)

    def weights(trainer: FakeTrainer) -> tuple[np.ndarray, ...]:
        return tuple(np.full(shape, len(trainer.batches), np.float32) for shape in shapes)

    monkeypatch.setattr(FakeTrainer, "weights", weights)
    app = open_page("Train")
    checked(app.button("train.start").click().run())
    run = runs.all_runs()[0]
    assert run.join(20)
    return checked(app.run()), run


def test_nothing_is_offered_before_it_is_unfolded(trained: tuple[AppTest, Run]) -> None:
    app, _ = trained
    assert buttons(app) == []
    assert buttons(opened(app)) == [
        "Keras",
        "TensorFlow Lite",
        "ONNX",
        "Batches (CSV)",
        "Epochs (CSV)",
        "TensorBoard",
        "Report (HTML)",
        "Run file",
    ]


def test_each_thing_says_what_it_is_for(trained: tuple[AppTest, Run]) -> None:
    app, run = trained
    said = texts(opened(app))
    for item in offered(run).values():
        assert item.purpose in said


def test_nothing_is_computed_while_the_page_is_drawn(
    trained: tuple[AppTest, Run], monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[object] = []
    monkeypatch.setattr("dashboard.panels.training.take_away.pack_run", made.append)
    monkeypatch.setattr("dashboard.panels.training.take_away.report_page", made.append)
    opened(trained[0])
    assert made == []


def test_while_it_trains_there_is_nothing_to_take_along(fake_trainer: type[FakeTrainer]) -> None:
    fake_trainer.gate.clear()
    app = open_page("Train")
    checked(app.button("train.start").click().run())
    assert buttons(opened(app)) == []
    fake_trainer.gate.set()


def test_the_run_file_holds_the_run(trained: tuple[AppTest, Run]) -> None:
    _, run = trained
    runs.note_run(run.id, "A note")
    content = offered(run)["run"].make()
    assert isinstance(content, bytes)
    copy = unpack_run(content)
    assert (copy.title, copy.note, copy.spec, copy.settings) == (run.title, "A note", run.spec, run.settings)
    np.testing.assert_array_equal(copy.snapshot.batch_loss, run.snapshot.batch_loss)
    assert copy.moments[-1].step == run.snapshot.step


def test_the_tables_hold_the_numbers(trained: tuple[AppTest, Run]) -> None:
    _, run = trained
    items = offered(run)
    assert len(str(items["batches"].make()).splitlines()) == run.snapshot.step + 1
    assert len(str(items["epochs"].make()).splitlines()) == len(run.snapshot.epochs) + 1


def test_a_report_without_the_images_says_why(trained: tuple[AppTest, Run], monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(run: Run) -> None:
        raise ClassroomError("MNIST is not here.", "Download it.")

    monkeypatch.setattr("dashboard.panels.training.take_away.ask_about_test_images", missing)
    page = offered(trained[1])["report"].make()
    assert "The test images could not be looked at: MNIST is not here. Download it." in str(page)


def test_an_opened_run_is_followed_and_shown(fake_trainer: type[FakeTrainer]) -> None:
    app = upload(open_page("Train"), packed())
    [run] = runs.all_runs()
    assert app.query_params["run"] == run.id
    assert "85.0\xa0% of 30 test images rightly" in texts(app)
    assert [field.value for field in app.file_uploader] == [None]
    checked(app.run())
    assert runs.all_runs() == (run,), "the same file is not opened again by the next run of the page"


def test_it_opens_on_the_other_pages_too(fake_trainer: type[FakeTrainer]) -> None:
    run = runs.adopt_run(sample_copy())
    assert run.title in texts(open_page("Train", run=run.id))
    open_page("Compare", run=run.id)
    open_page("Look_inside", run=run.id)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (lambda: b"not a zip", "This is no run file. Use a file that this app has written."),
        (lambda: packed()[:-9], "it is cut off or damaged"),
        (lambda: with_manifest(lambda manifest: manifest.update(format=9)), "it has format 9"),
    ],
)
def test_a_file_that_is_refused_loses_nothing(
    trained: tuple[AppTest, Run], content: Callable[[], bytes], words: str
) -> None:
    app, run = trained
    upload(app, content())
    assert words in app.error[-1].value
    assert runs.all_runs() == (run,)
    assert app.query_params["run"] == run.id
    assert "test images rightly" in texts(app)
    assert words in checked(app.run()).error[-1].value
    upload(app, packed())
    assert len(runs.all_runs()) == 2
    assert [box.value for box in app.error] == []


def test_a_full_disk_refuses_the_file_in_words(
    fake_trainer: type[FakeTrainer], monkeypatch: pytest.MonkeyPatch
) -> None:
    app = open_page("Train")

    def full(*_: object, **__: object) -> None:
        raise ClassroomError("The disk is full.", "Make room.")

    monkeypatch.setattr(RunStore, "save_weights", full)
    upload(app, packed())
    assert app.error[-1].value == "The disk is full. Make room."
    assert runs.all_runs() == ()


def test_minimum_pooling_is_explained(fake_trainer: type[FakeTrainer]) -> None:
    from cnn_core.architecture.layers import Dense, Flatten, Pooling2D
    from cnn_core.architecture.spec import NetworkSpec
    from tests.cnn_core.export.run_samples import weights

    layers = (Pooling2D(pooling="min"), Flatten(), Dense(units=3, activation="softmax"))
    spec = NetworkSpec((6, 6, 1), layers)
    run = runs.adopt_run(sample_copy(spec=spec, moments=(weights(7, spec),)))
    assert "MinPooling2D" in texts(opened(open_page("Train", run=run.id)))
    plain = runs.adopt_run(sample_copy())
    assert "MinPooling2D" not in texts(opened(open_page("Train", run=plain.id)))


def test_a_run_file_that_is_too_large_to_be_uploaded_says_so(
    fake_trainer: type[FakeTrainer], monkeypatch: pytest.MonkeyPatch
) -> None:
    run = runs.adopt_run(sample_copy())
    assert "larger uploads" not in texts(opened(open_page("Train", run=run.id)))
    monkeypatch.setattr(run, "parameters", 20_000_000)
    assert "The run file will have more than 50 MB." in texts(opened(open_page("Train", run=run.id)))


@pytest.mark.slow
def test_every_file_of_a_training_is_what_it_says() -> None:
    copy: RunCopy = sample_copy()
    items = offered(runs.adopt_run(copy))
    onnx, tensorboard = items["onnx"].make(), items["tensorboard"].make()
    assert isinstance(onnx, bytes)
    assert isinstance(tensorboard, bytes)
    assert b"CNN Classroom" in onnx
    assert "train/events" in " ".join(zipfile.ZipFile(io.BytesIO(tensorboard)).namelist())
    lite = items["tflite"].make()
    assert isinstance(lite, bytes)
    assert lite[4:8] == b"TFL3"
