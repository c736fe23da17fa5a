"""Ready-made networks by name, each with a line on what it teaches."""

from __future__ import annotations

from cnn_core.architecture.presets.clinic import CLINIC
from cnn_core.architecture.presets.record import Diagnosis, Preset, Recipe
from cnn_core.architecture.presets.systems import CLASSICS, SYSTEMS
from cnn_core.errors import ClassroomError

__all__ = ["CLASSICS", "CLINIC", "DEFAULT_PRESET", "PRESETS", "SYSTEMS", "Diagnosis", "Preset", "Recipe", "preset"]

PRESETS: dict[str, Preset] = {preset.slug: preset for preset in (*SYSTEMS, *CLASSICS, *CLINIC)}
DEFAULT_PRESET = "first"


def preset(slug: str) -> Preset:
    """Return the ready-made network of that name.

    Raises:
        ClassroomError: If there is none.

    Example:
        >>> from cnn_core.architecture.shapes import network_figures
        >>> network_figures(preset("fully-connected").spec).parameters
        669706
    """
    if slug not in PRESETS:
        raise ClassroomError(
            f"There is no ready-made network called “{slug}”.", f"Choose one of: {', '.join(PRESETS)}."
        )
    return PRESETS[slug]
