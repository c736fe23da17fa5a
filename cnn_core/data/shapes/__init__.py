"""The built-in data set `shapes`: 32 by 32 pixels in colour, ten classes of which neighbours differ in one thing.

`outlines` says where each shape is, `generate` chooses places, sizes and colours and puts them on coloured paper.
"""

from cnn_core.data.shapes.generate import CLASS_NAMES, generate_shapes, load_shapes

__all__ = ["CLASS_NAMES", "generate_shapes", "load_shapes"]
