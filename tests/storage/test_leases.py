"""Work that one process at a time may do."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from datetime import datetime, timedelta

import pytest
from sqlalchemy import Connection

from bot.storage import SqlStore, leases
from tests.database import make_store
from tests.storage.talk import NOON

HOUR = timedelta(hours=1)


@pytest.fixture
async def store(database_url: str) -> AsyncIterator[SqlStore]:
    made = make_store(database_url)
    yield made
    await made.close()


async def take(store: SqlStore, at: datetime, name: str = "work") -> bool:
    return await store.call(lambda connection: leases.take(connection, name, at, at + HOUR))


async def test_a_lease_is_taken_once_until_it_ends(store: SqlStore) -> None:
    moments = (timedelta(), timedelta(minutes=59), HOUR, HOUR + timedelta(minutes=1), 2 * HOUR)
    assert [await take(store, NOON + later) for later in moments] == [True, False, True, False, True]
    assert await take(store, NOON, "other work")


async def test_a_clock_that_went_wrong_holds_nobody_up(store: SqlStore) -> None:
    assert await take(store, NOON + timedelta(days=365))
    assert await take(store, NOON)
    assert not await take(store, NOON)


async def test_of_many_that_try_at_once_one_gets_it(store: SqlStore) -> None:
    assert sorted(await asyncio.gather(*(take(store, NOON) for _ in range(8)))) == [False] * 7 + [True]


async def test_nobody_waits_for_who_is_taking_it(postgresql: str) -> None:
    """Nor for a process that hangs with the transaction open in which it took the lease."""
    one, other = make_store(postgresql), make_store(postgresql)

    def hang(connection: Connection) -> float:
        assert leases.take(connection, "work", NOON, NOON + HOUR)
        time.sleep(1)
        return time.monotonic()

    hanging = asyncio.create_task(one.call(hang))
    await asyncio.sleep(0.3)
    assert not await take(other, NOON)
    answered = time.monotonic()
    assert await hanging > answered
    await one.close()
    await other.close()
