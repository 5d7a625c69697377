"""What was tampered with in the audit log is found, and where; by somebody who may do anything to the
database and has not the keys.
"""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import pytest
from sqlalchemy import Connection, delete, select, text, update

from bot.ports.audit import AuditEntry, AuditHead
from bot.storage import SqlStore
from bot.storage.audit.head_file import HeadFile
from bot.storage.audit.log import AuditLog
from bot.storage.audit.tables import audit, audit_heads
from bot.storage.audit.verify import Finding, Verified, damaged_cases, verify
from bot.storage.case_tables import case_events, cases
from tests.database import CIPHER, make_store
from tests.storage.talk import NOON
from tests.storage.test_audit import report


@pytest.fixture
async def store(database_url: str, tmp_path: Path) -> AsyncIterator[SqlStore]:
    """With a log of ten entries, of which one case has three."""
    made = make_store(database_url)
    made.audit = AuditLog("board", CIPHER, HeadFile(tmp_path / "head"))
    await report(made)
    entries = [AuditEntry("listed", f"test:{n}", "bestuur", NOON) for n in range(6)]
    await made.call_audited(lambda connection: (None, entries))
    yield made
    await made.close()


def free(connection: Connection, table: str = "audit") -> None:
    """Take the triggers away, as who owns the database can."""
    if connection.dialect.name == "sqlite":
        for what in ("UPDATE", "DELETE"):
            connection.execute(text(f"DROP TRIGGER {table}_no_{what}"))
    else:
        connection.execute(text(f"DROP TRIGGER {table}_stay ON {table}"))


async def tampered(store: SqlStore, *statements: object) -> tuple[Finding, ...]:
    def work(connection: Connection) -> None:
        free(connection)
        for statement in statements:
            connection.execute(statement)  # type: ignore[call-overload]

    await store.call(work)
    return (await proved(store)).findings


async def proved(store: SqlStore, outside: Sequence[AuditHead] | None = None) -> Verified:
    assert store.audit.file
    heads = store.audit.file.read_all("board") if outside is None else outside
    return await store.call(lambda connection: verify(connection, store.audit, heads))


async def row(store: SqlStore, seq: int) -> dict[str, object]:
    query = select(audit).where(audit.c.seq == seq, audit.c.board == "board")
    found = await store.call(lambda connection: connection.execute(query).one())
    return dict(found._mapping)


async def test_a_log_that_nobody_touched_is_in_order(store: SqlStore) -> None:
    found = await proved(store)
    assert (found.entries, found.findings) == (10, ())
    assert found.head == await store.call(store.audit.head)
    assert store.audit.file
    assert found.head == store.audit.file.read("board")


async def test_deleted_entries(store: SqlStore) -> None:
    gone = delete(audit).where(audit.c.seq.in_([5, 6, 8]))
    assert await tampered(store, gone) == (Finding("missing", 5, 6), Finding("missing", 8, 8))


async def test_a_cut_tail_also_where_the_head_in_the_database_was_cut_with_it(store: SqlStore) -> None:
    cut = delete(audit).where(audit.c.seq > 7)
    assert await tampered(store, cut) == (Finding("cut", 8, 10),)
    back = update(audit_heads).values(seq=7, hash=(await row(store, 7))["hash"])
    await store.call(lambda connection: connection.execute(back))
    assert (await proved(store)).findings == (Finding("cut", 8, 10),)
    assert (await proved(store, [])).findings == ()  # which is why there is a second place
    told = AuditHead("board", 9, "0123456789abcdef")
    assert (await proved(store, [told])).findings == (Finding("cut", 8, 9),)


async def test_an_empty_log(store: SqlStore) -> None:
    assert await tampered(store, delete(audit)) == (Finding("empty", 1, 10),)
    await store.call(lambda connection: connection.execute(delete(audit_heads)))
    assert (await proved(store)).findings == (Finding("empty", 1, 10), Finding("no_key"))
    assert (await proved(store, [])).findings == (Finding("no_key"),)  # there are cases and no log


@pytest.mark.parametrize(
    ("column", "value"),
    [("who", "p-000000000000"), ("act", "read"), ("number", "2026-0002"), ("at", NOON.replace(hour=13)),
     ("outcome", "refused"), ("function", "directie"), ("schools", "x"), ("about", "x"), ("case", "x"),
     ("revision", 3), ("mac", "0" * 64), ("hash", "0" * 64)],
)  # fmt: skip
@pytest.mark.parametrize("seq", [6, 10])
async def test_a_changed_entry(store: SqlStore, column: str, value: object, seq: int) -> None:
    change = update(audit).where(audit.c.seq == seq).values({column: value})
    assert Finding("changed", seq, seq) in await tampered(store, change)


async def test_entries_in_another_order(store: SqlStore) -> None:
    def to(n: int, seq: int) -> object:
        return update(audit).where(audit.c.seq == n).values(seq=seq)

    assert await tampered(store, to(6, 99), to(8, 6), to(99, 8)) == (Finding("swapped", 6, 8),)


async def test_the_content_of_two_entries_exchanged(store: SqlStore) -> None:
    six, eight = await row(store, 6), await row(store, 8)
    proofs = ("seq", "mac", "hash")
    found = await tampered(
        store,
        *(
            update(audit).where(audit.c.seq == seq).values({k: v for k, v in new.items() if k not in proofs})
            for seq, new in ((6, eight), (8, six))
        ),
    )
    assert found == (Finding("swapped", 6, 8),)


async def test_an_older_entry_put_in_the_place_of_a_later_one(store: SqlStore) -> None:
    older = {key: value for key, value in (await row(store, 6)).items() if key != "seq"}
    found = await tampered(store, update(audit).where(audit.c.seq == 9).values(older))
    assert found == (Finding("put_back", 9, 6),)


async def test_an_entry_of_another_board(store: SqlStore) -> None:
    other = AuditLog("other", CIPHER)
    entry = AuditEntry("listed", "test:x", "bestuur", NOON)
    await store.call(lambda connection: other.append(connection, [entry, entry]))
    move = update(audit).where(audit.c.board == "other", audit.c.seq == 3).values(board="board", seq=11)
    found = await tampered(store, move)
    assert Finding("foreign", 11, 3, "other") in found
    assert (await store.call(lambda c: verify(c, other, []))).findings == (Finding("cut", 3, 3),)


async def test_a_log_made_anew_under_a_key_of_ones_own(store: SqlStore) -> None:
    def work(connection: Connection) -> None:
        free(connection)
        connection.execute(delete(audit))
        connection.execute(delete(audit_heads))

    await store.call(work)
    entries = [AuditEntry("listed", f"test:{n}", "bestuur", NOON) for n in range(9)]
    await store.call(lambda connection: store.audit.append(connection, entries))
    assert Finding("head_changed", 10, 10, "second place") in (await proved(store)).findings


async def test_an_older_state_of_a_case_and_its_deleted_events(store: SqlStore) -> None:
    await store.call(lambda connection: connection.execute(update(cases).values(revision=1)))
    assert (await proved(store)).findings == (Finding("case_older", 1, 2, "2026-0001"),)

    def events_too(connection: Connection) -> None:
        free(connection, "case_events")
        connection.execute(delete(case_events))

    await store.call(events_too)
    assert Finding("events_gone", 2, 2, "2026-0001") in (await proved(store)).findings
    await store.call(lambda connection: connection.execute(delete(cases)))
    assert Finding("case_gone", 0, 0, "2026-0001") in (await proved(store)).findings


async def test_a_case_with_a_value_that_was_emptied_is_named(store: SqlStore) -> None:
    assert await store.call(lambda c: damaged_cases(c, store.audit)) == []
    await store.call(lambda connection: connection.execute(update(cases).values(keeper="test:x")))
    found = await store.call(lambda c: damaged_cases(c, store.audit))
    assert found == [Finding("case_damaged", what="2026-0001")]


async def test_a_hundred_thousand_entries_are_proved_in_ten_seconds(sqlite_template: Path) -> None:
    """Here a tenth of them, in a tenth of the time."""
    store = make_store(f"sqlite:///{sqlite_template}")
    entry = AuditEntry("listed", "test:x", "bestuur", NOON)

    def work(connection: Connection) -> tuple[Verified, float]:
        for _ in range(10):
            store.audit.append(connection, [entry] * 1000)
        begun = time.perf_counter()
        verified = verify(connection, store.audit)
        took = time.perf_counter() - begun
        connection.rollback()
        connection.begin()
        return verified, took

    verified, took = await store.call(work)
    assert (verified.entries, verified.findings) == (10_001, ())
    assert took < 1
    await store.close()


def test_every_finding_is_told_in_a_sentence() -> None:
    from typing import get_args

    from bot.storage.audit.verify import Kind

    texts = {str(Finding(kind, 3, 7, "x")) for kind in get_args(Kind)}
    assert len(texts) == len(get_args(Kind))
