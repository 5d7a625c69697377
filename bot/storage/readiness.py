"""Whether the database can be read and written now, for `/readyz`."""

from __future__ import annotations

import shutil
from pathlib import Path

from sqlalchemy import Connection, text

from bot.ports.store import StoreUnavailableError
from bot.storage.database import Database
from bot.storage.engines import READINESS

LEAST_SPACE = 1024 * 1024
"""Bytes: with less on the disk of a SQLite database the next turn may fail, also if a small write goes
well.
"""


async def check(database: Database) -> None:
    """Commit something small. Raises `StoreUnavailableError`."""
    path = database.engine.url.database
    if database.name == "sqlite" and path and shutil.disk_usage(Path(path).parent).free < LEAST_SPACE:
        raise StoreUnavailableError("full")
    await database.transaction(_write, READINESS, durable=False)


def _write(connection: Connection) -> None:
    if connection.dialect.name == "postgresql":
        # has to be written into the log of the server, and touches no row that another may hold
        connection.execute(text("SELECT pg_current_xact_id()"))
    else:
        connection.execute(text("UPDATE alembic_version SET version_num = version_num"))
