"""What earlier versions left of a demonstration in the database of the real cases: roles tried on the page,
their school and their cases.
"""

from __future__ import annotations

import re
from datetime import datetime

from sqlalchemy import Connection, delete, select

from bot.ports.audit import AuditEntry, by_operator
from bot.storage import people_repository
from bot.storage.case_tables import cases
from bot.storage.people_tables import people
from bot.storage.retention import destroy_cases
from bot.storage.school_repository import schools

TRIED = re.compile(r"web:[0-9a-f]+:[a-z]+")
"""The id of a person that tries a role on the page."""
SCHOOL = "Demonstratieschool"


def remove_leftovers(connection: Connection, now: datetime) -> tuple[tuple[int, int], list[AuditEntry]]:
    """Take tried roles away and destroy their cases; returns how many of each there were, and what the audit
    log is to keep of it.
    """
    persons = [
        person
        for person in connection.execute(
            select(people.c.person).where(people.c.person.like("web:%:%"))
        ).scalars()
        if TRIED.fullmatch(person)
    ]
    for person in persons:
        people_repository.revoke(connection, person, now)
    reported = select(cases.c.id, cases.c.board, cases.c.reporter).where(
        cases.c.reporter.like("web:%:%"), cases.c.state != "vernietigd"
    )
    found = [row for row in connection.execute(reported) if TRIED.fullmatch(row.reporter)]
    audited = destroy_cases(connection, found, now, by="operator", about="demonstration")
    known = connection.execute(select(schools.c.id).where(schools.c.name == SCHOOL)).scalar()
    if known and not _is_used(connection, known):
        connection.execute(delete(schools).where(schools.c.id == known))
    audited += [by_operator("role_taken", now, "demonstration") for _ in persons]
    return (len(persons), len(found)), audited


def _is_used(connection: Connection, school: str) -> bool:
    """Whether somebody has the school, or a case of it is stored."""
    of_people = any(school in one.schools for one in people_repository.everybody(connection))
    of_cases = select(cases.c.id).where(cases.c.school == school, cases.c.state != "vernietigd").limit(1)
    return of_people or connection.execute(of_cases).first() is not None
