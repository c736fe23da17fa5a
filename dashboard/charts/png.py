"""An image as an address that holds it, for HTML."""

from __future__ import annotations

import base64
import io
from html import escape

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


def picture_html(image: npt.NDArray[np.uint8], words: str) -> str:
    """Write a picture as HTML, as it is and not enlarged, with its name below.

    Args:
        image: `(height, width, channels)`.
        words: What it is; escaped.

    Example:
        >>> html = picture_html(np.zeros((2, 2, 3), np.uint8), "<me>")
        >>> "&lt;me&gt;" in html, "<me>" in html
        (True, False)
    """
    name = escape(words)
    style = "max-width:100%;max-height:10rem;border-radius:0.25rem;display:block"
    caption = f'<figcaption style="font-size:0.875rem">{name}</figcaption>'
    return f'<figure style="margin:0"><img src="{png_address(image)}" alt="{name}" style="{style}">{caption}</figure>'
