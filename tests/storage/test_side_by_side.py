"""Turns of several people and replicas at once: only who needs the same chat waits, and nobody for ever."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from dataclasses import replace

import psycopg
import pytest
from sqlalchemy import text as sql

from bot.ports.store import StoreUnavailableError
from bot.storage import SqlStore, sql_store
from handlers.reply import Notice, Reply
from handlers.session import Session
from tests.database import make_store
from tests.storage.talk import drain, reply, say, session_of, text, turn
from tests.storage.test_casefile import FULL


@pytest.fixture
async def replicas(postgresql: str) -> AsyncIterator[tuple[SqlStore, SqlStore]]:
    one, other = make_store(postgresql), make_store(postgresql)
    yield one, other
    await one.close()
    await other.close()


def told(person: str) -> Reply:
    return replace(reply("gedaan"), notices=(Notice(person, text("er is iets gebeurd")),))


async def test_two_people_who_work_on_one_case_and_tell_each_other_do_not_block_each_other(
    replicas: tuple[SqlStore, SqlStore],
) -> None:
    """The keeper hands the case over while a board member presses a step of it on another replica."""
    one, other = replicas
    for chat in ("test:keeper", "test:board"):
        await say(one, turn(chat), reply("hoi"))
    await one.call(lambda connection: one.casefile.save(connection, FULL))
    both_in = asyncio.Barrier(2)

    async def work(store: SqlStore, me: str, them: str) -> None:
        async with store.unit(turn(me)) as unit:
            assert unit
            await both_in.wait()
            await unit.cases.head(FULL.id)
            unit.save(Session(), told(them))

    for _ in range(10):
        await asyncio.gather(work(one, "test:keeper", "test:board"), work(other, "test:board", "test:keeper"))
    assert len(await drain(one)) == 2 + 10 * 4


async def test_while_a_replica_hangs_in_some_chats_the_others_are_answered(
    replicas: tuple[SqlStore, SqlStore], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sql_store, "CHAT_WITHIN", 0.3)
    frozen, healthy = replicas
    let_go = asyncio.Event()

    async def hang(chat: str) -> None:
        async with frozen.unit(turn(chat)) as unit:
            assert unit
            await let_go.wait()

    held = [f"test:held{number}" for number in range(4)]
    for chat in held:
        await say(healthy, turn(chat), reply("hoi"))
    hanging = [asyncio.create_task(hang(chat)) for chat in held]
    await asyncio.sleep(0.2)

    async def redeliver(chat: str) -> float:
        began = time.monotonic()
        with pytest.raises(StoreUnavailableError, match="held by others"):
            await say(healthy, turn(chat), reply("?"))
        return time.monotonic() - began

    async def others() -> float:
        worst = 0.0
        for number in range(60):
            began = time.monotonic()
            assert await say(healthy, turn(f"test:{number % 7}"), reply("ja"))
            worst = max(worst, time.monotonic() - began)
        return worst

    again = [asyncio.create_task(redeliver(chat)) for chat in held * 3]
    assert await others() < 0.3
    assert max(await asyncio.gather(*again)) < 3 * 0.3 + 1
    let_go.set()
    await asyncio.gather(*hanging)
    for chat in held:
        assert await say(healthy, turn(chat), reply("ja"))


async def test_a_chat_that_is_free_again_is_answered_without_a_new_delivery(
    replicas: tuple[SqlStore, SqlStore],
) -> None:
    one, other = replicas
    await say(one, turn(), reply("hoi"))

    async def hold() -> None:
        async with one.unit(turn()) as unit:
            assert unit
            await asyncio.sleep(0.5)
            unit.save(replace(unit.session, declines=7), reply("eerst"))

    holding = asyncio.create_task(hold())
    await asyncio.sleep(0.1)
    assert (await session_of(other, turn())).declines == 7
    await holding


async def test_the_server_ends_what_a_client_left_open(
    postgresql: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A process that froze, or a network that died: its transaction holds the chat."""
    store = make_store(postgresql)
    await say(store, turn(), reply("hoi"))
    seen = await store.call(
        lambda connection: {
            name: connection.execute(sql(f"SHOW {name}")).scalar_one()
            for name in ("idle_in_transaction_session_timeout", "lock_timeout", "statement_timeout")
        }
    )
    assert seen == {
        "idle_in_transaction_session_timeout": "10s",
        "lock_timeout": "2s",
        "statement_timeout": "3s",
    }
    with psycopg.connect(postgresql) as left_open:
        left_open.execute("SET LOCAL idle_in_transaction_session_timeout = 500")
        left_open.execute("SELECT 1 FROM chats FOR UPDATE")
        assert await say(store, turn(), reply("ja"))  # waits for as long as that takes
        left_open.close()
    await store.close()


async def test_a_statement_of_a_turn_that_takes_too_long_is_nobody_s_answer(postgresql: str) -> None:
    store = make_store(postgresql)

    async def slow() -> None:
        async with store.unit(turn()) as unit:
            assert unit
            await unit.call(lambda connection: connection.execute(sql("SELECT pg_sleep(20)")))

    began = time.monotonic()
    with pytest.raises(StoreUnavailableError, match="held by others"):
        await slow()
    assert time.monotonic() - began < 5
    await store.close()
