"""The data sets that were brought to this server: what each is, training on it, deleting it."""

from __future__ import annotations

import streamlit as st

from cnn_core.data.own.original_sizes import spread_words
from cnn_core.data.own.record import OwnRecord
from cnn_core.data.own.sets import delete_own, may_delete, own_records, owner_mark
from cnn_core.data.registry import dataset_title
from cnn_core.errors import ClassroomError
from dashboard import state
from dashboard.controls.fitting_button import fit_network
from dashboard.navigation import page
from dashboard.words import count, literal, memory, some

CHOSEN = "own_data.set"
_SHOWN = "own_data.shown"
FAILURE = "own_data.failure"
LONELY_ADDRESSES = ("localhost", "127.0.0.1", "::1")
"""A server at one of these answers its own computer only: whoever sits there may delete everything."""


def own_data_list() -> None:
    """Let people choose one of the sets that are there, and show what is known about it."""
    records = {record.slug: record for record in reversed(own_records())}
    if not records:
        return
    st.subheader("Brought to this server")
    shown = state.choice(_SHOWN, "")
    is_gone = shown not in ("", *records)
    if is_gone:
        st.info(f"Somebody has deleted “{dataset_title(shown)}”. Choose another data set.")
    kept = state.choice(CHOSEN, "")
    slug = kept if kept in records else next(iter(records))
    key = state.sync_widget(CHOSEN, slug)
    st.selectbox(
        f"{some(len(records), 'own data set')}, {memory(sum(record.size_bytes for record in records.values()))}",
        list(records),
        list(records).index(slug),
        format_func=lambda name: _title(records.get(name), name),
        key=key,
        on_change=state.keep_choice(key, CHOSEN),
    )
    state.set_choice(_SHOWN, slug)
    _details(records[slug], may_act=not is_gone)


def skipped_table(named: tuple[tuple[str, str], ...], total: int) -> None:
    """Name files that were left out, with the reasons.

    Args:
        named: Files and reasons; the first ones of all.
        total: How many were left out.
    """
    st.dataframe(
        {"File": [name for name, _ in named], "Why": [reason for _, reason in named]},
        hide_index=True,
        height=min(38 * (len(named) + 1), 300),
    )
    if total > len(named):
        st.caption(f"These are the first {len(named)} of {count(total)}.")


def train_on(slug: str) -> None:
    """Give the session's network the input and the answer that a data set needs, and go where it is trained."""
    fit_network(slug)
    is_sound = state.network() == state.valid_network()
    goal = page("Train" if is_sound else "Design")
    st.switch_page(goal.path, query_params=state.address_parameters())


def _title(record: OwnRecord | None, name: str) -> str:
    return record.title if record is not None else name


def _details(record: OwnRecord, *, may_act: bool) -> None:
    """Show a set's facts and what can be done with it; a click that was meant for one that is gone does nothing."""
    total = sum(record.train_counts) + sum(record.test_counts)
    grouped = f" {some(record.group_count, 'group')} by {literal(record.group_words)}." if record.group_words else ""
    st.markdown(
        f"{count(total)} images of {'×'.join(str(size) for size in record.image_shape)}: "
        f"{count(sum(record.train_counts))} to learn from, {count(sum(record.test_counts))} to be judged on.{grouped} "
        f"{memory(record.size_bytes)} on disk, brought on {record.created[:10]}."
    )
    before = f" Before: {spread_words(record.original_sizes[0])}." if record.original_sizes else ""
    st.caption(f"{record.source}{before} {'. '.join((*map(literal, record.settings), ''))}".strip())
    columns = {
        "Class": record.class_names,
        "Training": record.train_counts,
        "Test": record.test_counts,
    }
    with st.container(horizontal=True, vertical_alignment="center", key="own_data.row"):
        if st.button("Train on this data set", key="own_data.train_on", icon=":material/play_arrow:") and may_act:
            train_on(record.slug)
        with st.popover("Classes", icon=":material/label:"):
            st.dataframe(columns, hide_index=True)
        if record.skipped_count:
            with st.popover("Left out", icon=":material/rule:"):
                skipped_table(record.skipped, record.skipped_count)
        _deletion(record)


def _deletion(record: OwnRecord) -> None:
    """Offer to delete a set, once more asked; where somebody else brought it, say why not."""
    is_alone = _server_address() in LONELY_ADDRESSES
    if not (is_alone or may_delete(record, owner_mark(state.person()))):
        st.caption("It can be deleted by whoever brought it, in the same visit, or on the server’s disk.")
        return
    with st.popover("Delete", icon=":material/delete:"):
        st.markdown(f"Delete “{record.title}” for everybody on this server? It cannot be brought back.")
        st.button(
            "Delete it for good", key="own_data.delete", icon=":material/delete:", on_click=_delete, args=(record.slug,)
        )


def _server_address() -> str:
    return str(st.get_option("server.address"))


def _delete(slug: str) -> None:
    state.set_choice(_SHOWN, "")
    try:
        delete_own(slug)
    except ClassroomError as error:
        state.set_choice(FAILURE, str(error))
