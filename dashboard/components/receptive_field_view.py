"""What each place of a layer's output sees of an image, exactly: holes of strides and dilations included.

The browser gets the rows and columns that every place sees once, and draws without asking again: while a finger moves
over the layer's output, the image shows what that place depends on.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt

from cnn_core.architecture.receptive_field import Reach, mask_runs
from dashboard.charts.png import png_address
from dashboard.components.registration import register
from dashboard.palette import Palette

VEIL_OPACITY = 0.65
"""Of pixels that are not seen a good third shines through."""

_component = register(
    "receptive_field_view",
    '<div class="receptive-field"><div class="pictures">'
    '<figure class="output"><figcaption></figcaption><svg class="grid" tabindex="0" role="application"></svg></figure>'
    '<figure class="input"><figcaption></figcaption><svg class="image" aria-hidden="true"></svg></figure>'
    '</div><p class="words" aria-live="polite"></p><p class="note"></p></div>',
)


def receptive_field_view(
    reach: Reach, layer_name: str, image: npt.NDArray[np.uint8], palette: Palette, key: str, image_note: str = ""
) -> None:
    """Show what a layer sees of an image; pointing into the layer's output chooses the place.

    Args:
        reach: The rows and columns that each place sees.
        layer_name: The layer's name in the network.
        image: `(height, width, channels)`; its height and width are those of the network's image. Three channels are
            shown in colour, of any other number the first one in grey.
        palette: The theme's colours.
        key: The component's key.
        image_note: A sentence below, as on where the image comes from.

    Raises:
        ValueError: If the layer sees rows or columns that the image does not have.
    """
    _component(key=key, data=view_data(reach, layer_name, image, palette, image_note))


def view_data(
    reach: Reach, layer_name: str, image: npt.NDArray[np.uint8], palette: Palette, image_note: str = ""
) -> dict[str, Any]:
    """Gather what the browser needs: for each row and column of the output the runs of pixels that it sees.

    Example:
        >>> from dashboard.palette import LIGHT
        >>> data = view_data(Reach((0b11, 0b110), (0b101,)), "conv_1", np.zeros((3, 3, 1), np.uint8), LIGHT)
        >>> data["rows"], data["columns"]
        ([((0, 1),), ((1, 2),)], [((0, 0), (2, 2))])
    """
    height, width = image.shape[:2]
    if reach.all_rows.bit_length() > height or reach.all_columns.bit_length() > width:
        raise ValueError(f"The image must be as large as the network's. Received: image.shape={image.shape}.")
    return {
        "layer": layer_name,
        "rows": [mask_runs(mask) for mask in reach.rows],
        "columns": [mask_runs(mask) for mask in reach.columns],
        "height": height,
        "width": width,
        "image": _image_address(image.shape, np.ascontiguousarray(image).tobytes()),
        "note": image_note,
        "colours": {
            "positive": palette.positive,
            "border": palette.border,
            "surface": palette.surface,
            "veil": palette.muted + f"{round(255 * VEIL_OPACITY):02x}",
        },
    }


@lru_cache(maxsize=8)
def _image_address(shape: tuple[int, ...], pixels: bytes) -> str:
    """Write an image as an address that holds it; the same image is asked for at every rerun."""
    return png_address(np.frombuffer(pixels, dtype=np.uint8).reshape(shape))
