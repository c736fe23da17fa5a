"""What the rules of advice have in common: what they are given, what they give, and how they write numbers."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from cnn_core.architecture.layers import Flatten, GlobalPooling2D, Layer, Pooling2D
from cnn_core.architecture.receptive_field import Reach
from cnn_core.architecture.shapes import LayerFigures
from cnn_core.architecture.spec import NetworkSpec

LINEAR = "linear"


@dataclass(frozen=True)
class Advice:
    """Something about a network that can be built which its designer may want to know.

    Args:
        slug: The rule's name, as `"dense-share"`.
        message: What is so in this network, with its numbers, and what would change it.
        reason: Why that matters.
        term: The glossary's term that explains it, as `"receptive-field"`.
        layer_index: The layer that it is about.
    """

    slug: str
    message: str
    reason: str
    term: str
    layer_index: int


@dataclass(frozen=True)
class Case:
    """A network that can be built, with all that the rules look at.

    Args:
        spec: The network.
        rows: Every layer's figures.
        reach: What each place of every layer's output can see of the image.
        class_count: How many classes it is to tell apart, if that is known.
    """

    spec: NetworkSpec
    rows: tuple[LayerFigures, ...]
    reach: tuple[Reach, ...]
    class_count: int | None = None

    @property
    def kernels(self) -> tuple[int, ...]:
        """Where the layers are that multiply with learned weights: convolutions, blocks of them, dense layers."""
        return tuple(index for index, row in enumerate(self.rows) if has_kernel(row.layer))

    @property
    def bridge(self) -> int | None:
        """Where feature maps become a list; nothing in a network that ends in feature maps."""
        for index, row in enumerate(self.rows):
            if isinstance(row.layer, Flatten | GlobalPooling2D) and len(row.input_shape) == 3:
                return index
        return None

    @property
    def sliding(self) -> tuple[int, ...]:
        """Where the layers are whose windows slide over the image, before the feature maps become a list."""
        return tuple(index for index, row in enumerate(self.rows) if row.layer.windows())

    @property
    def convolutions(self) -> tuple[int, ...]:
        """Where the layers are that slide learned kernels."""
        return tuple(index for index in self.sliding if has_kernel(self.rows[index].layer))

    def name(self, index: int) -> str:
        """Return a layer's name."""
        return self.rows[index].name

    def next_kernel(self, index: int) -> int | None:
        """Return the next layer with a kernel, if there is one."""
        return next((other for other in self.kernels if other > index), None)

    def kernel_before(self, index: int) -> int:
        """Return the layer with a kernel whose activation a layer applies; the layer itself if there is none."""
        return next((other for other in reversed(self.kernels) if other <= index), index)

    def activations(self, index: int) -> tuple[str, ...]:
        """Name the functions that are applied after a layer's kernel and before the next one.

        Its own comes first; activation layers count as its own do. What passes numbers on is left out.
        """
        following = self.next_kernel(index)
        layers = [row.layer for row in self.rows[index : len(self.rows) if following is None else following]]
        names = (own_activation(layer) for layer in layers)
        return tuple(name for name in names if name != LINEAR)


Rule = Callable[[Case], Iterator[Advice]]
"""Looks at a network and gives advice, or none; what is true of several layers is one piece of advice."""


def has_kernel(layer: Layer) -> bool:
    """Whether a layer multiplies with learned weights: those have initial values to be chosen."""
    return hasattr(layer, "initializer")


def own_activation(layer: Layer) -> str:
    """Return the function that a layer itself applies to its output."""
    return str(getattr(layer, "activation", LINEAR))


def is_nonlinear_pooling(layer: Layer) -> bool:
    """Whether a layer pools by choosing one of several numbers; their average is a weighted sum."""
    return isinstance(layer, Pooling2D | GlobalPooling2D) and layer.pooling != "average"


def percent(share: float) -> str:
    r"""Write a share as people say it; number and sign stay on one line.

    Example:
        >>> percent(0.9484), percent(0.0156), percent(0.9999), percent(1.0), percent(0.002)
        ('95\xa0%', '1.6\xa0%', 'over 99\xa0%', '100\xa0%', 'under 1\xa0%')
    """
    hundredths = 100 * share
    if hundredths < 1:
        text = "under 1"
    elif hundredths < 10:
        text = f"{hundredths:.1f}"
    elif 99.5 <= hundredths < 100:
        text = "over 99"
    else:
        text = f"{hundredths:.0f}"
    return f"{text}\N{NO-BREAK SPACE}%"


def joined(names: Sequence[str]) -> str:
    """Write names as one says them.

    Example:
        >>> joined(["conv_1"]), joined(["conv_1", "conv_2", "conv_3"])
        ('conv_1', 'conv_1, conv_2 and conv_3')
    """
    return " and ".join(filter(None, (", ".join(names[:-1]), names[-1])))


def likewise(names: Sequence[str]) -> str:
    """Add, in brackets, which other layers something is true of.

    Example:
        >>> likewise([]), likewise(["conv_2"])
        ('', ' (likewise conv_2)')
    """
    return f" (likewise {joined(names)})" if names else ""
