"""The web page as a channel: what goes out is written into the chat's history, and the open pages of that
chat are woken to read it there.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from starlette.routing import BaseRoute

from bot.channels.web.visitor import CHANNEL
from bot.ports.chat_history import Entry, Heard, History, Line
from bot.ports.outbox import Outgoing

log = logging.getLogger(__name__)

POLL = 1.0
"""Seconds after which what another process wrote is seen."""
HEARTBEAT = 20.0
"""Seconds of silence after which a sign of life is sent, so that nothing in between closes the line."""


@dataclass(eq=False)
class Reader:
    """One open line."""

    seen: int
    """The number of the last change that it read."""
    woken: asyncio.Event = field(default_factory=asyncio.Event)
    """Set when something changed in the chat, or the hub was closed."""


class Hub:
    """Who is reading which chat in this process."""

    def __init__(self) -> None:
        self.closed = False
        self._readers: dict[str, set[Reader]] = {}

    @contextlib.contextmanager
    def reader(self, chat: str, seen: int) -> Iterator[Reader]:
        made = Reader(seen)
        self._readers.setdefault(chat, set()).add(made)
        try:
            yield made
        finally:
            self._readers[chat].discard(made)
            if not self._readers[chat]:
                del self._readers[chat]

    def count(self, chat: str | None = None) -> int:
        """Open lines, of this chat or of all."""
        if chat is not None:
            return len(self._readers.get(chat, ()))
        return sum(map(len, self._readers.values()))

    @property
    def chats(self) -> list[str]:
        return list(self._readers)

    def wake(self, chat: str, changed: int | None = None) -> None:
        """Those of the chat; given the number of its last change, only those that did not read that one."""
        for reader in self._readers.get(chat, ()):
            if reader.seen != changed:
                reader.woken.set()

    def close(self) -> None:
        """End every line."""
        self.closed = True
        for chat in self._readers:
            self.wake(chat)


class Web:
    """The page's way out (a `Transport`), and the lines to its readers."""

    channel = CHANNEL

    def __init__(self, history: History, now: Callable[[], datetime]) -> None:
        self.history = history
        self.hub = Hub()
        self._now = now

    async def send(self, outgoing: Outgoing) -> tuple[str, ...]:
        """Write it into the history. What was written for the same place in line before, is not written
        twice.
        """
        chat = outgoing.chat.id
        for gone in filter(str.isdigit, outgoing.deletes):
            await self.history.put(chat, int(gone), None)
        placed: tuple[str, ...] = ()
        if outgoing.message:
            entry = Heard(outgoing.message, outgoing.language, outgoing.buttons)
            placed = (await self._place(outgoing, entry),)
        self.hub.wake(chat)
        return placed

    async def _place(self, outgoing: Outgoing, entry: Heard) -> str:
        for old in filter(str.isdigit, outgoing.replaces):
            if await self.history.put(outgoing.chat.id, int(old), entry):
                return old
        return str(await self.history.add(outgoing.chat.id, entry, f"out-{outgoing.id}", self._now()))

    async def say(self, chat: str, entry: Entry, delivery: str) -> str:
        """Write what the person said; returns its id."""
        line = await self.history.add(chat, entry, delivery, self._now())
        self.hub.wake(chat)
        return str(line)

    async def choose(self, chat: str, line: int, button: str) -> None:
        """Show in all the chat's pages which button was pressed."""
        found = await self.history.line(chat, line)
        if (
            found
            and isinstance(found.entry, Heard)
            and button in found.entry.buttons
            and found.entry.chosen != button
        ):
            await self.history.put(chat, line, replace(found.entry, chosen=button))
            self.hub.wake(chat)

    async def lines(self, chat: str, seen: int, heartbeat: float = HEARTBEAT) -> AsyncIterator[Line | None]:
        """What changed after `seen`, then None once for "that was all up to now", then each change as it
        comes; None also is a sign of life.
        """
        with self.hub.reader(chat, seen) as reader:
            count = (await self.history.counts([chat])).get(chat, 0)
            if seen > count:
                reader.seen = 0  # counted in a database that is not there any more
            ready = False
            while not self.hub.closed:
                reader.woken.clear()
                for line in await self.history.since(chat, reader.seen):
                    reader.seen = line.changed
                    yield line
                if not ready:
                    ready = True
                    reader.seen = max(
                        reader.seen, count
                    )  # what was taken away by then is told to nobody who never saw it
                    yield None
                while not await self._woken(reader, heartbeat):
                    yield None

    async def _woken(self, reader: Reader, heartbeat: float) -> bool:
        """Whether something happened within so many seconds."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(heartbeat):
                return await reader.woken.wait()
        return False

    async def watch(self) -> None:
        """Wake readers of what other processes wrote; runs until it is cancelled."""
        while True:
            await asyncio.sleep(POLL)
            chats = self.hub.chats
            try:
                counts = await self.history.counts(chats) if chats else {}
            except Exception as error:  # a database that is away comes back
                log.error("the history could not be read: %s", type(error).__name__)
                continue
            for chat, count in counts.items():
                self.hub.wake(chat, count)


class WebChannel:
    """The page as one of the channels that `bot run` starts and stops."""

    def __init__(self, web: Web, address: str) -> None:
        self.transport = web
        self.routes: Sequence[BaseRoute] = ()
        """The page's own routes stand behind a guard of their own (`bot/runtime/http_app.py`)."""
        self._address = address
        self._watching: asyncio.Task[None] | None = None

    def describe(self) -> str:
        return f"web page: {self._address}"

    async def start(self) -> None:
        self._watching = asyncio.create_task(self.transport.watch())

    async def stop(self) -> None:
        self.transport.hub.close()
        if self._watching:
            self._watching.cancel()
            await asyncio.gather(self._watching, return_exceptions=True)

    async def close(self) -> None:
        pass
