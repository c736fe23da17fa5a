"""Rules on what a network sees of the image: how far each number looks, and which pixels nothing looks at."""

from __future__ import annotations

from collections.abc import Iterator

from cnn_core.architecture.advice.base import Advice, Case, joined, percent
from cnn_core.architecture.layers import Conv2D, GlobalPooling2D, Layer, SeparableConv2D, Window
from cnn_core.architecture.receptive_field import AxisField, Reach, image_reach

OBJECT_SHARE = 0.7
"""Share of the image's side that the object usually takes: MNIST's digits fill 20 of 28 pixels."""

PART_SHARE = 0.25
"""Share of the image's side that a telling part takes: a loop or a corner of a digit. A dense layer behind a flatten
layer puts parts together, so before it seeing parts is enough."""

EDGE_SHARE = (1 - OBJECT_SHARE) / 2
"""Share of the image's side that an object in the middle leaves free at each edge."""

FURTHER_CONVOLUTIONS = 2
"""One more convolution behind those that see the whole image is usual: it mixes features. Several are worth a word."""

GRID_SHARE = 0.5
"""A number that reads fewer than half of the pixels it reaches over sees a grid rather than a picture."""


def skipped_pixels(case: Case) -> Iterator[Advice]:
    """Nothing in the network reads some of the pixels: between strides, in the gaps of a dilation, or at an edge."""
    height, width, _ = case.spec.input_shape
    total, last = height * width, case.reach[-1]
    if not (_has_gaps(last) or _lost_at_edge(last, height, width)):
        return
    before = (image_reach(case.spec.input_shape), *case.reach)
    losses = [one.pixel_count - two.pixel_count for one, two in zip(before, case.reach, strict=False)]
    index = losses.index(max(losses))
    unread = total - last.pixel_count
    layer = case.rows[index].layer
    has_dilation = any(window.dilation_rate > 1 for window in layer.windows())
    because = "because" if losses[index] == unread else "most of them because"
    yield Advice(
        "skipped-pixels",
        f"Nothing ever reads {percent(unread / total)} of the image's pixels ({unread:,} of {total:,}), {because} "
        f"of {case.name(index)}: {_cause(layer, case.reach[index])}",
        "What no layer reads cannot influence the answer: the network would say the same if those pixels were black.",
        "dilation" if has_dilation else "stride",
        index,
    )


def _has_gaps(reach: Reach) -> bool:
    """Whether there are pixels that nothing reads between pixels that are read."""
    return any(_span(mask) > mask.bit_count() for mask in (reach.all_rows, reach.all_columns))


def _lost_at_edge(reach: Reach, height: int, width: int) -> bool:
    sides = ((reach.all_rows, height), (reach.all_columns, width))
    return any(side - _span(mask) > EDGE_SHARE * side for mask, side in sides)


def _span(mask: int) -> int:
    """Count the pixels from the first to the last of a mask."""
    return mask.bit_length() - (mask & -mask).bit_length() + 1 if mask else 0


def _cause(layer: Layer, reach: Reach) -> str:
    has_gaps = _has_gaps(reach)
    if not reach.pixel_count:
        return "all that its window reads is padding. Take a smaller dilation."
    for window in layer.windows():
        size = f"{window.height}×{window.width}"
        if has_gaps and window.dilation_rate > 1:
            return f"its window of {size} with dilation {window.dilation_rate} leaves gaps. Take a smaller dilation."
        if has_gaps and window.stride > min(window.height, window.width):
            return (
                f"its window of {size} moves {window.stride} pixels at a time and leaves out what lies between. "
                "Take a stride no larger than the window."
            )
    if has_gaps:
        return "its stride leaves out places whose pixels no other place sees. Take a smaller stride."
    return "its window does not fit once more at the edge. “Same” padding, or a smaller stride, lets it."


def small_field(case: Case) -> Iterator[Advice]:
    """The last feature maps see too little of the image."""
    bridge = case.bridge
    convolutions = [index for index in case.convolutions if bridge is not None and index < bridge]
    if bridge is None or not convolutions:
        return
    fields = case.rows[bridge].fields_before
    assert fields is not None
    is_global = isinstance(case.rows[bridge].layer, GlobalPooling2D)
    least = OBJECT_SHARE if is_global else PART_SHARE
    share = min(field.size / side for field, side in zip(fields, case.spec.input_shape, strict=False))
    if share >= least:
        return
    whole = (
        "Global pooling only asks whether and how strongly something was found anywhere, and puts no parts together: "
        f"the object itself has to be seen before it, which usually takes about {percent(OBJECT_SHARE)} of the side."
    )
    parts = (
        f"What is smaller than about {percent(PART_SHARE)} of the side is hardly more than an edge. All putting "
        "together is left to the dense layer, which has to learn each combination at each place anew."
    )
    yield Advice(
        "small-field",
        f"Before {case.name(bridge)} each number sees {_size(fields)} of the image's {_image(case)} pixels: "
        f"{percent(share)} of the side. A pooling layer between convolutions, another convolution or a larger kernel "
        "widens that.",
        whole if is_global else parts,
        "receptive-field",
        [index for index in case.sliding if index < bridge][-1],
    )


def field_exceeds_image(case: Case) -> Iterator[Advice]:
    """Several convolutions follow after the receptive field has grown beyond the image.

    Residual blocks do not count: along their skips the field stays small, and many of them do help.

    Reference:
        Richter, Schöning, Wiedenroth & Krumnack 2021, *Should you go deeper?*
    """
    sides = case.spec.input_shape[:2]
    beyond = next((index for index in case.sliding if _exceeds(case.rows[index].fields, sides)), None)
    if beyond is None:
        return
    further = [index for index in case.sliding if index > beyond and _widens(case.rows[index].layer)]
    if len(further) < FURTHER_CONVOLUTIONS:
        return
    fields = case.rows[beyond].fields
    assert fields is not None
    yield Advice(
        "field-beyond-image",
        f"From {case.name(beyond)} on each number reaches over {_size(fields)} pixels, more than the whole image of "
        f"{_image(case)}; {len(further)} convolutions follow ({joined([case.name(i) for i in further])}). Less pooling "
        "early on would let them work on finer feature maps; fewer of them would cost less.",
        "Convolutions find larger patterns from layer to layer. Where each number has seen everything there is nothing "
        "larger left to find, and such layers often add costs and little else.",
        "receptive-field",
        beyond,
    )


def _exceeds(fields: tuple[AxisField, ...] | None, sides: tuple[int, ...]) -> bool:
    return fields is not None and all(field.size > side for field, side in zip(fields, sides, strict=True))


def _widens(layer: Layer) -> bool:
    is_plain = isinstance(layer, Conv2D | SeparableConv2D)
    return is_plain and any(_reaches_over(window) for window in layer.windows())


def _reaches_over(window: Window) -> bool:
    return max(window.height, window.width) > 1


def dilation_grid(case: Case) -> Iterator[Advice]:
    """Because of dilations, a number in the middle of the last feature maps sees the image as a grid.

    Reference:
        Wang et al. 2018, *Understanding convolution for semantic segmentation* (“gridding”).
    """
    if not case.sliding:
        return
    last = case.sliding[-1]
    seen, reached = _seen_in_the_middle(case.reach[last])
    dilated = [index for index in case.sliding if case.rows[index].layer.windows()[0].dilation_rate > 1]
    if not dilated or seen >= GRID_SHARE * reached or _has_gaps(case.reach[-1]):
        return
    index = dilated[0]
    rate = case.rows[index].layer.windows()[0].dilation_rate
    yield Advice(
        "dilation-grid",
        f"Each number of {case.name(last)} reads {seen:,} of the {reached:,} pixels that it reaches over, because "
        f"{case.name(index)} has dilation {rate}. An ordinary convolution before or after it, or a smaller dilation, "
        "fills the gaps.",
        "Neighbouring numbers read different grids, so that a fine line can be there for one and missing for the next.",
        "dilation",
        index,
    )


def _seen_in_the_middle(reach: Reach) -> tuple[int, int]:
    """Count the pixels that the middle place sees, and those from its first to its last."""
    row, column = reach.rows[len(reach.rows) // 2], reach.columns[len(reach.columns) // 2]
    return row.bit_count() * column.bit_count(), _span(row) * _span(column)


def _size(fields: tuple[AxisField, ...]) -> str:
    return "×".join(str(field.size) for field in fields)


def _image(case: Case) -> str:
    height, width, _ = case.spec.input_shape
    return f"{height}×{width}"
