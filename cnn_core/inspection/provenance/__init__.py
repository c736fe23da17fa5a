"""Where a number came from: from any number of a network down to the pixels, with every term of every sum.

It works on what one forward pass has given (`NetworkProbe.feature_maps`), on the spec and on the weights, with NumPy
alone. A layer is taken apart into the Keras layers that it is made of, as a residual block into its convolutions, its
normalisations and its sum; each of these is one step, and one record.
"""

from cnn_core.inspection.provenance.chain import Provenance
from cnn_core.inspection.provenance.records import (
    IMAGE,
    Activated,
    ActivationStep,
    Added,
    Normalized,
    Origin,
    Passed,
    PixelOrigin,
    Pooled,
    Position,
    Term,
    Unexplained,
    WeightedSum,
)

__all__ = [
    "IMAGE",
    "Activated",
    "ActivationStep",
    "Added",
    "Normalized",
    "Origin",
    "Passed",
    "PixelOrigin",
    "Pooled",
    "Position",
    "Provenance",
    "Term",
    "Unexplained",
    "WeightedSum",
]
