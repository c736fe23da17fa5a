"""Controls for the settings of any record whose fields declare what they may hold."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from functools import partial
from typing import Any

import streamlit as st

from cnn_core.architecture.fields import Choice, WholeNumber, YesNo, domain_of, presentation_of
from dashboard import state
from dashboard.words import count, plain

Take = Callable[[str, Any], None]
"""What a changed control calls: the field's name and its new value."""


@dataclass(frozen=True)
class Complaint:
    """Something to say beside a control.

    Args:
        field: The field beside whose control it is said; where no control shows that field, it is said at the end.
        say: Draws the sentence and what goes with it.
    """

    field: str
    say: Callable[[], None]


def record_controls(
    record: Any, names: Sequence[str], prefix: str, take: Take, complaint: Complaint | None = None
) -> None:
    """Draw a control for each of a record's fields, two in a row.

    The rows are made by `assets/style.css`: Streamlit's columns would cost a message more for every control, and every
    message is a part of the time until the picture follows (docs/adr/0013).

    Args:
        record: The record as it is.
        names: The fields to show, in this order.
        prefix: The beginning of the widgets' keys; the field's name follows.
        take: Called with a field's name and new value.
        complaint: Said below the row of its field.
    """
    with st.container(key=f"{prefix}{names[0]}.grid") if names else nullcontext():
        for place, name in enumerate(names):
            _field_control(record, name, f"{prefix}{name}", partial(take, name))
            row = names[place - place % 2 : place + 1]
            is_row_full = place % 2 == 1 or name == names[-1]
            if complaint is not None and is_row_full and complaint.field in row:
                with st.container(key=f"{prefix}{name}.complaint"):
                    complaint.say()
    if complaint is not None and complaint.field not in names:
        complaint.say()


def _field_control(record: Any, name: str, key: str, take: Callable[[Any], None]) -> None:
    value, domain, shown = getattr(record, name), domain_of(record, name), presentation_of(record, name)
    shared: dict[str, Any] = {
        "key": state.sync_widget(key, value),
        "help": shown.help,
        "on_change": state.when_changed(key, take),
    }
    if isinstance(domain, YesNo):
        st.toggle(shown.label, value, **shared)
    elif isinstance(domain, Choice):
        st.selectbox(shown.label, domain.options, domain.options.index(value), format_func=domain.title, **shared)
    elif isinstance(domain, WholeNumber) and not shown.usual:
        st.number_input(shown.label, domain.low, domain.high, value, **shared)
    elif isinstance(shown.usual, range):
        st.slider(shown.label, min(value, shown.usual[0]), max(value, shown.usual[-1]), value, **shared)
    else:
        st.select_slider(shown.label, sorted({*shown.usual, value}), value, format_func=_number, **shared)


def _number(value: float) -> str:
    return count(value) if isinstance(value, int) else plain(value)
