"""Vanishing gradients: what two deep networks' layers get of the gradient, and what they learn with it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import streamlit as st

from cnn_core.architecture.deep_stack import FEWEST_LAYERS, MOST_LAYERS, STACK_ACTIVATIONS, DeepStack
from cnn_core.architecture.fields import Choice, domain_of, presentation_of
from cnn_core.comparison.depth_race import GUESSING
from cnn_core.errors import ClassroomError
from cnn_core.training.gradient_survey import GradientSurvey
from cnn_core.training.snapshot import RunSnapshot
from dashboard import resources, state
from dashboard.charts.gradient_profile import drawn_stacks, gradient_profile, gradient_sums, profile_words, stack_mark
from dashboard.charts.run_comparison import RUN_STYLES
from dashboard.controls.chart_view import plotly_view
from dashboard.controls.progress import progress_teller
from dashboard.lessons.lesson import Lesson, OwnPlace, Task
from dashboard.lessons.vanishing_gradients_race import race_panel
from dashboard.palette import Palette

FIRST = (DeepStack(layers=8, activation="sigmoid"), DeepStack(layers=8, activation="relu"))
"""What A and B are in the beginning."""

FADED = 1e-9
KEPT = 0.01
SMALL = 1e-4
DEEP = 10
LEARNED = 0.7
"""What the tasks ask for: parts of the last layer's gradient, layers, and a share of images read rightly."""


@dataclass(frozen=True)
class Seen:
    """What is set and what came out.

    Args:
        stacks: A and B.
        surveys: Their layers' gradients.
        trained: How their trainings stand; nothing where they have not been trained.
    """

    stacks: tuple[DeepStack, DeepStack]
    surveys: tuple[GradientSurvey, GradientSurvey]
    trained: tuple[RunSnapshot, ...]

    def has(self, is_so: Callable[[DeepStack, GradientSurvey], bool]) -> bool:
        """Whether A or B is of some kind."""
        return any(is_so(stack, survey) for stack, survey in zip(self.stacks, self.surveys, strict=True))


def stage(palette: Palette) -> Seen | None:
    """Let people choose two networks, show their gradients, and train both."""
    letters = ("a", "b")
    for letter, column, first in zip(letters, st.columns(2, gap="small"), FIRST, strict=True):
        with column, st.container(border=True, key=f"vanishing.{letter}", gap="xsmall"):
            _stack_controls(letter, first)
    slot = st.empty()
    a, b = (state.choice(_name(letter), first) for letter, first in zip(letters, FIRST, strict=True))
    try:
        surveys = (_survey(a, slot), _survey(b, slot))
    except ClassroomError as error:
        st.warning(str(error))
        return None
    drawn = drawn_stacks((a, b), surveys)
    plotly_view(gradient_profile(drawn, palette), key="vanishing.profile", alt=profile_words(drawn))
    st.caption(
        "The length of the loss’s gradient for the weights of each layer, measured on 256 digits before the first "
        "step. The scale is logarithmic: equal distances are equal factors."
    )
    with st.container(key="vanishing.sums"):
        st.markdown("**Where the gradient goes, in numbers**")
        st.html(gradient_sums(drawn, palette))
        st.caption("The weights multiply too, and batch norm divides by what it finds: slopes alone are not all.")
    return Seen((a, b), surveys, race_panel((a, b), palette))


def _survey(stack: DeepStack, slot: Any) -> GradientSurvey:
    return resources.gradient_survey(stack, progress_teller(slot, f"Building and measuring {stack.words}"))


def _name(letter: str) -> str:
    return f"vanishing.{letter}.stack"


def _stack_controls(letter: str, first: DeepStack) -> None:
    """Choose one network."""
    stack: DeepStack = state.choice(_name(letter), first)
    style = RUN_STYLES["ab".index(letter)]
    st.html(stack_mark(style))

    def changed(field: str) -> Callable[[], None]:
        def take(value: Any) -> None:
            state.set_choice(_name(letter), replace(state.choice(_name(letter), first), **{field: value}))

        return state.when_changed(f"vanishing.{letter}.{field}", take)

    def shown(field: str) -> dict[str, Any]:
        words = presentation_of(DeepStack, field)
        key = state.sync_widget(f"vanishing.{letter}.{field}", getattr(stack, field))
        return {"label": words.label, "help": words.help, "key": key, "on_change": changed(field)}

    titles = domain_of(DeepStack, "activation")
    assert isinstance(titles, Choice)
    chosen = STACK_ACTIVATIONS.index(stack.activation)
    st.selectbox(**shown("activation"), options=STACK_ACTIVATIONS, index=chosen, format_func=titles.title)
    st.slider(**shown("layers"), min_value=FEWEST_LAYERS, max_value=MOST_LAYERS, value=stack.layers)
    with st.container(horizontal=True, gap="small"):
        st.toggle(**shown("has_batch_norm"), value=stack.has_batch_norm)
        st.toggle(**shown("has_good_start"), value=stack.has_good_start)


def _is_one_taught(seen: Seen) -> bool:
    """Whether of the two trained networks one has learned to read and the other has learned nothing."""
    shares = sorted(snapshot.test.accuracy for snapshot in seen.trained if snapshot.test is not None)
    return len(shares) == 2 and shares[0] < GUESSING and shares[1] > LEARNED


LESSON: Lesson[Seen] = Lesson(
    slug="Vanishing_gradients",
    stage=stage,
    tasks=(
        Task(
            "fade",
            "Make a sigmoid network so deep that its first layer gets less than a billionth of the last one’s "
            "gradient.",
            lambda seen: seen.has(lambda stack, survey: survey.share_left < FADED and stack.activation == "sigmoid"),
            "On the logarithmic scale the line is straight: every further sigmoid leaves about a fifth of what there "
            "was. No learning rate makes up for that, because the last layers would shoot off.",
        ),
        Task(
            "rescue",
            "Keep sigmoid and at least ten layers, and let at least a hundredth of the gradient reach the first layer.",
            lambda seen: seen.has(
                lambda stack, survey: (
                    stack.activation == "sigmoid" and stack.layers >= DEEP and survey.share_left >= KEPT
                )
            ),
            "Batch norm divides by the spread that it finds, and so multiplies the gradient back to size at every "
            "layer.",
        ),
        Task(
            "start",
            "Let the gradient of a ReLU network fade to less than a ten-thousandth, though ReLU’s slope is 1.",
            lambda seen: seen.has(lambda stack, survey: stack.activation == "relu" and survey.share_left < SMALL),
            "Weights that begin too small shrink the gradient at every layer as well: the slope is only one of the "
            "factors. He’s rule makes them just large enough.",
        ),
        Task(
            "train",
            "Train two networks of which one learns to read digits and the other learns nothing at all.",
            _is_one_taught,
            "The curve of the one lies flat at 10 %, that of the other rises: what does not reach the first layers "
            "cannot teach them, and on what they then pass on the last ones cannot build.",
        ),
    ),
    own=OwnPlace("See the gradients of your own", "Train", {"training.view": "gradients"}),
    needs_backend=True,
)
