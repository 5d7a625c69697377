"""The assistant on Telegram as it runs, all but its process: store, sender and channel against the fake Bot
API server.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import datetime

from starlette.applications import Starlette

from bot.channels.telegram.channel import TelegramChannel
from bot.clock import utc_now
from bot.delivery.sender import Sender, SystemClock
from bot.service import Service
from bot.settings import Settings
from bot.storage import SqlStore
from handlers.conversation.router import Conversation
from handlers.reply import CaseRecord, DocumentOrder
from tests.database import make_store
from tests.fakes.serving import serving
from tests.fakes.telegram import FakeTelegram

SECRET = "s" * 40


@dataclass
class Stage:
    telegram: FakeTelegram
    store: SqlStore
    channel: TelegramChannel
    service: Service

    async def ready(self) -> None:
        """Until the assistant receives."""
        done = "setWebhook" if self.telegram.settings_webhook else "getUpdates"
        await self.telegram.until(
            lambda: any(method == done for method, _ in self.telegram.calls), "the assistant"
        )

    async def settled(self) -> None:
        """Until everything that was done is answered: no update waits, and nothing is left to send."""
        await self.telegram.until(lambda: self.telegram.waiting == 0, "the updates to be confirmed")
        async with asyncio.timeout(60):
            while await self.left():
                await asyncio.sleep(0.01)

    async def queued(self, count: int) -> None:
        """Until so many messages wait to be sent, those under way included."""
        async with asyncio.timeout(60):
            while await self.left() < count:
                await asyncio.sleep(0.01)

    async def left(self) -> int:
        """Messages that wait in the outbox."""
        from sqlalchemy import func, select

        from bot.storage.schema import outbox

        return await self.store.call(
            lambda connection: connection.execute(select(func.count()).select_from(outbox)).scalar_one()
        )


class Shifted(SystemClock):
    """Waits as long as any clock; what time it is, somebody else says."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now

    def now(self) -> datetime:
        return self._now()


GONE = CaseRecord("gone", "lovs", "pdf", "nl", "telegram:1")


async def make_file(order: DocumentOrder) -> bytes:
    if order == GONE:
        raise KeyError(order)
    return b"%PDF-1.7 content"


@asynccontextmanager
async def stage(
    telegram: FakeTelegram,
    conversation: Conversation,
    database: str,
    webhook: bool = False,
    wait: bool = True,
    now: Callable[[], datetime] = utc_now,
) -> AsyncIterator[Stage]:
    """Start; at the end stop as the program does. `wait` until Telegram was reached."""
    async with AsyncExitStack() as stack:
        store = make_store(database)
        stack.push_async_callback(store.close)
        service = Service(conversation, store)
        settings = {"telegram_token": telegram.token, "telegram_base_url": telegram.base_url}
        if webhook:
            settings |= {"telegram_webhook_secret": SECRET, "public_url": "http://127.0.0.1:1"}
        telegram.settings_webhook = webhook
        channel = TelegramChannel(Settings(_env_file=None, **settings), conversation, service, make_file, now)  # type: ignore[call-arg,arg-type]
        if webhook:
            address = await stack.enter_async_context(serving(Starlette(routes=channel.routes)))
            channel.url = f"{address}/telegram"
        sender = Sender(store, channel.transport, Shifted(now))
        sending = asyncio.create_task(sender.run())
        await channel.start()
        made = Stage(telegram, store, channel, service)
        try:
            if wait:
                await made.ready()
            yield made
        finally:
            await channel.stop()
            await sender.stop()
            await sending
            await channel.close()
