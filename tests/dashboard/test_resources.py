"""Answers that are kept: found once, within a bound of memory, and what was asked for longest ago goes first."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

import numpy as np
import pytest

from cnn_core.architecture.layers import Dense, Flatten
from cnn_core.architecture.spec import NetworkSpec
from cnn_core.networks import TrainedNetwork
from dashboard import resources

SPEC = NetworkSpec((2, 2, 1), (Flatten(), Dense(units=2, activation="softmax")))
NETWORK = TrainedNetwork("a run", 7, "a network", SPEC, (), ("a", "b"), "small", 9)
ROOM = 1_000_000
"""Memory for answers in these tests."""
HALF = ROOM // 2

Ask = Callable[..., Any]


@dataclass(frozen=True, eq=False)
class Finding:
    """An answer as the pages have them: arrays, and answers in an answer."""

    values: np.ndarray
    parts: tuple[Finding, ...] = ()
    by_name: dict[str, np.ndarray] = field(default_factory=dict)


@pytest.fixture
def found(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """What has been found out instead of remembered; nothing is remembered from other tests."""
    monkeypatch.setattr(resources, "_answers", resources._Answers())
    monkeypatch.setattr(resources, "MOST_ANSWER_BYTES", ROOM)
    return []


@pytest.fixture
def ask(found: list[object]) -> Ask:
    """Ask for something by its name; where it is not known, it turns out to be the given answer."""

    def asked(name: object, answer: object = None, pixels: Any = None) -> object:
        def find() -> object:
            found.append(name)
            return answer

        return resources.answer("question", NETWORK, pixels, name, find)

    return asked


def numbers(size_bytes: int) -> np.ndarray:
    return np.zeros(size_bytes, np.uint8)


def test_an_answer_is_found_once_even_where_it_is_nothing(ask: Ask, found: list[object]) -> None:
    first = ask("map", numbers(10))
    assert ask("map") is first
    assert [ask("nothing"), ask("nothing")] == [None, None]
    assert found == ["map", "nothing"]


def test_another_network_moment_image_or_question_is_asked_anew(found: list[object]) -> None:
    image = np.zeros((2, 2, 1), np.uint8)
    questions = [
        ("why", NETWORK, image, 1),
        ("why", NETWORK, image, 2),
        ("why", NETWORK, image + 1, 1),
        ("why", NETWORK, image.reshape(4, 1, 1), 1),
        ("why", NETWORK, None, 1),
        ("why", replace(NETWORK, id="another run"), image, 1),
        ("why", replace(NETWORK, step=8), image, 1),
        ("why not", NETWORK, image, 1),
    ]
    for _ in range(2):
        for number, question in enumerate(questions):
            resources.answer(*question, partial(found.append, number))
    assert found == list(range(len(questions)))


def test_what_goes_wrong_is_not_kept_and_said_as_it_is(ask: Ask) -> None:
    def fail() -> None:
        raise RuntimeError("No numbers.")

    with pytest.raises(RuntimeError, match="No numbers") as caught:
        resources.answer("question", NETWORK, None, "map", fail)
    assert caught.value.__context__ is None
    assert ask("map", "later") == "later"


def test_what_nobody_has_asked_for_the_longest_time_goes_first(ask: Ask, found: list[object]) -> None:
    for name in "abc":
        ask(name, numbers(300_000))
    ask("a")
    ask("d", numbers(300_000))
    found.clear()
    for name in "cad":
        ask(name)
    assert found == []
    ask("b")
    assert found == ["b"]


def test_as_many_go_as_it_takes_and_no_more(ask: Ask, found: list[object]) -> None:
    for number in range(9):
        ask(number, numbers(100_000))
    ask("large", numbers(650_000))
    found.clear()
    for name in (6, 7, 8, "large"):
        ask(name)
    assert found == []
    ask(5)
    assert found == [5]


def test_even_the_smallest_answers_are_not_kept_without_end(ask: Ask, found: list[object]) -> None:
    for number in range(ROOM // resources.PART_BYTES):
        ask(number)
    found.clear()
    ask(0)
    assert found == [0]


def test_images_that_were_asked_about_count_too(ask: Ask, found: list[object]) -> None:
    images = np.zeros((4, 300, 1000, 1), np.uint8)
    for number in range(4):
        ask(number, pixels=images[number])
    found.clear()
    for number in (1, 2, 3, 0):
        ask(number, pixels=images[number])
    assert found == [0]


def test_an_answer_too_large_by_itself_is_given_but_not_kept(ask: Ask, found: list[object]) -> None:
    ask("small", numbers(900_000))
    large = numbers(ROOM + 1)
    assert ask("large", large) is large
    assert ask("large", large) is large
    ask("small")
    assert found == ["small", "large", "large"], "nothing had to go for it"


LARGE: dict[str, Callable[[], object]] = {
    "array": lambda: numbers(HALF),
    "array of wide numbers": lambda: np.zeros(HALF // 8, np.float64),
    "tuple": lambda: (1, numbers(HALF // 2), numbers(HALF // 2)),
    "list": lambda: [[numbers(HALF // 2)], [numbers(HALF // 2)]],
    "dictionary": lambda: {"a": numbers(HALF // 2), "b": {"c": numbers(HALF // 2)}},
    "dataclass": lambda: Finding(numbers(HALF)),
    "nested": lambda: [Finding(numbers(1), (Finding(numbers(HALF // 2), by_name={"a": numbers(HALF // 2)}),))],
    "part of an array": lambda: numbers(HALF)[:1],
    "part of a part": lambda: numbers(HALF).reshape(2, -1)[1][:1],
    "very many small things": lambda: [None] * (HALF // resources.PART_BYTES),
}


@pytest.mark.parametrize("kind", LARGE)
def test_arrays_are_counted_wherever_they_are(ask: Ask, found: list[object], kind: str) -> None:
    ask("first", LARGE[kind]())
    ask("second", LARGE[kind]())
    found.clear()
    ask("second")
    ask("first")
    assert found == ["first"], "there is not room for both"


ONE = numbers(HALF // 2)
SMALL: dict[str, object] = {
    "one array again and again": [ONE, (ONE, {"a": ONE}), Finding(ONE, (Finding(ONE),))],
    "parts of one array": [ONE[:9], ONE[9:], ONE.reshape(2, -1), ONE],
    "one number at many places": np.broadcast_to(np.zeros(1), (ROOM,)),
    "other things": (Finding, np.float32(1.5), {1, 2}, "words"),
}


@pytest.mark.parametrize("kind", SMALL)
def test_what_stands_in_an_answer_twice_is_counted_once(ask: Ask, found: list[object], kind: str) -> None:
    ask("first", SMALL[kind])
    ask("second", numbers(HALF))
    found.clear()
    ask("first")
    ask("second")
    assert found == [], "there is room for both"


def test_an_answer_that_holds_itself_is_no_trap(ask: Ask) -> None:
    ring: list[object] = [numbers(10)]
    ring.append(ring)
    assert ask("ring", ring) is ask("ring")


def test_two_sessions_may_find_out_the_same_at_once_and_it_counts_once(ask: Ask, found: list[object]) -> None:
    both = threading.Barrier(2)

    def find() -> np.ndarray:
        both.wait(10)
        return numbers(450_000)

    with ThreadPoolExecutor(2) as sessions:
        asked = [sessions.submit(resources.answer, "question", NETWORK, None, "map", find) for _ in range(2)]
    assert [len(one.result()) for one in asked] == [450_000, 450_000]
    ask("other", numbers(450_000))
    ask("map")
    assert found == ["other"], "there is room for both"


def test_the_bound_holds_while_many_ask_at_once(ask: Ask, found: list[object]) -> None:
    with ThreadPoolExecutor(8) as sessions:
        sizes = sessions.map(lambda number: len(ask(number % 40, numbers(100_000))), range(2000))
        assert set(sizes) == {100_000}
    found.clear()
    for number in range(40):
        ask(number, numbers(100_000))
    assert len(found) >= 40 - 9
    found.clear()
    for number in range(40 - 9, 40):
        ask(number)
    assert found == [], "as many fit as before"
