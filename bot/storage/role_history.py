"""The roles that people had and have, from when until when: who had access on a day. Functions of an open
transaction; `bot/storage/people_repository.py` calls them with every change of a role.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Column, Connection, String, Table, insert, or_, select, update

from bot.storage.schema import Id, Instant, metadata

role_history = Table(
    "role_history",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=True),
    Column("person", String, nullable=False, index=True),
    Column("role", String, nullable=False),
    Column("schools", String, nullable=False),
    Column("note", String),
    Column("since", Instant, nullable=False),
    Column("until", Instant),
    sqlite_autoincrement=True,
)
"""As `people`; `until` is empty for what holds now."""


@dataclass(frozen=True, slots=True)
class PastRole:
    person: str
    role: str
    schools: tuple[str, ...]
    """Ids."""
    since: datetime
    until: datetime | None
    note: str


def begin_role(
    connection: Connection, person: str, role: str, schools: tuple[str, ...], at: datetime, note: str | None
) -> None:
    """From now on the person has this role, and no earlier one."""
    end_role(connection, person, at)
    values = {"person": person, "role": role, "schools": json.dumps(schools), "since": at, "note": note}
    connection.execute(insert(role_history), values)


def end_role(connection: Connection, person: str, at: datetime) -> None:
    """From now on the person has no role."""
    holding = (role_history.c.person == person, role_history.c.until.is_(None))
    connection.execute(update(role_history).where(*holding).values(until=at))


def name_role(connection: Connection, person: str, note: str | None) -> None:
    """Who the person is, for the role that holds now."""
    holding = (role_history.c.person == person, role_history.c.until.is_(None))
    connection.execute(update(role_history).where(*holding).values(note=note))


def roles_between(connection: Connection, start: datetime, end: datetime) -> list[PastRole]:
    """All roles that held at some moment from `start` until before `end`, by person."""
    query = (
        select(role_history)
        .where(
            role_history.c.since < end,
            or_(role_history.c.until.is_(None), role_history.c.until > start),
        )
        .order_by(role_history.c.person, role_history.c.since)
    )
    return [
        PastRole(row.person, row.role, tuple(json.loads(row.schools)), row.since, row.until, row.note or "")
        for row in connection.execute(query)
    ]
