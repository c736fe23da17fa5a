"""With which numbers a network's layers compute: those that are fastest on this machine, for this network.

Layers that multiply in bfloat16 learn as well and, on processors that have instructions for it, in about half the time
(Kalamkar et al. 2019, *A study of BFLOAT16 for deep learning training*). It does not pay for small networks: their time
goes into other things than multiplying, and numbers have to be converted back and forth.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path

from cnn_core.architecture.shapes import network_figures
from cnn_core.architecture.spec import NetworkSpec
from cnn_core.training.settings import AUTO, BFLOAT16, FLOAT32, TrainingSettings

CPU_FILE = Path("/proc/cpuinfo")
FAST_WITH_BFLOAT16 = frozenset({"avx512_bf16", "amx_bf16"})

WORTHWHILE_STEP = 250e6
"""Multiply-adds of a step's forward pass from which bfloat16 pays; `benchmarks.precision_speed` measures it."""


@cache
def has_bfloat16(cpu_file: Path = CPU_FILE) -> bool:
    """Whether this processor multiplies bfloat16 faster than float32.

    Only Linux says so. Elsewhere the answer is no, and everything is computed with float32.

    Args:
        cpu_file: What Linux tells of its processors.
    """
    try:
        lines = cpu_file.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return False
    flags = [line.partition(":")[2].split() for line in lines if line.startswith("flags")]
    return bool(flags) and all(FAST_WITH_BFLOAT16 & set(of_one) for of_one in flags)


def decided(spec: NetworkSpec, settings: TrainingSettings) -> TrainingSettings:
    """Return settings in which it is decided what the layers compute with.

    Args:
        spec: A network that can be built.
        settings: What was chosen; a choice stays.

    Example:
        >>> from cnn_core.architecture.presets import preset
        >>> decided(preset("lenet-5").spec, TrainingSettings()).precision
        'float32'
    """
    if settings.precision != AUTO:
        return settings
    pays = has_bfloat16() and network_figures(spec).multiply_adds * settings.batch_size >= WORTHWHILE_STEP
    return replace(settings, precision=BFLOAT16 if pays else FLOAT32)


def decided_alike(specs: Sequence[NetworkSpec], settings: Sequence[TrainingSettings]) -> tuple[TrainingSettings, ...]:
    """Return settings of several networks that are to be compared: all compute with the same.

    Args:
        specs: The networks.
        settings: What was chosen for each. Where it was left open, float32 unless bfloat16 is decided for all of them.
    """
    each = [decided(spec, own) for spec, own in zip(specs, settings, strict=True)]
    if len({own.precision for own in each}) == 1:
        return tuple(each)
    return tuple(replace(own, precision=FLOAT32) if own.precision == AUTO else own for own in settings)
