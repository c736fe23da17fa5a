"""The page of exercises: predict, then see the answer; what is kept, and what is counted."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from cnn_core import warm_up
from cnn_core.architecture.layers import Dense, Flatten
from cnn_core.architecture.spec import NetworkSpec
from cnn_core.exercises import EXERCISE_KINDS, Exercise
from dashboard.navigation import PROJECT, page
from dashboard.panels.exercises import panel as exercise_panel
from dashboard.panels.exercises import sheet as exercise_sheet_panel
from dashboard.panels.exercises.question import plain
from tests.cnn_core.exercises.networks import network_of, seeing
from tests.pages.helpers import checked, texts

MIXED = "mixed"


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ask about a small network that needs no TensorFlow, also where it looks at images."""
    monkeypatch.setattr(exercise_panel, "network_controls", lambda page: network_of())
    monkeypatch.setattr(exercise_panel, "seeing_subject", lambda network: seeing(network))
    monkeypatch.setattr(warm_up, "state", lambda: warm_up.WarmUpState(True, 0.0, ""))


def opened(kind: str = MIXED, person: str = "ann") -> AppTest:
    app = AppTest.from_file(str(PROJECT / "app.py"), default_timeout=60)
    app.switch_page(page("Exercises").path)
    app.session_state["state.person"] = person
    app.session_state["state.choices"] = {"exercises.kind": kind}
    return checked(app.run())


def posed(app: AppTest) -> Exercise:
    """The exercise that the page has shown last."""
    exercise = list(app.session_state["state.choices"]["exercises.posed"].values())[-1].exercise
    assert isinstance(exercise, Exercise)
    return exercise


def counted(app: AppTest) -> dict[str, Any] | None:
    """What the browser is told of the newest answer."""
    (found,) = [element for element in app.get("bidi_component") if element.proto.id.endswith("-exercises.score")]
    result = json.loads(found.proto.json)["result"]
    assert result is None or isinstance(result, dict)
    return result


def press(app: AppTest, label: str) -> AppTest:
    (button,) = [button for button in app.button if button.label == label]
    return checked(button.click().run())


def answer(app: AppTest, text: str) -> AppTest:
    app.text_input[0].set_value(text)
    return press(app, "Check my answer")


def worked(app: AppTest) -> str:
    return " ".join(element.proto.body for element in app.get("html") if 'class="formulas"' in element.proto.body)


def boxes(app: AppTest) -> list[str]:
    return [box.value for kind in (app.success, app.error, app.warning, app.info) for box in kind]


def test_a_question_stands_ready_and_nothing_is_counted_yet() -> None:
    app = opened()
    assert plain(posed(app).question) in texts(app)
    assert [button.label for button in app.button] == ["Check my answer", "Show the answer"]
    assert counted(app) is None
    assert worked(app) == ""
    assert boxes(app) == []


@pytest.mark.parametrize("kind", [kind for kind, entry in EXERCISE_KINDS.items() if not entry.needs_images])
def test_a_right_answer_is_praised_worked_out_and_counted(kind: str) -> None:
    app = opened(kind)
    exercise = posed(app)
    assert exercise.kind == kind
    app = answer(app, exercise.answer_text)
    assert boxes(app) == [f"Right: **{plain(exercise.answer_text)}**."]
    for line in exercise.worked:
        assert line.value in worked(app)
    result = counted(app)
    assert result is not None
    assert (result["kind"], result["isRight"]) == (kind, True)
    assert not app.text_input, "an answer is given once"


def test_a_wrong_answer_is_worked_out_too_and_counts_as_tried() -> None:
    app = opened("conv-size")
    exercise = posed(app)
    app = answer(app, "9999")
    assert boxes(app) == [f"Not right: you said 9999, it is **{plain(exercise.answer_text)}**."]
    assert exercise.worked[0].numbers in worked(app)
    result = counted(app)
    assert result is not None
    assert result["isRight"] is False


def test_to_see_the_answer_without_giving_one_counts_as_not_solved() -> None:
    app = opened("conv-size")
    exercise = posed(app)
    app = press(app, "Show the answer")
    assert boxes(app) == [f"The answer is **{plain(exercise.answer_text)}**. It counts as not solved."]
    assert exercise.worked[0].numbers in worked(app)
    result = counted(app)
    assert result is not None
    assert result["isRight"] is False


@pytest.mark.parametrize(("typed", "sentence"), [("many", "“many” is not a whole number."), ("", "no answer yet")])
def test_what_cannot_be_read_is_said_and_can_be_put_right(typed: str, sentence: str) -> None:
    app = opened("conv-size")
    exercise = posed(app)
    app = answer(app, typed)
    assert len(app.warning) == 1
    assert sentence in app.warning[0].value
    assert counted(app) is None
    assert app.text_input[0].value == typed
    assert worked(app) == ""
    app = answer(app, exercise.answer_text)
    assert [box[:5] for box in boxes(app)] == ["Right"[:5]]
    result = counted(app)
    assert result is not None
    assert result["isRight"] is True


def test_another_one_is_another_one_with_an_empty_field() -> None:
    app = opened("conv-size")
    seen = []
    for _ in range(4):
        exercise = posed(app)
        seen.append((exercise.name, (counted(app) or {"id": ""})["id"]))
        app = press(answer(app, exercise.answer_text), "Another one")
        assert app.text_input[0].value == ""
        assert worked(app) == ""
    assert len({name for name, _ in seen}) == 4
    assert len({identity for _, identity in seen}) == 4
    assert "Exercise 5" in texts(app)


def test_all_kinds_come_in_turn() -> None:
    app = opened()
    kinds = []
    for _ in EXERCISE_KINDS:
        kinds.append(posed(app).kind)
        app = press(press(app, "Show the answer"), "Another one")
    assert sorted(kinds) == sorted(EXERCISE_KINDS)


def test_neighbours_are_asked_something_else_and_a_person_the_same_again() -> None:
    names = {person: [posed(opened("conv-size", person)).name] * 2 for person in ("ann", "ben", "cem")}
    assert len({name for name, _ in names.values()}) == 3
    assert posed(opened("conv-size", "ann")).name == names["ann"][0]


def test_no_two_people_have_answers_of_the_same_name() -> None:
    results = [counted(press(opened("conv-size", person), "Show the answer")) for person in ("ann", "ben")]
    assert len({result["id"] for result in results if result is not None}) == 2


def test_an_answered_exercise_stays_answered_when_one_comes_back_to_it() -> None:
    app = opened("conv-size")
    app = press(app, "Show the answer")
    before = counted(app)
    app = checked(app.selectbox(key="exercises.kind").set_value("parameters").run())
    assert boxes(app) == []
    app = checked(app.selectbox(key="exercises.kind").set_value("conv-size").run())
    assert "not solved" in boxes(app)[0]
    assert counted(app) == before


def test_a_network_that_goes_on_learning_does_not_change_the_question(monkeypatch: pytest.MonkeyPatch) -> None:
    steps = iter(range(1, 100))

    def learning(page: str) -> Any:
        step = next(steps)
        return replace(network_of(), id="run", step=step, newest_step=step)

    monkeypatch.setattr(exercise_panel, "network_controls", learning)
    app = opened("second-guess")
    exercise = posed(app)
    app = checked(app.run())
    assert posed(app) is exercise
    app.radio[0].set_value(exercise.answer_text)
    app = press(app, "Check my answer")
    assert boxes(app) == [f"Right: **{plain(exercise.answer_text)}**."]


def test_a_choice_is_made_by_radio_buttons_and_names_are_no_markup() -> None:
    app = opened("second-guess")
    exercise = posed(app)
    assert app.radio[0].options == [plain(choice) for choice in exercise.choices]
    app = press(app, "Check my answer")
    assert "Nothing is chosen yet" in boxes(app)[0]
    wrong = next(choice for choice in exercise.choices if choice != exercise.answer_text)
    app.radio[0].set_value(wrong)
    app = press(app, "Check my answer")
    assert boxes(app) == [f"Not right: you said {plain(wrong)}, it is **{plain(exercise.answer_text)}**."]
    assert "*bird*" not in texts(app).replace("\\*bird\\*", "")


def test_kernels_are_shown_as_pictures_and_the_right_one_is_marked_afterwards() -> None:
    def kernels(app: AppTest) -> dict[str, Any]:
        (found,) = [one for one in app.get("bidi_component") if one.proto.id.endswith("-exercises.choices")]
        data = json.loads(found.proto.json)
        assert isinstance(data, dict)
        return data

    app = opened("kernel")
    exercise = posed(app)
    data = kernels(app)
    assert data["names"] == list(exercise.choices)
    assert (data["isChoosable"], data["notes"], data["frames"]) == (True, [], [])
    assert "Image" in "".join(element.proto.body for element in app.get("html"))
    app.radio[0].set_value("B")
    app = checked(app.run())
    assert [frame[0] for frame in kernels(app)["frames"]] == [1]
    app = press(app, "Check my answer")
    notes = kernels(app)["notes"]
    assert [place for place, note in enumerate(notes) if "right" in note] == [exercise.answer]
    assert [place for place, note in enumerate(notes) if "yours" in note] == [1]
    assert kernels(app)["isChoosable"] is False


def test_a_kind_that_the_network_has_not_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    dense = network_of(NetworkSpec((12, 12, 1), (Flatten(), Dense(units=5, activation="softmax"))))
    monkeypatch.setattr(exercise_panel, "network_controls", lambda page: dense)
    monkeypatch.setattr(exercise_panel, "seeing_subject", lambda network: pytest.fail("nobody has to wait for this"))
    app = opened("kernel")
    assert boxes(app) == [
        "The first layer of this network is no convolution, so there are no kernels to look at. "
        "Choose another kind of question, or another network."
    ]
    assert counted(app) is None
    app = checked(app.selectbox(key="exercises.kind").set_value(MIXED).run())
    assert boxes(app) == []
    assert app.text_input


def test_images_that_cannot_be_read_are_said(monkeypatch: pytest.MonkeyPatch) -> None:
    from cnn_core.errors import ClassroomError

    def refuse(network: object) -> object:
        raise ClassroomError("The images are gone.", "Download them again.")

    monkeypatch.setattr(exercise_panel, "seeing_subject", refuse)
    assert boxes(opened("second-guess")) == ["The images are gone. Download them again."]


def test_sheets_are_offered_with_their_numbers(monkeypatch: pytest.MonkeyPatch) -> None:
    app = opened()
    (button,) = app.get("download_button")
    assert button.proto.label == "Save the sheet (HTML)"
    app.number_input(key="exercises.sheet.sheets").set_value(3)
    app.number_input(key="exercises.sheet.first").set_value(7)
    app = checked(app.run())
    (button,) = app.get("download_button")
    assert button.proto.label == "Save the sheets (HTML)"
    monkeypatch.setattr(exercise_sheet_panel, "subject_for_print", seeing)
    html = exercise_sheet_panel._make(network_of(), [7, 8, 9], 5)
    assert [f'id="sheet-{number}"' in html for number in (6, 7, 8, 9, 10)] == [False, True, True, True, False]
    assert "Small &lt;network&gt;" in html
    named = replace(network_of(), id="ab12", step=1200)
    assert exercise_sheet_panel.sheet_title(named) == "Small <network> (ab12, step 1,200)"
