"""Transactions on one database. The event loop never waits for a disk, a lock or a server.

PostgreSQL's statements run in threads. On SQLite a turn's few statements run where they are asked for, and
only what may wait goes to a thread: the commit, and the beginning while another process writes. `python -m
tests.benchmarks.storage` measures what that saves: a turn's transaction 0.55 ms instead of 0.86 ms (CPU 0.53
instead of 0.84 ms).
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, contextmanager, suppress
from typing import TypeVar

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import SQLAlchemyError

from bot.ports.store import StoreConflictError, StoreUnavailableError
from bot.storage.engines import (
    ADMINISTRATION,
    BACKGROUND,
    OUTBOX,
    READINESS,
    TURNS,
    Lane,
    begin_at_once,
    connect_engine,
    set_synchronous,
)
from bot.storage.failures import unavailable

log = logging.getLogger(__name__)

Result = TypeVar("Result")

PLACE_WITHIN = 15.0
"""Seconds that work waits for a connection before it fails."""
OTHER_LANES = {OUTBOX.name: 2, BACKGROUND.name: 1, READINESS.name: 1}
"""Connections of PostgreSQL that turns never take."""


class Transaction:
    """One open transaction. Everything it does raises `StoreUnavailableError` if the database fails."""

    def __init__(self, database: Database, connection: Connection) -> None:
        self._database = database
        self.connection = connection
        self.broken = False
        """Whether the connection is to be thrown away."""

    async def run(self, work: Callable[[Connection], Result]) -> Result:
        """A few statements that find their rows by key."""
        if self._database.inline:
            return self._try(lambda: work(self.connection))
        return await self.run_in_thread(work)

    async def run_in_thread(self, work: Callable[[Connection], Result]) -> Result:
        """Statements that may take long."""
        return await self._database.hop(lambda: self._try(lambda: work(self.connection)))

    async def commit(self) -> None:
        await self._database.hop(self.commit_here)

    def commit_here(self) -> None:
        """The same in the thread that calls."""
        self._try(self.connection.commit)
        self._database.note_success()

    def _try(self, work: Callable[[], Result]) -> Result:
        try:
            with self._database.translated():
                return work()
        except StoreUnavailableError as error:
            self.broken = self.broken or not isinstance(error, StoreConflictError)
            raise


class Database:
    """On SQLite one transaction at a time, on PostgreSQL up to `connections` side by side."""

    def __init__(self, engine: Engine, connections: int = 1, pooled: bool = False) -> None:
        self.engine = engine
        self.name = engine.dialect.name
        self.pooled = pooled
        """Whether a pooler hands out the server's connections for each transaction (PgBouncer)."""
        self.errors: tuple[type[Exception], ...] = (
            SQLAlchemyError,
            engine.dialect.loaded_dbapi.Error,
            StoreUnavailableError,
        )
        """What a database that does not work raises."""
        self.inline = self.name == "sqlite"
        """Whether a few statements are quicker run than handed to a thread."""
        self.failing: StoreUnavailableError | None = None
        """What failed last, until something is committed again."""
        self._kept: Connection | None = None
        """SQLite's one connection between two transactions: opening and closing it took as long as a turn's
        statements.
        """
        one = asyncio.Semaphore(1)
        turns = max(1, connections - sum(OTHER_LANES.values()))
        places = {TURNS.name: turns, **OTHER_LANES}
        self._places = {
            name: one if self.inline else asyncio.Semaphore(number) for name, number in places.items()
        }
        # as many threads as places, so that one that waits for a row never keeps the one that holds it from
        # going on
        threads = 1 if self.inline else sum(places.values())
        self._threads = threads
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="database")

    @asynccontextmanager
    async def open(self, lane: Lane = TURNS, durable: bool = True) -> AsyncIterator[Transaction]:
        """A transaction that is undone unless it is committed. `durable=False` survives a crash of the
        process; a power loss may roll it back. Raises `StoreUnavailableError`.
        """
        async with self._place(lane):
            transaction = await self._begin(lane, durable)
            try:
                yield transaction
            except BaseException:
                await self._end(transaction)
                raise
            await self._end(transaction)

    async def transaction(
        self, work: Callable[[Connection], Result], lane: Lane = TURNS, durable: bool = True
    ) -> Result:
        """One whole transaction in a thread; an exception undoes it."""
        async with self._place(lane):
            return await self.hop(lambda: self.transact(work, lane, durable))

    async def brief(
        self, work: Callable[[Connection], Result], lane: Lane = TURNS, durable: bool = True
    ) -> Result:
        """The same for a few statements that find their rows by key."""
        if not self.inline:
            return await self.transaction(work, lane, durable)
        async with self.open(lane, durable) as transaction:
            result = await transaction.run(work)
            await transaction.commit()
        return result

    def transact(
        self, work: Callable[[Connection], Result], lane: Lane = ADMINISTRATION, durable: bool = True
    ) -> Result:
        """The same in the thread that calls, without waiting for a place: for commands and the start."""
        transaction = self._begin_here(lane, durable)
        try:
            result = transaction._try(lambda: work(transaction.connection))
            transaction.commit_here()
        finally:
            self._end_here(transaction)
        return result

    async def hop(self, work: Callable[[], Result]) -> Result:
        """Run in a thread. When cancelled, first wait for its end: its connection must not be touched
        meanwhile.
        """
        future = asyncio.get_running_loop().run_in_executor(self._pool, work)
        try:
            return await asyncio.shield(future)
        except asyncio.CancelledError:
            while not future.done():
                with suppress(asyncio.CancelledError):
                    await asyncio.wait({future})
            raise

    @contextmanager
    def translated(self, *more: type[Exception]) -> Iterator[None]:
        """Raises `StoreUnavailableError` for errors that are the database's own, and for those of type
        `more`.
        """
        try:
            yield
        except (*self.errors, *more) as error:
            found = unavailable(error)
            if found is None:
                raise
            self._note_failure(found)
            if found is error:
                raise
            raise found from error

    def note_success(self) -> None:
        """Something was committed."""
        if self.failing:
            log.info("the database works again")
        self.failing = None

    def close(self) -> None:
        """Wait for what is under way and close all connections."""
        self._pool.shutdown()
        if self._kept:
            self._kept.close()
        self.engine.dispose()

    def _note_failure(self, error: StoreUnavailableError) -> None:
        if isinstance(error, StoreConflictError):
            return
        if self.failing is None or self.failing.failure != error.failure:
            log.error("the store fails: %s", error)
        self.failing = error

    @asynccontextmanager
    async def _place(self, lane: Lane) -> AsyncIterator[None]:
        places = self._places[lane.name]
        try:
            async with asyncio.timeout(PLACE_WITHIN if places.locked() else None):
                await places.acquire()
        except TimeoutError:
            raise StoreUnavailableError("busy") from None
        try:
            yield
        finally:
            places.release()

    async def _begin(self, lane: Lane, durable: bool) -> Transaction:
        if self.inline:
            connection = self._take()
            try:
                with self.translated():
                    set_synchronous(connection, "FULL" if durable else "NORMAL")
                    if not begin_at_once(connection):
                        await self.hop(connection.begin)
            except BaseException:
                _throw_away(connection)
                raise
            return Transaction(self, connection)
        begun: list[Transaction] = []
        try:
            await self.hop(lambda: begun.append(self._begin_here(lane, durable)))
        except asyncio.CancelledError:
            if begun:
                await self._end(begun[0])
            raise
        return begun[0]

    def _begin_here(self, lane: Lane, durable: bool) -> Transaction:
        # connections that waited in the pool may be dead: a begun transaction is the proof of life
        for last in (*[False] * self._threads, True):
            connection = self._take()
            try:
                connection.execution_options(lane=lane, durable=durable)
                with self.translated():
                    if self.inline:
                        set_synchronous(connection, "FULL" if durable else "NORMAL")
                    connection.begin()
            except StoreUnavailableError as error:
                _throw_away(connection)
                if last or error.failure != "away":
                    raise
            except BaseException:
                _throw_away(connection)
                raise
            else:
                return Transaction(self, connection)
        raise AssertionError("unreachable")

    async def _end(self, transaction: Transaction) -> None:
        if self.inline:
            self._end_here(transaction)
        else:
            await self.hop(lambda: self._end_here(transaction))

    def _end_here(self, transaction: Transaction) -> None:
        """Undo what is not committed, and give the connection back, or throw it away if it is broken."""
        connection = transaction.connection
        try:
            if not transaction.broken and connection.in_transaction():
                connection.rollback()
        except Exception:
            transaction.broken = True
        if transaction.broken:
            _throw_away(connection)
        elif self.inline:
            self._kept = connection
        else:
            connection.close()

    def _take(self) -> Connection:
        connection, self._kept = self._kept, None
        if connection is None:
            with self.translated(OSError):
                return self.engine.connect()
        return connection


def _throw_away(connection: Connection) -> None:
    with suppress(Exception):
        connection.invalidate()
    with suppress(Exception):
        connection.close()


def connect(url: str, connections: int = 10, pooled: bool = False) -> Database:
    """The database at a `sqlite:///path` or `postgresql://…` address; nothing is opened yet. `pooled`: behind
    a pooler in transaction mode. Raises `DatabaseUrlError`.
    """
    return Database(connect_engine(url, connections, pooled), connections, pooled)
