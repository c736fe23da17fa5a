"""The sanity check: does a map change when what the network has learned is shuffled?

A method whose map stays the same does not show what the network has learned.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import isnan
from statistics import fmean
from typing import Any

import numpy as np
import numpy.typing as npt

from cnn_core.architecture.spec import NetworkSpec
from cnn_core.errors import ClassroomError
from cnn_core.inspection.attribution.methods import Attribution, Method, explain
from cnn_core.inspection.attribution.protocol import ClassGradients, Progress, no_progress
from cnn_core.inspection.attribution.rank_correlation import rank_correlation
from cnn_core.inspection.attribution.settings import AttributionSettings
from cnn_core.inspection.attribution.shuffle import Weights, shuffled_weights

ALIKE = 0.5
"""From this rank correlation on, a map is said to have stayed."""
SHUFFLES = 5
"""A coarse map can come out alike by luck: so many shuffles are averaged over."""

TRAINED = -1
"""Stands for a depth among the maps: those that come before any shuffle."""


@dataclass(frozen=True)
class Similarity:
    """How alike a method's maps are before and after the weights were shuffled: means over some shuffles.

    Args:
        ranks: Rank correlation of the maps, from -1 to 1; NaN if the map before was the same everywhere.
        magnitudes: The same without the signs; of maps that have none, it is `ranks`.
        vanished: In how many shuffles nothing was left of the map: it was the same everywhere.
    """

    ranks: float
    magnitudes: float
    vanished: int = 0

    @property
    def has_reacted(self) -> bool:
        """Whether the maps after it are others."""
        return not abs(self.ranks) >= ALIKE

    @property
    def keeps_places(self) -> bool:
        """Whether the maps are strong at the same places still, with whatever sign."""
        return self.magnitudes >= ALIKE

    def sentence(self) -> str:
        """Say what that means.

        Example:
            >>> Similarity(0.1, 0.1).sentence()
            'It reacts: its map depends on what the network has learned.'
        """
        if isnan(self.ranks):
            return "Its map is the same everywhere already: there is nothing to compare."
        if not self.has_reacted:
            return "It hardly reacts: much of its map is there whatever the network has learned."
        if self.keeps_places:
            return "Its signs react, its places hardly: where it is strong, the image says more than the network."
        return "It reacts: its map depends on what the network has learned."


@dataclass(frozen=True, eq=False)
class CheckedMethod:
    """A method's maps with trained weights, and with ever more layers shuffled.

    Args:
        before: With the trained weights.
        after: For each depth, the map of the first shuffle.
        similarities: For each depth, how alike the maps are, over all shuffles.
    """

    before: Attribution
    after: tuple[Attribution, ...]
    similarities: tuple[Similarity, ...]


def check_methods(
    methods: Sequence[Method],
    open_network: Callable[[Weights], ClassGradients],
    spec: NetworkSpec,
    weights: Weights,
    image: npt.NDArray[Any],
    class_index: int,
    settings: AttributionSettings,
    depths: Sequence[int],
    seeds: Sequence[int],
    progress: Progress = no_progress,
) -> dict[str, CheckedMethod]:
    """Make each method's map with the trained weights, and again with shuffled ones.

    Args:
        methods: The methods.
        open_network: Makes a network of weights.
        spec: The network's layers.
        weights: Its trained weights, in Keras's order.
        image: `(height, width, channels)` as the network takes it.
        class_index: The class, from 0.
        settings: How the methods work.
        depths: How many layers are shuffled, counted from the last one; at least one depth.
        seeds: One for each shuffle, at least one.
        progress: Told which share is done.

    Returns:
        What was found, by the methods' slugs.

    Raises:
        ClassroomError: If the network gives out no numbers, trained or shuffled.
    """
    total = len(methods) * (1 + len(depths) * len(seeds))
    maps: dict[tuple[str, int, int], Attribution] = {}

    def make(network: ClassGradients, depth: int, seed: int) -> None:
        for method in methods:
            maps[method.slug, depth, seed] = explain(method, network, image, class_index, settings)
            progress(len(maps) / total)

    make(open_network(weights), TRAINED, 0)
    for depth in depths:
        for seed in seeds:
            try:
                make(open_network(shuffled_weights(spec, weights, depth, seed)), depth, seed)
            except ClassroomError as error:
                raise ClassroomError(
                    "With its weights shuffled this network gives out no numbers.", "Shuffle again."
                ) from error
    return {
        method.slug: CheckedMethod(
            maps[method.slug, TRAINED, 0],
            tuple(maps[method.slug, depth, seeds[0]] for depth in depths),
            tuple(
                similarity(method, maps[method.slug, TRAINED, 0], [maps[method.slug, depth, seed] for seed in seeds])
                for depth in depths
            ),
        )
        for method in methods
    }


def similarity(method: Method, before: Attribution, after: Sequence[Attribution]) -> Similarity:
    """Compare a method's map from trained weights with those from shuffled ones.

    A map that is the same everywhere after the shuffle has kept no order: it counts as 0.

    Args:
        method: The method.
        before: With the trained weights.
        after: With shuffled ones, one map a shuffle; at least one.
    """
    first = before.values
    if (first == first.flat[0]).all():
        return Similarity(float("nan"), float("nan"))
    ranks = [rank_correlation(first, found.values) for found in after]
    magnitudes = [
        rank_correlation(np.abs(first), np.abs(found.values)) if method.meaning == "signed" else rank
        for found, rank in zip(after, ranks, strict=True)
    ]
    return Similarity(_mean(ranks), _mean(magnitudes), sum(map(isnan, ranks)))


def check_words(found: Sequence[tuple[Method, Similarity]]) -> str:
    """Say in a few sentences which methods react to shuffled weights and which do not.

    Args:
        found: The methods, and what was found of each; those with nothing to compare are passed over.
    """
    known = [(method.inline, alike) for method, alike in found if not isnan(alike.ranks)]
    groups = (
        ("react: their maps depend on what the network has learned", "reacts: its map depends on what was learned"),
        ("react by their signs alone", "reacts by its signs alone"),
        ("hardly react", "hardly reacts"),
    )
    said = []
    for place, (verbs, verb) in enumerate(groups):
        titles = [title for title, alike in known if _group(alike) == place]
        if titles:
            names = " and ".join([", ".join(titles[:-1]), titles[-1]] if len(titles) > 1 else titles)
            names = names[0].upper() + names[1:]
            said.append(f"{names} {verbs if len(titles) > 1 else verb}.")
    return " ".join(said)


def _group(alike: Similarity) -> int:
    return 2 if not alike.has_reacted else 1 if alike.keeps_places else 0


def _mean(correlations: Sequence[float]) -> float:
    return fmean(0.0 if isnan(correlation) else correlation for correlation in correlations)
