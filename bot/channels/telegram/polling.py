"""Long polling: updates are confirmed to Telegram only after what they led to is committed, so a crash loses
none.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine, Sequence

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
AT_MOST = 4.0
"""The same at most where the store fails: updates of other chats come in only at the next try."""
LAST_WORD = 2.0
"""Seconds that stopping waits for Telegram to hear what was handled."""

AGAIN = "Telegram answers again"
CONFLICT = (
    "Another program receives the messages of this TELEGRAM_TOKEN. Stop the other one, or make a "
    "bot of its own for it with @BotFather."
)
REFUSED = (
    "Telegram refuses TELEGRAM_TOKEN. Copy it again from @BotFather; where TELEGRAM_BASE_URL is set, "
    "check that too."
)


async def poll(client: Client, receiver: Receiver, stopping: asyncio.Event) -> None:
    """Take updates until `stopping`; then what was begun is finished first.

    What the store fails on stays unconfirmed, so Telegram hands it out again, and with it all that came
    later: other chats go on meanwhile.
    """
    telegram, store = (
        Trouble(explain, AGAIN),
        Trouble(explain_store, "What people send is kept again", AT_MOST),
    )
    offset: int | None = None
    handled: set[int] = set()
    while not stopping.is_set():
        try:
            updates = _readable(await _unless(stopping, client.raw_updates(offset, WAIT)))
        except Exception as error:
            await telegram.wait(error, stopping)
            continue
        telegram.over()
        failures: list[Exception] = []
        left = await _handle(
            [update for update in updates if update["update_id"] not in handled], receiver, stopping, failures
        )
        if left:
            offset = min(left)
            handled = {
                number
                for number in handled | {int(update["update_id"]) for update in updates}
                if number > offset
            } - left
            if failures:
                await store.wait(failures[0], stopping)
            continue
        store.over()
        handled.clear()
        if updates:
            offset = max(int(update["update_id"]) for update in updates) + 1
    if offset is not None:
        try:
            await asyncio.wait_for(client.raw_updates(offset, 0, limit=1), LAST_WORD)
        except Exception:
            log.debug("Telegram did not hear what was handled; the store knows it")


async def _handle(
    updates: Sequence[RawUpdate], receiver: Receiver, stopping: asyncio.Event, failures: list[Exception]
) -> set[int]:
    """Handle a batch, chats side by side; returns the ids of those that are left to do again, and notes
    why.
    """

    async def one_chat(chat: Sequence[RawUpdate]) -> Sequence[RawUpdate]:
        for number, update in enumerate(chat):
            if stopping.is_set():
                return chat[number:]
            try:
                await receiver.take(update)
            except Exception as error:
                failures.append(error)
                return chat[number:]
        return ()

    left = await asyncio.gather(*(one_chat(chat) for chat in in_order(updates)))
    return {int(update["update_id"]) for chat in left for update in chat}


def _readable(updates: object) -> Sequence[RawUpdate]:
    """Raises `ValueError` for what is no list of updates: nothing of it could be confirmed."""
    if not isinstance(updates, list | tuple) or not all(
        isinstance(each, dict) and type(each.get("update_id")) is int for each in updates
    ):
        raise ValueError("no list of updates")
    return updates


class Trouble:
    """Says once what is wrong between us and another, and waits longer each time."""

    def __init__(self, explain: Callable[[Exception], str], again: str, longest: float = BACKOFF[-1]) -> None:
        self._explain = explain
        self._again = again
        self._longest = longest
        self._failures = 0
        self._said: set[str] = set()

    async def wait(self, error: Exception, stopping: asyncio.Event) -> None:
        """Until the next try."""
        words = self._explain(error)
        if words not in self._said:
            log.error(words, exc_info=None if isinstance(error, TelegramError) else error)
            self._said.add(words)
        wait = min(BACKOFF[min(self._failures, len(BACKOFF) - 1)], self._longest)
        self._failures += 1
        await pause(seconds_of(error) if isinstance(error, RetryAfter) else wait, stopping)

    def over(self) -> None:
        """It works."""
        if self._said:
            log.info(self._again)
        self._failures = 0
        self._said.clear()


def explain(error: Exception) -> str:
    """What is wrong and what to do, for whoever runs the program."""
    if isinstance(error, Conflict):
        return CONFLICT
    if isinstance(error, InvalidToken):
        return REFUSED
    if isinstance(error, RetryAfter):
        return "Telegram asks to wait before the next call; that is done"
    if isinstance(error, TelegramError):
        return f"Telegram cannot be reached; trying again: {reason(error)}"
    return f"What Telegram answers cannot be read; trying again: {type(error).__name__}"


def explain_store(error: Exception) -> str:
    """The same for what cannot be kept."""
    return f"What people send cannot be kept, so it stays with Telegram; trying again: {type(error).__name__}"


async def pause(seconds: float, stopping: asyncio.Event) -> None:
    """Wait, but not longer than until `stopping`."""
    try:
        await asyncio.wait_for(stopping.wait(), seconds)
    except TimeoutError:
        return


async def _unless(
    stopping: asyncio.Event, call: Coroutine[None, None, Sequence[RawUpdate]]
) -> Sequence[RawUpdate]:
    """The call's result; nothing where `stopping` comes first."""
    asked, stopped = asyncio.ensure_future(call), asyncio.ensure_future(stopping.wait())
    try:
        await asyncio.wait((asked, stopped), return_when=asyncio.FIRST_COMPLETED)
        return asked.result() if asked.done() else ()
    finally:
        for task in (asked, stopped):
            task.cancel()
        await asyncio.gather(asked, stopped, return_exceptions=True)
