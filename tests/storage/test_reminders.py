"""Sending reminders, on SQLite and on PostgreSQL: once, to who keeps the case, without content."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.runtime.reminders import remind
from bot.storage import SqlStore, people_repository, school_repository
from handlers.cases.case import BOARD, Case
from handlers.turn import Role
from tests.database import make_store
from tests.storage.talk import NOON, drain, reply, say, turn, words
from tests.storage.test_casefile import CANARY, FULL

CASE = replace(FULL, agreed=None, involved=frozenset(), changed=NOON - timedelta(days=8), school="de-ark")
MINUTE = timedelta(minutes=1)


@pytest.fixture
async def store(database_url: str) -> AsyncIterator[SqlStore]:
    made = make_store(database_url)
    await made.call(lambda connection: school_repository.add_school(connection, "De Ark"))
    for person, role in (("test:anna", "directie"), ("test:board", "bestuur")):
        await bind(made, person, role)  # type: ignore[arg-type]
    yield made
    await made.close()


async def bind(store: SqlStore, person: str, role: Role) -> None:
    code = await store.call(
        lambda c: people_repository.invite(c, role, ["De Ark"] if role == "directie" else [], None, NOON)
    )
    await store.call(lambda c: people_repository.redeem(c, code, person, NOON))
    await say(store, turn(person), reply("hoi"))
    await drain(store)


async def keep(store: SqlStore, case: Case) -> None:
    await store.call(lambda connection: store.casefile.save(connection, case))


async def test_of_many_replicas_one_reminds_and_names_numbers_only(store: SqlStore) -> None:
    await keep(store, CASE)
    assert sorted(await asyncio.gather(*(remind(store, NOON) for _ in range(10)))) == [0] * 9 + [1]
    assert await remind(store, NOON + MINUTE) == 0
    (told,) = await drain(store)
    assert told.chat.id == "test:anna"
    assert "2026-0001" in words(told)
    assert CANARY not in repr(told)


@pytest.mark.parametrize("state", ["concept", "afgerond"])
async def test_a_draft_and_a_closed_case_remind_nobody(store: SqlStore, state: str) -> None:
    await keep(store, replace(CASE, state=state))  # type: ignore[arg-type]
    assert await remind(store, NOON) == 0


async def test_who_lost_the_case_or_the_role_is_not_reminded(store: SqlStore) -> None:
    await keep(store, replace(CASE, involved=frozenset({"test:anna"}), revision=8))
    assert await remind(store, NOON) == 0
    await keep(store, replace(CASE, revision=9))
    await store.call(lambda connection: people_repository.revoke(connection, "test:anna"))
    assert await remind(store, NOON + MINUTE) == 0


async def test_what_is_with_the_board_reminds_the_board(store: SqlStore) -> None:
    await keep(store, replace(CASE, keeper=BOARD, involved=frozenset({"test:anna"})))
    assert await remind(store, NOON) == 1
    assert [told.chat.id for told in await drain(store)] == ["test:board"]


async def test_a_snoozed_case_is_silent_until_then(store: SqlStore) -> None:
    await keep(store, CASE)
    async with store.unit(turn()) as unit:
        assert unit
        await unit.people.snooze(CASE.id, NOON + timedelta(days=7))
    assert await remind(store, NOON) == 0
    assert await remind(store, NOON + timedelta(days=7)) == 1


async def test_a_round_that_fails_reminds_with_the_next(
    store: SqlStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    await keep(store, CASE)
    with monkeypatch.context() as broken:
        broken.setattr("bot.storage.outbox.put_notices", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            await remind(store, NOON)
    assert await remind(store, NOON) == 1
