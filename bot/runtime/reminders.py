"""Sending reminders: once a minute one process looks what is due; of any number of replicas, one at a time.

What is due is decided in `handlers/cases/reminders.py`. Everything of one round is in one transaction: the
lease, the messages in the outbox and the memory of them. So a crash sends nothing twice, and what was not
sent is still due.
"""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

from sqlalchemy import Connection

from bot.runtime.board_notices import tell_board
from bot.storage import SqlStore, leases, reminder_repository
from bot.storage.retention import WARNED_FOR
from handlers import texts
from handlers.actions import OpenCase, ResumeReport
from handlers.cases.access import may
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
PEOPLE_A_ROUND = 100
"""How many people are reminded in one transaction at most; the others have their turn a minute later."""
LISTED = 8
"""Cases that one message names with a button."""


async def remind_for_ever(store: SqlStore, now: Callable[[], datetime], language: Language = "nl") -> None:
    """Until cancelled. A round that fails is logged and tried again with the next."""
    while True:
        try:
            await remind(store, now(), language)
            await tell_board(store, now(), language)
        except Exception as error:
            log.exception("reminders failed", extra={"error": type(error).__name__})
        await asyncio.sleep(EVERY.total_seconds())


async def remind(store: SqlStore, now: datetime, language: Language = "nl") -> int:
    """One round; returns how many people were reminded. None by who has not the lease."""
    return await store.remind(lambda connection: _due(connection, store, now, language), language)


def _due(connection: Connection, store: SqlStore, now: datetime, language: Language) -> list[Notice]:
    if not is_working_hour(now) or not leases.take(connection, LEASE, now, now + EVERY):
        return []
    reminders = due(watched(connection, store, now), now)[:PEOPLE_A_ROUND]
    for reminder in reminders:
        reminder_repository.remember(connection, reminder.person, [one.case for one in reminder.cases], now)
    notices = [Notice(reminder.person, _message(reminder, language)) for reminder in reminders]
    return notices + _drafts_due(connection, store, now, language)


def _drafts_due(connection: Connection, store: SqlStore, now: datetime, language: Language) -> list[Notice]:
    """A warning to who left a report unfinished, once, before it is deleted (`bot.storage.retention`)."""
    notices = []
    since = now - store.periods.drafts + WARNED_BEFORE
    for draft in reminder_repository.drafts_to_warn_of(connection, store.casefile.board, since):
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


def watched(connection: Connection, store: SqlStore, now: datetime) -> Iterator[Watched]:
    """Open cases that may be due, with who keeps them and may be told of them; no case is opened for it."""
    file = store.casefile
    for row in reminder_repository.candidates(connection, file.board, now):
        head = file.readable(row)
        if head and may(
            Person(row.person, role=row.role, schools=tuple(json.loads(row.schools))), "remind", head
        ):
            days = (row.agreed,) if row.agreed else ()
            yield Watched(
                row.person, head.id, head.number, head.changed, True, days, row.reminded, row.snoozed
            )


def _message(reminder: Reminder, language: Language) -> Message:
    numbers = ", ".join(one.number for one in reminder.cases)
    buttons = tuple(Button(one.number, OpenCase(one.case)) for one in reminder.cases[:LISTED])
    return Message((Paragraph(texts.load()[language]("reminder", numbers=numbers)),), buttons)
