"""The built-in data set `cells`: 64 by 64 pixels in colour, blood cells with or without a stained parasite.

`outlines` cuts cells out, `stains` gives every patient's slide its colours, `specks` draws parasites and what is
none, `generate` joins them.
"""

from cnn_core.data.cells.generate import CLASS_NAMES, generate_cells, load_cells

__all__ = ["CLASS_NAMES", "generate_cells", "load_cells"]
