"""What one watches while a network learns: its first kernels, and what it says of some test images."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

import numpy as np
import numpy.typing as npt

from cnn_core.training.snapshot import Verdicts
from dashboard.charts.png import png_address
from dashboard.palette import Palette

MOST_KERNELS = 32


def kernel_strip(kernels: npt.NDArray[np.float32], words: str, palette: Palette, limit: float | None = None) -> str:
    """Draw kernels side by side, negative to positive about zero.

    Args:
        kernels: `(height, width, channels, filters)`; the mean over the channels is drawn, of the first 32 filters.
        words: What they are, for the caption.
        palette: The theme's colours.
        limit: The number that has the full colour; the largest one there is where left out.

    Returns:
        HTML: a caption and a picture for each filter.
    """
    shown = kernels.mean(axis=2)[:, :, :MOST_KERNELS]
    largest = limit if limit is not None else float(np.abs(shown).max())
    pictures = "".join(
        f'<img alt="filter {index + 1}" title="filter {index + 1}: {shown[:, :, index].min():.2f} to '
        f'{shown[:, :, index].max():.2f}" src="{png_address(_coloured(shown[:, :, index] / (largest or 1), palette))}">'
        for index in range(shown.shape[2])
    )
    scale = f"from −{largest:.2g} to +{largest:.2g}"
    return (
        f"<p>{escape(words)}, {scale}: "
        f'<b style="color:{palette.negative}">below zero</b>, <b style="color:{palette.positive}">above zero</b></p>'
        f'<div class="kernels">{pictures}</div>'
    )


def verdict_strip(verdicts: Verdicts, class_names: Sequence[str], palette: Palette) -> str:
    """Show test images with what the network takes them for; what is wrong is marked and says what is right.

    Args:
        verdicts: The images and the guesses.
        class_names: One name a class.
        palette: The theme's colours.

    Returns:
        HTML: a sentence and the images.
    """
    right = int((verdicts.labels == verdicts.guesses).sum())
    figures = "".join(
        _verdict(image, class_names[label], class_names[guess], palette)
        for image, label, guess in zip(verdicts.images, verdicts.labels, verdicts.guesses, strict=True)
    )
    return (
        f"<p>{right} of these {len(verdicts.images)} test images are read rightly after step {verdicts.step}.</p>"
        f'<div class="samples verdicts">{figures}</div>'
    )


def _verdict(image: npt.NDArray[np.uint8], right: str, guess: str, palette: Palette) -> str:
    is_right = right == guess
    words = f"✓ {escape(guess)}" if is_right else f"✗ {escape(guess)}, is {escape(right)}"
    frame = palette.border if is_right else palette.text
    return (
        f'<figure><img src="{png_address(image)}" alt="{escape(right)}" style="outline:{1 if is_right else 3}px '
        f'solid {frame}"><figcaption>{words}</figcaption></figure>'
    )


def _coloured(values: npt.NDArray[np.float32], palette: Palette) -> npt.NDArray[np.uint8]:
    """Mix the colours of below, at and above zero by numbers of −1 to 1."""
    below, middle, above = (_rgb(colour) for _, colour in palette.diverging)
    part = np.clip(values, -1, 1)[:, :, None]
    mixed = middle + np.where(part < 0, (below - middle) * -part, (above - middle) * part)
    return np.asarray(mixed.round(), np.uint8)


def _rgb(colour: str) -> npt.NDArray[np.float64]:
    return np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)], np.float64)
