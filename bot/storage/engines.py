"""The engine for a `DATABASE_URL`: how SQLite and PostgreSQL are opened, and what every transaction begins
with.
"""

from __future__ import annotations

import os
import sqlite3
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError

BUSY = 10.0
"""Seconds that SQLite waits for another process that writes."""
CONNECT_TIMEOUT = 5
"""Seconds for a connection to PostgreSQL."""
KEEPALIVE = {
    "keepalives": 1,
    "keepalives_idle": 5,
    "keepalives_interval": 2,
    "keepalives_count": 3,
    "tcp_user_timeout": 10_000,
}
"""A server that vanished without a word is noticed after about ten seconds."""


BY_INDEX = dict.fromkeys(
    ("enable_sort", "enable_seqscan", "enable_bitmapscan", "enable_hashjoin", "enable_mergejoin"), "off"
)
"""PostgreSQL's planner without what reads whole tables."""


class DatabaseUrlError(ValueError):
    """A DATABASE_URL that cannot be used; the text says why."""


@dataclass(frozen=True, slots=True)
class Lane:
    """One kind of work on the database, with connections and time-outs of its own, so that work of one kind
    that hangs never takes another's connections. SQLite has one connection for all of them.
    """

    name: str
    lock: float
    """Seconds that PostgreSQL waits for a lock before the statement fails."""
    statement: float
    """Seconds that one statement may take on PostgreSQL; 0: no limit."""
    idle: float = 10
    """Seconds after which PostgreSQL ends a session whose client holds a transaction open and says nothing: a
    frozen process, a host or network that died.
    """
    by_index: bool = False
    """Whether PostgreSQL has to find rows by index, in its order. Its statistics of a table that was empty a
    minute ago make it read and sort all that waits: a claim of 33,000 messages took 120 ms, by index 0.5 ms.
    """


TURNS = Lane("turns", 2, 3)
OUTBOX = Lane("outbox", 2, 5, by_index=True)
BACKGROUND = Lane("background", 2, 60)
"""Reminders and retention."""
READINESS = Lane("readiness", 1, 2)
ADMINISTRATION = Lane("administration", 30, 0, 60)
"""Migrations and commands: nobody's turn waits for them."""


def connect_engine(url: str, connections: int = 10, pooled: bool = False) -> Engine:
    """The engine at a `sqlite:///path` or `postgresql://…` address; nothing is opened yet. `pooled`: behind
    a pooler in transaction mode. Raises `DatabaseUrlError`.
    """
    address = parse(url)
    if address.get_backend_name() == "sqlite":
        return _sqlite(address)
    return _postgresql(address, connections, pooled)


def parse(url: str) -> URL:
    """Raises `DatabaseUrlError`, without a part of the password."""
    if url.partition("://")[2].count("@") > 1:
        raise DatabaseUrlError(
            'the password holds an "@"; write that as %40, or leave the password out and give it in '
            "PGPASSWORD"
        )
    try:
        address = make_url(url)
    except (ArgumentError, ValueError):
        raise DatabaseUrlError(
            "it is no address like sqlite:///data/bot.db or postgresql://name:password@host/database"
        ) from None
    if address.drivername in ("postgresql", "postgres", "postgresql+psycopg"):
        return address.set(drivername="postgresql+psycopg")
    if address.drivername == "sqlite" and address.database and address.database != ":memory:":
        return address
    raise DatabaseUrlError(f'"{address.drivername}" is not one of sqlite:///path and postgresql://…')


def begin_at_once(connection: Connection) -> bool:
    """Begin on SQLite; False if another process writes, and it would have to be waited for."""
    driver = driver_of(connection)
    driver.execute("PRAGMA busy_timeout=0")
    try:
        connection.begin()
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode != sqlite3.SQLITE_BUSY:
            raise
        return False
    finally:
        driver.execute(f"PRAGMA busy_timeout={BUSY * 1000:.0f}")
    return True


def set_synchronous(connection: Connection, level: str) -> None:
    """SQLite: FULL, or NORMAL for a transaction that a power loss may roll back."""
    if connection.info.get("synchronous", "FULL") != level:
        driver_of(connection).execute(f"PRAGMA synchronous={level}")
        connection.info["synchronous"] = level


def is_pooled(connection: Connection) -> bool:
    """Whether a pooler stands between: PgBouncer names a process of the server that is not the one that
    answers.
    """
    if connection.dialect.name == "sqlite":
        return False
    driver = driver_of(connection)
    return bool(driver.execute("SELECT pg_backend_pid()").fetchone()[0] != driver.info.backend_pid)


def driver_of(connection: Connection) -> Any:
    """The driver's own connection."""
    return connection.connection.driver_connection


def _postgresql(address: URL, connections: int, pooled: bool) -> Engine:
    # a pooler gives each transaction any of its connections: what one has prepared, another does not know
    prepared: dict[str, Any] = {"prepare_threshold": None} if pooled else {}
    engine = create_engine(
        address,
        pool_size=connections,
        max_overflow=1,
        isolation_level="AUTOCOMMIT",  # `begin` below opens each transaction
        connect_args={
            "connect_timeout": CONNECT_TIMEOUT,
            "application_name": "protocol-bot",
            **KEEPALIVE,
            **prepared,
        },
        hide_parameters=True,
    )

    def begin(connection: Connection) -> None:
        # one round trip, as BEGIN alone would be; SET LOCAL also holds behind a pooler
        options = connection.get_execution_options()
        lane: Lane = options.get("lane", ADMINISTRATION)
        settings = {
            "lock_timeout": f"{lane.lock * 1000:.0f}",
            "statement_timeout": f"{lane.statement * 1000:.0f}",
            "idle_in_transaction_session_timeout": f"{lane.idle * 1000:.0f}",
            "synchronous_commit": "on" if options.get("durable", True) else "off",
            "jit": "off",  # compiling takes longer than any statement here
            **(BY_INDEX if lane.by_index else {}),
        }
        sql = "; ".join(["BEGIN", *(f"SET LOCAL {name} = {value}" for name, value in settings.items())])
        driver_of(connection).execute(sql, prepare=False)

    event.listen(engine, "begin", begin)
    return engine


def _sqlite(address: URL) -> Engine:
    path = Path(str(address.database))
    engine = create_engine(
        address,
        pool_size=1,
        max_overflow=1,  # beside the one that is kept open, for the migration
        connect_args={"check_same_thread": False, "timeout": BUSY, "isolation_level": None},
        hide_parameters=True,
    )

    def opening(dialect: Any, record: Any, arguments: Any, parameters: Any) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.exists():
            # SQLite itself would make it readable for everybody; -wal and -shm take over this mode
            os.close(os.open(path, os.O_CREAT | os.O_WRONLY, 0o600))

    def opened(connection: Any, record: Any) -> None:
        _use_wal(connection)
        for setting in (
            "synchronous=FULL",
            "foreign_keys=ON",
            "secure_delete=ON",
            "trusted_schema=OFF",
        ):
            connection.execute(f"PRAGMA {setting}")

    def begin(connection: Connection) -> None:
        # a transaction that first reads and then writes would fail if another wrote between
        driver_of(connection).execute("BEGIN IMMEDIATE")

    event.listen(engine, "do_connect", opening)
    event.listen(engine, "connect", opened)
    event.listen(engine, "begin", begin)
    return engine


def _use_wal(connection: sqlite3.Connection) -> None:
    """Waits for others that open a new database at the same time: SQLite itself does not."""
    ends = time.monotonic() + BUSY
    while True:
        try:
            connection.execute("PRAGMA journal_mode=WAL")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() > ends:
                raise
            time.sleep(0.01)
        else:
            return
