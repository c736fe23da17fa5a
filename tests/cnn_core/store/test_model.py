"""The store against a dictionary: after any sequence of commands, and after opening it again, both hold the same."""

from __future__ import annotations

import shutil
import tempfile
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from cnn_core.errors import ClassroomError
from cnn_core.store.records import RunRecord, StoredEvent
from cnn_core.store.store import RunStore
from tests.cnn_core.store.samples import numbers, record, weights

IDS = st.sampled_from(["a", "b", "c"])


@dataclass
class Model:
    """What should be stored of one training."""

    record: RunRecord
    batches: int = 0
    weights: set[int] = field(default_factory=set)
    events: list[StoredEvent] = field(default_factory=list)


class StoreMachine(RuleBasedStateMachine):
    """Commands to a store, each given to a dictionary too."""

    @initialize()
    def open(self) -> None:
        self.folder = Path(tempfile.mkdtemp())
        self.store = RunStore(self.folder, clock=lambda: 50.0)
        self.model: dict[str, Model] = {}

    def teardown(self) -> None:
        self.store.close()
        shutil.rmtree(self.folder)

    @rule(run_id=IDS)
    def create(self, run_id: str) -> None:
        if run_id in self.model:
            with pytest.raises(ValueError, match="id must be a new one"):
                self.store.create(record(run_id))
            return
        self.model[run_id] = Model(record(run_id, status="stopped"))
        self.store.create(self.model[run_id].record)

    def change(self, run_id: str, command: Any, **values: Any) -> None:
        """Change a training in both, or see that there is none."""
        model = self.model.get(run_id)
        if model is None:
            with pytest.raises(ClassroomError, match="There is no stored training"):
                command()
            return
        command()
        model.record = replace(model.record, **values)

    @rule(run_id=IDS, title=st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1, max_size=5))
    def rename(self, run_id: str, title: str) -> None:
        if title.strip():
            self.change(run_id, lambda: self.store.rename(run_id, title), title=title.strip())

    @rule(run_id=IDS, is_pinned=st.booleans())
    def pin(self, run_id: str, is_pinned: bool) -> None:
        self.change(run_id, lambda: self.store.set_pinned(run_id, is_pinned), is_pinned=is_pinned)

    @rule(run_id=IDS)
    def delete(self, run_id: str) -> None:
        self.change(run_id, lambda: self.store.delete(run_id), deleted_at=50.0)

    @rule(run_id=IDS)
    def undo_delete(self, run_id: str) -> None:
        self.change(run_id, lambda: self.store.undo_delete(run_id), deleted_at=None)

    @rule()
    def purge(self) -> None:
        left = {run_id: model for run_id, model in self.model.items() if not model.record.is_deleted}
        assert self.store.purge() == len(self.model) - len(left)
        self.model = left

    @precondition(lambda self: self.model)
    @rule(data=st.data(), count=st.integers(0, 9))
    def append(self, data: st.DataObject, count: int) -> None:
        run_id = data.draw(st.sampled_from(sorted(self.model)))
        model = self.model[run_id]
        self.store.save(model.record)
        self.store.append_batches(run_id, model.batches, *numbers(model.batches, count))
        model.batches += count
        self.store.save_weights(run_id, model.batches, weights(model.batches))
        model.weights.add(model.batches)
        event = StoredEvent(model.batches, "x", str(len(model.events)))
        self.store.add_event(run_id, event)
        model.events.append(event)
        model.record = replace(model.record, step=model.batches if count else model.record.step)

    @precondition(lambda self: self.model)
    @rule(data=st.data(), step=st.integers(0, 30))
    def truncate(self, data: st.DataObject, step: int) -> None:
        run_id = data.draw(st.sampled_from(sorted(self.model)))
        model = self.model[run_id]
        self.store.save(model.record)
        self.store.truncate_after(run_id, step)
        model.batches = min(model.batches, step)
        model.weights = {one for one in model.weights if one <= step}
        model.events = [event for event in model.events if event.step <= step]
        model.record = replace(model.record, step=min(model.record.step, step))

    @rule()
    def open_again(self) -> None:
        self.store.close()
        self.store = RunStore(self.folder, clock=lambda: 50.0)
        assert self.store.notice == ""
        assert self.store.recover() == ()

    @invariant()
    def both_hold_the_same(self) -> None:
        stored = {one.id: replace(one, size_bytes=0) for one in self.store.all(include_deleted=True)}
        assert stored == {run_id: model.record for run_id, model in self.model.items()}
        for run_id, model in self.model.items():
            for row, right in zip(self.store.batches(run_id), numbers(0, model.batches), strict=True):
                np.testing.assert_array_equal(row, right)
            assert set(self.store.weight_steps(run_id)) == model.weights
            assert self.store.events(run_id) == tuple(model.events)
            files = {path.name for path in (self.folder / f"run-{run_id}").iterdir()}
            assert len(files) == 1 + len(model.weights)


TestStoreMachine = StoreMachine.TestCase
TestStoreMachine.settings = settings(max_examples=15, stateful_step_count=15, deadline=None)
TestStoreMachine.pytestmark = [pytest.mark.slow]
