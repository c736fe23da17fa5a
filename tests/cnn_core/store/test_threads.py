"""Many threads store while many read: readers see whole trainings, never wait long, and nothing is mixed up."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from cnn_core.store.store import RunStore
from tests.cnn_core.store.samples import numbers, record, weights

WRITERS, READERS, FLUSHES = 6, 4, 8


@pytest.mark.slow
def test_readers_see_whole_trainings_while_others_write(tmp_path: Path) -> None:
    store = RunStore(tmp_path)
    is_over = threading.Event()

    def write(number: int) -> None:
        run_id = f"run-{number}"
        store.create(record(run_id))
        for first in range(0, FLUSHES * 10, 10):
            store.append_batches(run_id, first, *numbers(first, 10))
            if first % 40 == 0:
                store.save_weights(run_id, first + 10, weights(first + 10), weights(1), most=3)
            store.heartbeat()
        store.rename(run_id, f"Number {number}")
        store.save(record(run_id, status="finished", step=FLUSHES * 10))

    def read(_: int) -> tuple[int, float]:
        count, longest_s = 0, 0.0
        while not is_over.is_set():
            for one in store.all():
                begun_s = time.perf_counter()
                loss, accuracy, _ = store.batches(one.id)
                checkpoint = store.load_state(one.id)
                longest_s = max(longest_s, time.perf_counter() - begun_s)
                np.testing.assert_array_equal(loss, numbers(0, len(loss))[0])
                np.testing.assert_array_equal(accuracy, numbers(0, len(loss))[1])
                assert len(loss) >= one.step
                if checkpoint is not None:
                    np.testing.assert_array_equal(checkpoint.arrays[0], weights(checkpoint.step)[0])
                count += 1
            time.sleep(0.005)
        return count, longest_s

    with ThreadPoolExecutor(WRITERS + READERS) as pool:
        readings = [pool.submit(read, number) for number in range(READERS)]
        try:
            for writing in [pool.submit(write, number) for number in range(WRITERS)]:
                writing.result(timeout=60)
        finally:
            is_over.set()
        for reading in readings:
            count, longest_s = reading.result(timeout=60)
            assert count > 0
            assert longest_s < 5.0  # far from the time that a lock would be waited for, even on a busy machine
    assert {one.status for one in store.all()} == {"finished"}
    assert all(len(store.batches(one.id)[0]) == FLUSHES * 10 for one in store.all())
    store.close()
