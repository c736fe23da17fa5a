"""The ink of a drawing: how much each pixel differs from the paper, and how wide the strokes are."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

FloatImage = npt.NDArray[np.float32]

# Anything nearer to the paper's colour than this is a smudge, not ink (0 same colour, 1 black on white).
NOISE_LEVEL = 0.12

GREY_WEIGHTS = np.array([0.299, 0.587, 0.114], np.float32)
"""How bright red, green and blue look to the eye (ITU-R 2011, BT.601)."""


def find_ink(rgba: npt.NDArray[np.uint8]) -> FloatImage:
    """How much each pixel of a canvas differs from the paper.

    The paper is the colour that most of the rim and most of the picture have. A pixel is as much ink as the
    most different of its red, green and blue says, so that blue on black counts as much as white on black.

    Args:
        rgba: `(height, width, 4)`, `uint8`.

    Returns:
        `(height, width)`, 0 paper to 1 for the strongest ink; all 0 if nothing is drawn.

    Raises:
        ValueError: If `rgba` has another shape or type, or no pixel.
    """
    if not isinstance(rgba, np.ndarray) or rgba.ndim != 3 or rgba.shape[2:] != (4,) or rgba.dtype != np.uint8:
        received = (
            f"shape={rgba.shape}, dtype={rgba.dtype}" if isinstance(rgba, np.ndarray) else f"type={type(rgba).__name__}"
        )
        raise ValueError(f"rgba must be (height, width, 4) uint8. Received: {received}.")
    if rgba.size == 0:
        raise ValueError(f"rgba must have at least one pixel. Received: shape={rgba.shape}.")
    rgb = _lay_on_paper(rgba)
    difference = _distance(rgb, _paper_colour(rgb)).astype(np.float32) / 255.0
    strongest = float(difference.max())
    if strongest <= NOISE_LEVEL:
        return np.zeros_like(difference)
    ink: FloatImage = np.clip((difference - NOISE_LEVEL) / (strongest - NOISE_LEVEL), 0.0, 1.0)
    return ink


def drawn_grey(rgba: npt.NDArray[np.uint8]) -> FloatImage:
    """The canvas as a grey picture, as it was drawn: nothing is found, nothing inverted.

    Args:
        rgba: `(height, width, 4)`, `uint8`; transparent parts are filled as `find_ink` fills them.

    Returns:
        `(height, width)`, 0 black to 1 white.

    Example:
        >>> float(drawn_grey(np.full((2, 2, 4), 255, np.uint8))[0, 0])
        1.0
    """
    grey: FloatImage = np.clip(_lay_on_paper(rgba).astype(np.float32) @ GREY_WEIGHTS / 255.0, 0.0, 1.0)
    return grey


def stroke_width(ink: FloatImage) -> float:
    """Mean width of the strokes of a picture, from its area and its outline.

    A stroke of length `l` and width `w` covers `l·w` and has an outline of about `2·l`: twice the area
    over the outline is the width. The outline of a grey picture is its total variation.

    Args:
        ink: `(height, width)`, 0 paper to 1 ink, with some ink in it.

    Returns:
        The width, in pixels of `ink`.

    Example:
        >>> line = np.zeros((40, 200), np.float32)
        >>> line[10:16, 10:190] = 1.0
        >>> round(stroke_width(line))
        6
    """
    padded = np.pad(ink, 1)
    down = np.diff(padded, axis=0)[:, :-1]
    right = np.diff(padded, axis=1)[:-1, :]
    return float(2.0 * padded.sum() / np.hypot(down, right).sum())


def _lay_on_paper(rgba: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
    """Red, green and blue with the transparent parts filled."""
    opacity = rgba[..., 3]
    rgb = rgba[..., :3]
    if opacity.min() == 255:
        return rgb
    weight = opacity.astype(np.float32)[..., np.newaxis] / 255.0
    coloured = rgb * weight
    total = float(weight.sum())
    is_light = total > 0 and float(coloured.sum()) / (3 * total) >= 127.5
    paper = 0.0 if is_light else 255.0
    laid: npt.NDArray[np.uint8] = np.rint(coloured + paper * (1.0 - weight)).astype(np.uint8)
    return laid


def _distance(rgb: npt.NDArray[np.uint8], colour: npt.NDArray[np.int16]) -> npt.NDArray[np.int16]:
    """The largest difference in red, green or blue: `(..., 3)` to `(...)`, 0 to 255."""
    red, green, blue = (np.abs(rgb[..., channel].astype(np.int16) - colour[channel]) for channel in range(3))
    largest: npt.NDArray[np.int16] = np.maximum(np.maximum(red, green), blue)
    return largest


def _paper_colour(rgb: npt.NDArray[np.uint8]) -> npt.NDArray[np.int16]:
    """The median of the rim or of the whole, whichever colour is found more often on both."""
    whole = rgb[::4, ::4].reshape(-1, 3) if min(rgb.shape[:2]) >= 64 else rgb.reshape(-1, 3)
    rim = np.concatenate([rgb[0], rgb[-1], rgb[:, 0], rgb[:, -1]])

    def share(colour: npt.NDArray[np.int16]) -> float:
        return sum(float((_distance(part, colour) <= NOISE_LEVEL * 255).mean()) for part in (rim, whole))

    candidates = [np.median(part, axis=0).astype(np.int16) for part in (rim, whole)]
    return max(candidates, key=share)
