"""What every panel of the page Look inside looks at: one network, one image, one unit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cnn_core.networks import TrainedNetwork
from dashboard.controls.image_choice import ChosenImage
from dashboard.controls.unit_choice import ChosenUnit
from dashboard.palette import Palette

if TYPE_CHECKING:
    from cnn_core.inspection.probe import NetworkProbe


@dataclass(frozen=True)
class Scene:
    """One network, one image, one unit.

    Args:
        network: The network with its weights of some moment.
        probe: It, opened.
        image: The image; it has the network's input shape.
        unit: The number that is looked at.
        palette: The theme's colours.
    """

    network: TrainedNetwork
    probe: NetworkProbe
    image: ChosenImage
    unit: ChosenUnit
    palette: Palette
