"""Long polling: updates are confirmed to Telegram only after what they led to is committed, so a crash loses none."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Coroutine, Sequence

from telegram.error import Conflict, InvalidToken, RetryAfter, TelegramError

from bot.channels.telegram.client import Client, RawUpdate, seconds_of
from bot.channels.telegram.receiver import Receiver
from bot.channels.telegram.transport import reason
from bot.channels.telegram.updates import in_order

log = logging.getLogger(__name__)

WAIT = 30
"""Seconds that Telegram holds a question for updates open."""
BACKOFF = (0.5, 1.0, 2.0, 4.0, 8.0, 15.0, 30.0)
"""Seconds before the next try, by how many failed in a row."""
LAST_WORD = 2.0
"""Seconds that stopping waits for Telegram to hear what was handled."""

CONFLICT = "Another program receives the messages of this TELEGRAM_TOKEN. Stop the other one, or make a bot of its own for it with @BotFather."
REFUSED = "Telegram refuses TELEGRAM_TOKEN. Copy it again from @BotFather; where TELEGRAM_BASE_URL is set, check that too."


async def poll(client: Client, receiver: Receiver, stopping: asyncio.Event) -> None:
    """Take updates until `stopping`; then what was begun is finished first."""
    offset: int | None = None
    trouble = Trouble()
    while not stopping.is_set():
        try:
            updates = await _unless(stopping, client.raw_updates(offset, WAIT))
        except Exception as error:
            await trouble.wait(error, stopping)
            continue
        trouble.over()
        if updates:
            if not await _handle(updates, receiver, stopping):
                return
            offset = max(int(update["update_id"]) for update in updates) + 1
    if offset is not None:
        try:
            await asyncio.wait_for(client.raw_updates(offset, 0, limit=1), LAST_WORD)
        except (TelegramError, TimeoutError):
            log.debug("Telegram did not hear what was handled; the store knows it")


async def _handle(updates: Sequence[RawUpdate], receiver: Receiver, stopping: asyncio.Event) -> bool:
    """Handle a batch, again and again while the store fails. False where it was stopped before the end."""
    chats: Sequence[Sequence[RawUpdate]] = in_order(updates)
    for failures in range(1_000_000):
        left = await asyncio.gather(*(_handle_chat(chat, receiver) for chat in chats))
        chats = [chat for chat in left if chat]
        if not chats:
            return True
        await pause(BACKOFF[min(failures, len(BACKOFF) - 1)], stopping)
        if stopping.is_set():
            break
    return False


async def _handle_chat(chat: Sequence[RawUpdate], receiver: Receiver) -> Sequence[RawUpdate]:
    """Handle one chat's updates in their order; returns those from the first that the store failed on."""
    for number, update in enumerate(chat):
        try:
            await receiver.take(update)
        except Exception:
            log.exception("the store fails; the update is tried again", extra={"update": update.get("update_id")})
            return chat[number:]
    return ()


class Trouble:
    """Says once what is wrong between us and Telegram, and waits longer each time."""

    def __init__(self) -> None:
        self._failures = 0
        self._said = ""

    async def wait(self, error: Exception, stopping: asyncio.Event) -> None:
        """Until the next try."""
        words = explain(error)
        if words != self._said:
            log.error(words)
            self._said = words
        seconds = seconds_of(error) if isinstance(error, RetryAfter) else BACKOFF[min(self._failures, len(BACKOFF) - 1)]
        self._failures += 1
        await pause(seconds, stopping)

    def over(self) -> None:
        """It works."""
        if self._said:
            log.info("Telegram answers again")
        self._failures, self._said = 0, ""


def explain(error: Exception) -> str:
    """What is wrong and what to do, for whoever runs the program."""
    if isinstance(error, Conflict):
        return CONFLICT
    if isinstance(error, InvalidToken):
        return REFUSED
    if isinstance(error, TelegramError):
        return f"Telegram cannot be reached; trying again: {reason(error)}"
    return f"What Telegram answers cannot be read; trying again: {type(error).__name__}"


async def pause(seconds: float, stopping: asyncio.Event) -> None:
    """Wait, but not longer than until `stopping`."""
    try:
        await asyncio.wait_for(stopping.wait(), seconds)
    except TimeoutError:
        return


async def _unless(stopping: asyncio.Event, call: Coroutine[None, None, Sequence[RawUpdate]]) -> Sequence[RawUpdate]:
    """The call's result; nothing where `stopping` comes first."""
    asked, stopped = asyncio.ensure_future(call), asyncio.ensure_future(stopping.wait())
    try:
        await asyncio.wait((asked, stopped), return_when=asyncio.FIRST_COMPLETED)
        return asked.result() if asked.done() else ()
    finally:
        for task in (asked, stopped):
            task.cancel()
        await asyncio.gather(asked, stopped, return_exceptions=True)
