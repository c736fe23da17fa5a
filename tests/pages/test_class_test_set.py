"""The class's own test set: a teacher and two students in one room, each with a session of their own."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from cnn_core.data.own.sets import own_record, owner_mark
from cnn_core.data.registry import DATASETS
from cnn_core.errors import ClassroomError
from cnn_core.networks import TrainedNetwork, starter_network
from cnn_core.room import here
from cnn_core.room.codes import spoken
from cnn_core.room.door import Door
from cnn_core.room.glance import Glances
from cnn_core.room.judging import Judge, entry_for
from cnn_core.room.prompts import Prompts
from dashboard.charts.qr_code import qr_code
from dashboard.panels.draw.canvas import CanvasDrawing
from dashboard.panels.rooms import draw as room_draw
from dashboard.panels.rooms.head import LARGE_SIDE, SMALL_SIDE
from tests.cnn_core.room.samples import drawing
from tests.pages.helpers import checked, open_page, texts, until

PAGE = "Class_test_set"


class Pen:
    """What is on everybody's canvas."""

    def __init__(self) -> None:
        self.number = 0
        self.is_empty = False

    def canvas(self, *_: object, **__: object) -> CanvasDrawing | None:
        if self.is_empty:
            return None
        rgba = np.zeros((280, 280, 4), np.uint8)
        rgba[..., 3] = 255
        rgba[40:240, 100:120, :3] = rgba[40:60, 100 : 130 + 8 * self.number, :3] = 255
        return CanvasDrawing(rgba, 2, True)


def says_one(_: TrainedNetwork, images: np.ndarray) -> np.ndarray:
    """A network that takes every drawing for a one."""
    said = np.full((len(images), 10), 0.05, np.float32)
    said[:, 1] = 0.55
    return said


@pytest.fixture(autouse=True)
def own_server(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    monkeypatch.setenv("CNN_CLASSROOM_DATA", str(tmp_path / "data"))
    judge = Judge(lambda network_id, step: starter_network(), says_one)
    for name, value in (("judge", judge), ("door", Door()), ("prompts", Prompts()), ("glances", Glances())):
        monkeypatch.setattr(here, name, value)
    here.forget()
    yield
    judge.close()
    here.forget()


@pytest.fixture
def pen(monkeypatch: pytest.MonkeyPatch) -> Pen:
    held = Pen()
    for name in ("drawing_canvas", "canvas_drawing"):
        monkeypatch.setattr(room_draw, name, held.canvas)
    return held


def code_of(app: AppTest) -> str:
    """The code in the address."""
    code = app.query_params["room"]
    return code if isinstance(code, str) else code[0]


def html_of(app: AppTest) -> str:
    """All that a page shows as HTML of its own."""
    return "\n".join(str(element.proto.body) for element in app.get("html"))


def teacher() -> tuple[AppTest, str]:
    """Open a room, and return the teacher's session and the room's code."""
    app = checked(open_page(PAGE).button("room.open").click().run())
    return app, code_of(app)


def click(app: AppTest, key: str) -> AppTest:
    return checked(app.button(key).click().run())


def view(app: AppTest, name: str) -> AppTest:
    return checked(app.segmented_control("room.view").set_value(name).run())


def add(app: AppTest, pen: Pen) -> AppTest:
    pen.number += 1
    return click(checked(app.run()), "room.add")


def reloaded(code: str, key: str) -> None:
    """A page whose browser has kept a key."""
    import streamlit as st

    from dashboard.components.room_keeper import Remembered
    from dashboard.panels.rooms.visit import find_visit, remember

    remember(Remembered(code, "5" * 16, key))
    visit = find_visit()
    assert visit is not None
    st.markdown(f"{visit.person} {visit.is_teacher}")


def asked(app: AppTest) -> int:
    return int(app.header[0].value.removeprefix("Draw: "))


def test_a_class_draws_freezes_and_ranks(pen: Pen) -> None:
    board, code = teacher()
    html = html_of(board)
    assert spoken(code) in html
    assert f"?room={code}" in html
    assert board.button("room.freeze").disabled
    assert "Nobody has drawn yet" in texts(board)

    ann = open_page(PAGE)
    ann.text_input("room.typed").set_value(code.lower())
    ann = click(ann, "room.join")
    assert code_of(ann) == code
    bob = open_page(PAGE, room=code)
    assert asked(ann) != asked(bob), "two who draw at once are asked for different classes"
    labels = [asked(ann), asked(bob)]
    ann, bob = add(ann, pen), add(bob, pen)
    assert "Your “" in ann.toast[0].value
    assert asked(ann) not in labels
    assert "**1 drawing of the room**, 1 of them yours" in texts(ann)
    assert "**2 drawings of the room**, 1 of them yours" in texts(bob)
    ann = add(ann, pen)
    assert here.rooms().drawings(code).labels.tolist()[:2] == labels

    board = checked(board.run())
    assert board.button("room.freeze").label == "Freeze 3 drawings"
    board = click(board, "room.freeze")
    assert "Frozen: version 1" in board.success[0].value
    bob = view(bob, "board")
    name = bob.selectbox("room.name").value
    bob = click(bob, "room.enter")
    assert f"“{name}” is on the board." in bob.success[0].value
    until(lambda: here.rooms().entries(code)[0].answers is not None, "the network is asked")
    bob = checked(bob.run())
    html = html_of(bob)
    assert name in html
    assert "yours" in html
    ones = int((here.rooms().drawings(code).labels == 1).sum())
    assert f"{ones} of 3" in html

    # A limit that the teacher sets later takes it out of the ranking, with the reason.
    board = checked(board.radio("room.limit_kind").set_value("parameters").run())
    board = checked(board.number_input("room.limit_amount").set_value(1000).run())
    board = view(board, "board")
    html = html_of(board)
    assert "334,922 parameters: the limit is 1,000" in html
    assert "at most 1,000 parameters" in texts(board)


def test_phones_get_in_by_a_qr_code_that_can_be_shown_large(monkeypatch: pytest.MonkeyPatch) -> None:
    page = "http://192.0.2.7:8501/Class_test_set"
    monkeypatch.setattr(type(st.context), "url", property(lambda _: page))
    app, code = teacher()
    picture = qr_code(f"{page}?room={code}", f"QR code that leads into room {spoken(code)}", SMALL_SIDE)
    assert picture in html_of(app)
    assert "Scan this, or open <b>Class test set</b>" in html_of(app)
    app = checked(app.toggle("room.is_large").set_value(True).run())
    assert picture.replace(SMALL_SIDE, LARGE_SIDE) in html_of(app)
    assert "<img" not in html_of(open_page(PAGE, room=code)), "students have the code already"

    # On the machine itself the address leads nowhere else: no code, but what to do.
    page = "http://localhost:8501/Class_test_set"
    app = checked(app.run())
    assert "<img" not in html_of(app)
    assert ">Open <b>Class test set</b> and type the code" in html_of(app)
    assert "works on this machine only, so there is no QR code: start the app with **--server.address" in texts(app)
    assert not any(toggle.key == "room.is_large" for toggle in app.toggle)


def test_what_is_refused_is_said_and_the_drawing_stays(pen: Pen) -> None:
    _, code = teacher()
    ann = add(open_page(PAGE, room=code), pen)
    before = asked(ann)
    ann = click(ann, "room.add")  # the same drawing again
    assert "in the room already" in ann.warning[0].value
    assert asked(ann) == before
    ann = click(ann, "room.take_back")
    assert "**0 drawings of the room**" in texts(ann)
    assert ann.button("room.take_back").disabled
    other = asked(click(ann, "room.pass"))
    assert other != before
    pen.is_empty = True  # as after a restart of the server, when the browser alone knows the drawing
    ann = click(ann, "room.add")
    assert "has not reached the server" in ann.warning[0].value
    assert ann.button("room.add").disabled


def test_names_of_classes_are_text_wherever_they_stand(pen: Pen) -> None:
    names = ("<b>bold</b>", "![x](http://example.org/x.png)")
    code, _ = here.rooms().open_room(names)
    ann = open_page(PAGE, room=code)
    words = ann.header[0].value.removeprefix("Draw: ")
    assert words in (r"\<b\>bold\<\/b\>", r"\!\[x\]\(http\:\/\/example\.org\/x\.png\)")
    assert words in add(ann, pen).toast[0].value
    assert "<b>bold" not in html_of(ann)
    assert "&lt;b&gt;bold&lt;/b&gt;" in html_of(ann)
    options = view(ann, "set").segmented_control("room.class").options
    assert not any("![" in option for option in options)


def test_only_the_teacher_has_the_controls_and_the_key_survives_a_reload_by_the_browser(pen: Pen) -> None:
    board, code = teacher()
    key = board.code[0].value
    assert here.rooms().is_teacher(code, key)
    assert key not in str(board.query_params), "a room reads the address on the projector"

    again = open_page(PAGE, room=code)  # the page was loaded anew
    assert not any(button.key == "room.freeze" for button in again.button)
    again.text_input("room.claim").set_value("wrong")
    again = click(again, "room.use_key")
    assert "not the key of this room" in again.warning[0].value
    again.text_input("room.claim").set_value(key)
    again = click(again, "room.use_key")
    assert any(button.key == "room.freeze" for button in again.button)

    for sent, is_teacher in ((key, "True"), ("0" * 32, "False")):
        app = AppTest.from_function(reloaded, args=(code, sent))
        app.query_params["room"] = code
        assert checked(app.run()).markdown[0].value == f"{'5' * 16} {is_teacher}"


def test_the_teacher_takes_out_what_does_not_belong_closes_and_deletes(pen: Pen) -> None:
    board, code = teacher()
    ann, bob = open_page(PAGE, room=code), open_page(PAGE, room=code)
    ann = add(add(ann, pen), pen)
    bob = add(bob, pen)
    board = checked(board.run())
    board.session_state["state.choices"]["room.chosen"] = 1
    board = click(checked(board.run()), "room.remove_all")
    assert "2 drawings taken out" in board.success[0].value
    board = checked(board.toggle("room.is_open").set_value(False).run())
    bob = checked(bob.run())
    assert "closed this room for drawings" in texts(bob)
    board = checked(board.checkbox("room.sure").check().run())
    board = click(board, "room.delete")
    assert "The room is deleted" in texts(board)
    assert "room" not in board.query_params
    bob = checked(bob.run())
    assert "This room is not here any more" in texts(bob)
    assert "typed" not in bob.warning[0].value, "who was inside has typed nothing wrong"
    assert bob.text_input("room.typed")


def test_wrong_code_is_said_and_guessing_ends_soon() -> None:
    app = open_page(PAGE)
    for typed, words in (("<b>hello</b>", "has six signs"), ("K7M2P9", "No room on this server")):
        app.text_input("room.typed").set_value(typed)
        app = click(app, "room.join")
        assert [words in warning.value for warning in app.warning] == [True]
    assert "room" not in app.query_params
    code, _ = here.rooms().open_room()
    app.text_input("room.typed").set_value(f" {spoken(code).lower()} ")
    inside = click(app, "room.join")
    assert code_of(inside) == code
    assert not inside.warning, "what was wrong before is forgotten"
    app = click(inside, "room.leave")
    app.text_input("room.typed").set_value("K7M2P9")
    for _ in range(5):
        here.door.note_wrong(app.session_state["state.choices"]["room.person"])
    assert "Too many wrong codes" in click(app, "room.join").warning[0].value


def test_address_with_a_wrong_code_opens_the_door_with_a_sentence() -> None:
    app = open_page(PAGE, room="<b>x</b>")
    assert "No room on this server has this code" in texts(app)
    assert "room" not in app.query_params
    assert app.text_input("room.typed")


def test_a_set_becomes_a_data_set_and_a_damaged_file_is_said(pen: Pen, tmp_path: Path) -> None:
    board, code = teacher()
    for number in range(20):
        here.rooms().add_drawing(code, f"tab {number // 10}", number % 10, drawing(number))
    board = click(checked(board.run()), "room.freeze")
    board = click(board, "room.save_own")
    assert "10 drawings to learn from, 10 to be judged on" in board.success[0].value
    (slug,) = [entry.slug for entry in DATASETS.values() if entry.title == f"Class {code}"]
    record = own_record(slug)
    assert record is not None
    assert record.owner == owner_mark(board.session_state["state.person"]), "the teacher alone may delete it"
    with pytest.raises(ClassroomError, match="learned from drawings of this very room"):
        entry_for(here.rooms().find(code), replace(starter_network(), dataset=slug), "Amber otter", "ann")

    here.forget()
    (tmp_path / "data" / "rooms" / "rooms.sqlite").write_bytes(b"no database" * 1000)
    board = checked(board.run())
    assert "This room is not here any more" in texts(board)
    board = click(board, "room.open")
    assert "The drawings of all rooms were damaged" in texts(board)
