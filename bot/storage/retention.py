"""Retention: what has expired is deleted, by its time and never by its number.

Once an hour one process deletes, a thousand rows a transaction, so that nobody's turn waits for it.
"""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Table,
    and_,
    delete,
    exists,
    insert,
    or_,
    select,
    tuple_,
    update,
)

from bot.ports.audit import AuditEntry
from bot.storage.case_tables import case_events, cases
from bot.storage.people_tables import people
from bot.storage.pin_repository import TRIES_REMEMBERED_FOR, pin_proposals, tries, unlocked
from bot.storage.reminder_repository import reminders
from bot.storage.schema import (
    chats,
    deliveries,
    feedback,
    keyboards,
    outbox,
    rate_limits,
    sent,
    sessions,
    teams_cards,
    teams_offers,
    unanswered,
    web_messages,
)
from bot.storage.turn_unit import A_DAY, SEEN_FOR

log = logging.getLogger(__name__)

Deleted = Mapping[str, int]
"""Table → how many rows were deleted."""

LEASE = "retention"
EVERY = timedelta(hours=1)
BATCH = 1000
"""Rows of each table in one transaction, at most."""
BUTTONS_FOR = timedelta(days=90)
"""How long a button can be pressed: incident reports are taken up again after weeks."""
OFFERED_FOR = timedelta(hours=1)
"""How long a file on offer can be taken."""
SESSIONS_FOR = timedelta(days=90)
"""How long a talk is remembered after its last turn. A report under way stands in its case, so it is not lost
by this.
"""
REPLACED_FOR = timedelta(days=3)
"""How long a message can be replaced by its `ref`; Telegram itself lets no message be edited after 48
hours.
"""
WEB_FOR = timedelta(days=180)
"""How long a message stands on the web page."""
CHATS_FOR = timedelta(days=180)
"""How long it is known how to reach somebody who wrote, has no role and of whom nothing else is stored."""
WARNED_FOR = timedelta(days=7)
"""A draft stays at least so long after its reporter was warned that it will be deleted."""
UNWARNED_FOR = timedelta(days=30)
"""A draft is deleted without a warning so long after its period: its reporter cannot be reached."""


@dataclass(frozen=True, slots=True)
class Periods:
    """How long a board stores what it may decide on itself."""

    drafts: timedelta = timedelta(days=90)
    """A report that was begun and not sent in, after its last change."""
    unanswered: timedelta = timedelta(days=365)
    feedback: timedelta = timedelta(days=365)


def delete_expired(
    connection: Connection, now: datetime, periods: Periods, audited: list[AuditEntry] | None = None
) -> Deleted:
    """One batch of every kind. `audited` gets what the audit log is to keep of it."""
    destroyed = _destroy_drafts(connection, now, periods.drafts)
    if audited is not None:
        audited += destroyed
    found = {
        table.name: _delete(connection, table, expired) for table, expired in _expired(now, periods).items()
    }
    return {**found, cases.name: len(destroyed)}


@asynccontextmanager
async def retention_running(
    deleting: Callable[[], Awaitable[Deleted]], every: timedelta = EVERY
) -> AsyncIterator[None]:
    """Delete now and again and again, as long as this is open; what fails is done the next time."""

    async def go_on() -> None:
        while True:
            try:
                log.debug("retention: %s", await deleting())
            except Exception as error:
                log.error("retention failed: %s", type(error).__name__)
            await asyncio.sleep(every.total_seconds())

    task = asyncio.create_task(go_on())
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


def added(total: Counter[str], deleted: Deleted) -> bool:
    """Count a batch; whether there may be more to delete."""
    total.update(deleted)
    return any(number >= BATCH for number in deleted.values())


def _expired(now: datetime, periods: Periods) -> dict[Table, ColumnElement[bool]]:
    users = (sessions, keyboards, outbox, sent, web_messages)
    unused = and_(*(~exists().where(table.c.chat == chats.c.id) for table in users))
    return {
        deliveries: deliveries.c.at < now - SEEN_FOR,
        keyboards: keyboards.c.created < now - BUTTONS_FOR,
        sent: sent.c.at < now - REPLACED_FOR,
        rate_limits: rate_limits.c.full_at < now - A_DAY,  # a full bucket says nothing
        sessions: sessions.c.updated < now - SESSIONS_FOR,
        web_messages: web_messages.c.at < now - WEB_FOR,
        teams_cards: teams_cards.c.at < now - BUTTONS_FOR,
        teams_offers: teams_offers.c.at < now - OFFERED_FOR,
        pin_proposals: pin_proposals.c.at < now - A_DAY,
        tries: tries.c.at < now - TRIES_REMEMBERED_FOR,
        unlocked: unlocked.c.seen < now - A_DAY,
        unanswered: unanswered.c.day < (now - periods.unanswered).date(),
        feedback: feedback.c.day < (now - periods.feedback).date(),
        chats: (chats.c.updated < now - CHATS_FOR)
        & ~exists().where(people.c.person == chats.c.person)
        & unused,
    }


def _delete(connection: Connection, table: Table, expired: ColumnElement[bool]) -> int:
    """A row that a turn has locked stays until the next time."""
    key = tuple_(*table.primary_key.columns)
    some = select(*table.primary_key.columns).where(expired).limit(BATCH).with_for_update(skip_locked=True)
    return connection.execute(delete(table).where(key.in_(some))).rowcount


def _destroy_drafts(connection: Connection, now: datetime, period: timedelta) -> list[AuditEntry]:
    """Drafts past their period: the key and the content go, the stub and the log stay. Their reporters were
    warned, if they still have a role (`bot.runtime.reminders`).
    """
    warned = exists().where(
        reminders.c.person == cases.c.reporter,
        reminders.c.case == cases.c.id,
        reminders.c.reminded > cases.c.changed,
        reminders.c.reminded < now - WARNED_FOR,
    )
    without_role = ~exists().where(people.c.person == cases.c.reporter)
    expired = (
        select(cases.c.id, cases.c.board)
        .where(
            cases.c.state == "concept",
            cases.c.changed < now - period,
            or_(warned, without_role, cases.c.changed < now - period - UNWARNED_FOR),
        )
        .limit(BATCH)
        .with_for_update(skip_locked=True)
    )
    found = connection.execute(expired).all()
    return destroy_cases(connection, found, now, by=LEASE, about="period")


def destroy_cases(
    connection: Connection, found: Sequence[Any], now: datetime, by: str, about: str
) -> list[AuditEntry]:
    """Destroy cases by their rows (`id`, `board`): the key and the content go, the stub and the log stay.
    Returns what the audit log is to keep of it.
    """
    if not found:
        return []
    gone = {"state": "vernietigd", "changed": now, "revision": cases.c.revision + 1}
    content = dict.fromkeys(("key", "closed", "content", "agreed"))
    connection.execute(
        update(cases).where(cases.c.id.in_([row.id for row in found])).values(**gone, **content)
    )
    events = [
        {
            "board": row.board,
            "case": row.id,
            "what": "destroyed",
            "person": by,
            "function": "beheerder",
            "at": now,
            "about": about,
        }
        for row in found
    ]
    connection.execute(insert(case_events), events)
    revisions = dict(
        connection.execute(
            select(cases.c.id, cases.c.revision).where(cases.c.id.in_([row.id for row in found]))
        ).all()
    )
    return [
        AuditEntry("destroyed", by, "beheerder", now, (), row.id, about=about, revision=revisions[row.id])
        for row in found
    ]
