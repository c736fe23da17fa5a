"""The moment of a training whose network the pages look at: one choice for all pages."""

from __future__ import annotations

import time
from functools import partial

import streamlit as st

from cnn_core.errors import ClassroomError
from cnn_core.networks import TrainedNetwork
from cnn_core.training.moments import epoch_at, nearest_moment
from cnn_core.training.run import Run
from cnn_core.training.snapshot import RunSnapshot
from dashboard import state
from dashboard.words import count

NEWEST = -1
"""The slider's right end: whatever the training has learned by now, or has led to."""

PLAY_INTERVAL_S = 0.7
"""So long each moment is shown while they are played."""

_PLAYING = "moment.playing"

OFFERED_GROWTH = 1.25
"""Where a page refreshes itself, so many times more moments are a reason to offer them: not one each second."""


def chosen_moment(run: Run) -> int | None:
    """Return the step at which the session looks at a run; nothing while it follows the newest weights."""
    step: int | None = state.choice(_name(run), None)
    return step


def moment_controls(run: Run, page: str, *, is_refreshing: bool = False, is_playable: bool = False) -> int | None:
    """Let the person go back to an earlier moment of a training; nothing is shown while there is only one.

    Args:
        run: The training.
        page: The page's name, the beginning of its widget's key.
        is_refreshing: Whether the page draws itself anew while the training goes on.
        is_playable: Whether a button walks through the moments, one after the other.

    Returns:
        Step of the moment, for `network_of_run`; nothing for the newest weights.
    """
    key = f"{page}.moment.{run.id}"
    try:
        options = _offered(run, key, is_refreshing=is_refreshing)
    except ClassroomError as error:
        st.caption(f"Earlier moments cannot be read: {error}")
        return None
    if len(options) < 2:
        return None
    step = chosen_moment(run)
    if step is not None and step not in options:
        # Thinned away meanwhile: the nearest one stands for it, on every page.
        step = nearest_moment(options[:-1], step)
        state.set_choice(_name(run), step)
    value = NEWEST if step is None else step
    # What the browser has is a place in the list: where that has changed, it is told again.
    if _note_change(f"{key}.options", options):
        state.put_widget(key, value)
    snapshot = run.snapshot
    st.select_slider(
        "Moment of its training",
        options,
        value=value,
        key=state.sync_widget(key, value),
        format_func=lambda moment: moment_name(snapshot, moment),
        on_change=state.when_changed(key, partial(choose_moment, run)),
        help="The weights were kept at these moments. Go back, and every page shows the network as it was then; "
        "at the right end it follows the newest weights.",
    )
    if is_playable:
        _player(run, options, value)
    else:
        state.set_choice(_PLAYING, "")
    return step


def choose_moment(run: Run, step: int) -> None:
    """Look at a run as it was at some step, on every page.

    Args:
        run: The training.
        step: One of its moments, or `NEWEST`.
    """
    state.set_choice(_name(run), None if step == NEWEST else step)
    state.set_choice(_PLAYING, "")


def moment_name(snapshot: RunSnapshot, moment: int) -> str:
    """Name a moment for the slider."""
    if moment == NEWEST:
        return "newest"
    epoch = epoch_at(snapshot, moment)
    return f"step {count(moment)}" + (f" · epoch {epoch}" if epoch else "")


def moment_caption(run: Run, network: TrainedNetwork) -> None:
    """Say which moment of its training a network is from, plainly where it is not the newest one."""
    if network.notice:
        st.warning(network.notice)
        return
    step, total = count(network.step), count(max(run.snapshot.total_steps, network.newest_step))
    epoch = epoch_at(run.snapshot, network.step)
    if network.is_newest:
        which = "newest" if run.snapshot.is_active else "final"
        st.caption(f"Its {which} weights, of step {step} of {total}" + (f": epoch {epoch}." if epoch else "."))
        return
    when = f"after step {step} of {total}, in epoch {epoch}" if epoch else "before its first step"
    st.markdown(
        f":material/history: **As it was {when}**; its newest weights are those of step {count(network.newest_step)}."
    )


def _offered(run: Run, key: str, *, is_refreshing: bool) -> tuple[int, ...]:
    """List the moments that the slider has, the newest weights last."""
    before: tuple[int, ...] = state.choice(f"{key}.options", ())
    newest = run.weights
    if newest is None:
        return ()
    steps = run.moments()
    if is_refreshing and len(before) <= len(steps) < OFFERED_GROWTH * len(before):
        return before
    return (*(step for step in steps if step != newest.step), NEWEST)


def _player(run: Run, options: tuple[int, ...], moment: int) -> None:
    is_playing = state.choice(_PLAYING, "") == run.id and moment != NEWEST
    st.button(
        "Stop" if is_playing else "Play the training",
        key="moment.play",
        type="tertiary",
        icon=":material/stop:" if is_playing else ":material/play_arrow:",
        on_click=_play_or_stop,
        args=(run, options, moment),
    )
    if is_playing:
        st.fragment(_next_moment, run_every=PLAY_INTERVAL_S)(run, options, moment, time.perf_counter())


def _play_or_stop(run: Run, options: tuple[int, ...], moment: int) -> None:
    is_playing = state.choice(_PLAYING, "") == run.id
    if not is_playing and moment == NEWEST:
        choose_moment(run, options[0])
    state.set_choice(_PLAYING, "" if is_playing else run.id)


def _next_moment(run: Run, options: tuple[int, ...], moment: int, drawn_at_s: float) -> None:
    """Go on to the next moment, except in the run that has just drawn this one."""
    if time.perf_counter() - drawn_at_s < PLAY_INTERVAL_S / 2:
        return
    following = options[options.index(moment) + 1]
    choose_moment(run, following)
    state.set_choice(_PLAYING, run.id if following != NEWEST else "")
    st.rerun()


def _note_change(name: str, value: object) -> bool:
    before = state.choice(name, None)
    state.set_choice(name, value)
    return before != value


def _name(run: Run) -> str:
    return f"moment.{run.id}"
