"""Teaching a copy of a network, in the background: the network itself stays as it is."""

from __future__ import annotations

import logging
import secrets
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import numpy.typing as npt

from cnn_core.architecture.layers.base import some
from cnn_core.correction.kept import KeptDrawing
from cnn_core.correction.lesson import (
    STEPS,
    Lesson,
    lesson_settings,
    make_lesson,
    rehearsal_dataset,
    teachable,
)
from cnn_core.data.dataset import LabelledImages
from cnn_core.data.registry import load_dataset
from cnn_core.errors import ClassroomError
from cnn_core.networks import TrainedNetwork
from cnn_core.training.adoption import RunCopy
from cnn_core.training.control import StopTraining
from cnn_core.training.run import Run
from cnn_core.training.runs import adopt_run, turn_in_line
from cnn_core.training.snapshot import RunSnapshot, TestResult, WeightsSnapshot

if TYPE_CHECKING:
    from cnn_core.training.queue import Turn
    from cnn_core.training.trainer import Trainer

TeachingStatus = Literal["queued", "preparing", "teaching", "judging", "finished", "stopped", "failed"]
ENDED: frozenset[TeachingStatus] = frozenset({"finished", "stopped", "failed"})

MOST_JOBS = 100
"""Teachings that are remembered, one a person; each holds no weights, only what came of it."""

_log = logging.getLogger(__name__)
_jobs: dict[str, TeachingJob] = {}
_lock = threading.Lock()


@dataclass(frozen=True)
class Score:
    """How many images are read rightly.

    Args:
        right: Those read rightly.
        count: All of them.
    """

    right: int
    count: int

    @property
    def share(self) -> float:
        """Share of the images that is read rightly, 0 to 1; 0 where there are none."""
        return self.right / self.count if self.count else 0.0


@dataclass(frozen=True)
class Marks:
    """How a network does, before or after.

    Args:
        learned: On the drawings that are learned from.
        left_out: On the drawings that are not.
        held_out: On test images of the data set: forgetting shows here.
    """

    learned: Score
    left_out: Score
    held_out: Score

    @property
    def drawings(self) -> Score:
        """On all drawings."""
        return Score(self.learned.right + self.left_out.right, self.learned.count + self.left_out.count)


@dataclass(frozen=True)
class Taught:
    """What came of a teaching.

    Args:
        run_id: The taught copy, among the trainings.
        title: Its name.
        before: How the network did.
        after: How the copy does.
        dataset: Slug of the data set that was rehearsed.
    """

    run_id: str
    title: str
    before: Marks
    after: Marks
    dataset: str


@dataclass(frozen=True)
class TeachingSnapshot:
    """A teaching at one moment.

    Args:
        status: Where it is.
        share: Share of the steps that is done, 0 to 1.
        time_left_s: Seconds that remain; nothing while unknown.
        problem: Why it failed, with the remedy.
        result: What came of it.
    """

    status: TeachingStatus = "queued"
    share: float = 0.0
    time_left_s: float | None = None
    problem: str = ""
    result: Taught | None = None

    @property
    def is_active(self) -> bool:
        """Whether it goes on."""
        return self.status not in ENDED


@dataclass(eq=False)
class TeachingJob:
    """One teaching: a thread of its own, that waits in the same line as the trainings.

    Readers look at `snapshot`, which is replaced whole.

    Args:
        network: The network, of which a copy is taught.
        drawings: What it is taught; their classes are the network's.
        owner: Who asks for it.
        steps: How many batches.
    """

    network: TrainedNetwork
    drawings: tuple[KeptDrawing, ...]
    owner: str
    steps: int = STEPS
    id: str = field(default_factory=lambda: secrets.token_hex(4))
    snapshot: TeachingSnapshot = field(default_factory=TeachingSnapshot)
    _stop: threading.Event = field(default_factory=threading.Event)
    _thread: threading.Thread | None = None
    _turn: Turn | None = None

    def start(self) -> None:
        """Begin, or stand in line for it; once only."""
        self._turn = turn_in_line(self.id, self.owner)
        self._turn.ask()
        self._thread = threading.Thread(target=self._live, name=f"teaching-{self.id}", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Give it up; nothing of it stays."""
        self._stop.set()

    def join(self, timeout_s: float | None = None) -> bool:
        """Wait until it has ended, and say whether it has."""
        if self._thread is not None:
            self._thread.join(timeout_s)
        return not self.snapshot.is_active

    @property
    def place(self) -> int | None:
        """Its place in the line, 1 for the next; nothing if it does not wait."""
        return self._turn.place if self._turn is not None else None

    def _live(self) -> None:
        try:
            self._teach()
        except StopTraining:
            self._show(status="stopped")
        except ClassroomError as error:
            self._show(status="failed", problem=str(error))
        except Exception as error:  # noqa: BLE001  whatever goes wrong must reach the person as a sentence
            _log.exception("Teaching %s failed", self.id)
            self._show(
                status="failed",
                problem=f"Teaching broke off with an unexpected error ({type(error).__name__}). Teach it again; the "
                "server's log has the details.",
            )
        finally:
            if self._turn is not None:
                self._turn.give_up(is_over=True)

    def _teach(self) -> None:
        if self._turn is not None:
            self._turn.wait(self._stop.is_set)
        self._show(status="preparing")
        network = self.network
        slug = rehearsal_dataset(network)
        lesson = make_lesson(self.drawings, network.class_names, load_dataset(slug))
        from cnn_core.training.trainer import Trainer

        began_s = time.perf_counter()
        settings = lesson_settings(slug)
        trainer = Trainer(network.spec, settings, lesson.train)
        trainer.set_weights(network.weights)
        before, _ = self._judge(trainer, lesson)
        losses, accuracies = self._learn(trainer, lesson, settings.seed)
        self._show(status="judging", share=1.0, time_left_s=None)
        after, loss = self._judge(trainer, lesson)
        weights = trainer.weights()
        title = taught_title(network.title)
        run = adopt_run(
            RunCopy(
                title=title,
                note=f"A copy of “{network.title}”, taught with {some(len(self.drawings), 'drawing')}.",
                spec=network.spec,
                settings=settings,
                class_names=network.class_names,
                snapshot=RunSnapshot(
                    status="finished",
                    message="",
                    remark=f"It is a copy of “{network.title}”, taught with {some(len(self.drawings), 'drawing')}.",
                    taught_with=len(self.drawings),
                    step=self.steps,
                    steps_per_epoch=self.steps,
                    total_steps=self.steps,
                    batch_loss=losses,
                    batch_accuracy=accuracies,
                    learning_rates=np.full(self.steps, settings.learning_rate, np.float32),
                    elapsed_s=time.perf_counter() - began_s,
                    time_left_s=0.0,
                    test=TestResult(loss, after.held_out.share, after.held_out.count),
                ),
                started_at=time.time(),
                result_step=self.steps,
                moments=(WeightsSnapshot(0, network.weights), WeightsSnapshot(self.steps, weights)),
            )
        )
        self._show(status="finished", result=Taught(run.id, title, before, after, slug))

    def _learn(
        self, trainer: Trainer, lesson: Lesson, seed: int
    ) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]:
        losses, accuracies = np.zeros(self.steps, np.float32), np.zeros(self.steps, np.float32)
        began_s = time.perf_counter()
        for done, indices in enumerate(lesson.batches(self.steps, seed)):
            if self._stop.is_set():
                raise StopTraining
            step = trainer.step(indices)
            losses[done], accuracies[done] = step.loss, step.accuracy
            if not np.isfinite(step.loss):
                raise ClassroomError("Teaching diverged: the loss is no number any more.", "Choose another network.")
            if done == 0:
                began_s = time.perf_counter()  # the first step is compiled
            left_s = (time.perf_counter() - began_s) / done * (self.steps - done - 1) if done else None
            self._show(status="teaching", share=(done + 1) / self.steps, time_left_s=left_s)
        return losses, accuracies

    def _judge(self, trainer: Trainer, lesson: Lesson) -> tuple[Marks, float]:
        """How the network does now, and its mean loss on the test images."""
        scores, loss = [], 0.0
        for part in (lesson.learned, lesson.left_out, lesson.held_out):
            score, loss = self._score(trainer, part)
            scores.append(score)
        return Marks(*scores), loss

    def _score(self, trainer: Trainer, part: LabelledImages) -> tuple[Score, float]:
        right, loss = 0, 0.0
        for batch_loss, batch_right, _ in trainer.evaluate(part) if len(part) else ():
            if self._stop.is_set():
                raise StopTraining
            right, loss = right + batch_right, loss + batch_loss
        return Score(right, len(part)), loss / max(len(part), 1)

    def _show(self, **changes: Any) -> None:
        self.snapshot = replace(self.snapshot, **changes)


def taught_title(title: str) -> str:
    """Name a taught copy; a copy of a copy is named like the first one.

    Example:
        >>> taught_title("First network"), taught_title("First network, taught")
        ('First network, taught', 'First network, taught')
    """
    return title if title.endswith(", taught") else f"{title}, taught"


def is_taught_copy(run: Run) -> bool:
    """Whether a run is a copy that was taught: its settings are those of the lesson, not of all that it has learned."""
    return run.snapshot.taught_with > 0


def start_teaching(network: TrainedNetwork, drawings: Sequence[KeptDrawing], owner: str) -> TeachingJob:
    """Teach a copy of a network in the background, as soon as it is its turn.

    Args:
        network: The network; it stays as it is.
        drawings: A person's drawings; those of classes that the network does not know are passed over.
        owner: Who asks for it.

    Raises:
        ClassroomError: If there is nothing to teach, or this person's last teaching still goes on.
    """
    fitting = teachable(drawings, network)
    if not fitting:
        raise ClassroomError("There is nothing to teach yet.", "Draw something, and say what it is.")
    with _lock:
        before = _jobs.get(owner)
        if before is not None and before.snapshot.is_active:
            raise ClassroomError("A copy is being taught already.", "Wait until it is ready, or stop it.")
        job = TeachingJob(network, fitting, owner)
        _jobs.pop(owner, None)
        _jobs[owner] = job
        ended = [name for name, old in _jobs.items() if not old.snapshot.is_active]
        for name in ended[: max(0, len(_jobs) - MOST_JOBS)]:
            del _jobs[name]
        job.start()
    return job


def teaching_of(owner: str) -> TeachingJob | None:
    """Return a person's newest teaching, if this process remembers one."""
    return _jobs.get(owner)
