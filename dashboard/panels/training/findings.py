"""What the app sees in a training: each finding with its evidence, its reason and the word that explains it."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from cnn_core.training.diagnosis import Finding
from dashboard.charts.findings_list import findings_list
from dashboard.components.selectable import selectable
from dashboard.palette import Palette
from dashboard.panels.term_link import open_term

NOTHING = "Nothing alarming so far."


def findings_panel(findings: Sequence[Finding], palette: Palette, *, is_judgeable: bool = True) -> None:
    """Show what strikes one about a training, the most important first.

    Args:
        findings: What `cnn_core.training.diagnosis.findings` says.
        palette: The theme's colours.
        is_judgeable: Whether there is enough to go by for "nothing alarming" to be worth saying, as
            `cnn_core.training.diagnosis.is_judgeable` tells; without it nothing is shown where there is no finding.
    """
    if not findings:
        if is_judgeable:
            st.caption(NOTHING)
        return
    st.subheader("What the app sees", anchor=False)
    open_term(selectable(findings_list(findings, palette), "training.findings", lambda _: None))
