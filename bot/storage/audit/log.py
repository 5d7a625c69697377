"""The audit log in the database. `AuditLog.append` works in the transaction of the act itself: neither is
kept without the other.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime

from sqlalchemy import Connection, Row, func, insert, select, update

from bot.clock import utc_now
from bot.ports.audit import SYSTEM, AuditEntry, AuditHead, AuditRow
from bot.storage.audit.chain import FIRST, make_row, pseudonym
from bot.storage.audit.head_file import HeadFile
from bot.storage.audit.tables import audit, audit_heads
from bot.storage.case_tables import case_events, cases
from bot.storage.compiled_statement import Insert, PerDialect
from bot.storage.encryption import Cipher, new_key

log = logging.getLogger(__name__)

KEY_CONTEXT = ("audit_heads", "key")
STARTED = "events:"
"""`about` of the first entry: after it the number of the last row of `case_events` from before the log."""
CHUNK = 1000
"""Rows read at a time."""


@dataclass(frozen=True)
class AuditLog:
    """One board's log."""

    board: str
    cipher: Cipher
    file: HeadFile | None = None
    """Where its head is kept outside the database."""

    def append(self, connection: Connection, entries: Sequence[AuditEntry]) -> AuditHead | None:
        """Enter what was done, in the caller's transaction and at its end: until that commits, everybody
        else who adds something waits. Give the head to `publish` once it is committed; None if there is
        nothing to enter. Raises `bot.storage.encryption.DecryptionError` without the key of the log.
        """
        return self._enter(connection, entries, entries[0].at) if entries else None

    def begin(self, connection: Connection, at: datetime) -> AuditHead | None:
        """Begin the log if there is none. To be called at each start, so that a log that is not there later
        was taken away.
        """
        there = connection.execute(select(audit_heads.c.seq).where(audit_heads.c.board == self.board)).first()
        return None if there else self._enter(connection, (), at)

    def publish(self, head: AuditHead | None) -> None:
        """Keep a committed head in the second place."""
        if head and self.file:
            self.file.write(head, f"{utc_now():%Y-%m-%d}")

    def head(self, connection: Connection) -> AuditHead:
        """Where the log ends, as the database has it."""
        row = connection.execute(select(audit_heads).where(audit_heads.c.board == self.board)).first()
        return AuditHead(self.board, row.seq, row.hash) if row else AuditHead(self.board, 0, FIRST)

    def key(self, connection: Connection) -> bytes | None:
        """The log's own key; None if there is no log. Raises `bot.storage.encryption.DecryptionError`."""
        wrapped = connection.execute(
            select(audit_heads.c.key).where(audit_heads.c.board == self.board)
        ).scalar()
        return self.cipher.unwrap(wrapped, *KEY_CONTEXT, self.board) if wrapped else None

    def entries(
        self,
        connection: Connection,
        *,
        case: str | None = None,
        person: str | None = None,
        since: datetime | None = None,
    ) -> Iterator[AuditRow]:
        """The log from its first entry on: of one case (by number or id), of one person (by id or
        pseudonym), from a moment.
        """
        query = select(audit).where(audit.c.board == self.board)
        if case is not None:
            ids = select(cases.c.id).where(cases.c.board == self.board, cases.c.number == case)
            query = query.where(audit.c.case.in_(ids) | (audit.c.number == case) | (audit.c.case == case))
        if person is not None:
            key = self.key(connection)
            query = query.where(audit.c.who == (pseudonym(key, person) if key else person))
        if since is not None:
            query = query.where(audit.c.at >= since)
        after = 0
        while rows := connection.execute(
            query.where(audit.c.seq > after).order_by(audit.c.seq).limit(CHUNK)
        ).all():
            for row in rows:
                yield as_row(row)
            after = rows[-1].seq

    def _enter(self, connection: Connection, entries: Sequence[AuditEntry], at: datetime) -> AuditHead:
        found = self._lock(connection) or self._start(connection)
        if found.seq == 0:
            entries = [_first(connection, entries, at), *entries]
        key = self.cipher.unwrap(found.key, *KEY_CONTEXT, self.board)
        seq, last_hash = found.seq, found.hash
        rows = []
        for entry in self._numbered(connection, entries):
            seq += 1
            row = make_row(key, self.board, seq, last_hash, entry)
            last_hash = row.hash
            rows.append({"board": self.board, **asdict(row)})
        if rows:  # none if another process began the log at the same moment
            connection.execute(insert(audit), rows)
        connection.execute(
            update(audit_heads).where(audit_heads.c.board == self.board).values(seq=seq, hash=last_hash)
        )
        return AuditHead(self.board, seq, last_hash)

    def _lock(self, connection: Connection) -> Row | None:  # type: ignore[type-arg]
        return connection.execute(
            select(audit_heads).where(audit_heads.c.board == self.board).with_for_update()
        ).first()

    def _start(self, connection: Connection) -> Row:  # type: ignore[type-arg]
        """The head of an empty log, with a new key; where another process made it meanwhile, that one."""
        key = self.cipher.wrap(new_key(), *KEY_CONTEXT, self.board)
        values = {"board": self.board, "seq": 0, "hash": FIRST, "key": key}
        connection.execute(_START[connection.dialect.name], values)
        found = self._lock(connection)
        if found is None:
            raise LookupError("audit_heads")
        return found

    def _numbered(self, connection: Connection, entries: Iterable[AuditEntry]) -> list[AuditEntry]:
        """With the number that each case has by now."""
        entries = list(entries)
        ids = {entry.case for entry in entries if entry.case and not entry.number}
        if not ids:
            return entries
        numbers = {
            row.id: row.number or ""
            for row in connection.execute(select(cases.c.id, cases.c.number).where(cases.c.id.in_(ids)))
        }
        return [
            entry if entry.number else replace(entry, number=numbers.get(entry.case, "")) for entry in entries
        ]


def as_row(row: Row) -> AuditRow:  # type: ignore[type-arg]
    """A row of the table."""
    return AuditRow(
        row.seq, row.at, row.who, row.function, row.schools, row.act, row.case, row.number, row.about,
        row.outcome, row.revision, row.mac, row.hash,
    )  # fmt: skip


def _first(connection: Connection, entries: Sequence[AuditEntry], at: datetime) -> AuditEntry:
    """Tells which events of cases are from before the log: all but those of this transaction."""
    now = case_events.c.case.in_([entry.case for entry in entries]) & case_events.c.at.in_(
        [entry.at for entry in entries]
    )
    last = connection.execute(select(func.max(case_events.c.id)).where(~now)).scalar() or 0
    return AuditEntry("log_started", SYSTEM, "beheerder", at, about=f"{STARTED}{last}")


def _start(insert_: Insert) -> Insert:
    return insert_(audit_heads).on_conflict_do_nothing(index_elements=["board"])


_START = PerDialect(_start)
