"""What reminders need of the database: whom they were sent to, who wants none for a while, and whose turn it
is to send them.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import Column, Connection, String, Table, bindparam, select

from bot.storage.compiled_statement import Insert, PerDialect
from bot.storage.schema import Instant, metadata

reminders = Table(
    "reminders",
    metadata,
    Column("person", String, primary_key=True),
    Column("case", String, primary_key=True),
    Column("reminded", Instant),
    Column("snoozed", Instant),
)
"""When a person was last reminded of a case, and until when they want no reminder of it."""

leases = Table(
    "leases", metadata, Column("name", String, primary_key=True), Column("until", Instant, nullable=False)
)
"""Work that one process at a time may do, and until when it is taken."""


def take(connection: Connection, name: str, now: datetime, until: datetime) -> bool:
    """Take a lease where nobody has it; of any number of processes that try, one gets it."""
    return bool(
        connection.execute(
            _TAKE[connection.dialect.name], {"name": name, "until": until, "now": now}
        ).rowcount
    )


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


def _take(insert_: Insert) -> Insert:
    new = insert_(leases)
    return new.on_conflict_do_update(
        index_elements=["name"], set_={"until": new.excluded.until}, where=leases.c.until <= bindparam("now")
    )


def _set(column: str) -> PerDialect:
    def make(insert_: Insert) -> Insert:
        new = insert_(reminders)
        return new.on_conflict_do_update(
            index_elements=["person", "case"], set_={column: new.excluded[column]}
        )

    return PerDialect(make)


_TAKE, _SNOOZE, _REMIND = PerDialect(_take), _set("snoozed"), _set("reminded")
