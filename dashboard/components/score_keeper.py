"""A score that stays on the device: the browser counts, keeps and shows it, and tells the server nothing.

The server says only how the newest answer was; it carries a name of its own, by which the browser knows it again: a
page that is drawn anew, or left and opened again, counts nothing twice.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from dashboard.components.registration import register

HTML = (
    '<div class="score"><p class="sum" aria-live="polite" tabindex="-1"></p><table><tbody></tbody></table>'
    '<p class="kept"></p><button type="button" class="begin" hidden>Begin again</button><span class="sure" hidden>'
    '<button type="button" class="forget"></button><button type="button" class="keep">Keep them</button></span></div>'
)

_component = register("score_keeper", HTML)


@dataclass(frozen=True)
class Result:
    """How one exercise went.

    Args:
        id: Tells it from all other answers ever given, by anyone.
        kind: The kind of exercise.
        is_right: Whether it was answered, and rightly.
    """

    id: str
    kind: str
    is_right: bool


def score_keeper(key: str, titles: Mapping[str, str], result: Result | None) -> None:
    """Show the score of this browser, kind by kind, and count one more answer.

    Args:
        key: The component's key.
        titles: What each kind is called, by its slug, in the order in which they are listed.
        result: The newest answer; nothing where there is none.
    """
    newest = None if result is None else {"id": result.id, "kind": result.kind, "isRight": result.is_right}
    _component(key=key, data={"kinds": [list(entry) for entry in titles.items()], "result": newest})
