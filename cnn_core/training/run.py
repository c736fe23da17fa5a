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
import numpy.typing as npt

from cnn_core.architecture.shapes import network_figures
from cnn_core.architecture.spec import NetworkSpec, shape_text
from cnn_core.data.dataset import Dataset, LabelledImages
from cnn_core.data.split import stratified_split, subset_indices
from cnn_core.errors import ClassroomError
from cnn_core.training.best import BestEpoch
from cnn_core.training.control import Control, StopTraining
from cnn_core.training.recorder import Recorder
from cnn_core.training.schedules import scheduled_rate
from cnn_core.training.settings import TrainingSettings
from cnn_core.training.snapshot import Change, EpochResult, RunSnapshot, TestResult, Verdicts, WeightsSnapshot

if TYPE_CHECKING:
    from cnn_core.store.retention import Mark
    from cnn_core.training.journal import Journal
    from cnn_core.training.trainer import Trainer

WEIGHTS_INTERVAL_S = 1.0
VERDICT_COUNT = 24
"""Test images whose verdicts are followed while the network learns."""

SAMPLE_COUNT = 256

ReadWeights = Callable[[], WeightsSnapshot | None]

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
        self._weights: WeightsSnapshot | None = None
        self._first_weights: WeightsSnapshot | None = None
        self._read_weights: ReadWeights | None = None
        self._read_first_weights: ReadWeights | None = None
        self.has_weights = False
        self.journal: Journal | None = None
        self._load = load
        self.control = Control()
        self._trainer: Trainer | None = None
        self._recorder = Recorder(())
        self._current = settings
        self._watched: LabelledImages | None = None
        self._looked_at_s = 0.0
        self._evaluation_s = 0.0
        self._thread = threading.Thread(target=self._live, name=f"run-{self.id}", daemon=True)

    @property
    def weights(self) -> WeightsSnapshot | None:
        """The newest weights, or those that the training has led to; of a stored run they are read when asked for."""
        if self._weights is None and self._read_weights is not None:
            self._weights = self._read_weights()
        return self._weights

    @property
    def first_weights(self) -> WeightsSnapshot | None:
        """The weights before the first step."""
        if self._first_weights is None and self._read_first_weights is not None:
            self._first_weights = self._read_first_weights()
        return self._first_weights

    def restore(
        self,
        run_id: str,
        started_at: float,
        class_names: tuple[str, ...],
        snapshot: RunSnapshot,
        *,
        has_weights: bool,
        read_weights: ReadWeights,
        read_first_weights: ReadWeights,
    ) -> None:
        """Become a run that was stored; it is not started any more.

        Args:
            run_id: Its id.
            started_at: When it began, in seconds since 1970.
            class_names: One name a class.
            snapshot: How it ended.
            has_weights: Whether any are stored.
            read_weights: Reads those that it has led to.
            read_first_weights: Reads those that it began with.
        """
        self.id, self.started_at, self.class_names, self.snapshot = run_id, started_at, class_names, snapshot
        self.has_weights = has_weights
        self._read_weights, self._read_first_weights = read_weights, read_first_weights

    def start(self) -> None:
        """Begin; once only."""
        self._thread.start()

    def join(self, timeout_s: float | None = None) -> bool:
        """Wait until the thread has ended.

        Returns:
            Whether it has.
        """
        if self._thread.ident is not None:  # one that was read from the disk never began here
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
            if self.journal is not None:
                self.journal.write()

    def _fail(self, sentence: str) -> None:
        self._update(status="failed", message=sentence, time_left_s=None)

    def _train(self) -> None:
        self._update(message="Loading the images")
        dataset = self._load(self.settings.dataset)
        self.class_names = dataset.class_names
        self._check_fit(dataset)
        train, validation = self._split(dataset.train)
        chosen = subset_indices(dataset.test.labels, min(VERDICT_COUNT, len(dataset.test)), self.settings.seed)
        self._watched = _pick(dataset.test, chosen)
        self._update(message="Waiting for TensorFlow")
        from cnn_core.training.trainer import Trainer

        self._update(message="Building the network")
        trainer = self._trainer = Trainer(self.spec, self.settings, train)
        self._recorder = Recorder(trainer.layers)
        self._keep_weights()
        self._store_weights()
        self._first_weights = self._weights
        steps_per_epoch = -(-len(train) // self.settings.batch_size)
        self._update(
            status="running",
            message="",
            steps_per_epoch=steps_per_epoch,
            total_steps=steps_per_epoch * self.settings.epochs,
        )
        status, best = "finished", BestEpoch(self.settings.patience, keeps_weights=self.settings.keeps_best)
        try:
            self._learn(trainer, train, validation, best)
        except StopTraining:
            status = "stopped"
        self._take_best(trainer, best)
        self._look(trainer)
        if self.journal is not None and self.weights is not None:
            self.journal.keep_result(self.weights)
        judging_s = self._evaluation_s * len(dataset.test) / max(len(validation), 1)
        self._update(status="running", message="Judging on the test images", time_left_s=judging_s or None)
        test = TestResult(*_mean(trainer.evaluate(dataset.test)))
        self._update(status=status, message="", test=test, time_left_s=0.0)

    def _learn(self, trainer: Trainer, train: LabelledImages, validation: LabelledImages, best: BestEpoch) -> None:
        rng = np.random.default_rng(self.settings.seed)
        self._recorder.count_time(is_training=False)
        self._looked_at_s = time.perf_counter()
        for epoch in range(1, self.settings.epochs + 1):
            order = rng.permutation(len(train)).astype(np.int64)
            start = 0
            while start < len(order):
                if self.control.wait_for_permission(self._show_halt, self._show_going_on):
                    self._recorder.count_time(is_training=False)
                self._obey_changes(trainer)
                indices = order[start : start + self._current.batch_size]
                self._learn_batch(trainer, indices, epoch, start, len(order))
                start += len(indices)
                if self.control.rest():
                    self._recorder.count_time(is_training=False)
            self._finish_epoch(trainer, epoch, validation, best)
            if best.is_over(epoch) and epoch < self.settings.epochs:
                self._remark(
                    f"It ended early, after epoch {epoch} of {self.settings.epochs}: the validation loss had not "
                    f"fallen for {self.settings.patience} epochs."
                )
                return
            self.control.note_epoch_end()

    def _learn_batch(
        self, trainer: Trainer, indices: npt.NDArray[np.int64], epoch: int, start: int, count: int
    ) -> None:
        batch_size = self._current.batch_size
        steps_per_epoch = -(-count // batch_size)
        rate = scheduled_rate(self._current, (epoch - 1) * steps_per_epoch + start // batch_size, steps_per_epoch)
        began_s = time.perf_counter()
        result = trainer.step(indices, rate, is_watched=self._recorder.wants_gradients)
        duration_s = time.perf_counter() - began_s
        self._recorder.note_step(result.loss, result.accuracy, rate, len(indices), duration_s)
        if result.gradient_norms is not None:
            self._recorder.note_gradients(result.gradient_norms)
        images_left = count - start - len(indices)
        steps_left = -(-images_left // batch_size) + (self.settings.epochs - epoch) * steps_per_epoch
        self._show_step(steps_left, self.settings.epochs - epoch + 1, steps_per_epoch)
        if not np.isfinite(result.loss):
            raise ClassroomError(
                f"The loss is no longer a number after {len(self._recorder)} steps: training has diverged.",
                "Train again with a smaller learning rate.",
            )
        if time.perf_counter() - self._looked_at_s > WEIGHTS_INTERVAL_S:
            self._keep_weights()
            self._store_weights(is_wanted=False)
            self._look(trainer)
        elif self.journal is not None:
            self.journal.note()

    def _obey_changes(self, trainer: Trainer) -> None:
        """Take settings that were changed while the network learns, and write down when."""
        for name, value in self.control.take_changes().items():
            if name == "dropout":
                if not trainer.set_dropout(value):
                    continue
            elif getattr(self._current, name) == value:
                continue
            else:
                self._current = replace(self._current, **{name: type(getattr(self._current, name))(value)})
            self._update(changes=(*self.snapshot.changes, Change(len(self._recorder), name, value)))

    def _finish_epoch(self, trainer: Trainer, epoch: int, validation: LabelledImages, best: BestEpoch) -> None:
        began_s = time.perf_counter()
        val_loss, val_accuracy, _ = _mean(self._unless_stopped(trainer.evaluate(validation)))
        self._evaluation_s = time.perf_counter() - began_s
        self._recorder.count_time()
        loss, accuracy = self._recorder.close_epoch()
        result = EpochResult(epoch, len(self._recorder), loss, accuracy, val_loss, val_accuracy)
        best.note(epoch, val_loss, trainer.weights)
        self._keep_weights()
        self._update(epochs=(*self.snapshot.epochs, result), elapsed_s=self._recorder.elapsed_s)
        self._store_weights("epoch")

    def _take_best(self, trainer: Trainer, best: BestEpoch) -> None:
        """Go back to the best epoch's weights, if they were to be kept and others followed."""
        last = self.snapshot.epochs[-1] if self.snapshot.epochs else None
        is_newest = last is not None and (best.epoch, last.step) == (last.epoch, self.snapshot.step)
        if best.weights is not None and not is_newest:
            trainer.set_weights(best.weights)
            self._weights = WeightsSnapshot(self.snapshot.epochs[best.epoch - 1].step, best.weights)
            self._remark(f"The weights are those of epoch {best.epoch}, whose validation loss was the lowest.")
        else:
            self._keep_weights()

    def _show_step(self, steps_left: int, epochs_left: int, steps_per_epoch: int) -> None:
        recorder = self._recorder
        step = len(recorder)
        left_s = steps_left * (recorder.step_s + self.control.delay_s) + epochs_left * self._evaluation_s
        self._update(
            step=step,
            steps_per_epoch=steps_per_epoch,
            total_steps=step + steps_left,
            batch_loss=recorder.losses.values(),
            batch_accuracy=recorder.accuracies.values(),
            learning_rates=recorder.rates.values(),
            gradients=recorder.gradients() if recorder.is_newly_watched else self.snapshot.gradients,
            images_per_second=1 / recorder.image_s if recorder.image_s else 0.0,
            elapsed_s=recorder.elapsed_s,
            time_left_s=left_s if step > 1 else None,
        )

    def _show_halt(self) -> None:
        if self._trainer is not None:
            self._keep_weights()
            self._look(self._trainer)
        self._recorder.count_time()
        self._update(status="paused")
        self._store_weights()

    def _show_going_on(self) -> None:
        self._update(status="running")
        if self.journal is not None:
            self.journal.write()

    def _look(self, trainer: Trainer) -> None:
        """Write down what the network says of some test images."""
        if self._watched is not None:
            guesses = trainer.guesses(self._watched.images)
            seen = Verdicts(len(self._recorder), self._watched.images, self._watched.labels, guesses)
            self._update(verdicts=seen)
        self._looked_at_s = time.perf_counter()

    def _remark(self, sentence: str) -> None:
        self._update(remark=f"{self.snapshot.remark} {sentence}".strip())

    def _unless_stopped(self, batches: Iterable[T]) -> Iterator[T]:
        for batch in batches:
            if self.control.is_stopped:
                raise StopTraining
            yield batch

    def _keep_weights(self) -> None:
        if self._trainer is not None and (self._weights is None or self._weights.step != len(self._recorder)):
            self._weights = WeightsSnapshot(len(self._recorder), self._trainer.weights())
            self.has_weights = True

    def _store_weights(self, mark: Mark = "", *, is_wanted: bool = True) -> None:
        if self.journal is not None and self.weights is not None:
            self.journal.keep(self.weights, mark, is_wanted=is_wanted)

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

    def training_sample(self, most: int = SAMPLE_COUNT) -> LabelledImages:
        """Return the first of the images that this run learns from.

        Raises:
            ClassroomError: If the data set cannot be read.
        """
        train, _ = self._split(self._load(self.settings.dataset).train)
        return LabelledImages(train.images[:most], train.labels[:most])

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
