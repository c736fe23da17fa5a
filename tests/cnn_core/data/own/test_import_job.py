"""Imports from beginning to end: what comes out, what is left out, cancelling, two at once, and processes that die."""

from __future__ import annotations

import io
import os
import subprocess
import sys
import threading
from pathlib import Path

import numpy as np
import pytest

from cnn_core.data.folder import PROJECT_ROOT
from cnn_core.data.own import decoding, import_job, sources
from cnn_core.data.own.decoding import BROKEN_DOWN, DecodeProcesses, decode_chunk
from cnn_core.data.own.fitting import Fit
from cnn_core.data.own.grouping import find_groups
from cnn_core.data.own.import_job import ImportSnapshot, find_import, start_import
from cnn_core.data.own.import_settings import ImportSettings
from cnn_core.data.own.listing import arrange
from cnn_core.data.own.preview import look, torn_groups
from cnn_core.data.own.sets import own_entries, own_record
from cnn_core.data.own.sources import drop_upload, keep_upload, offered_path, offers, open_source
from cnn_core.data.registry import load_dataset
from cnn_core.errors import ClassroomError
from cnn_core.training.material import chosen_places
from cnn_core.training.settings import TrainingSettings
from tests.cnn_core.data.own.making import class_files, data_home, image_bytes, write_folder, write_npz, write_zip

__all__ = ["data_home"]

SETTINGS = ImportSettings("Pets", (8, 8, 1), test_share=0.25)
PETS = class_files({"cat": 8, "dog": 12})


def run(path: Path, settings: ImportSettings = SETTINGS) -> ImportSnapshot:
    return start_import(path, settings).wait(30)


def left_behind(data_home: Path) -> list[str]:
    return [path.name for path in (data_home / "own").glob(".part-*")]


@pytest.mark.parametrize("kind", ["folder", "zip"])
def test_import_brings_every_image_once_with_its_class(tmp_path: Path, data_home: Path, kind: str) -> None:
    path = write_folder(tmp_path / "pets", PETS) if kind == "folder" else write_zip(tmp_path / "pets.zip", PETS)
    ended = run(path)
    assert (ended.status, ended.message, ended.done, ended.total) == ("done", "“Pets” is ready.", 20, 20)
    assert ended.entry is not None
    dataset = load_dataset(ended.entry.slug)
    assert dataset.class_names == ("cat", "dog")
    assert np.bincount(dataset.test.labels).tolist() == [2, 3]
    # The middle pixel tells which file it was: cats begin at 10, dogs at 20 (`class_files`).
    middles = {
        (int(label), int(image[4, 4, 0]))
        for part in (dataset.train, dataset.test)
        for image, label in zip(part.images, part.labels, strict=True)
    }
    assert middles == {(0, 10 + n) for n in range(8)} | {(1, 20 + n) for n in range(12)}
    assert left_behind(data_home) == []
    record = own_record(ended.entry.slug)
    assert record is not None
    assert record.source == f"Brought to this server as a {kind} of class folders."
    assert (record.keeps_aspect, record.train_counts) == (True, (6, 9))
    assert record.settings[1] == "25% of the images set aside for the test"
    assert record.original_sizes == ((10, 10, 10, 12, 12, 12),) * 3


def test_classes_are_mixed_and_the_seed_decides(tmp_path: Path, data_home: Path) -> None:
    path = write_folder(tmp_path / "pets", PETS)
    found = []
    for seed in (0, 0, 1):
        entry = run(path, ImportSettings("Pets", (8, 8, 1), seed=seed)).entry
        assert entry is not None
        found.append(load_dataset(entry.slug).train)
    np.testing.assert_array_equal(found[0].images, found[1].images)
    assert (found[0].images != found[2].images).any()
    assert 0 < np.abs(np.diff(found[0].labels)).sum() != 1


@pytest.mark.parametrize("has_test", [True, False])
def test_npz(tmp_path: Path, data_home: Path, has_test: bool) -> None:
    path = write_npz(tmp_path / "a.npz", 24, (8, 8), has_test)
    ended = run(path)
    assert ended.entry is not None, ended.message
    assert (ended.entry.train_count, ended.entry.test_count) == ((24, 24) if has_test else (18, 6))
    with np.load(path) as file:
        expected = {image.tobytes() for image in file["x_test" if has_test else "x_train"]}
    test = load_dataset(ended.entry.slug).test.images
    assert {image.tobytes() for image in test} <= expected


def test_patients_stay_whole_in_the_test_part_and_in_validation(tmp_path: Path, data_home: Path) -> None:
    files = {
        f"{'ab'[cell % 2]}/P{patient}{'Thin' if patient % 2 else 'thin'}_{cell}.png": image_bytes(10 * patient + cell)
        for patient in range(12)
        for cell in range(6)
    }
    path = write_folder(tmp_path / "cells", files)
    ended = run(path, ImportSettings("Cells", (8, 8, 1), test_share=0.25, group_pattern="Thin"))
    assert ended.entry is not None, ended.message
    dataset = load_dataset(ended.entry.slug)
    assert dataset.train.groups is not None
    assert dataset.test.groups is not None
    assert not set(dataset.train.groups) & set(dataset.test.groups)
    assert len(dataset.test) == 18
    patients = {int(image[4, 4, 0]) // 10 for image in dataset.test.images}
    assert len(patients) == len(set(dataset.test.groups)) == 3
    record = own_record(ended.entry.slug)
    assert record is not None
    assert (record.group_count, record.group_words) == (12, "the name up to “Thin”")
    for seed in range(5):
        learned, validated = chosen_places(TrainingSettings(seed=seed, validation_share=0.2), dataset)
        assert len(validated)
        assert not set(dataset.train.groups[learned]) & set(dataset.train.groups[validated])


def test_split_that_the_files_came_with_is_kept(tmp_path: Path, data_home: Path) -> None:
    files = {f"train/{name}": data for name, data in PETS.items()}
    files |= {f"test/{name}": image_bytes(200) for name in PETS}
    preview = look(write_folder(tmp_path / "pets", files))
    assert torn_groups(preview.listing, find_groups(preview.names, ".")) == 12
    ended = run(tmp_path / "pets")
    assert ended.entry is not None
    dataset = load_dataset(ended.entry.slug)
    record = own_record(ended.entry.slug)
    assert record is not None
    assert record.settings[1] == "The training and the test part are those that the files came with"
    assert len(dataset.train) == len(dataset.test) == 20
    assert (dataset.test.images[:, 4, 4] == 200).all()


def test_bad_files_are_named_and_left_out(tmp_path: Path, data_home: Path) -> None:
    bad = {"cat/bad.png": b"no", "dog/empty.jpg": b"", "dog/notes.txt": b"words"}
    ended = run(write_zip(tmp_path / "a.zip", PETS | bad))
    assert ended.entry is not None
    assert dict(ended.skipped) == {
        "dog/notes.txt": "not an image file",
        "cat/bad.png": "no image of a format that is read here, or damaged",
        "dog/empty.jpg": "empty",
    }
    record = own_record(ended.entry.slug)
    assert record is not None
    assert (record.skipped, record.skipped_count) == (ended.skipped, 3)
    assert ended.entry.train_count + ended.entry.test_count == 20


@pytest.mark.parametrize(
    ("files", "settings", "words"),
    [
        ({"a/1.png": b"", "b/1.png": b""}, SETTINGS, "None of the images could be read: empty"),
        (class_files({"a": 9, "b": 4}), SETTINGS, "“b” has 4 images that can be read; 5 are the fewest"),
        ({"a/1.png": image_bytes()}, SETTINGS, "Only one class folder"),
        (PETS, ImportSettings("", (8, 8, 1)), "has no name"),
        (
            class_files({"a": 6, "b": 6}, "p_{}.png"),
            ImportSettings("A", (8, 8, 1), group_pattern="_"),
            "belong to one group",
        ),
        (
            class_files({"a": 5, "b": 99}),
            ImportSettings("A", (8, 8, 1), test_share=0.05),
            "Of the 5 images of the class “a” none would be set aside for the test. Set a larger part aside",
        ),
    ],
)
def test_what_cannot_be_learned_from_is_a_sentence(
    tmp_path: Path, data_home: Path, files: dict[str, bytes], settings: ImportSettings, words: str
) -> None:
    ended = run(write_folder(tmp_path / "set", files), settings)
    assert ended.status == "failed"
    assert words in ended.message
    assert ended.message.endswith(".")
    assert own_entries() == ()
    assert left_behind(data_home) == []


@pytest.mark.parametrize(
    "wrong", [{"image_shape": (4, 8, 1)}, {"image_shape": (8, 8, 2)}, {"test_share": 0.9}, {"group_pattern": "x" * 99}]
)
def test_settings_out_of_range_are_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ClassroomError):
        ImportSettings(**({"title": "A", "image_shape": (8, 8, 1)} | wrong))  # type: ignore[arg-type]


@pytest.fixture
def held(monkeypatch: pytest.MonkeyPatch) -> threading.Event:
    """Lets every import wait at its first image until it is set."""
    go_on = threading.Event()

    def wait(chunk: object, fit: Fit) -> object:
        assert go_on.wait(10)
        return decode_chunk(chunk, fit)  # type: ignore[arg-type]

    monkeypatch.setattr(decoding, "decode_chunk", wait)
    return go_on


def test_cancelled_import_keeps_nothing(tmp_path: Path, data_home: Path, held: threading.Event) -> None:
    job = start_import(write_folder(tmp_path / "pets", PETS), SETTINGS)
    assert find_import(job.id) is job
    job.cancel()
    held.set()
    assert job.wait(10).status == "cancelled"
    assert own_entries() == ()
    assert left_behind(data_home) == []


def test_two_imports_go_on_at_once_and_a_third_is_refused(
    tmp_path: Path, data_home: Path, held: threading.Event
) -> None:
    path = write_folder(tmp_path / "pets", PETS)
    jobs = [start_import(path, SETTINGS) for _ in range(2)]
    with pytest.raises(ClassroomError, match="2 imports are running"):
        start_import(path, SETTINGS)
    held.set()
    assert [job.wait(10).status for job in jobs] == ["done", "done"]
    assert len({entry.title for entry in own_entries()}) == 2


def test_snapshot_tells_how_far_it_is(tmp_path: Path, data_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(decoding, "CHUNK", 2)
    seen: list[ImportSnapshot] = []
    tell = import_job.ImportJob._tell

    def spy(self: import_job.ImportJob, *arguments: object) -> None:
        tell(self, *arguments)  # type: ignore[arg-type]
        seen.append(self.snapshot)

    monkeypatch.setattr(import_job.ImportJob, "_tell", spy)
    run(write_folder(tmp_path / "pets", PETS))
    assert [snapshot.done for snapshot in seen] == list(range(2, 21, 2))
    assert {snapshot.total for snapshot in seen} == {20}
    left = [snapshot.time_left_s for snapshot in seen]
    assert all(time is not None and time >= 0 for time in left)
    assert left[-1] == 0


def test_processes_decode_as_threads_do_and_end(tmp_path: Path) -> None:
    chunk = [image_bytes(7), b"no image", np.full((4, 4), 9, np.uint8), "left out before"]
    processes = DecodeProcesses(1)
    found = processes.decode(chunk, Fit((8, 8, 1)))
    children = list(processes._all)
    for ours, theirs in zip(found, decode_chunk(chunk, Fit((8, 8, 1))), strict=True):
        assert type(ours) is type(theirs)
        np.testing.assert_array_equal(ours[0], theirs[0])
        assert ours[1:] == theirs[1:]
    children[0].kill()  # as a crash in a picture's reader would
    children[0].wait()
    assert len(processes.decode(chunk, Fit((8, 8, 1)))) == 4
    processes.close()
    assert all(child.poll() is not None for child in processes._all)


def test_image_that_breaks_the_reader_down_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    processes = DecodeProcesses(1)
    monkeypatch.setattr(processes, "_ask", lambda chunk, fit: None if b"bad" in chunk else decode_chunk(chunk, fit))
    found = processes.decode([image_bytes(7), b"bad", image_bytes(8)], Fit((8, 8, 1)))
    assert [isinstance(result, str) for result in found] == [False, True, False]
    assert found[1] == BROKEN_DOWN


def test_killed_process_leaves_nothing_in_the_menu_and_is_swept(tmp_path: Path, data_home: Path) -> None:
    path = write_folder(tmp_path / "pets", PETS)
    program = (
        "import os, sys\n"
        "from pathlib import Path\n"
        "from cnn_core.data.own import assembly, import_job\n"
        "from cnn_core.data.own.import_settings import ImportSettings\n"
        "import_job.assemble = lambda *rest: os._exit(9)\n"
        "import_job.start_import(Path(sys.argv[1]), ImportSettings('Pets', (8, 8, 1))).wait()\n"
    )
    ended = subprocess.run([sys.executable, "-c", program, str(path)], cwd=PROJECT_ROOT, env=os.environ, check=False)
    assert ended.returncode == 9
    assert len(left_behind(data_home)) == 1
    assert own_entries() == ()
    assert run(path).status == "done"
    assert left_behind(data_home) == []


def test_look_suggests_what_suits(tmp_path: Path, data_home: Path) -> None:
    files = {f"{'ab'[n % 2]}/P{n // 4}Thin_{n}.png": image_bytes(n, (50, 60), mode="RGB") for n in range(40)}
    preview = look(write_zip(tmp_path / "a.zip", files | {"a/bad.png": b"x"}))
    assert preview.words == "a zip of class folders"
    assert preview.counts.tolist() == [21, 20]
    assert preview.suggested_shape == (60, 50, 1), "all of one size, and without colours"
    assert preview.suggested_pattern == "Thin"
    assert preview.sides() == (50, 60)
    assert preview.bad == (("a/bad.png", "no image of a format that is read here, or damaged"),)
    pictures = preview.pictures(Fit((8, 8, 1)), 4)
    assert [name for _, name in pictures] == ["a", "b", "a", "b"]
    assert not preview.fits_memory((6000, 6000, 3))


def test_offers_are_what_lies_in_the_folder_and_nothing_else(tmp_path: Path, data_home: Path) -> None:
    bring = data_home / "bring"
    write_folder(bring / "cells", class_files({"a": 1, "b": 1}))
    write_zip(bring / "b.ZIP", PETS)
    (bring / "notes.txt").write_text("no")
    (bring / ".hidden").mkdir()
    (bring / "link").symlink_to(tmp_path)
    assert [(offer.name, offer.kind) for offer in offers()] == [("b.ZIP", "zip"), ("cells", "folder")]
    assert open_source(offered_path("cells")).listing.class_names == ("a", "b")
    for name in ("..", "../own", "link", str(tmp_path), "", "cells/a"):
        with pytest.raises(ClassroomError, match="not there any more"):
            offered_path(name)


def test_links_in_a_folder_are_not_followed(tmp_path: Path, data_home: Path) -> None:
    root = write_folder(tmp_path / "pets", PETS)
    (tmp_path / "secret.png").write_bytes(image_bytes(99))
    (root / "cat" / "link.png").symlink_to(tmp_path / "secret.png")
    listing = open_source(root).listing
    assert len(listing.images) == 20
    assert listing.skipped.named == [("cat/link.png", "a link is not followed")]


def test_uploads_wait_on_disk_and_are_removed(data_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = keep_upload(io.BytesIO(b"data"), "../../My pets.zip")
    assert path.parent == data_home / "own"
    assert path.read_bytes() == b"data"
    drop_upload(data_home / "own" / ".." / "x")
    drop_upload(path)
    assert not path.exists()
    with pytest.raises(ClassroomError, match="neither a zip nor an npz"):
        keep_upload(io.BytesIO(b"data"), "a.exe")
    old = keep_upload(io.BytesIO(b"data"), "a.zip")
    os.utime(old, (1, 1))
    monkeypatch.setattr(sources, "MOST_UPLOAD_MB", 0)
    with pytest.raises(ClassroomError, match="more than 0 MB"):
        keep_upload(io.BytesIO(b"data"), "a.zip")
    monkeypatch.setattr(sources, "MOST_WAITING_BYTES", -1)
    with pytest.raises(ClassroomError, match="Too many uploaded files wait"):
        keep_upload(io.BytesIO(b"data"), "a.zip")
    assert left_behind(data_home) == []


def test_upload_limit_is_the_server_s() -> None:
    import tomllib

    config = tomllib.loads((PROJECT_ROOT / ".streamlit" / "config.toml").read_text(encoding="utf-8"))
    assert config["server"]["maxUploadSize"] == sources.MOST_UPLOAD_MB


def test_arrangement_of_many_files_is_quick() -> None:
    listing = arrange([(f"class {number % 10}", f"{number}.png") for number in range(25_000)])
    assert listing.counts().tolist() == [2_500] * 10
