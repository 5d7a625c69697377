"""What reminders need of the database: whom they were sent to, and who wants none for a while."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, time
from typing import Any

from sqlalchemy import Column, Connection, Row, String, Table, and_, exists, or_, select

from bot.storage.case_tables import HEADS, cases
from bot.storage.compiled_statement import Insert, PerDialect
from bot.storage.people_tables import people
from bot.storage.schema import Instant, metadata
from handlers.cases.case import BOARD, WORKED_ON
from handlers.cases.reminders import SILENCE
from handlers.dates.working_days import AMSTERDAM

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
    rows = [{"person": person, "case": case, "reminded": at} for case in case_ids]
    connection.execute(_REMIND[connection.dialect.name], rows)


def candidates(connection: Connection, board: str, now: datetime) -> list[Row[Any]]:
    """Open cases and who keeps them, where a reminder may be due by what SQL can tell, and nobody who was
    reminded today: rows of `HEADS` with `agreed`, `person`, `role`, `schools`, `reminded` and `snoozed`.
    """
    local = now.astimezone(AMSTERDAM).date()
    today = datetime.combine(local, time(), AMSTERDAM)
    others = reminders.alias()
    told = cases.alias()
    had_one = exists().where(
        others.c.person == people.c.person,
        others.c.reminded >= today,
        told.c.id == others.c.case,
        told.c.state != "concept",
    )
    reminded = reminders.c.reminded
    silent = and_(cases.c.changed <= now - SILENCE, or_(reminded.is_(None), reminded <= now - SILENCE))
    agreed = and_(cases.c.agreed <= local, or_(reminded.is_(None), reminded < today))
    query = HEADS.add_columns(
        cases.c.agreed, people.c.person, people.c.role, people.c.schools, reminded, reminders.c.snoozed
    ).where(
        cases.c.board == board,
        cases.c.state.in_(WORKED_ON),
        or_(silent, agreed),
        or_(reminders.c.snoozed.is_(None), reminders.c.snoozed <= now),
        ~had_one,
    )
    remembered = and_(reminders.c.person == people.c.person, reminders.c.case == cases.c.id)
    found: list[Row[Any]] = []
    for keeps in (
        cases.c.keeper == people.c.person,
        and_(cases.c.keeper == BOARD, people.c.role == "bestuur"),
    ):
        joined = cases.join(people, keeps).outerjoin(reminders, remembered)
        found += connection.execute(query.select_from(joined))
    return found


@dataclass(frozen=True, slots=True)
class Draft:
    id: str
    reporter: str
    opened: datetime
    changed: datetime


def drafts_to_warn_of(connection: Connection, board: str, unchanged_since: datetime) -> list[Draft]:
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
            cases.c.board == board,
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
