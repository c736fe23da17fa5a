"""Real trainings: the order of the pixels matters to the convolutional network, and not to the other one."""

from __future__ import annotations

import pytest

from cnn_core.comparison.fair import FairTrainings, why_convolution
from cnn_core.comparison.fair_result import variant_costs
from cnn_core.comparison.fair_words import variant_sentences
from cnn_core.data.registry import load_dataset
from cnn_core.training.run import Run
from cnn_core.training.settings import TrainingSettings

TERMS = TrainingSettings(epochs=3, train_count=2500, validation_share=0.05)


@pytest.mark.slow
def test_shuffled_pixels_cost_the_convolution_its_advantage_and_the_dense_network_nothing() -> None:
    comparison = why_convolution(3, terms=TERMS)
    runs = {}
    for planned in comparison.plan():
        if planned.dataset == "digits-shifted":
            continue
        contestant = comparison.contestants[planned.contestant]
        run = Run(contestant.spec, comparison.settings_of(planned), contestant.title, load_dataset)
        run.start()
        assert run.join(60)
        assert run.snapshot.status == "finished", run.snapshot.message
        runs[planned] = run
    trainings = FairTrainings(comparison, runs)
    dense, convolutional = variant_costs(trainings, "digits", "digits-shuffled")
    assert max(map(abs, dense.losses)) < 3.0
    assert min(convolutional.losses) > 3.0
    (said,) = variant_sentences(trainings)
    assert "is blind to the order of the pixels" in said
