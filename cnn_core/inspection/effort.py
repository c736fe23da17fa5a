"""How long a network will be busy, roughly: enough to say whether one should ask before beginning."""

from __future__ import annotations

from cnn_core.architecture.shapes import network_figures
from cnn_core.architecture.spec import NetworkSpec

MULTIPLY_ADDS_PER_S = 50e9
NUMBERS_PER_S = 1e9
"""What two cores do beside other work: multiplications in forward passes, and numbers that are written and read."""


def expected_s(spec: NetworkSpec, passes: int) -> float:
    """Return about how many seconds it takes to send images through a network.

    Args:
        spec: A network that can be built.
        passes: How many images, each once.

    Example:
        >>> from cnn_core.architecture.layers import Dense, Flatten
        >>> round(expected_s(NetworkSpec((100, 100, 1), (Flatten(), Dense(units=1000))), 1000), 2)
        0.21
    """
    figures = network_figures(spec)
    numbers = sum(row.held_numbers for row in figures.layers)
    return passes * (figures.multiply_adds / MULTIPLY_ADDS_PER_S + numbers / NUMBERS_PER_S)
