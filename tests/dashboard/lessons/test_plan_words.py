"""What a lesson plan chooses is said in the words of the pages, never by the names in its file."""

from __future__ import annotations

import pytest

from dashboard.lessons.plan_words import choice_words, setting_words
from dashboard.teaching.library import shipped_plans
from dashboard.teaching.plan import Plan, Step
from dashboard.teaching.settings import SETTINGS


@pytest.mark.parametrize("name", SETTINGS)
def test_every_value_that_a_plan_may_choose_has_its_page_s_words(name: str) -> None:
    for value in SETTINGS[name]:
        label, said = setting_words(name, value).split(": ", 1)
        assert label[0].isupper()
        assert "_" not in label
        assert said not in ("", value if isinstance(value, str) and not value.isdigit() else "")


@pytest.mark.parametrize("plan", shipped_plans().values(), ids=str)
def test_the_plans_that_ship_show_no_name_of_a_setting(plan: Plan) -> None:
    said = " ".join(choice_words(step) for step in plan.steps)
    assert said
    assert not [name for name in SETTINGS if name in said]


def test_a_design_of_the_plan_s_own_is_said_and_not_spelled_out() -> None:
    design = {"net": "2_28x28x1_F_Nu10a8", "train": "e3", "data": "digits"}
    said = choice_words(Step("Train", 3, "Train.", {"inside.source": "digits"}, design))
    assert said == (
        "Image from: Digits, test images · Network: the plan’s own · Training settings: the plan’s own · "
        "Data set: Digits"
    )
