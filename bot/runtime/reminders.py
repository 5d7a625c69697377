"""Sending reminders: once a minute one process looks what is due; of any number of replicas, one at a time.

What is due is decided in `handlers/cases/reminders.py`. Everything of one round is in one transaction: the
lease, the messages in the outbox and the memory of them. So a crash sends nothing twice, and what was not
sent is still due.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta

from sqlalchemy import Connection

from bot.storage import SqlStore, leases, people_repository, reminder_repository
from bot.storage.retention import WARNED_FOR
from handlers import texts
from handlers.actions import OpenCase, ResumeReport
from handlers.cases.access import may
from handlers.cases.case import BOARD, WORKED_ON, CaseHead
from handlers.cases.reminders import Reminder, Watched, due, is_working_hour
from handlers.dates.in_words import day_in_words
from handlers.dates.working_days import AMSTERDAM
from handlers.reply import Button, Message, Notice, Paragraph
from handlers.turn import Person
from knowledge.language.words import Language

log = logging.getLogger(__name__)

EVERY = timedelta(minutes=1)
LEASE = "reminders"
WARNED_BEFORE = timedelta(days=14)
"""How long before a draft is deleted its reporter is warned."""
LISTED = 8
"""Cases that one message names with a button."""


async def remind_for_ever(store: SqlStore, now: Callable[[], datetime], language: Language = "nl") -> None:
    """Until cancelled. A round that fails is logged and tried again with the next."""
    while True:
        try:
            await remind(store, now(), language)
        except Exception as error:
            log.exception("reminders failed", extra={"error": type(error).__name__})
        await asyncio.sleep(EVERY.total_seconds())


async def remind(store: SqlStore, now: datetime, language: Language = "nl") -> int:
    """One round; returns how many people were reminded. None by who has not the lease."""
    return await store.remind(lambda connection: _due(connection, store, now, language), language)


def _due(connection: Connection, store: SqlStore, now: datetime, language: Language) -> list[Notice]:
    if not leases.take(connection, LEASE, now, now + EVERY):
        return []
    reminders = due(watched(connection, store), now)
    for reminder in reminders:
        reminder_repository.remember(connection, reminder.person, [one.case for one in reminder.cases], now)
    notices = [Notice(reminder.person, _message(reminder, language)) for reminder in reminders]
    return notices + _drafts_due(connection, store, now, language)


def _drafts_due(connection: Connection, store: SqlStore, now: datetime, language: Language) -> list[Notice]:
    """A warning to who left a report unfinished, once, before it is deleted (`bot.storage.retention`)."""
    if not is_working_hour(now):
        return []
    notices = []
    for draft in reminder_repository.drafts_to_warn_of(
        connection, now - store.periods.drafts + WARNED_BEFORE
    ):
        reminder_repository.remember(connection, draft.reporter, [draft.id], now)
        gone = max(draft.changed + store.periods.drafts, now + WARNED_FOR)
        words = texts.load()[language](
            "reminder_draft", day=_day(draft.opened, language), gone=_day(gone, language)
        )
        button = Button(texts.load()[language]("report_go_on"), ResumeReport(draft.id))
        notices.append(Notice(draft.reporter, Message((Paragraph(words),), (button,))))
    return notices


def _day(at: datetime, language: Language) -> str:
    return day_in_words(at.astimezone(AMSTERDAM).date(), "d MMMM y", language)


def watched(connection: Connection, store: SqlStore) -> Iterator[Watched]:
    """Every open case of everybody who keeps it and may be told of it; nothing is opened for it."""
    memory = reminder_repository.remembered(connection)
    everybody = [
        Person(one.person, role=one.role, schools=one.schools)
        for one in people_repository.everybody(connection)
    ]
    for head, agreed in store.casefile.agreed(connection):
        if head.state not in WORKED_ON:
            continue
        for person in _keepers(head, everybody):
            reminded, snoozed = memory.get((person.id, head.id), (None, None))
            days = (agreed,) if agreed else ()
            yield Watched(person.id, head.id, head.number, head.changed, True, days, reminded, snoozed)


def _keepers(head: CaseHead, everybody: Sequence[Person]) -> list[Person]:
    keep = [
        one for one in everybody if (one.role == "bestuur" if head.keeper == BOARD else one.id == head.keeper)
    ]
    return [one for one in keep if may(one, "remind", head)]


def _message(reminder: Reminder, language: Language) -> Message:
    numbers = ", ".join(one.number for one in reminder.cases)
    buttons = tuple(Button(one.number, OpenCase(one.case)) for one in reminder.cases[:LISTED])
    return Message((Paragraph(texts.load()[language]("reminder", numbers=numbers)),), buttons)
