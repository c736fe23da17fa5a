"""The shipped network: intact, free of TensorFlow until it is built, and able to read digits."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
from numpy.lib.stride_tricks import sliding_window_view

from benchmarks.starter_accuracy import (
    CONDITIONS,
    accuracy,
    draw_all,
    load_generated_test,
    load_mnist_test,
    starter_predictor,
)
from cnn_core.architecture.layers import Conv2D, Dense, Pooling2D
from cnn_core.errors import ClassroomError
from cnn_core.starter import STARTER_FOLDER, StarterNetwork, load_starter
from scripts.augment import write_digits

FloatArray = npt.NDArray[np.float32]


def predict_in_numpy(images: npt.NDArray[np.uint8]) -> FloatArray:
    """Run the starter network by the textbook, without Keras: `(count, 28, 28)` to `(count, 10)`."""
    starter = load_starter()
    weights = iter(starter.weights)
    x = images.astype(np.float32)[..., None] / 255
    for layer in starter.spec.layers:
        if isinstance(layer, Conv2D):
            reach = layer.kernel_height // 2
            padded = np.pad(x, ((0, 0), (reach, reach), (reach, reach), (0, 0)))
            patches = sliding_window_view(padded, (layer.kernel_height, layer.kernel_width), axis=(1, 2))
            x = np.maximum(np.tensordot(patches, next(weights), axes=((4, 5, 3), (0, 1, 2))) + next(weights), 0)
        elif isinstance(layer, Pooling2D):
            count, height, width, channels = x.shape
            x = x.reshape(count, height // 2, 2, width // 2, 2, channels).max(axis=(2, 4))
        elif isinstance(layer, Dense):
            x = x.reshape(len(x), -1) @ next(weights) + next(weights)
            x = np.maximum(x, 0) if layer.activation == "relu" else x
    powers = np.exp(x - x.max(axis=1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=1, keepdims=True))


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    return shutil.copytree(STARTER_FOLDER, tmp_path / "starter")


class TestLoading:
    def test_it_is_a_small_network_for_ten_digits(self) -> None:
        starter = load_starter()
        assert isinstance(starter, StarterNetwork)
        assert starter.spec.input_shape == (28, 28, 1)
        assert starter.class_names == tuple("0123456789")
        assert starter.weights[-1].shape == (10,)
        assert sum(weight.size for weight in starter.weights) <= 400_000
        assert all(weight.dtype == np.float32 and np.isfinite(weight).all() for weight in starter.weights)

    def test_its_files_take_less_than_two_megabytes_and_hold_no_code(self) -> None:
        files = list(STARTER_FOLDER.iterdir())
        assert {file.name for file in files} == {"spec.json", "weights.npz", "SHA256SUMS", "MODEL_CARD.md"}
        assert sum(file.stat().st_size for file in files) <= 2_000_000

    def test_weights_are_named_after_the_layers_of_the_spec(self) -> None:
        starter = load_starter()
        with np.load(STARTER_FOLDER / "weights.npz", allow_pickle=False) as file:
            keys = file.files
        layers = zip(starter.spec.layer_names, starter.spec.layers, strict=True)
        expected = [
            f"{name}/{variable}"
            for name, layer in layers
            if isinstance(layer, Conv2D | Dense)
            for variable in ("kernel", "bias")
        ]
        assert keys == expected

    def test_loading_does_not_import_tensorflow(self) -> None:
        code = (
            "import sys; from cnn_core.starter import load_starter; load_starter(); "
            "assert not {'tensorflow', 'keras', 'streamlit'} & sys.modules.keys()"
        )
        subprocess.run([sys.executable, "-c", code], check=True, cwd=STARTER_FOLDER.parents[1])

    def test_the_card_says_where_it_comes_from_and_how_well_it_does(self) -> None:
        card = load_starter().card
        for expected in ("MNIST", "Attribution-Share Alike 3.0", "| MNIST | 10,000 | 99.", "## Limits"):
            assert expected in card
        assert all(condition in card for condition in CONDITIONS)


class TestDamage:
    @pytest.mark.parametrize("name", ["spec.json", "weights.npz", "SHA256SUMS", "MODEL_CARD.md"])
    def test_a_missing_file_is_named(self, copy: Path, name: str) -> None:
        (copy / name).unlink()
        with pytest.raises(ClassroomError, match=f"{name} is missing") as caught:
            load_starter(copy)
        assert "train_starter.py" in caught.value.remedy

    @pytest.mark.parametrize(
        "damage",
        [
            lambda content: content[:-1],
            lambda content: b"",
            lambda content: content[:100] + bytes([content[100] ^ 1]) + content[101:],
        ],
        ids=["cut short", "empty", "one bit"],
    )
    @pytest.mark.parametrize("name", ["spec.json", "weights.npz"])
    def test_a_changed_file_is_refused(self, copy: Path, name: str, damage: Callable[[bytes], bytes]) -> None:
        (copy / name).write_bytes(damage((copy / name).read_bytes()))
        with pytest.raises(ClassroomError, match=f"{name} is damaged"):
            load_starter(copy)

    @pytest.mark.parametrize("checksums", [b"", b"nonsense", b"\xff\xfe\n", b"00  weights.npz\n00  spec.json\n"])
    def test_without_its_checksum_a_file_is_refused(self, copy: Path, checksums: bytes) -> None:
        (copy / "SHA256SUMS").write_bytes(checksums)
        with pytest.raises(ClassroomError, match="is damaged"):
            load_starter(copy)


class TestReading:
    def test_it_reads_generated_digits(self) -> None:
        assert accuracy(predict_in_numpy, *load_generated_test(500)) >= 0.97

    @pytest.mark.slow
    @pytest.mark.parametrize("condition", ["usual pen", "dark on light"])
    def test_it_reads_drawings(self, condition: str) -> None:
        strokes, labels = write_digits(150, seed=1, part="test")
        assert accuracy(predict_in_numpy, draw_all(strokes, condition), labels) >= 0.97

    @pytest.mark.slow
    @pytest.mark.parametrize("condition", CONDITIONS)
    def test_it_reads_drawings_under_every_condition(self, condition: str) -> None:
        strokes, labels = write_digits(200, seed=1, part="test")
        assert accuracy(starter_predictor(), draw_all(strokes, condition), labels) >= 0.97

    @pytest.mark.slow
    def test_it_reads_mnist(self) -> None:
        mnist = load_mnist_test()
        if mnist is None:
            pytest.skip("MNIST is not on this machine: set CNN_CLASSROOM_TEST_DATA to a folder with mnist.npz")
        assert accuracy(starter_predictor(), *mnist) >= 0.993

    @pytest.mark.slow
    def test_keras_and_the_textbook_agree(self) -> None:
        images, _ = load_generated_test(50)
        np.testing.assert_allclose(starter_predictor()(images), predict_in_numpy(images), atol=1e-5)

    @pytest.mark.slow
    def test_folding_the_normalisation_leaves_the_function_as_it_was(self) -> None:
        from cnn_core.architecture.build import build_model
        from scripts.train_starter import fold_normalisation, spec_as_shipped, spec_for_training

        trained, shipped = build_model(spec_for_training(), seed=1), build_model(spec_as_shipped())
        rng = np.random.default_rng(0)
        trained.set_weights([w + rng.uniform(0, 0.2, w.shape) for w in trained.get_weights()])
        shipped.set_weights(fold_normalisation(trained.get_weights(), epsilon=trained.layers[2].epsilon))
        images = rng.random((4, 28, 28, 1)).astype(np.float32)
        np.testing.assert_allclose(shipped(images), trained(images), atol=1e-4)
