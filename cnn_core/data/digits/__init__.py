"""The built-in data set `digits`: 28 by 28 pixels, drawn by a pen that imitates many hands.

`glyphs` lists the ways in which people write each digit, `spline` makes curves of them, `style` draws the writers'
hands, `pen` puts ink on pixels, `generate` joins them, and `asset` reads and writes the ready-made file.
"""

from cnn_core.data.digits.asset import load_digits
from cnn_core.data.digits.generate import generate_digits

__all__ = ["generate_digits", "load_digits"]
