"""bfloat16: taken where the processor has it and the network is large, and then as good as float32."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from cnn_core.architecture.presets import PRESETS, preset
from cnn_core.training import precision
from cnn_core.training.precision import decided, has_bfloat16
from cnn_core.training.settings import AUTO, BFLOAT16, FLOAT32, TrainingSettings
from tests.cnn_core.training.fakes import small_dataset

LARGE, SMALL = preset("large-cnn").spec, preset("lenet-5").spec


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("flags\t\t: fpu sse avx512f avx512_bf16\n", True),
        ("processor : 0\nflags : fpu amx_bf16\nprocessor : 1\nflags : amx_bf16 fpu\n", True),
        ("flags : fpu avx2\n", False),
        ("flags : avx512_bf16\nflags : avx2\n", False),
        ("flags : not_avx512_bf16 avx512_bf16x\n", False),
        ("", False),
    ],
)
def test_processor_that_multiplies_bfloat16_is_known_by_its_flags(tmp_path: Path, text: str, expected: bool) -> None:
    (tmp_path / "cpuinfo").write_text(text, encoding="utf-8")
    assert has_bfloat16(tmp_path / "cpuinfo") is expected


def test_machine_that_does_not_tell_computes_with_float32(tmp_path: Path) -> None:
    assert not has_bfloat16(tmp_path / "nothing")


@pytest.mark.parametrize(
    ("has_it", "spec", "batch_size", "expected"),
    [
        (True, LARGE, 64, BFLOAT16),
        (True, LARGE, 8, FLOAT32),
        (True, SMALL, 64, FLOAT32),
        (True, SMALL, 1024, BFLOAT16),
        (False, LARGE, 1024, FLOAT32),
    ],
)
def test_large_steps_take_bfloat16_where_there_is_some(
    monkeypatch: pytest.MonkeyPatch, has_it: bool, spec: object, batch_size: int, expected: str
) -> None:
    monkeypatch.setattr(precision, "has_bfloat16", lambda: has_it)
    settings = TrainingSettings(batch_size=batch_size, seed=3)
    assert settings.precision == AUTO
    assert decided(spec, settings) == replace(settings, precision=expected)  # type: ignore[arg-type]


@pytest.mark.parametrize("chosen", [FLOAT32, BFLOAT16])
@pytest.mark.parametrize("has_it", [True, False])
def test_what_was_chosen_stays(monkeypatch: pytest.MonkeyPatch, chosen: str, has_it: bool) -> None:
    monkeypatch.setattr(precision, "has_bfloat16", lambda: has_it)
    for spec in (LARGE, SMALL):
        assert decided(spec, TrainingSettings(precision=chosen)).precision == chosen


def test_networks_that_are_compared_compute_with_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(precision, "has_bfloat16", lambda: True)

    def chosen(*specs: object, settings: TrainingSettings = TrainingSettings()) -> list[str]:  # noqa: B008
        alike = precision.decided_alike(specs, [settings] * len(specs))  # type: ignore[arg-type]
        return [own.precision for own in alike]

    assert chosen(LARGE, SMALL) == [FLOAT32, FLOAT32]
    assert chosen(LARGE, LARGE) == [BFLOAT16, BFLOAT16]
    assert chosen(SMALL, LARGE, settings=TrainingSettings(precision=BFLOAT16)) == [BFLOAT16, BFLOAT16]


def test_weights_and_last_layer_stay_float32_and_the_others_multiply_with_bfloat16() -> None:
    from cnn_core.architecture.build import build_model

    for slug in ("two-convolutions", "residual", "modern-small"):
        spec = PRESETS[slug].spec
        fast, exact = build_model(spec, 3, BFLOAT16), build_model(spec, 3)
        assert {variable.dtype for variable in fast.trainable_variables} == {"float32"}
        *others, last = [layer for layer in fast.layers if layer.name != "image"]
        assert {layer.compute_dtype for layer in others} == {"bfloat16"}
        assert last.compute_dtype == "float32"
        for ours, theirs in zip(fast.get_weights(), exact.get_weights(), strict=True):
            np.testing.assert_array_equal(ours, theirs)
        images = np.random.default_rng(0).random((4, *spec.input_shape), dtype=np.float32)
        answers, expected = fast(images).numpy(), exact(images).numpy()
        assert answers.dtype == np.float32
        assert not np.array_equal(answers, expected), "it does compute with fewer digits"
        np.testing.assert_allclose(answers, expected, atol=0.05)


def test_exported_code_builds_the_network_that_multiplies_with_bfloat16() -> None:
    from cnn_core.architecture.build import build_model
    from cnn_core.backend import keras
    from cnn_core.export.sections import export_sections

    spec = preset("residual").spec
    wanted = ("libraries", "settings", "network")
    for chosen in (BFLOAT16, FLOAT32):
        sections = export_sections(spec, TrainingSettings(precision=chosen, seed=5))
        code = "\n".join(section.code for section in sections if section.slug in wanted)
        assert ("mixed_bfloat16" in code) is (chosen == BFLOAT16)
        names: dict[str, object] = {}
        try:
            exec(code, names)
        finally:
            keras.config.set_dtype_policy("float32")
        built, ours = names["model"], build_model(spec, 5, chosen)
        policies = [[(layer.name, layer.dtype_policy.name) for layer in model.layers] for model in (built, ours)]  # type: ignore[attr-defined]
        assert policies[0][1:] == policies[1][1:], "all but the input, which computes nothing"
        for one, other in zip(built.get_weights(), ours.get_weights(), strict=True):  # type: ignore[attr-defined]
            np.testing.assert_array_equal(one, other)


@pytest.mark.slow
def test_network_learns_as_well_with_bfloat16() -> None:
    from cnn_core.architecture.layers import Conv2D, Dense, Flatten
    from cnn_core.architecture.spec import NetworkSpec
    from cnn_core.training.run import Run

    spec = NetworkSpec((6, 6, 1), (Conv2D(filters=8), Flatten(), Dense(units=3, activation="softmax")))
    losses = []
    for chosen in (FLOAT32, BFLOAT16):
        settings = TrainingSettings(dataset="small", epochs=4, batch_size=16, precision=chosen)
        run = Run(spec, settings, chosen, lambda _slug: small_dataset(480))
        run.start()
        assert run.join(60)
        assert run.snapshot.test is not None
        assert run.snapshot.test.accuracy == 1.0
        losses.append(run.snapshot.epochs[-1].loss)
    assert losses[0] != losses[1]
    assert losses[1] == pytest.approx(losses[0], rel=0.05)
