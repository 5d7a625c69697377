"""Opening the store that the settings name: database, tables, keys."""

from __future__ import annotations

import stat
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import Connection, func, insert, inspect, select

from bot.clock import utc_now
from bot.delivery.rate_limit import TELEGRAM
from bot.ports.store import StoreUnavailableError
from bot.settings import Settings
from bot.storage import board, encryption, migrate, turn_unit
from bot.storage.audit.head_file import HeadFile
from bot.storage.database import Database, connect
from bot.storage.encryption import Cipher, DecryptionError, KeyFileError
from bot.storage.engines import DatabaseUrlError, is_pooled, parse
from bot.storage.key_source import live_keys, read_keys
from bot.storage.people_repository import role_of
from bot.storage.retention import Periods
from bot.storage.schema import board_keys
from bot.storage.sql_store import SqlStore
from knowledge.pack.identity import identity

LOCK = 8_241_733_606
"""PostgreSQL's advisory lock for the keys: any number that nobody else uses."""
LIMITS = {"telegram": TELEGRAM}
"""Channel → how fast its platform takes messages, if it says."""
OTHERS = 0o007
"""Rights on a file of who is neither its owner nor of its group."""


class StorageError(Exception):
    """The store cannot be opened; the text says why and what to do."""


def open_store(
    settings: Settings, roles: turn_unit.Roles = role_of, now: Callable[[], datetime] = utc_now
) -> SqlStore:
    """The store, its tables up to date. Raises `StorageError`."""
    database = open_database(settings)
    try:
        check_board(settings, database)
        store = SqlStore(
            database,
            board_cipher(settings, database),
            roles,
            now,
            board=identity(settings.protocol).board,
            periods=Periods(
                timedelta(days=settings.keep_drafts_days),
                timedelta(days=settings.keep_unanswered_days),
                timedelta(days=settings.keep_feedback_days),
            ),
            limits=LIMITS,
            head_file=HeadFile(settings.audit_head_file),
        )
        store.audit.publish(database.transact(lambda connection: store.audit.begin(connection, utc_now())))
        return store
    except StoreUnavailableError as error:
        database.close()
        raise StorageError(explain(error)) from error
    except BaseException:
        database.close()
        raise


def open_database(settings: Settings) -> Database:
    """The database, its tables up to date. Raises `StorageError`."""
    try:
        database = open_unchecked(settings)
    except DatabaseUrlError as error:
        raise StorageError(f"DATABASE_URL: {error}") from None
    failures: tuple[type[Exception], ...] = (*database.errors, OSError, migrate.TooNewError)
    try:
        check_private(settings, database)
        check_pooled(settings, database)
        migrate.upgrade(database.engine)
    except failures as error:
        database.close()
        raise StorageError(explain(error)) from error
    except StorageError:
        database.close()
        raise
    return database


def check_board(settings: Settings, database: Database) -> None:
    """Raises `StorageError` for a database of another board, or with cases of a talk that the pack lost."""
    found = database.transact(lambda connection: board.refusals(connection, settings.protocol), durable=False)
    if found:
        raise StorageError("\n".join(found))


def open_unchecked(settings: Settings) -> Database:
    """The database as it is; nothing is opened yet. Raises `DatabaseUrlError`."""
    return connect(settings.database, settings.bot_db_connections, settings.bot_db_pooled)


def check_pooled(settings: Settings, database: Database) -> None:
    """Raises `StorageError` behind a pooler that the settings do not know of: prepared statements would fail
    there, though not at once.
    """
    if not settings.bot_db_pooled and database.transact(is_pooled, durable=False):
        raise StorageError(
            "DATABASE_URL: a pooler (PgBouncer) stands before PostgreSQL; say so with BOT_DB_POOLED=true"
        )


def check_private(settings: Settings, database: Database) -> None:
    """Raises `StorageError` if in production others on the machine may read the files of the database."""
    path = database.engine.url.database
    if settings.bot_profile != "production" or database.name != "sqlite" or not path:
        return
    for file in (Path(path), Path(f"{path}-wal"), Path(f"{path}-shm")):
        if file.exists() and stat.S_IMODE(file.stat().st_mode) & OTHERS:
            raise StorageError(
                f"DATABASE_URL: {file} may be read by everybody on this machine; make it yours alone: "
                f"chmod 600 {file}"
            )


def used_keys(settings: Settings) -> list[str]:
    """The ids of the keys that the database is encrypted with; none if there is no database yet, or no tables
    in it. Nothing is changed. Raises `StorageError` if that cannot be found out.
    """
    try:
        address = parse(settings.database)
        if address.get_backend_name() == "sqlite" and not Path(str(address.database)).exists():
            return []
        database = open_unchecked(settings)
    except DatabaseUrlError as error:
        raise StorageError(f"DATABASE_URL: {error}") from None

    def read(connection: Connection) -> list[str]:
        there = inspect(connection).has_table(board_keys.name)
        return list(connection.execute(select(board_keys.c.id)).scalars()) if there else []

    try:
        return database.transact(read, durable=False)
    except database.errors as error:
        raise StorageError(explain(error)) from error
    finally:
        database.close()


def board_cipher(settings: Settings, database: Database) -> Cipher:
    """The board's keys, made now if the database is new and the profile local. Of any number of processes
    that start at once one makes them. Raises `StorageError`.
    """
    try:
        return database.transact(lambda connection: _agree_on_keys(connection, settings))
    except KeyFileError as error:
        raise StorageError(f"BOT_KEY_FILE: {error}") from None


def _agree_on_keys(connection: Connection, settings: Settings) -> Cipher:
    """Every key of this database must be there and true; the current one is entered. Raises `StorageError`,
    `KeyFileError`.
    """
    if connection.dialect.name == "postgresql":  # a transaction on SQLite is a lock by itself
        connection.execute(select(func.pg_advisory_xact_lock(LOCK)))
    proofs = {row.id: row.proof for row in connection.execute(select(board_keys))}
    cipher = _read(settings)
    if cipher is None:
        if proofs or settings.bot_profile == "production":
            raise StorageError(missing(settings.key_file, proofs))
        cipher = live_keys(settings, encryption.create(settings.key_file))
    check_proofs(proofs, cipher)
    if cipher.current not in proofs:
        proof = cipher.encrypt(b"", "board_keys", "proof", cipher.current)
        connection.execute(insert(board_keys), {"id": cipher.current, "proof": proof})
    return cipher


def check_proofs(proofs: Mapping[str, bytes], cipher: Cipher) -> None:
    """Raises `StorageError` where a key that the database was encrypted with is missing or another."""
    for key, proof in proofs.items():
        try:
            cipher.decrypt(proof, "board_keys", "proof", key)
        except DecryptionError as error:
            raise StorageError(
                f"BOT_KEY_FILE: this database is {error}. Put back the key file that belongs to it."
            ) from None


def missing(path: Path, used: object) -> str:
    if used:
        return (
            f"BOT_KEY_FILE: {path} is missing, and this database was encrypted with it. Put back the copy "
            f"that you kept."
        )
    return (
        f"BOT_KEY_FILE: {path} is missing; in production it is not made by itself. Make it once with: "
        f"bot keys new"
    )


def explain(error: BaseException) -> str:
    """What went wrong with the database, without its password."""
    if isinstance(error, migrate.TooNewError):
        return str(error)
    if isinstance(error, StoreUnavailableError) and error.__cause__ is not None:
        return explain(error.__cause__)
    reason = str(getattr(error, "orig", None) or error).strip().split("\n")[0]
    return f"DATABASE_URL: the database cannot be opened: {reason}"


def _read(settings: Settings) -> Cipher | None:
    try:
        return live_keys(settings, read_keys(settings))
    except FileNotFoundError:
        return None
