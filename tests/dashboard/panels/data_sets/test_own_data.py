"""Bringing a data set: what people are told at each step, and what stays when it is refused, cancelled or deleted."""

from __future__ import annotations

import io
import json
import threading
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
import streamlit as st
from PIL import Image
from streamlit.testing.v1 import AppTest

from cnn_core.data.own import decoding, import_job
from cnn_core.data.own.import_job import ImportSnapshot, find_import
from cnn_core.data.own.import_settings import ImportSettings
from cnn_core.data.own.sets import delete_own, own_entries, own_records
from cnn_core.data.own.sources import MOST_UPLOAD_MB
from dashboard.panels.data_sets import own_data, own_data_list, own_data_preview
from tests.cnn_core.data.own.making import class_files, data_home, image_bytes, write_folder, write_zip
from tests.pages.helpers import checked, texts, until

__all__ = ["data_home"]

CELLS = {
    f"{'ab'[cell % 2]}/P{patient}Thin_{cell}.png": image_bytes(10 * patient + cell, (30, 40), mode="RGB")
    for patient in range(10)
    for cell in range(4)
}


def page() -> None:
    from dashboard.palette import palette_for
    from dashboard.panels.data_sets.own_data import own_data_panel

    own_data_panel(palette_for("light"))


@pytest.fixture(autouse=True)
def fresh_previews() -> None:
    st.cache_resource.clear()


@pytest.fixture
def bring(data_home: Path) -> Path:
    """The folder that whoever runs the server fills."""
    write_folder(data_home / "bring" / "cells", CELLS)
    return data_home / "bring"


def opened() -> AppTest:
    return checked(AppTest.from_function(page, default_timeout=60).run())


def looked_at(app: AppTest, name: str = "cells") -> AppTest:
    app.selectbox("own_data.offer").set_value(name)
    return checked(app.button("own_data.take_offer").click().run())


def ended(app: AppTest) -> AppTest:
    """Let the import that a button has begun come to its end."""
    job = find_import(app.session_state["state.choices"]["own_data.job"])
    assert job is not None
    job.wait(20)
    return checked(app.run())


def test_first_look_says_what_is_wanted_who_sees_it_and_the_limits(data_home: Path) -> None:
    app = opened()
    said = texts(app)
    assert "One folder for each class" in said
    packer, uploader = (json.loads(app.get("bidi_component")[0].proto.json), app.file_uploader[0])
    assert str(uploader.key).replace(".", "-") == packer["uploader"], "a folder goes the way of a zip"
    assert (packer["mostMb"], "tiff" in packer["suffixes"]) == (MOST_UPLOAD_MB, True)
    assert "Everybody who uses this server can see" in said
    assert "At most 120,000 files, 20 MB and 40 million pixels each" in said
    assert "data home/bring" in said, "where larger sets go, without saying where on the disk that is"
    assert str(data_home) not in said
    assert "own_data.offer" not in [box.key for box in app.selectbox]


@pytest.mark.parametrize(
    ("whites", "said"),
    [
        ((), ()),
        ((4000, 3000), ("2 images", "Bits a pixel: 12 in 2.")),
        ((4000, 200, 60_000, 5000), ("4 images", "Bits a pixel: 8 in 1, 12 in 1, 16 in 2.", "save them with 8 bits")),
    ],
)
def test_what_grey_of_more_than_8_bits_is_taken_for_is_told_before_the_import(
    bring: Path, whites: tuple[int, ...], said: tuple[str, ...]
) -> None:
    deep = {f"a/deep_{white}.png": deep_grey(white) for white in whites}
    write_folder(bring / "deep", CELLS | deep)
    captions = [caption.value for caption in looked_at(opened(), "deep").caption]
    told = " ".join(caption for caption in captions if "Bits a pixel" in caption)
    assert all(words in told for words in said)
    assert bool(told) == bool(whites)
    assert ("save them" in told) == (len(whites) > 2)


def deep_grey(white: int) -> bytes:
    file = io.BytesIO()
    Image.fromarray(np.full((30, 40), white, np.uint16)).save(file, "PNG")
    return file.getvalue()


def test_from_the_folder_to_a_data_set(bring: Path) -> None:
    app = looked_at(opened())
    assert "40 images in 2 classes" in texts(app)
    assert "a 20 · b 20" in texts(app)
    assert "Up to “Thin” the names have 10 beginnings, as “P0”" in texts(app)
    assert app.text_input("own_data.title").value == "cells"
    assert app.selectbox("own_data.size").value == "40×30"
    app = checked(app.button("own_data.group").click().run())
    assert "10 groups by the name up to “Thin”, as “P0” of P0Thin\\_0\\.png; the largest has 4 images." in texts(app)
    app.text_input("own_data.title").set_value("My cells")  # and the button is pressed at once
    app = checked(app.button("own_data.import").click().run())
    app = ended(app)
    assert "**“My cells” is ready:** 32 images to learn from and 8 to be judged on, in 2 classes." in texts(app)
    (record,) = own_records()
    assert (record.title, record.image_shape, record.group_count) == ("My cells", (40, 30, 1), 10)
    assert "10 groups by the name up to “Thin”" in texts(app).replace("\\", "")
    assert "Before: 40×30 pixels each." in texts(app)

    def looked_at_again(slug: str) -> None:
        from dashboard.panels.data_sets.facts import _own_facts

        _own_facts(slug)

    facts = checked(AppTest.from_function(looked_at_again, args=(record.slug,)).run())
    assert facts.caption[0].value == "Before they were brought to one size: 40×30 pixels each."
    assert "a before: 40×30 pixels each\nb before: 40×30 pixels each\nGroups by" in facts.text[0].value
    app = checked(app.button("own_data.again").click().run())
    assert "One folder for each class" in texts(app)


@pytest.mark.parametrize(("name", "title"), [("cells v1.2", "cells v1.2"), ("cells.ZIP", "cells")])
def test_name_of_the_files_is_the_set_s_without_the_ending(bring: Path, name: str, title: str) -> None:
    (write_zip if name.endswith("ZIP") else write_folder)(bring / name, CELLS)
    assert looked_at(opened(), name).text_input("own_data.title").value == title


def test_uploaded_zip_goes_to_disk_and_is_removed_after_the_import(data_home: Path, tmp_path: Path) -> None:
    data = write_zip(tmp_path / "x.zip", CELLS | {"a/bad.png": b"x"}).read_bytes()
    app = opened()
    app.file_uploader[0].set_value(("My *pets*.zip", data, "application/zip"))
    app = checked(app.run())
    assert "**My \\*pets\\*\\.zip**" in texts(app)
    assert len(list((data_home / "own").glob(".part-upload-*"))) == 1
    assert "no image of a format" in str(app.dataframe[0].value)
    app = ended(checked(app.button("own_data.import").click().run()))
    assert "is ready" in texts(app)
    assert list((data_home / "own").glob(".part-*")) == []
    assert own_records()[0].skipped_count == 1
    assert "1 file left out" in [box.label for box in app.expander]


def test_file_that_is_refused_is_a_sentence_and_others_can_be_chosen(data_home: Path, tmp_path: Path) -> None:
    app = opened()
    app.file_uploader[0].set_value(("a.zip", b"no zip", "application/zip"))
    app = checked(app.run())
    assert [error.value for error in app.error] == [
        "The file is damaged, incomplete or no zip that can be read. Make the zip once more."
    ]
    app = checked(app.button("own_data.other").click().run())
    assert not app.error
    assert "One folder for each class" in texts(app)
    assert list((data_home / "own").glob(".part-*")) == []


def test_import_that_fails_says_why_and_keeps_the_files(data_home: Path) -> None:
    write_folder(data_home / "bring" / "few", class_files({"a": 9, "b": 3}))
    app = looked_at(opened(), "few")
    app = ended(checked(app.button("own_data.import").click().run()))
    assert "The class “b” has 3 images that can be read; 5 are the fewest." in app.error[0].value
    assert app.button("own_data.import").label == "Import 12 images"


def test_nothing_is_counted_before_the_files_are_listed(monkeypatch: pytest.MonkeyPatch) -> None:
    snapshot = ImportSnapshot("running", 0, 0, None, None, (), 0, "Looking at the files.")
    job = SimpleNamespace(id="job", cancel=lambda: None, snapshot=snapshot)
    monkeypatch.setattr(own_data, "find_import", lambda _job_id: job)
    assert opened().get("progress")[0].proto.text == "Looking at the files."


def test_progress_and_cancel(bring: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    go_on, decode = threading.Event(), decoding.decode_chunk

    def wait(chunk: list[bytes], fit: object) -> object:
        assert go_on.wait(10)
        return decode(chunk, fit)  # type: ignore[arg-type]

    monkeypatch.setattr(decoding, "decode_chunk", wait)
    app = looked_at(opened())
    app = checked(app.button("own_data.import").click().run())
    job = find_import(app.session_state["state.choices"]["own_data.job"])
    assert job is not None
    until(lambda: job.snapshot.total == 40, "the files were listed")
    app = checked(app.run())
    assert "0 of 40" in app.get("progress")[0].proto.text
    app.button("own_data.cancel").click().run()
    go_on.set()
    job.wait(10)
    app = checked(app.run())
    assert "The import was cancelled, and nothing of it was kept." in texts(app)
    assert own_entries() == ()


def test_settings_reach_the_import(bring: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[ImportSettings] = []

    def start(path: Path, settings: ImportSettings, owner: str) -> object:
        seen.append(settings)
        return import_job.ImportJob(path, settings)

    monkeypatch.setattr(own_data_preview, "start_import", start)
    app = looked_at(opened())
    app.selectbox("own_data.size").set_value("32×32").run()
    app.segmented_control("own_data.channels.choice").set_value("3").run()
    app.segmented_control("own_data.aspect.choice").set_value("stretched").run()
    app.slider("own_data.share").set_value(35.0).run()
    app.text_input("own_data.pattern").set_value("_").run()
    app.number_input("own_data.seed").set_value(7).run()
    checked(app.button("own_data.import").click().run())
    assert seen == [ImportSettings("cells", (32, 32, 3), False, 0.35, "_", 1, 7)]


@pytest.mark.parametrize(
    ("address", "is_mine", "may"), [("localhost", False, True), ("0.0.0.0", True, True), ("0.0.0.0", False, False)]
)
def test_who_may_delete(bring: Path, monkeypatch: pytest.MonkeyPatch, address: str, is_mine: bool, may: bool) -> None:
    monkeypatch.setattr(own_data_list, "_server_address", lambda: address)
    app = looked_at(opened())
    app = ended(checked(app.button("own_data.import").click().run()))
    if not is_mine:
        app = opened()
    buttons = [button.key for button in app.button]
    assert ("own_data.delete" in buttons) == may
    if not may:
        assert "It can be deleted by whoever brought it" in texts(app)
        return
    app = checked(app.button("own_data.delete").click().run())
    assert own_entries() == ()
    assert "Brought to this server" not in [header.value for header in app.subheader]


def test_session_that_trained_on_a_deleted_set_goes_on_with_the_built_in_one(bring: Path) -> None:
    def script(slug: str) -> None:
        from dataclasses import replace

        import streamlit as st

        from dashboard import state
        from dashboard.controls.fitting_button import fit_network

        if state.choice("is_clicked", False):
            fit_network(slug)  # a click on a button that was drawn before the set was deleted
        lost = state.take_lost_dataset()
        if state.choice("is_first", True):
            state.set_choice("is_first", False)
            state.set_settings(replace(state.settings(), dataset=slug, epochs=7))
        st.write(f"{state.settings().dataset} {state.settings().epochs}{lost}")

    ended(checked(looked_at(opened()).button("own_data.import").click().run()))
    (entry,) = own_entries()
    app = checked(AppTest.from_function(script, args=(entry.slug,)).run())
    assert app.markdown[0].value == f"{entry.slug} 7"
    delete_own(entry.slug)
    assert checked(app.run()).markdown[0].value == "digits 7cells", "said once"
    assert checked(app.run()).markdown[0].value == "digits 7"
    app.session_state["state.choices"]["is_clicked"] = True
    assert checked(app.run()).markdown[0].value == "digits 7cells"


def test_click_that_was_meant_for_a_set_that_is_gone_goes_nowhere(bring: Path) -> None:
    for _ in range(2):
        app = ended(checked(looked_at(opened()).button("own_data.import").click().run()))
    older, newer = own_entries()
    assert app.selectbox("own_data.set").value == newer.slug
    delete_own(newer.slug)
    app = checked(app.button("own_data.train_on").click().run())
    assert [info.value for info in app.info] == [f"Somebody has deleted “{newer.title}”. Choose another data set."]
    assert app.selectbox("own_data.set").value == older.slug
    assert not checked(app.run()).info
