"""One small drawing a layer: what goes out of it, to scale, with what slid over the image on the way there.

Nothing here asks for a layer's kind: windows, shapes, titles and weights say all there is to draw, so that a new kind
appears by itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from math import sqrt

from cnn_core.architecture.layers import Layer, Shape, Window
from cnn_core.architecture.shapes import LayerFigures
from cnn_core.architecture.spec import shape_text
from dashboard.palette import Palette
from dashboard.words import count, some

NAME_PX = 14
TEXT_PX = 13
SCREEN_LETTER_EM = 0.56
"""Width of a letter beside its height in the page's own font, bold ones included."""
ANY_LETTER_EM = 0.69
"""The same in the widest font that a downloaded file may meet."""

TEXT_ROOM_PX = 40
"""Room below the pictures for a name and a shape."""
FACES_PX = ((3, 112.0), (5, 92.0), (8, 80.0), (12, 72.0), (20, 64.0), (40, 56.0), (1000, 44.0))
"""Up to how many layers the largest face has which side: few layers may be large, many must not."""
MOST_THICKNESS = 0.6
"""Thickness of the volume with the most channels, as a part of the largest face."""
THICKNESS_PX = 3.0
"""Most that the square root of one channel adds to a thickness."""
MOST_BAR = 1.15
BAR_PX = 3.0
BAR_WIDTH_PX = 12
RISE = 0.5
"""How far an oblique edge goes up for each pixel that it goes to the right."""
SLAB_PX = 24
ARROW_PX = 20
TAIL_PX = 4
WINDOW_ROOM_PX = 16
"""Height of one line of text above or below an arrow."""


@dataclass(frozen=True)
class Tile:
    """A drawing of one layer, or of the image.

    Args:
        width: In pixels, the arrow before the picture included.
        body: SVG elements between (0, 0) and (width, height of all tiles).
        words: What it shows, for the cursor and for those who listen.
    """

    width: int
    body: str
    words: str


@dataclass(frozen=True)
class TileScale:
    """How numbers become lengths; one for a whole network, so that lengths can be compared.

    Args:
        pixel_px: Length of one pixel of a volume's height or width.
        channel_px: Thickness for the square root of one channel.
        unit_px: Length of a list for the square root of one number.
        stage_px: Height of the room that the pictures stand in.
        letter_em: Width of a letter beside its height, for the room that text takes.
    """

    pixel_px: float
    channel_px: float
    unit_px: float
    stage_px: int
    letter_em: float

    @property
    def height_px(self) -> int:
        """Height of every tile, its text included."""
        return self.stage_px + TEXT_ROOM_PX

    @property
    def middle_px(self) -> float:
        """Where the line runs that the network's numbers flow along."""
        return self.stage_px / 2

    def thickness(self, channels: int) -> float:
        """Measure a volume from front to back, along the page."""
        return self.channel_px * sqrt(channels)

    def bar(self, length: int) -> float:
        """Measure a flat list of numbers."""
        return self.unit_px * sqrt(length)

    def text_width(self, text: str, size_px: int) -> float:
        """Estimate how wide a text is."""
        return self.letter_em * size_px * len(text)


def tile_scale(image_shape: Shape, rows: Sequence[LayerFigures], letter_em: float = SCREEN_LETTER_EM) -> TileScale:
    """Choose a network's scale: the largest face, volume and list just fit into a tile."""
    shapes = [image_shape, *(row.output_shape for row in rows)]
    volumes = [shape for shape in shapes if len(shape) == 3]
    face = next(side for most, side in FACES_PX if len(rows) <= most)
    pixel_px = face / max(max(shape[:2]) for shape in volumes)
    channel_px = min(THICKNESS_PX, MOST_THICKNESS * face / sqrt(max(shape[2] for shape in volumes)))
    longest = max((shape[0] for shape in shapes if len(shape) == 1), default=1)
    unit_px = min(BAR_PX, MOST_BAR * face / sqrt(longest))
    tallest = max(pixel_px * shape[0] + RISE * channel_px * sqrt(shape[2]) for shape in volumes)
    names = max((letter_em * NAME_PX * len(row.name) for row in rows if is_slab(row)), default=0)
    windows = max((WINDOW_ROOM_PX * 2 * len(_window_lines(row.layer)) for row in rows), default=0)
    stage = max(tallest, unit_px * sqrt(longest), names + 10 - TEXT_ROOM_PX, windows)
    return TileScale(pixel_px, channel_px, unit_px, round(stage + 8), letter_em)


def is_slab(row: LayerFigures) -> bool:
    """Whether a layer only does something to each number where it stands, and so has no picture of its own."""
    return row.output_shape == row.input_shape and not row.layer.windows() and not row.layer.sees_everything


def image_tile(image_shape: Shape, scale: TileScale) -> Tile:
    """Draw the image that the network takes."""
    words = f"The image: {shape_words(image_shape)}"
    return _picture_tile("image", image_shape, scale, words, has_weights=False, lines=(), has_arrow=False)


def layer_tile(row: LayerFigures, scale: TileScale) -> Tile:
    """Draw what goes out of a layer."""
    words = tile_words(row)
    has_weights = row.trainable_parameters > 0
    if is_slab(row):
        return _slab_tile(row.name, scale, words, has_weights=has_weights)
    lines = _window_lines(row.layer)
    return _picture_tile(row.name, row.output_shape, scale, words, has_weights=has_weights, lines=lines)


def tile_words(row: LayerFigures) -> str:
    """Say what a tile shows.

    Example:
        >>> from cnn_core.architecture.layers import Conv2D
        >>> from cnn_core.architecture.shapes import network_figures
        >>> from cnn_core.architecture.spec import NetworkSpec
        >>> tile_words(network_figures(NetworkSpec((28, 28, 1), (Conv2D(filters=8),))).layers[0])
        'conv_1 – Convolution: 8 filters of 3×3, ReLU. Gives 26×26×8; 80 parameters.'
    """
    details = row.layer.details()
    does = f"{row.layer.title}: {details}" if details else row.layer.title
    return f"{row.name} – {does}. Gives {shape_words(row.output_shape)}; {some(row.parameters, 'parameter')}."


def window_text(window: Window) -> str:
    """Write a window in a few signs.

    Example:
        >>> window_text(Window(3, 3)), window_text(Window(2, 2, stride=2)), window_text(Window(3, 5, dilation_rate=2))
        ('3×3', '2×2 /2', '3×5 d2')
    """
    stride = f" /{window.stride}" if window.stride > 1 else ""
    dilation = f" d{window.dilation_rate}" if window.dilation_rate > 1 else ""
    return f"{window.height}×{window.width}{stride}{dilation}"


def shape_words(shape: Shape) -> str:
    """Write a shape as people read it: a long list's number with its thousands grouped.

    Example:
        >>> shape_words((26, 26, 16)), shape_words((10816,))
        ('26×26×16', '10,816')
    """
    return shape_text(shape) if len(shape) == 3 else count(shape[0])


def mixed(one: str, other: str, share: float) -> str:
    """Mix a colour with another one.

    Example:
        >>> mixed("#ff0000", "#ffffff", 0.2)
        '#ffcccc'
    """
    channels = ((int(one[i : i + 2], 16), int(other[i : i + 2], 16)) for i in (1, 3, 5))
    return "#" + "".join(f"{round(share * a + (1 - share) * b):02x}" for a, b in channels)


def tile_style(palette: Palette) -> str:
    """Return the rules that colour tiles; text and edges are told apart from every ground they stand on."""
    tint = mixed(palette.primary, palette.background, 0.32)
    shade = mixed(palette.primary, palette.background, 0.55)
    return (
        f".b{{stroke:{palette.text};stroke-width:1.2;stroke-linejoin:round;fill:{palette.background}}}"
        f".w{{fill:{tint}}}.v{{fill:{shade}}}"
        f".f{{stroke:{palette.text};stroke-width:1.5;fill:none}}.h{{fill:{palette.text}}}"
        f"text{{font-size:{TEXT_PX}px;text-anchor:middle;fill:{palette.text}}}"
        f".n{{font-size:{NAME_PX}px;font-weight:600}}"
    )


def _window_lines(layer: Layer) -> tuple[str, ...]:
    """Write what stands at an arrow: one window in two lines if it is long, several windows a line each."""
    texts = tuple(window_text(window) for window in layer.windows())
    return tuple(texts[0].split(" ", 1)) if len(texts) == 1 else texts


def _picture_tile(
    name: str,
    shape: Shape,
    scale: TileScale,
    words: str,
    *,
    has_weights: bool,
    lines: tuple[str, ...],
    has_arrow: bool = True,
) -> Tile:
    if len(shape) == 3:
        face = scale.pixel_px * shape[1]
        across = face + scale.thickness(shape[2])
    else:
        face = across = BAR_WIDTH_PX
    arrow = max(ARROW_PX, *(scale.text_width(line, TEXT_PX) + 12 for line in lines)) if lines else ARROW_PX * has_arrow
    text = shape_words(shape)
    text_px = max(scale.text_width(name, NAME_PX), scale.text_width(text, TEXT_PX)) + 6
    width = round(max(arrow + across + TAIL_PX, text_px) + 0.5)
    left = arrow + (width - arrow - TAIL_PX - across) / 2
    centre = min(max(left + across / 2, text_px / 2), width - text_px / 2)
    if len(shape) == 3:
        picture = _volume(left, face, shape, scale, has_weights=has_weights)
    else:
        picture = _bar(left, shape, scale, has_weights=has_weights)
    body = (
        _flow(0 if has_arrow else None, left, left + across, width, scale.middle_px)
        + _at_arrow(lines, arrow / 2, scale.middle_px)
        + picture
        + f'<text class="n" x="{centre:.1f}" y="{scale.stage_px + 15}">{escape(name)}</text>'
        + f'<text x="{centre:.1f}" y="{scale.stage_px + 33}">{text}</text>'
    )
    return Tile(width, body, words)


def _slab_tile(name: str, scale: TileScale, words: str, *, has_weights: bool) -> Tile:
    left, width = 6, SLAB_PX + 10
    middle = scale.height_px / 2
    fill = "b w" if has_weights else "b"
    across = left + SLAB_PX / 2 + NAME_PX / 3
    body = (
        f'<path class="f" d="M0 {scale.middle_px:.1f}H{width}"/>'
        f'<rect class="{fill}" x="{left}" y="2" width="{SLAB_PX}" height="{scale.height_px - 4}" rx="5"/>'
        f'<text class="n" transform="translate({across:.1f} {middle:.1f})rotate(-90)">{escape(name)}</text>'
    )
    return Tile(width, body, words)


def _volume(left: float, face: float, shape: Shape, scale: TileScale, *, has_weights: bool) -> str:
    """Draw a box: the face in front is the feature maps' height and width, what lies behind it their number."""
    height, back = scale.pixel_px * shape[0], scale.thickness(shape[2])
    up = RISE * back
    top = scale.middle_px - (height + up) / 2 + up
    front, behind = ("b w", "b v") if has_weights else ("b", "b")
    return (
        f'<path class="{behind}" d="M{left:.2f} {top:.2f}l{back:.2f} {-up:.2f}h{face:.2f}v{height:.2f}'
        f'l{-back:.2f} {up:.2f}v{-height:.2f}zm{face:.2f} 0l{back:.2f} {-up:.2f}"/>'
        f'<rect class="{front}" x="{left:.2f}" y="{top:.2f}" width="{face:.3f}" height="{height:.3f}"/>'
    )


def _bar(left: float, shape: Shape, scale: TileScale, *, has_weights: bool) -> str:
    length = scale.bar(shape[0])
    return (
        f'<rect class="{"b w" if has_weights else "b"}" x="{left:.2f}" y="{scale.middle_px - length / 2:.2f}" '
        f'width="{BAR_WIDTH_PX}" height="{length:.3f}"/>'
    )


def _flow(start: float | None, left: float, right: float, width: float, middle: float) -> str:
    """Draw the line along which the numbers flow: an arrow up to the picture, and on behind it."""
    line = f'<path class="f" d="M{right:.1f} {middle:.1f}H{width}'
    if start is None:
        return f'{line}"/>'
    head = f'<path class="h" d="M{left:.1f} {middle:.1f}l-7 -4v8z"/>'
    return f'{line}M{start} {middle:.1f}H{left - 5:.1f}"/>{head}'


def _at_arrow(lines: tuple[str, ...], centre: float, middle: float) -> str:
    above = lines[:-1] or lines
    texts = [(line, middle - 7 - WINDOW_ROOM_PX * back) for back, line in enumerate(reversed(above))]
    texts += [(line, middle + 16) for line in lines[len(above) :]]
    return "".join(f'<text x="{centre:.1f}" y="{y:.1f}">{escape(line)}</text>' for line, y in texts)
