"""One ordinary network, trained on few or many images, with or without what helps against learning by heart."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from functools import cache
from itertools import product

from cnn_core.architecture.fields import check_record, presentation_of, whole_number, yes_no
from cnn_core.architecture.quick import QuickDesign
from cnn_core.architecture.spec import NetworkSpec
from cnn_core.augmentation.settings import Augmentation
from cnn_core.training.run import Run
from cnn_core.training.runs import start_run
from cnn_core.training.settings import FLOAT32, TrainingSettings

MARK = " (over-fitting)"
"""What the titles of these trainings end in."""

DROPOUT = 0.5
L2 = 0.001
CHANGES = Augmentation(shift=0.1, rotation_degrees=10.0, zoom=0.1)
LEARNING_RATE = 0.002


@dataclass(frozen=True)
class Plan:
    """How long a network learns from so many images: about as many steps from few as from many.

    Args:
        epochs: How often it goes over them.
        batch_size: Images in a step.
        patience: Epochs without a lower validation loss after which an early stop comes.
    """

    epochs: int
    batch_size: int
    patience: int


PLANS = {50: Plan(100, 10, 10), 500: Plan(40, 25, 5), 5000: Plan(12, 50, 3)}
"""The plan for each number of images to learn from."""


@dataclass(frozen=True)
class Trial:
    """One way to train the ordinary network: how many images, and what helps.

    As many images as it learns from are kept aside, to see whether what it learns holds for others.

    Raises:
        ValueError: If a value is out of range.

    Example:
        >>> Trial(50, dropout=True, l2=True).words
        '50 images, dropout, L2'
        >>> Trial(500).to_settings().train_count
        1000
    """

    images: int = whole_number(500, 50, 5000, label="Images to learn from")
    dropout: bool = yes_no(
        False,
        label="Dropout",
        help="While it learns, half of the numbers before the last layer are set to zero at random, so that no unit "
        "can rely on a certain other one.",
    )
    augmentation: bool = yes_no(
        False,
        label="Augmentation",
        help="Every time an image comes up it is moved by up to 10 %, turned by up to 10° and zoomed by up to 10 %: no "
        "image comes twice.",
    )
    batch_norm: bool = yes_no(
        False,
        label="Batch norm",
        help="Between convolution and activation each channel is brought to mean 0 and variance 1 over the batch. The "
        "other images of a batch then disturb each one a little.",
    )
    l2: bool = yes_no(
        False, label="L2", help="0.001 times the sum of all squared weights is added to the loss: weights stay small."
    )
    early_stopping: bool = yes_no(
        False,
        label="Early stopping",
        help="The training ends when the validation loss has not fallen for some epochs, and the weights of the best "
        "epoch are taken.",
    )

    def __post_init__(self) -> None:
        check_record(self)
        if self.images not in PLANS:
            raise ValueError(f"images must be one of {', '.join(map(str, PLANS))}. Received: images={self.images}.")

    @property
    def helps(self) -> tuple[str, ...]:
        """The names of the helps that are switched on."""
        return tuple(name for name in HELPS if getattr(self, name))

    @property
    def helps_words(self) -> str:
        """Name the helps for people.

        Example:
            >>> Trial().helps_words, Trial(batch_norm=True, early_stopping=True).helps_words
            ('no help', 'batch norm and early stopping')
        """
        titles = [help_title(name) for name in self.helps]
        return " and ".join(filter(None, [", ".join(titles[:-1]), titles[-1]])) if titles else "no help"

    @property
    def words(self) -> str:
        """Name the trial for people."""
        return ", ".join([f"{self.images:,} images", *(map(help_title, self.helps) if self.helps else ["no help"])])

    @property
    def plain(self) -> Trial:
        """The same number of images, without any help."""
        return Trial(self.images)

    def to_spec(self) -> NetworkSpec:
        """Write the network out: two convolutions and a dense layer, 105,866 weights without batch norm."""
        design = QuickDesign(has_batch_norm=self.batch_norm, dropout=DROPOUT if self.dropout else 0.0)
        return design.to_spec()

    def to_settings(self) -> TrainingSettings:
        """Say how it is trained. Equal seeds give equal first weights, and the images of few are among the many."""
        plan = PLANS[self.images]
        return TrainingSettings(
            epochs=plan.epochs,
            batch_size=plan.batch_size,
            learning_rate=LEARNING_RATE,
            train_count=2 * self.images,
            validation_share=0.5,
            l2=L2 if self.l2 else 0.0,
            patience=plan.patience if self.early_stopping else 0,
            keeps_best=self.early_stopping,
            augmentation=CHANGES if self.augmentation else Augmentation(),
            precision=FLOAT32,
        )


HELPS = tuple(f.name for f in fields(Trial) if f.name != "images")
"""What can help, by the names of the trial's fields."""


def help_title(name: str) -> str:
    """Name a help within a sentence.

    Example:
        >>> help_title("early_stopping"), help_title("l2")
        ('early stopping', 'L2')
    """
    label = presentation_of(Trial, name).label
    return label if label.isupper() else label.lower()


def each_help_alone(images: int) -> tuple[Trial, ...]:
    """List the trials that tell what each help does by itself: first without any.

    Example:
        >>> [trial.helps_words for trial in each_help_alone(50)]
        ['no help', 'dropout', 'augmentation', 'batch norm', 'L2', 'early stopping']
    """
    plain = Trial(images)
    return plain, *(replace(plain, **{name: True}) for name in HELPS)


def start_trial(trial: Trial, owner: str = "") -> Run:
    """Begin a trial's training in the background.

    Args:
        trial: What to train.
        owner: Who asks for it.

    Raises:
        ClassroomError: If too many trainings are running.
    """
    return start_run(trial.to_spec(), trial.to_settings(), f"{trial.words}{MARK}", owner)


def trial_of(run: Run) -> Trial | None:
    """Read from a run which trial it is; nothing where it is none of them."""
    return _trials().get((run.spec, run.settings))


@cache
def _trials() -> dict[tuple[NetworkSpec, TrainingSettings], Trial]:
    trials = [
        Trial(images, **dict(zip(HELPS, chosen, strict=True)))
        for images in PLANS
        for chosen in product((False, True), repeat=len(HELPS))
    ]
    return {(trial.to_spec(), trial.to_settings()): trial for trial in trials}
