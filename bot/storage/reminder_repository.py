"""What reminders need of the database: whom they were sent to, and who wants none for a while."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Column, Connection, String, Table, exists, select

from bot.storage.case_tables import cases
from bot.storage.compiled_statement import Insert, PerDialect
from bot.storage.people_tables import people
from bot.storage.schema import Instant, metadata

reminders = Table(
    "reminders",
    metadata,
    Column("person", String, primary_key=True),
    Column("case", String, primary_key=True),
    Column("reminded", Instant, index=True),
    Column("snoozed", Instant),
)
"""When a person was last reminded of a case, and until when they want no reminder of it."""


def snooze(connection: Connection, person: str, case: str, until: datetime) -> None:
    connection.execute(_SNOOZE[connection.dialect.name], {"person": person, "case": case, "snoozed": until})


def remember(connection: Connection, person: str, case_ids: Iterable[str], at: datetime) -> None:
    """That a person was reminded of these cases."""
    for case in case_ids:
        connection.execute(_REMIND[connection.dialect.name], {"person": person, "case": case, "reminded": at})


def remembered(connection: Connection) -> dict[tuple[str, str], tuple[datetime | None, datetime | None]]:
    """(person, case) → (last reminded, snoozed until)."""
    return {
        (row.person, row.case): (row.reminded, row.snoozed) for row in connection.execute(select(reminders))
    }


@dataclass(frozen=True, slots=True)
class Draft:
    id: str
    reporter: str
    opened: datetime
    changed: datetime


def drafts_to_warn_of(connection: Connection, unchanged_since: datetime) -> list[Draft]:
    """Drafts of people who still have a role and were not told since the last change."""
    told = exists().where(
        reminders.c.person == cases.c.reporter,
        reminders.c.case == cases.c.id,
        reminders.c.reminded > cases.c.changed,
    )
    query = (
        select(cases.c.id, cases.c.reporter, cases.c.opened, cases.c.changed)
        .join(people, people.c.person == cases.c.reporter)
        .where(
            cases.c.state == "concept",
            cases.c.changed <= unchanged_since,
            people.c.role.in_(("directie", "bestuur")),
            ~told,
        )
        .order_by(cases.c.changed)
    )
    return [Draft(row.id, row.reporter, row.opened, row.changed) for row in connection.execute(query)]


def _set(column: str) -> PerDialect:
    def make(insert_: Insert) -> Insert:
        new = insert_(reminders)
        return new.on_conflict_do_update(
            index_elements=["person", "case"], set_={column: new.excluded[column]}
        )

    return PerDialect(make)


_SNOOZE, _REMIND = _set("snoozed"), _set("reminded")
