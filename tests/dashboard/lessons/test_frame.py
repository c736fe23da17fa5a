"""The frame of every lesson: its texts, its tasks that know when they are done, and the way to one's own network."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from dashboard.lessons import frame

WORDS = {"What you see": "A slider.", "Why it matters": "It slides."}


def page() -> None:
    import streamlit as st

    from dashboard.lessons.frame import lesson_panel
    from dashboard.lessons.lesson import Lesson, OwnPlace, Task
    from dashboard.palette import LIGHT

    def stage(_palette: object) -> int | None:
        number = st.slider("Number", 0, 9, 0, key="test.number")
        return number if number != 9 else None

    def even(number: int) -> bool:
        return number > 0 and number % 2 == 0

    tasks: tuple[Task[int], ...] = (
        Task("even", "Choose an even number above zero.", even, "Two divides it."),
        Task("large", "Choose a number above five.", lambda number: number > 5, "It is large."),
    )
    own = OwnPlace("See it in your own network", "Look_inside", {"inside.view": "origin"})
    lesson_panel(Lesson("Convolution", stage, tasks, own), LIGHT, st.stop)


@pytest.fixture
def app(monkeypatch: pytest.MonkeyPatch) -> AppTest:
    monkeypatch.setattr(frame, "lesson_sections", lambda slug: WORDS)
    app = AppTest.from_function(page).run()
    assert not app.exception
    return app


def said(app: AppTest) -> list[str]:
    return [element.value for element in app.markdown]


def choose(app: AppTest, number: int) -> list[str]:
    app.slider("test.number").set_value(number).run()
    assert not app.exception
    return said(app)


def test_texts_stand_around_the_tasks(app: AppTest) -> None:
    assert [element.value for element in app.subheader] == ["What you see", "Try this", "Why it matters"]
    assert [words in said(app) for words in WORDS.values()] == [True, True]


def test_task_is_done_when_its_result_is_there_and_stays_done(app: AppTest) -> None:
    assert not any("Done" in words for words in said(app))
    assert "Two divides it." not in said(app)
    words = choose(app, 3)
    assert not any("Done" in line for line in words)
    words = choose(app, 4)
    assert next(line for line in words if "Done" in line).endswith("Choose an even number above zero.")
    assert "Two divides it." in words
    assert "It is large." not in words
    words = choose(app, 7)
    assert {"Two divides it.", "It is large."} <= set(words)


def test_what_cannot_be_worked_out_does_no_task_and_takes_none_away(app: AppTest) -> None:
    choose(app, 4)
    words = choose(app, 9)
    assert "Two divides it." in words
    assert "It is large." not in words


def test_button_leads_to_the_same_thing_in_ones_own_network(app: AppTest, monkeypatch: pytest.MonkeyPatch) -> None:
    went = []
    monkeypatch.setattr("streamlit.switch_page", lambda path, query_params: went.append(path))
    app.button("lesson.own").click().run()
    assert went == ["pages/30_Look_inside.py"]
    assert app.session_state["state.choices"]["inside.view"] == "origin"


def test_lesson_that_needs_tensorflow_waits_for_it(monkeypatch: pytest.MonkeyPatch) -> None:
    def waiting() -> None:
        import streamlit as st

        from dashboard.lessons.frame import lesson_panel
        from dashboard.lessons.lesson import Lesson, OwnPlace
        from dashboard.palette import LIGHT

        def loading() -> None:
            st.info("Loading TensorFlow")
            st.stop()

        own = OwnPlace("See it", "Look_inside")
        lesson_panel(Lesson("Convolution", lambda palette: st.write("stage"), (), own, True), LIGHT, loading)

    monkeypatch.setattr(frame, "lesson_sections", lambda slug: WORDS)
    app = AppTest.from_function(waiting).run()
    assert [info.value for info in app.info] == ["Loading TensorFlow"]
    assert "stage" not in said(app)
    assert WORDS["Why it matters"] in said(app)
