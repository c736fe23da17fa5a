"""What the thread of a training does, from the images to the judgement on the test images."""

from __future__ import annotations

import math
import time
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, TypeVar

import numpy as np
import numpy.typing as npt

from cnn_core.data.dataset import Dataset
from cnn_core.errors import ClassroomError
from cnn_core.training.best import BestEpoch
from cnn_core.training.control import StopTraining
from cnn_core.training.material import Material, choose_material
from cnn_core.training.recorder import Recorder
from cnn_core.training.resumption import BEGINNING, Place, Resumption
from cnn_core.training.schedules import scheduled_rate
from cnn_core.training.snapshot import Change, EpochResult, TestResult, Verdicts, WeightsSnapshot

if TYPE_CHECKING:
    from cnn_core.store.retention import Mark
    from cnn_core.training.run import Run
    from cnn_core.training.trainer import Trainer

WEIGHTS_INTERVAL_S = 1.0
SHOW_INTERVAL_S = 0.05
"""Readers see newer numbers no oftener: a page looks once in half a second, and describing a step takes a while."""

T = TypeVar("T")


class Learner:
    """One training while it goes on: its images, its network, and where it is. It belongs to one thread.

    Args:
        run: The training, where everything is written down for readers.
        dataset: Its images.
        resumption: From where it goes on; nothing where it begins.
    """

    def __init__(self, run: Run, dataset: Dataset, resumption: Resumption | None = None) -> None:
        self._run = run
        self._control = run.control
        self._settings = self._current = run.settings
        self._material: Material = choose_material(run.spec, run.settings, dataset)
        run.class_names = self._material.class_names
        self._evaluation_s = 0.0
        run.update(message="Waiting for TensorFlow")
        from cnn_core.training.trainer import Trainer

        run.update(message="Building the network")
        self._trainer: Trainer = Trainer(run.spec, run.settings, self._material.train)
        self._recorder = Recorder(self._trainer.layers)
        self._best = BestEpoch(self._settings.patience)
        self._place = BEGINNING
        self._shown_at_s = -SHOW_INTERVAL_S
        if resumption is not None:
            self._go_on_from(resumption)
        self._keep_weights()
        if resumption is None:
            self._store_weights()
            run.note_first_weights()

    def learn(self) -> None:
        """Learn, then judge the network on the test images."""
        run, train = self._run, self._material.train
        steps_per_epoch = -(-len(train) // self._settings.batch_size)
        run.update(
            status="running",
            message="",
            steps_per_epoch=steps_per_epoch,
            total_steps=max(steps_per_epoch * self._settings.epochs, run.snapshot.step),
        )
        status, wants_best = "finished", self._settings.keeps_best
        try:
            self._learn_epochs()
        except StopTraining:
            self._show_step()
            status, wants_best = "stopped", True
        if wants_best and self._has_been_better():
            self._take_best()
        else:
            self._keep_weights()
        self._look()
        if run.journal is not None and run.weights is not None:
            run.journal.keep_result(run.weights)
        judging_s = self._evaluation_s * len(self._material.test) / max(len(self._material.validation), 1)
        run.update(status="running", message="Judging on the test images", time_left_s=judging_s or None)
        test = TestResult(*_mean(self._trainer.evaluate(self._material.test)))
        run.update(status=status, message="", test=test, time_left_s=0.0)

    def _go_on_from(self, resumption: Resumption) -> None:
        """Put network, optimiser and numbers back to where they were."""
        self._trainer.set_weights(resumption.weights)
        self._trainer.set_state(resumption.trainer_state)
        self._place = resumption.place
        snapshot = self._run.snapshot
        self._recorder.go_on_from(snapshot, resumption.place.sums)
        for change in snapshot.changes:
            self._take(change.name, change.value)
        for epoch in snapshot.epochs:
            self._best.note(epoch.epoch, epoch.val_loss, lambda: None)
        if self._best.epoch:
            self._best.weights = resumption.read_weights(snapshot.epochs[self._best.epoch - 1].step)

    def _learn_epochs(self) -> None:
        rng = np.random.default_rng(self._settings.seed)
        count = len(self._material.train)
        self._recorder.count_time(is_training=False)
        self._looked_at_s = time.perf_counter()
        for epoch in range(1, self._settings.epochs + 1):
            order = rng.permutation(count).astype(np.int64)
            if epoch < self._place.epoch:
                continue
            if self._best.is_over(epoch - 1):
                self._remark(
                    f"It ended early, after epoch {epoch - 1} of {self._settings.epochs}: the validation loss had "
                    f"not fallen for {self._settings.patience} epochs."
                )
                return
            while self._place.images < count:
                if self._control.wait_for_permission(len(self._recorder), self._halt, self._go_on):
                    self._recorder.count_time(is_training=False)
                self._obey_changes()
                self._learn_batch(order[self._place.images :][: self._current.batch_size])
                if self._control.rest():
                    self._recorder.count_time(is_training=False)
            self._finish_epoch(epoch)
            self._control.note_epoch_end()

    def _learn_batch(self, indices: npt.NDArray[np.int64]) -> None:
        epoch, start, count = self._place.epoch, self._place.images, len(self._material.train)
        batch_size = self._current.batch_size
        steps_per_epoch = -(-count // batch_size)
        rate = scheduled_rate(self._current, (epoch - 1) * steps_per_epoch + start // batch_size, steps_per_epoch)
        began_s = time.perf_counter()
        result = self._trainer.step(indices, rate, is_watched=self._recorder.wants_gradients)
        duration_s = time.perf_counter() - began_s
        self._recorder.note_step(result.loss, result.accuracy, rate, len(indices), duration_s)
        if result.gradient_norms is not None:
            self._recorder.note_gradients(result.gradient_norms)
        self._place = Place(epoch, start + len(indices), self._recorder.epoch_sums)
        if time.perf_counter() - self._shown_at_s >= SHOW_INTERVAL_S:
            self._show_step()
        if not math.isfinite(result.loss):
            self._show_step()
            raise ClassroomError(
                f"The loss is no longer a number after {len(self._recorder)} steps: training has diverged.",
                "Train again with a smaller learning rate.",
            )
        if time.perf_counter() - self._looked_at_s > WEIGHTS_INTERVAL_S:
            self._show_step()
            self._keep_weights()
            self._store_weights(is_wanted=False)
            self._look()
        elif self._run.journal is not None:
            if self._run.snapshot.status == "running":  # one that halts after each step keeps all its weights anyway
                self._run.journal.keep_moment(len(self._recorder), self._newest_weights)
            self._run.journal.note()

    def _obey_changes(self) -> None:
        """Take settings that were changed while the network learns, and write down when."""
        for name, value in self._control.take_changes().items():
            if self._take(name, value):
                changes = (*self._run.snapshot.changes, Change(len(self._recorder), name, value))
                self._run.update(changes=changes)

    def _take(self, name: str, value: float) -> bool:
        """Change a setting, and say whether that made a difference."""
        if name == "dropout":
            return self._trainer.set_dropout(value)
        before = getattr(self._current, name)
        self._current = replace(self._current, **{name: type(before)(value)})
        return bool(before != value)

    def _finish_epoch(self, epoch: int) -> None:
        self._show_step()
        began_s = time.perf_counter()
        batches = self._unless_stopped(self._trainer.evaluate(self._material.validation))
        val_loss, val_accuracy, _ = _mean(batches)
        self._evaluation_s = time.perf_counter() - began_s
        self._recorder.count_time()
        loss, accuracy = self._recorder.close_epoch()
        self._place = Place(epoch + 1, 0, self._recorder.epoch_sums)
        result = EpochResult(epoch, len(self._recorder), loss, accuracy, val_loss, val_accuracy)
        self._best.note(epoch, val_loss, self._trainer.weights)
        self._keep_weights()
        self._run.update(epochs=(*self._run.snapshot.epochs, result), elapsed_s=self._recorder.elapsed_s)
        self._store_weights("best" if self._best.epoch == epoch else "epoch")

    def _has_been_better(self) -> bool:
        """Whether an epoch before the newest weights had a lower validation loss than these have."""
        if self._best.weights is None:
            return False
        last = self._run.snapshot.epochs[-1]
        if last.step == len(self._recorder):
            return self._best.epoch < last.epoch
        self._run.update(message="Judging on the validation images", time_left_s=None)
        return _mean(self._trainer.evaluate(self._material.validation))[0] > self._best.loss

    def _take_best(self) -> None:
        """Go back to the best epoch's weights."""
        run, best = self._run, self._best
        if best.weights is not None:
            self._trainer.set_weights(best.weights)
            run.keep_weights(WeightsSnapshot(run.snapshot.epochs[best.epoch - 1].step, best.weights))
            self._remark(f"The weights are those of epoch {best.epoch}, whose validation loss was the lowest.")

    def _show_step(self) -> None:
        """Let readers see the numbers of the steps so far."""
        recorder, place, batch_size = self._recorder, self._place, self._current.batch_size
        step, count = len(recorder), len(self._material.train)
        steps_per_epoch = -(-count // batch_size)
        epochs_left = self._settings.epochs - place.epoch
        steps_left = -(-(count - place.images) // batch_size) + epochs_left * steps_per_epoch
        left_s = steps_left * (recorder.step_s + self._control.delay_s) + (epochs_left + 1) * self._evaluation_s
        self._run.update(
            step=step,
            steps_per_epoch=steps_per_epoch,
            total_steps=step + steps_left,
            batch_loss=recorder.losses.values(),
            batch_accuracy=recorder.accuracies.values(),
            learning_rates=recorder.rates.values(),
            gradients=recorder.gradients,
            images_per_second=1 / recorder.image_s if recorder.image_s else 0.0,
            elapsed_s=recorder.elapsed_s,
            time_left_s=left_s if recorder.has_pace else None,
        )
        self._shown_at_s = time.perf_counter()

    def _halt(self) -> None:
        """Show how it stands, and let others train meanwhile."""
        self._show_step()
        self._keep_weights()
        self._look()
        self._recorder.count_time()
        self._run.update(status="paused")
        self._store_weights()
        if self._run.turn is not None:
            self._run.turn.give_up(is_over=False)

    def _go_on(self) -> None:
        if self._run.turn is not None:
            self._run.update(status="queued")
            self._run.turn.ask()
            self._run.turn.wait(lambda: self._control.is_stopped)
        self._run.update(status="running")
        if self._run.journal is not None:
            self._run.journal.write()

    def _look(self) -> None:
        """Write down what the network says of some test images."""
        watched = self._material.watched
        guesses = self._trainer.guesses(watched.images)
        self._run.update(verdicts=Verdicts(len(self._recorder), watched.images, watched.labels, guesses))
        self._looked_at_s = time.perf_counter()

    def _remark(self, sentence: str) -> None:
        self._run.update(remark=f"{self._run.snapshot.remark} {sentence}".strip())

    def _unless_stopped(self, batches: Iterable[T]) -> Iterator[T]:
        for batch in batches:
            if self._control.is_stopped:
                raise StopTraining
            yield batch

    def _keep_weights(self) -> None:
        newest = self._run.weights
        if newest is None or newest.step != len(self._recorder):
            self._run.keep_weights(WeightsSnapshot(len(self._recorder), self._trainer.weights()))

    def _newest_weights(self) -> WeightsSnapshot:
        """Return the weights as they are now, after letting readers see the numbers that belong to them."""
        self._show_step()
        self._keep_weights()
        weights = self._run.weights
        assert weights is not None
        return weights

    def _store_weights(self, mark: Mark = "", *, is_wanted: bool = True) -> None:
        journal, weights = self._run.journal, self._run.weights
        if journal is not None and weights is not None:
            journal.keep(weights, mark, state=self._state, is_wanted=is_wanted)

    def _state(self) -> tuple[npt.NDArray[np.generic], ...]:
        """Everything besides the weights that it takes to go on from here."""
        return (self._place.to_array(), *self._trainer.state())


def _mean(batches: Iterable[tuple[float, int, int]]) -> tuple[float, float, int]:
    """Mean loss, accuracy and number of images over what `Trainer.evaluate` yields."""
    loss = correct = count = 0.0
    for batch_loss, batch_correct, batch_count in batches:
        loss, correct, count = loss + batch_loss, correct + batch_correct, count + batch_count
    return loss / max(count, 1), correct / max(count, 1), int(count)
