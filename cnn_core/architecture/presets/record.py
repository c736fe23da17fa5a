"""What a ready-made network is."""

from __future__ import annotations

from dataclasses import dataclass

from cnn_core.architecture.spec import NetworkSpec


@dataclass(frozen=True)
class Recipe:
    """How a ready-made network is trained, where that differs from the usual settings.

    Args:
        epochs: How often training goes over the data.
        learning_rate: The length of a step.
        optimizer: A name of `cnn_core.training.settings.OPTIMIZERS`.
        train_count: The most images to learn from; None for all.
        batch_size: Images in one step; None for as many as before.
        schedule: How the learning rate changes: a name of `cnn_core.training.schedules.SCHEDULES`.
        augmentation: How images are changed at random: fields of `cnn_core.augmentation.settings.Augmentation` with
            their values; none for no change.
        changed_classes: The names of the only classes whose images may be changed so, in small letters; none for any.
        dataset: The data set that it was made for; `""` for any that fits.
    """

    epochs: int = 3
    learning_rate: float = 0.001
    optimizer: str = "adam"
    train_count: int | None = None
    batch_size: int | None = None
    schedule: str = "constant"
    augmentation: tuple[tuple[str, float | str], ...] = ()
    changed_classes: tuple[str, ...] = ()
    dataset: str = ""


@dataclass(frozen=True)
class Diagnosis:
    """What is wrong with a sick network: shown only when asked for.

    Args:
        symptom: What one sees in the training, as one sentence.
        cause: Why, in one or two sentences.
        cure: What to change, as one sentence.
        term: The glossary's entry that explains it.
        healthy_spec: The network after the cure.
        healthy_recipe: How it is trained after the cure.
    """

    symptom: str
    cause: str
    cure: str
    term: str
    healthy_spec: NetworkSpec
    healthy_recipe: Recipe


@dataclass(frozen=True)
class Preset:
    """A ready-made network.

    Args:
        slug: Short name in addresses, as `"large-cnn"`.
        title: Name on the screen.
        teaches: One sentence on what it shows; of a sick one, the complaint.
        spec: The network.
        recipe: How it is trained.
        diagnosis: What is wrong with it; None for a healthy one.
    """

    slug: str
    title: str
    teaches: str
    spec: NetworkSpec
    recipe: Recipe = Recipe()
    diagnosis: Diagnosis | None = None
