"""Telling the database's own failures (away, full, read-only, locked) from faults of the program."""

from __future__ import annotations

import errno
import sqlite3
from typing import Any

from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from bot.ports.store import Failure, StoreConflictError, StoreUnavailableError

_SQLITE: dict[int, Failure] = {
    sqlite3.SQLITE_BUSY: "busy",
    sqlite3.SQLITE_LOCKED: "busy",
    sqlite3.SQLITE_PROTOCOL: "busy",
    sqlite3.SQLITE_FULL: "full",
    sqlite3.SQLITE_READONLY: "read_only",
    sqlite3.SQLITE_IOERR: "io",
    sqlite3.SQLITE_NOMEM: "io",
    sqlite3.SQLITE_CORRUPT: "damaged",
    sqlite3.SQLITE_NOTADB: "damaged",
    sqlite3.SQLITE_CANTOPEN: "away",
    sqlite3.SQLITE_PERM: "read_only",
}
"""Primary result codes; https://sqlite.org/rescode.html"""
_CONFLICTS = frozenset({"40001", "40P01", "55P03"})
"""Serialization failure, deadlock, lock not available."""
_STATES: tuple[tuple[str, Failure], ...] = (
    ("53100", "full"),
    ("25006", "read_only"),  # also a standby after a failover
    ("55000", "read_only"),
    ("57014", "busy"),  # statement time-out
    ("58030", "io"),
    ("25P03", "away"),  # idle in transaction for too long: the server ended the session
    ("XX", "damaged"),
    ("08", "away"),
    ("28", "away"),
    ("3D", "away"),
    ("53", "away"),
    ("57", "away"),
    ("58", "io"),
)
"""Beginnings of SQLSTATE; https://www.postgresql.org/docs/current/errcodes-appendix.html"""
_ERRNO: dict[int | None, Failure] = {
    errno.ENOSPC: "full",
    errno.EDQUOT: "full",
    errno.EROFS: "read_only",
    errno.EACCES: "read_only",
    errno.EIO: "io",
}


def unavailable(error: BaseException) -> StoreUnavailableError | None:
    """The failure of the store that an error of SQLAlchemy, a driver or the system stands for; None for a
    fault of the program.
    """
    if isinstance(error, StoreUnavailableError):
        return error
    if isinstance(error, PoolTimeoutError):
        return StoreUnavailableError("busy")
    if isinstance(error, DBAPIError):
        found = unavailable(error.orig) if error.orig else None
        return found or (StoreUnavailableError("away") if error.connection_invalidated else None)
    if isinstance(error, OSError):
        return StoreUnavailableError(_ERRNO.get(error.errno, "away"))
    if isinstance(error, sqlite3.Error):
        return _of_sqlite(error)
    return _of_postgresql(error)


def _of_sqlite(error: sqlite3.Error) -> StoreUnavailableError | None:
    code = getattr(error, "sqlite_errorcode", None)
    if code is None:
        return StoreUnavailableError("io") if isinstance(error, sqlite3.OperationalError) else None
    failure = _SQLITE.get(code & 0xFF)
    return StoreUnavailableError(failure) if failure else None


def _of_postgresql(error: Any) -> StoreUnavailableError | None:
    """psycopg is not imported for this: most assistants run on SQLite."""
    kinds = {kind.__name__ for kind in type(error).__mro__ if kind.__module__.partition(".")[0] == "psycopg"}
    if not kinds & {"OperationalError", "InterfaceError", "InternalError"}:
        return None
    state: str | None = getattr(error, "sqlstate", None)
    if state is None:
        return StoreUnavailableError("away") if "InternalError" not in kinds else None
    if state in _CONFLICTS:
        return StoreConflictError()
    return next(
        (StoreUnavailableError(failure) for begins, failure in _STATES if state.startswith(begins)), None
    )
