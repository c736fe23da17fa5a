"""Any number of any network: its terms add up, and each was made of those below it. Held against the loops."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import Phase, assume, given, settings

from cnn_core.architecture.layers import (
    LAYER_KINDS,
    Conv2D,
    Dense,
    Flatten,
    GlobalPooling2D,
    Pooling2D,
    ResidualBlock,
    SeparableConv2D,
)
from cnn_core.architecture.shapes import find_problem, network_figures
from cnn_core.architecture.spec import NetworkSpec
from cnn_core.architecture.weight_shapes import network_nodes
from cnn_core.inspection.provenance import IMAGE, Position, Provenance, Unexplained, WeightedSum
from cnn_core.inspection.provenance.chain import ORIGINS, VALUES, Field
from cnn_core.inspection.provenance.nodes import build_nodes
from cnn_core.inspection.records import LayerOutput
from tests.cnn_core.inspection.provenance.networks import looped, some_positions
from tests.oracles import STEADY, TINY, network_specs

CLOSE = {"rel": 1e-4, "abs": 1e-5}


def check_chain(provenance: Provenance, position: Position) -> None:
    """Every step gives the number that the step above it took."""
    chain = provenance.chain(position)
    last = chain[-1]
    assert last.position.node == IMAGE or (isinstance(last, WeightedSum) and not last.is_inside.any())
    for above, below in pairwise(chain):
        assert above.has_source(below.position)
        taken = [term.value for term in above.terms() if term.source == below.position]
        assert taken == pytest.approx([below.result], **CLOSE)
        if isinstance(above, WeightedSum):
            total = sum(term.value * (term.weight or 0.0) for term in above.terms())
            assert total + (above.bias or 0.0) == pytest.approx(above.activation.before, **CLOSE)
            assert above.channel_sums.sum() == pytest.approx(total, **CLOSE)


@settings(STEADY, max_examples=60, phases=[Phase.generate])
@given(network_specs(TINY, side=7))
def test_records_give_the_numbers_of_the_loops(spec: NetworkSpec) -> None:
    assume(find_problem(spec) is None)
    provenance = looped(spec, seed=len(spec.layers))
    for position in some_positions(spec, provenance, seed=3, most=2):
        assert provenance.origin(position).result == pytest.approx(provenance.value(position), **CLOSE)
    check_chain(provenance, Position(spec.layer_names[-1]))


BLOCKS = (
    ResidualBlock(filters=3, stride=2),
    ResidualBlock(filters=3, has_batch_norm=False, activation="softmax"),
    SeparableConv2D(filters=2, padding="same", activation="gelu"),
    ResidualBlock(filters=2, kernel_size=1, stride=2, activation="elu"),
    GlobalPooling2D(),
    Dense(units=1, activation="sigmoid"),
)


def test_any_number_within_a_block_can_be_followed() -> None:
    provenance = looped(NetworkSpec((9, 8, 2), BLOCKS), seed=1)
    positions = [position for name in provenance.nodes for position in [Position(name, 0)]]
    assert len(positions) > 20
    for position in positions:
        assert provenance.origin(position).result == pytest.approx(provenance.value(position), **CLOSE)
        check_chain(provenance, position)


def test_another_number_than_the_largest_is_followed_where_one_is_chosen() -> None:
    spec = NetworkSpec((6, 6, 1), (Conv2D(filters=2, padding="same"), Pooling2D(), Flatten(), Dense(units=2)))
    provenance = looped(spec)
    top = Position("dense_1", 1)
    usual = [origin.position for origin in provenance.chain(top)]
    for term in provenance.origin(top).terms():
        assert term.source is not None
        chain = provenance.chain(top, {top: term.source})
        assert chain[1].position == term.source
    for wrong in (Position("flatten_1", 18), Position("conv_1", 0), Position(IMAGE)):
        assert [origin.position for origin in provenance.chain(top, {top: wrong})] == usual
    assert [origin.position for origin in provenance.chain(top, {Position("conv_1", 1, 5, 5): top})] == usual


def seen(provenance: Provenance, position: Position, known: set[Position]) -> set[tuple[int, int]]:
    """The pixels that are found by following every term, not only the largest."""
    if position in known:
        return set()
    known.add(position)
    if position.node == IMAGE:
        return {(position.row, position.column)}
    sources = [term.source for term in provenance.origin(position).terms() if term.source is not None]
    return set().union(*(seen(provenance, source, known) for source in sources))


def pixels(field: Field) -> set[tuple[int, int]]:
    down, across = ([i for first, last in runs for i in range(first, last + 1)] for runs in (field.rows, field.columns))
    return {(row, column) for row in down for column in across}


@pytest.mark.parametrize(
    ("layers", "position"),
    [
        ((Conv2D(filters=2, dilation_rate=2), Pooling2D()), Position("pool_1", 1, 1, 0)),
        ((ResidualBlock(filters=2, stride=2),), Position("residual_1", 0, 3, 3)),
        ((Conv2D(filters=2), Pooling2D(), Flatten()), Position("flatten_1", 15)),
        ((Pooling2D(), Flatten(), Dense(units=2)), Position("dense_1", 1)),
        ((Conv2D(filters=1),), Position(IMAGE, 0, 3, 2)),
    ],
)
def test_the_receptive_field_is_all_that_can_be_reached(layers: tuple, position: Position) -> None:
    provenance = looped(NetworkSpec((8, 9, 1), layers))
    field = provenance.receptive_field(position)
    reached = seen(provenance, position, set())
    assert pixels(field) == reached
    assert field.pixel_count == len(reached)
    rows, columns = zip(*reached, strict=True)
    assert field.box == (min(rows), min(columns), max(rows) + 1, max(columns) + 1)


def test_a_kernel_that_lies_on_padding_alone_sees_nothing() -> None:
    layer = Conv2D(filters=1, kernel_height=4, kernel_width=1, dilation_rate=3, padding="same")
    provenance = looped(NetworkSpec((1, 3, 1), (layer,)))
    (origin,) = provenance.chain(Position("conv_1", 0, 0, 1))
    assert isinstance(origin, WeightedSum)
    assert origin.result == pytest.approx(origin.bias)
    field = provenance.receptive_field(Position("conv_1", 0, 0, 1))
    assert (field.pixel_count, field.box) == (0, None)


def test_every_kind_of_layer_is_known() -> None:
    for kind in LAYER_KINDS.values():
        layers = (Flatten(), kind()) if kind is Dense else (kind(),)
        spec = NetworkSpec((8, 8, 1), layers)
        shapes = [shape for node in network_nodes(spec) for shape in node.shapes]
        nodes = build_nodes(spec, [np.zeros(shape, np.float32) for shape in shapes])
        for node in nodes.values():
            assert node.class_name in ORIGINS
            if node.name not in spec.layer_names:
                assert node.class_name in VALUES
        assert nodes[spec.layer_names[-1]].output_shape == network_figures(spec).output_shape


def test_an_unknown_kind_of_layer_ends_the_way(monkeypatch: pytest.MonkeyPatch) -> None:
    spec = NetworkSpec((6, 6, 1), (Conv2D(filters=2), Pooling2D()))
    provenance = looped(spec)
    monkeypatch.setattr("cnn_core.inspection.provenance.chain.ORIGINS", {"MaxPooling2D": ORIGINS["MaxPooling2D"]})
    chain = provenance.chain(Position("pool_1"))
    assert [type(origin).__name__ for origin in chain] == ["Pooled", "Unexplained"]
    assert isinstance(chain[-1], Unexplained)
    assert chain[-1].result == chain[0].result


@pytest.mark.filterwarnings("error")
def test_a_network_that_lost_its_numbers_is_shown_as_it_is() -> None:
    spec = NetworkSpec((6, 6, 1), (Conv2D(filters=2), Pooling2D(), Flatten(), Dense(units=3, activation="softmax")))
    provenance = looped(spec)
    weights = [np.full_like(array, np.nan) for node in provenance.nodes.values() for array in node.weights]
    image = np.zeros((6, 6, 1), np.uint8)
    outputs = [
        LayerOutput(name, layer.kind, np.full(provenance.nodes[name].output_shape, np.nan, np.float32))
        for name, layer in zip(spec.layer_names, spec.layers, strict=True)
    ]
    chain = Provenance(spec, weights, image, outputs).chain(Position("dense_1"))
    assert len(chain) == 5
    assert all(np.isnan(origin.result) for origin in chain[:-1])


@pytest.mark.parametrize(
    "position",
    [
        Position("conv_9"),
        Position("conv_1", 2),
        Position("conv_1", 0, 4),
        Position("conv_1", 0, 0, -1),
        Position("flatten_1", 32),
        Position("flatten_1", 0, 1),
        Position(IMAGE, 1),
    ],
)
def test_a_number_that_does_not_exist_is_refused(position: Position) -> None:
    provenance = looped(NetworkSpec((6, 6, 1), (Conv2D(filters=2), Flatten())))
    for ask in (provenance.origin, provenance.receptive_field, provenance.value):
        with pytest.raises(ValueError, match=r"must .* Received: "):
            ask(position)


def test_weights_and_outputs_of_another_network_are_refused() -> None:
    spec = NetworkSpec((6, 6, 1), (Conv2D(filters=2),))
    good = looped(spec)
    weights = list(good.nodes["conv_1"].weights)
    outputs = [LayerOutput("conv_1", "conv2d", np.zeros((4, 4, 2), np.float32))]
    image = np.zeros((6, 6, 1), np.uint8)
    assert Provenance(spec, weights, image, outputs)
    with pytest.raises(ValueError, match=r"weights must have the shapes"):
        Provenance(spec, weights[:1], image, outputs)
    with pytest.raises(ValueError, match=r"image and outputs must have the shapes"):
        Provenance(spec, weights, image[:5], outputs)
    with pytest.raises(ValueError, match=r"image and outputs must have the shapes"):
        Provenance(spec, weights, image, [])


def _described(spec: NetworkSpec) -> tuple:
    from cnn_core.architecture.weight_shapes import network_nodes

    return network_nodes(spec)
