"""What the database itself does wrong: the turn fails and is redelivered, and the next one works."""

from __future__ import annotations

import asyncio
import logging
import os
import shutil
import sqlite3
import subprocess
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import httpx
import psycopg
import pytest
from sqlalchemy import event

from bot.ports.store import StoreConflictError, StoreUnavailableError
from bot.runtime.http_app import make_app
from bot.service import Service
from bot.storage import SqlStore, compiled_statement
from handlers import texts
from handlers.context import Response
from handlers.session import Session
from handlers.turn import Turn
from tests.database import make_store
from tests.storage.talk import drain, reply, say, turn, words


@pytest.fixture
async def store(database_url: str) -> AsyncIterator[SqlStore]:
    made = make_store(database_url)
    yield made
    await made.close()


@pytest.fixture
async def sqlite(sqlite_template: Path, tmp_path: Path) -> AsyncIterator[SqlStore]:
    made = make_store(f"sqlite:///{shutil.copy(sqlite_template, tmp_path / 'bot.db')}")
    yield made
    await made.close()


def driver_error(store: SqlStore, failure: str) -> Exception:
    """As the driver raises it."""
    if store.database.name == "postgresql":
        kinds: dict[str, type[Exception]] = {
            "full": psycopg.errors.DiskFull,
            "io": psycopg.errors.IoError,
            "away": psycopg.OperationalError,
            "read_only": psycopg.errors.ReadOnlySqlTransaction,
            "damaged": psycopg.errors.DataCorrupted,
            "busy": psycopg.errors.QueryCanceled,
        }
        return kinds[failure]("injected")
    codes = {
        "full": sqlite3.SQLITE_FULL,
        "io": sqlite3.SQLITE_IOERR,
        "away": sqlite3.SQLITE_CANTOPEN,
        "read_only": sqlite3.SQLITE_READONLY,
        "damaged": sqlite3.SQLITE_CORRUPT,
        "busy": sqlite3.SQLITE_BUSY,
    }
    error = sqlite3.OperationalError("injected")
    error.sqlite_errorcode = codes[failure]
    return error


FAILURES = ("full", "io", "away", "read_only", "damaged", "busy")


async def goes_on(store: SqlStore, failed: Turn) -> None:
    """What failed left nothing, is handled when it comes again, and so is what comes next."""
    for _ in range(12):  # more than there are connections
        assert await say(store, turn("test:b"), reply("next"))
    assert await say(store, failed, reply("again"))
    heard = [words(outgoing) for outgoing in await drain(store)]
    assert (heard.count("again"), heard.count("next"), heard.count("lost")) == (1, 12, 0)
    assert store.database.failing is None


@pytest.mark.parametrize("failure", FAILURES)
async def test_after_a_commit_that_failed_the_next_turn_works(
    store: SqlStore, failure: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    failed = turn()

    def fail(connection: Any) -> None:
        raise driver_error(store, failure)

    with monkeypatch.context() as patched:
        patched.setattr(store.database.engine.dialect, "do_commit", fail)
        with pytest.raises(StoreUnavailableError) as error:
            await say(store, failed, reply("lost"))
        assert error.value.failure == failure
        assert store.database.failing is error.value
    await goes_on(store, failed)


@pytest.mark.parametrize("failure", FAILURES)
async def test_after_a_statement_that_failed_the_next_turn_works(
    store: SqlStore, failure: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    failed = turn()
    own = compiled_statement._driver

    def fail(connection: Any) -> Any:
        monkeypatch.setattr(compiled_statement, "_driver", own)
        raise driver_error(store, failure)

    async def attempt() -> None:
        async with store.unit(failed) as unit:
            assert unit
            unit.save(Session(), reply("lost"))
            monkeypatch.setattr(compiled_statement, "_driver", fail)

    with pytest.raises(StoreUnavailableError) as error:
        await attempt()
    assert error.value.failure == failure
    await goes_on(store, failed)


async def test_a_rollback_that_fails_throws_the_connection_away(
    store: SqlStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    failed = turn()
    await store.check()

    def fail(connection: Any) -> None:
        raise driver_error(store, "io")

    async def attempt() -> None:
        async with store.unit(failed):
            raise ZeroDivisionError

    with monkeypatch.context() as patched:
        patched.setattr(store.database.engine.dialect, "do_rollback", fail)
        with pytest.raises(ZeroDivisionError):
            await attempt()
    await goes_on(store, failed)


async def test_a_full_disk_is_told_and_after_space_is_free_again_the_next_turn_works(
    sqlite: SqlStore, caplog: pytest.LogCaptureFixture
) -> None:
    """SQLite itself says that it is full: its file may have no more pages."""
    caplog.set_level(logging.INFO)
    await say(sqlite, turn(), reply("first"))
    failed = turn("test:b")
    with limited(sqlite, "max_page_count=10"), pytest.raises(StoreUnavailableError, match="disk is full"):
        await say(sqlite, failed, reply("x" * 200_000))
    said = [record.getMessage() for record in caplog.records]
    assert said == ["the store fails: no space is left for the database: the disk is full"]
    await drain(sqlite)
    await goes_on(sqlite, failed)
    assert caplog.records[-1].getMessage() == "the database works again"


async def test_a_database_that_may_not_be_written_works_once_it_may(sqlite: SqlStore) -> None:
    failed = turn()
    with limited(sqlite, "query_only=ON"), pytest.raises(StoreUnavailableError, match="read-only"):
        await say(sqlite, failed, reply("lost"))
    await goes_on(sqlite, failed)


@contextmanager
def limited(store: SqlStore, pragma: str) -> Iterator[None]:
    """Set on every connection meanwhile; the open one is left as it is and closed."""

    def opened(connection: Any, record: Any) -> None:
        connection.execute(f"PRAGMA {pragma}")

    event.listen(store.database.engine, "connect", opened)
    forget_connection(store)
    try:
        yield
    finally:
        event.remove(store.database.engine, "connect", opened)


def forget_connection(store: SqlStore) -> None:
    kept, store.database._kept = store.database._kept, None
    if kept:
        kept.invalidate()
        kept.close()


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of four megabytes."""
    folder = tmp_path / "disk"
    folder.mkdir()
    if (
        os.geteuid() != 0
        or subprocess.run(
            ["mount", "-t", "tmpfs", "-o", "size=4M", "tmpfs", folder], check=False, capture_output=True
        ).returncode
    ):
        pytest.skip("a disk can only be mounted by root")
    yield folder
    subprocess.run(["umount", "-l", folder], check=True)


async def test_a_disk_that_is_really_full(small_disk: Path, sqlite_template: Path) -> None:
    store = make_store(f"sqlite:///{shutil.copy(sqlite_template, small_disk / 'bot.db')}")
    await say(store, turn(), reply("first"))
    ballast = small_disk / "ballast"
    with ballast.open("wb", buffering=0) as file, suppress(OSError):
        while file.write(bytes(4096)):
            pass
    failed = turn("test:full")
    for _ in range(3):
        with pytest.raises(StoreUnavailableError, match="disk is full"):
            await say(store, failed, reply("lost" * 50_000))
        with pytest.raises(StoreUnavailableError, match="disk is full"):
            await store.check()
    ballast.unlink()
    await store.check()
    await drain(store)
    await goes_on(store, failed)
    await store.close()


async def test_sessions_cut_by_the_server_cost_a_redelivery_and_no_more(postgresql: str) -> None:
    store = make_store(postgresql)
    failed = turn()

    async def attempt() -> None:
        async with store.unit(failed) as unit:
            assert unit
            unit.save(Session(), reply("lost"))
            await cut_all(postgresql)

    with pytest.raises(StoreUnavailableError, match="cannot be reached"):
        await attempt()
    await goes_on(store, failed)
    await asyncio.gather(*(say(store, turn(f"test:{n}"), reply("")) for n in range(20)))
    await cut_all(postgresql)  # while they lie in the pool
    for n in range(20):
        assert await say(store, turn(f"test:{n}"), reply(""))
    await store.close()


async def cut_all(url: str) -> None:
    def cut() -> None:
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )

    await asyncio.to_thread(cut)


class Scripted:
    """A conversation that answers "yes", after doing what the test says."""

    def __init__(self, *does: Callable[[], None]) -> None:
        self.texts = texts.load()
        self.does = list(does)
        self.turns = 0

    async def respond(self, done: Turn, session: Session, given: object) -> Response:
        self.turns += 1
        if self.does:
            self.does.pop(0)()
        return Response(reply("yes"), session)


def service(store: SqlStore, conversation: Scripted) -> Service:
    made: Any = conversation
    return Service(made, store)


def raising(error: Exception) -> Callable[[], None]:
    def work() -> None:
        raise error

    return work


async def heard(store: SqlStore) -> list[str]:
    return [words(outgoing) for outgoing in await drain(store)]


@pytest.mark.parametrize("failure", ["away", "full", "read_only", "damaged", "io"])
async def test_a_failure_of_the_database_in_mid_turn_is_nobody_s_answer(
    store: SqlStore, failure: Any
) -> None:
    done = turn()
    answering = service(store, Scripted(raising(StoreUnavailableError(failure))))
    with pytest.raises(StoreUnavailableError):
        await answering.handle(done)
    assert await heard(store) == []
    assert (await answering.handle(done)).reply is not None  # the platform delivers it again
    assert await heard(store) == ["yes"]


async def test_a_fault_of_the_program_is_told_once_and_acknowledged(store: SqlStore) -> None:
    done = turn()
    answering = service(store, Scripted(raising(ZeroDivisionError())))
    handled = await answering.handle(done)
    assert handled.reply is not None
    assert (await answering.handle(done)).reply is None
    [told] = await heard(store)
    assert told.startswith("Er ging iets mis")


async def test_a_turn_that_lost_a_deadlock_is_done_again_and_nobody_hears_of_it(store: SqlStore) -> None:
    conversation = Scripted(raising(StoreConflictError()))
    assert (await service(store, conversation).handle(turn())).reply is not None
    assert (await heard(store), conversation.turns) == (["yes"], 2)


async def test_a_turn_that_loses_twice_is_left_to_the_platform(store: SqlStore) -> None:
    done = turn()
    answering = service(store, Scripted(raising(StoreConflictError()), raising(StoreConflictError())))
    with pytest.raises(StoreUnavailableError):
        await answering.handle(done)
    assert await heard(store) == []
    await answering.handle(done)
    assert await heard(store) == ["yes"]


async def test_the_outbox_comes_through_too(store: SqlStore, monkeypatch: pytest.MonkeyPatch) -> None:
    await say(store, turn(), reply("a"))
    own = compiled_statement._driver

    def fail(connection: Any) -> Any:
        monkeypatch.setattr(compiled_statement, "_driver", own)
        raise driver_error(store, "io")

    monkeypatch.setattr(compiled_statement, "_driver", fail)
    with pytest.raises(StoreUnavailableError):
        await drain(store)
    assert await heard(store) == ["a"]


async def test_a_check_writes_and_tells_what_is_wrong(
    store: SqlStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(connection: Any) -> None:
        raise driver_error(store, "full")

    await store.check()
    with monkeypatch.context() as patched:
        patched.setattr(store.database.engine.dialect, "do_commit", fail)
        with pytest.raises(StoreUnavailableError, match="disk is full"):
            await store.check()
    await store.check()
    assert store.database.failing is None


async def test_readyz_says_what_is_wrong(store: SqlStore, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(connection: Any) -> None:
        raise driver_error(store, "full")

    transport = httpx.ASGITransport(make_app(store.check))
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
        assert (await client.get("/readyz")).text == "ready\n"
        with monkeypatch.context() as patched:
            patched.setattr(store.database.engine.dialect, "do_commit", fail)
            answer = await client.get("/readyz")
        assert answer.status_code == 503
        assert answer.text == "not ready: no space is left for the database: the disk is full\n"
        assert (await client.get("/readyz")).status_code == 200
