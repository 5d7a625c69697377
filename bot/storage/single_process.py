"""A SQLite database belongs to one running assistant; a lock beside it says to which.

The operating system releases the lock when a process ends, however that comes about. So whoever has it knows
that no other sender is at work, and sends at once what the previous process had claimed when it died.
"""

from __future__ import annotations

import logging
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from bot.storage import outbox_claims
from bot.storage.database import Database
from bot.storage.open_store import StorageError

log = logging.getLogger(__name__)


@contextmanager
def only_process(database: Database, now: datetime) -> Iterator[None]:
    """Hold a SQLite database until this is left, and release the outbox claims of who held it before. Raises
    `StorageError` if another process runs on it.
    """
    path = database.engine.url.database
    if database.name != "sqlite" or not path:
        yield
        return
    with _lock(Path(f"{path}-lock"), now):
        if released := database.transact(outbox_claims.release_all):
            log.info("%d messages that were being sent when the program was ended are sent now", released)
        yield


@contextmanager
def _lock(file: Path, now: datetime) -> Iterator[None]:
    try:
        handle = os.open(file, os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise StorageError(
            f"DATABASE_URL: {file}, which says who uses the database, cannot be opened: {error.strerror}."
        ) from None
    try:
        if not _try_lock(handle):
            holder = os.read(handle, 200).decode("utf-8", "replace").strip() or "another process"
            raise StorageError(
                f"DATABASE_URL: the assistant runs on this database already: {holder}. Stop that one first; "
                f"for several at once use PostgreSQL."
            )
        os.ftruncate(handle, 0)
        os.write(
            handle, f"process {os.getpid()} on {socket.gethostname()} since {now:%Y-%m-%d %H:%M} UTC".encode()
        )
        yield
    finally:
        os.close(handle)


def _try_lock(handle: int) -> bool:
    """False if another process has it."""
    try:
        import fcntl
    except ImportError:  # Windows
        return _try_lock_on_windows(handle)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError as error:
        log.warning("the disk of the database knows no locks (%s): start one assistant only", error.strerror)
    return True


def _try_lock_on_windows(handle: int) -> bool:
    """Locks a byte far behind what the file says, which others still have to read."""
    import msvcrt

    os.lseek(handle, 4096, os.SEEK_SET)
    try:
        msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined]
    except OSError:
        return False
    finally:
        os.lseek(handle, 0, os.SEEK_SET)
    return True
