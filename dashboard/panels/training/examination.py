"""What the app sees in a training: from its curves while it runs, from its layers too when it has ended."""

from __future__ import annotations

import streamlit as st

from cnn_core import warm_up
from cnn_core.errors import ClassroomError
from cnn_core.training.diagnosis import findings, is_judgeable
from cnn_core.training.examination import course_of
from cnn_core.training.run import Run
from cnn_core.training.snapshot import RunSnapshot
from dashboard import resources
from dashboard.palette import Palette
from dashboard.panels.design.clinic import is_secret
from dashboard.panels.training.findings import findings_panel


def examination_panel(run: Run, snapshot: RunSnapshot, palette: Palette) -> None:
    """Show what strikes one about a training; of a patient whose diagnosis nobody has asked for, nothing.

    Args:
        run: The training.
        snapshot: It at this moment.
        palette: The theme's colours.
    """
    if not run.class_names or is_secret(run.spec):
        return
    can_be_examined = not snapshot.is_active and run.has_weights and warm_up.state().is_ready
    try:
        health = resources.health(run) if can_be_examined else ()
    except ClassroomError as error:
        st.caption(f"The layers could not be examined: {error}")
        health = ()
    course = course_of(run, health)
    findings_panel(findings(course), palette, is_judgeable=bool(health) and is_judgeable(course))
