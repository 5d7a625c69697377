"""The audit log, on SQLite and on PostgreSQL: entered with the act or not at all, in one chain."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import delete, update
from sqlalchemy.exc import DBAPIError

from bot.ports.audit import AuditEntry, AuditRow, by_operator
from bot.storage import SqlStore, people_repository, school_repository
from bot.storage.audit.head_file import HeadFile
from bot.storage.audit.tables import audit
from handlers.cases.case import Actor, start, submit
from tests.database import CIPHER, make_store
from tests.storage.talk import NOON, reply, turn

ANNA = Actor("test:anna", "directie")


@pytest.fixture
async def store(database_url: str, tmp_path: Path) -> AsyncIterator[SqlStore]:
    made = make_store(database_url)
    made.audit = type(made.audit)("board", CIPHER, HeadFile(tmp_path / "head"))
    yield made
    await made.close()


async def entries(store: SqlStore, **which: object) -> list[AuditRow]:
    return await store.call(lambda connection: list(store.audit.entries(connection, **which)))  # type: ignore[arg-type]


async def report(store: SqlStore) -> str:
    """A draft begun and sent in, in two turns; returns its id."""
    case, started = start(ANNA, "de-ark", "incident", 1, NOON)
    async with store.unit(turn()) as unit:
        assert unit
        await unit.cases.save(case, started)
        unit.save(unit.session, reply("x"))
    async with store.unit(turn()) as unit:
        assert unit
        head = await unit.cases.head(case.id)
        assert head
        case = await unit.cases.load(head)
        case, sent = submit(case, await unit.cases.next_number(2026), case.revision, ANNA, NOON)
        await unit.cases.save(case, sent)
        unit.save(unit.session, reply("x"))
    return case.id


async def test_every_act_is_entered_with_who_in_what_function_and_which_case(store: SqlStore) -> None:
    def bind(connection: object) -> None:
        school_repository.add_school(connection, "De Ark")  # type: ignore[arg-type]
        code = people_repository.invite(connection, "directie", ["De Ark"], None, NOON)  # type: ignore[arg-type]
        people_repository.redeem(connection, code, "test:anna", NOON)  # type: ignore[arg-type]

    await store.call(bind)
    case = await report(store)
    async with store.unit(turn()) as unit:
        assert unit
        await unit.cases.refused("read", case)
        await unit.people.unlock("0000", NOON)
        unit.save(unit.session, reply("x"))
    found = await entries(store)
    assert [row.seq for row in found] == list(range(1, 7))
    assert [(row.act, row.outcome, row.number, row.revision) for row in found] == [
        ("log_started", "done", "", None),
        ("started", "done", "", 1),
        ("opened", "done", "2026-0001", None),
        ("submitted", "done", "2026-0001", 2),
        ("refused", "refused", "2026-0001", None),
        ("pin_wrong", "wrong", "", None),
    ]
    [who] = {row.who for row in found[1:]}
    assert who.startswith("p-")
    assert "anna" not in str(found)
    assert {row.function for row in found[1:]} == {"directie"}
    assert {row.schools for row in found[1:]} == {"de-ark"}
    assert await entries(store, person="test:anna") == found[1:] == await entries(store, person=who)
    assert await entries(store, person="test:bram") == []
    assert await entries(store, case="2026-0001") == found[1:5]
    assert await entries(store, since=NOON + timedelta(seconds=1)) == []


async def test_what_is_undone_leaves_no_entry_and_without_its_entry_nothing_is_done(
    store: SqlStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    case, started = start(ANNA, "de-ark", "incident", 1, NOON)

    async def broken_turn() -> None:
        async with store.unit(turn()) as unit:
            assert unit
            await unit.cases.save(case, started)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await broken_turn()
    assert await entries(store) == []

    def fail(*_: object) -> None:
        raise ZeroDivisionError

    with monkeypatch.context() as patched:
        patched.setattr("bot.storage.audit.log.make_row", fail)
        with pytest.raises(ZeroDivisionError):
            await report(store)
    async with store.unit(turn()) as unit:
        assert unit
        assert await unit.cases.drafts("test:anna") == []
    assert await entries(store) == []


async def test_the_head_is_kept_in_a_second_place_and_never_goes_back(
    store: SqlStore, tmp_path: Path
) -> None:
    await report(store)
    file = HeadFile(tmp_path / "head")
    head = await store.call(store.audit.head)
    assert file.read("board") == head
    assert head.seq == 4
    file.write(type(head)("board", 2, "0" * 64), "2026-12-01")
    assert file.read("board") == head
    assert file.path.stat().st_mode & 0o777 == 0o600


async def test_entries_added_side_by_side_make_one_chain(database_url: str) -> None:
    stores = [make_store(database_url) for _ in range(2)]

    async def add(n: int) -> None:
        entry = AuditEntry("listed", f"test:{n}", "bestuur", NOON)
        await stores[n % 2].call_audited(lambda connection: (None, [entry]))

    await asyncio.gather(*(add(n) for n in range(200)))
    found = await entries(stores[0])
    assert [row.seq for row in found] == list(range(1, 202))
    assert len({row.hash for row in found}) == 201
    for store in stores:
        await store.close()


async def test_the_database_refuses_to_change_an_entry(store: SqlStore) -> None:
    await store.call_audited(lambda connection: (None, [by_operator("invited", NOON)]))
    for statement in (update(audit).values(who="x"), delete(audit)):
        with pytest.raises(DBAPIError, match="append-only"):
            await store.call(lambda connection, one=statement: connection.execute(one))  # type: ignore[misc]
