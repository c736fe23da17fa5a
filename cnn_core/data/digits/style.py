"""How a writer's hand differs from another's: a table of style parameters, and how they are drawn.

Training and test part are written by different writers, and not by chance. The range of every style parameter is cut
into narrow slots; writers of the training part have only values out of the even slots, writers of the test part only
values out of the odd ones. No test writer shares a value of any parameter with a training writer.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from cnn_core.data.sheets import Part as Part

FloatArray = npt.NDArray[np.float64]

SLOTS = 64
"""Into how many slots of equal probability the range of a style parameter is cut."""

_SLOT_PARITY: dict[str, int] = {"train": 0, "test": 1}
_SLOT_MARGIN = 0.05
_LOGISTIC_STD = 1.8138


@dataclass(frozen=True)
class StyleParameter:
    """One trait of a hand.

    Args:
        name: The trait, with its unit.
        centre: The most common value.
        spread: The standard deviation.
        low: No value is below.
        high: No value is above.
    """

    name: str
    centre: float
    spread: float
    low: float
    high: float


STYLE: tuple[StyleParameter, ...] = (
    StyleParameter("slant", 0.16, 0.24, -0.45, 0.88),  # sideways shift for each unit of height, to the right
    StyleParameter("rotation_rad", 0.0, 0.10, -0.35, 0.35),
    StyleParameter("width_log", 0.02, 0.24, -0.6, 0.6),  # logarithm of the stretch sideways
    StyleParameter("waist", 0.0, 0.24, -0.6, 0.6),  # upper half larger (+) or lower half larger (-)
    StyleParameter("taper", 0.0, 0.22, -0.55, 0.55),  # lower half wider (+) or upper half wider (-)
    StyleParameter("bend", 0.0, 0.12, -0.35, 0.35),  # the whole digit bent like a bow
    StyleParameter("wave", 0.055, 0.03, 0.0, 0.11),  # height of the slow waves of the hand
    StyleParameter("untidiness", 3.6, 1.4, 0.5, 7.0),  # wandering of the points, on the grid of 100
    StyleParameter("haste", 0.5, 0.3, 0.0, 1.0),  # 0 follows every corner, 1 cuts them
    StyleParameter("pen_radius_px", 1.30, 0.42, 0.6, 3.0),
    StyleParameter("pressure_range", 0.10, 0.08, 0.0, 0.4),  # change of the radius along a stroke
    StyleParameter("edge_px", 1.05, 0.25, 0.5, 1.7),  # over how many pixels ink fades into paper
)

STYLE_NAMES: tuple[str, ...] = tuple(parameter.name for parameter in STYLE)


def draw_writers(count: int, rng: np.random.Generator, part: Part) -> dict[str, FloatArray]:
    """The hands of some writers.

    Args:
        count: How many writers.
        rng: The source of chance.
        part: Whose slots the values come from.

    Returns:
        For each name in `STYLE_NAMES` the writers' values, `(count,)`.

    Example:
        >>> hands = draw_writers(3, np.random.default_rng(0), "train")
        >>> set(style_slots(hands["slant"], "slant") % 2)
        {np.int64(0)}
    """
    slots = 2 * rng.integers(0, SLOTS // 2, size=(len(STYLE), count)) + _SLOT_PARITY[part]
    within = rng.uniform(_SLOT_MARGIN, 1 - _SLOT_MARGIN, size=slots.shape)
    quantiles = (slots + within) / SLOTS
    return {
        parameter.name: _from_quantile(quantile, parameter)
        for parameter, quantile in zip(STYLE, quantiles, strict=True)
    }


def style_slots(values: FloatArray, name: str) -> npt.NDArray[np.int64]:
    """In which slot of a style parameter's range values lie: even ones are for training, odd ones for the test.

    Args:
        values: Values of the parameter.
        name: Its name in `STYLE_NAMES`.

    Returns:
        The slot of each value, 0 to `SLOTS - 1`.
    """
    parameter = STYLE[STYLE_NAMES.index(name)]
    return np.floor(_to_quantile(values, parameter) * SLOTS).astype(np.int64)


def _bell(values: FloatArray, parameter: StyleParameter) -> FloatArray:
    scale = parameter.spread / _LOGISTIC_STD
    return np.asarray(1.0 / (1.0 + np.exp(-(values - parameter.centre) / scale)))


def _limits(parameter: StyleParameter) -> tuple[float, float]:
    low, high = _bell(np.array([parameter.low, parameter.high]), parameter)
    return float(low), float(high)


def _from_quantile(quantiles: FloatArray, parameter: StyleParameter) -> FloatArray:
    """A bell-shaped (logistic) distribution, cut off at `low` and `high`."""
    low, high = _limits(parameter)
    inside = low + quantiles * (high - low)
    return np.asarray(parameter.centre + parameter.spread / _LOGISTIC_STD * np.log(inside / (1.0 - inside)))


def _to_quantile(values: FloatArray, parameter: StyleParameter) -> FloatArray:
    low, high = _limits(parameter)
    return np.asarray((_bell(values, parameter) - low) / (high - low))
