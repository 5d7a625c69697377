"""Sending reminders, on SQLite and on PostgreSQL: once, to who keeps the case, without content."""

from __future__ import annotations

import asyncio
import random
import re
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import product

import pytest
from sqlalchemy import Connection

from bot.runtime import reminders
from bot.runtime.reminders import remind
from bot.storage import SqlStore, people_repository, reminder_repository, school_repository
from bot.storage.people_repository import everybody
from handlers.cases.access import may
from handlers.cases.case import BOARD, WORKED_ON, Case
from handlers.cases.reminders import Watched, due
from handlers.dates.working_days import AMSTERDAM
from handlers.turn import Person, Role
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


async def test_what_sql_leaves_out_is_not_due(store: SqlStore) -> None:
    """Cases of every kind: a round reminds of what is due by all that is stored, and of nothing else."""
    chance = random.Random(5)
    today = NOON.astimezone(AMSTERDAM).date()
    for person, role in (("test:bram", "directie"), ("test:chair", "bestuur"), ("test:cora", "directie")):
        await bind(store, person, role)  # type: ignore[arg-type]
    keepers = ("test:anna", "test:bram", "test:nobody", BOARD)

    def days_ago(most: int) -> timedelta:
        return timedelta(days=chance.randrange(most), hours=chance.randrange(24))

    made = [
        replace(
            CASE,
            id=f"case-{number}",
            number=f"2026-{number:04}",
            state=chance.choice(("ingediend", "in_behandeling", "afgerond")),
            keeper=chance.choice(keepers),
            school=chance.choice(("de-ark", "de-ark", "elsewhere")),
            involved=frozenset(chance.choices(keepers)) if chance.random() < 0.2 else frozenset(),
            changed=NOON - days_ago(12),
            agreed=chance.choice((None, today + timedelta(days=chance.randrange(-8, 4)))),
        )
        for number in range(150)
    ]
    memory: dict[tuple[str, str], tuple[datetime | None, datetime | None]] = {}
    for case, person in product(made, ("test:anna", "test:bram", "test:chair", "test:board")):
        reminded = NOON - days_ago(12) - timedelta(days=1) if chance.random() < 0.5 else None
        snoozed = NOON + timedelta(days=chance.randrange(-3, 4)) if chance.random() < 0.3 else None
        memory[person, case.id] = reminded, snoozed
    await store.call(lambda connection: write(connection, store, made, memory))

    def everything(connection: Connection) -> list[Watched]:
        people = [Person(p.person, role=p.role, schools=p.schools) for p in everybody(connection)]
        return [
            Watched(p.id, c.id, c.number, c.changed, True, (c.agreed,) if c.agreed else (), *known)
            for c, p in product(made, people)
            if c.state in WORKED_ON and may(p, "remind", c.head)
            if p.id == c.keeper or (c.keeper == BOARD and p.role == "bestuur")
            for known in (memory.get((p.id, c.id), (None, None)),)
        ]

    expected = due(await store.call(everything), NOON)
    assert len(expected) == 4
    assert 5 < sum(len(one.cases) for one in expected) < len(made)
    assert await remind(store, NOON) == len(expected)
    heard = {told.chat.id: set(re.findall(r"2026-\d{4}", words(told))) for told in await drain(store)}
    assert heard == {one.person: {case.number for case in one.cases} for one in expected}
    assert await remind(store, NOON + timedelta(hours=2)) == 0


def write(
    connection: Connection,
    store: SqlStore,
    made: list[Case],
    memory: dict[tuple[str, str], tuple[datetime | None, datetime | None]],
) -> None:
    for case in made:
        store.casefile.save(connection, case)
    for (person, case_id), (reminded, snoozed) in memory.items():
        if reminded:
            reminder_repository.remember(connection, person, [case_id], reminded)
        if snoozed:
            reminder_repository.snooze(connection, person, case_id, snoozed)


async def test_who_has_had_one_today_hears_nothing_more_also_if_that_case_is_closed(store: SqlStore) -> None:
    await keep(store, CASE)
    assert await remind(store, NOON) == 1
    await keep(store, replace(CASE, state="afgerond", revision=8))
    await keep(store, replace(CASE, id="case-2", number="2026-0002"))
    assert await remind(store, NOON + timedelta(hours=2)) == 0
    assert await remind(store, NOON + timedelta(days=1)) == 1


async def test_many_people_are_reminded_in_many_rounds(
    store: SqlStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reminders, "PEOPLE_A_ROUND", 2)
    for number in range(5):
        await bind(store, f"test:{number}", "directie")
        await keep(
            store, replace(CASE, id=f"case-{number}", number=f"2026-{number}", keeper=f"test:{number}")
        )
    assert [await remind(store, NOON + number * MINUTE) for number in range(4)] == [2, 2, 1, 0]
    assert sorted(told.chat.id for told in await drain(store)) == [f"test:{number}" for number in range(5)]
