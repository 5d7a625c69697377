"""The audit log's tables."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import Column, Index, Integer, LargeBinary, String, Table

from bot.storage.append_only import refuse_changes
from bot.storage.schema import Instant, metadata

audit = Table(
    "audit",
    metadata,
    Column("board", String, primary_key=True),
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("at", Instant, nullable=False),
    Column("who", String, nullable=False),
    Column("function", String, nullable=False),
    Column("schools", String, nullable=False),
    Column("act", String, nullable=False),
    Column("case", String, nullable=False),
    Column("number", String, nullable=False),
    Column("about", String, nullable=False),
    Column("outcome", String, nullable=False),
    Column("revision", Integer),
    Column("mac", String, nullable=False),
    Column("hash", String, nullable=False),
    Index(None, "board", "case", "seq"),
)
"""`mac` authenticates the entry at its board and number; `hash` also binds it to the one before it."""
refuse_changes(audit)

audit_heads = Table(
    "audit_heads",
    metadata,
    Column("board", String, primary_key=True),
    Column("seq", Integer, nullable=False),
    Column("hash", String, nullable=False),
    Column("key", LargeBinary, nullable=False),
)
"""The last entry of each board's log, locked by who adds one. `key` is that of the log, encrypted with the
board's.
"""

PLAIN: Mapping[str, str] = {
    "audit.board": "whose log it is",
    "audit.seq": "the order of the entries",
    "audit.at": "when",
    "audit.who": "a pseudonym that only the log's key makes",
    "audit.function": "in what role",
    "audit.schools": "of which schools, at that moment",
    "audit.act": "a closed list",
    "audit.case": "the case's opaque id",
    "audit.number": "counts, and says nothing",
    "audit.about": "a closed value: a step's id, an edition, a count; never words of people",
    "audit.outcome": "a closed list",
    "audit.revision": "counts the changes of a case",
    "audit.mac": "proves the entry",
    "audit.hash": "proves the entry and all before it",
    "audit_heads.board": "whose log it is",
    "audit_heads.seq": "where the log ends",
    "audit_heads.hash": "where the log ends",
}
"""As `bot.storage.case_tables.PLAIN`."""
