"""The views of the page Look inside, and the row of buttons that chooses one."""

from __future__ import annotations

from dashboard import state
from dashboard.controls.view_choice import view_choice
from dashboard.panels.inside.feature_maps import feature_map_panel
from dashboard.panels.inside.kernels import kernel_panel
from dashboard.panels.inside.map_of_images import map_panel
from dashboard.panels.inside.mind import mind_panel
from dashboard.panels.inside.one_filter import filter_panel
from dashboard.panels.inside.provenance import provenance_panel
from dashboard.panels.inside.scene import Scene
from dashboard.panels.inside.why import why_panel
from dashboard.panels.inside.why_sanity import sanity_panel
from dashboard.panels.views import View, show_view

VIEWS: dict[str, View[Scene]] = {
    "maps": View(
        "Feature maps",
        "What each layer makes of the image, from first to last; brighter is more.",
        "feature-map",
        feature_map_panel,
        "Convolution",
    ),
    "kernels": View(
        "Kernels",
        "What each filter looks for: orange weights add, blue ones subtract.",
        "kernel",
        kernel_panel,
        "Convolution",
    ),
    "origin": View(
        "Where a number came from",
        "Any number of any layer, worked out step by step from the pixels, with the network's real weights.",
        "receptive-field",
        provenance_panel,
        "Convolution",
    ),
    "filter": View(
        "One filter",
        "What one filter looks for: its kernel, what excites it most, and what is lost without it.",
        "filter",
        filter_panel,
        "Convolution",
    ),
    "why": View(
        "Why this class",
        "Which parts of the image the answer hangs on, as five methods see it.",
        "grad-cam",
        why_panel,
        "Learning",
    ),
    "sanity": View(
        "Can one trust these maps",
        "The same methods on the same network with shuffled weights: a map that stays the same says nothing about it.",
        "saliency",
        sanity_panel,
    ),
    "mind": View(
        "What would change its mind",
        "The image, changed by hand, and how the answer follows; and the smallest change that is enough.",
        "robustness",
        mind_panel,
        "Overfitting",
    ),
    "map": View(
        "Map of all images",
        "Each point is a test image: near together are images that the network takes for alike.",
        "embedding",
        map_panel,
    ),
}
"""The views by their names, in the order of the buttons."""
QUICK_VIEWS = ("maps", "kernels")
"""Those that are worked out at once, whatever the network."""
_CHOICE, _DEFAULT = "inside.view", "maps"


def chosen_view() -> str:
    """Return the name of the view that the session looks at."""
    return state.choice(_CHOICE, _DEFAULT)


def inside_panel(scene: Scene) -> None:
    """Let people choose a view, and show it."""
    titles = {name: view.title for name, view in VIEWS.items()}
    name = view_choice("View", _CHOICE, _CHOICE, titles, _DEFAULT)
    show_view(VIEWS[name], f"inside.panel.{name}", scene)
