"""From a drawing on the canvas to the small picture that a network sees, step by step.

The steps repeat how the digits of MNIST were made: find the ink, cut it out, shrink it into a box of
20 × 20 pixels without changing its proportions, and move it so that its centre of mass lies in the middle
of 28 × 28 pixels. A network that learned from such pictures expects exactly this. One step is added: hairlines, which
a scanner never saw, are thickened before they are shrunk.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from PIL import Image

from cnn_core.drawing.ink import FloatImage, find_ink, stroke_width
from cnn_core.drawing.shaping import BOX_SIZE, centre_by_mass, cut_out, fit, shrink_to_work_size, thicken


@dataclass(frozen=True)
class DrawingSteps:
    """Every picture on the way from the canvas to the network; ink is bright, paper is dark.

    Args:
        ink: `(height, width)` of the canvas, 0 paper to 1 ink, whatever colours were drawn with.
        cropped: The part of `ink` that the drawing fills.
        thickened: The cut-out at a longer side of about 80 pixels, with hairlines made as wide as a pen's strokes.
        scaled: `thickened` shrunk to fit 20 × 20 pixels, proportions kept; its longer side is 20.
        centred: `(28, 28)`, 0 to 1, with the centre of mass in the middle as far as the margin allows.
        network_input: `(28, 28, 1)`, `uint8`, `centred` as an image like those of a data set.
        top: First row of the cut-out on the canvas, in pixels.
        left: First column of the cut-out on the canvas, in pixels.
        scale: Pixels of `scaled` for one pixel of the canvas, before strokes were thickened.
        stroke_width_px: Mean width of the strokes as drawn, in pixels of `scaled`.
        row_offset: Row of `centred` on which row 0 of `scaled` lies.
        column_offset: Column of `centred` on which column 0 of `scaled` lies.
    """

    ink: FloatImage
    cropped: FloatImage
    thickened: FloatImage
    scaled: FloatImage
    centred: FloatImage
    network_input: npt.NDArray[np.uint8]
    top: int
    left: int
    scale: float
    stroke_width_px: float
    row_offset: int
    column_offset: int


def preprocess_drawing(rgba: npt.NDArray[np.uint8]) -> DrawingSteps | None:
    """The picture a network sees of a drawing, with every step that led to it.

    Light strokes on dark paper and dark strokes on light paper give the same result, and so do a drawing in
    the middle and one in a corner. An empty canvas has no picture.

    Args:
        rgba: `(height, width, 4)`, `uint8`: the canvas with red, green, blue and opacity. Transparent paper
            counts as white under dark strokes and as black under light ones.

    Returns:
        The steps, or `None` if nothing is drawn.

    Raises:
        ValueError: If `rgba` has another shape or type, or no pixel.

    Example:
        >>> canvas = np.zeros((280, 280, 4), np.uint8)
        >>> preprocess_drawing(canvas) is None
        True
        >>> canvas[40:240, 20:40] = 255
        >>> steps = preprocess_drawing(canvas)
        >>> steps.top, steps.left, steps.network_input.shape
        (40, 20, (28, 28, 1))

    Reference:
        LeCun, Bottou, Bengio and Haffner 1998, *Gradient-Based Learning Applied to Document Recognition*,
        section III.A.
    """
    return steps_from_ink(find_ink(rgba))


def steps_from_ink(ink: FloatImage) -> DrawingSteps | None:
    """The picture a network sees of ink that has been found already, with every step that led to it.

    Args:
        ink: `(height, width)`, 0 paper to 1 ink.

    Returns:
        The steps, or `None` where there is no ink.

    Example:
        >>> ink = np.zeros((60, 60), np.float32)
        >>> steps_from_ink(ink) is None
        True
        >>> ink[10:50, 25:30] = 1.0
        >>> steps_from_ink(ink).scaled.shape
        (20, 2)
    """
    if not ink.any():
        return None
    cropped, top, left = cut_out(ink)
    scale = BOX_SIZE / max(cropped.shape)

    work = shrink_to_work_size(cropped)
    stroke_width_px = stroke_width(work) * BOX_SIZE / max(work.shape)
    thickened = thicken(work, stroke_width_px)
    scaled = fit(thickened, BOX_SIZE, Image.Resampling.HAMMING)
    scaled = np.clip(scaled / scaled.max(), 0.0, 1.0)
    centred, row_offset, column_offset = centre_by_mass(scaled)
    network_input = np.rint(centred * 255.0).astype(np.uint8)[..., np.newaxis]
    return DrawingSteps(
        ink=ink,
        cropped=cropped,
        thickened=thickened,
        scaled=scaled,
        centred=centred,
        network_input=network_input,
        top=top,
        left=left,
        scale=scale,
        stroke_width_px=stroke_width_px,
        row_offset=row_offset,
        column_offset=column_offset,
    )
