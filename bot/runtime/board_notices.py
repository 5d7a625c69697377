"""What the board hears by itself: each week where the audit log ends, and twice a year who has access.

Once for each period, by whichever replica is first: the lease is in the transaction of the messages.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from sqlalchemy import Connection

from bot.ports.audit import SYSTEM, Act, AuditEntry, AuditHead
from bot.storage import SqlStore, leases, people_repository, school_repository
from handlers import texts
from handlers.cases.reminders import is_working_hour
from handlers.dates.in_words import day_in_words
from handlers.dates.working_days import AMSTERDAM
from handlers.people import ROLE_NAMES
from handlers.reply import Bullets, Message, Notice, Paragraph
from knowledge.language.words import Language

HEAD_LEASE = "audit_head"
REVIEW_LEASE = "access_review"
REVIEW_MONTHS = (2, 9)
"""February and September: half a year apart, and neither in the summer holidays."""


async def tell_board(store: SqlStore, now: datetime, language: Language = "nl") -> int:
    """Returns how many messages were put into the outbox; none outside working hours, or without a board."""
    head: list[AuditHead | None] = []

    def make(connection: Connection) -> list[Notice]:
        if not is_working_hour(now):
            return []
        everybody = people_repository.everybody(connection)
        board = [one.person for one in everybody if one.role == "bestuur"]
        if not board:
            return []
        notices: list[Notice] = []
        acts: list[Act] = []
        if leases.take(connection, HEAD_LEASE, now, next_monday(now)):
            shown = store.audit.head(connection)
            notices += [Notice(person, head_message(shown, language)) for person in board]
            acts.append("head_shown")
        if leases.take(connection, REVIEW_LEASE, now, next_review(now)):
            names = dict(school_repository.all_schools(connection))
            message = review_message(everybody, names, language)
            notices += [Notice(person, message) for person in board]
            acts.append("review_asked")
        entries = [AuditEntry(act, SYSTEM, "beheerder", now, about=str(len(board))) for act in acts]
        head.append(store.audit.append(connection, entries))
        return notices

    count = await store.remind(make, language)
    store.audit.publish(head[-1] if head else None)
    return count


def head_message(head: AuditHead, language: Language) -> Message:
    """Where the log ends, for people to keep."""
    return Message((Paragraph(texts.load()[language]("audit_head", head=head.short)),))


def review_message(
    everybody: list[people_repository.Listed], names: dict[str, str], language: Language
) -> Message:
    """Everybody with a role, and since when; the note says who it is."""
    words = texts.load()[language]
    lines = []
    for one in everybody:
        schools = ", ".join(names.get(school, school) for school in one.schools)
        about = " ".join(filter(None, (words(ROLE_NAMES[one.role]), schools)))
        since = day_in_words(one.since.astimezone(AMSTERDAM).date(), "d MMMM y", language)
        lines.append(words("access_review_line", who=one.note or one.person, role=about, since=since))
    blocks = (Paragraph(words("access_review")), Bullets(tuple(lines)), Paragraph(words("access_review_do")))
    return Message(blocks)


def next_monday(now: datetime) -> datetime:
    """The beginning of next week in the Netherlands."""
    today = now.astimezone(AMSTERDAM).date()
    return _begin(today + timedelta(days=7 - today.weekday()))


def next_review(now: datetime) -> datetime:
    """The beginning of the next month in which access is reviewed."""
    today = now.astimezone(AMSTERDAM).date()
    return next(
        _begin(first)
        for year in (today.year, today.year + 1)
        for month in REVIEW_MONTHS
        if (first := date(year, month, 1)) > today
    )


def _begin(day: date) -> datetime:
    return datetime.combine(day, time(), AMSTERDAM)
