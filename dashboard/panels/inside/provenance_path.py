"""Which way a person follows from a number down to the pixels, as the session remembers it."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field

from cnn_core.inspection.provenance import Origin, Position
from dashboard import state
from dashboard.panels.inside.scene import Scene

NAME = "inside.provenance.path"


@dataclass(frozen=True)
class Path:
    """A way that was chosen; it is forgotten with another network, moment, image or number.

    Args:
        token: What it was chosen for.
        follow: For a number the one to follow, instead of the one that contributed most.
        channels: For a number of a convolution the input channel to show in detail.
    """

    token: Hashable = None
    follow: Mapping[Position, Position] = field(default_factory=dict)
    channels: Mapping[Position, int] = field(default_factory=dict)


def kept_path(scene: Scene) -> Path:
    """Return the way that was chosen for what is looked at now; an empty one if none was."""
    token = (scene.network.id, scene.network.step, scene.image.pixels.shape, scene.image.pixels.tobytes(), scene.unit)
    path = state.choice(NAME, Path())
    return path if path.token == token else Path(token)


def follow(path: Path, chain: Sequence[Origin], step: int, below: Position) -> None:
    """Let the way go on from a step of a chain to another number; above it, it stays as it is."""
    kept = {chain[place].position: chain[place + 1].position for place in range(step)}
    chosen = kept | {chain[step].position: below}
    # The channel in sight is that of the number that is followed, so that one sees where the way goes on.
    channels = {position: channel for position, channel in path.channels.items() if position in kept}
    state.set_choice(NAME, Path(path.token, chosen, channels))


def show_channel(path: Path, position: Position, channel: int) -> None:
    """Show another input channel of a step in detail."""
    state.set_choice(NAME, Path(path.token, path.follow, {**path.channels, position: channel}))


def forget(path: Path) -> None:
    """Follow the largest contributions again."""
    state.set_choice(NAME, Path(path.token))
