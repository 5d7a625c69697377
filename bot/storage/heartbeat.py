# ruff: noqa: S608 (statements made of constants)
"""A process that sends tells the others that it lives, and takes over what those that died had claimed.

PostgreSQL only, on a connection and in a thread of its own, so that neither a busy event loop nor a full pool
looks like death. Moments are those of the database's clock, so clocks of machines may differ. While the
database is away nobody dies: who comes back first gives the others time to come back too.
"""

from __future__ import annotations

import asyncio
import logging
import secrets
import threading
import time
from collections.abc import Callable
from contextlib import closing, suppress
from typing import Any

from sqlalchemy import Engine

from bot.storage.outbox import ANNOUNCED

log = logging.getLogger(__name__)

BEAT = 0.5
"""Seconds between two signs of life."""
HOLDS_FOR = 2.5
"""Seconds after its last sign of life in which a process may still begin to send what it claimed."""
DEAD_AFTER = 3.5
"""Seconds without a sign of life after which a process counts as dead: a second more than it trusts
itself.
"""
SILENT_AFTER = 1.5
"""Seconds without a sign of life after which a process is watched."""
OBSERVED_FOR = 1.5
"""Seconds that it is watched at least before it is called dead: after an outage of the database all are
silent.
"""
LOOP_HANGS_AFTER = 5.0
"""Seconds without a turn of the event loop after which a process gives no more signs of life."""
LISTEN = 0.1
"""Seconds of waiting for announcements at a time: stopping takes no longer."""

_NOW = "(extract(epoch FROM clock_timestamp()) * 1000000)::bigint"
_BEGIN = f"INSERT INTO senders (id, seen) VALUES (%(me)s, {_NOW})"
_GO_ON = f"UPDATE senders SET seen = {_NOW} WHERE id = %(me)s"
_OTHERS = f"SELECT count(*) FROM senders WHERE id <> %(me)s AND seen > {_NOW} - %(dead)s"
_SILENT = (
    f"SELECT o.sender, coalesce(s.seen, 0), coalesce(s.seen < {_NOW} - %(dead)s, true) FROM "
    "(SELECT DISTINCT sender FROM outbox WHERE sender IS NOT NULL AND sender <> %(me)s) o "
    f"LEFT JOIN senders s ON s.id = o.sender WHERE s.seen IS NULL OR s.seen < {_NOW} - %(silent)s"
)
_BURY = "DELETE FROM senders WHERE id = %(dead)s AND seen = %(seen)s"
_TAKE_OVER = "UPDATE outbox SET sender = NULL, due = 0 WHERE sender = %(dead)s"
_BURY_OLD = f"DELETE FROM senders WHERE seen < {_NOW} - 3600000000"
_END = "DELETE FROM senders WHERE id = %(me)s"


class Heartbeat:
    """`heard` is called in the event loop with the name of a channel for which another process put something
    in, or "" if claims became free or possible again.
    """

    def __init__(self, engine: Engine, heard: Callable[[str], None], listens: bool = True) -> None:
        """`listens=False`: behind a pooler that hands out connections for each transaction."""
        self.me = ""
        """The name under which this process claims; another one after it was taken for dead."""
        self.others = 0
        """How many other processes lived at the last beat."""
        self._engine = engine
        self._heard = heard
        self._listens = listens
        self._beaten = float("-inf")
        self._looped = 0.0
        self._silent: dict[tuple[str, int], float] = {}
        """Process and its last sign of life → since when it was seen to be silent."""
        self._stopping = threading.Event()
        self._first = threading.Event()
        self._thread: threading.Thread | None = None

    @property
    def beats(self) -> bool:
        """Whether others take this process for alive now."""
        return time.monotonic() - self._beaten < HOLDS_FOR

    async def started(self) -> bool:
        """Start at the first call; whether it beats now."""
        if self._thread is None:
            self._looped = time.monotonic()
            arguments = (asyncio.get_running_loop(),)
            self._thread = threading.Thread(target=self._run, args=arguments, name="heartbeat", daemon=True)
            self._thread.start()
        if not self._first.is_set():
            await asyncio.to_thread(self._first.wait, DEAD_AFTER)
        return self.beats

    def stop(self) -> None:
        """What this process still holds is free for others now."""
        self._stopping.set()
        if self._thread:
            self._thread.join()

    def _run(self, loop: asyncio.AbstractEventLoop) -> None:
        while not self._stopping.is_set():
            try:
                pooled = self._engine.raw_connection()
                connection = pooled.driver_connection
                pooled.detach()  # it is this thread's own, and closed for good
                with closing(pooled):
                    self._beat_on(connection, loop)
            except (self._engine.dialect.loaded_dbapi.Error, OSError) as error:
                log.debug("no heartbeat: %s", type(error).__name__)
            except Exception:
                log.exception("the heartbeat failed")
            self._stopping.wait(BEAT)

    def _beat_on(self, connection: Any, loop: asyncio.AbstractEventLoop) -> None:
        if self._listens:
            connection.execute(f"LISTEN {ANNOUNCED}")
        connection.execute(_BURY_OLD)
        beat = 0.0
        while not self._stopping.is_set():
            now = time.monotonic()
            if now - beat >= BEAT:
                beat = now
                self._beat(connection, loop)
            if not self._listens:
                self._stopping.wait(LISTEN)
                continue
            for notice in connection.notifies(timeout=LISTEN):
                channel, _, by = notice.payload.partition(" ")
                if by != self.me:
                    self._tell(loop, channel)
        with suppress(Exception):
            connection.execute(_END, {"me": self.me})

    def _beat(self, connection: Any, loop: asyncio.AbstractEventLoop) -> None:
        now = time.monotonic()
        with suppress(RuntimeError):  # the loop is closed
            loop.call_soon_threadsafe(self._turn_of_the_loop)
        if now - self._looped > LOOP_HANGS_AFTER:
            return
        if now - self._beaten > OBSERVED_FOR:
            self._silent.clear()
        about: dict[str, Any] = {
            "me": self.me,
            "dead": int(DEAD_AFTER * 1_000_000),
            "silent": int(SILENT_AFTER * 1_000_000),
        }
        if not self.me or not connection.execute(_GO_ON, about).rowcount:
            # new, or buried by another, who sends what was claimed under the name of before
            self.me = about["me"] = secrets.token_hex(8)
            connection.execute(_BEGIN, about)
        was_silent = not self.beats
        self._beaten = time.monotonic()
        self._first.set()
        if was_silent:
            self._tell(loop, "")  # what was put in meanwhile could not be claimed
        self.others = connection.execute(_OTHERS, about).fetchone()[0]
        self._take_over(connection, loop, about)

    def _take_over(self, connection: Any, loop: asyncio.AbstractEventLoop, about: dict[str, Any]) -> None:
        now = time.monotonic()
        found = {(sender, seen): dead for sender, seen, dead in connection.execute(_SILENT, about).fetchall()}
        self._silent = {one: self._silent.get(one, now) for one in found}
        for (sender, seen), since in self._silent.items():
            if not found[sender, seen] or now - since < OBSERVED_FOR:
                continue
            if seen and not connection.execute(_BURY, {"dead": sender, "seen": seen}).rowcount:
                continue  # it gave a sign of life after all
            if freed := connection.execute(_TAKE_OVER, {"dead": sender}).rowcount:
                log.info("%d messages of a process that ended are sent now", freed)
                self._tell(loop, "")

    def _turn_of_the_loop(self) -> None:
        self._looped = time.monotonic()

    def _tell(self, loop: asyncio.AbstractEventLoop, channel: str) -> None:
        with suppress(RuntimeError):
            loop.call_soon_threadsafe(self._heard, channel)
