"""What a session remembers, by type. The only module that names keys of the session's state.

Widgets forget their value when their page is left. So what a person has chosen is kept here under a key of its own,
and `sync_widget` gives it back to the widget when the page is drawn again.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import replace
from typing import Any, TypeVar, cast
from urllib.parse import urlencode

import numpy as np
import numpy.typing as npt
import streamlit as st

from cnn_core.architecture.address import spec_from_address, spec_to_address
from cnn_core.architecture.presets import DEFAULT_PRESET, PRESETS
from cnn_core.architecture.shapes import find_problem, network_figures
from cnn_core.architecture.spec import NetworkSpec
from cnn_core.data.registry import DATASETS, dataset_entry, dataset_title
from cnn_core.errors import ClassroomError
from cnn_core.training.address import settings_from_address, settings_to_address
from cnn_core.training.run import Run
from cnn_core.training.runs import find_run
from cnn_core.training.settings import TrainingSettings, settings_for

RUN_PARAMETER = "run"
NETWORK_PARAMETER = "net"
SETTINGS_PARAMETER = "train"
DATASET_PARAMETER = "data"
ROOM_PARAMETER = "room"
DESIGN_PARAMETERS = (NETWORK_PARAMETER, SETTINGS_PARAMETER, DATASET_PARAMETER)
"""The address's names for the run that a page shows, the network, how it is trained, and what on."""

_NETWORK = "state.network"
_VALID_NETWORK = "state.valid_network"
_PAST = "state.past_networks"
_FUTURE = "state.future_networks"
_PRESET = "state.preset"
_SETTINGS = "state.settings"
_RUN = "state.run"
_LOST_RUN = "state.lost_run"
_REFUSED_DESIGN = "state.refused_design"
_WRITTEN_DESIGN = "state.written_design"
_DRAWN_IMAGE = "state.drawn_image"
_CHOICES = "state.choices"
_PERSON = "state.person"
_CARRIED = "state.carried"

LONGEST_ROOM = 40
"""Signs that an address may have for a room; its code has six."""

MOST_UNDONE = 100
"""Changes of the network that can be taken back."""

T = TypeVar("T")


def network() -> NetworkSpec:
    """Return the network that the session is designing."""
    return cast(NetworkSpec, st.session_state.get(_NETWORK, PRESETS[DEFAULT_PRESET].spec))


def valid_network() -> NetworkSpec:
    """Return the newest state of that network that could be built."""
    return cast(NetworkSpec, st.session_state.get(_VALID_NETWORK, PRESETS[DEFAULT_PRESET].spec))


def set_network(value: NetworkSpec) -> None:
    """Keep the network that the session is designing, and remember the one before for `undo_network`."""
    before = network()
    if value == before:
        return
    past = st.session_state.setdefault(_PAST, [])
    past.append(before)
    del past[:-MOST_UNDONE]
    st.session_state[_FUTURE] = []
    _keep_network(value)


def can_undo() -> bool:
    """Whether there is an earlier state of the network."""
    return bool(st.session_state.get(_PAST))


def can_redo() -> bool:
    """Whether a change has been undone."""
    return bool(st.session_state.get(_FUTURE))


def undo_network() -> None:
    """Go back to the network before the last change, if there is one."""
    _step(_PAST, _FUTURE)


def redo_network() -> None:
    """Take the last undone change again, if there is one."""
    _step(_FUTURE, _PAST)


def _step(source: str, target: str) -> None:
    if st.session_state.get(source):
        st.session_state.setdefault(target, []).append(network())
        _keep_network(st.session_state[source].pop())


def _keep_network(value: NetworkSpec) -> None:
    st.session_state[_NETWORK] = value
    if find_problem(value) is None:
        st.session_state[_VALID_NETWORK] = value


def preset_slug() -> str:
    """Return the name of the ready-made network that the design began from."""
    return cast(str, st.session_state.get(_PRESET, DEFAULT_PRESET))


def set_preset_slug(value: str) -> None:
    """Keep the name of the ready-made network that the design began from."""
    st.session_state[_PRESET] = value


def network_title() -> str:
    """Name the network that the session is designing: the ready-made one, as long as it is unchanged."""
    preset = PRESETS[preset_slug()]
    return preset.title if valid_network() == preset.spec else "Own network"


def settings() -> TrainingSettings:
    """Return how the session trains. A data set that somebody has deleted meanwhile is not named any more."""
    kept = cast(TrainingSettings, st.session_state.get(_SETTINGS, settings_for(PRESETS[DEFAULT_PRESET])))
    return kept if kept.dataset in DATASETS else replace(kept, dataset=TrainingSettings.dataset)


def take_lost_dataset() -> str:
    """Return the name of the data set that the session trained on and that somebody has deleted meanwhile, once.

    From then on the session trains on the built-in one; `""` where nothing was lost.
    """
    kept = cast("TrainingSettings | None", st.session_state.get(_SETTINGS))
    if kept is None or kept.dataset in DATASETS:
        return ""
    set_settings(settings())
    return dataset_title(kept.dataset)


def set_settings(value: TrainingSettings) -> None:
    """Keep how the session trains."""
    st.session_state[_SETTINGS] = value


def person() -> str:
    """Return a name for whoever has this session: no two have the same, and it says nothing about them."""
    if _PERSON not in st.session_state:
        st.session_state[_PERSON] = secrets.token_hex(8)
    return cast(str, st.session_state[_PERSON])


def current_run() -> Run | None:
    """Return the run that the session follows, if this server still knows it."""
    run_id = st.session_state.get(_RUN)
    return find_run(run_id) if run_id else None


def follow_run(run: Run) -> None:
    """Make a run the one that the session follows, and write it into the address."""
    st.session_state[_RUN] = run.id
    st.query_params[RUN_PARAMETER] = run.id


def stop_following() -> None:
    """Follow no run any more, and take it out of the address."""
    st.session_state.pop(_RUN, None)
    if RUN_PARAMETER in st.query_params:
        del st.query_params[RUN_PARAMETER]


def read_address() -> None:
    """Take from the address the run and the design that it names, and write back what the session has.

    A run that this server does not know is taken out of the address and remembered for `take_lost_run`; a design that
    cannot be read is remembered for `take_refused_design`, and the session keeps the design that it has.
    """
    named = st.query_params.get(RUN_PARAMETER)
    if named and find_run(named):
        st.session_state[_RUN] = named
    elif named:
        st.session_state[_LOST_RUN] = True
    room = st.query_params.get(ROOM_PARAMETER, "")[:LONGEST_ROOM]
    if room and ROOM_PARAMETER not in carried():
        carry(ROOM_PARAMETER, room)  # whoever reloads another page finds back into their room
    _read_design()
    write_address()


def take_lost_run() -> bool:
    """Whether the address named a run that this server does not know; says so once."""
    return bool(st.session_state.pop(_LOST_RUN, False))


def take_refused_design() -> str:
    """Return why the design in the address could not be taken, once; `""` if it could."""
    return cast(str, st.session_state.pop(_REFUSED_DESIGN, ""))


def address_parameters() -> dict[str, str]:
    """Return what a link to another page carries along. The session has the design: `read_address` writes it back."""
    run = current_run()
    return carried() | ({RUN_PARAMETER: run.id} if run is not None else {})


def carried() -> dict[str, str]:
    """Return what else the address says on every page, as `{"large": "1"}`."""
    return dict(st.session_state.get(_CARRIED, {}))


def carry(name: str, value: str) -> None:
    """Let the address say something on every page, from now on; `""` takes it out."""
    after = carried() | {name: value}
    st.session_state[_CARRIED] = {key: text for key, text in after.items() if text}
    if not value and name in st.query_params:
        del st.query_params[name]


def offer_design(parameters: dict[str, str]) -> None:
    """Put a design into the address, in place of the one that is there; the next `read_address` takes it."""
    if parameters:
        others = {name: value for name, value in st.query_params.to_dict().items() if name not in DESIGN_PARAMETERS}
        st.query_params.from_dict(others | parameters)


def design_link() -> str:
    """Return the address of this page with the whole design in it."""
    base = (st.context.url or "").partition("?")[0]
    return f"{base}?{urlencode(_design_parameters())}"


def _design_parameters() -> dict[str, str]:
    parameters = {NETWORK_PARAMETER: spec_to_address(valid_network())}
    how = settings()
    if how != replace(TrainingSettings(), dataset=how.dataset):
        parameters[SETTINGS_PARAMETER] = settings_to_address(how)
    if how.dataset != TrainingSettings.dataset:
        parameters[DATASET_PARAMETER] = how.dataset
    return parameters


def _read_design() -> None:
    given = {name: st.query_params.get(name, "") for name in DESIGN_PARAMETERS}
    if not any(given.values()) or given == st.session_state.get(_WRITTEN_DESIGN):
        return
    text, how, dataset = given.values()
    try:
        spec = spec_from_address(text) if text else network()
        network_figures(spec)
        slug = dataset_entry(dataset or TrainingSettings.dataset).slug
        trained = settings_from_address(how, slug) if how else TrainingSettings(dataset=slug)
    except ClassroomError as error:
        st.session_state[_REFUSED_DESIGN] = str(error)
        return
    if _NETWORK in st.session_state:
        set_network(spec)
    else:
        _keep_network(spec)
    set_settings(trained)
    matching = [slug for slug, preset in PRESETS.items() if preset.spec == spec]
    set_preset_slug(matching[0] if matching else preset_slug())


def write_address() -> None:
    """Write the run and the design that the session has into the address, if they are not there yet."""
    ours = {RUN_PARAMETER, *DESIGN_PARAMETERS}
    before = st.query_params.to_dict()
    after = {name: value for name, value in before.items() if name not in ours} | address_parameters()
    if _NETWORK in st.session_state or _SETTINGS in st.session_state:
        after |= _design_parameters()
    if after != before:
        st.query_params.from_dict(after)
    st.session_state[_WRITTEN_DESIGN] = {name: after.get(name, "") for name in DESIGN_PARAMETERS}


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


def sync_widget(key: str, value: object) -> str:
    """Let a widget show what is kept, and return its key for the widget's `key=`.

    The widget's own callback has run before, so that where the two differ, something else has changed the value: an
    undo, a repair, a ready-made network. Where they agree nothing is set, so that no control jumps under a hand.

    Name the value as the widget's default too (`value=`, `index=`, `default=`; a test asks for it). A run that another
    one overtakes may never reach the browser, and with it what was set here: a new widget would begin at its lowest
    value, or take a choice for no change. With a key, a widget stays the same while its default changes.
    """
    if key not in st.session_state or st.session_state[key] != value:
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
