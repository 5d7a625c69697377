"""The case file's tables, and which of their columns may be read by whoever holds the database."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import (
    Column,
    Date,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    UniqueConstraint,
    select,
    text,
)

from bot.storage.append_only import refuse_changes
from bot.storage.schema import Id, Instant, metadata

cases = Table(
    "cases",
    metadata,
    Column("id", String, primary_key=True),
    Column("board", String, nullable=False),
    Column("number", String),
    Column("school", String, nullable=False),
    Column("state", String, nullable=False),
    Column("reporter", String, nullable=False),
    Column("keeper", String, nullable=False),
    Column("opened", Instant, nullable=False),
    Column("changed", Instant, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("agreed", Date),
    Column("flow", String, nullable=False),
    Column("flow_version", Integer, nullable=False),
    Column("involved", LargeBinary),
    Column("key", LargeBinary),
    Column("closed", LargeBinary),
    Column("content", LargeBinary),
    UniqueConstraint("board", "number"),
    Index(None, "board", "state", "school", "opened"),
    Index(None, "board", "opened"),
    Index(None, "reporter", "state"),
    Index(None, "keeper", "state"),
    Index(
        "ix_cases_guarded",
        "board",
        "school",
        sqlite_where=text("involved IS NOT NULL"),
        postgresql_where=text("involved IS NOT NULL"),
    ),
)

HEADS = select(
    cases.c.id,
    cases.c.number,
    cases.c.school,
    cases.c.state,
    cases.c.reporter,
    cases.c.keeper,
    cases.c.involved,
    cases.c.opened,
    cases.c.changed,
).where(cases.c.state != "vernietigd")
"""What the gate decides by, of every case that is not destroyed."""

case_events = Table(
    "case_events",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=True),
    Column("board", String, nullable=False),
    Column("case", String, nullable=False, index=True),
    Column("what", String, nullable=False),
    Column("person", String, nullable=False),
    Column("function", String, nullable=False),
    Column("at", Instant, nullable=False),
    Column("about", String, nullable=False),
    sqlite_autoincrement=True,
)
"""Only ever added to: a trigger refuses anything else (here and in migration 0003)."""

refuse_changes(case_events)

case_numbers = Table(
    "case_numbers",
    metadata,
    Column("board", String, primary_key=True),
    Column("year", Integer, primary_key=True),
    Column("last", Integer, nullable=False),
)

PLAIN: Mapping[str, str] = {
    "cases.id": "random; what rows and buttons refer to",
    "cases.board": "whose case it is",
    "cases.number": "counts, and says nothing; a case is found by it",
    "cases.school": "the gate decides by it before anything is opened",
    "cases.state": "the gate and the reminders go by it",
    "cases.reporter": "whose draft it is: the gate goes by it",
    "cases.keeper": "whom to remind; the gate goes by it",
    "cases.opened": "the order of a list",
    "cases.changed": "reminders and, later, how long it is kept",
    "cases.revision": "so that two changes side by side cannot both win",
    "cases.agreed": "a day to remind of, without what was agreed",
    "cases.flow": "which talk it was told in",
    "cases.flow_version": "which version of it",
    "case_events.id": "the order of what happened",
    "case_events.board": "whose log it is",
    "case_events.case": "which case",
    "case_events.what": "a closed list: started, read, exported ...",
    "case_events.person": "who did it: the log is to answer that",
    "case_events.function": "in what role",
    "case_events.at": "when",
    "case_events.about": "a closed value: a step's id, a subject, an edition; never words of people",
    "case_numbers.board": "whose numbers they are",
    "case_numbers.year": "numbers start anew each year",
    "case_numbers.last": "the last one given",
}
"""Every column in plain text → why it may be read by whoever holds the database. All else is encrypted."""
