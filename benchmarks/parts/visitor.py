"""A visitor without a browser: speaks Streamlit's protocol over a websocket, and does what a page in a tab does.

It keeps the widgets that the server has drawn, sends their values, refreshes fragments as often as the server asks,
and remembers large messages, so that the server need not send them again. It draws nothing.
"""

from __future__ import annotations

import asyncio
import json
from collections import OrderedDict
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

PATIENCE_S = 60.0
MOST_REMEMBERED = 60
"""Large messages that a visitor has at hand, as a browser has."""
ENDS = (ForwardMsg.FINISHED_SUCCESSFULLY, ForwardMsg.FINISHED_FRAGMENT_RUN_SUCCESSFULLY)


class VisitorError(Exception):
    """A visitor got no answer, or another one than a person should."""


@dataclass(frozen=True)
class Widget:
    """A widget as the server has drawn it.

    Args:
        id: Streamlit's id.
        kind: As `"slider"`.
        fragment: The fragment that runs when it changes; `""` for the whole page.
        proto: What the server said of it.
    """

    id: str
    kind: str
    fragment: str
    proto: Any


class Visitor:
    """One tab.

    Args:
        address: Of the server, as `"http://localhost:8501"`.

    Attributes:
        widgets: What is on the page, by its key.
        query: What stands in the address behind the question mark.
        errors: Tracebacks that the page has shown, and lost connections.
    """

    def __init__(self, address: str) -> None:
        self._address = address
        self._page = ""
        self._page_hash = ""
        self._connection: ClientConnection | None = None
        self._values: dict[str, WidgetState] = {}
        self._remembered: OrderedDict[str, ForwardMsg] = OrderedDict()
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._listener: asyncio.Task[None] | None = None
        self._changed = asyncio.Condition()
        self.widgets: dict[str, Widget] = {}
        self.query = ""
        self.errors: list[str] = []
        self._going: dict[str, tuple[str, ...]] = {}
        self._ended: list[tuple[str, ...]] = []

    async def open(self, page: str, query: str = "") -> None:
        """Open a page in a new tab; ends when it has been drawn."""
        self.query = query
        address = f"{self._address.replace('http', 'ws')}/_stcore/stream"
        self._connection = await connect(address, subprotocols=["streamlit"], max_size=None, compression=None)  # type: ignore[list-item]
        self._listener = asyncio.create_task(self._listen(self._connection))
        await self.go_to(page)

    async def go_to(self, page: str) -> None:
        """Go to a page by the menu; ends when it has been drawn."""
        self._page, self._page_hash = page, ""
        self.widgets.clear()
        await self._ask("", [])

    async def close(self) -> None:
        """Close the tab."""
        self._end_refreshing()
        if self._connection is not None:
            await self._connection.close()
        if self._listener is not None:
            await self._listener

    async def wait_for(self, key: str) -> Widget:
        """Wait until a widget is on the page."""
        await self.until(lambda: key in self.widgets, f"no widget {key}")
        return self.widgets[key]

    async def move(self, key: str, value: float) -> None:
        """Move a slider; ends when everything that follows it has been drawn."""
        state = WidgetState(id=self.widgets[key].id)
        state.double_array_value.data.append(value)
        await self._change(key, state)

    async def choose(self, key: str, *names: str) -> None:
        """Choose in a row of alternatives, or in a menu; ends when that has been drawn."""
        widget = self.widgets[key]
        state = WidgetState(id=widget.id)
        if widget.kind == "button_group":
            state.string_array_value.data.extend(names)
        else:
            state.string_value = names[0]
        await self._change(key, state)

    async def press(self, key: str) -> None:
        """Press a button; ends when that has been drawn."""
        widget = self.widgets[key]
        await self._ask(widget.fragment, [WidgetState(id=widget.id, trigger_value=True)])

    async def trigger(self, key: str, event: str, value: Any) -> None:
        """Let a component of the app's own send something; returns as soon as it is sent."""
        widget = self.widgets[key]
        payload = json.dumps([{"event": event, "value": value}])
        name = f"$$STREAMLIT_INTERNAL_KEY_{widget.id}__events"
        await self._send(widget.fragment, [WidgetState(id=name, json_trigger_value=payload)])

    def data(self, key: str) -> Any:
        """Return what the server has given a component of the app's own."""
        return json.loads(self.widgets[key].proto.json)

    async def until_data(self, key: str, is_so: Callable[[Any], bool]) -> None:
        """Wait until what the server has given a component of the app's own is as wished."""
        await self.until(lambda: is_so(self.data(key)), f"no answer to {key}")

    async def _change(self, key: str, state: WidgetState) -> None:
        self._values[state.id] = state
        await self._ask(self.widgets[key].fragment, [])

    async def _ask(self, fragment: str, triggers: list[WidgetState]) -> None:
        """Send, and wait until a run that began afterwards has ended."""
        self._ended.clear()
        self._going.clear()
        await self._send(fragment, triggers)
        await self.until(
            lambda: any(not ended or fragment in ended for ended in self._ended), f"no answer on {self._page}"
        )

    async def _send(self, fragment: str, triggers: list[WidgetState], *, is_refresh: bool = False) -> None:
        if self._connection is None:
            raise VisitorError("the tab is closed")
        message = BackMsg()
        ask = message.rerun_script
        ask.query_string, ask.fragment_id, ask.is_auto_rerun = self.query, fragment, is_refresh
        if self._page_hash:
            ask.page_script_hash = self._page_hash
        else:
            ask.page_name = self._page
        ask.context_info.url = f"{self._address}/{self._page}"
        ask.context_info.color_scheme = "light"
        ask.cached_message_hashes.extend(self._remembered)
        ask.widget_states.widgets.extend([*self._values.values(), *triggers])
        with suppress(ConnectionClosed):
            await self._connection.send(message.SerializeToString())

    async def until(self, is_so: Callable[[], bool], complaint: str) -> None:
        """Wait until something is so.

        Raises:
            VisitorError: If it does not become so, or the page has shown an error.
        """
        async with self._changed:
            try:
                await asyncio.wait_for(self._changed.wait_for(lambda: is_so() or bool(self.errors)), PATIENCE_S)
            except TimeoutError:
                raise VisitorError(complaint) from None
        if self.errors:
            raise VisitorError(self.errors[0])

    async def _listen(self, connection: ClientConnection) -> None:
        try:
            async for data in connection:
                message = ForwardMsg.FromString(data)
                async with self._changed:
                    self._take(message)
                    self._changed.notify_all()
        except ConnectionClosed as error:
            self.errors.append(f"the connection was lost: {error}")

    def _take(self, message: ForwardMsg) -> None:
        kind = message.WhichOneof("type")
        if kind == "ref_hash":
            known = ForwardMsg()
            known.CopyFrom(self._remembered[message.ref_hash])
            known.metadata.CopyFrom(message.metadata)
            message, kind = known, known.WhichOneof("type")
        elif message.metadata.cacheable:
            self._remembered[message.hash] = message
            while len(self._remembered) > MOST_REMEMBERED:
                self._remembered.popitem(last=False)
        if kind == "delta":
            self._take_delta(message)
        elif kind == "new_session":
            run = message.metadata.run
            self._going[run.script_run_id] = tuple(run.fragment_ids)
            if not run.fragment_ids:
                self._page_hash = message.new_session.page_script_hash
                self._end_refreshing()
        elif kind == "script_finished":
            fragments = self._going.pop(message.metadata.run.script_run_id, None)
            if message.script_finished == ForwardMsg.FINISHED_WITH_COMPILE_ERROR:
                self.errors.append("the page does not compile")
            elif message.script_finished in ENDS and fragments is not None:
                self._ended.append(fragments)
        elif kind == "auto_rerun":
            self._refresh(message.auto_rerun.fragment_id, message.auto_rerun.interval)
        elif kind == "stop_auto_rerun":
            for fragment in message.stop_auto_rerun.fragment_ids:
                self._stop_refreshing(fragment)
        elif kind == "page_info_changed":
            self.query = message.page_info_changed.query_string
        elif kind == "navigation":
            self._page_hash = message.navigation.page_script_hash

    def _take_delta(self, message: ForwardMsg) -> None:
        element = message.delta.new_element
        kind = element.WhichOneof("type") or ""
        content: Any = getattr(element, kind, None)
        if kind == "exception":
            self.errors.append(content.message)
        elif hasattr(content, "id") and content.id.startswith("$$ID-"):
            key = content.id.split("-", 2)[2]
            self.widgets[key] = Widget(content.id, kind, message.delta.fragment_id, content)

    def _refresh(self, fragment: str, interval_s: float) -> None:
        async def again() -> None:
            while True:
                await asyncio.sleep(interval_s)
                await self._send(fragment, [], is_refresh=True)

        self._stop_refreshing(fragment)
        self._tasks[fragment] = asyncio.create_task(again())

    def _stop_refreshing(self, fragment: str) -> None:
        task = self._tasks.pop(fragment, None)
        if task is not None:
            task.cancel()

    def _end_refreshing(self) -> None:
        for fragment in list(self._tasks):
            self._stop_refreshing(fragment)
