"""A Bot API server that does nothing but hand out updates and take messages, as cheaply as can be: what is
measured is the bot.
"""

from __future__ import annotations

import asyncio
import itertools
import json
import time
from collections import deque
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs

TOKEN = "123456789:AAfake-Token_for-tests-only-0123456789a"  # noqa: S105
ME = {"id": 123456789, "is_bot": True, "first_name": "Protocol", "username": "protocol_bot"}
KEPT = {
    "getMyCommands": [],
    "getMyDescription": {"description": ""},
    "getMyShortDescription": {"short_description": ""},
}
BATCH = 100


@dataclass
class Server:
    port: int = 0
    delay: float = 0
    """Seconds that it takes to answer a message, as a network does."""
    taken: dict[int, float] = field(default_factory=dict)
    """Update → when it was there for the bot."""
    latencies: list[float] = field(default_factory=list)
    """Seconds from that to the first message into its chat."""
    first: float = 0
    """When the first updates were handed over."""
    last: float = 0
    """When the last message came."""
    polled: asyncio.Event = field(default_factory=asyncio.Event)
    _waiting: deque[dict[str, Any]] = field(default_factory=deque)
    _asked: dict[int, deque[float]] = field(default_factory=dict)
    _more: asyncio.Condition = field(default_factory=asyncio.Condition)
    _ids: itertools.count[int] = field(default_factory=lambda: itertools.count(1))

    @property
    def base_url(self) -> str:
        return f"http://127.0.0.1:{self.port}/bot"

    def forget(self) -> None:
        """Begin to measure anew."""
        self.latencies.clear()
        self.first = self.last = 0

    async def say(self, chat: int, text: str) -> None:
        number = next(self._ids)
        who = {"id": chat, "is_bot": False, "first_name": "Anna", "language_code": "nl"}
        message = {
            "message_id": number,
            "date": int(time.time()),
            "chat": {"id": chat, "type": "private"},
            "from": who,
            "text": text,
        }
        self._waiting.append({"update_id": number, "message": message})
        self._asked.setdefault(chat, deque()).append(time.perf_counter())
        async with self._more:
            self._more.notify_all()

    async def until_answered(self, count: int) -> None:
        async with self._more:
            await self._more.wait_for(lambda: len(self.latencies) >= count)

    async def answer(self, method: str, given: Mapping[str, Any]) -> object:
        if method == "getMe":
            return ME
        if method == "getUpdates":
            return await self._updates(int(given.get("offset", 0)), float(given.get("timeout", 0)))
        if method == "sendMessage":
            taken = await self._message(int(given["chat_id"]), given["text"])
            await asyncio.sleep(self.delay)
            return taken
        return KEPT.get(method, True)

    async def _updates(self, offset: int, seconds: float) -> list[dict[str, Any]]:
        self.polled.set()
        while self._waiting and self._waiting[0]["update_id"] < offset:
            self._waiting.popleft()
        if not self._waiting:
            async with self._more:
                try:
                    await asyncio.wait_for(self._more.wait_for(lambda: bool(self._waiting)), seconds)
                except TimeoutError:
                    return []
        self.first = self.first or time.perf_counter()
        return list(itertools.islice(self._waiting, BATCH))

    async def _message(self, chat: int, text: str) -> dict[str, Any]:
        self.last = time.perf_counter()
        if self._asked.get(chat):
            self.latencies.append(self.last - self._asked[chat].popleft())
            async with self._more:
                self._more.notify_all()
        return {
            "message_id": next(self._ids),
            "date": 1700000000,
            "chat": {"id": chat, "type": "private"},
            "from": ME,
            "text": text,
        }


@asynccontextmanager
async def listening() -> AsyncIterator[Server]:
    """Serve on a free loopback port."""
    made = Server()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
                length = next(
                    (
                        int(line.split(":")[1])
                        for line in head.split("\r\n")
                        if line.lower().startswith("content-length:")
                    ),
                    0,
                )
                body = (await reader.readexactly(length)).decode()
                path, _, query = head.split(" ", 2)[1].partition("?")
                given = (
                    json.loads(body)
                    if body.startswith("{")
                    else {name: values[0] for name, values in parse_qs(f"{query}&{body}").items()}
                )
                answer = json.dumps(
                    {"ok": True, "result": await made.answer(path.rpartition("/")[2], given)}
                ).encode()
                writer.write(
                    b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%b"
                    % (len(answer), answer)
                )
        except (asyncio.IncompleteReadError, ConnectionError, asyncio.CancelledError):
            writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0, limit=1 << 20)
    made.port = server.sockets[0].getsockname()[1]
    try:
        yield made
    finally:
        server.close()
