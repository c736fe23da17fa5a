"""Every network that can be looked at: the starter network, and whatever a run has learned so far."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy.typing as npt

from cnn_core.architecture.spec import NetworkSpec
from cnn_core.starter import load_starter
from cnn_core.training.run import Run
from cnn_core.training.runs import all_runs, find_run

STARTER_ID = "starter"


@dataclass(frozen=True)
class TrainedNetwork:
    """A network with its weights.

    Args:
        id: `"starter"`, or the id of the run that trained it.
        step: Steps taken when the weights were copied; with the id it tells any two networks apart.
        title: A name for people.
        spec: The layers.
        weights: The weights in the order of Keras's `get_weights`.
        class_names: One name a class.
        dataset: Slug of the data set that it learned from; the starter network learned from several.
    """

    id: str
    step: int
    title: str
    spec: NetworkSpec
    weights: tuple[npt.NDArray[Any], ...]
    class_names: tuple[str, ...]
    dataset: str


def starter_network() -> TrainedNetwork:
    """Return the network that ships with the app.

    Raises:
        ClassroomError: If its files are missing or damaged.
    """
    starter = load_starter()
    return TrainedNetwork(STARTER_ID, 0, "Starter network", starter.spec, starter.weights, starter.class_names, "mnist")


def network_of_run(run: Run) -> TrainedNetwork | None:
    """Return what a run has learned so far, or nothing while it has no weights yet."""
    weights = run.weights
    if weights is None:
        return None
    return TrainedNetwork(
        run.id, weights.step, run.title, run.spec, weights.arrays, run.class_names, run.settings.dataset
    )


def find_network(network_id: str) -> TrainedNetwork | None:
    """Return the network with that id as it is now, or nothing if there is none."""
    if network_id == STARTER_ID:
        return starter_network()
    run = find_run(network_id)
    return network_of_run(run) if run is not None else None


def network_ids() -> tuple[str, ...]:
    """Name every network that can be looked at: the newest runs first, the starter network last."""
    return (*(run.id for run in all_runs() if run.has_weights), STARTER_ID)
