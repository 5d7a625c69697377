"""Empties the outbox into one channel: chats side by side, each chat in order, no faster than the platform
allows.
"""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Protocol

from bot.delivery.rate_limit import Rates, Throttle
from bot.ports.outbox import GiveUpError, Outbox, Outgoing, Transport, TryLaterError

log = logging.getLogger(__name__)

SIDE_BY_SIDE = 32
"""How many chats are sent to at the same time."""
IDLE = 1.0
"""Seconds between two looks at an outbox that announced nothing: retries fall due, other processes put things
in.
"""
SEND_TIMEOUT = 40.0
"""Seconds for one sending: with LONGEST_PAUSE and the rates less than the minute that a claim lasts."""
TRIES = 24
"""With FIRST_WAIT doubled up to LONGEST_WAIT this takes about a day."""
FIRST_WAIT = 1.0
LONGEST_WAIT = 7200.0
LONGEST_PAUSE = 10.0
"""Seconds that claimed messages are held back at most, so that they are sent within the minute that they are
ours.
"""
SETTLE_TRIES = 6
"""How often it is written down that something was sent, while the database fails: the alternative is to send
it twice.
"""


class Clock(Protocol):
    """What time it is, and waiting; tests have one of their own."""

    def now(self) -> datetime:
        """Aware, UTC."""

    def monotonic(self) -> float:
        """Seconds that never go back."""

    async def sleep(self, seconds: float) -> None: ...


class SystemClock:
    def now(self) -> datetime:
        return datetime.now(UTC)

    def monotonic(self) -> float:
        return asyncio.get_running_loop().time()

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)


class Sender:
    """One for each channel in a process. `run` it as a task; `stop` it before the store is closed."""

    def __init__(
        self,
        outbox: Outbox,
        transport: Transport,
        rates: Rates | None = None,
        clock: Clock | None = None,
        chance: Callable[[], float] = random.random,
    ) -> None:
        self._outbox = outbox
        self._transport = transport
        self._clock = clock or SystemClock()
        self._chance = chance
        self._rates = rates or Rates()
        self._under_way: set[asyncio.Task[None]] = set()
        self._stopping = asyncio.Event()
        self._ended = asyncio.Event()
        self._ended.set()
        self._throttle: Throttle
        self._told: str | None = None
        """The chat that the platform last told to wait, with nothing sent since."""
        self._paused_until = 0.0
        self._unread = False
        """Whether the outbox could not be read the last time: that is said once, not every second."""

    async def run(self) -> None:
        """Send until it is stopped. A database that fails is waited for."""
        self._throttle = Throttle(self._rates, self._clock.monotonic())
        self._ended.clear()
        stopping = asyncio.create_task(self._stopping.wait())
        try:
            while not self._stopping.is_set():
                if await self._start_some():
                    await self._either(self._outbox.wait(self._transport.channel, IDLE), stopping)
                elif self._under_way:
                    await asyncio.wait({*self._under_way, stopping}, return_when=asyncio.FIRST_COMPLETED)
            if self._under_way:
                await asyncio.wait(self._under_way)
        finally:
            for task in (stopping, *self._under_way):
                task.cancel()
            self._ended.set()

    async def stop(self) -> None:
        """Finish what is under way; what waits stays in the outbox."""
        self._stopping.set()
        await self._ended.wait()

    async def _start_some(self) -> bool:
        """Whether there was nothing more to start."""
        room = SIDE_BY_SIDE - len(self._under_way)
        if room <= 0:
            return False
        try:
            claimed = await self._outbox.claim(self._transport.channel, room, self._clock.now())
        except Exception as error:
            if not self._unread:
                log.error("the outbox cannot be read; trying again: %s", type(error).__name__)
            self._unread = True
            return True
        if self._unread:
            log.info("the outbox can be read again")
        self._unread = False
        for outgoing in claimed:
            task = asyncio.create_task(self._deliver(outgoing))
            self._under_way.add(task)
            task.add_done_callback(self._under_way.discard)
        return len(claimed) < room

    async def _either(self, waiting: Awaitable[None], stopping: asyncio.Task[bool]) -> None:
        wait = asyncio.ensure_future(waiting)
        await asyncio.wait({wait, stopping}, return_when=asyncio.FIRST_COMPLETED)
        if not wait.done():
            wait.cancel()
        await asyncio.gather(wait, return_exceptions=True)

    async def _deliver(self, outgoing: Outgoing) -> None:
        await self._wait_for_permit(outgoing)
        try:
            async with asyncio.timeout(SEND_TIMEOUT):
                messages = await self._transport.send(outgoing)
        except GiveUpError as error:
            log.warning("message %d was given up: %s", outgoing.id, error)
            await self._settle(lambda: self._outbox.drop(outgoing))
        except TryLaterError as error:
            self._note_wait(outgoing, error)
            await self._postpone(outgoing, str(error), error.after)
        except Exception as error:  # a fault in the channel's adapter must not stop all other chats
            log.error(
                "message %d failed in its channel", outgoing.id, exc_info=not isinstance(error, TimeoutError)
            )
            await self._postpone(outgoing, type(error).__name__, None)
        else:
            self._told = None
            if len(messages) > 1:
                self._throttle.charge(
                    outgoing.chat.id, outgoing.chat.private, len(messages) - 1, self._clock.monotonic()
                )
            await self._settle(lambda: self._outbox.sent(outgoing, messages))

    async def _wait_for_permit(self, outgoing: Outgoing) -> None:
        now = self._clock.monotonic()
        if outgoing.message is None or outgoing.replaces:  # nothing new comes into the chat
            wait = self._throttle.reserve_overall(now)
        else:
            wait = self._throttle.reserve(outgoing.chat.id, outgoing.chat.private, now)
        wait = max(wait, self._paused_until - now)
        if wait > 0:
            await self._clock.sleep(wait)

    def _note_wait(self, outgoing: Outgoing, error: TryLaterError) -> None:
        """A platform that tells two chats in a row to wait means all of them."""
        if error.after is None:
            return
        if self._told not in (None, outgoing.chat.id):
            self._paused_until = max(
                self._paused_until, self._clock.monotonic() + min(error.after, LONGEST_PAUSE)
            )
        self._told = outgoing.chat.id

    async def _postpone(self, outgoing: Outgoing, reason: str, after: float | None) -> None:
        if outgoing.attempts + 1 >= TRIES:
            log.error("message %d was given up after %d tries: %s", outgoing.id, TRIES, reason)
            await self._settle(lambda: self._outbox.drop(outgoing))
            return
        wait = min(FIRST_WAIT * 2**outgoing.attempts, LONGEST_WAIT) * (0.8 + 0.4 * self._chance())
        if after is not None:
            wait = max(wait, after + self._chance())
        log.info("message %d is tried again in %.0f s: %s", outgoing.id, wait, reason)
        at = self._clock.now() + timedelta(seconds=wait)
        await self._settle(lambda: self._outbox.later(outgoing, at))

    async def _settle(self, write: Callable[[], Awaitable[None]]) -> None:
        for attempt in range(SETTLE_TRIES):
            try:
                return await write()
            except Exception as error:
                log.error("the outbox could not be written: %s", type(error).__name__)
            await self._clock.sleep(2**attempt / 4)
        return None
