"""What the board hears by itself: the audit log's head each week, who has access twice a year."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Connection

from bot.runtime.board_notices import next_monday, next_review, tell_board
from bot.storage import SqlStore, people_repository, school_repository
from bot.storage.audit.verify import verify
from handlers.reply import Bullets
from tests.database import make_store
from tests.storage.talk import drain, reply, say, turn, words

WEDNESDAY = datetime(2026, 12, 2, 10, tzinfo=UTC)


async def bind(store: SqlStore, person: str, role: str, *schools: str) -> None:
    def work(connection: Connection) -> None:
        known = {name for _, name in school_repository.all_schools(connection)}
        for school in set(schools) - known:
            school_repository.add_school(connection, school)
        code = people_repository.invite(connection, role, schools, None, WEDNESDAY, f"wie {person} is")  # type: ignore[arg-type]
        assert people_repository.redeem(connection, code, person, WEDNESDAY)

    await store.call(work)


@pytest.fixture
async def store(database_url: str) -> AsyncIterator[SqlStore]:
    made = make_store(database_url)
    for person in ("test:chair", "test:anna"):
        await say(made, turn(person), reply("x"))
    await drain(made)
    yield made
    await made.close()


async def test_the_board_hears_the_head_each_week_and_who_has_access_twice_a_year(store: SqlStore) -> None:
    assert await tell_board(store, WEDNESDAY) == 0  # there is no board yet
    await bind(store, "test:chair", "bestuur")
    await bind(store, "test:anna", "directie", "De Ark")
    assert await tell_board(store, WEDNESDAY.replace(hour=20)) == 0
    head = await store.call(store.audit.head)
    counts = await asyncio.gather(*(tell_board(store, WEDNESDAY) for _ in range(5)))
    assert sorted(counts) == [0, 0, 0, 0, 2]
    first, second = await drain(store, WEDNESDAY)
    assert {first.chat.id, second.chat.id} == {"test:chair"}
    assert head.short in words(first)
    assert second.message
    [listed] = [block for block in second.message.blocks if isinstance(block, Bullets)]
    assert [str(line).partition(",")[0] for line in listed.items] == [
        "wie test:anna is: directie De Ark",
        "wie test:chair is: bestuur",
    ]
    assert await tell_board(store, WEDNESDAY + timedelta(days=2)) == 0
    assert await tell_board(store, WEDNESDAY + timedelta(days=5)) == 1
    assert await tell_board(store, datetime(2027, 2, 1, 10, tzinfo=UTC)) == 2
    rows = await store.call(lambda connection: list(store.audit.entries(connection)))
    acts = [row.act for row in rows]
    assert (acts.count("head_shown"), acts.count("review_asked")) == (3, 2)
    assert (await store.call(lambda connection: verify(connection, store.audit))).findings == ()


async def test_the_head_in_the_chat_fits_what_verify_takes(store: SqlStore) -> None:
    from bot.commands.audit import _head

    await bind(store, "test:chair", "bestuur")
    await tell_board(store, WEDNESDAY)
    await tell_board(store, WEDNESDAY + timedelta(days=5))
    told = words((await drain(store, WEDNESDAY + timedelta(days=5)))[-1])
    head = _head(told.split(": ")[1].split(". ")[0])
    assert head.seq == 3
    assert (await store.call(lambda c: verify(c, store.audit, [head]))).findings == ()


def test_when_a_period_ends() -> None:
    assert f"{next_monday(WEDNESDAY):%Y-%m-%d %H}" == "2026-12-07 00"
    assert f"{next_monday(datetime(2026, 12, 7, 9, tzinfo=UTC)):%Y-%m-%d}" == "2026-12-14"
    days = [(2026, 12, 2), (2027, 2, 1), (2027, 8, 31), (2027, 9, 1)]
    found = [f"{next_review(datetime(*day, 10, tzinfo=UTC)):%Y-%m-%d}" for day in days]
    assert found == ["2027-02-01", "2027-09-01", "2027-09-01", "2028-02-01"]
