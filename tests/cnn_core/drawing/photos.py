"""Photos of a digit on paper, made up: uneven light, a shadow, blur, noise, ruled lines, a turned sheet, JPEG."""

from __future__ import annotations

import io
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageFilter

SIDE = 320


@dataclass(frozen=True)
class Scene:
    """How a photo is taken; lengths are in pixels of a photo of 320 × 320, brightness from 0 to 1."""

    digit_px: int = 140
    row: int = 160
    column: int = 160
    turn_degrees: float = 0.0
    paper: float = 0.85
    ink: float = 0.2
    gradient: float = 0.0
    gradient_degrees: float = 30.0
    shadow: float = 1.0
    shadow_degrees: float = 60.0
    shadow_edge_px: float = 4.0
    blur_px: float = 0.8
    noise: float = 0.0
    ruled_px: int = 0
    rule_strength: float = 0.35
    quality: int = 90
    seed: int = 0


def random_scene(rng: np.random.Generator, seed: int, *, is_ruled: bool = False) -> Scene:
    """A scene as phones see it: each number drawn anew."""
    size = int(rng.integers(70, 210))
    slack = 150 - size // 2
    return Scene(
        digit_px=size,
        row=160 + int(rng.integers(-slack, slack + 1)),
        column=160 + int(rng.integers(-slack, slack + 1)),
        turn_degrees=float(rng.uniform(-8, 8)),
        paper=float(rng.uniform(0.6, 0.95)),
        ink=float(rng.uniform(0.1, 0.4)),
        gradient=float(rng.uniform(0, 0.45)),
        gradient_degrees=float(rng.uniform(0, 360)),
        shadow=float(rng.choice([1.0, rng.uniform(0.5, 0.85)])),
        shadow_degrees=float(rng.uniform(0, 360)),
        shadow_edge_px=float(rng.uniform(1, 30)),
        blur_px=float(rng.uniform(0.4, 1.8)),
        noise=float(rng.uniform(0.0, 0.035)),
        ruled_px=int(rng.integers(36, 60)) if is_ruled else 0,
        quality=int(rng.integers(55, 95)),
        seed=seed,
    )


def photo_of(digit: npt.NDArray[np.uint8], scene: Scene) -> npt.NDArray[np.uint8]:
    """Photograph a digit, `(28, 28)` with bright ink, written on paper: `(320, 320, 3)`."""
    ink = written(digit, scene)
    rows, columns = np.mgrid[0:SIDE, 0:SIDE].astype(np.float64)
    paper = np.full((SIDE, SIDE), scene.paper)
    if scene.ruled_px:
        angle = np.radians(scene.turn_degrees / 4)
        level = rows * np.cos(angle) + columns * np.sin(angle)
        paper *= 1 - scene.rule_strength * (np.mod(level, scene.ruled_px) < 2.0)
    light = 1 - scene.gradient * ramp(rows, columns, scene.gradient_degrees)
    side = (ramp(rows, columns, scene.shadow_degrees) - 0.5) * SIDE / scene.shadow_edge_px
    light *= 1 - (1 - scene.shadow) / (1 + np.exp(-np.clip(side, -50, 50)))
    bright = paper * (1 - ink) + np.minimum(paper, scene.ink) * ink
    seen = np.clip(bright * light, 0, 1)
    image = Image.fromarray(np.rint(seen * 255).astype(np.uint8)).filter(ImageFilter.GaussianBlur(scene.blur_px))
    rng = np.random.default_rng(scene.seed)
    noisy = np.asarray(image, np.float64)[..., np.newaxis] + rng.normal(0, scene.noise * 255, (SIDE, SIDE, 3))
    tinted = noisy * np.array([1.0, 0.98, 0.92])
    file = io.BytesIO()
    Image.fromarray(np.clip(tinted, 0, 255).astype(np.uint8)).save(file, "JPEG", quality=scene.quality)
    with Image.open(file) as photo:
        return np.asarray(photo.convert("RGB"))


def photo_of_two(one: npt.NDArray[np.uint8], other: npt.NDArray[np.uint8], scene: Scene) -> npt.NDArray[np.uint8]:
    """Photograph two digits side by side, the second a little smaller."""
    second = replace(scene, column=scene.column + 66, digit_px=scene.digit_px * 3 // 4)
    return np.minimum(photo_of(one, scene), photo_of(other, second))


def written(digit: npt.NDArray[np.uint8], scene: Scene) -> npt.NDArray[np.float64]:
    """How much ink lies where on the sheet, 0 to 1."""
    large = Image.fromarray(digit).resize((scene.digit_px, scene.digit_px), Image.Resampling.BICUBIC)
    sheet = Image.new("L", (SIDE, SIDE))
    sheet.paste(large, (scene.column - scene.digit_px // 2, scene.row - scene.digit_px // 2))
    turned = sheet.rotate(scene.turn_degrees, Image.Resampling.BICUBIC, center=(scene.column, scene.row))
    # A pen leaves a clear edge, however soft the data set's small picture is.
    return np.clip((np.asarray(turned, np.float64) / 255 - 0.3) / 0.4, 0, 1)


def ramp(rows: npt.NDArray[np.float64], columns: npt.NDArray[np.float64], degrees: float) -> npt.NDArray[np.float64]:
    """From 0 to 1 across the photo, in some direction."""
    angle = np.radians(degrees)
    along = columns * np.cos(angle) + rows * np.sin(angle)
    return (along - along.min()) / (along.max() - along.min())
