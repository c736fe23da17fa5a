"""Two designs trained several times on equal terms, so that a difference can be told from chance.

Each seed decides which images are learnt from, which are kept aside, their order in every epoch, and the first weights.
Both designs are trained with the same seeds, so they see the same images in the same batches.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from cnn_core.architecture.presets import Preset, preset
from cnn_core.architecture.quick import QuickDesign
from cnn_core.architecture.spec import NetworkSpec
from cnn_core.data.registry import DATASETS
from cnn_core.data.variants import VARIANTS, variant_slug
from cnn_core.errors import ClassroomError
from cnn_core.training.precision import decided_alike
from cnn_core.training.run import Run
from cnn_core.training.runs import find_run, resume_run, start_run
from cnn_core.training.settings import TrainingSettings, settings_for

SEED_COUNTS = (3, 4, 5)
"""How many seeds there may be: with fewer hardly anything could be shown, and more take long."""

QUICK = TrainingSettings(epochs=5, train_count=6_000, validation_share=0.2)
"""The terms to begin with: some two seconds a training, and enough validation images for a steady curve."""

ALIKE = (
    "epochs",
    "batch_size",
    "validation_share",
    "train_count",
    "patience",
    "keeps_best",
    "augmentation",
    "precision",
)
"""Settings that are the same for both designs; in the others, as the learning rate, each may have its own."""

RIVALS = ("fully-connected", "first")
"""The ready-made networks to begin with, the one without convolutions first."""

PLAIN_TITLE = "Fully connected, 128"
PLAIN = QuickDesign(blocks=0, pooling="none", dense_layers=1, dense_units=128)
CONVOLUTIONAL = "first"
"""What shows what a convolution brings along: two networks of about as many parameters, trained in the same way."""

MOST_TRAININGS = 60
"""No comparison is read that has more."""

_MARK = " (fair comparison)"


@dataclass(frozen=True)
class Contestant:
    """One of the two designs.

    Args:
        spec: The network.
        title: Its name for people.
        settings: How it is trained; seed and data set are those of the comparison.
    """

    spec: NetworkSpec
    title: str
    settings: TrainingSettings


@dataclass(frozen=True)
class Planned:
    """One training of a comparison.

    Args:
        contestant: 0 for the first design, 1 for the second.
        dataset: Slug of the data set.
        seed: The seed.
    """

    contestant: int
    dataset: str
    seed: int


@dataclass(frozen=True)
class FairComparison:
    """Two designs, and what they are trained on.

    Args:
        contestants: The two designs.
        datasets: Slugs of the data sets, one or more.
        seeds: The seeds, each once.

    Raises:
        ValueError: If the designs are not trained alike, or data sets or seeds are missing or named twice.
    """

    contestants: tuple[Contestant, Contestant]
    datasets: tuple[str, ...]
    seeds: tuple[int, ...]

    def __post_init__(self) -> None:
        first, second = (contestant.settings for contestant in self.contestants)
        unlike = [name for name in ALIKE if getattr(first, name) != getattr(second, name)]
        if unlike:
            raise ValueError(f"Both designs must be trained alike. Received: other values of {', '.join(unlike)}.")
        for names in (self.datasets, self.seeds):
            if not names or len(set(names)) != len(names):
                raise ValueError(f"Data sets and seeds must be there, each once. Received: {names}.")

    def plan(self) -> tuple[Planned, ...]:
        """Name the trainings in their order: the two of a pair follow one another, and seed follows seed."""
        return tuple(
            Planned(contestant, dataset, seed)
            for seed in self.seeds
            for dataset in self.datasets
            for contestant in range(len(self.contestants))
        )

    def settings_of(self, planned: Planned) -> TrainingSettings:
        """Say how one of the trainings is done."""
        specs = [contestant.spec for contestant in self.contestants]
        alike = decided_alike(specs, [contestant.settings for contestant in self.contestants])
        return replace(alike[planned.contestant], dataset=planned.dataset, seed=planned.seed)


@dataclass(frozen=True)
class FairTrainings:
    """A comparison with the trainings that belong to it.

    Args:
        comparison: What is compared.
        runs: The trainings that there are: one that was deleted is missing.
    """

    comparison: FairComparison
    runs: Mapping[Planned, Run]

    @property
    def ids(self) -> tuple[str, ...]:
        """The trainings' ids in the order of the plan; `fair_from_runs` makes the same record of them."""
        return tuple(self.runs[planned].id for planned in self.comparison.plan() if planned in self.runs)

    @property
    def is_active(self) -> bool:
        """Whether any of the trainings goes on, or waits."""
        return any(run.snapshot.is_active for run in self.runs.values())

    @property
    def interrupted(self) -> tuple[Run, ...]:
        """The trainings that were cut off when a server ended."""
        return tuple(run for run in self.runs.values() if run.snapshot.status == "interrupted")


def on_equal_terms(settings: TrainingSettings, terms: TrainingSettings = QUICK) -> TrainingSettings:
    """Return a design's own settings with those that must be alike from the comparison's terms.

    Example:
        >>> own = TrainingSettings(learning_rate=0.01, epochs=50)
        >>> equal = on_equal_terms(own)
        >>> equal.learning_rate, equal.epochs
        (0.01, 5)
    """
    return replace(settings, **{name: getattr(terms, name) for name in (*ALIKE, "dataset", "seed")})


def ready_made(network: Preset, terms: TrainingSettings = QUICK) -> Contestant:
    """Let a ready-made network take part, with the learning rate and optimiser of its recipe."""
    return Contestant(network.spec, network.title, on_equal_terms(settings_for(network), terms))


def why_convolution(seeds: int, base: str = "digits", terms: TrainingSettings = QUICK) -> FairComparison:
    """Set a fully connected and a convolutional network against each other on images as they are, moved and shuffled.

    Args:
        seeds: How many seeds.
        base: The data set whose variants they learn from.
        terms: Epochs, number of images and the like.
    """
    second = ready_made(preset(CONVOLUTIONAL), terms)
    first = Contestant(PLAIN.to_spec(), PLAIN_TITLE, second.settings)
    datasets = (base, *(variant_slug(base, name) for name in VARIANTS))
    return FairComparison((first, second), datasets, tuple(range(seeds)))


def start_fair(comparison: FairComparison, owner: str = "") -> FairTrainings:
    """Let all trainings of a comparison begin, one after the other as their turns come.

    Args:
        comparison: What to compare.
        owner: Who asks for it.

    Raises:
        ClassroomError: If both designs are the same, or a training cannot be started; then the others are stopped.
    """
    first, second = comparison.contestants
    if (first.spec, first.settings) == (second.spec, second.settings):
        raise ClassroomError(
            "Both designs are the same and would give the same results.", "Choose another one for one of them."
        )
    runs: dict[Planned, Run] = {}
    for planned in comparison.plan():
        contestant, settings = comparison.contestants[planned.contestant], comparison.settings_of(planned)
        try:
            title = contestant.title + title_suffix(settings)
            runs[planned] = start_run(contestant.spec, settings, title, owner, is_brief=True)
        except ClassroomError:
            _stop(runs.values())
            raise
    return FairTrainings(comparison, runs)


def stop_fair(trainings: FairTrainings) -> None:
    """Stop all trainings that go on or wait: those that wait first, so that none of them begins meanwhile."""
    _stop(trainings.runs.values())


def resume_fair(trainings: FairTrainings, owner: str = "") -> None:
    """Let the interrupted trainings of a comparison go on.

    Raises:
        ClassroomError: If one of them cannot go on.
    """
    for run in trainings.interrupted:
        resume_run(run.id, owner)


def fair_from_runs(ids: Sequence[str]) -> FairTrainings | None:
    """Find a comparison again by the ids of its trainings, also after the server was started anew.

    Args:
        ids: As `FairTrainings.ids` gave them; those that are gone are passed over.

    Returns:
        The comparison; nothing if these trainings are no comparison of two designs, or all of one design are gone.
    """
    found = [run for run in map(find_run, ids[:MOST_TRAININGS]) if run is not None]
    contestants: dict[tuple[NetworkSpec, TrainingSettings], Contestant] = {}
    for run in found:
        contestants.setdefault(_design(run), _contestant(run))
    designs = list(contestants)
    if len(designs) != 2:
        return None
    first, second = contestants.values()
    datasets, seeds = (
        tuple(dict.fromkeys(run.settings.dataset for run in found)),
        tuple(dict.fromkeys(run.settings.seed for run in found)),
    )
    try:
        comparison = FairComparison((first, second), datasets, seeds)
    except ValueError:
        return None
    runs = {Planned(designs.index(_design(run)), run.settings.dataset, run.settings.seed): run for run in found}
    return FairTrainings(comparison, runs)


def title_suffix(settings: TrainingSettings) -> str:
    """Say what tells the trainings of one design apart, to be put after its title.

    Example:
        >>> title_suffix(TrainingSettings(seed=2))
        ', Digits, seed 2 (fair comparison)'
    """
    return f", {dataset_title(settings.dataset)}, seed {settings.seed}{_MARK}"


def is_of_fair_comparison(run: Run) -> bool:
    """Whether a training is one of many of a comparison, and not to be shown by itself unless somebody asks for it."""
    return run.title.endswith(_MARK)


def dataset_title(slug: str) -> str:
    """Name a data set for people; by its slug where the registry does not have it any more."""
    entry = DATASETS.get(slug)
    return entry.title if entry is not None else slug


def _stop(runs: Iterable[Run]) -> None:
    for run in reversed(tuple(runs)):
        if run.snapshot.is_active:
            run.control.stop()


def _design(run: Run) -> tuple[NetworkSpec, TrainingSettings]:
    return run.spec, replace(run.settings, seed=0, dataset=TrainingSettings.dataset)


def _contestant(run: Run) -> Contestant:
    return Contestant(run.spec, run.title.removesuffix(title_suffix(run.settings)), _design(run)[1])
