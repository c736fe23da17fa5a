"""Receptive fields by formula and by masks: against printed examples, against each other, and their odd cases."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from cnn_core.architecture.layers import (
    Activation,
    BatchNormalization,
    Conv2D,
    Dense,
    Flatten,
    GlobalPooling2D,
    Layer,
    Pooling2D,
    ResidualBlock,
    SeparableConv2D,
)
from cnn_core.architecture.receptive_field import AxisField, Reach, image_reach, mask_runs, network_reach
from cnn_core.architecture.shapes import find_problem, network_figures
from cnn_core.architecture.spec import NetworkSpec
from tests.oracles import SMALL, STEADY, network_specs, window_places


def conv(size: int, stride: int = 1, dilation_rate: int = 1, padding: str = "same") -> Conv2D:
    return Conv2D(
        filters=1, kernel_height=size, kernel_width=size, stride=stride, dilation_rate=dilation_rate, padding=padding
    )


def sizes_and_jumps(side: int, *layers: Layer) -> list[tuple[int, int]]:
    """The field after each layer by formula; the images are square, and so are the windows."""
    result = []
    for row in network_figures(NetworkSpec((side, side, 1), layers)).layers:
        assert row.fields is not None
        assert row.fields[0] == row.fields[1]
        result.append((row.fields[0].size, row.fields[0].jump))
    return result


def test_small_kernels_on_top_of_each_other_see_as_far_as_a_large_one() -> None:
    """Simonyan & Zisserman 2015, section 2.3: two layers of 3×3 see 5×5, three see 7×7."""
    assert sizes_and_jumps(32, conv(3), conv(3), conv(3)) == [(3, 1), (5, 1), (7, 1)]
    assert sizes_and_jumps(32, conv(5), conv(7)) == [(5, 1), (11, 1)]


def test_vgg_16_sees_212_pixels() -> None:
    """Araujo, Norris & Sim 2019, table 1: VGG-16 has a receptive field of 212 and an effective stride of 32."""
    stack: list[Layer] = []
    for convolutions in (2, 2, 3, 3, 3):
        stack += [conv(3)] * convolutions + [Pooling2D()]
    fields = sizes_and_jumps(224, *stack)
    assert fields[-1] == (212, 32)
    assert [field for field, layer in zip(fields, stack, strict=True) if isinstance(layer, Pooling2D)] == [
        (6, 2),
        (16, 4),
        (44, 8),
        (100, 16),
        (212, 32),
    ]


def test_alexnet_sees_195_pixels() -> None:
    """The same table: AlexNet (version 2) has 195 and 32."""
    pool = Pooling2D(pool_size=3, stride=2)
    stack = (conv(11, 4, padding="valid"), pool, conv(5), pool, conv(3), conv(3), conv(3), pool)
    assert sizes_and_jumps(224, *stack)[-1] == (195, 32)


def test_resnet_18_sees_435_pixels() -> None:
    """He et al. 2016, table 1, counted by hand: 7 + 4 + 4·8 + (8 + 3·16) + (16 + 3·32) + (32 + 3·64) = 435."""
    blocks = [ResidualBlock(filters=1, stride=stride) for stride in (1, 1, 2, 1, 2, 1, 2, 1)]
    stack = (conv(7, 2), Pooling2D(pool_size=3, stride=2, padding="same"), *blocks)
    assert sizes_and_jumps(224, *stack)[-1] == (7 + 4 + 4 * 8 + (8 + 3 * 16) + (16 + 3 * 32) + (32 + 3 * 64), 32)
    assert sizes_and_jumps(224, *stack)[-1] == (435, 32)


def test_doubling_the_dilation_doubles_the_field() -> None:
    """Yu & Koltun 2016, section 2: dilations 1, 2, 4 with 3×3 see 3×3, 7×7, 15×15 pixels."""
    assert [size for size, _ in sizes_and_jumps(64, *(conv(3, 1, rate) for rate in (1, 2, 4)))] == [3, 7, 15]


def test_layers_without_windows_keep_the_field_and_dense_ones_end_it() -> None:
    layers = (conv(3), BatchNormalization(), Activation(), Flatten(), Activation(), Dense(), Dense())
    rows = network_figures(NetworkSpec((8, 8, 1), layers)).layers
    field = (AxisField(3, 1), AxisField(3, 1))
    assert [row.fields for row in rows] == [field] * 5 + [None, None]
    assert [row.fields_before for row in rows] == [(AxisField(), AxisField())] + [field] * 5 + [None]
    rows = network_figures(NetworkSpec((8, 8, 1), (conv(3), GlobalPooling2D(), Dense()))).layers
    assert [row.fields for row in rows] == [field, None, None]


def test_softmax_over_a_list_ends_the_field_too() -> None:
    layers = (conv(3), Activation(activation="softmax"), Flatten(), Activation(activation="softmax"))
    rows = network_figures(NetworkSpec((8, 8, 1), layers)).layers
    assert [row.fields is None for row in rows] == [False, False, False, True]


def test_height_and_width_have_fields_of_their_own() -> None:
    layers = (Conv2D(kernel_height=2, kernel_width=5), SeparableConv2D(kernel_height=3, kernel_width=1, stride=2))
    rows = network_figures(NetworkSpec((16, 16, 1), layers)).layers
    assert [row.fields for row in rows] == [(AxisField(2), AxisField(5)), (AxisField(4, 2), AxisField(5, 2))]


def runs(spec: NetworkSpec) -> list[tuple[tuple[int, int], ...]]:
    """The rows that each place of the last layer sees."""
    return [mask_runs(mask) for mask in network_reach(spec)[-1].rows]


@pytest.mark.parametrize(
    ("side", "layer", "expected"),
    [
        (4, conv(3), [((0, 1),), ((0, 2),), ((1, 3),), ((2, 3),)]),
        (4, conv(2), [((0, 1),), ((1, 2),), ((2, 3),), ((3, 3),)]),  # one padded pixel: it comes last
        (5, conv(3, dilation_rate=2, padding="valid"), [((0, 0), (2, 2), (4, 4))]),
        (4, conv(3, dilation_rate=2), [((0, 0), (2, 2)), ((1, 1), (3, 3)), ((0, 0), (2, 2)), ((1, 1), (3, 3))]),
        (7, conv(2, stride=3, padding="valid"), [((0, 1),), ((3, 4),)]),  # the last two rows move nothing
        (6, Pooling2D(pool_size=1, stride=4), [((0, 0),), ((4, 4),)]),
        (3, conv(15), [((0, 2),)] * 3),
        (2, conv(2, dilation_rate=4), [(), ()]),  # both taps fall beside the image: nothing moves the output
        (5, ResidualBlock(kernel_size=1, stride=2), [((0, 0),), ((2, 2),), ((4, 4),)]),
        (4, ResidualBlock(kernel_size=2, stride=2), [((0, 3),), ((2, 3),)]),
    ],
)
def test_each_place_sees_its_rows(side: int, layer: Layer, expected: list[tuple[tuple[int, int], ...]]) -> None:
    assert runs(NetworkSpec((side, side, 1), (layer,))) == expected


def test_a_dense_layer_sees_what_any_place_saw() -> None:
    """A stride beyond the window leaves rows out, for good; a flatten layer itself looks no further."""
    layers = (Conv2D(kernel_height=1, kernel_width=2, stride=3), Flatten(), Dense())
    *_, flat, dense = network_reach(NetworkSpec((7, 7, 1), layers))
    assert [mask_runs(mask) for mask in flat.rows] == [((0, 0),), ((3, 3),), ((6, 6),)]
    assert [mask_runs(mask) for mask in dense.rows] == [((0, 0), (3, 3), (6, 6))]
    assert [mask_runs(mask) for mask in dense.columns] == [((0, 1), (3, 4))]
    assert dense.pixel_count == 3 * 4
    assert dense == Reach((0b1001001,), (0b11011,))


def test_the_image_sees_itself() -> None:
    assert image_reach((2, 3, 4)) == Reach((1, 2), (1, 2, 4))
    assert image_reach((2, 3, 4)).pixel_count == 6


@given(st.sets(st.integers(0, 600)))
def test_runs_are_the_mask(places: set[int]) -> None:
    found = mask_runs(sum(1 << place for place in places))
    assert [place for first, last in found for place in range(first, last + 1)] == sorted(places)
    assert all(last + 1 < first for (_, last), (first, _) in pairwise(found))


def uncut_extents(spec: NetworkSpec, axis: int) -> list[list[tuple[int, int] | None]]:
    """From the first to the last pixel that each place of each layer sees; nothing where padding cuts anything off.

    As in the loops: a window's places, and each window's extent from the extents at its two ends.
    """
    extents: list[tuple[int, int] | None] = [(place, place) for place in range(spec.input_shape[axis])]
    result = []
    for layer in spec.layers:
        for window in layer.windows():
            taps = (window.height, window.width)[axis]
            firsts = window_places(len(extents), taps, window.stride, window.padding, window.dilation_rate)
            lasts = [first + window.dilation_rate * (taps - 1) for first in firsts]
            ends = [
                (extents[first], extents[last]) if first >= 0 and last < len(extents) else (None, None)
                for first, last in zip(firsts, lasts, strict=True)
            ]
            extents = [(low[0], high[1]) if low and high else None for low, high in ends]
        result.append(extents)
    return result


def test_the_formula_is_the_exact_field_where_nothing_is_cut_off() -> None:
    """And where something is, no place sees further than the formula says."""
    seen: Counter[str] = Counter()

    @settings(STEADY, max_examples=100)
    @given(network_specs(SMALL, side=48))
    def compare(spec: NetworkSpec) -> None:
        assume(find_problem(spec) is None)
        figures, reaches = network_figures(spec).layers, network_reach(spec)
        for axis in (0, 1):
            for row, reach, extents in zip(figures, reaches, uncut_extents(spec, axis), strict=True):
                if row.fields is None:
                    break
                field, masks = row.fields[axis], (reach.rows, reach.columns)[axis]
                assert len(masks) == len(extents)
                for mask, extent in zip(masks, extents, strict=True):
                    if not mask:
                        assert not extent
                        continue
                    first, last = mask_runs(mask)[0][0], mask_runs(mask)[-1][1]
                    assert last - first + 1 <= field.size
                    if extent:
                        assert extent == (first, last)
                        assert last - first + 1 == field.size
                        seen["whole"] += 1
                    else:
                        seen["cut"] += 1
                for one, two in pairwise(extents):
                    assert not (one and two) or two[0] - one[0] == field.jump

    compare()
    assert min(seen.values()) > 200, seen
