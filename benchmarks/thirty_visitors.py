"""Thirty people on one server: how soon controls answer, and what stays when everybody has left.

    python -m benchmarks.thirty_visitors [--rounds 3] [--seconds 10]

The visitors have no browsers: each speaks Streamlit's protocol from this process (`benchmarks.parts.visitor`), which
shares the machine's processors with the server. One of each kind comes alone first. Then, in each round, all thirty
open Start at once and go on to what they came for: ten move the controls of a lesson, ten draw on the live canvas (ten
messages a second, the next one not before the last one is answered, as the canvas does it), four look inside the
network at ever other images, three walk through the views of Evaluate, and three train. Then everybody leaves, and the
server's memory, threads and open files are counted again. At the end thirty draw for a class's test set at once, and
all their drawings have to be there.

The server is told to forget a closed tab after seconds and not after two minutes, else this would take longer. Next to
the time that an answer took stands how long the server itself computed meanwhile, for others too: that depends less on
what else the machine was doing. Needs Linux.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import statistics
import tempfile
import time
from collections import defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qs

from benchmarks.parts.visitor import Visitor, VisitorError
from cnn_core.room.rooms import Rooms
from cnn_core.training.address import settings_to_address
from cnn_core.training.settings import TrainingSettings
from tests.browser.conftest import Server, running_server

SHORT = settings_to_address(TrainingSettings(train_count=5000, epochs=4))
KEPT_FOR_S = 4
BETWEEN_MESSAGES_S = 0.1
MESSAGES_OF_STROKE = 10
POINTS_OF_MESSAGE = 6
BETWEEN_STROKES_S = 0.3
BETWEEN_MOVES_S = 0.5
"""What a person needs to look before the next move."""
PEOPLE, DRAWINGS_OF_ONE = 30, 3


class Watch:
    """Notes how long answers take, by two clocks: the room's, and the time that the server has computed meanwhile.

    The second says how much the server has had to do for others before one's own turn was over, whatever else the
    machine was busy with.

    Args:
        process_id: The server's.
    """

    def __init__(self, process_id: int) -> None:
        self._clock = (~process_id << 3) | 2  # Linux's name for the processors' time of a process
        self.times: defaultdict[str, list[tuple[float, float]]] = defaultdict(list)

    async def note(self, title: str, *steps: Awaitable[object]) -> float:
        """Wait for one step after the other, and return the seconds that all took."""
        began = self._now()
        for step in steps:
            await step
        seconds, work_s = (ended - before for ended, before in zip(self._now(), began, strict=True))
        self.times[title].append((seconds, work_s))
        return seconds

    def medians(self, title: str) -> tuple[float, float]:
        """Return the median by both clocks, in seconds."""
        seconds, work_s = (statistics.median(times) for times in zip(*self.times[title], strict=True))
        return seconds, work_s

    def _now(self) -> tuple[float, float]:
        return time.monotonic(), time.clock_gettime(self._clock)


Part = Callable[[Visitor, Watch, float], Awaitable[None]]


@dataclass(frozen=True)
class Held:
    """What the server's process holds.

    Args:
        megabytes: Of memory.
        threads: How many.
        files: Open files and sockets.
        processor_s: Seconds of processors' time since its start.
    """

    megabytes: float
    threads: int
    files: int
    processor_s: float

    def __str__(self) -> str:
        """Say it in one line."""
        return f"{self.megabytes:.0f} MB, {self.threads} threads, {self.files} open files"


def held_by(process_id: int) -> Held:
    """Count what a process holds."""
    folder = Path("/proc") / str(process_id)
    status = dict(line.split(":", 1) for line in (folder / "status").read_text().splitlines())
    ticks = (folder / "stat").read_text().rpartition(")")[2].split()
    return Held(
        int(status["VmRSS"].split()[0]) / 1024,
        int(status["Threads"]),
        len(list((folder / "fd").iterdir())),
        (int(ticks[11]) + int(ticks[12])) / os.sysconf("SC_CLK_TCK"),
    )


async def choose_in_turn(visitor: Visitor, watch: Watch, until_s: float, *, title: str, page: str, key: str) -> None:
    """Go to a page, and choose one of a row of alternatives after the other."""
    await watch.note("a page", visitor.go_to(page))
    names = [option.content for option in (await visitor.wait_for(key)).proto.options]
    move = 0
    while time.monotonic() < until_s:
        move += 1
        await watch.note(title, visitor.choose(key, names[move % len(names)]))
        await asyncio.sleep(BETWEEN_MOVES_S)


async def learn(visitor: Visitor, watch: Watch, until_s: float) -> None:
    """Move the controls of a lesson."""
    title = "a lesson's control"
    await choose_in_turn(visitor, watch, until_s, title=title, page="Pooling", key="pooling.kind")


async def evaluate(visitor: Visitor, watch: Watch, until_s: float) -> None:
    """Walk through the views of Evaluate."""
    title = "another view of Evaluate"
    await choose_in_turn(visitor, watch, until_s, title=title, page="Evaluate", key="evaluate.view")


async def look_inside(visitor: Visitor, watch: Watch, until_s: float) -> None:
    """Look at one image after the other."""
    await watch.note("a page", visitor.go_to("Look_inside"))
    await visitor.wait_for("inside.maps.layers")
    number = 1 + id(visitor) % 50
    while time.monotonic() < until_s:
        number += 1
        await watch.note("another image inside the network", visitor.move("inside.number", number))
        await asyncio.sleep(BETWEEN_MOVES_S)


async def train(visitor: Visitor, watch: Watch, until_s: float) -> None:
    """Train once, and watch."""
    await watch.note("a page", visitor.go_to("Train"))
    await visitor.wait_for("train.start")
    await watch.note("a training begun, or in line", visitor.press("train.start"))
    await asyncio.sleep(max(0.0, until_s - time.monotonic()))


async def draw(visitor: Visitor, watch: Watch, until_s: float) -> None:
    """Draw one stroke after the other on the live canvas; the times are those from a message to its answer."""
    await watch.note("a page", visitor.go_to("Draw_a_digit"))
    await visitor.wait_for("draw.live")
    number, shift = 0, id(visitor) % 97
    while time.monotonic() < until_s:
        points: list[float] = []
        for step in range(1, MESSAGES_OF_STROKE + 1):
            for place in range(POINTS_OF_MESSAGE):
                points += [70.0 + shift + 2 * place, 40.0 + 20 * step + 3 * place]
            number += 1
            stroke = {"width": 20, "isEraser": False, "points": points}
            is_down = step < MESSAGES_OF_STROKE
            message = {"epoch": 0, "number": number, "keep": 0, "strokes": [stroke], "isDown": is_down}
            lag_s = await watch.note(
                "the live canvas",
                visitor.trigger("draw.live", "drawn", message),
                visitor.until_data("draw.live", lambda data, wanted=number: data["answered"] >= wanted),
            )
            await asyncio.sleep(max(0.0, BETWEEN_MESSAGES_S - lag_s))
            if time.monotonic() > until_s:
                return
        await asyncio.sleep(BETWEEN_STROKES_S)


PARTS: tuple[tuple[Part, int], ...] = ((learn, 10), (draw, 10), (look_inside, 4), (evaluate, 3), (train, 3))


@asynccontextmanager
async def tabs(address: str, count: int, page: str = "", query: str = "") -> AsyncIterator[list[Visitor]]:
    """Open tabs on a page, all at once, and close them at the end."""
    visitors = [Visitor(address) for _ in range(count)]
    try:
        await asyncio.gather(*(visitor.open(page, query) for visitor in visitors))
        yield visitors
    finally:
        await asyncio.gather(*(visitor.close() for visitor in visitors))


async def take_part(part: Part, visitor: Visitor, watch: Watch, until_s: float, failures: list[str]) -> None:
    """Do one's part; what goes wrong is noted, and the others go on."""
    try:
        await part(visitor, watch, until_s)
    except (VisitorError, OSError) as error:
        failures.append(f"{part.__name__}: {error}")


async def come_alone(server: Server, seconds: float) -> Watch:
    """Let one of each kind come when nobody else is there; twice, as the first one finds everything cold."""
    cold, warm = Watch(server.process.pid), Watch(server.process.pid)
    for length_s, watch in ((0.5, cold), (seconds, warm)):
        for part, _ in PARTS:
            async with tabs(server.address, 1, query=f"train={SHORT}") as (visitor,):
                await part(visitor, watch, time.monotonic() + length_s)
    return warm


async def come_all(server: Server, seconds: float, failures: list[str]) -> tuple[Watch, Held]:
    """Let all thirty come at once and do what they came for."""
    watch = Watch(server.process.pid)
    async with tabs(server.address, PEOPLE, query=f"train={SHORT}") as visitors:
        until_s = time.monotonic() + seconds
        parts = [part for part, count in PARTS for _ in range(count)]
        everybody = zip(parts, visitors, strict=True)
        await asyncio.gather(*(take_part(part, one, watch, until_s, failures) for part, one in everybody))
        return watch, held_by(server.process.pid)


async def be_forgotten(address: str) -> None:
    """Wait until the server forgets who has left: it does when another one leaves."""
    await asyncio.sleep(KEPT_FOR_S + 1)
    async with tabs(address, 1):
        pass
    await asyncio.sleep(1)


async def add_drawings(visitor: Visitor, who: int) -> None:
    """Draw for the room, every time something that nobody else draws."""
    for which in range(DRAWINGS_OF_ONE):
        await visitor.until_data("room.live", lambda data: not data["strokes"])
        told = visitor.data("room.live")
        stroke = {"width": 20, "isEraser": False, "points": [40 + 7 * who, 60, 150, 150, 80 + 60 * which, 250]}
        number = told["answered"] + 1
        drawn = {"epoch": told["epoch"], "number": number, "keep": 0, "strokes": [stroke], "isDown": False}
        await visitor.trigger("room.live", "drawn", drawn)
        await visitor.until(lambda: not visitor.widgets["room.add"].proto.disabled, "the drawing cannot be added")
        await visitor.press("room.add")


async def draw_for_the_room(address: str, folder: Path, failures: list[str]) -> None:
    """Let thirty draw for one room at once; then one network is ranked on all of it."""
    async with tabs(address, 1, "Class_test_set") as (teacher,):
        await teacher.press("room.open")
        await teacher.wait_for("room.view")
        code = parse_qs(teacher.query)["room"][0]
        began_s = time.monotonic()
        async with tabs(address, PEOPLE, "Class_test_set", f"room={code}") as visitors:
            work = (add_drawings(visitor, who) for who, visitor in enumerate(visitors))
            results = await asyncio.gather(*work, return_exceptions=True)
        failures += [f"the room: {error}" for error in results if isinstance(error, BaseException)]
        took_s = time.monotonic() - began_s
        rooms = Rooms(folder / "data" / "rooms")
        counts = rooms.counts(code, "")
        print(
            f"the class's test set: {counts.total} of {PEOPLE * DRAWINGS_OF_ONE} drawings are there, "
            f"{min(counts.by_class)} to {max(counts.by_class)} of each class, after {took_s:.0f} s",
            flush=True,
        )
        await teacher.press("room.freeze")
        await teacher.choose("room.view", "Board")
        await teacher.wait_for("room.enter")
        await teacher.press("room.enter")
        until_s = time.monotonic() + 20
        while not (judged := _judged(rooms, code)) and time.monotonic() < until_s:
            await asyncio.sleep(0.2)
        print(f"its board: a network is ranked on {judged} drawings", flush=True)
        rooms.close()


def _judged(rooms: Rooms, code: str) -> int:
    """Return on how many drawings the first network of a board has been asked."""
    entries = rooms.entries(code)
    answers = entries[0].answers if entries else None
    return 0 if answers is None else len(answers.guesses)


def print_ratios(alone: Watch, together: Watch) -> None:
    """Print how much longer everything takes among thirty."""
    for title, times in together.times.items():
        before, after = alone.medians(title), together.medians(title)
        p95 = sorted(seconds for seconds, _ in times)[min(len(times) - 1, round(0.95 * len(times)))]
        print(
            f"{title}: alone p50 {1000 * before[0]:.0f} ms, among thirty p50 {1000 * after[0]:.0f} ms, "
            f"p95 {1000 * p95:.0f} ms: {after[0] / before[0]:.1f} times as long; by the time that the server computes "
            f"{1000 * before[1]:.0f} and {1000 * after[1]:.0f} ms ({len(times)} answers)",
            flush=True,
        )


async def measure(server: Server, folder: Path, rounds: int, seconds: float) -> None:
    """Let them come and go, and print what was found."""
    process_id, failures = server.process.pid, list[str]()
    print(f"at its start: {held_by(process_id)}", flush=True)
    alone = await come_alone(server, 2)
    await asyncio.sleep(8)  # what was begun trains on without its tab
    await be_forgotten(server.address)
    print(f"when each kind has come once, and left: {held_by(process_id)}", flush=True)
    for number in range(1, rounds + 1):
        before, began_s = held_by(process_id), time.monotonic()
        together, held = await come_all(server, seconds, failures)
        share = (held.processor_s - before.processor_s) / (time.monotonic() - began_s)
        print(f"round {number}, thirty at work: {held}; {share:.2f} processors busy", flush=True)
        print_ratios(alone, together)
        await be_forgotten(server.address)
        print(f"round {number}, all have left: {held_by(process_id)}", flush=True)
    await draw_for_the_room(server.address, folder, failures)
    print(f"{len(failures)} failures {sorted(set(failures))}", flush=True)
    log = server.log.read_text()
    print(
        f"the server's log has {log.count('Traceback')} tracebacks and {log.count('locked')} locked databases",
        flush=True,
    )


def main() -> None:
    """Start a server and let thirty come."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=10)
    chosen = parser.parse_args()
    forgetful = {"STREAMLIT_SERVER_DISCONNECTED_SESSION_TTL": str(KEPT_FOR_S)}
    with tempfile.TemporaryDirectory() as name, running_server(Path(name), **forgetful) as server:
        asyncio.run(measure(server, Path(name), chosen.rounds, chosen.seconds))


if __name__ == "__main__":
    main()
