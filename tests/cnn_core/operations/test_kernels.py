"""Kernels by name, at random, and typed: each does what is said of it, and bad numbers get one sentence."""

from __future__ import annotations

from contextlib import suppress

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from cnn_core.errors import ClassroomError
from cnn_core.operations.convolution import cross_correlate1d, cross_correlate2d
from cnn_core.operations.kernels import KERNELS, kernel_from_text, random_kernel
from cnn_core.operations.rows import LEAST_NUMBERS, MOST_NUMBERS, ROW_KERNELS, ROWS, TAPS
from cnn_core.operations.typed_numbers import MOST_SIZE, grid_from_text, numbers_text, row_from_text

EVEN = np.full((5, 5), 7.0)
RIGHT = np.tile([0.0, 0, 0, 9, 9, 9], (6, 1))
"""Gets brighter to the right."""


def over(slug: str, image: np.ndarray) -> np.ndarray:
    return cross_correlate2d(image, KERNELS[slug].weights)


# --- what they do -------------------------------------------------------------------------------------------------


def test_the_textbook_kernel_gives_the_textbook_numbers() -> None:
    assert over("counting", np.arange(9).reshape(3, 3)).tolist() == [[19, 25], [37, 43]]


@pytest.mark.parametrize("slug", ["edges", "sobel-x", "sobel-y", "laplacian"])
def test_edge_kernels_say_nothing_of_even_surfaces(slug: str) -> None:
    assert not over(slug, EVEN).any()


@pytest.mark.parametrize("slug", ["identity", "sharpen", "blur", "emboss"])
def test_others_leave_an_even_surface_as_it_is(slug: str) -> None:
    np.testing.assert_allclose(over(slug, EVEN), 7)


def test_sobel_tells_directions_and_signs_apart() -> None:
    assert (over("sobel-x", RIGHT)[:, 1:3] == 36).all()
    assert (over("sobel-x", RIGHT[:, ::-1])[:, 1:3] == -36).all()
    assert not over("sobel-y", RIGHT).any()
    assert (over("sobel-y", RIGHT.T)[1:3] == 36).all()
    assert not over("sobel-x", RIGHT.T).any()


def test_identity_copies_sharpening_overshoots_and_blurring_smooths() -> None:
    np.testing.assert_array_equal(over("identity", RIGHT), RIGHT[1:-1, 1:-1])
    assert over("sharpen", RIGHT)[0].tolist() == [0, -9, 18, 9]
    assert over("blur", RIGHT)[0].tolist() == [0, 2.25, 6.75, 9]
    assert over("emboss", RIGHT)[0, 1] > 0
    assert over("emboss", RIGHT[:, ::-1])[0, 2] < 0, "shadow on the other side"


def test_each_has_its_own_name_and_can_be_typed() -> None:
    assert len({kernel.title for kernel in KERNELS.values()}) == len(KERNELS)
    for slug, kernel in KERNELS.items():
        assert kernel.slug == slug
        np.testing.assert_array_equal(kernel_from_text(numbers_text(kernel.rows)), kernel.weights)


def test_random_kernels_follow_their_seed() -> None:
    kernels = [random_kernel(seed) for seed in range(20)]
    assert len({kernel.tobytes() for kernel in kernels}) == 20
    assert np.abs(kernels).max() <= 1
    assert random_kernel(3, side=5).shape == (5, 5)
    np.testing.assert_array_equal(random_kernel(3), kernels[3])


def test_rows_can_be_typed_and_their_kernels_have_three_taps() -> None:
    for row in ROWS.values():
        assert tuple(row_from_text(numbers_text(row.values), LEAST_NUMBERS, MOST_NUMBERS)) == row.values
    assert {len(kernel.values) for kernel in ROW_KERNELS.values()} == {TAPS}
    ramp = np.arange(6.0)
    results = {slug: cross_correlate1d(ramp, np.array(kernel.values)) for slug, kernel in ROW_KERNELS.items()}
    assert {slug: result.tolist() for slug, result in results.items()} == {
        "slope": [2, 2, 2, 2],
        "mean": [1, 2, 3, 4],
        "bend": [0, 0, 0, 0],
        "copy": [1, 2, 3, 4],
        "shift": [2, 3, 4, 5],
    }


# --- typed --------------------------------------------------------------------------------------------------------


@given(
    hnp.arrays(
        np.float64, hnp.array_shapes(min_dims=2, max_dims=2, max_side=7), elements=st.floats(-999, 999, width=16)
    )
)
def test_what_is_written_is_read_again(grid: np.ndarray) -> None:
    np.testing.assert_array_equal(grid_from_text(numbers_text(grid)), grid)


@pytest.mark.parametrize(
    ("text", "grid"),
    [
        ("1 2\n3 4", [[1, 2], [3, 4]]),
        ("  1, 2 ;\n\n −3\t.5 \n", [[1, 2], [-3, 0.5]]),
        ("1 2; 3 4", [[1, 2], [3, 4]]),
        ("[1/4 -1/2]\n[+2 –1]", [[0.25, -0.5], [2, -1]]),
    ],
)
def test_people_type_in_many_ways(text: str, grid: list[list[float]]) -> None:
    assert kernel_from_text(text).tolist() == grid


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "There are no numbers here. Type one row"),
        ("1 2\n3", "Row 1 has 2 numbers and row 2 has 1. Type equally many"),
        ("1 2\n3 x", "“x” is not a number. Write numbers as 2, -1"),
        ("1 2\n3 nan", "“nan” is not a number"),
        ("1 2\n3 1e5", "“1e5” is not a number"),
        ("1 2\n3 1/0", "“1/0” divides by zero"),
        ("1 2\n3 1/2/3", "is not a number"),
        ("1 2\n3 99999", "99999 is too far from zero. Choose numbers from −1,000 to 1,000"),
        ("1 2\n3 " + "9" * 400, "is not a number"),
        (
            "1 2 3",
            "This kernel has 1×3 numbers; here a kernel has from 2×2 to 7×7. The nearest that works has 2 rows of 3",
        ),
        ("\n".join(["1 " * 9] * 9), "The nearest that works has 7 rows of 7 numbers"),
        ("1 2\n" * 5000, "too long a text"),
    ],
)
def test_bad_numbers_get_one_sentence_with_the_remedy(text: str, problem: str) -> None:
    with pytest.raises(ClassroomError) as caught:
        kernel_from_text(text)
    assert problem in str(caught.value)
    assert caught.value.remedy


@given(st.text(max_size=60))
def test_whatever_is_typed_becomes_numbers_or_a_sentence(text: str) -> None:
    with suppress(ClassroomError):
        assert np.abs(grid_from_text(text)).max() <= MOST_SIZE


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("1 2", "Here are 2 numbers, and there must be exactly 3. Type 1 more."),
        ("1 2 3 4 5", "Here are 5 numbers, and there must be exactly 3. Take away 2 of them."),
        ("1 b 3", "“b” is not a number."),
    ],
)
def test_a_row_of_another_length_is_said(text: str, problem: str) -> None:
    with pytest.raises(ClassroomError) as caught:
        row_from_text(text, 3, 3)
    assert problem in str(caught.value)


def test_a_row_of_a_range_of_lengths() -> None:
    assert len(row_from_text("1 2 3 4 5 6", 3, 24)) == 6
    with pytest.raises(ClassroomError, match="there must be from 6 to 24"):
        row_from_text("1 2", 6, 24)
