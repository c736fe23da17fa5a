"""An image as an address that holds it, for HTML."""

from __future__ import annotations

import base64
import io

import numpy as np
import numpy.typing as npt
from PIL import Image


def png_address(image: npt.NDArray[np.uint8]) -> str:
    """Write an image as a PNG file within an address.

    Args:
        image: `(height, width, channels)`, 0 to 255. Three channels are colours; of any other number the first is
            shown in grey.
    """
    buffer = io.BytesIO()
    Image.fromarray(image if image.shape[2] == 3 else image[:, :, 0]).save(buffer, format="PNG", compress_level=1)
    return f"data:image/png;base64,{base64.b64encode(buffer.getvalue()).decode()}"
