"""A whole training as one file: what goes in comes out, whatever bytes are changed on the way."""

from __future__ import annotations

import io
import math
import zipfile
from contextlib import suppress
from dataclasses import astuple, replace
from typing import Any

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from cnn_core.architecture.layers import BatchNormalization, Conv2D, Dense, Dropout, GlobalPooling2D, ResidualBlock
from cnn_core.architecture.spec import NetworkSpec
from cnn_core.architecture.weight_shapes import weight_shapes
from cnn_core.errors import ClassroomError
from cnn_core.export.run_file import pack_run, unpack_run
from cnn_core.training.adoption import RunCopy
from cnn_core.training.snapshot import EpochResult, RunSnapshot, WeightsSnapshot
from tests.cnn_core.export.run_samples import SPEC, members, packed, sample_copy, weights, with_manifest
from tests.oracles import JSON_VALUES


def assert_equal(one: RunCopy, other: RunCopy) -> None:
    bare = {"snapshot": RunSnapshot(), "moments": ()}
    assert replace(one, **bare) == replace(other, **bare)
    for name, value in vars(one.snapshot).items():
        np.testing.assert_array_equal(getattr(other.snapshot, name), value, err_msg=name)
    assert [moment.step for moment in one.moments] == [moment.step for moment in other.moments]
    for mine, theirs in zip(one.moments, other.moments, strict=True):
        for array, read in zip(mine.arrays, theirs.arrays, strict=True):
            np.testing.assert_array_equal(array, read, strict=True)


def test_what_is_packed_is_unpacked() -> None:
    assert_equal(sample_copy(), unpack_run(packed()))


TAUGHT_REMARK = "It is a copy of “The “best”\nof all”, taught with 1 drawing."


@pytest.mark.parametrize("remark", ["Said in other words.", TAUGHT_REMARK])
def test_a_taught_copy_is_known_by_a_number_and_not_by_words(remark: str) -> None:
    for drawings in (0, 3):
        copy = sample_copy(snapshot=replace(sample_copy().snapshot, remark=remark, taught_with=drawings))
        assert_equal(copy, unpack_run(pack_run(copy)))


@pytest.mark.parametrize(("remark", "drawings"), [(TAUGHT_REMARK, 1), ("It ended early.", 0), ("", 0)])
def test_a_file_of_before_tells_a_taught_copy_by_its_remark(remark: str, drawings: int) -> None:
    def spoil(manifest: dict[str, Any]) -> None:
        del manifest["taught_with"]
        manifest["message"] = remark

    assert unpack_run(with_manifest(spoil)).snapshot.taught_with == drawings


def test_equal_trainings_give_equal_bytes() -> None:
    assert packed() == packed()


def test_every_kind_of_weights_comes_back_in_its_shape() -> None:
    layers = (Conv2D(filters=3), BatchNormalization(), ResidualBlock(filters=5), GlobalPooling2D(), Dropout())
    spec = NetworkSpec((8, 9, 2), (*layers, Dense(units=3, activation="softmax", use_bias=False)))
    copy = sample_copy(spec=spec, moments=(weights(7, spec),))
    assert_equal(copy, unpack_run(pack_run(copy)))


def test_a_training_without_weights_or_steps_can_be_passed_on() -> None:
    snapshot = RunSnapshot(status="failed", message="It broke. Train again.", time_left_s=0.0)
    copy = sample_copy(snapshot=snapshot, moments=(), result_step=None, class_names=())
    assert_equal(copy, unpack_run(pack_run(copy)))


def test_lost_and_endless_numbers_come_back_as_lost_ones() -> None:
    before = sample_copy().snapshot
    loss = before.batch_loss.copy()
    loss[-2:] = np.inf, np.nan
    epochs = (before.epochs[0], EpochResult(2, 7, math.nan, 0.1, math.inf, 0.1))
    test = replace(before.test, loss=math.nan) if before.test else None
    read = unpack_run(pack_run(sample_copy(snapshot=replace(before, batch_loss=loss, epochs=epochs, test=test))))
    assert np.isnan(read.snapshot.batch_loss[-2:]).all()
    np.testing.assert_array_equal(astuple(read.snapshot.epochs[1]), (2, 7, math.nan, 0.1, math.nan, 0.1))
    assert read.snapshot.test is not None
    assert math.isnan(read.snapshot.test.loss)


def test_its_arrays_are_read_by_numpy_alone() -> None:
    content = members(packed())["weights-000000007.npy"]
    array = np.load(io.BytesIO(content), allow_pickle=False)
    np.testing.assert_array_equal(array, np.concatenate([part.ravel() for part in weights(7).arrays]))
    assert np.load(io.BytesIO(members(packed())["curves.npy"])).shape == (3, 7)


def test_nothing_in_it_is_compressed() -> None:
    with zipfile.ZipFile(io.BytesIO(packed())) as archive:
        assert {info.compress_type for info in archive.infolist()} == {zipfile.ZIP_STORED}


def test_weights_of_another_design_are_not_packed() -> None:
    strange = WeightsSnapshot(7, (np.zeros((3, 3), np.float32),))
    with pytest.raises(ClassroomError, match="not those of its design"):
        pack_run(sample_copy(moments=(strange,)))


def test_weights_are_read_into_the_shapes_of_our_own_design() -> None:
    [_, newest] = unpack_run(packed()).moments
    assert [array.shape for array in newest.arrays] == [(36, 3), (3,)]
    assert unpack_run(packed()).spec == SPEC


@settings(max_examples=400, deadline=None)
@given(st.data())
def test_changed_bytes_give_the_training_or_a_sentence(data: st.DataObject) -> None:
    content = bytearray(packed())
    for _ in range(data.draw(st.integers(1, 3))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    with suppress(ClassroomError):
        assert weight_shapes(unpack_run(bytes(content)).spec)


def test_a_file_without_a_name_is_refused() -> None:
    nameless = zipfile.ZipInfo("x")
    nameless.filename = ""
    content = io.BytesIO(packed())
    with zipfile.ZipFile(content, "a") as archive:
        archive.writestr(nameless, b"abc")
    with pytest.raises(ClassroomError, match="not a plain file"):
        unpack_run(content.getvalue())


@settings(max_examples=100, deadline=None)
@given(st.integers(0, len(packed()) - 1))
@example(0)
def test_a_file_that_was_cut_off_is_refused(length: int) -> None:
    with pytest.raises(ClassroomError):
        unpack_run(packed()[:length])


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=300))
def test_any_bytes_are_refused(content: bytes) -> None:
    with pytest.raises(ClassroomError, match="This is no run file"):
        unpack_run(content)
    with pytest.raises(ClassroomError):
        unpack_run(b"PK\x03\x04" + content)


@settings(max_examples=600, deadline=None)
@given(st.data(), JSON_VALUES)
def test_any_value_in_the_manifest_gives_the_training_or_a_sentence(data: st.DataObject, value: object) -> None:
    def spoil(manifest: Any) -> None:
        place = manifest
        while True:
            places = sorted(place) if isinstance(place, dict) else range(len(place))
            at = data.draw(st.sampled_from(list(places)))
            if not isinstance(place[at], dict | list) or not place[at] or data.draw(st.booleans()):
                place[at] = value
                return
            place = place[at]

    with suppress(ClassroomError):
        assert weight_shapes(unpack_run(with_manifest(spoil)).spec)
