"""Own sets: in every menu at once, whole or not at all, and gone when they are deleted."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cnn_core.data import registry
from cnn_core.data.dataset import LabelledImages
from cnn_core.data.entry import DatasetEntry
from cnn_core.data.folder import PROJECT_ROOT
from cnn_core.data.live_entries import LiveEntries
from cnn_core.data.own import sets, writing
from cnn_core.data.own.record import record_from_json, record_to_json
from cnn_core.data.own.sets import delete_own, may_delete, own_entries, own_record, owner_mark, save_own
from cnn_core.data.registry import DATASETS, dataset_title, load_dataset
from cnn_core.errors import ClassroomError
from tests.cnn_core.data.own.making import data_home

__all__ = ["data_home"]


def part(count: int, seed: int = 0, groups: bool = False) -> LabelledImages:
    images = np.random.default_rng(seed).integers(0, 256, (count, 6, 5, 3), np.uint8)
    labels = np.arange(count, dtype=np.int64) % 2
    return LabelledImages(images, labels, np.arange(count, dtype=np.int64) // 2 if groups else None)


def save(title: str = "Pets", groups: bool = False) -> DatasetEntry:
    return save_own(title, ("cat", "dog"), part(8, 1, groups), part(4, 2, groups), source="Test data.")


def test_saved_set_is_in_the_menu_and_is_what_was_saved(data_home: Path) -> None:
    entry = save(groups=True)
    assert DATASETS[entry.slug] is entry
    assert list(DATASETS)[-1] == entry.slug
    dataset = load_dataset(entry.slug)
    assert dataset.class_names == ("cat", "dog")
    np.testing.assert_array_equal(dataset.train.images, part(8, 1).images)
    np.testing.assert_array_equal(dataset.test.labels, part(4).labels)
    np.testing.assert_array_equal(dataset.train.groups, part(8, groups=True).groups)
    assert entry.has_groups
    assert entry.availability().is_ready
    assert (entry.train_count, entry.test_count, entry.image_shape) == (8, 4, (6, 5, 3))
    with pytest.raises(ValueError, match="read-only"):
        dataset.train.images[0] = 0
    assert [path.name for path in (data_home / "own").iterdir()] == [entry.slug]
    assert not save("Others").has_groups


def test_images_stay_on_disk_until_they_are_looked_at(data_home: Path) -> None:
    images = load_dataset(save().slug).train.images
    assert isinstance(images, np.memmap)


def test_deleted_set_is_gone_from_the_menu_the_disk_and_the_memory(data_home: Path) -> None:
    entry, other = save(), save("Others")
    load_dataset(entry.slug)
    delete_own(entry.slug)
    assert entry.slug not in DATASETS
    assert other.slug in DATASETS
    assert entry.slug not in registry._loaded
    assert not (data_home / "own" / entry.slug).exists()
    assert not entry.availability().is_ready
    for call, words in ((delete_own, "not there any more"), (load_dataset, "Somebody has deleted the data set “Pets”")):
        with pytest.raises(ClassroomError, match=words):
            call(entry.slug)


def test_page_that_is_being_drawn_still_finds_a_set_that_somebody_deletes(data_home: Path) -> None:
    entry = save()
    menu, learned = list(DATASETS), load_dataset(entry.slug).train.images
    delete_own(entry.slug)
    assert {slug: DATASETS[slug].title for slug in menu}[entry.slug] == dataset_title(entry.slug) == "Pets"
    assert DATASETS.get(entry.slug) is None
    assert entry.slug not in {*DATASETS, *DATASETS.keys(), *dict(DATASETS.items())}
    np.testing.assert_array_equal(learned, part(8, 1).images, "a training goes on with the images that it has")
    with pytest.raises(KeyError):
        DATASETS["own-never-there"]


@pytest.mark.parametrize("slug", ["../data home", "digits", "own-", "own-x/../../y", ""])
def test_nothing_else_can_be_deleted(data_home: Path, slug: str) -> None:
    save()
    (data_home / "own" / "own-").mkdir()
    with pytest.raises(ClassroomError, match="not there any more"):
        delete_own(slug)
    assert (data_home / "own" / "own-").exists()


def test_set_that_another_process_brings_is_seen(data_home: Path) -> None:
    save()
    before = own_entries()
    program = (
        "import numpy as np\n"
        "from cnn_core.data.own.sets import save_own\n"
        "from cnn_core.data.dataset import LabelledImages\n"
        "part = LabelledImages(np.zeros((2, 3, 3, 1), np.uint8), np.array([0, 1]))\n"
        "save_own('From elsewhere', ('a', 'b'), part, part, source='Us.')\n"
    )
    subprocess.run([sys.executable, "-c", program], cwd=PROJECT_ROOT, env=os.environ, check=True)
    assert [entry.title for entry in own_entries()] == [before[0].title, "From elsewhere"]
    assert own_entries()[0] is before[0]


def test_list_is_read_only_when_the_folder_has_changed(data_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    save()
    os.utime(data_home / "own", (1, 1))  # long ago, so that nothing can have changed since
    first = own_entries()
    monkeypatch.setattr(sets, "_refreshed", lambda before: pytest.fail("the folder was read again"))
    assert own_entries() is first
    assert own_entries() is first


def test_titles_are_cleaned_and_told_apart(data_home: Path) -> None:
    titles = [save(title).title for title in ("**Pets**", "Pets", "Pets")]
    assert titles == ["Pets", "Pets (2)", "Pets (3)"]
    with pytest.raises(ClassroomError, match="has no name"):
        save("***")


@pytest.mark.parametrize(
    ("names", "labels", "words"),
    [
        (("cat",), [0, 0], "two classes at least"),
        (("cat", "cat"), [0, 1], "Two classes are called “cat”"),
        (("cat", "**"), [0, 1], "has no name"),
        (("cat", "dog", "cow"), [0, 1], "“cow” has no image to learn from"),
        (tuple(f"c{number}" for number in range(101)), list(range(101)), "101 classes; 100 are the most"),
    ],
)
def test_sets_that_cannot_be_learned_are_refused(
    data_home: Path, names: tuple[str, ...], labels: list[int], words: str
) -> None:
    images = LabelledImages(np.zeros((len(labels), 2, 2, 1), np.uint8), np.array(labels, np.int64))
    with pytest.raises(ClassroomError, match=words) as caught:
        save_own("Set", names, images, images, source="Us.")
    assert caught.value.remedy
    assert not any((data_home / "own").glob("*"))


@pytest.mark.parametrize(
    ("limit", "value", "words"),
    [
        ("MOST_SET_BYTES", 100, "MB are the most"),
        ("MOST_SETS", 1, "keeps 1 own data sets"),
        ("MOST_OWN_BYTES", 22_000, "All own data sets together"),
        ("SPARE_BYTES", 10**18, "too little room"),
    ],
)
def test_room_is_limited(data_home: Path, monkeypatch: pytest.MonkeyPatch, limit: str, value: int, words: str) -> None:
    save()
    monkeypatch.setattr(writing, limit, value)
    with pytest.raises(ClassroomError, match=words):
        save("Another")
    assert len(own_entries()) == 1


def test_disk_that_refuses_leaves_nothing(data_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(writing, "record_to_json", refuse)
    with pytest.raises(ClassroomError, match="No space left on device"):
        save()
    assert list((data_home / "own").iterdir()) == []
    assert own_entries() == ()


def test_what_a_killed_process_left_is_swept(data_home: Path) -> None:
    dead = subprocess.Popen([sys.executable, "-c", ""])
    dead.wait()
    for name in (f".part-{dead.pid}-aa", f".part-{os.getpid()}-bb", ".part-deleted-own-x", f".part-{os.getppid()}-cc"):
        (data_home / "own" / name).mkdir(parents=True)
    save()
    left = {path.name for path in (data_home / "own").glob(".part-*")}
    assert left == {f".part-{os.getppid()}-cc"}, "that process is still running"


@pytest.mark.parametrize(
    "damage",
    [
        lambda folder: (folder / "record.json").write_text("{"),
        lambda folder: (folder / "record.json").unlink(),
        lambda folder: folder.rename(folder.with_name("own-other-123456")),
        lambda folder: (folder / "record.json").write_text(" " * 1_000_001),
    ],
)
def test_damaged_record_is_left_out_of_the_menu(data_home: Path, damage: object) -> None:
    entry = save()
    damage(data_home / "own" / entry.slug)  # type: ignore[operator]
    os.utime(data_home / "own")
    assert own_entries() == ()


@pytest.mark.parametrize("name", ["x_train.npy", "y_test.npy"])
def test_damaged_arrays_are_a_sentence(data_home: Path, name: str) -> None:
    entry = save()
    path = data_home / "own" / entry.slug / name
    path.write_bytes(path.read_bytes()[:-9])
    with pytest.raises(ClassroomError, match="missing or damaged"):
        load_dataset(entry.slug)


@given(st.data())
@settings(max_examples=40)
def test_any_other_record_is_refused_or_sound(data: st.DataObject) -> None:
    whole = json.loads(
        '{"format": 1, "slug": "own-a1", "title": "A", "class_names": ["a", "b"], "image_shape": [4, 4, 1],'
        ' "train_counts": [2, 2], "test_counts": [1, 1], "source": "Us.", "created": "2026",'
        ' "original_sizes": [[3, 4, 5, 3, 4, 5], [3, 4, 5, 3, 4, 5], [3, 4, 5, 3, 4, 5]]}'
    )
    assert record_from_json(json.dumps(whole)).slug == "own-a1"
    assert len(record_from_json(json.dumps(whole | {"original_sizes": []})).class_names) == 2
    sound = [3, 4, 5, 3, 4, 5]
    for wrong in ([5, 4, 3, 3, 4, 5], [0, 4, 5, 3, 4, 5], [3, 4, 5], [3.0, 4, 5, 3, 4, 5], 7):
        for sizes in ([sound, sound, wrong], [sound, sound]):
            with pytest.raises(ValueError, match="contradicts itself"):
                record_from_json(json.dumps(whole | {"original_sizes": sizes}))
    key = data.draw(st.sampled_from(sorted(whole)))
    json_values = st.one_of(
        st.none(), st.integers(), st.text(max_size=5), st.lists(st.integers() | st.text(max_size=3))
    )
    whole[key] = data.draw(json_values)
    try:
        record = record_from_json(json.dumps(whole))
    except ValueError:
        return
    assert record_from_json(record_to_json(record)) == record
    assert len(record.class_names) == len(record.train_counts) == len(record.test_counts)


def test_who_may_delete(data_home: Path) -> None:
    entry = save_own("Mine", ("a", "b"), part(4), part(2), source="Us.", owner=owner_mark("me"))
    record = own_record(entry.slug)
    assert record is not None
    assert may_delete(record, owner_mark("me"))
    assert not may_delete(record, owner_mark("you"))
    nobodys = own_record(save("Nobody's").slug)
    assert nobodys is not None
    assert may_delete(nobodys, owner_mark("you"))


def test_catalogue_is_made_anew_when_a_file_comes(data_home: Path) -> None:
    data_home.mkdir()
    made: list[int] = []

    def catalogue() -> tuple[DatasetEntry, ...]:
        made.append(len(list(data_home.glob("*.npz"))))
        return (registry.DATASETS["digits"],)

    entries = LiveEntries(catalogue, lambda slugs: None)
    os.utime(data_home, (1, 1))
    assert len(entries) == 1
    assert list(entries.values()) == [entries["digits"]]
    assert made == [0]
    (data_home / "cifar10.npz").touch()
    assert "digits" in entries
    assert made[-1] == 1


def test_loaded_data_follows_an_entry_that_has_changed(monkeypatch: pytest.MonkeyPatch, data_home: Path) -> None:
    from dataclasses import replace

    from cnn_core.data.dataset import Dataset

    def entry(count: int) -> DatasetEntry:
        dataset = Dataset("follows", ("cat", "dog"), part(count), part(4))
        return replace(DATASETS["digits"], slug="follows", class_names=("cat", "dog"), image_shape=(6, 5, 3),
                       train_count=count, test_count=4, load=lambda: dataset)  # fmt: skip

    for count in (8, 10):
        monkeypatch.setitem(DATASETS, "follows", entry(count))
        assert len(load_dataset("follows").train) == count
