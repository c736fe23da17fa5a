"""A training's name, note and pin; deleting it, and bringing it back; the room that all of them take."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import streamlit as st

from cnn_core.errors import ClassroomError
from cnn_core.training import runs
from cnn_core.training.run import Run
from dashboard import state
from dashboard.words import memory, some

_DELETED = "keeping.deleted"
_FAILURE = "keeping.failure"
_PAGE_IS_OLD = "keeping.page_is_old"


def keeping_panel(run: Run) -> None:
    """Show how a training that has ended is kept, and let people change it.

    Args:
        run: The training.
    """
    if state.choice(_PAGE_IS_OLD, False):
        st.rerun()  # the name, or why it was refused, stands elsewhere on the page
    try:
        record = runs.stored_record(run.id)
    except ClassroomError as error:
        st.warning(str(error))
        return
    if record is None:
        return
    # Drawn when it is open: the browser would not take over the fields' values into what it has not drawn yet.
    folded = st.expander("Name, note, delete", key="keeping.panel", on_change="rerun")
    if not folded.open:
        return
    with folded:
        name, note, pin = (f"keeping.{run.id}.{part}" for part in ("name", "note", "pin"))
        take_name, take_note = _change(name, partial(_rename, run.id)), _change(note, partial(runs.note_run, run.id))
        st.text_input("Name", record.title, key=state.sync_widget(name, record.title), on_change=take_name)
        st.text_area("Note", record.note, key=state.sync_widget(note, record.note), on_change=take_note)
        st.toggle(
            "Pin: never offer it for deletion",
            record.is_pinned,
            key=state.sync_widget(pin, record.is_pinned),
            on_change=_change(pin, partial(runs.pin_run, run.id)),
        )
        st.button(
            f"Delete it, {memory(record.size_bytes)}",
            key="keeping.delete",
            icon=":material/delete:",
            on_click=_delete,
            args=((run.id,),),
            help="It can be brought back for a day.",
        )


def storage_panel() -> None:
    """Say what is the matter with the disk; offer to bring back what was deleted, and to make room."""
    state.set_choice(_PAGE_IS_OLD, False)
    notice = runs.storage_notice()
    if notice:
        st.warning(notice)
    _say_failure()
    _deleted()
    _room()


def _deleted() -> None:
    """Offer to bring back what this session has deleted last."""
    ids: tuple[str, ...] = state.choice(_DELETED, ())
    if not ids:
        return
    with st.container(horizontal=True, vertical_alignment="center", key="keeping.undo_row"):
        st.caption(f"{some(len(ids), 'training')} deleted.")
        st.button("Bring back", key="keeping.undo", icon=":material/undo:", on_click=_undo, args=(ids,))


def _room() -> None:
    """Where all trainings together take more room than they may, offer the oldest ones for deletion."""
    try:
        size, offered = runs.storage_use()
    except ClassroomError as error:
        st.warning(str(error))
        return
    if not offered:
        return
    limit = memory(runs.storage_limit_bytes())
    st.warning(f"The trainings take {memory(size)} on this machine; {limit} are meant for them. Pinned ones stay.")
    st.button(
        f"Delete the oldest {some(len(offered), 'training')}",
        key="keeping.make_room",
        icon=":material/delete_sweep:",
        on_click=_delete,
        args=(tuple(record.id for record in offered),),
    )


def _say_failure() -> None:
    failure = state.choice(_FAILURE, "")
    if failure:
        st.error(failure)
        state.set_choice(_FAILURE, "")


def _change(key: str, write: Callable[..., None]) -> Callable[[], None]:
    def take(value: object) -> None:
        _try(partial(write, value))

    return state.when_changed(key, take)


def _try(action: Callable[[], None]) -> bool:
    try:
        action()
    except ClassroomError as error:
        state.set_choice(_FAILURE, str(error))
        state.set_choice(_PAGE_IS_OLD, True)  # failures are said at the top of the page
        return False
    return True


def _rename(run_id: str, title: str) -> None:
    runs.rename_run(run_id, title)
    state.set_choice(_PAGE_IS_OLD, True)


def _delete(ids: tuple[str, ...]) -> None:
    followed = state.current_run()
    if _try(partial(runs.delete_runs, ids)):
        state.set_choice(_DELETED, ids)
        if followed is not None and followed.id in ids:
            state.stop_following()


def _undo(ids: tuple[str, ...]) -> None:
    if _try(partial(runs.undo_delete, ids)):
        state.set_choice(_DELETED, ())
        run = runs.find_run(ids[0])
        if run is not None:
            state.follow_run(run)
