"""The built-in cells: cut out and scaled as real ones are, half of them with a parasite that takes the stain."""

from __future__ import annotations

import numpy as np
import pytest

from cnn_core.data.catalogue import CELLS as ENTRY
from cnn_core.data.cells import CLASS_NAMES, generate, generate_cells
from cnn_core.data.cells.outlines import LARGEST_PX, SMALLEST_PX, cell_rims, cell_sizes, inside_rims, take_dents
from cnn_core.data.cells.specks import parasites, platelets
from cnn_core.data.cells.stains import draw_stain
from cnn_core.data.dataset import LabelledImages

PARASITIZED, UNINFECTED = 0, 1
PATIENT = generate.CELLS_PER_PATIENT


@pytest.fixture(scope="module")
def drawn() -> LabelledImages:
    return generate_cells(10 * PATIENT, seed=7, part="train")


def purple(images: np.ndarray) -> np.ndarray:
    """How much more purple the most purple spots of a cell are than the cell is, in grey values."""
    red, green, blue = np.moveaxis(images.astype(float), -1, 0)
    shade = np.where(images.max(axis=-1) > 40, (red + blue) / 2 - green, np.nan)
    return np.nanpercentile(shade, 98, axis=(1, 2)) - np.nanmedian(shade, axis=(1, 2))


def test_entry_has_the_names_and_the_order_of_the_real_folders() -> None:
    assert ENTRY.class_names == CLASS_NAMES == ("Parasitized", "Uninfected")
    assert (ENTRY.train_count, ENTRY.test_count) == tuple(generate.COUNTS.values())
    assert "Generated" in ENTRY.summary


def test_every_patient_has_as_many_cells_of_both_classes(drawn: LabelledImages) -> None:
    assert drawn.images.shape == (10 * PATIENT, 64, 64, 3)
    assert (drawn.labels.reshape(-1, PATIENT).sum(axis=1) == PATIENT // 2).all()
    assert len({image.tobytes() for image in drawn.images}) == len(drawn)


def test_the_first_images_are_always_these() -> None:
    """Whoever changes the generator changes everybody's data set: then these figures change with it."""
    first = generate_cells(2 * PATIENT, generate.SEED, "train").images.astype(float)
    assert first.mean(axis=(0, 1, 2)) == pytest.approx(EXPECTED_MEANS, abs=0.02)
    assert [abs(np.diff(first, axis=axis)).mean() for axis in (1, 2)] == pytest.approx(EXPECTED_STEPS, abs=0.02)


EXPECTED_MEANS = (154.992, 116.755, 118.418)
EXPECTED_STEPS = (6.832, 6.842)


def test_cell_fills_its_square_and_all_else_is_black(drawn: LabelledImages) -> None:
    is_cell = drawn.images.max(axis=-1) > 0
    corners = is_cell[:, [0, 0, 63, 63], [0, 63, 0, 63]]
    assert corners.mean() < 0.1
    for edge in (is_cell[:, :2], is_cell[:, -2:], is_cell[:, :, :2], is_cell[:, :, -2:]):
        assert edge.any(axis=(1, 2)).mean() > 0.9  # dents may reach the edge
    assert 0.65 < is_cell.mean() < 0.85


def test_rims_touch_all_four_edges() -> None:
    rims = cell_rims(50, np.random.default_rng(0))
    angles = np.arange(128) * 2 * np.pi / 128
    for along in (rims * np.cos(angles), rims * np.sin(angles)):
        assert along.max(axis=1) == pytest.approx(np.ones(50), abs=0.06)
        assert along.min(axis=1) == pytest.approx(-np.ones(50), abs=0.06)
    inside = inside_rims(np.ones((1, 128), np.float32))
    assert inside[0, 32, 32] > 0.95
    assert inside[0, 0, 0] < 0


def test_dents_only_take_away() -> None:
    inside = inside_rims(cell_rims(60, np.random.default_rng(0)))
    before = inside.copy()
    take_dents(inside, np.random.default_rng(1))
    assert (inside <= before).all()
    assert 4 <= (inside < before).any(axis=(1, 2)).sum() <= 26


def test_cells_are_of_many_sizes() -> None:
    sizes = cell_sizes(4000, np.random.default_rng(0))
    assert sizes.min() >= SMALLEST_PX
    assert sizes.max() <= LARGEST_PX
    assert np.median(sizes) == pytest.approx(130, rel=0.03)
    assert np.percentile(sizes, 99.5) - np.percentile(sizes, 0.5) > 100


def test_parasite_in_a_small_cell_is_large() -> None:
    rims = np.ones((60, 128), np.float32)
    small, large = (
        parasites(rims, np.full(60, 2 / size, np.float32), 1.5, np.random.default_rng(0)) for size in (80, 240)
    )
    assert (small > 0.3).sum() > 4 * (large > 0.3).sum()
    assert (small.max(axis=(1, 2)) > 0.3).all()


def test_only_cells_of_the_first_class_have_a_parasite(drawn: LabelledImages) -> None:
    """Not all can be told by their most purple spot: some parasites are pale, and platelets take the stain, too."""
    most = purple(drawn.images)
    with_parasite, without = most[drawn.labels == PARASITIZED], most[drawn.labels == UNINFECTED]
    assert np.median(with_parasite) > 4 * np.median(without)
    best = max(np.mean(np.concatenate([with_parasite > at, without <= at])) for at in range(0, 60, 2))
    assert 0.8 < best < 0.985


def test_no_dent_hides_a_parasite(monkeypatch: pytest.MonkeyPatch) -> None:
    """A label must be true: where the parasite would be cut off, the cell stays whole."""
    at_the_right = np.zeros((PATIENT // 2, 64, 64), np.float32)
    at_the_right[:, 30:34, 50:54] = 1

    def cut_right_half(inside: np.ndarray, _: np.random.Generator) -> None:
        inside[:, :, 40:] = -1

    monkeypatch.setattr(generate, "parasites", lambda *_: at_the_right)
    monkeypatch.setattr(generate, "take_dents", cut_right_half)
    cells = generate_cells(PATIENT, 7, "train")
    shown = cells.images[:, 30:34, 50:54].any(axis=(1, 2, 3))
    assert shown.tolist() == (cells.labels == PARASITIZED).tolist()


@pytest.mark.parametrize("name", ["dirt", "platelets", "bubbles"])
def test_what_is_no_parasite_lies_on_both_classes(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    with_it = generate_cells(8 * PATIENT, 7, "train")
    draw = getattr(generate, name)
    monkeypatch.setattr(generate, name, lambda *given: 0 * draw(*given))
    without = generate_cells(8 * PATIENT, 7, "train")
    differs = (with_it.images != without.images).any(axis=(1, 2, 3))
    assert differs[with_it.labels == PARASITIZED].sum() > 5
    assert differs[with_it.labels == UNINFECTED].sum() > 5
    assert differs.mean() < 0.5


def test_without_parasites_nothing_tells_the_classes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(generate, "parasites", lambda rims, *_: np.zeros((len(rims), 64, 64), np.float32))
    cells = generate_cells(8 * PATIENT, 7, "train")
    most = purple(cells.images)
    assert most[cells.labels == 0].mean() == pytest.approx(most[cells.labels == 1].mean(), rel=0.3)


def test_platelet_is_pale_with_a_bright_halo() -> None:
    drawn = platelets(np.ones((30, 128), np.float32), np.full(30, 2 / 130, np.float32), 2.0, np.random.default_rng(0))
    assert drawn.min() < -0.05
    assert drawn.max() <= 1


def test_patients_differ_in_their_stain_and_their_cells_do_not(drawn: LabelledImages) -> None:
    def colour(images: np.ndarray) -> np.ndarray:
        return np.array([np.median(image[image.max(axis=-1) > 40], axis=0) for image in images])

    colours = colour(drawn.images).reshape(10, PATIENT, 3)
    assert colours.mean(axis=1).std(axis=0).mean() > 1.5 * colours.std(axis=1).mean()
    stains = [draw_stain(np.random.default_rng(seed)) for seed in range(20)]
    assert len({stain.cell.tobytes() for stain in stains}) == 20


def test_test_cells_are_of_other_patients() -> None:
    train, test = (generate_cells(PATIENT, 1880, part).images for part in ("train", "test"))
    assert not (train[0] == test[0]).all()
