"""The case file, on SQLite and on PostgreSQL: encrypted, bound to its place, all or nothing."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import LargeBinary, func, select, update

from bot.storage import SqlStore, migrate
from bot.storage.case_repository import CONTENT
from bot.storage.case_tables import PLAIN, case_events, case_numbers, cases
from bot.storage.database import connect
from handlers.actions import SaveNote
from handlers.cases.case import (
    Actor,
    Case,
    Decision,
    Done,
    Event,
    Filing,
    NotApplicable,
    Note,
    WrongStateError,
    destroy,
    involve,
    start,
    submit,
)
from handlers.cases.repository import CaseList, UnreadableCaseError
from handlers.flow_interpreter import Chosen, Unknown, Written
from handlers.turn import Person
from tests.database import CIPHER, make_store
from tests.storage.talk import NOON, drain, reply, turn

ANNA = Actor("test:anna", "directie")
CHAIR = Person("test:chair", role="bestuur")
CANARY = "KANARIE"
FULL = Case(
    id="case-1",
    school="de-ark",
    reporter="test:anna",
    keeper="test:anna",
    flow="incident",
    flow_version=1,
    opened=NOON,
    changed=NOON,
    number="2026-0001",
    state="in_behandeling",
    answers={
        "who": Chosen(("leerling",)),
        "when": Unknown(),
        "what": Written(f"{CANARY} 😀 ﷽ ij\x00 \ud800"),
    },
    asking="what",
    held=f"{CANARY}-held",
    picked=("leerling", "ouder"),
    revision=7,
    involved=frozenset({"test:bram"}),
    settled={
        "gesprek-leerling": Done(NOON, ANNA, date(2026, 11, 25), f"{CANARY}-note", "waarschuwing"),
        "vastleggen-ouder": NotApplicable(NOON, ANNA, f"{CANARY}-reason"),
    },
    decisions=(Decision("kwalificatie", "ja", f"{CANARY}-why", Actor("test:board", "bestuur"), NOON),),
    notes=(Note(f"{CANARY}-progress", ANNA, NOON),),
    agreed=date(2026, 12, 1),
    filed=(Filing("lovs", ANNA, NOON, f"{CANARY}-where"),),
)


@pytest.fixture
async def store(database_url: str) -> AsyncIterator[SqlStore]:
    made = make_store(database_url)
    yield made
    await made.close()


async def save(store: SqlStore, case: Case, *events: Event) -> None:
    async with store.unit(turn()) as unit:
        assert unit
        await unit.cases.save(case, *events)


async def load(store: SqlStore, case_id: str = "case-1") -> Case:
    return await store.call(lambda connection: store.casefile.load(connection, case_id))


async def test_a_case_comes_back_as_it_was(store: SqlStore) -> None:
    event = Event("submitted", "case-1", ANNA, NOON)
    await save(store, FULL, event)
    whole = replace(
        FULL, answers={**FULL.answers, "what": Written(f"{CANARY} 😀 ﷽ ij\x00 ?")}, timeline=(event,)
    )
    assert await load(store) == whole
    async with store.unit(turn()) as unit:
        assert unit
        assert await unit.cases.find("2026-0001") == await unit.cases.head("case-1") == whole.head
        assert await unit.cases.listed(CHAIR, 0, 10) == CaseList((whole.head,), 1)
        assert await unit.cases.head("case-2") is None
        await unit.cases.note(Event("read", "case-1", ANNA, NOON))
    assert [one.what for one in (await load(store)).timeline] == ["submitted", "read"]


async def test_a_turn_that_fails_leaves_nothing_of_a_case(store: SqlStore) -> None:
    async def fail() -> None:
        async with store.unit(turn()) as unit:
            assert unit
            await unit.cases.next_number(2026)
            await unit.cases.save(FULL, Event("submitted", "case-1", ANNA, NOON))
            raise RuntimeError

    with pytest.raises(RuntimeError):
        await fail()
    tables = (cases, case_events, case_numbers)
    counts = await store.call(
        lambda c: [c.execute(select(func.count()).select_from(table)).scalar_one() for table in tables]
    )
    assert counts == [0, 0, 0]


async def test_fifty_cases_at_once_have_fifty_numbers_in_a_row(store: SqlStore) -> None:
    async def one(number: int) -> str:
        person = f"test:{number}"
        draft, began = start(Actor(person, "directie"), "de-ark", "incident", 1, NOON)
        async with store.unit(turn(person)) as unit:
            assert unit
            await unit.cases.save(draft, began)
        async with store.unit(turn(person)) as unit:
            assert unit
            head = await unit.cases.head(draft.id)
            assert head
            case = await unit.cases.load(head)
            sent, event = submit(
                case, await unit.cases.next_number(2026), case.revision, Actor(person, "directie"), NOON
            )
            await unit.cases.save(sent, event)
            return sent.number

    numbers = await asyncio.gather(*(one(number) for number in range(50)))
    assert sorted(numbers) == [f"2026-{number:04}" for number in range(1, 51)]
    assert await store.call(lambda connection: store.casefile.next_number(connection, 2027)) == "2027-0001"


async def test_one_draft_sent_in_fifty_times_at_once_is_one_case(store: SqlStore) -> None:
    draft, began = start(ANNA, "de-ark", "incident", 1, NOON)
    await save(store, draft, began)

    async def press(number: int) -> bool:
        async with store.unit(turn(f"test:chat{number}", "test:anna")) as unit:
            assert unit
            head = await unit.cases.head(draft.id)
            assert head
            case = await unit.cases.load(head)
            try:
                sent, event = submit(case, await unit.cases.next_number(2026), draft.revision, ANNA, NOON)
            except WrongStateError:
                return False
            await unit.cases.save(sent, event)
            return True

    assert (await asyncio.gather(*(press(number) for number in range(50)))).count(True) == 1
    assert len([one for one in (await load(store, draft.id)).timeline if one.what == "submitted"]) == 1


async def test_what_is_encrypted_opens_in_its_own_place_only(store: SqlStore) -> None:
    other = replace(FULL, id="case-2", number="2026-0002")
    for column in ("key", "closed", "content", "involved"):
        for case in (FULL, other):
            await save(store, case)
        await swap(store, column)
        for case_id in ("case-1", "case-2"):
            with pytest.raises(Exception, match="changed, cut or moved"):
                await load(store, case_id)
        await swap(store, column)
        await flip(store, column)
        with pytest.raises(
            Exception, match=r"changed, cut or moved|not an encrypted value|not among the keys"
        ):
            await load(store)
        await flip(store, column)
        assert (await load(store)).number == "2026-0001"
    encrypted = await value(store, "content")
    await store.call(
        lambda c: c.execute(update(cases).where(cases.c.id == "case-1").values(closed=encrypted))
    )
    with pytest.raises(UnreadableCaseError):
        await load(store)


async def changed_by_hand(store: SqlStore, **values: object) -> None:
    await store.call(lambda c: c.execute(update(cases).where(cases.c.id == "case-1").values(**values)))


@pytest.mark.parametrize("column", ["involved", "closed", "content"])
async def test_an_older_value_of_the_same_row_is_refused(store: SqlStore, column: str) -> None:
    await save(store, FULL)
    older = await value(store, column)
    more = {**FULL.answers, "who": Chosen(("ouder",))}
    newer = replace(FULL, revision=8, answers=more, involved=frozenset({"test:bram", "test:anna"}))
    await save(store, newer)
    good = await value(store, column)
    await changed_by_hand(store, **{column: older})
    with pytest.raises(UnreadableCaseError):
        await load(store)
    await changed_by_hand(store, **{column: good})
    assert (await load(store)).revision == 8


@pytest.mark.parametrize(
    "values",
    [{"involved": None}, {"revision": 8}, {"school": "elders"}, {"keeper": "test:x"}, {"reporter": "test:x"},
     {"state": "afgerond"}, {"number": "2026-0009"}, {"agreed": None}, {"flow_version": 2}],
)  # fmt: skip
async def test_a_column_emptied_or_changed_by_hand_is_noticed(
    store: SqlStore, values: dict[str, object]
) -> None:
    await save(store, FULL)
    await changed_by_hand(store, **values)
    with pytest.raises(UnreadableCaseError):
        await load(store)


async def test_a_whole_older_row_is_refused_because_the_log_knows_a_later_one(store: SqlStore) -> None:
    async def save_in_turn(case: Case) -> None:
        async with store.unit(turn()) as unit:
            assert unit
            await unit.cases.save(case)
            assert (await unit.cases.load(case.head)).revision == case.revision
            unit.save(unit.session, reply("x"))

    await save_in_turn(FULL)
    older = await store.call(lambda c: dict(c.execute(select(cases)).one()._mapping))
    await save_in_turn(replace(FULL, revision=8, keeper="bestuur"))
    await changed_by_hand(store, **older)
    with pytest.raises(UnreadableCaseError, match="revision 7 was put back in place of 8"):
        await load(store)


async def test_content_from_before_it_was_bound_still_opens(store: SqlStore) -> None:
    await save(store, FULL)
    own = store.casefile._own(await value(store, "key"), "case-1")
    content = CONTENT.read(own, await value(store, "content"), store.casefile.board, "case-1")
    unbound = CONTENT.write(own, replace(content, bound=""), store.casefile.board, "case-1")
    await changed_by_hand(store, content=unbound)
    assert (await load(store)).number == "2026-0001"


async def test_a_case_of_one_board_does_not_open_for_another(store: SqlStore) -> None:
    await save(store, FULL)
    await store.call(lambda c: c.execute(update(cases).values(board="elsewhere")))
    elsewhere = replace(store.casefile, board="elsewhere")
    assert await store.call(lambda c: store.casefile.listed(c, CHAIR, 0, 10)) == CaseList((), 0)
    with pytest.raises(UnreadableCaseError):
        await store.call(lambda c: elsewhere.load(c, "case-1"))


async def test_destroying_a_case_leaves_a_stub_and_no_key(store: SqlStore) -> None:
    await save(store, replace(FULL, state="afgerond"))
    gone, event = destroy(await load(store), ANNA, NOON)
    await save(store, gone, event)
    row = await store.call(lambda c: c.execute(select(cases)).one())
    assert (row.number, row.school, row.state) == ("2026-0001", "de-ark", "vernietigd")
    assert (row.key, row.closed, row.content, row.agreed) == (None, None, None, None)
    assert await store.call(lambda c: store.casefile.head(c, "case-1")) is None
    assert await store.call(lambda c: store.casefile.listed(c, CHAIR, 0, 10)) == CaseList((), 0)
    with pytest.raises(KeyError):
        await load(store)


async def test_who_is_involved_is_known_before_the_case_is_opened(store: SqlStore) -> None:
    await save(store, replace(FULL, involved=frozenset()))
    case, event = involve(await load(store), "test:anna", ANNA, NOON + timedelta(hours=1))
    await save(store, case, event)
    head = await store.call(lambda c: store.casefile.head(c, "case-1"))
    assert head
    assert (head.involved, head.keeper) == (frozenset({"test:anna"}), "bestuur")


async def test_an_older_revision_does_not_overwrite_a_newer(store: SqlStore) -> None:
    await save(store, FULL)
    with pytest.raises(Exception, match="case-1"):
        await save(store, replace(FULL, revision=6))


def test_every_plain_column_is_listed_with_its_reason() -> None:
    columns = [column for table in (cases, case_events, case_numbers) for column in table.columns]
    plain = {
        f"{column.table.name}.{column.name}" for column in columns if not isinstance(column.type, LargeBinary)
    }
    assert plain == set(PLAIN)
    assert all(PLAIN.values())


async def test_nothing_that_people_wrote_is_readable_in_the_database_its_log_or_the_outbox(
    tmp_path: Path,
) -> None:
    database = connect(f"sqlite:///{tmp_path / 'bot.db'}")
    migrate.upgrade(database.engine)
    store = SqlStore(database, CIPHER)
    async with store.unit(turn()) as unit:
        assert unit
        await unit.cases.save(FULL, Event("submitted", "case-1", ANNA, NOON))
        unit.save(replace(unit.session, expects=SaveNote(CANARY, 1)), reply(f"{CANARY} is what you wrote"))
    written = {file.name: file.read_bytes() for file in tmp_path.iterdir()}
    assert {"bot.db", "bot.db-wal"} <= set(written)
    assert b"2026-0001" in written["bot.db-wal"]
    for name, content in written.items():
        assert CANARY.encode() not in content, name
        assert CANARY.encode("utf-16-le") not in content, name
    assert len(await drain(store)) == 1
    await store.close()


async def value(store: SqlStore, column: str, case_id: str = "case-1") -> bytes:
    return await store.call(
        lambda c: c.execute(select(cases.c[column]).where(cases.c.id == case_id)).scalar_one()
    )


async def swap(store: SqlStore, column: str) -> None:
    one, two = await value(store, column), await value(store, column, "case-2")
    for case_id, other in (("case-1", two), ("case-2", one)):
        await store.call(
            lambda c, i=case_id, o=other: c.execute(update(cases).where(cases.c.id == i).values({column: o}))  # type: ignore[misc]
        )


async def flip(store: SqlStore, column: str) -> None:
    encrypted = bytearray(await value(store, column))
    encrypted[-1] ^= 1
    await store.call(
        lambda c: c.execute(update(cases).where(cases.c.id == "case-1").values({column: bytes(encrypted)}))
    )
