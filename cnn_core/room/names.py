"""Made-up names under which networks stand on a board: nobody is asked for theirs."""

from __future__ import annotations

from collections.abc import Collection
from random import Random

QUALITIES = (
    "Amber", "Azure", "Brisk", "Calm", "Copper", "Coral", "Crimson", "Crystal", "Eager", "Early", "Emerald", "Gentle",
    "Golden", "Indigo", "Ivory", "Jade", "Jolly", "Lively", "Lucky", "Lunar", "Merry", "Mint", "Misty", "Nimble",
    "Olive", "Opal", "Patient", "Pearl", "Polar", "Quiet", "Rapid", "Ruby", "Rustic", "Sandy", "Scarlet", "Silver",
    "Snowy", "Solar", "Sunny", "Swift", "Tidal", "Velvet", "Violet", "Winter",
)  # fmt: skip
ANIMALS = (
    "albatross", "antelope", "badger", "beaver", "bison", "buzzard", "condor", "crane", "dolphin", "falcon", "finch",
    "gazelle", "gecko", "hamster", "hare", "hedgehog", "heron", "ibex", "jackdaw", "kestrel", "kingfisher", "koala",
    "lark", "lemur", "lynx", "magpie", "marmot", "marten", "narwhal", "newt", "ocelot", "osprey", "otter", "panda",
    "penguin", "puffin", "robin", "salmon", "seal", "sparrow", "squirrel", "starling", "swallow", "tortoise", "walrus",
    "wombat", "wren",
)  # fmt: skip


def is_made_up(name: str) -> bool:
    """Whether a name is one of the lists'; nothing else ever stands on a board.

    Example:
        >>> is_made_up("Amber otter"), is_made_up("Amber Otter"), is_made_up("<b>me</b>")
        (True, False, False)
    """
    quality, _, animal = name.partition(" ")
    return quality in QUALITIES and animal in ANIMALS


def offered_names(taken: Collection[str], seed: int, count: int = 8) -> tuple[str, ...]:
    """Offer a few names that nobody has yet.

    Args:
        taken: Names that are on the board.
        seed: Other seeds give other names.
        count: How many, at least 1.

    Returns:
        As many different names as are free, up to `count`.

    Example:
        >>> names = offered_names(["Amber otter"], seed=1)
        >>> len(set(names)), "Amber otter" in names, all(map(is_made_up, names))
        (8, False, True)
    """
    free = [name for quality in QUALITIES for animal in ANIMALS if (name := f"{quality} {animal}") not in taken]
    return tuple(Random(seed).sample(free, min(count, len(free))))
