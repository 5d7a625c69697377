"""Telegram as a whole: connect, introduce ourselves, and receive by polling or by webhook until stopped."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from typing import TypeVar

from starlette.routing import BaseRoute
from telegram import User

from bot.channels.telegram import menu
from bot.channels.telegram.client import AT_WEBHOOK, UPDATES, connect
from bot.channels.telegram.inline import Inline
from bot.channels.telegram.polling import AGAIN, Trouble, explain, poll
from bot.channels.telegram.receiver import Receiver
from bot.channels.telegram.transport import TelegramTransport
from bot.channels.telegram.updates import Reader
from bot.channels.telegram.webhook import PATH, Webhook
from bot.clock import utc_now
from bot.ports.outbox import MakeAttachment
from bot.service import Service
from bot.settings import Settings
from handlers.conversation.router import Conversation

log = logging.getLogger(__name__)

Result = TypeVar("Result")


class TelegramChannel:
    """`transport` sends, `routes` go into the web server, `start` begins to receive. It also starts while
    Telegram cannot be reached.
    """

    def __init__(
        self,
        settings: Settings,
        conversation: Conversation,
        service: Service,
        make_attachment: MakeAttachment,
        now: Callable[[], datetime] = utc_now,
    ) -> None:
        if settings.telegram_token is None:
            raise ValueError("TELEGRAM_TOKEN is not set")
        self._client = connect(settings.telegram_token.get_secret_value(), settings.telegram_base_url)
        self._conversation = conversation
        self._service = service
        self._now = now
        self._secret = (
            settings.telegram_webhook_secret.get_secret_value() if settings.telegram_webhook_secret else ""
        )
        self._webhook = Webhook(self._secret) if self._secret else None
        self.url = f"{(settings.public_url or '').rstrip('/')}{PATH}"
        """Where Telegram posts, where it does."""
        self._stopping = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._polling = False
        self._receiver: Receiver | None = None
        self.transport = TelegramTransport(self._client, make_attachment)
        self.username = ""
        """Known once Telegram was reached."""

    @property
    def routes(self) -> Sequence[BaseRoute]:
        """What the web server must serve: nothing where we poll."""
        return [self._webhook.route()] if self._webhook else []

    def describe(self) -> str:
        """How it is reached, for the lines at the start."""
        return f"Telegram: webhook at {self.url}" if self._webhook else "Telegram: long polling"

    async def start(self) -> None:
        """Begin, after the web server listens. Returns at once: connecting goes on beside."""
        self._task = asyncio.create_task(self._run(), name="telegram")

    async def stop(self) -> None:
        """Receive no more, and finish what was begun. The transport works until `close`."""
        self._stopping.set()
        if self._webhook:
            self._webhook.receiver = None
        if self._task:
            if not self._polling:
                self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        if self._receiver:
            await self._receiver.finish()

    async def close(self) -> None:
        """Close the connections."""
        await self._client.shutdown()

    async def _run(self) -> None:
        if (me := await self._until_done(self._connect)) is None:
            return
        self.username = me.username or ""
        inline = Inline(self._client, self._conversation)
        self._receiver = Receiver(self._client, self._service, Reader(me), inline, self._now)
        log.info("Telegram knows us as @%s", self.username)
        await menu.introduce(self._client, self._conversation.texts)
        if self._webhook:
            self._webhook.receiver = self._receiver
            await self._until_done(self._set_webhook)
        elif await self._until_done(self._leave_webhook):
            self._polling = True
            await poll(self._client, self._receiver, self._stopping)

    async def _connect(self) -> User:
        await self._client.initialize()
        return self._client.bot

    async def _set_webhook(self) -> bool:
        return await self._client.set_webhook(
            self.url, secret_token=self._secret, allowed_updates=UPDATES, max_connections=AT_WEBHOOK
        )

    async def _leave_webhook(self) -> bool:
        return await self._client.delete_webhook()

    async def _until_done(self, call: Callable[[], Awaitable[Result]]) -> Result | None:
        """The call's result, however often it takes; None where we are stopped first."""
        trouble = Trouble(explain, AGAIN)
        while not self._stopping.is_set():
            try:
                done = await call()
            except Exception as error:
                await trouble.wait(error, self._stopping)
            else:
                trouble.over()
                return done
        return None
