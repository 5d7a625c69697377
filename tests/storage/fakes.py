"""A clock that goes when the test says so, an outbox in memory and a channel that fails on purpose."""

from __future__ import annotations

import asyncio
import heapq
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import count

from bot.ports.outbox import Claimed, Outgoing
from handlers.reply import Message, Paragraph
from handlers.turn import Chat
from tests.storage.talk import NOON


class FakeClock:
    def __init__(self) -> None:
        self.at = 0.0
        self._sleepers: list[tuple[float, int, asyncio.Future[None]]] = []
        self._numbers = count()

    def now(self) -> datetime:
        return NOON + timedelta(seconds=self.at)

    def monotonic(self) -> float:
        return self.at

    async def sleep(self, seconds: float) -> None:
        woken: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        heapq.heappush(self._sleepers, (self.at + seconds, next(self._numbers), woken))
        await woken

    async def advance(self, seconds: float) -> None:
        """Let so much time go by, waking each sleeper at its own moment."""
        end = self.at + seconds
        await self._let_others_work()
        while self._sleepers and self._sleepers[0][0] <= end:
            self.at, _, woken = heapq.heappop(self._sleepers)
            if not woken.done():
                woken.set_result(None)
                await self._let_others_work()
        self.at = end

    async def _let_others_work(self) -> None:
        for _ in range(
            200
        ):  # more steps than the longest chain of things that the code under test does without waiting
            await asyncio.sleep(0)


@dataclass
class FakeOutbox:
    """As `bot.ports.outbox.Outbox` says, in this process only."""

    clock: FakeClock
    rows: dict[int, Outgoing] = field(default_factory=dict)
    due: dict[int, datetime] = field(default_factory=dict)
    dropped: list[int] = field(default_factory=list)
    failures: int = 0
    """How many of the next writings fail."""
    unreadable: int = 0
    """How many of the next readings fail."""
    held: bool | None = True
    arrived: asyncio.Event = field(default_factory=asyncio.Event)

    def put(self, chat: str, private: bool = True, words: str = "hoi", deletes: tuple[str, ...] = ()) -> int:
        number = len(self.due) + 1
        message = None if deletes else Message((Paragraph(words),))
        self.rows[number] = Outgoing(number, Chat(chat, private), "nl", message, deletes=deletes)
        self.due[number] = NOON
        self.arrived.set()
        return number

    async def claim(self, channel: str, limit: int, now: datetime) -> Claimed:
        if self.unreadable:
            self.unreadable -= 1
            raise OSError
        claimed = [row for row in self._firsts() if self.due[row.id] <= now][:limit]
        for row in claimed:
            self.due[row.id] = now + timedelta(days=9)
        return Claimed(claimed)

    def holds(self, outgoing: Outgoing) -> bool | None:
        return self.held

    async def sent(self, outgoing: Outgoing, messages: tuple[str, ...]) -> None:
        if self.failures:
            self.failures -= 1
            raise OSError
        del self.rows[outgoing.id]
        self.arrived.set()

    async def later(self, outgoing: Outgoing, at: datetime) -> None:
        self.rows[outgoing.id] = replace(outgoing, attempts=outgoing.attempts + 1)
        self.due[outgoing.id] = at

    async def drop(self, outgoing: Outgoing) -> None:
        del self.rows[outgoing.id]
        self.dropped.append(outgoing.id)
        self.arrived.set()

    async def instead(self, outgoing: Outgoing, message: Message) -> None:
        await self.drop(outgoing)
        number = max((outgoing.id, *self.rows)) + 1
        self.rows[number] = replace(outgoing, id=number, message=message, attempts=0)
        self.due[number] = self.clock.now()

    async def wait(self, channel: str, seconds: float) -> None:
        # until something falls due, however long that is: a test of a whole day need not look every second
        falls_due = [(self.due[row.id] - self.clock.now()).total_seconds() for row in self._firsts()]
        sleep = asyncio.create_task(self.clock.sleep(max(min(falls_due, default=3600), seconds / 10)))
        arrive = asyncio.create_task(self.arrived.wait())
        try:
            await asyncio.wait({sleep, arrive}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            sleep.cancel()
            arrive.cancel()
        self.arrived.clear()

    def _firsts(self) -> list[Outgoing]:
        firsts: dict[str, Outgoing] = {}
        for row in self.rows.values():
            firsts.setdefault(row.chat.id, row)
        return list(firsts.values())


@dataclass
class FakeTransport:
    clock: FakeClock
    channel: str = "test"
    outcome: Callable[[Outgoing], Exception | tuple[str, ...]] = lambda outgoing: (f"m{outgoing.id}",)
    takes: float = 0.0
    """Seconds."""
    sent: list[tuple[float, Outgoing]] = field(default_factory=list)
    """When, and what; failed tries too."""
    under_way: int = 0
    most_at_once: int = 0

    async def send(self, outgoing: Outgoing) -> tuple[str, ...]:
        self.sent.append((self.clock.at, outgoing))
        self.under_way += 1
        self.most_at_once = max(self.most_at_once, self.under_way)
        try:
            if self.takes:
                await self.clock.sleep(self.takes)
        finally:
            self.under_way -= 1
        outcome = self.outcome(outgoing)
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    def ids(self) -> list[int]:
        return [outgoing.id for _, outgoing in self.sent]

    def times(self) -> list[float]:
        return [at for at, _ in self.sent]
