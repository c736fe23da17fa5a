"""What inspection finds, as plain records: charts can take these without waiting for TensorFlow.

All numbers are as the network computes them: no scaling for display, no colours. The arrays cannot be written to,
since several sessions may look at the same record.
"""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np
import numpy.typing as npt

from cnn_core.architecture.layers import Shape

FloatArray = npt.NDArray[np.float32]


class _Frozen:
    def __post_init__(self) -> None:
        for f in fields(self):  # type: ignore[arg-type]
            value = getattr(self, f.name)
            if isinstance(value, np.ndarray):
                view = value.view()
                view.flags.writeable = False
                object.__setattr__(self, f.name, view)


@dataclass(frozen=True, eq=False)
class LayerOutput(_Frozen):
    """What one layer gives out for one image.

    Args:
        name: The layer's name in the network, as `"conv_1"`.
        kind: The layer's kind in `LAYER_KINDS`, as `"conv2d"`.
        values: `(height, width, channels)`, one feature map a channel, or `(units,)`.
    """

    name: str
    kind: str
    values: FloatArray

    @property
    def shape(self) -> Shape:
        """Shape of the values: of an image's feature maps, or of a flat list."""
        return tuple(int(n) for n in self.values.shape)

    @property
    def is_image(self) -> bool:
        """Whether the values are feature maps, and not a flat list."""
        return self.values.ndim == 3

    @property
    def minimum(self) -> float:
        """The smallest value; NaN if the network has lost its numbers."""
        return float(self.values.min())

    @property
    def maximum(self) -> float:
        """The largest value; NaN if the network has lost its numbers."""
        return float(self.values.max())


@dataclass(frozen=True, eq=False)
class LayerKernels(_Frozen):
    """The learned weights of one convolution.

    Args:
        name: The convolution's name in Keras, as `"conv_1"` or `"residual_1_conv_a"`; the two halves of a separable
            convolution are called `"separable_1_depthwise"` and `"separable_1_pointwise"`.
        layer: Name of the network's layer that it is a part of, as `"residual_1"`.
        kernels: `(kernel height, kernel width, channels in, filters)`; `kernels[:, :, c, f]` is one kernel. Depthwise,
            the last axis is 1: each channel has a kernel of its own.
        bias: `(filters,)`, or nothing where the layer has none.
        is_depthwise: Whether each channel is filtered by itself, and nothing is summed over channels.
    """

    name: str
    layer: str
    kernels: FloatArray
    bias: FloatArray | None = None
    is_depthwise: bool = False

    @property
    def filters(self) -> int:
        """How many feature maps the convolution gives out."""
        return int(self.kernels.shape[2 if self.is_depthwise else 3])
