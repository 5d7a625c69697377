"""Backup and restore of a whole database, SQLite or PostgreSQL, each into the other too.

A backup is one snapshot, taken while the assistant runs. What only holds for the running process (leases,
rate limits, chats that a PIN opened) and what was waiting to be sent is not in it: sent after a restore, it
would come too late or twice.
"""

from __future__ import annotations

import base64
import json
import secrets
import sqlite3
import tempfile
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Integer, MetaData, Table, delete, func, insert, inspect, select, update

from bot.ports.audit import by_operator
from bot.storage import backup_file, migrate, outbox
from bot.storage.audit.log import AuditLog
from bot.storage.backup_file import BackupError, Header
from bot.storage.case_tables import case_numbers
from bot.storage.database import Database, connect
from bot.storage.encryption import Cipher
from bot.storage.people_tables import people
from handlers.reply import Message, Notice, Paragraph
from handlers.texts import Texts

LEFT_OUT = frozenset(
    {
        "alembic_version",
        "outbox",
        "senders",
        "rate_limits",
        "leases",
        "unlocked",
        "pin_proposals",
        "teams_offers",
    }
)
"""Tables of what holds for a moment only."""
RESERVE = 100
"""Case numbers that are passed over after a restore: those given since the backup must not come back."""
BATCH = 500
"""Rows that are read and written at a time."""
Progress = Callable[[int], None]
"""Hears how many rows are done."""


@dataclass(frozen=True, slots=True)
class Copied:
    """What a backup holds or a restore wrote."""

    header: Header
    counts: Mapping[str, int]
    """Table → rows."""
    size: int
    """Bytes of the file."""

    def as_json(self) -> dict[str, object]:
        return {
            "id": self.header.id,
            "made": self.header.made,
            "board": self.header.board,
            "revision": self.header.revision,
            "key": self.header.key,
            "rows": dict(self.counts),
            "bytes": self.size,
        }


def make(
    database: Database,
    log: AuditLog,
    path: Path,
    now: datetime,
    progress: Progress = lambda n: None,
) -> Copied:
    """Write a backup while the assistant runs. Raises `BackupError`, `OSError`, `StoreUnavailableError`."""
    if path.exists():
        raise BackupError(f"{path} is there already and was left alone.")
    counts: Counter[str] = Counter()
    with _snapshot(database) as source:

        def work(connection: Connection) -> Copied:
            if connection.dialect.name == "postgresql":
                connection.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            revision = migrate.found(connection)
            if revision is None:
                raise BackupError("The database is empty: there is nothing to keep.")
            header = Header(
                secrets.token_hex(8),
                now.isoformat(timespec="seconds"),
                log.board,
                revision,
                log.cipher.current,
                log.head(connection).short,
            )
            size = backup_file.write(path, header, _lines(connection, counts, progress), log.cipher)
            return Copied(header, dict(counts), size)

        copied = source.transact(work, durable=False)
    entry = by_operator("backup_made", now, copied.header.id)
    log.publish(database.transact(lambda connection: log.append(connection, [entry])))
    return copied


def verify(path: Path, cipher: Cipher, progress: Progress = lambda n: None) -> Copied:
    """Read a backup to its end and count. Raises `BackupError`, `OSError`."""
    header = backup_file.read_header(path)
    counts: Counter[str] = Counter()
    promised: Mapping[str, int] | None = None
    table = ""
    with closing(backup_file.read(path, cipher)) as lines:
        for line in lines:
            record = json.loads(line)
            if isinstance(record, list):
                counts[table] += 1
                progress(counts.total())
            elif "table" in record:
                table = record["table"]
                counts[table] += 0
            else:
                promised = record["counts"]
    if promised is None or dict(promised) != dict(counts):
        raise BackupError(f"{path} does not hold what it says it holds.")
    return Copied(header, dict(counts), path.stat().st_size)


def restore(
    database: Database,
    log: AuditLog,
    path: Path,
    now: datetime,
    texts: Texts,
    progress: Progress = lambda n: None,
) -> Copied:
    """Write a verified backup into an empty database, all or nothing. Case numbers go on behind a reserve,
    everybody with a role is told, and the audit log says that it was restored. Raises `BackupError`,
    `OSError`.
    """
    cipher = log.cipher
    copied = verify(path, cipher)
    if copied.header.board != log.board:
        raise BackupError(
            f'This is a backup of the board "{copied.header.board}", and the pack is of "{log.board}".'
        )
    if not migrate.known(copied.header.revision):
        raise BackupError(migrate.TOO_NEW.partition(": ")[2])
    with database.engine.begin() as connection:
        _make_room(connection, copied.header.revision)
        with closing(backup_file.read(path, cipher)) as lines:
            _fill(connection, lines, progress)
        _check(connection, copied)
        migrate.finish(connection)
        connection.execute(update(case_numbers).values(last=case_numbers.c.last + RESERVE))
        made = datetime.fromisoformat(copied.header.made)
        said = Message((Paragraph(texts("restored", day=made.strftime("%d-%m-%Y %H:%M"))),))
        told = [Notice(person, said) for person in connection.scalars(select(people.c.person))]
        outbox.put_notices(connection, cipher, texts.language, told, now)
        head = log.append(connection, [by_operator("restored", now, copied.header.id)])
    if head and log.file:
        log.file.go_on_from(head, f"{now:%Y-%m-%d}")
    return copied


@contextmanager
def _snapshot(database: Database) -> Iterator[Database]:
    """SQLite: a copy, so that nobody waits while it is read. PostgreSQL: itself, read in one snapshot."""
    path = database.engine.url.database
    if database.name != "sqlite" or not path:
        yield database
        return
    if not Path(path).exists():
        raise BackupError("There is no database yet: there is nothing to keep.")
    with tempfile.TemporaryDirectory(prefix=".backup-", dir=Path(path).parent) as folder:
        copy = Path(folder) / "copy.db"
        with closing(sqlite3.connect(path)) as source, closing(sqlite3.connect(copy)) as target:
            source.backup(target)
        made = connect(f"sqlite:///{copy}")
        try:
            yield made
        finally:
            made.close()


def _lines(connection: Connection, counts: Counter[str], progress: Progress) -> Iterator[bytes]:
    for table in _tables(connection):
        counts[table.name] += 0
        yield _line({"table": table.name, "columns": [column.name for column in table.columns]})
        with connection.execution_options(yield_per=BATCH).execute(select(table)) as rows:
            for row in rows:
                counts[table.name] += 1
                yield _line([_plain(value) for value in row])
                if counts[table.name] % BATCH == 0:
                    progress(counts.total())
    yield _line({"counts": dict(counts)})


def _tables(connection: Connection) -> list[Table]:
    """The tables as they are in the database, those that others refer to first."""
    found = MetaData()
    found.reflect(connection)
    return [table for table in found.sorted_tables if table.name not in LEFT_OUT]


def _fill(connection: Connection, lines: Iterable[bytes], progress: Progress) -> None:
    tables = {table.name: table for table in _tables(connection)}
    table: Table | None = None
    columns: Sequence[str] = ()
    batch: list[dict[str, Any]] = []
    done = 0

    def flush() -> None:
        if table is not None and batch:
            connection.execute(insert(table), batch)
            batch.clear()

    for line in lines:
        record = json.loads(line)
        if isinstance(record, list):
            batch.append(dict(zip(columns, map(_value, record), strict=True)))
            done += 1
            if len(batch) == BATCH:
                flush()
                progress(done)
        else:
            flush()
            if "table" in record:
                table, columns = tables[record["table"]], record["columns"]
    if connection.dialect.name == "postgresql":
        _go_on_counting(connection, tables.values())


def _go_on_counting(connection: Connection, tables: Iterable[Table]) -> None:
    """PostgreSQL counts ids by itself only from where it is told."""
    for table in tables:
        column = table.columns.get("id")
        if column is None or not isinstance(column.type, Integer):
            continue
        last = connection.scalar(select(func.max(column)))
        if last is not None:
            connection.execute(select(func.setval(func.pg_get_serial_sequence(table.name, "id"), last)))


def _make_room(connection: Connection, revision: str) -> None:
    """The backup's tables, empty. Raises `BackupError` for a database that holds anything."""
    if not inspect(connection).get_table_names():
        migrate.make(connection, revision)
        return
    tables = {table.name: table for table in _tables(connection)}
    keys = tables.pop("board_keys", None)
    held = [
        name
        for name, table in tables.items()
        if connection.execute(select(table).limit(1)).first() is not None
    ]
    if held:
        raise BackupError(
            f"The database is not empty (there are rows in {', '.join(held[:3])}); a backup is only put into "
            f"an empty one."
        )
    if migrate.found(connection) != revision:
        raise BackupError("The database has tables of another version; give an empty one.")
    if keys is not None:
        connection.execute(delete(keys))


def _check(connection: Connection, copied: Copied) -> None:
    tables = {table.name: table for table in _tables(connection)}
    for name, count in copied.counts.items():
        there = connection.scalar(select(func.count()).select_from(tables[name])) if name in tables else count
        if there != count:
            raise BackupError(f"{name} has {there} rows after the restore, and the backup {count}.")


def _line(record: object) -> bytes:
    return json.dumps(record, ensure_ascii=False, separators=(",", ":")).encode()


def _plain(value: object) -> object:
    if isinstance(value, bytes | memoryview):
        return {"b": base64.b64encode(bytes(value)).decode()}
    if isinstance(value, date):
        return {"d": value.isoformat()}
    return value


def _value(plain: object) -> object:
    if isinstance(plain, dict):
        return base64.b64decode(plain["b"]) if "b" in plain else date.fromisoformat(plain["d"])
    return plain
