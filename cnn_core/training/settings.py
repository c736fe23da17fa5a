"""How a network is trained: what is set by us and not learned."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from cnn_core.architecture.fields import check_record, choice, fraction, whole_number, yes_no
from cnn_core.architecture.presets import Preset, Recipe
from cnn_core.augmentation.settings import Augmentation
from cnn_core.training.optimizers import OPTIMIZERS
from cnn_core.training.schedules import SCHEDULES

AUTO, FLOAT32, BFLOAT16 = "auto", "float32", "bfloat16"
"""What layers may compute with; `precision.decided` decides where it is left open."""


@dataclass(frozen=True)
class TrainingSettings:
    """The hyperparameters of one training.

    Each field says for itself what it may hold and how it is shown; `dataset` is the slug of a data set, as
    `"digits"`, and `augmentation` a record of its own.

    Raises:
        ValueError: If a value is out of range.
    """

    dataset: str = "digits"
    epochs: int = whole_number(
        3, 1, 100, label="Epochs", code="e", usual=range(1, 21), help="How often training goes over all the images."
    )
    batch_size: int = whole_number(
        64,
        1,
        1024,
        label="Batch size",
        code="b",
        usual=(8, 16, 32, 64, 128, 256, 512),
        help="Images in one step. Small batches take many noisy steps, large ones few smooth ones.",
    )
    learning_rate: float = fraction(
        0.001,
        0.00001,
        10.0,
        label="Learning rate",
        code="r",
        usual=(0.00001, 0.0001, 0.0003, 0.001, 0.003, 0.01, 0.02, 0.03, 0.05, 0.1, 0.3, 1.0, 3.0),
        help="How long each step is. Too small learns slowly, too large not at all.",
    )
    optimizer: str = choice(
        "adam",
        tuple(OPTIMIZERS),
        titles={name: kind.title for name, kind in OPTIMIZERS.items()},
        label="Optimiser",
        code="o",
        help="The rule that turns gradients into steps.",
    )
    validation_share: float = fraction(
        0.1,
        0.02,
        0.5,
        label="Validation share",
        code="v",
        usual=(0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.4, 0.5),
        help="Share of the training images that is kept aside, to see whether what is learned holds for others.",
    )
    train_count: int = whole_number(
        100_000,
        100,
        100_000,
        label="Images, at most",
        code="n",
        usual=(100, 500, 1000, 2000, 5000, 10_000, 20_000, 60_000, 100_000),
        help="Fewer images train faster and teach less.",
    )
    seed: int = whole_number(
        0,
        0,
        999_999,
        label="Seed",
        code="s",
        help="Equal seeds give equal initial weights and the same order of images.",
    )
    momentum: float = fraction(
        0.9,
        0.0,
        0.999,
        label="Momentum",
        code="m",
        usual=(0.0, 0.5, 0.8, 0.9, 0.95, 0.99),
        help="How much of the last step's direction is kept: a ball that rolls on.",
    )
    rho: float = fraction(
        0.9,
        0.0,
        0.9999,
        label="Memory of gradients (rho)",
        code="t",
        usual=(0.5, 0.8, 0.9, 0.95, 0.99, 0.999),
        help="How much of the former average of squared gradients is kept. Each weight's step is divided by its root.",
    )
    beta_1: float = fraction(
        0.9,
        0.0,
        0.9999,
        label="Memory of directions (beta 1)",
        code="p",
        usual=(0.0, 0.5, 0.8, 0.9, 0.95, 0.99),
        help="How much of the former average of gradients is kept.",
    )
    beta_2: float = fraction(
        0.999,
        0.0,
        0.99999,
        label="Memory of sizes (beta 2)",
        code="q",
        usual=(0.9, 0.95, 0.99, 0.999, 0.9999),
        help="How much of the former average of squared gradients is kept. Each weight's step is divided by its root.",
    )
    weight_decay: float = fraction(
        0.004,
        0.0,
        1.0,
        label="Weight decay",
        code="w",
        usual=(0.0, 0.0001, 0.001, 0.004, 0.01, 0.03, 0.1),
        help="Share of every weight that each step takes away, times the learning rate.",
    )
    schedule: str = choice(
        "constant",
        tuple(SCHEDULES),
        titles={name: schedule.title for name, schedule in SCHEDULES.items()},
        label="Schedule",
        code="c",
        help="How the learning rate changes while the network learns.",
    )
    drop_epochs: int = whole_number(
        2, 1, 100, label="Epochs between drops", code="d", usual=range(1, 11), help="When the learning rate drops."
    )
    drop_factor: float = fraction(
        0.5,
        0.01,
        1.0,
        label="Factor of a drop",
        code="f",
        usual=(0.1, 0.2, 0.3, 0.5, 0.7, 0.9),
        help="What the learning rate is multiplied by.",
    )
    warm_up_share: float = fraction(
        0.3,
        0.01,
        0.9,
        label="Share of rising",
        code="u",
        usual=(0.05, 0.1, 0.2, 0.3, 0.4, 0.5),
        help="Share of the training in which the learning rate rises to its peak; then it falls.",
    )
    l2: float = fraction(
        0.0,
        0.0,
        1.0,
        label="L2",
        code="l",
        usual=(0.0, 0.00001, 0.0001, 0.001, 0.01, 0.1),
        help="Adds this times the sum of all squared kernel weights to the loss, so that weights stay small. Layers "
        "that have an L2 of their own keep it.",
    )
    label_smoothing: float = fraction(
        0.0,
        0.0,
        0.5,
        label="Label smoothing",
        code="y",
        usual=(0.0, 0.05, 0.1, 0.2, 0.3),
        help="Share of the certainty that is taken from the right class and spread over all of them.",
    )
    has_class_weights: bool = yes_no(
        False,
        label="Weigh rare classes more",
        code="k",
        help="Every class counts the same in the loss, however few images it has.",
    )
    patience: int = whole_number(
        0,
        0,
        50,
        label="Stop early after",
        code="x",
        usual=range(11),
        help="Ends the training when the validation loss has not fallen for so many epochs; 0 for never.",
    )
    keeps_best: bool = yes_no(
        False,
        label="Keep the best",
        code="z",
        help="At the end the weights of the epoch with the lowest validation loss are taken, not the last ones.",
    )
    precision: str = choice(
        AUTO,
        (AUTO, FLOAT32, BFLOAT16),
        titles={AUTO: "What is fastest here", FLOAT32: "float32", BFLOAT16: "bfloat16"},
        label="Arithmetic",
        code="a",
        help="bfloat16 has 8 bits for the digits of a number where float32 has 24. Some processors multiply with it "
        "about twice as fast, and a large network learns as well. The weights and the last layer keep all digits.",
    )
    augmentation: Augmentation = field(default=Augmentation())

    def __post_init__(self) -> None:
        check_record(self)


def steps_per_epoch(settings: TrainingSettings, available: int) -> int:
    """Return the steps in one epoch, at least 1.

    Args:
        settings: Batch size, validation share and how many images to take at most.
        available: Training images of the data set.

    Example:
        >>> steps_per_epoch(TrainingSettings(batch_size=64, validation_share=0.1), 1000)
        15
    """
    learned = round(min(settings.train_count, available) * (1 - settings.validation_share))
    return max(1, -(-learned // settings.batch_size))


def settings_for(preset: Preset, settings: TrainingSettings | None = None) -> TrainingSettings:
    """Return settings with what the recipe of a ready-made network decides.

    Args:
        preset: The network.
        settings: Where everything else comes from; the defaults where left out.
    """
    return settings_for_recipe(preset.recipe, settings)


def settings_for_recipe(recipe: Recipe, settings: TrainingSettings | None = None) -> TrainingSettings:
    """Return settings with what a recipe decides: epochs, learning rate and its course, optimiser, images.

    Args:
        recipe: How to train. Where it asks for no number of images, all of them are learnt from, and where it asks for
            no change of them at random, there is none: what belonged to another network does not stay behind.
        settings: Where everything else comes from; the defaults where left out.

    Example:
        >>> few = TrainingSettings(batch_size=32, train_count=500)
        >>> cured = settings_for_recipe(Recipe(epochs=5), few)
        >>> cured.epochs, cured.batch_size, cured.train_count
        (5, 32, 100000)
    """
    before = settings or TrainingSettings()
    return replace(
        before,
        epochs=recipe.epochs,
        learning_rate=recipe.learning_rate,
        optimizer=recipe.optimizer,
        train_count=TrainingSettings.train_count if recipe.train_count is None else recipe.train_count,
        schedule=recipe.schedule,
        augmentation=Augmentation(**dict(recipe.augmentation)),  # type: ignore[arg-type]
        batch_size=before.batch_size if recipe.batch_size is None else recipe.batch_size,
    )
