"""Telegram and a load balancer before several replicas: what is not acknowledged comes again, at the next."""

from __future__ import annotations

import asyncio
import time
from collections import Counter, deque

import httpx

from bot.channels.telegram.webhook import HEADER
from tests.fakes.telegram import FakeTelegram
from tests.fakes.telegram_rules import Json, RefusedError

SECRET = "s" * 40
REDELIVERED_AFTER = 5.0
"""Seconds after which a delivery that was not acknowledged comes again."""
OUT_FOR = 10.0
"""Seconds that the load balancer leaves a replica out that did not answer."""


class Balanced(FakeTelegram):
    """Delivers to several replicas in turn, chats side by side and each chat in order."""

    def __init__(self) -> None:
        super().__init__()
        self.replicas: list[str] = []
        """Addresses of their webhooks."""
        self.limited = False
        """Whether to refuse what is sent faster than Telegram takes it."""
        self.too_fast = 0
        self.timeouts = 0
        self.refusals: Counter[int] = Counter()
        """Status → deliveries that were answered with it."""
        self._sent_at: deque[float] = deque()
        self.stuck: set[int] = set()
        """Chats with a delivery that was not answered in time."""
        self._out_until: dict[str, float] = {}
        self._in_chat: dict[int, asyncio.Lock] = {}
        self._turn = 0

    def do_sendMessage(self, given: Json) -> Json:  # noqa: N802
        now = time.monotonic()
        while self._sent_at and now - self._sent_at[0] > 1:
            self._sent_at.popleft()
        if self.limited and len(self._sent_at) >= 30:
            self.too_fast += 1
            raise RefusedError(429, "Too Many Requests: retry after 1", retry_after=1)
        self._sent_at.append(now)
        return super().do_sendMessage(given)

    async def _post_updates(self) -> None:
        taken: set[int] = set()
        async with (
            httpx.AsyncClient(timeout=REDELIVERED_AFTER, verify=False) as client,  # noqa: S501 (only http)
            asyncio.TaskGroup() as delivering,
        ):
            while True:
                async with self.changed:
                    await self.changed.wait_for(
                        lambda: any(update["update_id"] not in taken for update in self._updates)
                    )
                for update in list(self._updates):
                    if update["update_id"] not in taken:
                        taken.add(update["update_id"])
                        delivering.create_task(self._deliver(client, update))

    async def _deliver(self, client: httpx.AsyncClient, update: Json) -> None:
        body = next(value for name, value in update.items() if name != "update_id")
        chat = (body.get("chat") or body["message"]["chat"])["id"]
        async with self._in_chat.setdefault(chat, asyncio.Lock()):
            while not await self._taken(client, update, chat):
                await asyncio.sleep(0.2)
            self._updates.remove(update)
        async with self.changed:
            self.changed.notify_all()

    def _next(self) -> str:
        """As a load balancer does that leaves out for a while what did not answer."""
        now = time.monotonic()
        up = [one for one in self.replicas if self._out_until.get(one, 0) < now] or self.replicas
        self._turn += 1
        return up[self._turn % len(up)]

    async def _taken(self, client: httpx.AsyncClient, update: Json, chat: int) -> bool:
        address = self._next()
        try:
            answer = await client.post(address, json=update, headers={HEADER: SECRET})
        except httpx.HTTPError as error:
            self._out_until[address] = time.monotonic() + OUT_FOR
            if isinstance(error, httpx.TimeoutException):
                self.timeouts += 1
                self.stuck.add(chat)
            return False
        if answer.status_code != 200:
            self.refusals[answer.status_code] += 1
        return answer.status_code == 200
