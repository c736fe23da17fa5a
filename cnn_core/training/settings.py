"""How a network is trained: what is set by us and not learned."""

from __future__ import annotations

from dataclasses import dataclass, replace

from cnn_core.architecture.fields import check_record, choice, fraction, whole_number
from cnn_core.architecture.presets import Preset, Recipe

OPTIMIZERS = {"adam": "Adam", "sgd": "SGD", "rmsprop": "RMSprop"}
"""Optimisers by the name of their setting, with the name of their Keras class. New ones are added at the end."""

DEFAULT_LEARNING_RATES = {"adam": 0.001, "sgd": 0.05, "rmsprop": 0.001}
"""A learning rate for each optimiser that works for most networks of this app."""


@dataclass(frozen=True)
class TrainingSettings:
    """The hyperparameters of one training.

    Args:
        dataset: Slug of the data set, as `"digits"`.
        epochs: How often training goes over the images, 1 to 100.
        batch_size: Images a step, 8 to 1,024.
        learning_rate: Length of a step, 0.00001 to 10.
        optimizer: One of `OPTIMIZERS`.
        validation_share: Share of the training images that is kept aside for validation, 0.02 to 0.5.
        train_count: Most images to learn from, 100 to 100,000; the data set may have fewer.
        seed: Seed of the initial weights, the split and the order of the images, 0 to 999,999.

    Raises:
        ValueError: If a value is out of range.
    """

    dataset: str = "digits"
    epochs: int = whole_number(3, 1, 100, code="e")
    batch_size: int = whole_number(64, 8, 1024, code="b")
    learning_rate: float = fraction(0.001, 0.00001, 10.0, code="r")
    optimizer: str = choice("adam", tuple(OPTIMIZERS), code="o")
    validation_share: float = fraction(0.1, 0.02, 0.5, code="v")
    train_count: int = whole_number(100_000, 100, 100_000, code="n")
    seed: int = whole_number(0, 0, 999_999, code="s")

    def __post_init__(self) -> None:
        check_record(self)


def settings_for(preset: Preset, settings: TrainingSettings | None = None) -> TrainingSettings:
    """Return settings with what the recipe of a ready-made network decides.

    Args:
        preset: The network.
        settings: Where everything else comes from; the defaults where left out.
    """
    return settings_for_recipe(preset.recipe, settings)


def settings_for_recipe(recipe: Recipe, settings: TrainingSettings | None = None) -> TrainingSettings:
    """Return settings with what a recipe decides: epochs, learning rate, optimiser and the number of images.

    Args:
        recipe: How to train. Where it asks for no number of images, all of them are learnt from: a small number that
            belonged to another network does not stay behind.
        settings: Where everything else comes from; the defaults where left out.

    Example:
        >>> few = TrainingSettings(batch_size=32, train_count=500)
        >>> cured = settings_for_recipe(Recipe(epochs=5), few)
        >>> cured.epochs, cured.batch_size, cured.train_count
        (5, 32, 100000)
    """
    return replace(
        settings or TrainingSettings(),
        epochs=recipe.epochs,
        learning_rate=recipe.learning_rate,
        optimizer=recipe.optimizer,
        train_count=TrainingSettings.train_count if recipe.train_count is None else recipe.train_count,
    )
