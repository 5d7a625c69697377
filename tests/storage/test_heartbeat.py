"""What a process claimed is another's a few seconds after it died, and nobody's before; PostgreSQL."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator

import pytest
from sqlalchemy import func, select

from bot.ports.outbox import Outgoing
from bot.storage import SqlStore, heartbeat
from bot.storage.schema import senders
from tests.database import make_store
from tests.storage.talk import NOON, drain, reply, say, turn, words
from tests.storage.test_faults import cut_all


@pytest.fixture
async def replicas(postgresql: str) -> AsyncIterator[tuple[SqlStore, SqlStore]]:
    one, other = make_store(postgresql), make_store(postgresql)
    yield one, other
    await one.close()
    await other.close()


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Everything in two fifths of the time."""
    for name in ("BEAT", "HOLDS_FOR", "SILENT_AFTER", "DEAD_AFTER", "OBSERVED_FOR", "LOOP_HANGS_AFTER"):
        monkeypatch.setattr(heartbeat, name, getattr(heartbeat, name) * 0.4)


async def claimed(store: SqlStore) -> list[Outgoing]:
    return list((await store.claim("test", 10, NOON)).outgoing)


def freeze(store: SqlStore) -> None:
    """Its heart stops, as in a process that hangs, without a word."""
    assert store._heartbeat
    store._heartbeat._looped = float("-inf")
    store._heartbeat._turn_of_the_loop = lambda: None  # type: ignore[method-assign]


def thaw(store: SqlStore) -> None:
    assert store._heartbeat
    del store._heartbeat._turn_of_the_loop


async def until_free(store: SqlStore) -> tuple[list[Outgoing], float]:
    """What becomes claimable, and after how many seconds."""
    began = time.monotonic()
    while time.monotonic() - began < 10:
        if found := await claimed(store):
            return found, time.monotonic() - began
        await asyncio.sleep(0.05)
    raise AssertionError("nothing became free")


async def test_what_a_dead_process_was_sending_is_sent_by_another_within_five_seconds(
    replicas: tuple[SqlStore, SqlStore],
) -> None:
    dead, alive = replicas
    await say(alive, turn(), reply("a1", "a2"))
    [lost] = await claimed(dead)
    assert await claimed(alive) == []
    freeze(dead)
    [taken], seconds = await until_free(alive)
    assert 3 < seconds < 5
    assert (taken.id, taken.attempts) == (lost.id, 1)
    assert not dead.holds(lost)
    await dead.later(lost, NOON)
    await dead.drop(lost)
    assert await claimed(alive) == []
    thaw(dead)
    await asyncio.sleep(1)  # it lives again, under another name
    assert not dead.holds(lost)
    await alive.sent(taken, ("m",))
    [next_one] = await claimed(dead)
    assert (words(next_one), dead.holds(next_one)) == ("a2", True)


@pytest.mark.usefixtures("quick")
async def test_a_process_that_starts_takes_over_what_died_long_ago(
    replicas: tuple[SqlStore, SqlStore],
) -> None:
    dead, alive = replicas
    await say(dead, turn(), reply("a"))
    assert await claimed(dead)
    freeze(dead)
    await asyncio.sleep(1.6)
    _, seconds = await until_free(alive)
    assert seconds < 1.5


@pytest.mark.usefixtures("quick")
async def test_a_process_that_lives_keeps_what_it_is_sending(replicas: tuple[SqlStore, SqlStore]) -> None:
    one, other = replicas
    await say(one, turn(), reply("a"))
    [mine] = await claimed(one)
    assert await claimed(other) == []
    await asyncio.sleep(2.5)
    assert await claimed(other) == []
    assert one.holds(mine)


@pytest.mark.usefixtures("quick")
async def test_while_the_database_is_away_nobody_dies(
    replicas: tuple[SqlStore, SqlStore], postgresql: str
) -> None:
    one, other = replicas
    await say(one, turn(), reply("a"))
    [mine] = await claimed(one)
    assert await claimed(other) == []
    for _ in range(25):  # longer than it takes to die
        await cut_all(postgresql)
        await asyncio.sleep(0.1)
    await asyncio.sleep(1.5)
    assert await claimed(other) == []
    assert one.holds(mine)
    await one.sent(mine, ("m",))
    assert await drain(other) == []


@pytest.mark.usefixtures("quick")
async def test_a_process_that_ends_leaves_at_once_what_it_held(postgresql: str) -> None:
    one, other = make_store(postgresql), make_store(postgresql)
    await say(one, turn(), reply("a"))
    assert await claimed(one)
    assert await claimed(other) == []
    await one.close()
    _, seconds = await until_free(other)
    assert seconds < 3
    await other.close()


async def test_another_process_hears_at_once_of_what_was_put_in(replicas: tuple[SqlStore, SqlStore]) -> None:
    one, other = replicas
    assert await claimed(one) == await claimed(other) == []
    await asyncio.sleep(1)  # they know of each other
    waiting = asyncio.create_task(other.wait("test", 30))
    await asyncio.sleep(0)
    began = time.monotonic()
    await say(one, turn(), reply("a"))
    await waiting
    assert time.monotonic() - began < 0.5


async def test_who_is_alone_tells_nobody(postgresql: str) -> None:
    store = make_store(postgresql)
    assert await claimed(store) == []
    await asyncio.sleep(0.6)
    assert store._heartbeat
    assert store._heartbeat.others == 0
    count = select(func.count()).select_from(senders)
    assert await store.call(lambda connection: connection.execute(count).scalar()) == 1
    await store.close()


async def test_after_an_outage_what_waits_is_sent_with_the_first_sign_of_life(
    replicas: tuple[SqlStore, SqlStore],
) -> None:
    store, _ = replicas
    assert await claimed(store) == []
    await store.wait("test", 0.1)  # known to the store, and nothing announced
    assert store._heartbeat
    store._heartbeat._beaten = float("-inf")
    began = time.monotonic()
    await store.wait("test", 5)
    assert time.monotonic() - began < 1
    assert store._heartbeat.beats
