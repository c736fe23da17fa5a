"""Every network that can be looked at: the starter network, and whatever a run has learned so far."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy.typing as npt

from cnn_core.architecture.spec import NetworkSpec
from cnn_core.errors import ClassroomError
from cnn_core.starter import load_starter
from cnn_core.training.moments import nearest_moment
from cnn_core.training.run import Run
from cnn_core.training.runs import all_runs
from cnn_core.training.snapshot import WeightsSnapshot

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
        newest_step: Steps taken when its newest weights were copied.
        notice: Why these are not the weights that were asked for, in a sentence; `""` if they are.
    """

    id: str
    step: int
    title: str
    spec: NetworkSpec
    weights: tuple[npt.NDArray[Any], ...]
    class_names: tuple[str, ...]
    dataset: str
    newest_step: int = 0
    notice: str = ""

    @property
    def is_newest(self) -> bool:
        """Whether these are its newest weights, or those that its training has led to."""
        return self.step == self.newest_step


def starter_network() -> TrainedNetwork:
    """Return the network that ships with the app.

    Raises:
        ClassroomError: If its files are missing or damaged.
    """
    starter = load_starter()
    return TrainedNetwork(STARTER_ID, 0, "Starter network", starter.spec, starter.weights, starter.class_names, "mnist")


def network_of_run(run: Run, step: int | None = None) -> TrainedNetwork | None:
    """Return what a run has learned, now or as it was at some moment.

    Args:
        run: The run.
        step: The moment; where its weights are not kept any more, those of the nearest step are taken. Without it, the
            newest ones.

    Returns:
        The network; its newest weights, and a notice, where those of the moment cannot be read. Nothing while the run
        has no weights yet.
    """
    newest = run.weights
    if newest is None:
        return None
    weights, notice = (newest, "") if step is None else _weights_near(run, step, newest)
    return TrainedNetwork(
        run.id,
        weights.step,
        run.title,
        run.spec,
        weights.arrays,
        run.class_names,
        run.settings.dataset,
        newest.step,
        notice,
    )


def _weights_near(run: Run, step: int, newest: WeightsSnapshot) -> tuple[WeightsSnapshot, str]:
    try:
        nearest = nearest_moment(run.moments(), step)
    except ClassroomError as error:
        return newest, f"Earlier weights cannot be read, these are the newest ones. {error}"
    found = newest if nearest == newest.step else run.weights_at(nearest)
    if found is None:
        return newest, f"The weights of step {nearest:,} are damaged or gone: these are the newest ones."
    return found, ""


def network_ids() -> tuple[str, ...]:
    """Name every network that can be looked at: the newest runs first, the starter network last."""
    return (*(run.id for run in all_runs() if run.has_weights), STARTER_ID)
