"""The list of cases: what the gate lets through, a page at a time, also while a case is damaged."""

from __future__ import annotations

import logging
import random
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from itertools import count
from typing import Any

import pytest
from sqlalchemy import LargeBinary, cast, update

from bot.runtime.reminders import remind
from bot.storage import SqlStore, school_repository
from bot.storage.case_tables import cases
from bot.storage.in_memory_cases import InMemoryCases
from handlers import texts
from handlers.cases.access import may
from handlers.cases.case import BOARD, Case
from handlers.cases.repository import CaseList
from handlers.conversation.router import Conversation
from handlers.turn import Person, Role
from knowledge.matching.matcher import Matcher
from tests.database import make_store
from tests.incident.desk import Office
from tests.storage.talk import NOON, drain, words
from tests.storage.test_casefile import FULL
from tests.storage.test_reminders import bind

CHAIR = Person("test:board", role="bestuur")
ANNA = Person("test:anna", role="directie", schools=("de-ark",))


@pytest.fixture
async def store(database_url: str) -> AsyncIterator[SqlStore]:
    made = make_store(database_url)
    yield made
    await made.close()


async def enter(store: SqlStore, *made: Case) -> None:
    for case in made:
        await store.call(lambda connection, case=case: store.casefile.save(connection, case))  # type: ignore[misc]


async def listed(store: SqlStore, person: Person, skip: int = 0, limit: int = 8) -> CaseList:
    return await store.call(lambda connection: store.casefile.listed(connection, person, skip, limit))


async def damage(store: SqlStore, case_id: str, column: str = "involved") -> None:
    broken = update(cases).where(cases.c.id == case_id).values({column: cast(b"\x01\x02", LargeBinary)})
    await store.call(lambda connection: connection.execute(broken))


def some(number: int, **over: Any) -> Case:
    return replace(
        FULL,
        id=f"case-{number}",
        number=f"2026-{number:04}",
        involved=frozenset(),
        opened=NOON + timedelta(hours=number),
        **over,
    )


async def test_the_list_is_what_the_gate_lets_through(store: SqlStore) -> None:
    """Over every kind of case, for every kind of person; the twin in memory says the same."""
    chance = random.Random(7)
    numbers = count(1)
    made = [
        some(
            next(numbers),
            state=state,
            school=school,
            keeper=keeper,
            reporter=chance.choice(["test:anna", "test:bram"]),
        )
        for state in ("concept", "ingediend", "in_behandeling", "afgerond", "vernietigd")
        for school in ("de-ark", "de-brug", "")
        for keeper in ("test:anna", "test:bram", BOARD)
    ]
    made = [
        replace(case, involved=frozenset(chance.sample(["test:anna", "test:bram", "test:board"], 1)))
        if chance.random() < 0.3
        else case
        for case in made
    ]
    await enter(store, *made)
    twin = InMemoryCases({case.id: case for case in made})
    schools = ((), ("de-ark",), ("de-ark", "de-brug"))
    roles: tuple[Role, ...] = ("medewerker", "directie", "bestuur", "beheerder")
    for name in ("test:anna", "test:bram", "test:board"):
        for role in roles:
            for own in schools:
                person = Person(name, role=role, schools=own)
                expected = [case.head for case in reversed(made) if may(person, "list", case.head)]
                assert await listed(store, person, 0, 100) == CaseList(tuple(expected), len(expected))
                assert await twin.listed(person, 0, 100) == CaseList(tuple(expected), len(expected))
                assert await listed(store, person, 3, 4) == CaseList(tuple(expected[3:7]), len(expected))
                assert await twin.listed(person, 3, 4) == CaseList(tuple(expected[3:7]), len(expected))


async def test_a_damaged_case_is_left_out_and_named_to_who_may_know(
    store: SqlStore, caplog: pytest.LogCaptureFixture
) -> None:
    await enter(store, some(1), some(2, keeper="test:bram"), some(3))
    for case_id in ("case-1", "case-2"):
        await damage(store, case_id)
    caplog.set_level(logging.ERROR)
    board, director = await listed(store, CHAIR), await listed(store, ANNA)
    assert ([head.number for head in board.heads], board.count) == (["2026-0003"], 1)
    assert board.unreadable == ("2026-0001", "2026-0002")
    assert [head.number for head in director.heads] == ["2026-0003"]
    assert director.unreadable == ("2026-0001",)  # of the other it might be one that she is involved in
    assert await store.call(lambda connection: store.casefile.head(connection, "case-1")) is None
    assert await store.call(lambda connection: store.casefile.find(connection, "2026-0001")) is None
    said = [record.getMessage() for record in caplog.records]
    assert [line.split(":")[0] for line in said] == [
        "case 2026-0001 cannot be read and is left out",
        "case 2026-0002 cannot be read and is left out",
    ]


async def test_a_damaged_draft_is_left_out_too(store: SqlStore) -> None:
    made = [replace(some(number), state="concept", number="") for number in (1, 2)]
    await enter(store, *made)
    await damage(store, "case-1")
    found = await store.call(lambda connection: store.casefile.drafts(connection, "test:anna"))
    assert [head.id for head in found] == ["case-2"]


async def test_of_the_other_cases_people_are_reminded(store: SqlStore) -> None:
    await store.call(lambda connection: school_repository.add_school(connection, "De Ark"))
    await bind(store, "test:anna", "directie")
    old = {"agreed": None, "changed": NOON - timedelta(days=8)}
    await enter(store, some(1, **old), some(2, **old))
    await damage(store, "case-1")
    assert await remind(store, NOON) == 1
    (told,) = await drain(store)
    assert "2026-0002" in words(told)
    assert "2026-0001" not in words(told)


async def test_zaken_names_what_cannot_be_read_and_shows_the_rest(store: SqlStore, matcher: Matcher) -> None:
    office = await Office(store, Conversation(matcher, texts.load())).open()
    chair = await office.somebody("test:board", "bestuur")
    await enter(store, some(1), some(2))
    await damage(store, "case-1")
    heard = await chair.say("/zaken")
    assert "Deze zaken kan ik niet lezen" in heard
    assert "2026-0001" in heard
    assert "[2026-0002]" in heard
    for column in ("content", "closed", "key"):
        await damage(store, "case-2", column)
        assert "kan ik niet lezen: het is beschadigd" in await chair.say("/zaak 2026-0002")
    assert "Er ging iets mis" not in await chair.say("hoi")
