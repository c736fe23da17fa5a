"""How a data set is made from the files that somebody brings."""

from __future__ import annotations

from dataclasses import dataclass

from cnn_core.data.own.fitting import Fit
from cnn_core.data.own.folder import MOST_TITLE
from cnn_core.data.own.grouping import MOST_NTH, MOST_PATTERN, group_words
from cnn_core.errors import ClassroomError

SMALLEST_SIDE, LARGEST_SIDE = 8, 256
LEAST_SHARE, MOST_SHARE = 0.05, 0.5


@dataclass(frozen=True)
class ImportSettings:
    """How a data set is made from files.

    Args:
        title: Its name on the screen.
        image_shape: Height, width and channels of its images: sides 8 to 256, 1 channel (grey) or 3 (colour).
        keeps_aspect: Whether images keep their proportions, between black borders; else they are stretched.
        test_share: The part of the images that is set aside to judge networks by, 0.05 to 0.5; not used where the
            files come in two parts already.
        group_pattern: Images belong together whose file names are alike up to this text, as `"Thin"`; `""` for none.
        group_nth: Up to which time the text stands in the name, 1 to 9.
        seed: Which images are set aside, and the order of all, 0 or more.

    Raises:
        ClassroomError: If one of them is outside its limits.

    Example:
        >>> ImportSettings("Cells", (64, 64, 3), group_pattern="Thin").lines()[0]
        'Images of 64×64×3, proportions kept between black borders'
    """

    title: str
    image_shape: tuple[int, int, int]
    keeps_aspect: bool = True
    test_share: float = 0.2
    group_pattern: str = ""
    group_nth: int = 1
    seed: int = 0

    def __post_init__(self) -> None:
        height, width, channels = self.image_shape
        if not all(SMALLEST_SIDE <= side <= LARGEST_SIDE for side in (height, width)) or channels not in (1, 3):
            raise ClassroomError(
                f"Images of {self.shape_words} cannot be made.",
                f"Choose sides from {SMALLEST_SIDE} to {LARGEST_SIDE}, in grey or in colour.",
            )
        if not LEAST_SHARE <= self.test_share <= MOST_SHARE:
            raise ClassroomError(
                f"A test part of {self.test_share:.0%} cannot be made.",
                f"Choose {LEAST_SHARE:.0%} to {MOST_SHARE:.0%}.",
            )
        if len(self.group_pattern) > MOST_PATTERN or not 1 <= self.group_nth <= MOST_NTH or self.seed < 0:
            raise ClassroomError(
                "The text for the groups is too long.", f"Choose one of {MOST_PATTERN} letters at most."
            )
        if len(self.title) > 10 * MOST_TITLE:
            raise ClassroomError("The name is too long.", f"Choose one of {MOST_TITLE} letters at most.")

    @property
    def shape_words(self) -> str:
        """The size in words, as `"64×64×3"`."""
        return "×".join(str(size) for size in self.image_shape)

    @property
    def fit(self) -> Fit:
        """How images are brought to one size."""
        return Fit(self.image_shape, self.keeps_aspect)

    def lines(self, has_split: bool = False) -> tuple[str, ...]:
        """Say in a few lines how the data set is made, for its record.

        Args:
            has_split: Whether the files come in two parts already.
        """
        how = "proportions kept between black borders" if self.keeps_aspect else "stretched to that"
        grouped = f", by groups: {group_words(self.group_pattern, self.group_nth)}" if self.group_pattern else ""
        aside = f"{self.test_share:.0%} of the images set aside for the test{grouped}"
        return (
            f"Images of {self.shape_words}, {how}",
            "The training and the test part are those that the files came with" if has_split else aside,
            f"Seed {self.seed}",
        )
