"""What is known of a room: frozen records."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
import numpy.typing as npt

from cnn_core.architecture.layers.base import some

LimitKind = Literal["none", "parameters", "multiply_adds"]
LIMIT_KINDS: tuple[LimitKind, ...] = get_args(LimitKind)
LIMIT_WORDS: dict[LimitKind, str] = {
    "none": "no limit",
    "parameters": "parameters",
    "multiply_adds": "multiply-adds for one image",
}

IMAGE_SHAPE = (28, 28, 1)
"""Drawings are kept as networks for digits take them."""

MOST_LIMIT = 10**12


@dataclass(frozen=True)
class Limit:
    """How large a network may be that is ranked.

    Args:
        kind: What is limited.
        amount: The largest that is allowed; 0 where nothing is limited.

    Raises:
        ValueError: If it is no limit.

    Example:
        >>> Limit("parameters", 50_000).complaint(parameters=61_706, multiply_adds=0)
        '61,706 parameters: the limit is 50,000'
        >>> Limit().complaint(10**9, 10**9), Limit("multiply_adds", 1000).words
        ('', 'at most 1,000 multiply-adds for one image')
    """

    kind: LimitKind = "none"
    amount: int = 0

    def __post_init__(self) -> None:
        if self.kind not in LIMIT_KINDS or not 0 <= self.amount <= MOST_LIMIT:
            raise ValueError(
                f"kind must be one of {', '.join(LIMIT_KINDS)}, amount from 0 to {MOST_LIMIT}. "
                f"Received: kind={self.kind!r}, amount={self.amount}."
            )

    @property
    def words(self) -> str:
        """The limit as people say it."""
        return "no limit" if self.kind == "none" else f"at most {self.amount:,} {LIMIT_WORDS[self.kind]}"

    def complaint(self, parameters: int, multiply_adds: int) -> str:
        """Say by what a network exceeds the limit; `""` if it does not.

        Args:
            parameters: How many numbers it learns.
            multiply_adds: What one image costs it.
        """
        size = {"none": 0, "parameters": parameters, "multiply_adds": multiply_adds}[self.kind]
        if self.kind == "none" or size <= self.amount:
            return ""
        return f"{size:,} {self.kind.replace('_', '-')}: the limit is {self.amount:,}"


@dataclass(frozen=True)
class Version:
    """A test set that has been frozen, so that all networks are judged on the same drawings.

    Args:
        number: 1 for the first; 0 before any.
        fingerprint: Eight signs that tell its drawings and labels from any others.
        count: How many drawings it has.

    Example:
        >>> Version(2, "3f9a1c20", 212).words
        'version 2 (3f9a1c20), 212 drawings'
    """

    number: int = 0
    fingerprint: str = ""
    count: int = 0

    @property
    def words(self) -> str:
        """The version as people say it."""
        return f"version {self.number} ({self.fingerprint}), {some(self.count, 'drawing')}"


@dataclass(frozen=True)
class Room:
    """A room as it is at one moment. Times are seconds since 1970.

    Args:
        code: By which people join.
        class_names: One name a class.
        limit: How large a ranked network may be.
        is_open: Whether drawings are taken.
        version: The test set that counts.
        created_at: When it was opened.
        expires_at: When it ends, with all that is in it.
        drawings_stamp: Changes with every change of the drawings.
        board_stamp: Changes with everything that changes the board.
    """

    code: str
    class_names: tuple[str, ...]
    limit: Limit
    is_open: bool
    version: Version
    created_at: float
    expires_at: float
    drawings_stamp: int
    board_stamp: int


@dataclass(frozen=True, eq=False)
class Drawings:
    """Drawings of a room, in the order in which they were added.

    Args:
        ids: `(count,)` int64, by which one is named.
        images: `(count, 28, 28, 1)` uint8.
        labels: `(count,)` int64, what each is said to be.
        is_frozen: `(count,)` bool, whether each belongs to the version that counts.
    """

    ids: npt.NDArray[np.int64]
    images: npt.NDArray[np.uint8]
    labels: npt.NDArray[np.int64]
    is_frozen: npt.NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.ids)

    def part(self, which: npt.NDArray[np.bool_] | npt.NDArray[np.int64] | slice) -> Drawings:
        """Return some of them.

        Args:
            which: A truth value for each, their places, or a slice.
        """
        return Drawings(self.ids[which], self.images[which], self.labels[which], self.is_frozen[which])

    @property
    def frozen(self) -> Drawings:
        """Those of the version that counts."""
        return self.part(self.is_frozen)


@dataclass(frozen=True)
class Counts:
    """How many drawings there are.

    Args:
        by_class: One number a class, of all drawings.
        late: How many do not belong to the version that counts.
        own: One number a class, of one person's.
        newest_own: Whether that person's newest can still be taken back.
    """

    by_class: tuple[int, ...]
    late: int
    own: tuple[int, ...]
    newest_own: bool

    @property
    def total(self) -> int:
        """All drawings."""
        return sum(self.by_class)


@dataclass(frozen=True, eq=False)
class Answers:
    """What a network said of a version's drawings.

    Args:
        version: The version's number.
        guesses: `(count,)` int64, the class that it took each for.
        sureness: `(count,)` float32, the probability that it gave the class that each is said to be.
        problem: Why there are none, in a sentence; else `""`.
    """

    version: int
    guesses: npt.NDArray[np.int64]
    sureness: npt.NDArray[np.float32]
    problem: str = ""


@dataclass(frozen=True, eq=False)
class Entry:
    """A network on a board.

    Args:
        id: By which it is named.
        name: Made up.
        network_id: `"starter"` or a run's id.
        step: Which of the run's weights.
        parameters: How many numbers it learns.
        multiply_adds: What one image costs it.
        person: Who entered it; says nothing about them.
        answers: What it said of a version's drawings; nothing while nobody has asked.
    """

    id: int
    name: str
    network_id: str
    step: int
    parameters: int
    multiply_adds: int
    person: str
    answers: Answers | None = None
