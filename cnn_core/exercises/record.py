"""An exercise: what is given, what is asked, the answer, and how one gets there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy.typing as npt

from cnn_core.architecture.formula import Formula
from cnn_core.architecture.layers import Shape
from cnn_core.architecture.spec import shape_text
from cnn_core.errors import ClassroomError
from cnn_core.exercises.typed_answer import read_number, read_shapes

AnswerKind = Literal["number", "shape", "choice"]
Scale = Literal["grey", "amount", "diverging"]
LETTERS = "ABCDEFGH"


@dataclass(frozen=True, eq=False)
class Picture:
    """Something to look at.

    Args:
        title: What it is, in a few words.
        values: `(height, width)` numbers, or `(height, width, 3)` uint8 in their own colours.
        scale: Black to white, from nothing to much, or blue – paper – orange about zero.
    """

    title: str
    values: npt.NDArray[Any]
    scale: Scale = "grey"


@dataclass(frozen=True)
class Working:
    """One line of the way to an answer.

    Args:
        title: What is worked out, as `"Output height"`.
        words: The formula with the names of its quantities; `""` where there is none to say.
        numbers: The formula with the numbers filled in; `""` where the value stands for itself.
        value: What comes out.
    """

    title: str
    words: str
    numbers: str
    value: str


@dataclass(frozen=True, eq=False)
class Exercise:
    """One question about a network, and its answer. All texts are plain words without any markup.

    Args:
        kind: Its kind in `EXERCISE_KINDS`.
        name: Tells it from all others about the same network, as `"parameters:conv_2"`.
        given: What one has to know, in full sentences.
        question: What is asked, in one sentence.
        answer_kind: Whether the answer is a whole number, a shape, or one of the choices.
        answer: The right answer: the number, the shape, or the place of the choice.
        worked: How one gets there, line by line.
        unit: What the number counts, as `"pixels"`; `""` for a shape or a choice.
        choices: What can be chosen, 2 to 8 different texts; exactly one is right. None for a typed answer.
        pictures: Pictures to look at before answering.
        choice_pictures: One for each choice, or none.
        remark: A sentence that is worth knowing once it is answered; `""` for none.

    Raises:
        ValueError: If the answer is not of its kind, or the choices are not different.
    """

    kind: str
    name: str
    given: str
    question: str
    answer_kind: AnswerKind
    answer: int | Shape
    worked: tuple[Working, ...]
    unit: str = ""
    choices: tuple[str, ...] = ()
    pictures: tuple[Picture, ...] = ()
    choice_pictures: tuple[Picture, ...] = ()
    remark: str = ""

    def __post_init__(self) -> None:
        is_choice, is_shape = self.answer_kind == "choice", self.answer_kind == "shape"
        if isinstance(self.answer, tuple) != is_shape:
            raise ValueError(f"answer must be a {self.answer_kind}. Received: answer={self.answer!r}.")
        most = len(LETTERS) if is_choice else 0
        least = 2 if is_choice else 0
        if not least <= len(self.choices) <= most or len(set(self.choices)) < len(self.choices):
            raise ValueError(f"choices must be {least} to {most} different texts. Received: choices={self.choices!r}.")
        if is_choice and self.answer not in range(len(self.choices)):
            raise ValueError(f"answer must be the place of a choice. Received: answer={self.answer!r}.")
        if len(self.choice_pictures) not in (0, len(self.choices)):
            raise ValueError(
                "choice_pictures must be one for each choice. "
                f"Received: {len(self.choice_pictures)} pictures for {len(self.choices)} choices."
            )

    @property
    def answer_text(self) -> str:
        """The right answer as people write it, with its unit."""
        if isinstance(self.answer, tuple):
            return shape_text(self.answer)
        if self.answer_kind == "choice":
            return self.choices[self.answer]
        return f"{self.answer:,} {self.unit}".strip()

    def marks(self, given: str) -> bool:
        """Whether an answer is right.

        Args:
            given: What somebody typed; of choices the text or the letter.

        Raises:
            ClassroomError: If it cannot be read as an answer of this kind.
        """
        if self.answer_kind == "number":
            return read_number(given) == self.answer
        if self.answer_kind == "shape":
            return self.answer in read_shapes(given)
        return self._choice(given) == self.answer

    def _choice(self, given: str) -> int:
        word, letters = given.strip(), list(LETTERS[: len(self.choices)])
        # Where choices are letters themselves, their own names come first.
        for known in (list(self.choices), letters):
            if word in known:
                return known.index(word)
        if word.upper() in letters:
            return letters.index(word.upper())
        raise ClassroomError("Nothing is chosen yet.", f"Choose one of {', '.join(self.choices)}.")


def worked_line(title: str, formula: Formula, unit: str = "") -> Working:
    """Write a formula as a line of the way to an answer.

    Example:
        >>> from cnn_core.architecture.formula import quantity
        >>> worked_line("Weights", quantity("filters", 8) * quantity("channels in", 3))
        Working(title='Weights', words='filters × channels in', numbers='8 × 3', value='24')
    """
    value = f"{formula.value:,} {unit}".strip()
    numbers = "" if formula.numbers == f"{formula.value:,}" else formula.numbers
    return Working(title, "" if formula.words == formula.numbers else formula.words, numbers, value)


def listed_words(words: Sequence[str]) -> str:
    """Join words as people do.

    Example:
        >>> listed_words(["A"]), listed_words(["A", "B", "C"])
        ('A', 'A, B and C')
    """
    *others, last = words
    return f"{', '.join(others)} and {last}" if others else last
