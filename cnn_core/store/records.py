"""What is kept of a training: frozen records, and their text form."""

from __future__ import annotations

import json
import re
import secrets
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field, fields
from typing import Any, Literal, get_args

from cnn_core.architecture.fields import has_default, short_repr

Status = Literal["queued", "preparing", "running", "paused", "finished", "stopped", "failed", "interrupted"]

STATUSES: tuple[Status, ...] = get_args(Status)

ACTIVE: frozenset[Status] = frozenset({"queued", "preparing", "running", "paused"})
"""The states of a training that some process works on or will work on."""

LONGEST_TITLE = 200
LONGEST_NOTE = 20_000

_ID = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")


@dataclass(frozen=True)
class RunRecord:
    """One training as it is listed: what it was made from, how far it came, how it ended.

    Times are seconds since 1970, as `time.time()` gives them.

    Args:
        id: Its name on disk: up to 64 small letters, digits and hyphens (`new_run_id`).
        title: Its name on the screen.
        spec_json: The network's design, as JSON.
        settings_json: The hyperparameters and the seed, as JSON.
        note: What a person wrote about it.
        is_pinned: Whether it is to be kept when room is made.
        owner: Whose it is; may be empty.
        versions: The versions of what computed it, such as `{"keras": "3.15.1"}`.
        class_names: One name a class, in the order of the outputs.
        parameters: How many numbers the network learns.
        multiply_adds: Multiplications with additions for one image.
        status: Where it is.
        message: What it is doing, or one sentence on how it ended.
        created_at: When it was set up.
        started_at: When it began to learn, or `None`.
        ended_at: When it ended, or `None`.
        elapsed_s: Seconds of training, without pauses.
        step: Steps taken.
        total_steps: Steps in all epochs; 0 while unknown.
        steps_per_epoch: Steps in one epoch; 0 while unknown.
        test_loss: Loss on the test images, or `None` before they were looked at.
        test_accuracy: Share of the test images that it reads rightly, 0 to 1, or `None`.
        test_count: How many test images there were, or `None`.
        deleted_at: When it was deleted, or `None`. Its files stay until they are purged.
        size_bytes: What it takes on disk; the store fills it in.

    Raises:
        ValueError: If the id or the status is none.
    """

    id: str
    title: str
    spec_json: str
    settings_json: str
    note: str = ""
    is_pinned: bool = False
    owner: str = ""
    versions: Mapping[str, str] = field(default_factory=dict)
    class_names: tuple[str, ...] = ()
    parameters: int = 0
    multiply_adds: int = 0
    status: Status = "queued"
    message: str = ""
    created_at: float = 0.0
    started_at: float | None = None
    ended_at: float | None = None
    elapsed_s: float = 0.0
    step: int = 0
    total_steps: int = 0
    steps_per_epoch: int = 0
    test_loss: float | None = None
    test_accuracy: float | None = None
    test_count: int | None = None
    deleted_at: float | None = None
    size_bytes: int = 0

    def __post_init__(self) -> None:
        check_run_id(self.id)
        if self.status not in STATUSES:
            raise ValueError(f"status must be one of {', '.join(STATUSES)}. Received: status={self.status!r}.")

    @property
    def is_active(self) -> bool:
        """Whether some process works on it or will."""
        return self.status in ACTIVE

    @property
    def is_deleted(self) -> bool:
        """Whether it was deleted; it can still be brought back."""
        return self.deleted_at is not None


@dataclass(frozen=True)
class StoredEpoch:
    """How an epoch ended.

    Args:
        epoch: Which one, from 1.
        step: The number of steps taken by then.
        loss: Mean training loss.
        accuracy: Mean training accuracy, 0 to 1.
        val_loss: Loss on the validation images.
        val_accuracy: Accuracy on the validation images, 0 to 1.
    """

    epoch: int
    step: int
    loss: float
    accuracy: float
    val_loss: float
    val_accuracy: float


@dataclass(frozen=True)
class StoredEvent:
    """Something that happened while a network learned.

    Args:
        step: Steps taken before.
        kind: What it was, such as `"learning_rate"`.
        text: More about it, such as `"0.01"`.
    """

    step: int
    kind: str
    text: str = ""


def new_run_id() -> str:
    """Make an id that no other training has: the date and time, so that folders sort by age, and chance.

    Returns:
        Text like `20260131-142501-3f9a1c20`.
    """
    return f"{time.strftime('%Y%m%d-%H%M%S', time.gmtime())}-{secrets.token_hex(4)}"


def check_run_id(run_id: str) -> None:
    """Raise if something is no id: ids become names of folders, so they hold no dots and no slashes.

    Raises:
        ValueError: If it is none.
    """
    if not isinstance(run_id, str) or not _ID.fullmatch(run_id):
        raise ValueError(f"id must be small letters, digits and hyphens. Received: id={short_repr(run_id)}.")


def clean_text(text: str, most: int) -> str:
    r"""Make text from outside fit for the database: no halves of characters, no NUL, not endless.

    Example:
        >>> clean_text("caf\u00e9 \ud800\x00!", most=8)
        'café ?!'
    """
    return text.encode("utf-8", "replace").decode("utf-8").replace("\0", "")[:most]


def record_to_json(record: RunRecord) -> str:
    """Write a record as the text that stands beside its weights."""
    return json.dumps(asdict(record), ensure_ascii=True, indent=1)


def record_from_json(text: str) -> RunRecord:
    """Read a record back; what a later version may have added is left out.

    Raises:
        ValueError: If the text is no record.

    Example:
        >>> record_from_json(record_to_json(RunRecord("a-1", "First", "{}", "{}"))).title
        'First'
    """
    content = json.loads(text)
    if not isinstance(content, dict):
        raise ValueError(f"a record must be a JSON object. Received: {short_repr(content)}.")
    return record_from_values(content)


def record_from_values(content: Mapping[str, Any]) -> RunRecord:
    """Make a record of values that come from a file, each of which is checked.

    Raises:
        ValueError: If a value is missing or is not of its kind.
    """
    values: dict[str, Any] = {}
    for f in fields(RunRecord):
        if f.name in content:
            values[f.name] = _checked(f.name, str(f.type), content[f.name])
        elif not has_default(f):
            raise ValueError(f"a record needs {f.name}. Received: {short_repr(sorted(content))}.")
    return RunRecord(**values)


def _is_text(value: object) -> bool:
    return isinstance(value, str)


def _is_whole(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and abs(value) < 2**63


def _is_number(value: object) -> bool:
    return isinstance(value, float) or _is_whole(value)


_KINDS: dict[str, Callable[[Any], bool]] = {
    "str": _is_text,
    "Status": _is_text,
    "bool": lambda value: isinstance(value, bool),
    "int": _is_whole,
    "float": _is_number,
    "int | None": lambda value: value is None or _is_whole(value),
    "float | None": lambda value: value is None or _is_number(value),
    "Mapping[str, str]": lambda value: isinstance(value, dict) and all(map(_is_text, value.values())),
    "tuple[str, ...]": lambda value: isinstance(value, list) and all(map(_is_text, value)),
}


def _checked(name: str, kind: str, value: Any) -> Any:
    if not _KINDS[kind](value):
        raise ValueError(f"{name} must be {kind}. Received: {name}={short_repr(value)}.")
    return tuple(value) if isinstance(value, list) else value
