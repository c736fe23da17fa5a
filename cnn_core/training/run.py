"""One training run: a thread that learns, and the few commands that steer it."""

from __future__ import annotations

import logging
import secrets
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from cnn_core.architecture.shapes import network_figures
from cnn_core.architecture.spec import NetworkSpec
from cnn_core.data.dataset import Dataset, LabelledImages
from cnn_core.errors import ClassroomError
from cnn_core.training.control import Control, StopTraining
from cnn_core.training.learner import Learner
from cnn_core.training.material import choose_material
from cnn_core.training.queue import Turn
from cnn_core.training.resumption import Resumption
from cnn_core.training.settings import TrainingSettings
from cnn_core.training.snapshot import RunSnapshot, WeightsSnapshot

if TYPE_CHECKING:
    from cnn_core.training.journal import Journal

SAMPLE_COUNT = 256
MOST_MOMENTS_IN_MEMORY = 4
"""Weights of earlier moments that are kept at hand when somebody looks back."""

ReadWeights = Callable[[int], WeightsSnapshot | None]
"""Reads the weights of a step; nothing where they are not stored, or damaged."""

_log = logging.getLogger(__name__)


class Run:
    """A network in training, or trained.

    Everything a reader may look at is replaced whole: `snapshot` and `weights` are frozen records, so no reader sees
    half a change and nobody waits for a lock. Commands go through `control`. The thread holds nothing of Streamlit.

    Args:
        spec: The network.
        settings: How it is trained.
        title: A name for people.
        load: Reads the data set by its slug; called in the thread.
        owner: Whose it is; may be empty.
    """

    def __init__(
        self,
        spec: NetworkSpec,
        settings: TrainingSettings,
        title: str,
        load: Callable[[str], Dataset],
        owner: str = "",
    ) -> None:
        self.id = secrets.token_hex(4)
        self.spec = spec
        self.settings = settings
        self.title = title
        self.owner = owner
        self.parameters = network_figures(spec).parameters
        self.class_names: tuple[str, ...] = ()
        self.started_at = time.time()
        self.snapshot = RunSnapshot()
        self.has_weights = False
        self.control = Control()
        self.journal: Journal | None = None
        self.turn: Turn | None = None
        self._load = load
        self._weights: WeightsSnapshot | None = None
        self._first_weights: WeightsSnapshot | None = None
        self._read_result: Callable[[], WeightsSnapshot | None] | None = None
        self._read_moment: ReadWeights | None = None
        self._list_moments: Callable[[], Sequence[int]] = tuple
        self._moments: dict[int, WeightsSnapshot] = {}
        self._resumption: Resumption | None = None
        self._thread = threading.Thread(target=self._live, name=f"run-{self.id}", daemon=True)

    @property
    def weights(self) -> WeightsSnapshot | None:
        """The newest weights, or those that the training has led to; of a stored run they are read when asked for."""
        if self._weights is None and self._read_result is not None:
            self._weights = self._read_result()
        return self._weights

    @property
    def first_weights(self) -> WeightsSnapshot | None:
        """The weights before the first step."""
        if self._first_weights is None and self._read_moment is not None:
            self._first_weights = self._read_moment(0)
        return self._first_weights

    @property
    def place(self) -> int | None:
        """Its place in the line of those that wait for their turn, 1 for the next; nothing if it does not wait."""
        return self.turn.place if self.turn is not None else None

    def moments(self) -> tuple[int, ...]:
        """Return the steps whose weights can be looked at, in rising order; the newest ones are the last.

        Raises:
            ClassroomError: If the disk cannot be read.
        """
        steps = set(self._list_moments())
        steps |= {weights.step for weights in (self._first_weights, self._weights) if weights is not None}
        return tuple(sorted(steps))

    def weights_at(self, step: int) -> WeightsSnapshot | None:
        """Return the weights after some step, or nothing if they are not kept, or damaged.

        Args:
            step: One of `moments()`.
        """
        for known in (self._weights, self._first_weights, self._moments.get(step)):
            if known is not None and known.step == step:
                return known
        found = self._read_moment(step) if self._read_moment is not None else None
        if found is not None:
            moments = {**self._moments, step: found}
            self._moments = {at: moments[at] for at in list(moments)[-MOST_MOMENTS_IN_MEMORY:]}
        return found

    def look_back_with(self, list_moments: Callable[[], Sequence[int]], read: ReadWeights) -> None:
        """Let readers look at weights that are stored.

        Args:
            list_moments: Lists their steps; may raise `ClassroomError`.
            read: Reads those of a step.
        """
        self._list_moments, self._read_moment = list_moments, read

    def restore(
        self,
        run_id: str,
        started_at: float,
        class_names: tuple[str, ...],
        snapshot: RunSnapshot,
        *,
        has_weights: bool,
        read_result: Callable[[], WeightsSnapshot | None] | None = None,
    ) -> None:
        """Become a run that was stored. It is not started any more, unless `go_on_from` says how.

        Args:
            run_id: Its id.
            started_at: When it began, in seconds since 1970.
            class_names: One name a class.
            snapshot: How it ended.
            has_weights: Whether any are stored.
            read_result: Reads those that it has led to.
        """
        self.id, self.started_at, self.class_names, self.snapshot = run_id, started_at, class_names, snapshot
        self.has_weights = has_weights
        self._read_result = read_result

    def go_on_from(self, resumption: Resumption | None) -> None:
        """Say where the training begins when it is started; nothing for the beginning."""
        self._resumption = resumption

    def start(self) -> None:
        """Begin, or stand in line for it; once only."""
        if self.turn is not None:
            self.update(status="queued", message="")
            self.turn.ask()
        self._thread.start()

    def join(self, timeout_s: float | None = None) -> bool:
        """Wait until the thread has ended.

        Returns:
            Whether it has.
        """
        if self._thread.ident is not None:  # one that was read from the disk never began here
            self._thread.join(timeout_s)
        return not self._thread.is_alive()

    def training_sample(self, most: int = SAMPLE_COUNT) -> LabelledImages:
        """Return the first of the images that this run learns from.

        Raises:
            ClassroomError: If the data set cannot be read.
        """
        train = choose_material(self.spec, self.settings, self._load(self.settings.dataset)).train
        return LabelledImages(train.images[:most], train.labels[:most])

    def update(self, **changes: object) -> None:
        """Change what readers see; called by the training thread only."""
        self.snapshot = replace(self.snapshot, **changes)  # type: ignore[arg-type]

    def keep_weights(self, weights: WeightsSnapshot) -> None:
        """Let readers see newer weights; called by the training thread only."""
        self._weights = weights
        self.has_weights = True

    def note_first_weights(self) -> None:
        """Note that the present weights are those before the first step; called by the training thread only."""
        self._first_weights = self._weights

    def _live(self) -> None:
        try:
            self._train()
        except StopTraining:
            status = "stopped" if self._resumption is None else "interrupted"
            self.update(status=status, message="", time_left_s=0.0)
        except ClassroomError as error:
            self._fail(str(error))
        except MemoryError:
            self._fail("This machine ran out of memory. Make the batch or the network smaller and train again.")
        except Exception as error:  # noqa: BLE001  whatever goes wrong must reach the person as a sentence
            _log.exception("Run %s failed", self.id)
            if type(error).__name__ == "ResourceExhaustedError":
                self._fail("This machine ran out of memory. Make the batch or the network smaller and train again.")
            else:
                self._fail(
                    f"Training broke off with an unexpected error ({type(error).__name__}). "
                    "Train again; if it happens again, choose other settings. The server's log has the details."
                )
        finally:
            self._resumption = None
            if self.turn is not None:
                self.turn.give_up(is_over=True)
            if self.journal is not None:
                self.journal.write()

    def _train(self) -> None:
        if self.turn is not None:
            self.turn.wait(lambda: self.control.is_stopped)
        self.update(status="preparing", message="Loading the images")
        Learner(self, self._load(self.settings.dataset), self._resumption).learn()

    def _fail(self, sentence: str) -> None:
        self.update(status="failed", message=sentence, time_left_s=None)
