"""The built-in digits: what they promise, and that the ready-made file keeps it."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from cnn_core.data.dataset import Dataset, LabelledImages
from cnn_core.data.digits import asset, generate, generate_digits, load_digits
from cnn_core.data.digits.glyphs import GLYPHS, Glyph, glyphs_of
from cnn_core.data.digits.pen import centre_by_mass, draw_dots, fit_into_box
from cnn_core.data.digits.spline import parse_stroke, pen_way
from cnn_core.data.digits.style import STYLE, STYLE_NAMES, Part, draw_writers, style_slots
from cnn_core.errors import ClassroomError

LARGEST_FILE_BYTES = 3_000_000


@pytest.fixture(scope="module")
def shipped() -> Dataset:
    return load_digits()


@pytest.fixture(scope="module")
def drawn() -> LabelledImages:
    return generate_digits(2000, seed=7, part="train")


def plain_hands(count: int) -> dict[str, np.ndarray]:
    """The most common value of every trait."""
    return {parameter.name: np.full(count, parameter.centre) for parameter in STYLE}


def largest_piece_share(image: np.ndarray) -> float:
    """How much of the ink hangs together in the largest piece, 0 to 1; pixels that touch at a corner count."""
    ink = np.pad(image >= 85, 1)
    left, largest = ink.copy(), 0
    while left.any():
        piece = np.zeros_like(ink)
        piece[tuple(np.argwhere(left)[0])] = True
        size = 0
        while piece.sum() != size:
            size = int(piece.sum())
            rows = piece | np.roll(piece, 1, 0) | np.roll(piece, -1, 0)
            piece = (rows | np.roll(rows, 1, 1) | np.roll(rows, -1, 1)) & ink
        left &= ~piece
        largest = max(largest, size)
    return largest / max(1, int(ink.sum()))


# What is drawn


@pytest.mark.parametrize("part", ["train", "test"])
def test_same_seed_gives_the_same_bytes(part: Part) -> None:
    first, second = (generate_digits(250, seed=3, part=part) for _ in range(2))
    assert first.images.tobytes() == second.images.tobytes()
    assert first.labels.tobytes() == second.labels.tobytes()


def test_a_longer_list_begins_with_the_shorter_one() -> None:
    few, many = generate_digits(30, seed=3, part="test"), generate_digits(410, seed=3, part="test")
    assert np.array_equal(few.images, many.images[:30])
    assert np.array_equal(few.labels, many.labels[:30])


def test_seed_and_part_change_every_image() -> None:
    one, other = generate_digits(200, seed=1, part="train"), generate_digits(200, seed=2, part="train")
    test = generate_digits(200, seed=1, part="test")
    images = {digits.images[index].tobytes() for digits in (one, other, test) for index in range(200)}
    assert len(images) == 600


def test_sheets_of_one_list_differ(drawn: LabelledImages) -> None:
    assert len({image.tobytes() for image in drawn.images}) == len(drawn)


@pytest.mark.parametrize("count", [0, 1, 9, 10, 205])
def test_any_count_is_as_balanced_as_it_can_be(count: int) -> None:
    digits = generate_digits(count, seed=0, part="train")
    assert digits.images.shape == (count, 28, 28, 1)
    per_class = np.bincount(digits.labels, minlength=10)
    assert per_class.max() - per_class.min() <= 1


@pytest.mark.parametrize(("count", "seed", "part"), [(-1, 0, "train"), (1, -1, "train"), (1, 0, "validation")])
def test_arguments_out_of_range_are_named(count: int, seed: int, part: Part) -> None:
    with pytest.raises(ValueError, match=rf"Received: count={count}, seed={seed}, part='{part}'"):
        generate_digits(count, seed, part)


def test_white_ink_on_black_in_sixteen_levels(drawn: LabelledImages) -> None:
    images = drawn.images
    assert np.all(images % 17 == 0)
    assert len(np.unique(images)) == 16
    assert np.all(images.reshape(len(images), -1).max(axis=1) == 255)
    assert np.all((images == 0).mean(axis=(1, 2, 3)) > 0.5)
    assert not images[:, [0, 0, -1, -1], [0, -1, 0, -1]].any()
    frame = np.ones((28, 28), bool)
    frame[1:-1, 1:-1] = False
    assert images[:, frame].any(axis=(1, 2)).mean() < 0.03  # a few are moved by four pixels, as in MNIST
    ink = images.mean(axis=(1, 2, 3)) / 255
    assert ink.min() > 0.02
    assert ink.max() < 0.5


def test_centre_of_mass_is_the_middle(drawn: LabelledImages) -> None:
    ink = drawn.images[..., 0].astype(float)
    places = np.arange(28)
    mass = ink.sum(axis=(1, 2))
    rows = (ink.sum(axis=2) * places).sum(axis=1) / mass
    columns = (ink.sum(axis=1) * places).sum(axis=1) / mass
    assert np.abs(rows - 14).max() <= 1
    assert np.abs(columns - 14).max() <= 1
    assert abs(float(rows.mean()) - 14) < 0.1


def test_ink_fills_a_box_of_twenty_pixels(drawn: LabelledImages) -> None:
    dark = drawn.images[..., 0] >= 102
    heights = [np.ptp(np.flatnonzero(image.any(axis=1))) + 1 for image in dark]
    widths = [np.ptp(np.flatnonzero(image.any(axis=0))) + 1 for image in dark]
    sides = np.maximum(heights, widths)
    assert sides.max() <= 20
    assert sides.min() >= 17
    faint = drawn.images[..., 0] > 0
    assert max(np.ptp(np.flatnonzero(image.any(axis=1))) + 1 for image in faint) == 20
    assert max(np.ptp(np.flatnonzero(image.any(axis=0))) + 1 for image in faint) == 20


def test_a_digit_is_scaled_in_proportion() -> None:
    dots = np.array([[[0.0, 0.0], [1.0, 0.0], [1.0, 4.0]]])
    fitted = fit_into_box(dots, np.ones((1, 3)))
    assert np.ptp(fitted[0, :, 1]) == pytest.approx(18.0)
    assert np.ptp(fitted[0, :, 0]) == pytest.approx(18.0 / 4)
    assert fitted[0].min(axis=0) + fitted[0].max(axis=0) == pytest.approx([28.0, 28.0])


def test_a_dot_of_ink_is_a_disc() -> None:
    image = draw_dots(np.array([[[10.5, 6.5]]]), np.array([[2.0]]), np.array([1.0]))[0]
    rows, columns = np.mgrid[:28, :28]
    distance = np.hypot(rows - 6, columns - 10)
    assert image == pytest.approx(np.clip(2.0 - distance + 0.5, 0, 1), abs=1e-6)


def test_a_lifted_pen_leaves_no_ink() -> None:
    assert not draw_dots(np.array([[[10.5, 6.5]]]), np.array([[0.0]]), np.array([1.0])).any()


def test_centring_moves_whole_pixels() -> None:
    image = np.zeros((1, 28, 28), np.float32)
    image[0, 5:9, 20:23] = 1
    rows, columns = np.nonzero(centre_by_mass(image)[0])
    assert (rows.min(), rows.max(), columns.min(), columns.max()) == (9, 12, 16, 18)  # at most four pixels


# The registry of glyphs


def test_every_digit_is_written_in_several_ways() -> None:
    assert {digit: len(glyphs_of(digit)) >= 4 for digit in range(10)} == dict.fromkeys(range(10), True)
    assert len({(glyph.digit, glyph.name) for glyph in GLYPHS}) == len(GLYPHS)


@pytest.mark.parametrize("index", range(len(GLYPHS)), ids=[f"{g.digit} {g.name}" for g in GLYPHS])
def test_every_glyph_hangs_together(index: int) -> None:
    count = 6
    rng = np.random.default_rng(index)
    images = generate.render_glyphs(np.full(count, index), plain_hands(count), rng)[..., 0]
    assert images.mean() > 0.04 * 255
    assert np.median([largest_piece_share(image) for image in images]) > 0.6


def test_every_glyph_is_used_as_often_as_it_says() -> None:
    labels = np.repeat(np.arange(10), 4000)
    chosen = generate._choose_glyphs(labels, np.random.default_rng(0))
    assert np.array_equal([GLYPHS[index].digit for index in chosen], labels)
    total = {digit: sum(glyph.frequency for glyph in glyphs_of(digit)) for digit in range(10)}
    expected = [glyph.frequency / total[glyph.digit] for glyph in GLYPHS]
    assert np.bincount(chosen, minlength=len(GLYPHS)) / 4000 == pytest.approx(expected, abs=0.04)
    assert np.bincount(chosen, minlength=len(GLYPHS)).min() > 0


def test_the_pen_passes_every_point() -> None:
    way = pen_way(Glyph(7, "", 1, ("10,0 90,0! 40,100", "20,50 50,40 80,50")), dot_count=300)
    dots = way.basis @ way.points
    nearest = np.hypot(*(way.points[:, None] - dots[None]).transpose(2, 0, 1)).min(axis=1)
    assert nearest.max() < 1.0
    assert way.basis.sum(axis=1) == pytest.approx(np.ones(300))
    assert way.rounded_basis.sum(axis=1) == pytest.approx(np.ones(300))


def test_a_corner_is_sharp_and_a_curve_is_not() -> None:
    def sharpest_turn(stroke: str) -> float:
        steps = np.diff(pen_way(Glyph(7, "", 1, (stroke,)), 200).basis @ parse_stroke(stroke)[0], axis=0)
        directions = np.unwrap(np.arctan2(steps[:, 1], steps[:, 0]))
        return float(np.abs(directions[4:] - directions[:-4]).max())

    assert sharpest_turn("0,0 80,0! 0,80") > 2.0
    assert sharpest_turn("0,0 80,0 0,80") < 1.0


@pytest.mark.parametrize("text", ["", "1,2", "1 2", "1,2 3,4,5", "1,2 a,b"])
def test_a_broken_stroke_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"stroke must be|could not convert"):
        parse_stroke(text)


# Writers


def test_training_and_test_writers_share_no_style_value() -> None:
    train = draw_writers(3000, np.random.default_rng(0), "train")
    test = draw_writers(3000, np.random.default_rng(0), "test")
    for parameter in STYLE:
        train_slots = style_slots(train[parameter.name], parameter.name)
        test_slots = style_slots(test[parameter.name], parameter.name)
        assert set(train_slots.tolist()) == set(range(0, 64, 2))
        assert set(test_slots.tolist()) == set(range(1, 64, 2))
        for values in (train[parameter.name], test[parameter.name]):
            assert values.min() >= parameter.low
            assert values.max() <= parameter.high


def test_each_part_is_drawn_by_its_own_writers(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[dict[str, np.ndarray]] = []

    def remember(count: int, rng: np.random.Generator, part: Part) -> dict[str, np.ndarray]:
        seen.append(draw_writers(count, rng, part))
        return seen[-1]

    monkeypatch.setattr(generate, "draw_writers", remember)
    for part in ("train", "test"):
        generate_digits(1000, 5, part)  # five sheets each
    assert len(seen) == 10
    for index, hands in enumerate(seen):
        for name in STYLE_NAMES:
            assert set((style_slots(hands[name], name) % 2).tolist()) == {index // 5}


def test_style_shapes_the_digit() -> None:
    def mean_ink(name: str, value: float) -> float:
        hands = plain_hands(len(GLYPHS)) | {name: np.full(len(GLYPHS), value)}
        return float(generate.render_glyphs(np.arange(len(GLYPHS)), hands, np.random.default_rng(0)).mean())

    assert mean_ink("pen_radius_px", 2.0) > 1.4 * mean_ink("pen_radius_px", 1.0)
    assert mean_ink("width_log", 0.3) > mean_ink("width_log", -0.3)


@pytest.mark.parametrize("name", STYLE_NAMES)
def test_every_style_parameter_has_an_effect(name: str) -> None:
    parameter = STYLE[STYLE_NAMES.index(name)]
    glyphs = np.array([GLYPHS.index(glyphs_of(digit)[0]) for digit in range(10)])
    low, high = (
        generate.render_glyphs(glyphs, plain_hands(10) | {name: np.full(10, value)}, np.random.default_rng(0)).astype(
            float
        )
        for value in (parameter.low, parameter.high)
    )
    assert np.all(np.abs(low - high).reshape(10, -1).mean(axis=1)[2:] > 1.0)


# The ready-made file


def test_shipped_digits_are_those_of_the_generator(shipped: Dataset) -> None:
    for part, digits in (("train", shipped.train), ("test", shipped.test)):
        fresh = generate_digits(400, asset.ASSET_SEED, part)
        assert np.array_equal(fresh.labels, digits.labels[:400])
        difference = np.abs(fresh.images.astype(int) - digits.images[:400].astype(int)).mean(axis=(1, 2, 3))
        assert difference.mean() < 0.05  # another processor may round a few pixels to the next of 16 levels
        assert difference.max() < 2.0


def test_shipped_digits_are_complete(shipped: Dataset) -> None:
    assert shipped.slug == "digits"
    assert shipped.class_names == tuple("0123456789")
    for part, digits in (("train", shipped.train), ("test", shipped.test)):
        assert len(digits) == asset.ASSET_COUNTS[part]
        assert set(np.bincount(digits.labels).tolist()) == {len(digits) // 10}
        assert digits.images.max() == 255
        assert np.all(digits.images % 17 == 0)


def test_no_shipped_image_appears_twice(shipped: Dataset) -> None:
    images = [image.tobytes() for image in np.concatenate([shipped.train.images, shipped.test.images])]
    assert len(set(images)) == len(images)


def test_the_file_is_small() -> None:
    size = sum((asset.ASSET_FOLDER / name).stat().st_size for name in (asset.ASSET_NAME, asset.CHECKSUMS_NAME))
    assert size < LARGEST_FILE_BYTES


def test_what_is_saved_is_what_is_loaded(tmp_path: Path) -> None:
    (tmp_path / asset.CHECKSUMS_NAME).write_text('{"other.npz": "abc"}')
    asset.save_digits(tmp_path, {"train": 120, "test": 50}, seed=9)
    loaded = load_digits(tmp_path)
    for part, digits in (("train", loaded.train), ("test", loaded.test)):
        fresh = generate_digits(len(digits), 9, part)
        assert np.array_equal(fresh.images, digits.images)
        assert np.array_equal(fresh.labels, digits.labels)
    assert json.loads((tmp_path / asset.CHECKSUMS_NAME).read_text())["other.npz"] == "abc"


def test_other_grey_values_are_not_lost_silently() -> None:
    with pytest.raises(ValueError, match="multiples of 17"):
        asset.pack_images(np.full((1, 28, 28, 1), 16, np.uint8))


@pytest.fixture
def copied_folder(tmp_path: Path) -> Path:
    for name in (asset.ASSET_NAME, asset.CHECKSUMS_NAME):
        shutil.copy(asset.ASSET_FOLDER / name, tmp_path / name)
    load_digits(tmp_path)
    return tmp_path


def test_one_changed_byte_is_noticed(copied_folder: Path) -> None:
    path = copied_folder / asset.ASSET_NAME
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(bytes(content))
    with pytest.raises(ClassroomError, match="damaged or has been changed") as caught:
        load_digits(copied_folder)
    assert "scripts.make_digits" in caught.value.remedy


@pytest.mark.parametrize("name", [asset.ASSET_NAME, asset.CHECKSUMS_NAME])
def test_a_missing_file_is_named(copied_folder: Path, name: str) -> None:
    (copied_folder / name).unlink()
    with pytest.raises(ClassroomError, match="is missing") as caught:
        load_digits(copied_folder)
    assert "scripts.make_digits" in caught.value.remedy


@pytest.mark.parametrize("text", ["", "{}", "[]", "not json"])
def test_a_useless_checksum_file_is_named(copied_folder: Path, text: str) -> None:
    (copied_folder / asset.CHECKSUMS_NAME).write_text(text)
    with pytest.raises(ClassroomError, match="checksum of the built-in digits cannot be read"):
        load_digits(copied_folder)


def test_the_package_does_not_wait_for_tensorflow() -> None:
    code = "import sys, cnn_core.data.digits; print([m for m in ('tensorflow', 'keras', 'PIL') if m in sys.modules])"
    root = Path(__file__).resolve().parents[3]
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=root)
    assert result.stdout.strip() == "[]"
