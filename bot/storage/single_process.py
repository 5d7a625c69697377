"""What a process that was killed had begun to send: sent at once by the next one, where no other process can
still be sending it.

A claimed message is its sender's for a minute (`bot.storage.outbox.LEASE`). On PostgreSQL other replicas may
be at work, so the minute is waited for. A SQLite database has one process, and a lock beside it tells whether
that is so.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from bot.storage import outbox
from bot.storage.database import Database

log = logging.getLogger(__name__)


@contextmanager
def taken_over(database: Database, now: datetime) -> Iterator[None]:
    """Release what an earlier life on this SQLite database had claimed; no other process does that until this
    is left.
    """
    path = database.engine.url.database
    if database.name != "sqlite" or not path:
        yield
        return
    with _lock(Path(f"{path}-lock")) as alone:
        if alone and (released := database.transact(lambda connection: outbox.release(connection, now))):
            log.info("%d messages that were being sent when the program was ended are sent now", released)
        yield


@contextmanager
def _lock(file: Path) -> Iterator[bool]:
    """Whether we hold it. The system gives it free when a process ends, however that comes about."""
    try:
        import fcntl
    except ImportError:  # Windows: the minute is waited for
        yield False
        return
    with file.open("ab") as held:
        file.chmod(0o600)
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            yield False
            return
        yield True
