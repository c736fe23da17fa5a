"""Optimisers racing over the map of a loss: played, paused, stepped and scrubbed in the browser.

All paths are worked out before, by `cnn_core.operations.optimizer_race`, and sent once with the map's heights. Only a
new place to start goes back.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import isfinite
from typing import Any

import numpy as np

from cnn_core.operations.optimizer_race import RacePath
from cnn_core.operations.surfaces import Point, Surface
from cnn_core.operations.windows import Floats
from dashboard import state
from dashboard.charts.run_comparison import RunStyle
from dashboard.components.pixel_view import array_text, scale_table
from dashboard.components.registration import register
from dashboard.palette import Palette

COLUMNS, ROWS = 161, 81
"""Heights that the browser gets; between them it draws straight lines."""
LEVELS = 14
"""Contour lines, closer to each other near the minimum."""

_component = register(
    "race_view",
    '<div class="race-view" role="group"><div class="stage"><canvas tabindex="0" role="application"></canvas>'
    '<div class="cross" hidden></div></div><div class="player"></div>'
    '<ul class="runners"></ul><p class="words hint" aria-live="polite"></p></div>',
    before=("player",),
    styles=("player",),
)


@dataclass(frozen=True, eq=False)
class Runner:
    """One optimiser in the race.

    Args:
        name: Its name for people.
        path: Its way.
        style: Its letter, colour, dash and symbol.
        verdict: What became of it, in a few words; shown from `path.outcome_step` on.
    """

    name: str
    path: RacePath
    style: RunStyle
    verdict: str


def race_view(
    surface: Surface, runners: Sequence[Runner], key: str, palette: Palette, on_start: Callable[[Point], None]
) -> None:
    """Show a race with its player.

    Args:
        surface: Where it takes place.
        runners: Who takes part.
        key: The component's key.
        palette: The theme's colours.
        on_start: Gets the place that was clicked, tapped, or chosen with Enter.

    Raises:
        ValueError: If nobody takes part.
    """
    _component(
        key=key,
        data=view_data(surface, runners, palette),
        on_start_change=state.when_changed(key, _take(surface, on_start)),
    )


def view_data(surface: Surface, runners: Sequence[Runner], palette: Palette) -> dict[str, Any]:
    """Gather what the browser needs; the arguments are those of `race_view`.

    Raises:
        ValueError: If nobody takes part.
    """
    if not runners:
        raise ValueError("A race needs at least one runner. Received: runners=[].")
    heights = surface.grid(COLUMNS, ROWS)
    return {
        "name": f"Race on the surface “{surface.title}”",
        "x": list(surface.x_range),
        "y": list(surface.y_range),
        "columns": COLUMNS,
        "rows": ROWS,
        "heights": array_text(heights.astype("<f4")),
        "levels": contour_levels(heights),
        "minima": [list(place) for place in surface.minima],
        "steps": max(len(runner.path.points) for runner in runners) - 1,
        "runners": [
            {
                "name": runner.name,
                "letter": runner.style.letter,
                "colour": runner.style.colour,
                "dash": list(runner.style.dash),
                "symbol": runner.style.symbol,
                "points": array_text(runner.path.points.astype("<f4")),
                "losses": array_text(runner.path.losses.astype("<f4")),
                "verdict": runner.verdict,
                "since": runner.path.outcome_step,
            }
            for runner in runners
        ],
        "table": scale_table("amount", palette),
        "colours": {"paper": palette.background, "text": palette.text, "muted": palette.muted},
    }


def contour_levels(heights: Floats) -> list[float]:
    """Choose at which losses contour lines are drawn: the closer to the minimum, the denser.

    Args:
        heights: The loss over the map.

    Example:
        >>> levels = contour_levels(np.array([[0.0, 15.0**3]]))
        >>> len(levels), round(levels[0]), round(levels[4]), round(levels[-1])
        (14, 1, 125, 2744)
    """
    low, high = float(heights.min()), float(heights.max())
    shares = np.arange(1, LEVELS + 1) / (LEVELS + 1)
    return [float(low + (high - low) * share**3) for share in shares]


def _take(surface: Surface, on_start: Callable[[Point], None]) -> Callable[[Any], None]:
    """Unpack what the browser sent; it is a browser's word, so what is no place on the map is passed over."""

    def take(value: Any) -> None:
        place = value.get("start")
        if not isinstance(place, list) or len(place) != 2:
            return
        if not all(isinstance(number, int | float) and isfinite(number) for number in place):
            return
        x, y = (
            min(max(float(number), low), high)
            for number, (low, high) in zip(place, (surface.x_range, surface.y_range), strict=True)
        )
        on_start((x, y))

    return take
