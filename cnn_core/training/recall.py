"""How many of the images that it learned from a network knows: the other end of the gap that over-fitting opens."""

from __future__ import annotations

from cnn_core.training.run import Run

ALL_IMAGES = 1_000_000


def recall_of(run: Run) -> float | None:
    """Ask a trained network about the very images that it learned from.

    The accuracy that is measured while a network learns is another one: dropout drops then, images are changed at
    random, and the weights are still moving. Here the weights are those that the training has led to, and the images
    are as they are. It takes about a second and imports TensorFlow.

    Args:
        run: A training that has ended.

    Returns:
        The share of them that it reads rightly, 0 to 1; nothing while it has no weights.

    Raises:
        ClassroomError: If the images cannot be read.

    Reference:
        Zhang et al. 2017, *Understanding deep learning requires rethinking generalization*.
    """
    weights = run.weights
    if weights is None:
        return None
    from cnn_core.training.trainer import Trainer

    learned_from = run.training_sample(ALL_IMAGES)
    trainer = Trainer(run.spec, run.settings, learned_from)
    trainer.set_weights(weights.arrays)
    right = sum(correct for _, correct, _ in trainer.evaluate(learned_from))
    return right / len(learned_from)
