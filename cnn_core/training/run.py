"""One training run: a thread that learns, and the few commands that steer it."""

from __future__ import annotations

import logging
import secrets
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, TypeVar

import numpy as np

from cnn_core.architecture.shapes import network_figures
from cnn_core.architecture.spec import NetworkSpec, shape_text
from cnn_core.data.dataset import Dataset, LabelledImages
from cnn_core.data.split import stratified_split, subset_indices
from cnn_core.errors import ClassroomError
from cnn_core.training.control import Control, StopTraining
from cnn_core.training.history import MetricSeries
from cnn_core.training.settings import TrainingSettings
from cnn_core.training.snapshot import EpochResult, RunSnapshot, TestResult, WeightsSnapshot

if TYPE_CHECKING:
    from cnn_core.training.trainer import Trainer

WEIGHTS_INTERVAL_S = 2.0
PACE_MEMORY = 0.95
"""How much of the former pace each step keeps; about the last twenty steps count."""

_log = logging.getLogger(__name__)
T = TypeVar("T")


class Run:
    """A network in training, or trained.

    Everything a reader may look at is replaced whole: `snapshot` and `weights` are frozen records, so no reader sees
    half a change and nobody waits for a lock. Commands go through `control`. The thread holds nothing of Streamlit.

    Args:
        spec: The network.
        settings: How it is trained.
        title: A name for people.
        load: Reads the data set by its slug; called in the thread.
    """

    def __init__(
        self, spec: NetworkSpec, settings: TrainingSettings, title: str, load: Callable[[str], Dataset]
    ) -> None:
        self.id = secrets.token_hex(4)
        self.spec = spec
        self.settings = settings
        self.title = title
        self.parameters = network_figures(spec).parameters
        self.class_names: tuple[str, ...] = ()
        self.started_at = time.time()
        self.snapshot = RunSnapshot()
        self.weights: WeightsSnapshot | None = None
        self._load = load
        self.control = Control()
        self._trainer: Trainer | None = None
        self._losses = MetricSeries()
        self._accuracies = MetricSeries()
        self._step_s = 0.0
        self._elapsed_s = 0.0
        self._counted_until_s = 0.0
        self._evaluation_s = 0.0
        self._thread = threading.Thread(target=self._live, name=f"run-{self.id}", daemon=True)

    def start(self) -> None:
        """Begin; once only."""
        self._thread.start()

    def join(self, timeout_s: float | None = None) -> bool:
        """Wait until the thread has ended.

        Returns:
            Whether it has.
        """
        self._thread.join(timeout_s)
        return not self._thread.is_alive()

    def _live(self) -> None:
        try:
            self._train()
        except ClassroomError as error:
            self._update(status="failed", message=str(error), time_left_s=None)
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
            self._trainer = None  # frees the images and the optimiser; the weights are kept

    def _fail(self, sentence: str) -> None:
        self._update(status="failed", message=sentence, time_left_s=None)

    def _train(self) -> None:
        self._update(message="Loading the images")
        dataset = self._load(self.settings.dataset)
        self.class_names = dataset.class_names
        self._check_fit(dataset)
        train, validation = self._split(dataset.train)
        self._update(message="Waiting for TensorFlow")
        from cnn_core.training.trainer import Trainer

        self._update(message="Building the network")
        trainer = self._trainer = Trainer(self.spec, self.settings, train)
        self._keep_weights()
        steps_per_epoch = -(-len(train) // self.settings.batch_size)
        self._update(
            status="running",
            message="",
            steps_per_epoch=steps_per_epoch,
            total_steps=steps_per_epoch * self.settings.epochs,
        )
        status = "finished"
        try:
            self._learn(trainer, train, validation)
        except StopTraining:
            status = "stopped"
        self._keep_weights()
        judging_s = self._evaluation_s * len(dataset.test) / max(len(validation), 1)
        self._update(status="running", message="Judging on the test images", time_left_s=judging_s or None)
        test = TestResult(*_mean(trainer.evaluate(dataset.test)))
        self._update(status=status, message="", test=test, time_left_s=0.0)

    def _learn(self, trainer: Trainer, train: LabelledImages, validation: LabelledImages) -> None:
        rng = np.random.default_rng(self.settings.seed)
        batch_size = self.settings.batch_size
        last_kept_s = self._counted_until_s = time.perf_counter()
        for epoch in range(1, self.settings.epochs + 1):
            order = rng.permutation(len(train)).astype(np.int64)
            for start in range(0, len(train), batch_size):
                was_halted = self.control.wait_for_permission(self._show_halt, self._show_going_on)
                if was_halted:
                    self._count_time(is_training=False)
                indices = order[start : start + batch_size]
                began_s = time.perf_counter()
                loss, accuracy = trainer.step(indices)
                self._note_step(loss, accuracy, time.perf_counter() - began_s, epoch)
                if not np.isfinite(loss):
                    raise ClassroomError(
                        f"The loss is no longer a number after {len(self._losses)} steps: training has diverged.",
                        "Train again with a smaller learning rate.",
                    )
                if self._counted_until_s - last_kept_s > WEIGHTS_INTERVAL_S:
                    self._keep_weights()
                    last_kept_s = self._counted_until_s
            self._finish_epoch(trainer, epoch, len(train), validation)

    def _finish_epoch(self, trainer: Trainer, epoch: int, count: int, validation: LabelledImages) -> None:
        began_s = time.perf_counter()
        val_loss, val_accuracy, _ = _mean(self._unless_stopped(trainer.evaluate(validation)))
        self._evaluation_s = time.perf_counter() - began_s
        self._count_time()
        here = slice((epoch - 1) * self.snapshot.steps_per_epoch, None)
        # The mean over images, as Keras reports it: the last batch may be smaller than the others.
        sizes = np.full(self.snapshot.steps_per_epoch, self.settings.batch_size)
        sizes[-1] = count - sizes[:-1].sum()
        result = EpochResult(
            epoch=epoch,
            step=len(self._losses),
            loss=float(np.average(self._losses.values()[here], weights=sizes)),
            accuracy=float(np.average(self._accuracies.values()[here], weights=sizes)),
            val_loss=val_loss,
            val_accuracy=val_accuracy,
        )
        self._keep_weights()
        self._update(epochs=(*self.snapshot.epochs, result), elapsed_s=self._elapsed_s)

    def _note_step(self, loss: float, accuracy: float, duration_s: float, epoch: int) -> None:
        self._losses.append(loss)
        self._accuracies.append(accuracy)
        step = len(self._losses)
        # The first step compiles the function: it says nothing about the pace.
        self._step_s = duration_s if step <= 2 else PACE_MEMORY * self._step_s + (1 - PACE_MEMORY) * duration_s
        self._count_time()
        epochs_left = self.settings.epochs - epoch + 1
        steps_left = self.snapshot.total_steps - step
        self._update(
            step=step,
            batch_loss=self._losses.values(),
            batch_accuracy=self._accuracies.values(),
            images_per_second=self.settings.batch_size / self._step_s,
            elapsed_s=self._elapsed_s,
            time_left_s=steps_left * self._step_s + epochs_left * self._evaluation_s if step > 1 else None,
        )

    def _show_halt(self) -> None:
        self._keep_weights()
        self._count_time()
        self._update(status="paused")

    def _show_going_on(self) -> None:
        self._update(status="running")

    def _count_time(self, *, is_training: bool = True) -> None:
        """Count the time since the last call as training, or leave it out because the run was halted."""
        now_s = time.perf_counter()
        if is_training:
            self._elapsed_s += now_s - self._counted_until_s
        self._counted_until_s = now_s

    def _unless_stopped(self, batches: Iterable[T]) -> Iterator[T]:
        for batch in batches:
            if self.control.is_stopped:
                raise StopTraining
            yield batch

    def _keep_weights(self) -> None:
        if self._trainer is not None and (self.weights is None or self.weights.step != len(self._losses)):
            self.weights = WeightsSnapshot(len(self._losses), self._trainer.weights())

    def _update(self, **changes: object) -> None:
        self.snapshot = replace(self.snapshot, **changes)  # type: ignore[arg-type]

    def _check_fit(self, dataset: Dataset) -> None:
        if dataset.image_shape != self.spec.input_shape:
            raise ClassroomError(
                f"This network takes images of {shape_text(self.spec.input_shape)}, but those of "
                f"“{dataset.slug}” are {shape_text(dataset.image_shape)}.",
                "Choose another data set, or change the network's input.",
            )
        outputs = network_figures(self.spec).output_shape
        expected = (1,) if len(dataset.class_names) == 2 and outputs == (1,) else (len(dataset.class_names),)
        if outputs != expected:
            raise ClassroomError(
                f"This network has {shape_text(outputs)} outputs, but “{dataset.slug}” has "
                f"{len(dataset.class_names)} classes.",
                f"Give the network {len(dataset.class_names)} classes.",
            )

    def _split(self, train: LabelledImages) -> tuple[LabelledImages, LabelledImages]:
        count = min(self.settings.train_count, len(train))
        chosen = subset_indices(train.labels, count, self.settings.seed)
        learn, validate = stratified_split(train.labels[chosen], self.settings.validation_share, self.settings.seed)
        return _pick(train, chosen[learn]), _pick(train, chosen[validate])


def _pick(part: LabelledImages, indices: np.ndarray) -> LabelledImages:
    return LabelledImages(part.images[indices], part.labels[indices])


def _mean(batches: Iterable[tuple[float, int, int]]) -> tuple[float, float, int]:
    """Mean loss, accuracy and number of images over what `Trainer.evaluate` yields."""
    loss = correct = count = 0.0
    for batch_loss, batch_correct, batch_count in batches:
        loss, correct, count = loss + batch_loss, correct + batch_correct, count + batch_count
    return loss / max(count, 1), correct / max(count, 1), int(count)
