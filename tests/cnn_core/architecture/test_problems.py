"""Networks that cannot be built: what is said of them, and that what is proposed works and is the nearest."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import Phase, assume, given, settings
from hypothesis import strategies as st

from cnn_core.architecture import shapes
from cnn_core.architecture.fields import WholeNumber, domain_of
from cnn_core.architecture.layers import (
    Activation,
    BatchNormalization,
    Conv2D,
    Dense,
    Dropout,
    Flatten,
    GlobalPooling2D,
    Layer,
    Pooling2D,
    ResidualBlock,
    SeparableConv2D,
)
from cnn_core.architecture.shapes import Problem, find_problem, network_figures
from cnn_core.architecture.spec import NetworkSpec
from cnn_core.errors import ClassroomError
from tests.oracles import (
    SMALL,
    STEADY,
    WINDOW_MISFITS,
    image_shapes,
    misfits,
    network_specs,
    records,
    unpadded_layers,
)


def with_value(spec: NetworkSpec, problem: Problem, value: object) -> NetworkSpec:
    """Change the setting that a problem names."""
    layers = list(spec.layers)
    layers[problem.layer_index] = replace(layers[problem.layer_index], **{problem.field: value})  # type: ignore[type-var]
    return NetworkSpec(spec.input_shape, tuple(layers))


def is_solved(spec: NetworkSpec, before: Problem) -> bool:
    """Whether the layer's setting is no longer in the way; a window that fits may still have too many filters."""
    problem = find_problem(spec)
    return problem is None or (problem.layer_index, problem.field) != (before.layer_index, before.field)


def is_still_in_the_way(spec: NetworkSpec, before: Problem, value: int) -> bool:
    """Whether another value of the setting would leave the problem as it is.

    A kernel is tried as narrow as possible in its other direction, so that only this direction is judged; where a
    dilation makes it too long, it may be the dilation that is named then.
    """
    other_side = {"kernel_height": "kernel_width", "kernel_width": "kernel_height"}.get(before.field)
    tried = with_value(spec, before, value)
    if other_side:
        tried = with_value(tried, replace(before, field=other_side), 1)
    problem = find_problem(tried)
    names = {before.field, "dilation_rate"} if other_side else {before.field}
    return problem is not None and problem.layer_index == before.layer_index and problem.field in names


def channels_before(spec: NetworkSpec, index: int) -> int:
    """How many channels, or numbers, come into a layer."""
    return network_figures(NetworkSpec(spec.input_shape, spec.layers[:index])).output_shape[-1] if index else 0


def check_proposal(spec: NetworkSpec, problem: Problem) -> None:
    """What a problem proposes solves it; nothing between it and the value that is there does."""
    layer = spec.layers[problem.layer_index]
    domain, current = domain_of(layer, problem.field), getattr(layer, problem.field)
    assert isinstance(domain, WholeNumber)
    nearest = domain.low - 1 if problem.nearest is None else problem.nearest
    assert isinstance(nearest, int)
    assert nearest < current
    if problem.nearest is not None:
        assert domain.admits(nearest)
        assert is_solved(with_value(spec, problem, nearest), problem)
    between = range(nearest + 1, current)
    some = {*between[:2], *between[-2:], *between[:: max(len(between) // 6, 1)]}
    some |= {channels_before(spec, problem.layer_index)} & {*between}
    assert all(is_still_in_the_way(spec, problem, value) for value in some)


STRIDING = st.sampled_from((Conv2D, SeparableConv2D, Pooling2D, ResidualBlock)).flatmap(
    lambda kind: records(kind, SMALL | {"dilation_rate": 1})
)
WINDOWED = (Conv2D, SeparableConv2D, Pooling2D)
SMALL_WINDOW = {"stride": 1, "kernel_size": 2}


def too_many(*layers: st.SearchStrategy[Layer]) -> st.SearchStrategy[NetworkSpec]:
    """Networks on large images, of which many are beyond the limits."""
    return st.builds(NetworkSpec, image_shapes(least=100), st.tuples(*layers))


NETWORKS = {
    "any": (network_specs() | network_specs(SMALL, side=16), set()),
    "windows": (st.builds(NetworkSpec, image_shapes(16), st.tuples(unpadded_layers(*WINDOWED))), set()),
    **{
        f"{kind.kind}-{field}": (misfits(kind, field), {(kind, field)})
        for kind in WINDOWED
        for field in WINDOW_MISFITS
        if hasattr(kind, field)
    },
    **{
        f"{kind.kind}-sizes": (too_many(records(kind, {"dilation_rate": 1})), {(kind, "filters")})
        for kind in (Conv2D, SeparableConv2D, ResidualBlock)
    },
    "two-blocks": (
        too_many(records(ResidualBlock), records(ResidualBlock, SMALL_WINDOW)),
        {(ResidualBlock, "filters")},
    ),
    "dense-sizes": (too_many(st.just(Flatten()), records(Dense)), {(Dense, "units")}),
}
"""Networks with problems of every sort, and the kinds and settings that have to be among them."""


@pytest.mark.parametrize("sort", NETWORKS)
def test_what_a_problem_proposes_works_and_is_the_nearest(sort: str) -> None:
    seen: Counter[tuple[type[Layer], str]] = Counter()
    specs, expected = NETWORKS[sort]

    @settings(STEADY, max_examples=60 if expected else 120, phases=[Phase.generate])
    @given(specs)
    def check(spec: NetworkSpec) -> None:
        problem = find_problem(spec)
        assume(problem is not None and problem.field)
        assert problem is not None
        check_proposal(spec, problem)
        seen[type(spec.layers[problem.layer_index]), problem.field] += 1

    check()
    assert seen.keys() >= expected


@settings(STEADY, max_examples=100)
@given(network_specs())
def test_a_problem_is_a_sentence_and_figures_refuse_with_it(spec: NetworkSpec) -> None:
    problem = find_problem(spec)
    if problem is None:
        figures = network_figures(spec)
        assert 0 <= figures.trainable_parameters <= figures.parameters <= shapes.MAX_PARAMETERS
        assert figures.multiply_adds <= shapes.MAX_MULTIPLY_ADDS
        assert figures.held_bytes <= shapes.MAX_ACTIVATIONS * shapes.BYTES_PER_NUMBER
        assert all(n >= 1 for row in figures.layers for n in row.output_shape)
        return
    assert problem.message[0].isupper()
    assert problem.message.endswith(".")
    assert not problem.field or hasattr(spec.layers[problem.layer_index], problem.field)
    with pytest.raises(ClassroomError) as caught:
        network_figures(spec)
    assert caught.value.problem == problem.message


def conv(height: int = 3, width: int = 3, **settings: int | str) -> Conv2D:
    return Conv2D(kernel_height=height, kernel_width=width, **settings)  # type: ignore[arg-type]


def problem_of(shape: tuple[int, int, int], *layers: Layer) -> tuple[int, str, object, str]:
    problem = find_problem(NetworkSpec(shape, layers))
    assert problem is not None
    return problem.layer_index, problem.field, problem.nearest, problem.message


def test_layers_before_the_problem_are_fine() -> None:
    assert problem_of((4, 4, 1), conv(), conv(), conv(5)) == (
        1,
        "kernel_height",
        2,
        "A kernel of 3×3 does not fit into what is left of the image here, 2×2; a height of 2 is the largest that "
        "does.",
    )


def test_a_kernel_that_is_too_large_both_ways_is_told_of_one_way_at_a_time() -> None:
    assert problem_of((4, 5, 1), conv(7, 9))[:3] == (0, "kernel_height", 4)
    assert problem_of((4, 5, 1), conv(4, 9))[:3] == (0, "kernel_width", 5)
    assert find_problem(NetworkSpec((4, 5, 1), (conv(4, 5),))) is None


def test_a_dilation_that_reaches_too_far_is_named_with_its_reach() -> None:
    assert problem_of((9, 12, 1), conv(dilation_rate=5)) == (
        0,
        "dilation_rate",
        4,
        "A kernel of 3×3 with dilation 5 reaches over 11×11 pixels, more than what is left of the image here, 9×12; "
        "dilation 4 is the most that fits.",
    )


def test_a_dilation_has_to_fit_both_ways() -> None:
    """Height would allow 4; width, the tighter one, allows 2."""
    assert problem_of((9, 5, 1), conv(dilation_rate=5))[:3] == (0, "dilation_rate", 2)
    assert problem_of((5, 9, 1), conv(dilation_rate=5))[:3] == (0, "dilation_rate", 2)
    assert problem_of((9, 9, 1), conv(2, 5, dilation_rate=5))[:3] == (0, "dilation_rate", 2)


def test_a_kernel_that_no_dilation_makes_fit_gets_smaller_instead() -> None:
    assert problem_of((9, 4, 1), conv(3, 5, dilation_rate=2))[:3] == (0, "kernel_width", 2)
    assert problem_of((4, 9, 1), conv(5, 3, dilation_rate=8))[:2] == (0, "kernel_height")


def test_stride_and_dilation_exclude_each_other() -> None:
    for kind in (Conv2D, SeparableConv2D):
        index, field, nearest, message = problem_of((20, 20, 1), kind(stride=2, dilation_rate=3))
        assert (index, field, nearest) == (0, "dilation_rate", 1)
        assert "not both: here the stride is 2 and the dilation 3." in message


def test_a_pool_that_does_not_fit_names_the_largest() -> None:
    assert problem_of((6, 9, 1), Pooling2D(pool_size=7)) == (
        0,
        "pool_size",
        6,
        "A pool of 7×7 does not fit into what is left of the image here, 6×9; 6×6 is the largest that does.",
    )


def test_same_padding_takes_any_window() -> None:
    layers = (conv(15, 15, padding="same", dilation_rate=8), Pooling2D(pool_size=15, padding="same"), ResidualBlock())
    assert find_problem(NetworkSpec((1, 1, 1), layers)) is None


@pytest.mark.parametrize(
    ("layers", "index", "words"),
    [
        ((Dense(),), 0, "put a flatten layer before it"),
        ((Flatten(), Conv2D()), 1, "A convolution needs an image"),
        ((Flatten(), SeparableConv2D()), 1, "A convolution needs an image"),
        ((Flatten(), ResidualBlock()), 1, "A residual block needs an image"),
        ((Flatten(), Dropout(), Pooling2D()), 2, "Pooling needs an image"),
        ((GlobalPooling2D(), GlobalPooling2D()), 1, "Global pooling needs an image"),
    ],
)
def test_a_layer_in_the_wrong_place_has_no_field(layers: tuple[Layer, ...], index: int, words: str) -> None:
    found = problem_of((8, 8, 1), *layers)
    assert found[:3] == (index, "", None)
    assert words in found[3]


def test_a_quarter_of_a_billion_units_is_no_layer() -> None:
    with pytest.raises(
        ValueError, match=r"Dense.units must be a whole number from 1 to 8192. Received: units=250000000"
    ):
        Dense(units=250_000_000)


def test_too_many_weights_name_the_number_that_fits() -> None:
    assert problem_of((512, 512, 1), Flatten(), Dense(units=8192)) == (
        1,
        "units",
        20_000_000 // (512 * 512 + 1),
        "With this layer (262144 in) the network has 2,147,491,840 parameters; 20,000,000 is the most that this app "
        "builds.",
    )


def test_too_much_work_is_refused_although_the_weights_are_few() -> None:
    index, field, nearest, message = problem_of((256, 256, 4), conv(15, 15, filters=200, padding="same"))
    assert (index, field, nearest) == (0, "filters", 2_000_000_000 // (256 * 256 * 15 * 15 * 4))
    assert "multiply-adds per image" in message


def test_too_many_numbers_to_hold_are_refused() -> None:
    index, field, nearest, message = problem_of((512, 512, 1), conv(1, 1, filters=100))
    assert (index, field, nearest) == (0, "filters", 20_000_000 // 512**2)
    assert "numbers to hold per image" in message


def test_what_a_layer_computes_on_the_way_has_to_be_held_too() -> None:
    """A separable convolution holds its depthwise half, a block the results of all its layers."""
    separable = SeparableConv2D(filters=100, kernel_height=1, kernel_width=1)
    assert problem_of((512, 512, 4), separable)[:3] == (0, "filters", 20_000_000 // 512**2 - 4)
    with_skip = ResidualBlock(filters=100, kernel_size=1, has_batch_norm=True)
    assert problem_of((512, 512, 4), with_skip)[:3] == (0, "filters", 20_000_000 // 512**2 // 8)


def test_one_number_answers_several_limits_at_once() -> None:
    """The layer has too many weights and does too much work: the proposal keeps both within bounds."""
    start = conv(filters=1000, stride=8, padding="same")
    spec = NetworkSpec((400, 400, 1), (start, conv(5, 5, filters=1000, padding="same")))
    problem = find_problem(spec)
    assert problem is not None
    check_proposal(spec, problem)


def test_as_many_filters_as_channels_may_fit_where_fewer_do_not() -> None:
    """With as many filters as channels come in, a block does without the convolution on its skip."""
    before = conv(1, 1, filters=790)
    spec = NetworkSpec((105, 15, 1), (before, ResidualBlock(filters=1024, kernel_size=1)))
    problem = find_problem(spec)
    assert problem is not None
    assert problem.nearest == 790
    assert not is_solved(with_value(spec, problem, 789), problem)
    check_proposal(spec, problem)


SIDES = {"kernel_height": lambda height, width: height, "kernel_width": lambda height, width: width, "pool_size": min}
"""The side that is too short for a window, by the setting that says how large the window is."""


def blamed(spec: NetworkSpec, problem: Problem) -> list[str]:
    """The layers whose stride a problem names."""
    found = re.search(r"A smaller stride in (.*) would leave more of it\.$", problem.message)
    return re.split(r", | or ", found[1]) if found else []


def left_over(spec: NetworkSpec, problem: Problem) -> int:
    """How many pixels come into the layer with the problem, in the direction that is too short."""
    earlier = NetworkSpec(spec.input_shape, spec.layers[: problem.layer_index])
    height, width, _ = network_figures(earlier).output_shape
    return SIDES[problem.field](height, width)


def test_a_stride_is_blamed_if_and_only_if_a_smaller_one_leaves_more() -> None:
    seen: Counter[int] = Counter()

    @settings(STEADY, max_examples=60, phases=[Phase.generate])
    @given(
        st.builds(
            NetworkSpec,
            image_shapes(24),
            st.tuples(STRIDING, STRIDING, unpadded_layers(*WINDOWED)),
        )
    )
    def check(spec: NetworkSpec) -> None:
        problem = find_problem(spec)
        assume(problem is not None and problem.layer_index == 2 and problem.field in SIDES)
        assert problem is not None
        names = blamed(spec, problem)
        for index in (0, 1):
            layers = list(spec.layers)
            layers[index] = replace(layers[index], stride=1)  # type: ignore[type-var]
            leaves_more = left_over(NetworkSpec(spec.input_shape, tuple(layers)), problem) > left_over(spec, problem)
            assert (spec.layer_names[index] in names) == leaves_more
            seen[leaves_more] += 1

    check()
    assert min(seen[False], seen[True]) >= 5


def test_a_layer_without_size_can_only_be_told_of() -> None:
    layers = (conv(1, 1, filters=70), BatchNormalization(), Activation())
    assert problem_of((512, 512, 1), *layers)[:3] == (1, "", None)


def test_where_no_size_is_small_enough_none_is_proposed() -> None:
    layers = (conv(1, 1, filters=76), conv(1, 1, filters=9))
    assert problem_of((512, 512, 1), *layers)[:3] == (1, "filters", None)
