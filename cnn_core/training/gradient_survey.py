"""How much of the gradient each layer of a network gets, measured once on a real batch before the first step."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from cnn_core.architecture.deep_stack import DeepStack
from cnn_core.architecture.layers import Conv2D, Dense
from cnn_core.data.registry import load_dataset

DATASET = "digits"
IMAGES = 256
"""The batch: the first so many training images of the built-in digits."""

LARGEST_SLOPES = {
    "relu": 1.0,
    "leaky_relu": 1.0,
    "elu": 1.0,
    "gelu": 1.1289,
    "silu": 1.0998,
    "sigmoid": 0.25,
    "tanh": 1.0,
}
"""The steepest slope of each activation: the most that it lets through of a gradient."""


@dataclass(frozen=True)
class GradientSurvey:
    """The gradient of every layer with weights, from the image to the answer.

    Args:
        layers: Their names.
        norms: `(layer,)`, the root of the sum of the squares of all numbers of each layer's gradient.

    Example:
        >>> survey = GradientSurvey(("conv_1", "conv_2", "dense_1"), (0.02, 0.4, 2.0))
        >>> round(survey.share_left, 4), round(survey.factor_per_layer, 4)
        (0.01, 0.1)
    """

    layers: tuple[str, ...]
    norms: tuple[float, ...]

    @property
    def share_left(self) -> float:
        """The first layer's gradient as a part of the last one's; 0 where nothing comes through."""
        return self.norms[0] / self.norms[-1] if self.norms[-1] > 0 else 0.0

    @property
    def factor_per_layer(self) -> float:
        """By what the gradient is multiplied from layer to layer, as a geometric mean."""
        return float(self.share_left ** (1 / (len(self.norms) - 1)))


def slopes_leave_at_most(stack: DeepStack) -> float:
    """Multiply the largest slopes of all activations that stand one behind another.

    On its way back to the first layer's weights, a gradient passes every activation and is multiplied by its slope
    each time. The weights multiply too, and so does batch norm: this is the slopes' part only.

    Args:
        stack: The network.

    Returns:
        The most that the slopes leave of a gradient; 1 where they can leave it as it is.

    Example:
        >>> slopes_leave_at_most(DeepStack(5, "sigmoid")), 0.25 ** 4
        (0.00390625, 0.00390625)

    Reference:
        Goodfellow, Bengio & Courville 2016, *Deep Learning*, section 8.2.5.
    """
    return float(LARGEST_SLOPES[stack.activation] ** (stack.layers - 1))


def survey_gradients(stack: DeepStack, tell: Callable[[float], None] = lambda share: None) -> GradientSurvey:
    """Build a network and measure its layers' gradients, before anything is learned.

    The network is in training mode, so that batch norm takes the batch's own mean. It takes one to three seconds and
    imports TensorFlow.

    Args:
        stack: The network; its weights begin with seed 0.
        tell: Is told which share is done, 0 to 1.

    Returns:
        One number a layer with weights; batch norm's own few are left out.

    Raises:
        ClassroomError: If the digits cannot be read.
    """
    from cnn_core.architecture.build import build_model
    from cnn_core.training.health import HealthMeter
    from cnn_core.training.trainer import build_loss

    spec = stack.to_spec()
    train = load_dataset(DATASET).train
    tell(0.1)
    model = build_model(spec, seed=0)
    tell(0.2)
    meter = HealthMeter(model, spec, build_loss(spec))
    tell(0.7)
    measured = {
        layer.name: layer.gradient_norm for layer in meter.measure(train.images[:IMAGES], train.labels[:IMAGES])
    }
    tell(1.0)
    names = zip(spec.layer_names, spec.layers, strict=True)
    kernels = [name for name, layer in names if isinstance(layer, Conv2D | Dense)]
    return GradientSurvey(tuple(kernels), tuple(measured[name] or 0.0 for name in kernels))
