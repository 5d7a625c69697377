"""The contract of an outbox, on SQLite and on PostgreSQL."""

from __future__ import annotations

import asyncio
import logging
import re
from collections import Counter, defaultdict
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import Connection, select, update
from sqlalchemy import text as sql

from bot.ports.outbox import Outgoing
from bot.storage import SqlStore, outbox_claims
from bot.storage.engines import OUTBOX, driver_of
from bot.storage.schema import outbox
from handlers.reply import Reply
from handlers.turn import Chat, Said
from tests.database import make_store
from tests.storage.talk import NOON, drain, reply, say, text, turn, words


@pytest.fixture
async def store(database_url: str) -> AsyncIterator[SqlStore]:
    made = make_store(database_url)
    yield made
    await made.close()


@pytest.fixture
async def other(database_url: str) -> AsyncIterator[SqlStore]:
    """Another process's store on the same database."""
    made = make_store(database_url)
    yield made
    await made.close()


def said(claimed: object) -> list[str]:
    assert isinstance(claimed, list | tuple)
    return [words(outgoing) for outgoing in claimed]


async def test_one_chat_s_first_comes_first_and_the_next_one_waits_for_it(store: SqlStore) -> None:
    await say(store, turn("test:a"), reply("a1", "a2"))
    await say(store, turn("test:b"), reply("b1"))
    first = (await store.claim("test", 10, NOON)).outgoing
    assert said(first) == ["a1", "b1"]
    assert said((await store.claim("test", 10, NOON)).outgoing) == []
    await say(store, turn("test:a"), reply("a3"))
    assert said((await store.claim("test", 10, NOON)).outgoing) == []
    await store.sent(first[0], ("m",))
    second = (await store.claim("test", 10, NOON)).outgoing
    assert said(second) == ["a2"]
    await store.drop(second[0])
    assert said((await store.claim("test", 10, NOON)).outgoing) == ["a3"]


async def test_a_channel_claims_its_own_and_no_more_than_it_asked_for(store: SqlStore) -> None:
    for n in range(5):
        await say(store, turn(f"test:{n}"), reply(f"{n}"))
    await say(store, turn("other:1"), reply("other"))
    assert said((await store.claim("test", 3, NOON)).outgoing) == ["0", "1", "2"]
    assert said((await store.claim("test", 3, NOON)).outgoing) == ["3", "4"]
    assert said((await store.claim("other", 3, NOON)).outgoing) == ["other"]


async def test_what_is_to_be_tried_later_waits_and_so_does_its_chat(store: SqlStore) -> None:
    await say(store, turn("test:a"), reply("a1", "a2"))
    [outgoing] = (await store.claim("test", 10, NOON)).outgoing
    await store.later(outgoing, NOON + timedelta(minutes=5))
    assert said((await store.claim("test", 10, NOON + timedelta(minutes=4))).outgoing) == []
    [again] = (await store.claim("test", 10, NOON + timedelta(minutes=5))).outgoing
    assert (words(again), again.attempts) == ("a1", 1)


async def test_what_goes_into_a_group_keeps_its_topic_and_what_it_answers(store: SqlStore) -> None:
    for message, topic in (("m1", "12"), ("m2", "13"), ("m3", "")):
        there = replace(
            turn("test:group", "test:anna", Said("?", message), private=False),
            chat=Chat("test:group", False, topic),
        )
        await say(
            store,
            there,
            Reply("nl", (text("edit", replaces="m0"), text("new"), text("more")), deletes=("m9",)),
        )
    sent = await drain(store)
    assert [(outgoing.chat.address, outgoing.answers) for outgoing in sent] == [
        *(("12", "m1"), ("12", "m1"), ("12", ""), ("12", "")),
        *(("13", "m2"), ("13", "m2"), ("13", ""), ("13", "")),
        *(("", "m3"), ("", "m3"), ("", ""), ("", "")),
    ]


async def test_alone_with_somebody_nothing_is_quoted_and_the_chat_s_last_address_counts(
    store: SqlStore,
) -> None:
    for address in ("before", "now"):
        await say(
            store,
            replace(turn("test:a", act=Said("?", "m1")), chat=Chat("test:a", True, address)),
            reply("answer"),
        )
    assert [(outgoing.chat.address, outgoing.answers) for outgoing in await drain(store)] == [("now", "")] * 2


async def test_a_number_is_never_used_again(store: SqlStore) -> None:
    await say(store, turn(), reply("a"))
    [first] = await drain(store)
    await say(store, turn(), reply("b"))
    await store.sent(first, ("late",))
    assert said(await drain(store)) == ["b"]


async def test_two_processes_empty_one_outbox_and_send_nothing_twice_and_every_chat_in_order(
    store: SqlStore, other: SqlStore
) -> None:
    expected: defaultdict[str, list[str]] = defaultdict(list)
    for n in range(60):
        chat = f"test:{n % 7}"
        await say(store, turn(chat), reply(f"{n}a", f"{n}b"))
        expected[chat] += [f"{n}a", f"{n}b"]
    heard: defaultdict[str, list[str]] = defaultdict(list)

    async def send(where: SqlStore, outgoing: Outgoing) -> None:
        heard[outgoing.chat.id].append(words(outgoing))
        await asyncio.sleep(0)
        await where.sent(outgoing, ("m",))

    async def empty(where: SqlStore) -> None:
        while sum(map(len, heard.values())) < 120:
            await asyncio.gather(
                *(send(where, outgoing) for outgoing in (await where.claim("test", 3, NOON)).outgoing)
            )

    await asyncio.wait_for(asyncio.gather(*(empty(where) for where in (store, other, store, other))), 60)
    assert dict(heard) == dict(expected)
    assert await drain(store) == []


async def test_turns_and_senders_side_by_side_lose_nothing(store: SqlStore, other: SqlStore) -> None:
    heard: Counter[str] = Counter()

    async def put(where: SqlStore, number: int) -> None:
        assert await say(where, turn(f"test:{number % 11}"), reply(f"{number}"))

    async def empty(where: SqlStore) -> None:
        while heard.total() < 150:
            for outgoing in (await where.claim("test", 4, NOON)).outgoing:
                heard[words(outgoing)] += 1
                await where.sent(outgoing, ("m",))

    stores = (store, other)
    await asyncio.wait_for(
        asyncio.gather(empty(store), empty(other), *(put(stores[n % 2], n) for n in range(150))), 60
    )
    assert heard == Counter(str(n) for n in range(150))


async def test_waiting_ends_when_something_comes_in_or_a_chat_becomes_free(store: SqlStore) -> None:
    async def arrives() -> None:
        await asyncio.wait_for(store.wait("test", 30), 10)

    waiting = asyncio.create_task(arrives())
    await asyncio.sleep(0)
    await say(store, turn(), reply("a", "b"))
    await waiting
    [first] = (await store.claim("test", 10, NOON)).outgoing
    waiting = asyncio.create_task(arrives())
    await store.sent(first, ("m",))
    await waiting
    await store.wait("test", 0.001)


async def test_a_message_that_cannot_be_read_any_more_is_dropped_and_the_next_one_goes(
    store: SqlStore, caplog: pytest.LogCaptureFixture
) -> None:
    await say(store, turn("test:a"), reply("a1", "a2"))
    await store.call(
        lambda connection: connection.execute(
            update(outbox).where(outbox.c.id == 1).values(payload=b"\x01broken")
        )
    )
    with caplog.at_level(logging.ERROR):
        assert (await store.claim("test", 10, NOON)).outgoing == []
    assert "dropped" in caplog.text
    assert said((await store.claim("test", 10, NOON)).outgoing) == ["a2"]


async def test_messages_are_encrypted_for_their_own_row(store: SqlStore) -> None:
    await say(store, turn("test:a"), reply("for a"))
    await say(store, turn("test:b"), reply("for b"))

    payloads = await store.call(
        lambda connection: connection.execute(select(outbox.c.payload).order_by(outbox.c.id)).scalars().all()
    )
    for number, payload in zip((2, 1), payloads, strict=True):
        change = update(outbox).where(outbox.c.id == number).values(payload=payload)
        await store.call(lambda connection, change=change: connection.execute(change))  # type: ignore[misc]
    assert (await store.claim("test", 10, NOON)).outgoing == []


async def test_a_claim_reads_no_more_than_it_takes_also_without_statistics(postgresql: str) -> None:
    """PostgreSQL knows nothing of a table that was empty a moment ago: left to itself it sorts all of it."""
    store = make_store(postgresql)
    rows = "generate_series(1, 3000) AS series(n)"
    values = {"channel": "test", "now": NOON, "most": 10, "private_until": NOON, "group_until": NOON}

    def explain(connection: Connection) -> str:
        chat = "'test:' || n, 'test', true, '', 0"
        message = "'test:' || n, 'test', '', '', 0, 0"
        for into in (
            f"chats (id, channel, private, address, updated) SELECT {chat}",
            f"outbox (chat, channel, token, payload, due, attempts) SELECT {message}",
        ):
            connection.execute(sql(f"INSERT INTO {into} FROM {rows}"))
        claimable = outbox_claims._CLAIMABLE._for(connection)
        driver = driver_of(connection)
        found = driver.execute(f"EXPLAIN ANALYZE {claimable.sql}", claimable.bind(values)).fetchall()
        return "\n".join(line for (line,) in found)

    plan = await store.call(explain, OUTBOX)
    await store.close()
    assert "Sort" not in plan
    assert "Seq Scan" not in plan
    assert max(map(int, re.findall(r"actual time=\S+ rows=(\d+)", plan))) == 10
