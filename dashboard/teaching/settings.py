"""What a lesson plan may set on the pages: a list of names, each with the values that its page takes.

A plan is a file that anybody may have written. So it reaches nothing but what stands here.
"""

from __future__ import annotations

from collections.abc import Iterable

from cnn_core.data.registry import DATASETS
from cnn_core.operations.activations import ACTIVATIONS
from cnn_core.operations.kernels import KERNELS
from cnn_core.operations.surfaces import SURFACES

_PADDINGS = ("valid", "same", *(str(number) for number in range(1, 13)))
_CLASSES = ("any", *(str(digit) for digit in range(10)))


def _windows(part: str) -> dict[str, tuple[object, ...]]:
    """Return how the kernel walks in one part of the lesson on convolution."""
    return {
        f"convolution.{part}.stride": tuple(range(1, 7)),
        f"convolution.{part}.padding": _PADDINGS,
        f"convolution.{part}.dilation": tuple(range(1, 5)),
    }


SETTINGS: dict[str, tuple[object, ...]] = {
    "convolution.view": ("line", "plane", "channels"),
    "convolution.kernel": (*KERNELS, "random"),
    **_windows("line"),
    **_windows("plane"),
    **{
        f"{part}.image": ("digit", "drawing", "generated")
        for part in ("convolution.plane", "pooling", "dense", "learning")
    },
    "pooling.source_chosen": ("numbers", "image", "map"),
    "pooling.kind_chosen": ("max", "average", "min"),
    "pooling.size_chosen": ("2", "3", "4"),
    "pooling.stride_chosen": ("1", "2", "3", "4"),
    "pooling.padding_chosen": ("valid", "same"),
    "activation.part": ("curve", "neuron", "map", "flat", "layers"),
    "activation.function": tuple(ACTIVATIONS),
    "softmax.part": ("terms", "sharpen", "two"),
    "learning.view_chosen": ("step", "race", "real"),
    "learning.surface_chosen": tuple(SURFACES),
    "dense.view": ("weights", "matrix", "shift", "field"),
    "other.view": ("pointwise", "separable", "dilated", "transposed", "costs"),
    "design.mode": ("quick", "layers"),
    "training.view": ("curves", "gradients", "kernels", "verdicts"),
    "compare.what": ("trainings", "fair"),
    "inside.view": ("maps", "kernels", "origin", "filter", "why", "sanity", "mind", "map"),
    "inside.source": (*DATASETS, "drawing", "generated"),
    "inside.which": ("all", "wrong"),
    "inside.class": _CLASSES,
    "inside.number": tuple(range(1, 1001)),
    "inside.maps.scale": ("layer", "map", "network"),
    "inside.map.method": ("pca", "t-sne"),
}
"""The values that each name may have."""


def is_setting(name: str, value: object) -> bool:
    """Whether a plan may choose that.

    Example:
        >>> is_setting("inside.view", "why"), is_setting("inside.view", "secret"), is_setting("inside.number", True)
        (True, False, False)
    """
    return any(type(value) is type(allowed) and value == allowed for allowed in SETTINGS.get(name, ()))


def allowed_words(values: Iterable[object]) -> str:
    """Name what is allowed; of many numbers, the first and the last.

    Example:
        >>> allowed_words(("a", "b")), allowed_words(range(1, 1001))
        ('a, b', '1 to 1000')
    """
    given = list(values)
    if all(isinstance(value, int) for value in given):
        return f"{given[0]} to {given[-1]}"
    return ", ".join(str(value) for value in given)
