"""Retention: what has expired is deleted, by its time; a draft not before its reporter was warned."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import Connection, insert, select

from bot.delivery.rate_limit import TELEGRAM
from bot.runtime.reminders import remind
from bot.storage import SqlStore, people_repository, school_repository
from bot.storage.case_tables import case_events, cases
from bot.storage.retention import BATCH, EVERY, Deleted, Periods, retention_running
from bot.storage.schema import deliveries
from handlers.actions import ResumeReport
from handlers.cases.case import Case
from tests.database import make_store
from tests.storage.talk import NOON, drain, reply, say, text, turn, words
from tests.storage.test_casefile import FULL
from tests.storage.test_reminders import bind
from tests.storage.test_store import FULL as SESSION
from tests.storage.test_store import rows


@dataclass
class Time:
    now: datetime = NOON

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture
async def store(database_url: str, time: Time) -> AsyncIterator[SqlStore]:
    made = make_store(database_url)
    made._now = time
    made.periods = Periods(timedelta(days=60), timedelta(days=100), timedelta(days=200))
    yield made
    await made.close()


def some(deleted: Deleted) -> Deleted:
    return {name: number for name, number in deleted.items() if number}


async def test_what_is_past_its_time_is_deleted(store: SqlStore, time: Time) -> None:
    await say(store, turn(delivery="test:9"), reply(text("a", "rule:a", ref="@a")), SESSION)
    await drain(store)
    time.now += timedelta(days=2)
    await say(store, turn(delivery="test:1", at=time.now), reply(text("b", "rule:b", ref="@b")))
    await drain(store, time.now)
    time.now += timedelta(days=1, minutes=1)
    assert some(await store.delete_expired()) == {"deliveries": 1, "sent": 1}
    time.now += timedelta(days=87)
    assert some(await store.delete_expired()) == {"deliveries": 1, "sent": 1, "keyboards": 1}
    time.now += timedelta(days=2)
    assert some(await store.delete_expired()) == {"keyboards": 1, "sessions": 1}
    assert set(await rows(store)) - {"senders"} == {"chats", "leases"}
    time.now += timedelta(days=90)
    assert some(await store.delete_expired()) == {"chats": 1}


async def test_the_chat_of_somebody_with_a_role_stays(store: SqlStore, time: Time) -> None:
    await store.call(lambda connection: school_repository.add_school(connection, "De Ark"))
    await bind(store, "test:anna", "directie")
    time.now += timedelta(days=1000)
    await store.delete_expired()
    assert (await rows(store))["chats"] == 1


async def test_the_journal_has_its_own_periods(store: SqlStore, time: Time) -> None:
    async with store.unit(turn()) as unit:
        assert unit
        await unit.unanswered("mag dat", "nl", None)
        await unit.feedback("profilering-4", True, "mag dat")
    time.now += timedelta(days=100)
    assert "unanswered" not in some(await store.delete_expired())
    time.now += timedelta(days=1)
    assert some(await store.delete_expired())["unanswered"] == 1
    time.now += timedelta(days=100)
    assert some(await store.delete_expired())["feedback"] == 1


async def test_a_full_bucket_of_the_rate_limits_goes(store: SqlStore, time: Time) -> None:
    store.limits = {"test": TELEGRAM}
    await say(store, turn(), reply("hoi"))
    assert len(await drain(store, time.now)) == 1
    assert "rate_limits" not in some(await store.delete_expired())
    time.now += timedelta(days=2)
    assert some(await store.delete_expired())["rate_limits"] == 2  # the channel's and the chat's


async def test_many_rows_go_in_batches(store: SqlStore, time: Time) -> None:
    many = [{"id": f"test:{n}", "at": NOON} for n in range(2 * BATCH + 1)]
    await store.call(lambda connection: connection.execute(insert(deliveries), many))
    time.now += timedelta(days=4)
    assert (await store.delete_expired())["deliveries"] == 2 * BATCH + 1


async def test_of_many_replicas_one_deletes_and_none_waits(store: SqlStore, database_url: str) -> None:
    others = [make_store(database_url) for _ in range(3)]
    for other in others:
        other._now = store._now
    done = await asyncio.gather(*(made.delete_expired() for made in (store, *others)))
    assert sum(bool(deleted) for deleted in done) == 1
    for other in others:
        await other.close()


async def test_the_same_process_deletes_every_hour(store: SqlStore, time: Time) -> None:
    for _ in range(3):
        assert await store.delete_expired()
        time.now += EVERY


async def test_it_goes_on_after_a_failure_and_ends_with_its_block() -> None:
    tries = 0
    thrice = asyncio.Event()

    async def fail() -> Deleted:
        nonlocal tries
        tries += 1
        if tries == 3:
            thrice.set()
        raise OSError

    async with retention_running(fail, every=timedelta()):
        await asyncio.wait_for(thrice.wait(), 10)
    ended = tries
    await asyncio.sleep(0.01)
    assert tries == ended


DRAFT = replace(
    FULL, state="concept", number="", agreed=None, involved=frozenset(), changed=NOON, opened=NOON
)


async def keep(store: SqlStore, case: Case) -> None:
    await store.call(lambda connection: store.casefile.save(connection, case))


async def state(store: SqlStore) -> str:
    return await store.call(lambda connection: connection.execute(select(cases.c.state)).scalar_one())


@pytest.fixture
async def director(store: SqlStore) -> str:
    await store.call(lambda connection: school_repository.add_school(connection, "De Ark"))
    await bind(store, "test:anna", "directie")
    return "test:anna"


async def test_a_draft_is_deleted_after_its_period_and_its_reporter_is_warned_two_weeks_before(
    store: SqlStore, time: Time, director: str
) -> None:
    await keep(store, DRAFT)
    time.now += timedelta(days=45)
    assert await remind(store, time.now) == 0
    time.now += timedelta(days=1)  # a Monday
    assert await remind(store, time.now) == 1
    (told,) = await drain(store, time.now)
    assert told.chat.id == director
    assert "26 november 2026" in words(told)
    assert "25 januari 2027" in words(told)
    assert told.message
    assert told.message.buttons[0].action == ResumeReport(DRAFT.id)
    time.now += timedelta(days=1)
    assert await remind(store, time.now) == 0
    time.now += timedelta(days=12, hours=23)
    await store.delete_expired()
    assert await state(store) == "concept"
    time.now += timedelta(hours=2)
    assert (await store.delete_expired())["cases"] == 1

    def look(connection: Connection) -> tuple[object, ...]:
        row = connection.execute(select(cases)).one()
        log = connection.execute(select(case_events.c.what, case_events.c.person, case_events.c.about)).all()
        return row.state, row.key, row.content, row.closed, [tuple(event) for event in log]

    assert await store.call(look) == ("vernietigd", None, None, None, [("destroyed", "retention", "period")])


async def test_a_draft_that_is_gone_on_with_is_kept_and_warned_of_anew(
    store: SqlStore, time: Time, director: str
) -> None:
    await keep(store, DRAFT)
    time.now += timedelta(days=50)
    assert await remind(store, time.now) == 1
    time.now += timedelta(days=2)
    await keep(store, replace(DRAFT, changed=time.now, revision=8))
    time.now += timedelta(days=20)
    await store.delete_expired()
    assert await state(store) == "concept"
    time.now += timedelta(days=33)
    assert await remind(store, time.now) == 1


async def test_a_draft_is_never_deleted_before_the_warning_had_a_week(
    store: SqlStore, time: Time, director: str
) -> None:
    """The program was off when it should have warned."""
    await keep(store, DRAFT)
    time.now += timedelta(days=70)
    await store.delete_expired()
    assert await state(store) == "concept"
    assert await remind(store, time.now) == 1
    time.now += timedelta(days=6)
    await store.delete_expired()
    assert await state(store) == "concept"
    time.now += timedelta(days=1, hours=1)
    await store.delete_expired()
    assert await state(store) == "vernietigd"


async def test_the_draft_of_a_revoked_director_goes_with_its_period(
    store: SqlStore, time: Time, director: str
) -> None:
    await keep(store, DRAFT)
    await store.call(lambda connection: people_repository.revoke(connection, director))
    time.now += timedelta(days=59)
    assert await remind(store, time.now) == 0
    await store.delete_expired()
    assert await state(store) == "concept"
    time.now += timedelta(days=1, hours=1)
    await store.delete_expired()
    assert await state(store) == "vernietigd"


async def test_what_was_sent_in_never_expires_here(store: SqlStore, time: Time, director: str) -> None:
    await keep(store, replace(DRAFT, state="afgerond", number="2026-0001"))
    time.now += timedelta(days=4000)
    await store.delete_expired()
    assert await state(store) == "afgerond"
