"""System 3 of the mission, trained for real on a few images with each kind of pooling."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from cnn_core.architecture.layers import POOLINGS
from cnn_core.architecture.presets import preset
from cnn_core.architecture.quick_reading import read_quick
from cnn_core.data.dataset import LabelledImages
from cnn_core.training.settings import settings_for
from cnn_core.training.trainer import Trainer

pytestmark = pytest.mark.slow


def images(shape: tuple[int, int, int], classes: int, count: int = 20) -> LabelledImages:
    """Images whose brightness tells the class."""
    labels = np.arange(count, dtype=np.int64) % classes
    noise = np.random.default_rng(1).integers(0, 20, (count, *shape), dtype=np.uint8)
    return LabelledImages(noise + (labels * (230 // classes)).astype(np.uint8)[:, None, None, None], labels)


@pytest.mark.parametrize("pooling", POOLINGS)
def test_system_3_learns_with_every_kind_of_pooling(pooling: str) -> None:
    ready_made = preset("colour-images")
    spec = replace(read_quick(ready_made.spec).design, pooling=pooling).to_spec()
    train = images((32, 32, 3), 10)
    trainer = Trainer(spec, settings_for(ready_made), train)
    losses = [trainer.step(np.arange(20)).loss for _ in range(12)]
    assert losses[0] == pytest.approx(np.log(10), rel=0.3), "logits: at the start it knows nothing"
    assert losses[-1] < losses[0] - 0.05
