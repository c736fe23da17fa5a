"""Which data set a network is trained on where nobody has chosen one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from cnn_core.architecture.presets import Preset, preset
from cnn_core.data.entry import Availability, DatasetEntry
from cnn_core.data.registry import dataset_entry
from cnn_core.training.data_choice import (
    GENTLE,
    dataset_for,
    fitting_datasets,
    settings_on,
    settings_with_data,
    with_dataset,
)
from cnn_core.training.settings import TrainingSettings

CELLS, COLOURS = preset("blood-cells"), preset("colour-images")
Shelf = dict[str, DatasetEntry]


def entry(slug: str, shape: tuple[int, int, int], classes: int, *, is_ready: bool = True) -> DatasetEntry:
    names = tuple(str(index) for index in range(classes))
    availability: Callable[[], Availability] = lambda: Availability(is_ready, "Here it is.")  # noqa: E731
    return replace(dataset_entry("digits"), slug=slug, class_names=names, image_shape=shape, availability=availability)


def shelf(*entries: DatasetEntry) -> Shelf:
    return {one.slug: one for one in entries}


SHAPES, CIFAR10 = entry("shapes", (32, 32, 3), 10), entry("cifar10", (32, 32, 3), 10)
GENERATED = replace(entry("cells", (64, 64, 3), 2), class_names=("Parasitized", "Uninfected"))


def test_only_the_right_size_and_classes_fit() -> None:
    three = entry("three", (64, 64, 3), 3)
    assert fitting_datasets(CELLS.spec, shelf(SHAPES, GENERATED, three)) == ["cells"]


@pytest.mark.parametrize(
    ("ready_made", "current", "datasets", "expected"),
    [
        (COLOURS, "digits", shelf(SHAPES, CIFAR10), "cifar10"),
        (COLOURS, "shapes", shelf(SHAPES, CIFAR10), "cifar10"),
        (COLOURS, "digits", shelf(SHAPES, replace(CIFAR10, availability=lambda: Availability(False, "No."))), "shapes"),
        (CELLS, "digits", shelf(SHAPES, GENERATED), "cells"),
        (CELLS, "digits", shelf(GENERATED, entry("own-a", (64, 64, 3), 2), entry("own-b", (64, 64, 3), 2)), "own-b"),
        (CELLS, "own-a", shelf(GENERATED, entry("own-a", (64, 64, 3), 2), entry("own-b", (64, 64, 3), 2)), "own-a"),
        (CELLS, "digits", shelf(GENERATED, entry("own-a", (64, 64, 3), 2, is_ready=False)), "cells"),
        (COLOURS, "digits", shelf(entry("cifar10", (32, 32, 3), 10, is_ready=False)), "cifar10"),
        (COLOURS, "digits", shelf(GENERATED), "digits"),
    ],
)
def test_the_best_that_is_here_is_taken(ready_made: Preset, current: str, datasets: Shelf, expected: str) -> None:
    assert dataset_for(ready_made.spec, ready_made.recipe.dataset, current, datasets) == expected
    assert settings_with_data(ready_made, TrainingSettings(dataset=current), datasets).dataset == expected


def test_the_recipe_brings_its_way_of_training_and_leaves_none_behind() -> None:
    cells = settings_with_data(CELLS, TrainingSettings(), shelf(GENERATED))
    assert (cells.batch_size, cells.schedule, cells.epochs) == (32, "one_cycle", 20)
    assert (cells.augmentation.flip, cells.augmentation.rotation_degrees) == ("both", 180.0)
    digits = settings_with_data(preset("first"), cells)
    assert (digits.schedule, digits.augmentation.is_active, digits.dataset) == ("constant", False, "digits")


@pytest.mark.parametrize(
    ("names", "degrees"),
    [(("Uninfected", "parasitized"), 180.0), (("cat", "dog"), 10.0), (("parasitized", "uninfected", "third"), 10.0)],
)
def test_cells_are_turned_half_round_and_cats_are_not(names: tuple[str, ...], degrees: float) -> None:
    own = replace(GENERATED, slug="own-a", class_names=names)
    decided = settings_on("own-a", CELLS, None, shelf(own))
    assert (decided.augmentation.rotation_degrees, decided.dataset, decided.epochs) == (degrees, "own-a", 20)
    assert decided.augmentation.flip == ("both" if degrees == 180.0 else "none")
    assert settings_on("gone", CELLS, None, shelf(own)).dataset == "gone"
    assert not settings_on("own-a", preset("first"), None, shelf(own)).augmentation.is_active


def test_whoever_goes_from_cells_to_cats_turns_them_no_further_than_cats_may_be() -> None:
    cats = replace(GENERATED, slug="own-a", class_names=("cat", "dog"))
    at_first = settings_on("cells", CELLS, None, shelf(GENERATED, cats))
    moved = with_dataset(at_first, "own-a", shelf(GENERATED, cats))
    assert (moved.augmentation.rotation_degrees, moved.augmentation.flip, moved.epochs) == (10.0, "none", 20)
    by_hand = replace(at_first, augmentation=replace(at_first.augmentation, shift=0.2))
    assert with_dataset(by_hand, "own-a", shelf(GENERATED, cats)).augmentation == by_hand.augmentation


def test_whoever_goes_back_to_cells_has_the_whole_recipe_again_unless_it_was_changed() -> None:
    cats, more = (replace(GENERATED, slug=slug, class_names=("cat", "dog")) for slug in ("own-a", "own-b"))
    others = replace(GENERATED, slug="own-c")
    here = shelf(GENERATED, cats, more, others)
    at_first = settings_on("cells", CELLS, None, here)
    on_cats = with_dataset(with_dataset(at_first, "own-a", here), "own-b", here)
    assert with_dataset(on_cats, "cells", here) == at_first
    longer = replace(on_cats, epochs=30)
    assert with_dataset(longer, "cells", here) == replace(longer, dataset="cells")
    gentle_cells = replace(at_first, augmentation=GENTLE)
    assert with_dataset(gentle_cells, "own-c", here).augmentation == GENTLE, "chosen by hand, and for cells"
