"""What is done with one update, whichever way it came: each chat in its order, chats side by side, and the
small answers that go straight back.
"""

from __future__ import annotations

import asyncio
import logging
from collections import OrderedDict
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager, suppress
from datetime import datetime

from telegram import CallbackQuery, Update
from telegram.constants import ChatAction
from telegram.error import BadRequest, RetryAfter, TelegramError

from bot.channels.telegram.client import Client, RawUpdate, seconds_of
from bot.channels.telegram.inline import Inline
from bot.channels.telegram.transport import reason
from bot.channels.telegram.updates import CHANNEL, Reader
from bot.clock import utc_now
from bot.ports.store import StoreUnavailableError
from bot.service import Service
from handlers.turn import Chat, Turn

log = logging.getLogger(__name__)

AT_ONCE = 16
"""Turns side by side, at most."""
TYPING_AFTER = 0.5
"""Seconds that a turn may take before the person sees that somebody is at it."""
TYPING_SHOWS = 4.5
"""Seconds; the app shows "typing" for five."""
ANSWERED = 1000
"""Presses of which it is remembered that they were answered; a second answer is refused."""
ANSWER_AGAIN = (1.0, 2.0)
"""Seconds before a press is answered again where that failed: until then its button spins."""
ANSWER_WITHIN = 5.0
"""Seconds that are waited for it at most, whatever Telegram asks: much later nobody looks at it, and stopping
waits for it.
"""
TOAST = 200


class Receiver:
    """Takes updates. `reader` and `inline` are for the account that the token belongs to."""

    def __init__(
        self,
        client: Client,
        service: Service,
        reader: Reader,
        inline: Inline,
        now: Callable[[], datetime] = utc_now,
    ) -> None:
        self._client = client
        self._service = service
        self._reader = reader
        self._inline = inline
        self._now = now
        self._chats: dict[str, tuple[asyncio.Lock, int]] = {}
        self._room = asyncio.Semaphore(AT_ONCE)
        self._answered: OrderedDict[str, None] = OrderedDict()
        self._beside: set[asyncio.Task[None]] = set()

    async def take(self, raw: RawUpdate) -> None:
        """Handle an update; returns after the commit. Raises only what the store raises: then it is to be
        delivered again.
        """
        update = self._read(raw)
        if update is None:
            turn = self._reader.unreadable(raw, self._now())
        else:
            if moved := self._reader.moved(update):
                await self._service.move_chat(*moved)
            if update.inline_query:
                await self._inline.answer(update.inline_query)
            turn = self._turn(update)
        query = update.callback_query if update else None
        if turn is None:
            if query:
                self._soon(self._answer(query, ""))
            return
        async with self._in_turn(turn.chat.id), self._typing(turn.chat), self._room:
            try:
                handled = await self._service.handle(turn)
            except StoreUnavailableError as error:
                if words := self._service.cannot_store(turn, error):
                    self._soon(self._say(turn.chat, words))
                raise
        if query:
            self._soon(self._answer(query, handled.reply.toast if handled.reply else ""))

    def _read(self, raw: RawUpdate) -> Update | None:
        """None for an update that the library cannot read."""
        try:
            return Update.de_json(dict(raw), self._client)
        except Exception as error:
            log.error(
                "an update cannot be read",
                extra={"update": raw.get("update_id"), "error": type(error).__name__},
            )
            return None

    def _turn(self, update: Update) -> Turn | None:
        try:
            return self._reader.turn(update, self._now())
        except Exception as error:
            log.error(
                "an update is skipped", extra={"update": update.update_id, "error": type(error).__name__}
            )
            return None

    async def finish(self) -> None:
        """Wait for what is still on its way."""
        while self._beside:
            await asyncio.wait(self._beside)

    @asynccontextmanager
    async def _in_turn(self, chat: str) -> AsyncIterator[None]:
        """Updates of one chat, one by one in the order in which they came."""
        lock, waiting = self._chats.get(chat) or (asyncio.Lock(), 0)
        self._chats[chat] = (lock, waiting + 1)
        try:
            async with lock:
                yield
        finally:
            _, waiting = self._chats[chat]
            if waiting == 1:
                del self._chats[chat]
            else:
                self._chats[chat] = (lock, waiting - 1)

    @asynccontextmanager
    async def _typing(self, chat: Chat) -> AsyncIterator[None]:
        started: list[asyncio.Task[None]] = []
        timer = asyncio.get_running_loop().call_later(
            TYPING_AFTER, lambda: started.append(asyncio.create_task(self._type(chat)))
        )
        try:
            yield
        finally:
            timer.cancel()
            for task in started:
                task.cancel()

    async def _type(self, chat: Chat) -> None:
        topic = int(chat.address) if chat.address.isdigit() else None
        while True:
            with suppress(Exception):  # nobody misses it where it fails; perhaps the next one gets through
                await self._client.send_chat_action(
                    int(chat.id.removeprefix(f"{CHANNEL}:")), ChatAction.TYPING, message_thread_id=topic
                )
            await asyncio.sleep(TYPING_SHOWS)

    async def _say(self, chat: Chat, words: str) -> None:
        """Past the outbox, which fails."""
        topic = int(chat.address) if chat.address.isdigit() else None
        with suppress(TelegramError):
            await self._client.send_message(
                int(chat.id.removeprefix(f"{CHANNEL}:")), words, message_thread_id=topic
            )

    async def _answer(self, query: CallbackQuery, toast: str) -> None:
        """Stop the button's spinning. Where that keeps failing nothing is lost: it stops by itself."""
        if query.id in self._answered:
            return
        self._answered[query.id] = None
        while len(self._answered) > ANSWERED:
            self._answered.popitem(last=False)
        for wait in (*ANSWER_AGAIN, None):
            try:
                await self._client.answer_callback_query(query.id, toast[:TOAST] or None)
            except BadRequest as error:  # it was answered after all, or too long ago
                log.debug("a press was not answered: %s", reason(error))
            except TelegramError as error:
                log.debug("a press was not answered: %s", reason(error))
                if wait is not None:
                    await asyncio.sleep(
                        min(seconds_of(error), ANSWER_WITHIN) if isinstance(error, RetryAfter) else wait
                    )
                    continue
            return

    def _soon(self, work: Coroutine[None, None, None]) -> None:
        task = asyncio.create_task(work)
        self._beside.add(task)
        task.add_done_callback(self._beside.discard)
