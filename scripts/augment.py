"""Digits as people draw them: pen strokes taken from small images, drawn anew on a large canvas.

Also the random changes to small images that the starter network learns from.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw

from cnn_core.data.digits.glyphs import GLYPHS
from cnn_core.data.digits.spline import pen_way
from cnn_core.data.digits.style import Part, draw_writers

Segments = npt.NDArray[np.float64]
"""`(count, 2, 2)`: straight pieces of stroke, each from one `(x, y)` to another; the drawing fits into -1 to 1."""


@dataclass(frozen=True)
class Pen:
    """How one drawing is made.

    Args:
        canvas_px: Side of the square canvas.
        width_px: Width of the stroke.
        size: Longer side of the drawing as a share of the canvas; above 1 it runs over the edge.
        centre: `(x, y)` of the drawing's middle as shares of the canvas.
        angle_deg: Turn, clockwise positive.
        slant: How far the top leans to the right, as a share of the height.
        stretch: Width over height, 1 as the original.
        wobble: How far a mouse strays from the line, as a share of the drawing's size.
        ink: Red, green, blue of the stroke.
        paper: Red, green, blue of the paper, or `None` for a transparent canvas.
        noise: Standard deviation of grey noise, 0 to 255.
    """

    canvas_px: int = 280
    width_px: float = 18.0
    size: float = 0.6
    centre: tuple[float, float] = (0.5, 0.5)
    angle_deg: float = 0.0
    slant: float = 0.0
    stretch: float = 1.0
    wobble: float = 0.0
    ink: tuple[int, int, int] = (255, 255, 255)
    paper: tuple[int, int, int] | None = (0, 0, 0)
    noise: float = 0.0


def thin_to_lines(images: npt.NDArray[np.uint8], enlarge: int = 2, rounds: int = 12) -> npt.NDArray[np.bool_]:
    """Strokes thinned to lines one pixel wide.

    Args:
        images: `(count, 28, 28)`, ink bright.
        enlarge: How many times larger the lines' picture is.
        rounds: How many pixels to take off at most, on either side.

    Returns:
        `(count, 28 * enlarge, 28 * enlarge)`, true on the lines.

    Reference:
        Zhang and Suen 1984, *A Fast Parallel Algorithm for Thinning Digital Patterns*.
    """
    side = images.shape[1] * enlarge
    large = np.stack([np.asarray(Image.fromarray(i).resize((side, side), Image.Resampling.BICUBIC)) for i in images])
    ink = np.pad(large >= 128, ((0, 0), (1, 1), (1, 1)))
    for _ in range(rounds):
        before = int(ink.sum())
        for is_second in (False, True):
            around = [
                ink[:, 1 + row : side + 1 + row, 1 + column : side + 1 + column]
                for row, column in ((-1, 0), (-1, 1), (0, 1), (1, 1), (1, 0), (1, -1), (0, -1), (-1, -1))
            ]
            count = sum(neighbour.view(np.uint8) for neighbour in around)
            turns = sum((~around[i] & around[(i + 1) % 8]).view(np.uint8) for i in range(8))
            north, east, south, west = around[0], around[2], around[4], around[6]
            if is_second:
                is_free = ~(north & east & west) & ~(north & south & west)
            else:
                is_free = ~(north & east & south) & ~(east & south & west)
            removable = (count >= 2) & (count <= 6) & (turns == 1) & is_free
            ink[:, 1:-1, 1:-1] &= ~removable
        if int(ink.sum()) == before:
            break
    return ink[:, 1:-1, 1:-1]


def lines_to_segments(lines: npt.NDArray[np.bool_], smoothing: int = 3) -> Segments:
    """Pieces of stroke between neighbouring pixels of a line picture, smoothed, in a box from -1 to 1.

    Args:
        lines: `(height, width)`, true on the lines.
        smoothing: How often each point moves towards the middle of its neighbours.
    """
    rows, columns = np.nonzero(lines)
    index = np.full((lines.shape[0] + 2, lines.shape[1] + 2), -1)
    index[rows + 1, columns + 1] = np.arange(len(rows))
    links = []
    for row, column in ((0, 1), (1, 0), (1, 1), (1, -1)):
        other = index[rows + 1 + row, columns + 1 + column]
        is_link = other >= 0
        if row and column:  # a diagonal only where no two straight links do the same
            is_link &= (index[rows + 1 + row, columns + 1] < 0) & (index[rows + 1, columns + 1 + column] < 0)
        links.append(np.stack([np.flatnonzero(is_link), other[is_link]], axis=1))
    pairs = np.concatenate(links)
    points = np.stack([columns, rows], axis=1).astype(np.float64)
    if len(pairs) == 0:
        pairs = np.stack([np.arange(len(points))] * 2, axis=1)
    degree = np.bincount(pairs.ravel(), minlength=len(points))
    for _ in range(smoothing):
        total = np.zeros_like(points)
        np.add.at(total, pairs[:, 0], points[pairs[:, 1]])
        np.add.at(total, pairs[:, 1], points[pairs[:, 0]])
        moves = degree == 2
        points[moves] = (points[moves] + total[moves] / 2) / 2
    return np.asarray(_into_box(points)[pairs])


def draw(segments: Segments, pen: Pen, seed: int = 0) -> npt.NDArray[np.uint8]:
    """A canvas with a drawing, as the browser delivers it: `(canvas_px, canvas_px, 4)`."""
    rng = np.random.default_rng(seed)
    points = segments.reshape(-1, 2).copy()
    if pen.wobble:
        for _ in range(3):
            frequency, phase = rng.uniform(2, 7, 2), rng.uniform(0, 2 * np.pi, 2)
            points += pen.wobble * np.sin(points[:, ::-1] * frequency + phase)
    points[:, 0] *= pen.stretch
    points[:, 0] -= pen.slant * points[:, 1]
    angle = np.deg2rad(pen.angle_deg)
    points = points @ np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
    points *= pen.size * pen.canvas_px / 2 / max(float(np.abs(points).max()), 1e-6)
    points += np.array(pen.centre) * pen.canvas_px

    oversample = 2 if pen.width_px < 6 else 1
    mask = Image.new("L", (pen.canvas_px * oversample,) * 2)
    brush = ImageDraw.Draw(mask)
    radius = pen.width_px * oversample / 2
    for (x0, y0), (x1, y1) in points.reshape(-1, 2, 2) * oversample:
        brush.line((x0, y0, x1, y1), fill=255, width=max(1, round(2 * radius)))
        if radius >= 1:
            brush.ellipse((x0 - radius, y0 - radius, x0 + radius, y0 + radius), fill=255)
            brush.ellipse((x1 - radius, y1 - radius, x1 + radius, y1 + radius), fill=255)
    cover = np.asarray(mask.resize((pen.canvas_px,) * 2, Image.Resampling.BOX), np.float32)[..., None] / 255
    canvas = np.zeros((pen.canvas_px, pen.canvas_px, 4), np.uint8)
    if pen.paper is None:
        canvas[..., :3] = np.where(cover > 0, np.array(pen.ink, np.uint8), 0)
        canvas[..., 3] = np.rint(cover[..., 0] * 255)
        return canvas
    colour = cover * np.array(pen.ink) + (1 - cover) * np.array(pen.paper)
    if pen.noise:
        colour = colour + rng.normal(0, pen.noise, colour.shape[:2])[..., None]
    canvas[..., :3] = np.clip(np.rint(colour), 0, 255)
    canvas[..., 3] = 255
    return canvas


def random_pen(rng: np.random.Generator, canvas_px: int = 160) -> Pen:
    """A pen as some pupil might hold it, for training: every property drawn within wide limits."""
    size = float(rng.uniform(0.35, 0.95))
    room = max(0.0, (1 - size) / 2)
    is_thick = rng.random() < 0.5
    return Pen(
        canvas_px=canvas_px,
        width_px=float(np.exp(rng.uniform(np.log(0.05 if is_thick else 0.015), np.log(0.2)))) * size * canvas_px,
        size=size,
        centre=(0.5 + float(rng.uniform(-room, room)), 0.5 + float(rng.uniform(-room, room))),
        angle_deg=float(rng.normal(0, 7)),
        slant=float(rng.normal(0, 0.15)),
        stretch=float(np.exp(rng.normal(0, 0.15))),
        wobble=float(abs(rng.normal(0, 0.03))),
    )


def write_digits(count: int, seed: int, part: Part) -> tuple[list[Segments], npt.NDArray[np.int64]]:
    """Strokes of the app's own digits, as the generator's writers move the pen, before any ink.

    Args:
        count: How many digits.
        seed: Which ones.
        part: Whose hands: writers of the `"train"` or of the `"test"` part share no trait.

    Returns:
        The pieces of stroke of each digit, and which digit it is, `(count,)`.
    """
    rng = np.random.default_rng(seed)
    hands = draw_writers(count, rng, part)
    ways = [pen_way(glyph) for glyph in GLYPHS]
    labels = rng.integers(0, 10, count)
    written = []
    for index, label in enumerate(labels):
        hand = {name: float(values[index]) for name, values in hands.items()}
        frequencies = np.array([glyph.frequency * (glyph.digit == label) for glyph in GLYPHS])
        chosen = int(rng.choice(len(GLYPHS), p=frequencies / frequencies.sum()))
        way = ways[chosen]
        stray = np.clip(rng.normal(size=way.points.shape), -2, 2) * hand["untidiness"] * GLYPHS[chosen].looseness
        basis = (1 - hand["haste"]) * way.basis + hand["haste"] * way.rounded_basis
        x, y = ((basis @ (way.points + stray) - 50) / 100).T
        y = y + hand["waist"] * (0.25 - y**2)
        x = (x * (1 + hand["taper"] * y) + hand["bend"] * (0.25 - y**2)) * np.exp(hand["width_log"])
        x = x - hand["slant"] * y
        cosine, sine = np.cos(hand["rotation_rad"]), np.sin(hand["rotation_rad"])
        dots = np.stack([x * cosine - y * sine, x * sine + y * cosine], axis=1)
        is_joined = np.diff(way.progress) > 0
        written.append(
            _into_box(dots)[np.stack([np.arange(len(dots) - 1), np.arange(1, len(dots))], axis=1)][is_joined]
        )
    return written, labels


def _into_box(points: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Points moved and scaled into -1 to 1, proportions kept."""
    low, high = points.min(axis=0), points.max(axis=0)
    return np.asarray((points - (low + high) / 2) / max(float((high - low).max()) / 2, 1e-6))


def jitter(images: npt.NDArray[np.uint8], rng: np.random.Generator, strength: float = 1.0) -> npt.NDArray[np.float32]:
    """Small images turned, sheared, resized, moved, bent and with thicker or thinner strokes, at random.

    Args:
        images: `(count, 28, 28)`, ink bright.
        rng: Where the randomness comes from.
        strength: 0 leaves the images as they are, 1 is the full change.

    Returns:
        `(count, 28, 28)`, 0 to 1.

    Reference:
        Simard, Steinkraus and Platt 2003, *Best Practices for Convolutional Neural Networks Applied to Visual
        Document Analysis* (elastic distortion).
    """
    count, side, _ = images.shape
    ink = _change_thickness(images.astype(np.float32) / 255, rng, strength)
    angle, shear = rng.normal(0, 0.1 * strength, count), rng.normal(0, 0.1 * strength, count)
    scale_x, scale_y = np.exp(rng.normal(0, 0.07 * strength, (2, count)))
    shift = rng.uniform(-1.5 * strength, 1.5 * strength, (2, count, 1, 1))
    cosine, sine = np.cos(angle), np.sin(angle)
    across = np.stack([cosine / scale_x, (shear * cosine - sine) / scale_x], axis=1)
    along = np.stack([sine / scale_y, (shear * sine + cosine) / scale_y], axis=1)
    middle = (side - 1) / 2
    rows, columns = np.mgrid[:side, :side] - middle
    x = across[:, 0, None, None] * columns + across[:, 1, None, None] * rows + shift[0] + middle
    y = along[:, 0, None, None] * columns + along[:, 1, None, None] * rows + shift[1] + middle
    x += _smooth_noise(count, side, rng) * strength
    y += _smooth_noise(count, side, rng) * strength
    return _sample(ink, x.astype(np.float32), y.astype(np.float32))


def _change_thickness(
    ink: npt.NDArray[np.float32], rng: np.random.Generator, strength: float
) -> npt.NDArray[np.float32]:
    padded = np.pad(ink, ((0, 0), (1, 1), (1, 1)))
    side = ink.shape[1]
    shifted = [padded[:, r : r + side, c : c + side] for r, c in ((0, 1), (1, 0), (1, 2), (2, 1))]
    thick, thin = np.maximum.reduce([ink, *shifted]), np.minimum.reduce([ink, *shifted])
    amount = np.clip(rng.normal(0, 0.25 * strength, (len(ink), 1, 1)), -0.5, 0.6).astype(np.float32)
    changed = ink + np.where(amount > 0, amount * (thick - ink), -amount * (thin - ink))
    return changed.astype(np.float32)


def _smooth_noise(count: int, side: int, rng: np.random.Generator) -> npt.NDArray[np.float64]:
    """Displacements in pixels that vary slowly over the image: `(count, side, side)`."""
    knots = rng.normal(0, 0.55, (count, 5, 5))
    at = np.linspace(0, 4, side)
    weight = np.maximum(0, 1 - np.abs(at[:, None] - np.arange(5)))
    weight = weight**2 * (3 - 2 * weight)
    return np.asarray(weight @ knots @ weight.T)


def _sample(
    ink: npt.NDArray[np.float32], x: npt.NDArray[np.float32], y: npt.NDArray[np.float32]
) -> npt.NDArray[np.float32]:
    """Bilinear samples of each image at `(x, y)`; outside is paper."""
    side = ink.shape[1]
    padded = np.pad(ink, ((0, 0), (1, 2), (1, 2)))
    x, y = np.clip(x, -1, side) + 1, np.clip(y, -1, side) + 1
    column, row = x.astype(np.int32), y.astype(np.int32)
    fx, fy = x - column, y - row
    width = side + 3
    flat = padded.ravel()
    at = (np.arange(len(ink), dtype=np.int32)[:, None, None] * width + row) * width + column
    upper = flat[at] * (1 - fx) + flat[at + 1] * fx
    lower = flat[at + width] * (1 - fx) + flat[at + width + 1] * fx
    return np.asarray(upper * (1 - fy) + lower * fy, np.float32)
