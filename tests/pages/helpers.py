"""What the page tests do again and again."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable
from html import unescape

from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.element_tree import Block

from dashboard.navigation import PAGES, PROJECT, page


def open_page(slug: str, **parameters: str) -> AppTest:
    """Run a page as its address would, with query parameters."""
    app = AppTest.from_file(str(PROJECT / "app.py"), default_timeout=60)
    app.switch_page(page(slug).path)
    for name, value in parameters.items():
        app.query_params[name] = value
    return checked(app.run())


def checked(app: AppTest) -> AppTest:
    """Fail with the page's own error, if it raised one."""
    assert not app.exception, [(error.message, error.stack_trace) for error in app.exception]
    return app


def texts(app: AppTest) -> str:
    """All that a page says in words, in Streamlit's elements and in our own components."""
    kinds = (app.title, app.header, app.subheader, app.markdown, app.caption)
    boxes = (app.error, app.warning, app.info, app.success)
    said = [str(element.value) for kind in (*kinds, *boxes) for element in kind]
    shown = [json.loads(element.proto.json).get("html", "") for element in app.get("bidi_component")]
    words = [unescape(re.sub(r"<style>.*?</style>|<[^>]+>", " ", html)) for html in shown]
    return "\n".join([*said, *words])


def until(is_so: Callable[[], bool], what: str) -> None:
    """Wait for another thread, ten seconds at most."""
    for _ in range(2000):
        if is_so():
            return
        time.sleep(0.005)
    raise AssertionError(f"never happened: {what}")


def places(block: Block, key: str) -> list[tuple[int, ...]]:
    """Where elements stand whose keys end so: in which place of the page, of that in which place, and so on."""
    found = []
    for index, child in block.children.items():
        if isinstance(child, Block):
            found += [(index, *inner) for inner in places(child, key)]
        elif getattr(child.proto, "id", "").endswith(key):
            found.append((index,))
    return found


SLUGS = [entry.slug for entry in PAGES]
