"""Ready-made networks by name, each with a line on what it teaches."""

from __future__ import annotations

from dataclasses import dataclass

from cnn_core.architecture.design import ConvBlock, DenseBlock, NetworkDesign
from cnn_core.errors import ClassroomError


@dataclass(frozen=True)
class Preset:
    """A ready-made network.

    Args:
        slug: Short name in addresses, as `"mnist-cnn"`.
        title: Name on the screen.
        teaches: One sentence on what it shows.
        design: The network.
        epochs: How often its source goes over the data.
        learning_rate: The learning rate that suits it, with Adam.
    """

    slug: str
    title: str
    teaches: str
    design: NetworkDesign
    epochs: int = 3
    learning_rate: float = 0.001


_ALL = (
    Preset(
        "first",
        "First network",
        "Two small convolutions and one dense layer are enough to read digits, within seconds.",
        NetworkDesign(blocks=(ConvBlock(filters=16), ConvBlock(filters=32)), dense=(DenseBlock(units=64),)),
        learning_rate=0.002,
    ),
    Preset(
        "two-convolutions",
        "Two convolutions, 64 and 32",
        "Convolutions alone, without pooling: the flatten layer is large, and so is the work.",
        NetworkDesign(
            blocks=(
                ConvBlock(filters=64, padding="valid", pooling="none"),
                ConvBlock(filters=32, padding="valid", pooling="none"),
            ),
            dense=(),
        ),
    ),
    Preset(
        "colour-images",
        "Colour images, 32×32 (CIFAR-10)",
        "Three channels in, pooling between convolutions, and logits instead of probabilities at the end.",
        NetworkDesign(
            input_shape=(32, 32, 3),
            blocks=(
                ConvBlock(filters=32, padding="valid"),
                ConvBlock(filters=64, padding="valid"),
                ConvBlock(filters=64, padding="valid", pooling="none"),
            ),
            dense=(DenseBlock(units=64),),
            output="logits",
        ),
        epochs=4,
    ),
    Preset(
        "fully-connected",
        "Fully connected, 512-512",
        "No convolution at all: every pixel has a weight of its own, and neighbourhood means nothing.",
        NetworkDesign(blocks=(), dense=(DenseBlock(units=512), DenseBlock(units=512))),
    ),
    Preset(
        "large-cnn",
        "Convolutional, 32 and 64 of 5×5",
        "The rival of the fully connected network: fewer mistakes, though most weights still sit in the dense layer.",
        NetworkDesign(
            blocks=(ConvBlock(filters=32, kernel_size=5), ConvBlock(filters=64, kernel_size=5)),
            dense=(DenseBlock(units=1024),),
        ),
    ),
    Preset(
        "blood-cells",
        "Blood cells, two classes",
        "One sigmoid output says how likely a cell holds a parasite; dropout keeps it from learning cells by heart.",
        NetworkDesign(
            input_shape=(64, 64, 3),
            blocks=(
                ConvBlock(filters=16, has_batch_norm=True),
                ConvBlock(filters=32, has_batch_norm=True),
                ConvBlock(filters=64, has_batch_norm=True),
            ),
            dense=(DenseBlock(units=64, dropout=0.4),),
            class_count=2,
            output="sigmoid",
        ),
        epochs=10,
    ),
)

PRESETS: dict[str, Preset] = {preset.slug: preset for preset in _ALL}
DEFAULT_PRESET = "first"


def preset(slug: str) -> Preset:
    """Return the ready-made network of that name.

    Raises:
        ClassroomError: If there is none.

    Example:
        >>> from cnn_core.architecture.shapes import network_figures
        >>> network_figures(preset("fully-connected").design.to_spec()).parameters
        669706
    """
    if slug not in PRESETS:
        raise ClassroomError(
            f"There is no ready-made network called “{slug}”.", f"Choose one of: {', '.join(PRESETS)}."
        )
    return PRESETS[slug]
