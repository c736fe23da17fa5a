"""What is written down about an own data set."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, fields
from typing import Any

from cnn_core.data.own.folder import MOST_CLASSES, is_own_slug
from cnn_core.data.own.original_sizes import Spread

FORMAT = 1


@dataclass(frozen=True)
class OwnRecord:
    """An own data set, as its `record.json` says.

    Args:
        slug: The short name, which is also that of its folder.
        title: The name on the screen.
        class_names: One name a class.
        image_shape: Height, width and channels of one image.
        train_counts: Images to learn from, of each class.
        test_counts: Images to be judged on, of each class.
        source: Where it comes from, in words.
        created: When it was brought, `YYYY-MM-DD HH:MM:SS.ffffff` in universal time.
        owner: Who brought it, as `owner_mark` writes it; `""` if nobody is known.
        settings: How it was made from the files, in words, one line each.
        keeps_aspect: Whether images kept their proportions between black borders (`image_fit.fit_whole_picture`).
        group_words: How the images were grouped, as `"the name up to “Thin”"`; `""` if they were not.
        group_count: How many groups there are.
        original_sizes: How large the images were before, of all and then of each class; empty where nobody noted it.
        skipped: Files that were left out, each with the reason.
        skipped_count: How many there were; the list names the first ones.
        size_bytes: What its files take on disk.
    """

    slug: str
    title: str
    class_names: tuple[str, ...]
    image_shape: tuple[int, int, int]
    train_counts: tuple[int, ...]
    test_counts: tuple[int, ...]
    source: str
    created: str
    owner: str = ""
    settings: tuple[str, ...] = ()
    keeps_aspect: bool = False
    group_words: str = ""
    group_count: int = 0
    original_sizes: tuple[Spread, ...] = ()
    skipped: tuple[tuple[str, str], ...] = ()
    skipped_count: int = 0
    size_bytes: int = 0


def record_to_json(record: OwnRecord) -> str:
    """Write a record as JSON.

    Example:
        >>> record = OwnRecord("own-a1", "Pets", ("cat", "dog"), (8, 8, 3), (4, 4), (1, 1), "A zip.", "2026-11-03")
        >>> record_from_json(record_to_json(record)) == record
        True
    """
    return json.dumps({"format": FORMAT} | asdict(record), ensure_ascii=False, indent=1)


def record_from_json(text: str) -> OwnRecord:
    """Read a record.

    Raises:
        ValueError: If it is damaged or not of this form.
    """
    try:
        data = json.loads(text)
        if not isinstance(data, dict) or data.pop("format", None) != FORMAT:
            raise ValueError(f"format must be {FORMAT}.")
        record = OwnRecord(**{name: _as_tuple(value) for name, value in data.items()})
    except (TypeError, RecursionError) as error:
        raise ValueError(f"The record is not of this form: {error}.") from error
    _check(record)
    return record


def _as_tuple(value: Any) -> Any:
    return tuple(_as_tuple(item) for item in value) if isinstance(value, list) else value


def _check(record: OwnRecord) -> None:
    for field in fields(record):
        kind = {"str": str, "int": int, "bool": bool}.get(str(field.type), tuple)
        value = getattr(record, field.name)
        if type(value) is not kind:
            raise ValueError(f"{field.name} must be {field.type}. Received: {value!r}.")
    counts = (*record.train_counts, *record.test_counts, *record.image_shape)
    classes = len(record.class_names)
    is_whole = (
        is_own_slug(record.slug)
        and bool(record.title)
        and 2 <= classes <= MOST_CLASSES
        and len(set(record.class_names)) == classes == len(record.train_counts) == len(record.test_counts)
        and all(isinstance(name, str) and name for name in record.class_names)
        and len(record.image_shape) == 3
        and all(isinstance(count, int) and count >= 0 for count in counts)
        and len(record.original_sizes) in (0, 1 + classes)
        and all(_is_spread(spread) for spread in record.original_sizes)
        and all(isinstance(line, str) for line in record.settings)
        and all(len(pair) == 2 and all(isinstance(part, str) for part in pair) for pair in record.skipped)
    )
    if not is_whole:
        raise ValueError("The record contradicts itself.")


def _is_spread(spread: object) -> bool:
    if not isinstance(spread, tuple) or len(spread) != 6 or not all(type(side) is int for side in spread):
        return False
    return all(1 <= low <= middle <= high for low, middle, high in (spread[:3], spread[3:]))
