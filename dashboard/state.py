"""What a session remembers, by type. The only module that names keys of the session's state.

Widgets forget their value when their page is left. So what a person has chosen is kept here under a key of its own,
and `seed_widget` gives it back to the widget when the page is drawn again.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast

import numpy as np
import numpy.typing as npt
import streamlit as st

from cnn_core.architecture.design import NetworkDesign, find_design_problem
from cnn_core.architecture.presets import DEFAULT_PRESET, PRESETS
from cnn_core.training.run import Run
from cnn_core.training.runs import find_run
from cnn_core.training.settings import TrainingSettings, settings_for

RUN_PARAMETER = "run"
"""The address's name for the run that a page shows."""

_DESIGN = "state.design"
_VALID_DESIGN = "state.valid_design"
_PRESET = "state.preset"
_SETTINGS = "state.settings"
_RUN = "state.run"
_LOST_RUN = "state.lost_run"
_STROKES = "state.strokes"
_CANVAS_START = "state.canvas_start"
_DRAWN_IMAGE = "state.drawn_image"
_CHOICES = "state.choices"

T = TypeVar("T")


def design() -> NetworkDesign:
    """Return the network that the session is designing."""
    return cast(NetworkDesign, st.session_state.get(_DESIGN, PRESETS[DEFAULT_PRESET].design))


def set_design(value: NetworkDesign) -> None:
    """Keep the network that the session is designing."""
    st.session_state[_DESIGN] = value
    if find_design_problem(value) is None:
        st.session_state[_VALID_DESIGN] = value


def last_valid_design() -> NetworkDesign:
    """Return the newest state of the design that could be built."""
    return cast(NetworkDesign, st.session_state.get(_VALID_DESIGN, PRESETS[DEFAULT_PRESET].design))


def preset_slug() -> str:
    """Return the name of the ready-made network that the design began from."""
    return cast(str, st.session_state.get(_PRESET, DEFAULT_PRESET))


def set_preset_slug(value: str) -> None:
    """Keep the name of the ready-made network that the design began from."""
    st.session_state[_PRESET] = value


def settings() -> TrainingSettings:
    """Return how the session trains."""
    return cast(TrainingSettings, st.session_state.get(_SETTINGS, settings_for(PRESETS[DEFAULT_PRESET])))


def set_settings(value: TrainingSettings) -> None:
    """Keep how the session trains."""
    st.session_state[_SETTINGS] = value


def current_run() -> Run | None:
    """Return the run that the session follows, if this server still knows it."""
    run_id = st.session_state.get(_RUN)
    return find_run(run_id) if run_id else None


def follow_run(run: Run) -> None:
    """Make a run the one that the session follows, and write it into the address."""
    st.session_state[_RUN] = run.id
    st.query_params[RUN_PARAMETER] = run.id


def read_address() -> None:
    """Follow the run that the address names; where it names none, write the followed one into it.

    An id that this server does not know is taken out of the address and remembered for `take_lost_run`.
    """
    named = st.query_params.get(RUN_PARAMETER)
    if named and find_run(named):
        st.session_state[_RUN] = named
    elif named:
        st.session_state[_LOST_RUN] = True
        del st.query_params[RUN_PARAMETER]
    run = current_run()
    if run is not None:
        st.query_params[RUN_PARAMETER] = run.id


def take_lost_run() -> bool:
    """Whether the address named a run that this server does not know; says so once."""
    return bool(st.session_state.pop(_LOST_RUN, False))


def address_parameters() -> dict[str, str]:
    """Return what a link to another page must carry along."""
    run = current_run()
    return {RUN_PARAMETER: run.id} if run is not None else {}


def strokes() -> list[dict[str, Any]]:
    """Return the strokes on the canvas, in the canvas's own terms."""
    return cast("list[dict[str, Any]]", st.session_state.get(_STROKES, []))


def set_strokes(value: list[dict[str, Any]]) -> None:
    """Keep the strokes on the canvas."""
    st.session_state[_STROKES] = value


def canvas_start() -> dict[str, Any]:
    """Return the drawing that the canvas begins with."""
    return {"objects": st.session_state.get(_CANVAS_START, [])}


def restart_canvas(value: list[dict[str, Any]]) -> None:
    """Let the canvas begin anew with these strokes."""
    st.session_state[_STROKES] = value
    st.session_state[_CANVAS_START] = value


def drawn_image() -> npt.NDArray[np.uint8] | None:
    """Return the session's drawing as the network sees it, `(28, 28, 1)`, or nothing."""
    return cast("npt.NDArray[np.uint8] | None", st.session_state.get(_DRAWN_IMAGE))


def set_drawn_image(value: npt.NDArray[np.uint8] | None) -> None:
    """Keep the session's drawing as the network sees it."""
    st.session_state[_DRAWN_IMAGE] = value


def choice(name: str, default: T) -> T:
    """Return what was last chosen under a name, as `"inside.image"`."""
    return cast(T, st.session_state.get(_CHOICES, {}).get(name, default))


def set_choice(name: str, value: object) -> None:
    """Keep what was chosen under a name."""
    st.session_state.setdefault(_CHOICES, {})[name] = value


def seed_widget(key: str, value: object) -> str:
    """Give a widget its value if it has none yet, and return its key for the widget's `key=`."""
    if key not in st.session_state:
        st.session_state[key] = value
    return key


def widget_value(key: str) -> Any:
    """Return the value of a widget, for use in its callback."""
    return st.session_state.get(key)


def when_changed(key: str, take: Callable[[Any], None]) -> Callable[[], None]:
    """Make a widget's callback that hands its new value to `take`.

    Where another callback of the same run has just made the widget forget its value (a ready-made network was chosen,
    and a click followed at once), there is no value any more, and nothing to take.
    """

    def callback() -> None:
        value = st.session_state.get(key)
        if value is not None:
            take(value)

    return callback


def keep_choice(key: str, name: str) -> Callable[[], None]:
    """Make a widget's callback that keeps its value as the choice of that name."""
    return when_changed(key, lambda value: set_choice(name, value))


def put_widget(key: str, value: object) -> None:
    """Give a widget a value before it is drawn, whatever it had."""
    st.session_state[key] = value


def forget_widgets(prefix: str) -> None:
    """Let all widgets whose key begins with `prefix` take their value anew from what is kept."""
    for key in [key for key in st.session_state if str(key).startswith(prefix)]:
        del st.session_state[key]
