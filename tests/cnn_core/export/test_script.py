"""The exported script as text: what it says, that it is tidy, and that it stands alone."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings

from cnn_core.architecture.fields import Choice, domain_of
from cnn_core.architecture.layers import (
    INITIALIZERS,
    LAYER_KINDS,
    Activation,
    Conv2D,
    Dense,
    Flatten,
    GlobalPooling2D,
    Pooling2D,
    ResidualBlock,
    SeparableConv2D,
)
from cnn_core.architecture.presets import preset
from cnn_core.architecture.seeds import node_name
from cnn_core.architecture.shapes import find_problem, network_figures
from cnn_core.architecture.spec import NetworkSpec, shape_text
from cnn_core.augmentation.settings import Augmentation
from cnn_core.errors import ClassroomError
from cnn_core.export.notebook import keras_notebook
from cnn_core.export.script import keras_script
from cnn_core.export.sections import CONSTANTS, FALLBACK_TITLE
from cnn_core.training.optimizers import OPTIMIZERS, OWN_FIELDS
from cnn_core.training.schedules import SCHEDULES
from cnn_core.training.settings import TrainingSettings
from tests.cnn_core.export.samples import Sample, covered, preset_samples, random_samples
from tests.oracles import SMALL, STEADY, network_specs

PROJECT = Path(__file__).resolve().parents[3]
SAMPLES = {sample.name: sample for sample in (*preset_samples(), *random_samples())}
FIRST = SAMPLES["first"]
SETTINGS = TrainingSettings()

each_sample = pytest.mark.parametrize("sample", SAMPLES.values(), ids=SAMPLES)


def script_of(sample: Sample) -> str:
    return keras_script(sample.spec, sample.settings, sample.name)


def ending(*layers: Any) -> str:
    return keras_script(NetworkSpec((8, 8, 1), (Flatten(), *layers)), SETTINGS)


def constants(script: str) -> dict[str, Any]:
    """The script's constants with their values, those left out that are computed."""
    pairs = re.findall(r"^([A-Z_]+) = (.+)  # ", script, re.MULTILINE)
    return {name: ast.literal_eval(value) for name, value in pairs if name != "WEIGHT_SEED"}


@each_sample
def test_each_layer_stands_in_the_script_once_below_what_it_gives(sample: Sample) -> None:
    lines = script_of(sample).splitlines()
    place = 0
    for row in network_figures(sample.spec).layers:
        weights = f", {row.parameters:,} parameters" if row.parameters else ""
        place = lines.index(f"    # {row.layer.title} → {shape_text(row.output_shape)}{weights}", place + 1)
        names = [node_name(row.name, node) for node in row.layer.keras_nodes(row.input_shape)]
        for name in names:
            where = [number for number, line in enumerate(lines) if f'name="{name}"' in line]
            assert len(where) == 1
            assert where[0] > place
    assert lines.index('    return keras.Model(image, x, name="network")') > place


@each_sample
def test_script_stands_alone(sample: Sample) -> None:
    script = script_of(sample)
    compile(script, "network.py", "exec")
    roots = set()
    for node in ast.walk(ast.parse(script)):
        if isinstance(node, ast.Import):
            roots |= {alias.name.split(".")[0] for alias in node.names}
        if isinstance(node, ast.ImportFrom):
            roots.add((node.module or "").split(".")[0])
    assert roots == {"keras", "numpy", "pathlib"}
    assert "cnn_core" not in script
    assert str(PROJECT) not in script
    assert not re.search(r"/(work|root|tmp|home/\w+)/", script)


def test_scripts_and_notebooks_are_tidy(tmp_path: Path) -> None:
    """As ruff has it, with the app's own rules but for a shorter line."""
    ends = {"linear": Dense(units=2, activation="linear"), "sigmoid": Dense(units=1, activation="sigmoid")}
    grey = {name: Sample(name, NetworkSpec((9, 9, 1), (Flatten(), end)), SETTINGS) for name, end in ends.items()}
    longest = replace(SETTINGS, train_count=99_999, seed=999_999, learning_rate=0.00001, dataset="mnist")
    more = [*grey.values(), replace(FIRST, name="longest", settings=longest)]
    for sample in (*SAMPLES.values(), *more):
        (tmp_path / f"{sample.name}.py").write_text(script_of(sample), encoding="utf-8")
        notebook = keras_notebook(sample.spec, sample.settings)
        (tmp_path / f"{sample.name}.ipynb").write_text(notebook, encoding="utf-8")
    ruff = [sys.executable, "-m", "ruff"]
    rules = "E,F,W,I,B,UP,SIM,RUF,N,C4,RET,PTH,NPY,D2,D3,D4"
    checked = [*ruff, "check", "--isolated", "--line-length=100", f"--select={rules}", "--ignore=RUF001,RUF002,RUF003"]
    convention = ["--config", "lint.pydocstyle.convention='google'", "--config", "lint.pycodestyle.max-doc-length=100"]
    formatted = [*ruff, "format", "--isolated", "--line-length=100", "--diff"]
    for command in ([*checked, *convention], formatted):
        done = subprocess.run([*command, str(tmp_path)], capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout[-4000:] + done.stderr


def test_random_networks_cover_what_an_export_could_get_wrong() -> None:
    expected = {*LAYER_KINDS, *INITIALIZERS, "dense.l2", "residual_block.stride", "residual_block.has_batch_norm"}
    expected |= {f"{kind}.{name}" for kind in ("conv2d", "separable_conv2d") for name in ("dilation_rate", "stride")}
    expected |= {f"{kind}.{name}" for kind in ("conv2d", "separable_conv2d") for name in ("use_bias", "padding")}
    expected |= {f"min pooling, {padding}" for padding in ("valid", "same")} | {"conv2d, not square"}
    expected |= {f"pooling with stride {stride}" for stride in (1, 2, 3)}
    assert expected <= covered([sample.spec for sample in random_samples()])


def test_every_setting_is_written_or_decides_what_is_written() -> None:
    deciding = {"dataset", "optimizer", "schedule", "l2", "label_smoothing", "has_class_weights", "patience"}
    deciding |= {
        "keeps_best",
        "augmentation",
        "precision",
        *OWN_FIELDS,
        *(f for kind in SCHEDULES.values() for f in kind.fields),
    }
    assert {f.name for f in fields(TrainingSettings)} == {*CONSTANTS, *deciding}


@each_sample
def test_constants_are_the_settings(sample: Sample) -> None:
    found = constants(script_of(sample))
    assert found.pop("IMAGE_SHAPE") == sample.spec.input_shape
    expected = {constant.name: getattr(sample.settings, setting) for setting, constant in CONSTANTS.items()}
    if "TRAIN_COUNT" not in found:
        del expected["TRAIN_COUNT"]
    assert found == expected


@pytest.mark.parametrize(
    ("dataset", "train_count", "is_limited"),
    [
        ("digits", 59_999, True),
        ("digits", 60_000, False),  # the digits are fewer, but MNIST may stand in for them
        ("mnist", 59_999, True),
        ("mnist", 60_000, False),
        ("a data set of one's own", 99_999, True),
        ("a data set of one's own", 100_000, False),
    ],
)
def test_subset_is_taken_only_where_there_may_be_more_images(dataset: str, train_count: int, is_limited: bool) -> None:
    script = keras_script(FIRST.spec, replace(SETTINGS, dataset=dataset, train_count=train_count))
    assert ("TRAIN_COUNT = " in script) == ("def subset_indices" in script) == is_limited


def test_own_layers_come_along_only_where_they_are_used() -> None:
    smallest = NetworkSpec((8, 8, 1), (Pooling2D(pooling="min"), Flatten(), Dense(units=2, activation="softmax")))
    assert keras_script(smallest, SETTINGS).count("class MinPooling2D(keras.layers.Layer):") == 1
    assert "MinPooling2D" not in script_of(FIRST)


def test_residual_block_is_its_several_layers_with_a_skip() -> None:
    layers = (Conv2D(filters=4, padding="same"), ResidualBlock(filters=4), ResidualBlock(filters=6, stride=2))
    script = keras_script(NetworkSpec((8, 8, 1), (*layers, Flatten(), Dense(units=2))), SETTINGS)
    assert 'add = Add(name="residual_1_add")([norm_b, x])' in script
    assert 'add = Add(name="residual_2_add")([norm_b, skip])' in script
    assert 'x = Activation(activation="relu", name="residual_2")(add)' in script
    assert re.search(r"skip = Conv2D\(\s+filters=6,\s+kernel_size=1,.*?\)\(x\)", script, re.DOTALL)


def test_each_draw_of_a_separable_convolution_has_a_seed_of_its_own() -> None:
    spec = NetworkSpec((8, 8, 1), (Flatten(), Dense(units=2)))
    spec = replace(spec, layers=(Conv2D(filters=2), SeparableConv2D(filters=2, initializer="he_normal"), *spec.layers))
    script = keras_script(spec, SETTINGS)
    assert "depthwise_initializer=HeNormal(seed=WEIGHT_SEED + 8)," in script
    assert "pointwise_initializer=HeNormal(seed=WEIGHT_SEED + 9)," in script


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_optimizer_is_written(optimizer: str) -> None:
    script = keras_script(FIRST.spec, replace(SETTINGS, optimizer=optimizer, momentum=0.5, weight_decay=0.03))
    kind = OPTIMIZERS[optimizer]
    assert re.search(rf"optimizer=keras\.optimizers\.{kind.class_name}\(\s*learning_rate=LEARNING_RATE", script)
    assert ("momentum=0.5" in script) == ("momentum" in kind.fields)
    assert ("nesterov=True" in script) == (optimizer == "nesterov")
    assert ("weight_decay=0.03" in script) == (optimizer == "adamw")


@pytest.mark.parametrize(
    ("change", "written"),
    [
        ({"schedule": "step"}, "step_rate(self.step, self.length, LEARNING_RATE, 2, 0.5)"),
        ({"schedule": "cosine"}, "cosine_rate(self.step, self.length, LEARNING_RATE)"),
        ({"schedule": "one_cycle"}, "one_cycle_rate(self.step, self.length, LEARNING_RATE, 0.3)"),
        ({"l2": 0.01}, "variable.regularizer = keras.regularizers.L2(0.01)"),
        ({"label_smoothing": 0.1}, "CategoricalCrossentropy(label_smoothing=0.1)"),
        ({"has_class_weights": True}, "class_weight=class_weight"),
        ({"patience": 3}, 'keras.callbacks.EarlyStopping("val_loss", patience=3)'),
        ({"keeps_best": True}, 'EarlyStopping("val_loss", patience=EPOCHS, restore_best_weights=True)'),
        ({"augmentation": Augmentation(flip="both")}, 'RandomFlip("horizontal_and_vertical"'),
        ({"augmentation": Augmentation(rotation_degrees=20.0)}, "RandomRotation(20.0 / 360"),
        ({"augmentation": Augmentation(zoom=0.2)}, "RandomZoom(0.2"),
        ({"augmentation": Augmentation(shift=0.1)}, "RandomTranslation(0.1, 0.1"),
        ({"augmentation": Augmentation(contrast=0.3)}, "RandomContrast(0.3, value_range=(0, 1)"),
        ({"augmentation": Augmentation(noise=0.05)}, "GaussianNoise(0.05"),
    ],
    ids=str,
)
def test_every_setting_is_written_and_only_where_it_is_set(change: dict[str, Any], written: str) -> None:
    script = keras_script(FIRST.spec, replace(SETTINGS, **change))
    compile(script, "script.py", "exec")
    assert written in script
    assert written not in keras_script(FIRST.spec, SETTINGS)


def test_loss_belongs_to_the_last_layer() -> None:
    sparse = "loss=keras.losses.SparseCategoricalCrossentropy"
    assert f"{sparse}()" in ending(Dense(units=3, activation="softmax"))
    assert f"{sparse}()" in ending(Dense(units=3, activation="linear"), Activation(activation="softmax"))
    assert f"{sparse}(from_logits=True)" in ending(Dense(units=3, activation="linear"))
    assert f"{sparse}(from_logits=True)" in ending(Dense(units=3, activation="sigmoid"))
    assert f"{sparse}(from_logits=True)" in ending()
    assert "loss=keras.losses.BinaryCrossentropy()" in ending(Dense(units=1, activation="sigmoid"))
    assert "loss=keras.losses.BinaryCrossentropy(from_logits=True)" in ending(Dense(units=1, activation="linear"))


def test_one_logit_says_yes_above_0() -> None:
    threshold = 'metrics=[keras.metrics.BinaryAccuracy(name="accuracy", threshold=0.0)],'
    assert threshold in ending(Dense(units=1, activation="linear"))
    assert 'metrics=["accuracy"],' in ending(Dense(units=1, activation="sigmoid"))


@pytest.mark.parametrize(
    "title", ['x\nimport os  # "', '"""', "x\0\r\x0c\u2028y", "x\u202ey", "é" * 500, "\\", "{SEED}", "%s"]
)
def test_title_from_outside_stays_a_comment(title: str) -> None:
    script = keras_script(FIRST.spec, FIRST.settings, title)
    assert ast.dump(ast.parse(script)) == ast.dump(ast.parse(script_of(FIRST)))
    assert script.isprintable() or set(filter(lambda letter: not letter.isprintable(), script)) == {"\n"}
    assert max(map(len, script.splitlines())) <= 100


def test_script_without_a_title_has_one() -> None:
    assert keras_script(FIRST.spec, SETTINGS).startswith(f"# {FALLBACK_TITLE}\n")


def test_network_that_gives_no_number_for_each_class_is_refused() -> None:
    with pytest.raises(ClassroomError, match="ends in 6×6×4 numbers, but training needs one number") as caught:
        keras_script(NetworkSpec((8, 8, 1), (Conv2D(filters=4),)), SETTINGS)
    assert caught.value.remedy == "End it with a dense layer."


def test_network_that_cannot_be_built_is_refused() -> None:
    with pytest.raises(ClassroomError, match="does not fit"):
        keras_script(NetworkSpec((4, 4, 1), (Conv2D(kernel_height=5), Flatten())), SETTINGS)


@settings(STEADY, max_examples=150)
@given(network_specs(SMALL, side=20))
def test_any_network_is_written_or_refused_with_a_sentence(spec: NetworkSpec) -> None:
    problem = find_problem(spec)
    if problem is None and len(network_figures(spec).output_shape) == 1:
        script = keras_script(spec, SETTINGS)
        compile(script, "network.py", "exec")
        assert set(spec.layer_names) <= set(re.findall(r'name="(\w+)"', script))
        return
    with pytest.raises(ClassroomError, match=re.escape(problem.message) if problem else "one number for each class"):
        keras_script(spec, SETTINGS)


def test_every_choice_of_a_layer_can_be_written() -> None:
    for kind in LAYER_KINDS.values():
        for f in fields(kind):  # type: ignore[arg-type]
            domain = domain_of(kind, f.name)
            for option in domain.options if isinstance(domain, Choice) else ():
                layer = kind(**{f.name: option})  # type: ignore[call-arg]
                layers = (Flatten(), layer) if kind is Dense else (layer, Flatten())
                spec = NetworkSpec((9, 9, 2), (layer,) if kind is GlobalPooling2D else layers)
                compile(keras_script(spec, SETTINGS), kind.kind, "exec")


def test_export_does_not_wait_for_tensorflow() -> None:
    code = (
        "import sys\n"
        "from cnn_core.architecture.presets import PRESETS\n"
        "from cnn_core.export.bundle import export_zip\n"
        "from cnn_core.training.settings import TrainingSettings\n"
        "for preset in PRESETS.values():\n"
        "    export_zip(preset.spec, TrainingSettings())\n"
        "print({'tensorflow', 'keras', 'streamlit'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=PROJECT)
    assert done.stdout.strip() == "set()"


def test_first_script_names_what_it_is_and_how_to_run_it() -> None:
    lines = keras_script(preset("first").spec, SETTINGS, "First network").splitlines()
    assert lines[0] == "# First network"
    assert "#     pip install -r requirements.txt" in lines
    assert "#     python network.py" in lines
    assert "105,866 parameters" in " ".join(lines[:8])
