"""The clinic: a sick network whose diagnosis is told only when asked for."""

from __future__ import annotations

import streamlit as st

from cnn_core.architecture.presets import PRESETS, Diagnosis
from cnn_core.architecture.spec import NetworkSpec
from cnn_core.training.settings import TrainingSettings, settings_for_recipe
from dashboard import state
from dashboard.panels.term_link import term_link

_TOLD = "diagnosis.told"


def diagnosis_panel() -> None:
    """Show what is wrong with the chosen network, if it is a sick one and somebody has asked."""
    preset = PRESETS[state.preset_slug()]
    if preset.diagnosis is None:
        return
    with st.container(border=True, key="design.diagnosis"):
        if preset.slug not in state.choice(_TOLD, ()):
            st.markdown("**A patient.** Something is wrong with this network or with how it is trained. What?")
            st.button("Show the diagnosis", key="diagnosis.tell", on_click=_tell, args=(preset.slug,))
            return
        diagnosis = preset.diagnosis
        st.markdown(
            f"**What one sees:** {diagnosis.symptom}\n\n**Why:** {diagnosis.cause}\n\n**What helps:** {diagnosis.cure}"
        )
        with st.container(horizontal=True):
            is_cured = state.network() == diagnosis.healthy_spec and state.settings() == _healthy_settings(diagnosis)
            st.button(
                "Cured" if is_cured else "Apply the cure",
                key="diagnosis.cure",
                disabled=is_cured,
                on_click=_cure,
                args=(diagnosis,),
            )
            term_link(diagnosis.term)


def is_secret(spec: NetworkSpec | None = None) -> bool:
    """Whether the session looks at a sick network, as it came, whose diagnosis nobody has asked for yet.

    Args:
        spec: The network that is looked at; the one that is being designed where left out.
    """
    preset = PRESETS[state.preset_slug()]
    is_patient = preset.diagnosis is not None and (spec or state.network()) == preset.spec
    return is_patient and preset.slug not in state.choice(_TOLD, ())


def _tell(slug: str) -> None:
    state.set_choice(_TOLD, (*state.choice(_TOLD, ()), slug))


def _healthy_settings(diagnosis: Diagnosis) -> TrainingSettings:
    return settings_for_recipe(diagnosis.healthy_recipe, state.settings())


def _cure(diagnosis: Diagnosis) -> None:
    state.set_network(diagnosis.healthy_spec)
    state.set_settings(_healthy_settings(diagnosis))
