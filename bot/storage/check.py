"""What is wrong with the settings of the storage, all at once and without changing anything."""

from __future__ import annotations

import os
from pathlib import Path

from sqlalchemy import Connection, inspect, select

from bot.settings import Settings
from bot.storage import migrate
from bot.storage.database import Database
from bot.storage.encryption import Cipher, KeyFileError
from bot.storage.engines import DatabaseUrlError, parse
from bot.storage.key_source import read_keys
from bot.storage.open_store import (
    StorageError,
    check_board,
    check_pooled,
    check_private,
    check_proofs,
    explain,
    missing,
    open_unchecked,
)
from bot.storage.schema import board_keys


def problems(settings: Settings) -> list[str]:
    """One sentence each; a database and a key file that will be made at the first start are no problem."""
    found: list[str] = []
    proofs: dict[str, bytes] = {}
    try:
        proofs = _database(settings)
    except (DatabaseUrlError, StorageError) as error:
        found.append(str(error) if isinstance(error, StorageError) else f"DATABASE_URL: {error}")
    try:
        _keys(settings, proofs)
    except (KeyFileError, StorageError) as error:
        found.append(str(error) if isinstance(error, StorageError) else f"BOT_KEY_FILE: {error}")
    return found


def _database(settings: Settings) -> dict[str, bytes]:
    """The keys that it was encrypted with. Raises `DatabaseUrlError`, `StorageError`."""
    address = parse(settings.database)
    path = Path(str(address.database))
    if address.get_backend_name() == "sqlite" and not path.exists():
        _check_writable(path.parent)
        return {}
    database = open_unchecked(settings)
    failures: tuple[type[Exception], ...] = (*database.errors, migrate.TooNewError)
    try:
        check_private(settings, database)
        check_pooled(settings, database)
        proofs = _look(database)
        check_board(settings, database)
        return proofs
    except failures as error:
        raise StorageError(explain(error)) from None
    finally:
        database.close()


def _look(database: Database) -> dict[str, bytes]:
    def look(connection: Connection) -> dict[str, bytes]:
        revision = migrate.found(connection)
        if revision is not None and not migrate.known(revision):
            raise migrate.TooNewError(migrate.TOO_NEW)
        if not inspect(connection).has_table(board_keys.name):
            return {}
        return {row.id: row.proof for row in connection.execute(select(board_keys))}

    return database.transact(look, durable=False)


def _check_writable(folder: Path) -> None:
    there = next(parent for parent in (folder.absolute(), *folder.absolute().parents) if parent.exists())
    if not os.access(there, os.W_OK):
        raise StorageError(f"DATABASE_URL: {there} cannot be written, so no database can be made there.")


def _keys(settings: Settings, proofs: dict[str, bytes]) -> None:
    """Raises `KeyFileError`, `StorageError`."""
    try:
        cipher: Cipher = read_keys(settings)
    except FileNotFoundError:
        if proofs or settings.bot_profile == "production":
            raise StorageError(missing(settings.key_file, proofs)) from None
        return
    check_proofs(proofs, cipher)
