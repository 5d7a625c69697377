"""Empties the outbox into one channel: chats side by side, each chat in order, no faster than the platform
allows.
"""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Protocol

from bot.clock import utc_now
from bot.delivery.backoff import Backoff
from bot.ports.outbox import GiveUpError, MayHaveArrivedError, Outbox, Outgoing, Transport, TryLaterError
from handlers import texts
from handlers.actions import SayAgain
from handlers.reply import Button, Message, Paragraph
from knowledge.language.words import Language

log = logging.getLogger(__name__)

SIDE_BY_SIDE = 32
"""How many chats are sent to at the same time."""
IDLE = 1.0
"""Seconds between two looks at an outbox that announced nothing: retries fall due."""
UNSURE = 0.25
"""Seconds between two looks whether what was claimed is still ours."""
SEND_TIMEOUT = 40.0
"""Seconds for one sending."""
TRIES = 24
"""With the waits between them this takes about a day."""
AGAIN = Backoff(1.0, 7200.0)
"""Before a message is sent again."""
SETTLE_AGAIN = Backoff(0.2, 1.0)
"""Before it is written down again that something was sent: the alternative is to send it twice."""
SETTLE_TRIES = 15
"""How often, once the program is being stopped."""
LONGEST_PAUSE = 10.0
"""Seconds that nothing at all is sent, at most, because the platform told several chats to wait."""


def maybe_missing(language: Language) -> Message:
    """What is said where a message may or may not have arrived."""
    own = texts.load()[language]
    return Message((Paragraph(own("maybe_missing")),), (Button(own("maybe_missing_button"), SayAgain()),))


class Clock(Protocol):
    """What time it is, and waiting; tests have one of their own."""

    def now(self) -> datetime:
        """Aware, UTC."""

    def monotonic(self) -> float:
        """Seconds that never go back."""

    async def sleep(self, seconds: float) -> None: ...


class SystemClock:
    def now(self) -> datetime:
        return utc_now()

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
        clock: Clock | None = None,
        chance: Callable[[], float] = random.random,
    ) -> None:
        self._outbox = outbox
        self._transport = transport
        self._clock = clock or SystemClock()
        self._chance = chance
        self._under_way: set[asyncio.Task[None]] = set()
        self._stopping = asyncio.Event()
        self._ended = asyncio.Event()
        self._ended.set()
        self._told: str | None = None
        """The chat that the platform last told to wait, with nothing sent since."""
        self._paused_until = 0.0
        self._unread = False
        """Whether the outbox could not be read the last time: that is said once, not every second."""

    async def run(self) -> None:
        """Send until it is stopped. A database that fails is waited for."""
        self._ended.clear()
        stopping = asyncio.create_task(self._stopping.wait())
        try:
            while not self._stopping.is_set():
                wait = await self._start_some()
                if wait is None:
                    await self._either(self._outbox.wait(self._transport.channel, IDLE), stopping)
                elif wait > 0:
                    await self._either(self._clock.sleep(wait), stopping)
                elif len(self._under_way) >= SIDE_BY_SIDE:
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

    async def _start_some(self) -> float | None:
        """Seconds until there may be more to start; None if nothing waits that could be started."""
        room = SIDE_BY_SIDE - len(self._under_way)
        if room <= 0:
            return 0.0
        if (pause := self._paused_until - self._clock.monotonic()) > 0:
            return pause
        try:
            claimed = await self._outbox.claim(self._transport.channel, room, self._clock.now())
        except Exception as error:
            if not self._unread:
                log.error("the outbox cannot be read; trying again: %s", type(error).__name__)
            self._unread = True
            return None
        if self._unread:
            log.info("the outbox can be read again")
        self._unread = False
        for outgoing in claimed.outgoing:
            task = asyncio.create_task(self._deliver(outgoing))
            self._under_way.add(task)
            task.add_done_callback(self._under_way.discard)
        if claimed.wait is not None:
            return claimed.wait
        return 0.0 if len(claimed.outgoing) == room else None

    async def _either(self, waiting: Awaitable[None], stopping: asyncio.Task[bool]) -> None:
        wait = asyncio.ensure_future(waiting)
        await asyncio.wait({wait, stopping}, return_when=asyncio.FIRST_COMPLETED)
        if not wait.done():
            wait.cancel()
        await asyncio.gather(wait, return_exceptions=True)

    async def _deliver(self, outgoing: Outgoing) -> None:
        if not await self._is_ours(outgoing):
            return
        try:
            async with asyncio.timeout(SEND_TIMEOUT):
                messages = await self._transport.send(outgoing)
        except MayHaveArrivedError as error:
            log.warning("message %d may have arrived or not: %s", outgoing.id, error)
            await self._doubt(outgoing)
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
            await self._settle(lambda: self._outbox.sent(outgoing, messages))

    async def _doubt(self, outgoing: Outgoing) -> None:
        """Tell the person that an answer may be missing, with a button to see it again."""
        notice = maybe_missing(outgoing.language)
        if outgoing.message is None or outgoing.message.blocks == notice.blocks:
            await self._settle(lambda: self._outbox.drop(outgoing))
        else:
            await self._settle(lambda: self._outbox.instead(outgoing, notice))

    async def _is_ours(self, outgoing: Outgoing) -> bool:
        """Whether no other process sends it. While the database is away that is waited for."""
        while (held := self._outbox.holds(outgoing)) is None and not self._stopping.is_set():
            await self._clock.sleep(UNSURE)
        return bool(held)

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
        wait = AGAIN.wait(outgoing.attempts, self._chance)
        if after is not None:
            wait = max(wait, after + self._chance())
        log.info("message %d is tried again in %.0f s: %s", outgoing.id, wait, reason)
        at = self._clock.now() + timedelta(seconds=wait)
        await self._settle(lambda: self._outbox.later(outgoing, at))

    async def _settle(self, write: Callable[[], Awaitable[None]]) -> None:
        """Tried until it succeeds, or the program is stopped."""
        failures = stopping = 0
        while stopping < SETTLE_TRIES:
            try:
                return await write()
            except Exception as error:
                if not failures:
                    log.error("the outbox could not be written; trying again: %s", type(error).__name__)
            stopping += self._stopping.is_set()
            await self._clock.sleep(SETTLE_AGAIN.wait(failures, self._chance))
            failures += 1
        return None
