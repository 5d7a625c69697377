"""Behind PgBouncer in transaction mode, where each transaction may get another of the server's connections.

Skipped, with the reason, where PgBouncer is not installed.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import text as sql

from bot.settings import Settings
from bot.storage import SqlStore, leases, migrate
from bot.storage.check import problems
from bot.storage.database import connect
from bot.storage.open_store import StorageError, open_store
from handlers.reply import Reply
from handlers.session import Asked, Session
from handlers.turn import Pressed
from tests.database import CIPHER, create_postgres, drop_postgres
from tests.pgbouncer import CONNECTIONS, pgbouncer, pooled_url
from tests.storage.talk import NOON, drain, press, reply, say, session_of, text, turn, words
from tests.storage.test_casefile import FULL

PREPARED_AFTER = 5
"""Times after which psycopg prepares a statement on the server, unless told otherwise."""


@pytest.fixture(scope="module")
def pooler(postgres: str) -> Iterator[str]:
    with pgbouncer(postgres) as folder:
        yield folder


@pytest.fixture
def pooled(postgres: str, pooler: str) -> Iterator[str]:
    """The address of a database without tables, through the pooler."""
    create_postgres(postgres, "pooled")
    yield pooled_url(pooler, "pooled")
    drop_postgres(postgres, "pooled")


@pytest.fixture
async def replicas(pooled: str) -> AsyncIterator[tuple[SqlStore, SqlStore]]:
    made = SqlStore(connect(pooled, 8, True), CIPHER), SqlStore(connect(pooled, 8, True), CIPHER)
    migrate.upgrade(made[0].database.engine)
    yield made
    for store in made:
        await store.close()


@pytest.fixture
def settings(pooled: str, tmp_path: Path) -> Settings:
    return Settings(database_url=pooled, data_dir=tmp_path, bot_db_pooled=True)


async def test_turns_of_two_replicas_side_by_side(replicas: tuple[SqlStore, SqlStore]) -> None:
    """Many more of each statement than a driver takes before it prepares it."""
    times = 4 * PREPARED_AFTER

    async def talk(store: SqlStore, chat: str) -> None:
        for number in range(times):
            session = Session(asked=Asked(f"vraag {number}", NOON, "profilering-4"))
            answer = reply(text(f"{chat} {number}", "rule:x"), "en dit")
            assert await say(store, turn(chat, delivery=f"{chat}-{number}"), answer, session)
            assert not await say(store, turn(chat, delivery=f"{chat}-{number}"), answer)

    chats = [f"test:{number}" for number in range(8)]
    sending = [asyncio.create_task(send(store, len(chats) * times * 2)) for store in replicas]
    await asyncio.gather(*(talk(replicas[number % 2], chat) for number, chat in enumerate(chats)))
    heard = [word for done in await asyncio.gather(*sending) for word in done]
    expected = [word for chat in chats for number in range(times) for word in (f"{chat} {number}", "en dit")]
    assert sorted(heard) == sorted(expected)
    assert (await session_of(replicas[1], turn(chats[0]))).asked == Asked(
        f"vraag {times - 1}", NOON, "profilering-4"
    )


async def send(store: SqlStore, messages: int) -> list[str]:
    """What this one sent, until so many are sent by all together or nothing came for a second."""
    sent: list[str] = []
    last = time.monotonic()
    while time.monotonic() - last < 1 and len(sent) < messages:
        if found := await drain(store):
            sent += map(words, found)
            last = time.monotonic()
        await asyncio.sleep(0.01)
    return sent


async def test_each_transaction_has_its_own_settings(
    replicas: tuple[SqlStore, SqlStore], pooled: str
) -> None:
    """They hold for the transaction only: whoever gets the connection next has its own."""
    names = ("idle_in_transaction_session_timeout", "lock_timeout", "statement_timeout")

    async def shown() -> dict[str, str]:
        return await replicas[0].call(
            lambda connection: {name: connection.execute(sql(f"SHOW {name}")).scalar_one() for name in names}
        )

    assert await shown() == dict(zip(names, ("10s", "2s", "3s"), strict=True))
    for _ in range(CONNECTIONS):
        with psycopg.connect(pooled, autocommit=True) as other:
            found = {name: other.execute(f"SHOW {name}").fetchone() for name in names}
            assert found == dict.fromkeys(names, ("0",))


async def test_cases_buttons_leases_and_retention(replicas: tuple[SqlStore, SqlStore]) -> None:
    one, other = replicas
    await say(one, turn(), reply(text("kies", "rule:a", "rule:b")))
    [sent] = await drain(other)
    assert await press(other, turn(act=Pressed(sent.buttons[1], "m1"))) == "rule:b"
    await one.call(lambda connection: one.casefile.save(connection, FULL))
    loaded = await other.call(lambda connection: other.casefile.load(connection, FULL.id))
    assert (loaded.settled, loaded.notes, loaded.agreed) == (FULL.settled, FULL.notes, FULL.agreed)
    until = NOON + timedelta(hours=1)
    taken = await asyncio.gather(
        *(store.call(lambda connection: leases.take(connection, "x", NOON, until)) for store in replicas * 8)
    )
    assert taken.count(True) == 1
    one._now = lambda: NOON + timedelta(days=400)
    assert (await one.delete_expired())["keyboards"] == 1


async def test_what_a_dead_replica_was_sending_is_sent_by_another(
    replicas: tuple[SqlStore, SqlStore],
) -> None:
    dead, alive = replicas
    await say(alive, turn(), reply("a"))
    assert (await dead.claim("test", 10, NOON)).outgoing
    assert not (await alive.claim("test", 10, NOON)).outgoing
    assert dead._heartbeat
    await asyncio.to_thread(dead._heartbeat.stop)
    dead._heartbeat = None
    began = time.monotonic()
    while not (found := await drain(alive)):
        assert time.monotonic() - began < 6
        await asyncio.sleep(0.1)
    assert list(map(words, found)) == ["a"]


async def test_a_transaction_left_open_holds_its_chat_and_no_other(
    replicas: tuple[SqlStore, SqlStore],
) -> None:
    frozen, healthy = replicas
    for chat in ("test:held", "test:free"):
        await say(healthy, turn(chat), Reply("nl", (text("hoi"),)))
    async with frozen.unit(turn("test:held")):
        for _ in range(10):
            began = time.monotonic()
            assert await say(healthy, turn("test:free"), reply("ja"))
            assert time.monotonic() - began < 1


def test_a_start_through_the_pooler(settings: Settings) -> None:
    assert problems(settings) == []
    for _ in range(2):
        store = open_store(settings)
        store.database.close()
    assert problems(settings) == []


def test_a_pooler_that_the_settings_do_not_know_of_is_named(settings: Settings) -> None:
    unaware = settings.model_copy(update={"bot_db_pooled": False})
    with pytest.raises(StorageError, match="BOT_DB_POOLED"):
        open_store(unaware)
    assert len(problems(unaware)) == 1
    assert "BOT_DB_POOLED" in problems(unaware)[0]


def test_postgresql_without_a_pooler_is_told_from_one_with(postgresql: str, tmp_path: Path) -> None:
    for aware in (False, True):
        settings = Settings(database_url=postgresql, data_dir=tmp_path, bot_db_pooled=aware)
        open_store(settings).database.close()
        assert problems(settings) == []
