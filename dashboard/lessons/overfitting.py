"""Over-fitting: one network, few or many images, and what helps against learning them by heart."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import streamlit as st

from cnn_core.architecture.fields import presentation_of
from cnn_core.comparison.overfitting import HELPS, PLANS, Trial, each_help_alone
from cnn_core.comparison.overfitting_words import LUCK, TrialResult
from cnn_core.errors import ClassroomError
from dashboard import state
from dashboard.controls.action_button import action_button
from dashboard.controls.steady_head import steady_head
from dashboard.controls.view_choice import view_choice
from dashboard.lessons.lesson import Lesson, OwnPlace, Task
from dashboard.lessons.overfitting_trials import begin, forget, results, trials, trials_panel
from dashboard.lessons.trainings import any_active
from dashboard.palette import Palette
from dashboard.words import count

BY_HEART = 0.99
POOR = 0.75
HARM = 0.01
"""What tasks ask for: shares of the images learned from and of the test images, and how many of these a help costs."""


_IMAGES = "overfitting.images"


@dataclass(frozen=True)
class Seen:
    """What is set and what came out.

    Args:
        trial: What would be trained next.
        results: What trainings have come to.
    """

    trial: Trial
    results: tuple[TrialResult, ...]

    def helped_by(self) -> list[float]:
        """How much more of the test images each help brought than none, for as many images."""
        plain = {result.trial.images: result.test for result in self.results if not result.trial.helps}
        return [
            result.test - plain[result.trial.images]
            for result in self.results
            if result.trial.helps and result.trial.images in plain
        ]


def stage(palette: Palette) -> Seen | None:
    """Let people choose images and helps, and train."""
    trial = _controls()
    runs = trials()
    with steady_head():
        if not any_active(runs):
            _buttons(trial, has_runs=bool(runs))
    try:
        trials_panel(palette)
        return Seen(trial, results(runs))
    except ClassroomError as error:
        st.warning(str(error))
        return None


def _controls() -> Trial:
    titles = {str(number): count(number) for number in PLANS}
    images = view_choice(
        "Images to learn from",
        "overfitting.images_choice",
        _IMAGES,
        titles,
        "500",
        "As many others are kept aside. The network is always the same: two convolutions and a dense layer.",
    )
    with st.container(horizontal=True, key="overfitting.helps", gap="small"):
        chosen = {name: _help_control(name) for name in HELPS}
    return replace(Trial(int(images)), **chosen)


def _help_control(name: str) -> bool:
    words, key = presentation_of(Trial, name), f"overfitting.{name}"
    kept: bool = state.choice(key, False)
    st.toggle(
        words.label,
        kept,
        key=state.sync_widget(key, kept),
        help=words.help,
        on_change=state.keep_choice(key, key),
    )
    return kept


def _buttons(trial: Trial, *, has_runs: bool) -> None:
    with st.container(horizontal=True, key="overfitting.buttons"):
        action_button(
            f"Train on {count(trial.images)} images",
            partial(begin, (trial,)),
            key="overfitting.train",
            icon=":material/play_arrow:",
            is_primary=True,
        )
        action_button(
            "Try each help alone",
            partial(begin, each_help_alone(trial.images)),
            key="overfitting.each",
            icon=":material/playlist_play:",
            explanation="Six trainings one after the other: without any help, then with each one by itself.",
        )
        if has_runs:
            st.button(
                "Clear",
                key="overfitting.clear",
                icon=":material/layers_clear:",
                on_click=forget,
                help="Shows none of these trainings any more. They stay on the Compare page.",
            )


def _is_by_heart(seen: Seen) -> bool:
    return any(not r.trial.helps and r.learned >= BY_HEART and r.test < POOR for r in seen.results)


def _is_gap_halved(seen: Seen) -> bool:
    """Whether of two trainings without help the one with more images has at most half the gap of the other."""
    plain = [result for result in seen.results if not result.trial.helps]
    return any(many.trial.images > few.trial.images and many.gap <= few.gap / 2 for few in plain for many in plain)


def _tasks() -> tuple[Task[Any], ...]:
    return (
        Task(
            "heart",
            "Let the network learn 50 images by heart, without any help.",
            _is_by_heart,
            "It knows its 50 images without a mistake and reads hardly more than half of all others: with 105,866 "
            "weights there is room for every one of them.",
        ),
        Task(
            "data",
            "Make the gap half as large by nothing but more images.",
            _is_gap_halved,
            "So many images cannot be told apart by chance features any more: what the network learns has to hold for "
            "others too. Nothing else helps as much.",
        ),
        Task(
            "help",
            "Find a help that brings at least 2 points more of the test images than training without any.",
            lambda seen: max(seen.helped_by(), default=0.0) >= LUCK,
            "Augmentation invents more images, dropout forbids to rely on a single unit: both make learning by heart "
            "harder. That costs some accuracy on the images learned from, and that is the point.",
        ),
        Task(
            "harm",
            "Find one that reads fewer test images than training without it.",
            lambda seen: min(seen.helped_by(), default=0.0) <= -HARM,
            "No help is a law: one tries, and measures. An early stop often ends with a lower loss, because the "
            "network is less sure of its mistakes, and still reads fewer images; too many helps at once leave too "
            "little to learn with.",
        ),
    )


LESSON: Lesson[Seen] = Lesson(
    slug="Overfitting",
    stage=stage,
    tasks=_tasks(),
    own=OwnPlace("Try it on your own network", "Train"),
    needs_backend=True,
)
