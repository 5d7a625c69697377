"""The engine, and the threads that drive it: the event loop never waits for a disk, a lock or a server.

Measured: a hop to a thread and back costs more than the statements of a whole turn on SQLite, whose pages are
in memory. So there a turn's few statements run where they are asked for, and only what may wait goes to the
thread: the commit, and the beginning while another process writes.
"""

from __future__ import annotations

import asyncio
import os
import sqlite3
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, SQLAlchemyError

Result = TypeVar("Result")

BUSY = 10.0
"""Seconds that SQLite waits for another process that writes."""
LOCK = 30
"""Seconds that PostgreSQL waits for a lock before the turn fails and is delivered anew."""


class DatabaseUrlError(ValueError):
    """A DATABASE_URL that cannot be used; the text says why."""


class Database:
    """Transactions on one database: on SQLite one by one, on PostgreSQL up to `connections` side by side,
    each in a thread.
    """

    def __init__(self, engine: Engine, connections: int = 1) -> None:
        self.engine = engine
        self.name = engine.dialect.name
        self.errors: tuple[type[Exception], ...] = (SQLAlchemyError, engine.dialect.loaded_dbapi.Error)
        """What a database that does not work raises."""
        self._pool = ThreadPoolExecutor(connections, thread_name_prefix="database")
        self._at_hand = self.name == "sqlite"
        """Whether a few statements are quicker run than handed to a thread."""
        self._open: Connection | None = None
        """SQLite's one connection between two transactions: opening and closing it took as long as a turn's
        statements.
        """
        self.gate = asyncio.Semaphore(connections)
        """Held by every transaction from begin to end. There are as many threads as places, so one that waits
        for a row never keeps the one that holds the row from going on."""

    async def hop(self, work: Callable[[], Result]) -> Result:
        """Run in a thread. When cancelled, first wait for the end of it: its connection must not be touched
        meanwhile.
        """
        future = asyncio.get_running_loop().run_in_executor(self._pool, work)
        try:
            return await asyncio.shield(future)
        except asyncio.CancelledError:
            while not future.done():
                try:
                    await asyncio.wait({future})
                except asyncio.CancelledError:
                    continue
            raise

    async def begin(self, lasting: bool = True) -> Connection:
        """Open a transaction, the gate being held; to be ended by `end`. Without `lasting` a power failure
        (no crash) may undo it.
        """
        if not self._at_hand:
            return await self._begun_in_thread(lasting)
        connection = self._take()
        try:
            if not lasting:
                _synchronous(connection, "NORMAL")
            if not _begin_at_once(connection):
                await self.hop(connection.begin)
        except BaseException:
            await self.end(connection)
            raise
        return connection

    async def _begun_in_thread(self, lasting: bool) -> Connection:
        begun: list[Connection] = []
        try:
            await self.hop(lambda: begun.append(self._begun(lasting)))
        except asyncio.CancelledError:
            if begun:
                await self.end(begun[0])
            raise
        return begun[0]

    async def within(self, work: Callable[[], Result]) -> Result:
        """A few statements of an open transaction, that find their rows by key."""
        return work() if self._at_hand else await self.hop(work)

    async def commit(self, connection: Connection) -> None:
        await self.hop(connection.commit)

    async def end(self, connection: Connection) -> None:
        """Undo what is not committed, and give the connection back."""
        await self.within(lambda: self._put_back(connection))

    async def transaction(self, work: Callable[[Connection], Result], lasting: bool = True) -> Result:
        """One transaction in one hop; an exception undoes it. Without `lasting` a power failure (no crash)
        may undo it too.
        """
        async with self.gate:
            return await self.hop(lambda: self.transact(work, lasting))

    async def brief(self, work: Callable[[Connection], Result], lasting: bool = True) -> Result:
        """The same for a few statements that find their rows by key; the gate is held by the caller."""
        connection = await self.begin(lasting)
        try:
            result = await self.within(lambda: work(connection))
            await self.commit(connection)
        finally:
            await self.end(connection)
        return result

    def transact(self, work: Callable[[Connection], Result], lasting: bool = True) -> Result:
        """The same from a thread that already has the gate, or from a program without an event loop."""
        connection = self._begun(lasting)
        try:
            result = work(connection)
            connection.commit()
        finally:
            self._put_back(connection)
        return result

    def _begun(self, lasting: bool) -> Connection:
        connection = self._take()
        try:
            if not lasting:
                _synchronous(connection, "NORMAL")
            connection.begin()
        except BaseException:
            self._put_back(connection)
            raise
        return connection

    def _take(self) -> Connection:
        connection, self._open = self._open, None
        return connection or self.engine.connect()

    def _put_back(self, connection: Connection) -> None:
        """Undo what is not committed."""
        try:
            if connection.in_transaction():
                connection.rollback()
            if connection.info.get("synchronous", "FULL") != "FULL":
                _synchronous(connection, "FULL")
        except BaseException:
            connection.close()
            raise
        if self._at_hand:
            self._open = connection
        else:
            connection.close()

    def close(self) -> None:
        """Wait for what is under way and close all connections."""
        self._pool.shutdown()
        if self._open:
            self._open.close()
        self.engine.dispose()


def connect(url: str, connections: int = 8) -> Database:
    """The database at a `sqlite:///path` or `postgresql://…` address; nothing is opened yet. Raises
    `DatabaseUrlError`.
    """
    address = parse(url)
    if address.get_backend_name() == "sqlite":
        return Database(_sqlite(address))
    options = f"-c lock_timeout={LOCK * 1000} -c timezone=UTC"
    arguments = {"connect_timeout": 10, "options": options, "application_name": "protocol-bot"}
    engine = create_engine(
        address,
        pool_size=connections,
        max_overflow=1,
        pool_pre_ping=True,
        connect_args=arguments,
        hide_parameters=True,
    )
    return Database(engine, connections)


def parse(url: str) -> URL:
    """Raises `DatabaseUrlError`."""
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
        if (
            not path.exists()
        ):  # SQLite itself would make it readable for everybody; -wal and -shm take over this mode
            os.close(os.open(path, os.O_CREAT | os.O_WRONLY, 0o600))

    def opened(connection: Any, record: Any) -> None:
        for setting in (
            "journal_mode=WAL",
            "synchronous=FULL",
            "foreign_keys=ON",
            "secure_delete=ON",
            "trusted_schema=OFF",
        ):
            connection.execute(f"PRAGMA {setting}")

    def begin(connection: Connection) -> None:
        driver: Any = connection.connection.driver_connection
        driver.execute(
            "BEGIN IMMEDIATE"
        )  # a transaction that first reads and then writes would fail where another wrote between

    event.listen(engine, "do_connect", opening)
    event.listen(engine, "connect", opened)
    event.listen(engine, "begin", begin)
    return engine


def _begin_at_once(connection: Connection) -> bool:
    """Begin on SQLite; False where another process writes, and it would have to be waited for."""
    driver: Any = connection.connection.driver_connection
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


def _synchronous(connection: Connection, level: str) -> None:
    if connection.dialect.name == "sqlite":
        driver: Any = connection.connection.driver_connection
        driver.execute(f"PRAGMA synchronous={level}")
        connection.info["synchronous"] = level
