"""One budget for what is sent, whoever sends it: the limits stand in the database, by channel and by chat."""

from __future__ import annotations

import asyncio
import time
from collections import defaultdict, deque
from collections.abc import AsyncIterator
from datetime import datetime, timedelta

import pytest

from bot.delivery.rate_limit import TELEGRAM
from bot.delivery.sender import Sender
from bot.ports.outbox import Outgoing, TryLaterError
from bot.storage import SqlStore
from handlers.reply import Reply
from tests.database import make_store
from tests.storage.talk import NOON, reply, say, text, turn

A_SECOND = 30
"""Messages that Telegram takes from one bot."""


@pytest.fixture
async def replicas(database_url: str) -> AsyncIterator[tuple[SqlStore, SqlStore]]:
    """Two that share a database."""
    made = make_store(database_url), make_store(database_url)
    for store in made:
        store.limits = {"test": TELEGRAM}
    yield made
    for store in made:
        await store.close()


async def send_all(
    replicas: tuple[SqlStore, SqlStore], seconds: float, parts: int = 1
) -> list[tuple[float, str]]:
    """Everything that may go out in so many seconds, by turns from each: when, and to which chat."""
    now, end, sent = NOON, NOON + timedelta(seconds=seconds), []
    while now < end:
        for store in replicas:
            store._now = lambda now=now: now  # type: ignore[misc]
            claimed = await store.claim("test", 32, now)
            for outgoing in claimed.outgoing:
                sent.append(((now - NOON).total_seconds(), outgoing.chat.id))
                await store.sent(outgoing, tuple(f"m{outgoing.id}-{part}" for part in range(parts)))
        now += timedelta(seconds=0.02 if claimed.outgoing else max(0.02, min(claimed.wait or 0.2, 0.2)))
    return sent


def most_within(times: list[float], seconds: float) -> int:
    return max(sum(start <= at < start + seconds for at in times) for start in times)


async def test_two_processes_together_keep_to_telegram_s_limits(replicas: tuple[SqlStore, SqlStore]) -> None:
    for number in range(100):
        await say(replicas[0], turn(f"test:{number}"), reply("x"))
    await say(replicas[0], turn("test:busy"), reply(*["x"] * 8))
    await say(replicas[0], turn("test:group", private=False), reply(*["x"] * 24))
    sent = await send_all(replicas, 90)
    assert len(sent) == 132
    by_chat: defaultdict[str, list[float]] = defaultdict(list)
    for at, chat in sent:
        by_chat[chat].append(at)
    assert most_within([at for at, _ in sent], 0.999) <= 30
    assert most_within(by_chat["test:busy"], 4.999) <= 5
    assert most_within(by_chat["test:group"], 59.999) <= 20
    alone = [at for chat, times in by_chat.items() if chat not in ("test:busy", "test:group") for at in times]
    assert max(alone) < 6


class Platform:
    """A channel's transport that refuses (429) what comes faster than Telegram takes it."""

    channel = "test"

    def __init__(self) -> None:
        self.sent: deque[float] = deque()
        self.chats: list[str] = []
        self.refused = 0

    async def send(self, outgoing: Outgoing) -> tuple[str, ...]:
        now = time.monotonic()
        if len(self.sent) >= A_SECOND and now - self.sent[-A_SECOND] < 1:
            self.refused += 1
            raise TryLaterError("429: Too Many Requests: retry after 1", 1)
        self.sent.append(now)
        self.chats.append(outgoing.chat.id)
        return (f"m{outgoing.id}",)


@pytest.mark.parametrize("limited", [True, False])
async def test_a_platform_that_enforces_its_limits_refuses_nothing(
    replicas: tuple[SqlStore, SqlStore], limited: bool
) -> None:
    """Real senders and real time, at full load; without the limits it does refuse."""
    platform = Platform()
    if not limited:
        replicas[0].limits = replicas[1].limits = {}
    for number in range(70):
        await say(replicas[0], turn(f"test:{number}"), reply("x"))
    senders = [Sender(store, platform) for store in replicas]
    running = [asyncio.create_task(sender.run()) for sender in senders]
    began = time.monotonic()
    while len(platform.chats) < 70 and time.monotonic() - began < 8 and (limited or not platform.refused):
        await asyncio.sleep(0.02)
    for sender in senders:
        await sender.stop()
    await asyncio.gather(*running)
    assert bool(platform.refused) == (not limited)
    if limited:
        assert sorted(platform.chats) == sorted(f"test:{number}" for number in range(70))


async def test_what_waits_for_the_limit_of_its_chat_holds_up_no_other(
    replicas: tuple[SqlStore, SqlStore],
) -> None:
    await say(replicas[0], turn("test:busy"), reply(*["x"] * 40))
    for number in range(20):
        await say(replicas[0], turn(f"test:{number}"), reply("x"))
    sent = await send_all(replicas, 3)
    assert {f"test:{number}" for number in range(20)} <= {chat for _, chat in sent}


async def test_a_message_in_many_parts_counts_as_many(replicas: tuple[SqlStore, SqlStore]) -> None:
    await say(replicas[0], turn("test:a"), reply("x", "y"))
    sent = await send_all(replicas, 20, parts=5)
    assert sent[1][0] - sent[0][0] >= 5


async def test_taking_away_and_changing_wait_for_no_chat(replicas: tuple[SqlStore, SqlStore]) -> None:
    for number in range(4):
        changed = Reply("nl", (text("x", replaces=f"m{number}"),), deletes=(str(number),))
        await say(replicas[0], turn("test:a"), changed)
    assert len(await send_all(replicas, 1)) == 8


async def test_a_clock_that_went_wrong_stops_nobody_for_long(replicas: tuple[SqlStore, SqlStore]) -> None:
    await say(replicas[0], turn("test:a"), reply("x"))
    wrong: datetime = NOON + timedelta(days=300)
    assert (await replicas[0].claim("test", 32, wrong)).outgoing
    await say(replicas[0], turn("test:b"), reply("y"))
    sent = await send_all(replicas, 2)
    assert [chat for _, chat in sent] == ["test:b"]


async def test_a_channel_without_limits_is_sent_to_as_fast_as_messages_come(
    replicas: tuple[SqlStore, SqlStore],
) -> None:
    for number in range(32):
        await say(replicas[0], turn(f"other:{number}"), reply("x"))
    claimed = await replicas[0].claim("other", 32, NOON)
    assert (len(claimed.outgoing), claimed.wait) == (32, None)
